"""Decisions worth following: under review in a safe of their own, published in the open without personal data."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe


class Precedent(Id, Base):
    """A published decision: our own, anonymised, or a public one of another body. Everybody signed in reads it."""

    __tablename__ = "precedents"

    origin: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(80))
    symbol: Mapped[str | None] = mapped_column(String(80), unique=True)
    submitted_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    decided_precision: Mapped[str] = mapped_column(String(8))
    articles: Mapped[list[str]] = mapped_column(JSON)
    outcome: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(Text)
    holding: Mapped[str] = mapped_column(Text)
    significance: Mapped[str] = mapped_column(Text)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)
    unconfirmed: Mapped[list[str]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(Text)
    band: Mapped[str | None] = mapped_column(String(8))
    review_id: Mapped[str | None] = mapped_column(ForeignKey("precedent_reviews.id"), unique=True)
    published_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Review(InSafe, Base):
    """A decision of ours on its way to being a precedent. Its own safe lets a scorer read it who is not counsel."""

    __tablename__ = "precedent_reviews"

    reference: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    body: Mapped[str] = mapped_column(String(80))
    decided_on: Mapped[date]
    articles: Mapped[list[str]] = mapped_column(JSON)
    outcome: Mapped[str] = mapped_column(String(40))
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    question_sealed: Mapped[bytes] = mapped_column(Sealed)
    holding_sealed: Mapped[bytes] = mapped_column(Sealed)
    significance_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    scorers: Mapped[list[Scorer]] = relationship(order_by="Scorer.at")
    scores: Mapped[list[Score]] = relationship(back_populates="review", order_by="Score.at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class Scorer(Base):
    """A member asked to score a review; she may read the review from then on."""

    __tablename__ = "precedent_scorers"

    review_id: Mapped[str] = mapped_column(ForeignKey("precedent_reviews.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Score(InSafe, Base):
    """One scorer's values and notes, one for each criterion, sealed; a second score of hers is refused."""

    __tablename__ = "precedent_scores"
    __table_args__ = (UniqueConstraint("review_id", "scorer_id"),)

    review_id: Mapped[str] = mapped_column(ForeignKey("precedent_reviews.id"))
    scorer_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    values_sealed: Mapped[bytes] = mapped_column(Sealed)
    at: Mapped[datetime]

    review: Mapped[Review] = relationship(back_populates="scores")


class Citation(Id, Base):
    """One published decision relies on another, or departs from it."""

    __tablename__ = "citations"
    __table_args__ = (UniqueConstraint("citing_id", "cited_id", "kind"),)

    citing_id: Mapped[str] = mapped_column(ForeignKey("precedents.id"), index=True)
    cited_id: Mapped[str] = mapped_column(ForeignKey("precedents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    paragraph: Mapped[str | None] = mapped_column(String(40))
    by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
