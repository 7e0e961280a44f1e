"""A matter, the people who carry it, the incidents it grew from."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe
from caseflow.network.models import Member


class Case(InSafe, Base):
    """One matter. `procedure`, `stage` and `next_on` are the readable position that the rooms above keep up to date."""

    __tablename__ = "cases"
    __table_args__ = (Index("ix_cases_state_changed_at", "state", "changed_at"),)

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    objective_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    legal_issue_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    articles: Mapped[list[str]] = mapped_column(JSON)
    confidentiality: Mapped[str] = mapped_column(String(16))
    procedure: Mapped[str | None] = mapped_column(String(40))
    stage: Mapped[str | None] = mapped_column(String(40))
    next_on: Mapped[date | None]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    counsel: Mapped[list[Counsel]] = relationship(back_populates="case", order_by="Counsel.since")
    mandates: Mapped[list[Mandate]] = relationship(order_by="Mandate.given_on")
    parties: Mapped[list[Party]] = relationship(order_by="Party.at")
    checks: Mapped[list[ConflictCheck]] = relationship(back_populates="case", order_by="ConflictCheck.asked_at")
    notes: Mapped[list[Note]] = relationship(order_by="Note.at")
    letters: Mapped[list[CaseLetter]] = relationship(order_by="(CaseLetter.on, CaseLetter.at)")
    bundles: Mapped[list[Bundle]] = relationship(order_by="Bundle.at.desc()")
    selection: Mapped[Selection | None] = relationship(uselist=False)
    potentials: Mapped[list[Potential]] = relationship(order_by="Potential.at")
    tasks: Mapped[list[Task]] = relationship(order_by="Task.due_on")
    links: Mapped[list[IncidentLink]] = relationship(back_populates="case", order_by="IncidentLink.at")
    closure: Mapped[Closure | None] = relationship(uselist=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class IncidentLink(Base):
    """An incident taken into a case. Who is counsel in the case may read the incident."""

    __tablename__ = "case_incidents"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), primary_key=True, index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    case: Mapped[Case] = relationship(back_populates="links")


class Counsel(InSafe, Base):
    """A lawyer in a case, from when until when, in which role."""

    __tablename__ = "case_counsel"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    since: Mapped[date]
    until: Mapped[date | None]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    case: Mapped[Case] = relationship(back_populates="counsel")
    member: Mapped[Member] = relationship(foreign_keys=[member_id])


class Mandate(InSafe, Base):
    """What lets counsel act for the client, from when until when; the paper itself is an exhibit of the case."""

    __tablename__ = "case_mandates"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    counsel_id: Mapped[str] = mapped_column(ForeignKey("case_counsel.id"), index=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("evidence_items.id"))
    kind: Mapped[str] = mapped_column(String(24))
    given_on: Mapped[date]
    until: Mapped[date | None]
    scope_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Party(InSafe, Base):
    """A person or body on one side of the case."""

    __tablename__ = "case_parties"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    side: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class ConflictCheck(InSafe, Base):
    """What is known of one name of a case: whether somebody elsewhere in the network may stand on the other side.

    `subject` is `party:…`, `counsel:…` or `person:…`, one of an incident. `state`: waiting, clear, possible, resolved.
    It lies in the safe of the case and says no more than its team may know; what was found lies in a `ConflictFinding`.
    """

    __tablename__ = "case_conflict_checks"
    __table_args__ = (UniqueConstraint("case_id", "subject"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), index=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    verdict: Mapped[str | None] = mapped_column(String(16))
    answer_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    resolved_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    resolved_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="checks")


class ConflictFinding(InSafe, Base):
    """What a check found, in the safe that only coordinators hold: JSON, and why it was resolved as it was."""

    __tablename__ = "case_conflict_findings"

    check_id: Mapped[str] = mapped_column(ForeignKey("case_conflict_checks.id"), unique=True)
    hits_sealed: Mapped[bytes] = mapped_column(Sealed)
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)


class KnownNames(Id, Base):
    """A piece of the list of all names that one coordinator may read, folded, sealed with her own keys."""

    __tablename__ = "case_known_names"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    sealed: Mapped[bytes]
    at: Mapped[datetime]


class CaseRelation(InSafe, Base):
    """How one case stands to another. It lies in the safe of the one it was made from, and is shown to who holds both."""

    __tablename__ = "case_relations"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)

    from_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    to_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Selection(InSafe, Base):
    """What was asked before the case was taken, answered in words (JSON, sealed as one text), and what was decided."""

    __tablename__ = "case_selections"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    answers_sealed: Mapped[bytes] = mapped_column(Sealed)
    decision: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Potential(InSafe, Base):
    """What one person thinks the case may come to as a precedent: values and reasons by criterion, JSON."""

    __tablename__ = "case_potentials"
    __table_args__ = (UniqueConstraint("case_id", "by_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    values_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class CaseLetter(InSafe, Base):
    """One piece of correspondence, in or out: when, by which way, with whom, about what."""

    __tablename__ = "case_letters"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    direction: Mapped[str] = mapped_column(String(4))
    medium: Mapped[str] = mapped_column(String(12))
    on: Mapped[date]
    party_sealed: Mapped[bytes] = mapped_column(Sealed)
    subject_sealed: Mapped[bytes] = mapped_column(Sealed)
    body_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Bundle(InSafe, Base):
    """A bundle of exhibits for a court that is being made, was made, or broke off; `item_id` is what came of it.

    `chosen` are ids of items; `state`: making, done, broken. `step` of `steps` tells how far it is.
    """

    __tablename__ = "case_bundles"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    chosen: Mapped[list[str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(8))
    step: Mapped[int]
    steps: Mapped[int]
    item_id: Mapped[str | None] = mapped_column(ForeignKey("evidence_items.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Note(InSafe, Base):
    """An internal note of the team; a privileged one never leaves the case page, not in a dossier either."""

    __tablename__ = "case_notes"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), server_default="internal")
    body_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Task(InSafe, Base):
    """Something one member of the team is to do."""

    __tablename__ = "case_tasks"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    what_sealed: Mapped[bytes] = mapped_column(Sealed)
    due_on: Mapped[date | None]
    for_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))


class Closure(InSafe, Base):
    """The fact that a case was closed, with which outcome and why, until when it is kept, and when it went to the archive."""

    __tablename__ = "case_closures"
    __table_args__ = (UniqueConstraint("case_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    outcome: Mapped[str] = mapped_column(String(24))
    keep_until: Mapped[date | None] = mapped_column(index=True)
    archived_at: Mapped[datetime | None]
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
