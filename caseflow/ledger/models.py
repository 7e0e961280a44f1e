"""The ledger's rows, and the triggers that keep them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import DDL, JSON, ForeignKey, Index, LargeBinary, SmallInteger, String, Table, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base
from caseflow.ledger import triggers

# Acts that say whose key counts, and until when. Written out: an index over some rows is used only for these very words.
_KEY_ACTS = "verb IN ('incidents.hand_over', 'keys.confirm', 'keys.replace_identity', 'network.end_membership')"
KEY_ACTS = text(f"events.{_KEY_ACTS} AND events.seq >= 1")


class Event(Base):
    """One thing that happened or was refused."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_safe_id_seq", "safe_id", "seq"),
        Index("ix_events_subject", "subject", "seq"),
        Index("ix_events_key_acts", "seq", sqlite_where=text(_KEY_ACTS), postgresql_where=text(_KEY_ACTS)),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(SmallInteger, server_default="1")  # the form of its bytes; before: the first
    at: Mapped[datetime]
    actor_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(80))
    safe_id: Mapped[str | None] = mapped_column(ForeignKey("safes.id"))
    public: Mapped[dict[str, Any]] = mapped_column(JSON)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))
    opening_sealed: Mapped[bytes | None]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    chained: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))


def told_in(public: object) -> dict[str, Any]:
    """Return what a row tells in the open; nothing where somebody wrote it who did not keep to its shape."""
    return public if isinstance(public, dict) else {}


class TreeNode(Base):
    """The hash over a complete block of rows: 256, 256 x 256, …; `number` counts the blocks of a level from 0.

    They are a shortcut for proofs and no source of truth: whoever verifies computes them anew from the rows.
    """

    __tablename__ = "tree_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Checkpoint(Base):
    """A signed statement of how many rows there were and of the root over them."""

    __tablename__ = "checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    key: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class TimeStamp(Base):
    """What a time-stamping authority answered about the note of a checkpoint: RFC 3161, DER."""

    __tablename__ = "time_stamps"

    size: Mapped[int] = mapped_column(ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False)
    answer: Mapped[bytes]
    authority: Mapped[str] = mapped_column(String(200))
    stamped_at: Mapped[datetime]
    at: Mapped[datetime]


KEPT = (Event, TreeNode, Checkpoint, TimeStamp)


def append_only() -> dict[str, tuple[str, ...]]:
    """Return the tables that are append-only, with the columns of their keys."""
    return {str(model.__tablename__): tuple(cast(Table, model.__table__).primary_key.columns.keys()) for model in KEPT}


for _model in KEPT:
    _made = {"sqlite": triggers.for_sqlite(_model.__tablename__, append_only()[_model.__tablename__])}
    _made["postgresql"] = triggers.for_postgresql(_model.__tablename__)
    for _dialect, _statements in _made.items():
        for _statement in _statements.values():
            event.listen(_model.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
