"""The ledger's rows, and the triggers that keep them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, Index, LargeBinary, String, event
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base


class Event(Base):
    """One thing that happened or was refused."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_safe_id_seq", "safe_id", "seq"), Index("ix_events_subject", "subject", "seq"))

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
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


SQLITE_TRIGGERS = [
    f"""CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_TRIGGERS = [
    """CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$""",
    """CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION events_append_only()""",
    """CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()""",
]

for _dialect, _triggers in (("sqlite", SQLITE_TRIGGERS), ("postgresql", POSTGRESQL_TRIGGERS)):
    for _trigger in _triggers:
        event.listen(Event.__table__, "after_create", DDL(_trigger).execute_if(dialect=_dialect))
