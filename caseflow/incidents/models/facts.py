"""Documented violations. Facts stand on links: a person is a victim by an act, a perpetrator by an involvement."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe

if TYPE_CHECKING:
    from caseflow.incidents.models.review import HandOver, Message, Move, Referral, Reply

LISTED = ("safe_id", "state", "changed_at", "region", "began_on", "organisation_id", "id")


class Incident(InSafe, Base):
    """What happened, where and when, as one documenter logged it. `by_id` is she, or who has taken it over from her."""

    __tablename__ = "incidents"
    # What lists and the search read, without the sealed texts that lie in the same row.
    __table_args__ = (
        Index("ix_incidents_listed", *LISTED),
        Index("ix_incidents_by_state", "state", "changed_at", "id", "safe_id"),
    )

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[str] = mapped_column(String(24))
    title_sealed: Mapped[bytes] = mapped_column(Sealed)
    narrative_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    place_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    region: Mapped[str] = mapped_column(String(8))
    began_on: Mapped[date | None]
    began_precision: Mapped[str] = mapped_column(String(8))
    ended_on: Mapped[date | None]
    ended_precision: Mapped[str | None] = mapped_column(String(8))
    learned_on: Mapped[date | None]
    learned_how: Mapped[str | None] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(2))
    grade: Mapped[str | None] = mapped_column(String(12))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    logged_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    people: Mapped[list[Person]] = relationship(back_populates="incident", order_by="Person.position")
    acts: Mapped[list[Act]] = relationship(back_populates="incident", order_by="Act.position")
    sources: Mapped[list[Source]] = relationship(order_by="Source.id")
    consents: Mapped[list[Consent]] = relationship(back_populates="incident", order_by="Consent.at")
    risks: Mapped[list[Risk]] = relationship(back_populates="incident", order_by="Risk.at")
    interventions: Mapped[list[Intervention]] = relationship(
        back_populates="incident", order_by="(Intervention.on, Intervention.at)"
    )
    messages: Mapped[list[Message]] = relationship(order_by="Message.at")
    replies: Mapped[list[Reply]] = relationship()
    moves: Mapped[list[Move]] = relationship(order_by="Move.at")
    hand_overs: Mapped[list[HandOver]] = relationship(order_by="HandOver.at")
    referrals: Mapped[list[Referral]] = relationship(foreign_keys="Referral.incident_id", order_by="Referral.at")
    received: Mapped[Referral | None] = relationship(foreign_keys="Referral.received_id", viewonly=True, uselist=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy's own protocol


class Person(InSafe, Base):
    """An individual or a group in one incident."""

    __tablename__ = "incident_people"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    pseudonym_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    contact_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    details_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    size: Mapped[int | None]

    incident: Mapped[Incident] = relationship(back_populates="people")


class Act(InSafe, Base):
    """What was done to one victim."""

    __tablename__ = "incident_acts"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    victim_id: Mapped[str] = mapped_column(ForeignKey("incident_people.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    articles: Mapped[list[str]] = mapped_column(JSON)
    method: Mapped[str | None] = mapped_column(String(40))
    stated_reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    consequences_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    victim_status: Mapped[str | None] = mapped_column(String(40))

    incident: Mapped[Incident] = relationship(back_populates="acts")
    victim: Mapped[Person] = relationship()
    involvements: Mapped[list[Involvement]] = relationship(back_populates="act", order_by="Involvement.id")
    checklists: Mapped[list[Checklist]] = relationship(back_populates="act", order_by="Checklist.kind")


class Checklist(InSafe, Base):
    """The answers to the questions of one checklist about one act, sealed as one text, so that nothing tells which are there."""

    __tablename__ = "incident_checklists"
    __table_args__ = (UniqueConstraint("act_id", "kind"),)

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("incident_acts.id"))
    kind: Mapped[str] = mapped_column(String(24))
    answers_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    act: Mapped[Act] = relationship(back_populates="checklists")


class Involvement(InSafe, Base):
    """One perpetrator, known or not, in one act."""

    __tablename__ = "incident_involvements"

    act_id: Mapped[str] = mapped_column(ForeignKey("incident_acts.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("incident_people.id"))
    actor_kind: Mapped[str] = mapped_column(String(40))
    degree: Mapped[str | None] = mapped_column(String(40))
    unit_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    act: Mapped[Act] = relationship(back_populates="involvements")
    person: Mapped[Person | None] = relationship()


class Source(InSafe, Base):
    """Who says so, and how far it can be relied on."""

    __tablename__ = "incident_sources"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    connection: Mapped[str] = mapped_column(String(40))
    reliability: Mapped[str] = mapped_column(String(24))
    said_on: Mapped[date | None]
    who_sealed: Mapped[bytes | None] = mapped_column(Sealed)


class Consent(InSafe, Base):
    """What one person allowed, for one purpose; withdrawn by a row of its own."""

    __tablename__ = "incident_consents"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("incident_people.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(2))
    given_on: Mapped[date]
    until: Mapped[date | None]
    witness_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    incident: Mapped[Incident] = relationship(back_populates="consents")
    person: Mapped[Person] = relationship()
    withdrawal: Mapped[ConsentWithdrawal | None] = relationship(uselist=False)


class ConsentWithdrawal(InSafe, Base):
    """The person took a consent back."""

    __tablename__ = "incident_consent_withdrawals"

    consent_id: Mapped[str] = mapped_column(ForeignKey("incident_consents.id"), unique=True)
    on: Mapped[date]
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Risk(InSafe, Base):
    """What somebody has to fear, and what is done about it, as it was judged on one day; a later one takes its place."""

    __tablename__ = "incident_risks"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("incident_people.id"))
    about: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(8))
    threat_sealed: Mapped[bytes] = mapped_column(Sealed)
    measures_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    review_on: Mapped[date]
    later_id: Mapped[str | None] = mapped_column(ForeignKey("incident_risks.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    incident: Mapped[Incident] = relationship(back_populates="risks")
    person: Mapped[Person | None] = relationship()


class Intervention(InSafe, Base):
    """What was done about an incident: by whom, where, for whom, and what came of it."""

    __tablename__ = "incident_interventions"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("incident_people.id"))
    kind: Mapped[str] = mapped_column(String(24))
    on: Mapped[date | None]
    on_precision: Mapped[str] = mapped_column(String(8))
    result: Mapped[str | None] = mapped_column(String(24))
    party_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    addressee_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    details_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    response_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    incident: Mapped[Incident] = relationship(back_populates="interventions")
    person: Mapped[Person | None] = relationship()


class IncidentRelation(InSafe, Base):
    """How one incident stands to another. It lies in the safe of the one it was made from, and is shown to who holds both."""

    __tablename__ = "incident_relations"
    __table_args__ = (UniqueConstraint("from_id", "to_id", "kind"),)

    from_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    to_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    note_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Judgement(InSafe, Base):
    """The judgement that two incidents, or two people in them, are one, or that they are not; it can be taken back.

    It lies in the safe of the one it was made from, and is shown to who holds both. `kind`: same_incident, same_person,
    other_incident, other_person.
    """

    __tablename__ = "incident_judgements"

    from_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    to_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    from_person_id: Mapped[str | None] = mapped_column(ForeignKey("incident_people.id"))
    to_person_id: Mapped[str | None] = mapped_column(ForeignKey("incident_people.id"))
    reason_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]

    from_person: Mapped[Person | None] = relationship(foreign_keys=from_person_id)
    to_person: Mapped[Person | None] = relationship(foreign_keys=to_person_id)


class NetworkTerm(Id, Base):
    """A term that this network added to a list, or retired from it; it stays for as long as something is called by it."""

    __tablename__ = "incident_terms"
    __table_args__ = (UniqueConstraint("listed", "code"),)

    listed: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    en: Mapped[str] = mapped_column(String(200))
    ru: Mapped[str] = mapped_column(String(200))
    kk: Mapped[str] = mapped_column(String(200))
    parent: Mapped[str | None] = mapped_column(String(40))
    articles: Mapped[list[str]] = mapped_column(JSON)
    esf_code: Mapped[str | None] = mapped_column(String(24))
    retired_at: Mapped[datetime | None]
    at: Mapped[datetime]
