"""What happens to an incident after it was logged: questions, moves, who answers for it, referrals, who is to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, Id, Sealed
from caseflow.keys.models import InSafe


class Message(InSafe, Base):
    """A question to the documenter, her answer, or a reviewer's note."""

    __tablename__ = "incident_messages"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    body_sealed: Mapped[bytes] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Reply(InSafe, Base):
    """The fact that one message answers one question."""

    __tablename__ = "incident_replies"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("incident_messages.id"), unique=True)
    answer_id: Mapped[str] = mapped_column(ForeignKey("incident_messages.id"))


class Move(InSafe, Base):
    """One change of state with its reason."""

    __tablename__ = "incident_moves"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    from_state: Mapped[str] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    reason_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class HandOver(InSafe, Base):
    """The fact that somebody else answers for an incident now, because who did has left the network."""

    __tablename__ = "incident_hand_overs"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    from_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Referral(InSafe, Base):
    """Parts of an incident offered to another organisation; `received` is the incident that they became there.

    It lies in the first incident's safe and holds nothing sealed: who answers for the other one knows of it only. `parts`
    are of `passing.PARTS`, and ids of people. `state`: offered, accepted, rejected, taken_back.
    """

    __tablename__ = "incident_referrals"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), index=True)
    received_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"), unique=True)
    to_organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    to_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    parts: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]


class Notice(Id, Base):
    """The fact that a member was to be told of something: a code and the incident, nothing that is sealed.

    `told_at` is empty while it waits for a digest; whoever wants no letters is told by her desk alone.
    """

    __tablename__ = "incident_notices"
    __table_args__ = (Index("ix_incident_notices_member_id_at", "member_id", "at"),)

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    incident_id: Mapped[str] = mapped_column(ForeignKey("incidents.id"))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
