"""The dates a case must not miss, each with the rule, the event and the calendar it was counted from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe


class Deadline(InSafe, Base):
    """One deadline: proposed by an event, then confirmed, changed with a reason, declined with a reason, met."""

    __tablename__ = "deadlines"
    __table_args__ = (
        Index("ix_deadlines_state_last_day", "state", "last_day"),
        UniqueConstraint("trigger_id", "rule"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    proceeding_id: Mapped[str | None] = mapped_column(ForeignKey("proceedings.id"))
    rule: Mapped[str] = mapped_column(String(40))
    rule_version: Mapped[str] = mapped_column(String(40))
    calendar_version: Mapped[str] = mapped_column(String(80))
    trigger_event: Mapped[str] = mapped_column(String(60))
    trigger_id: Mapped[str] = mapped_column(String(16))
    trigger_on: Mapped[date]
    counted_last_day: Mapped[date]
    last_day: Mapped[date]
    target_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(12))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    met_at: Mapped[datetime | None]
    met_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class CalendarFeed(Base):
    """The one address at which a calendar program may read a member's dates; its secret part is kept as a hash."""

    __tablename__ = "calendar_feeds"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]


class Warning_(Id, Base):  # noqa: N801 -- `Warning` is Python's own
    """The fact that one member was warned of one deadline at one distance; it keeps a second scan silent."""

    __tablename__ = "deadline_warnings"
    __table_args__ = (UniqueConstraint("deadline_id", "member_id", "step"),)

    deadline_id: Mapped[str] = mapped_column(ForeignKey("deadlines.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    step: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime]
