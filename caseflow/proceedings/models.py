"""What runs before a court or body: its stages in order, hearings, filings, decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Sealed
from caseflow.keys.models import InSafe


class Proceeding(InSafe, Base):
    """One run of one procedure in a case."""

    __tablename__ = "proceedings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    procedure: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    stages: Mapped[list[Stage]] = relationship(back_populates="proceeding", order_by="Stage.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class Stage(InSafe, Base):
    """One stage the proceeding has been through or is in; a remand adds one and rewrites none."""

    __tablename__ = "proceeding_stages"
    __table_args__ = (UniqueConstraint("proceeding_id", "position"),)

    proceeding_id: Mapped[str] = mapped_column(ForeignKey("proceedings.id"))
    position: Mapped[int]
    stage: Mapped[str] = mapped_column(String(40))
    court: Mapped[str | None] = mapped_column(String(80))
    number_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    began_on: Mapped[date]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    proceeding: Mapped[Proceeding] = relationship(back_populates="stages")
    hearings: Mapped[list[Hearing]] = relationship(back_populates="stage", order_by="Hearing.held_at")
    filings: Mapped[list[Filing]] = relationship(back_populates="stage", order_by="Filing.filed_on")
    decisions: Mapped[list[Decision]] = relationship(back_populates="stage", order_by="Decision.decided_on")


class Hearing(InSafe, Base):
    """A sitting of the court, to come or held."""

    __tablename__ = "hearings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    stage_id: Mapped[str] = mapped_column(ForeignKey("proceeding_stages.id"), index=True)
    held_at: Mapped[datetime]
    is_open: Mapped[bool]
    place_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    judge_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    result_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    stage: Mapped[Stage] = relationship(back_populates="hearings")


class Filing(InSafe, Base):
    """A paper that went out or came in."""

    __tablename__ = "filings"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    stage_id: Mapped[str] = mapped_column(ForeignKey("proceeding_stages.id"), index=True)
    direction: Mapped[str] = mapped_column(String(4))
    kind: Mapped[str] = mapped_column(String(24))
    filed_on: Mapped[date]
    how: Mapped[str | None] = mapped_column(String(24))
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    stage: Mapped[Stage] = relationship(back_populates="filings")


class Decision(InSafe, Base):
    """What a court or body decided at a stage."""

    __tablename__ = "decisions"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    stage_id: Mapped[str] = mapped_column(ForeignKey("proceeding_stages.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(40))
    decided_on: Mapped[date]
    served_on: Mapped[date | None]
    in_force_on: Mapped[date | None]
    articles_violated: Mapped[list[str]] = mapped_column(JSON)
    articles_not_violated: Mapped[list[str]] = mapped_column(JSON)
    holding_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    stage: Mapped[Stage] = relationship(back_populates="decisions")
