"""What a decision ordered, and what was done about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Sealed
from caseflow.keys.models import InSafe


class Measure(InSafe, Base):
    """One measure ordered: for the person, or general."""

    __tablename__ = "measures"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"))
    kind: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16))
    grade: Mapped[str | None] = mapped_column(String(2))
    due_on: Mapped[date | None]
    what_sealed: Mapped[bytes] = mapped_column(Sealed)
    addressee_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    follow_ups: Mapped[list[FollowUp]] = relationship(back_populates="measure", order_by="FollowUp.on")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class FollowUp(InSafe, Base):
    """What was found about a measure on one day, by whom it was done, and the grade it led to."""

    __tablename__ = "follow_ups"

    measure_id: Mapped[str] = mapped_column(ForeignKey("measures.id"), index=True)
    on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16))
    grade: Mapped[str | None] = mapped_column(String(2))
    note_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    measure: Mapped[Measure] = relationship(back_populates="follow_ups")
