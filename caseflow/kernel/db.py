"""The database: one session a request, one transaction an act, and nobody else commits."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any, TypeVar, cast
from weakref import WeakSet

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Executable,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    inspect,
    select,
)
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, ORMExecuteState, Session, mapped_column
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible
from sqlalchemy.types import TypeDecorator

from caseflow.kernel.errors import NotFound
from caseflow.kernel.ids import LENGTH, if_id, new_id

__all__ = [
    "Base",
    "Id",
    "MappedAsDataclass",
    "Sealed",
    "UtcDateTime",
    "db",
    "find",
    "leave_no_trace",
    "scoped",
    "transaction",
    "unscoped",
]

log = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; raise `ValueError` when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the stored moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[bytes]):
    """Ciphertext: four bytes of epoch, then what the vault wrote. Only a keyring puts it there or reads it."""

    impl = LargeBinary
    cache_ok = True


class Base(DeclarativeBase):
    """Every stored fact; constraint names are fixed so that migrations can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary}  # noqa: RUF012 -- SQLAlchemy's own protocol


class Id:
    """A row with an opaque public id, given when the object is made."""

    id: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", new_id())
        super().__init__(**values)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False}, disable_autonaming=True)

T = TypeVar("T", bound=Any)
_ONE_AT_A_TIME = 0x6361_7365  # the number of PostgreSQL's advisory lock: "case"
# One journey to the server and back for both; it waits as long as SQLite does.
_TAKE_THE_LOCK = f"SET LOCAL lock_timeout = '20s'; SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"
_BUSY, _BUSY_FOR_A_TRACE = 20_000, 250  # milliseconds for which SQLite waits for others
_writing: ContextVar[bool] = ContextVar("caseflow_writing", default=False)
_numbers = count(1)


@dataclass
class _Act:
    """The transaction that is open: its number, what was made sure of in it, whether it drops something secret."""

    number: int = field(default_factory=lambda: next(_numbers))
    known: set[object] = field(default_factory=set)
    traceless: bool = False


_open: ContextVar[_Act | None] = ContextVar("caseflow_in_transaction", default=None)


def connect(app: Flask, url: str) -> None:
    """Bind `db` to `app`; SQLite gets WAL, foreign keys, a busy timeout and erasure of deleted cells."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # What a statement carries is in no message: letters with links that let somebody in, addresses, verifiers.
    options: dict[str, Any] = {"pool_pre_ping": not url.startswith("sqlite"), "hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 20, "check_same_thread": False}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "handle_error", _hide_values)


def _hide_values(context: ExceptionContext) -> None:
    # PostgreSQL quotes the row that it refuses; the first line says which rule refused it, and that is enough.
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].partition("\nDETAIL:")[0], *error.args[1:])


def _prepare_sqlite(raw: sqlite3.Connection, _record: Any) -> None:
    raw.isolation_level = None  # the driver must not open transactions of its own; `_begin_sqlite` does
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY}",
        "secure_delete=ON",
        "synchronous=FULL",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A read transaction that later writes fails at once when somebody wrote in between, without waiting.
    # So an act takes the write lock from its first statement, and a page that only reads takes none.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """Run one act: everything in the block happens or nothing does.

    What was read before the block is read afresh inside it, under the write lock: acts happen one after the other on
    both databases, so that what an act has checked (a name that is free, who holds a safe, the last row of the
    ledger) still holds when it commits. Blocks do not nest: an operation never opens one. Raises whatever the block
    raises, after the rollback.
    """
    if _open.get() is not None:
        raise RuntimeError("a transaction is open already: interfaces open it, operations do not")
    session = db.session
    session.rollback()
    session.expire_all()  # a rollback expires nothing when no transaction was open
    act = _Act()
    opened, writing = _open.set(act), _writing.set(True)
    try:
        if is_postgres():
            session.connection().exec_driver_sql(_TAKE_THE_LOCK)
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _open.reset(opened)
        _writing.reset(writing)
    if act.traceless:
        _empty_log()


def end_reading() -> None:
    """End the transaction in which a page has read so far; unlike after a rollback the rows stay as they were read.

    Raises `RuntimeError` within an act.
    """
    if _open.get() is not None:
        raise RuntimeError("an act is no reading: it ends with its block")
    db.session.commit()


def in_transaction() -> bool:
    """Tell whether an interface has opened a transaction."""
    return _open.get() is not None


def transaction_number() -> int:
    """Return a number that no other transaction of this process has; 0 where none is open."""
    act = _open.get()
    return act.number if act else 0


def known_in_transaction() -> set[object]:
    """Return where to note what was made sure of and holds until the present transaction ends; outside of one, nowhere."""
    act = _open.get()
    return act.known if act else set()


def leave_no_trace() -> None:
    """Let what the present transaction replaces or deletes be gone from SQLite's write-ahead log, too, once it commits.

    For acts that drop key material: older pages would stay there until they happen to be overwritten. PostgreSQL keeps
    dead rows and its log in its own way; the operator's guide says what to do there.
    """
    act = _open.get()
    if act is None:
        raise RuntimeError("only an act drops something")
    act.traceless = True


def _empty_log() -> None:
    """Move the write-ahead log into the database and cut it to nothing; when somebody reads it, the sweep tries again."""
    if is_postgres():
        return
    # The act is done, whatever becomes of this.
    with suppress(SQLAlchemyError), closing(db.engine.raw_connection()) as connection:
        try:
            # Without waiting for anybody first, so that there is little left to do while writers wait.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            connection.execute(f"PRAGMA busy_timeout={_BUSY_FOR_A_TRACE}")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            connection.execute(f"PRAGMA busy_timeout={_BUSY}")
        except sqlite3.Error:
            busy = True
            connection.invalidate()
        if busy:
            log.warning("the write-ahead log could not be emptied; the next sweep tries again")


def scoped(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Mark `condition` as the one that decides who sees; guarded tables are read with such a condition only."""
    return condition._annotate({"caseflow_scope": True})  # noqa: SLF001 -- the ORM's own way to mark a clause


def unscoped(why: str) -> dict[str, str]:
    """Return execution options for a read of guarded tables on nobody's behalf; `why` is a sentence for reviewers."""
    if len(why.split()) < 3:
        raise ValueError("say in words why this read needs no scope")
    return {"unscoped": why}


class Unguarded(RuntimeError):
    """A query touches a guarded table without saying for whom: a fault of the program."""


# Statements that are kept and asked again, as those of the lists are, need not be read through each time.
_vetted: WeakSet[Executable] = WeakSet()


@event.listens_for(Session, "do_orm_execute")
def _refuse_unguarded(state: ORMExecuteState) -> None:
    if (
        state.is_relationship_load
        or state.is_column_load
        or not (state.is_select or state.is_update or state.is_delete)
    ):
        return
    if "unscoped" in state.execution_options or state.statement in _vetted:
        return
    guarded, touched = _guarded_tables(), None
    for part in visitors.iterate(cast("ExternallyTraversible", state.statement)):
        if "caseflow_scope" in getattr(part, "_annotations", ()):
            touched = None
            break
        table = part if isinstance(part, Table) else getattr(part, "table", None)
        if touched is None and isinstance(table, Table) and table.key in guarded:
            touched = table.key
    if touched is not None:
        raise Unguarded(f"{touched} is read without a scope; use a visible_to(actor) or unscoped(why)")
    _vetted.add(state.statement)


@cache
def _guarded_tables() -> frozenset[str]:
    mapped = (m for m in Base.registry.mappers if getattr(m.class_, "__guarded__", False))
    return frozenset(str(m.local_table.key) for m in mapped if isinstance(m.local_table, Table))


def find(model: type[T], key: str, scope: ColumnElement[bool]) -> T:
    """Return the row of `model` with the id `key` that `scope` lets exist; raise `NotFound` otherwise."""
    primary = inspect(model).primary_key[0]
    found: T | None = db.session.scalar(select(model).where(primary == key, scope)) if len(key) <= 64 else None
    if found is None:
        raise NotFound(about=f"{model.__tablename__}:{if_id(key)}")
    return found


def is_postgres() -> bool:
    """Tell whether the present session talks to PostgreSQL."""
    return db.session.get_bind().dialect.name == "postgresql"


def engine() -> Engine:
    """Return the engine of the present application."""
    return db.engine
