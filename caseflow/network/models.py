"""Who belongs to the network."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from caseflow.access.actor import Role
from caseflow.kernel.db import Base, Id

# The word itself is stored, and what is read is a Role again, never a bare word that compares unequal to it.
ROLE = Enum(Role, native_enum=False, create_constraint=False, length=16, values_callable=list)


class Network(Id, Base):
    """This installation's one network. Its id is the instance that every sealed value is bound to."""

    __tablename__ = "networks"
    __table_args__ = (CheckConstraint("sole = 1", name="sole"),)

    name: Mapped[str] = mapped_column(String(200))
    founded_at: Mapped[datetime]
    sole: Mapped[int] = mapped_column(default=1, unique=True)


class Organisation(Id, Base):
    """A member organisation."""

    __tablename__ = "organisations"

    name: Mapped[str] = mapped_column(String(200), unique=True)
    region: Mapped[str | None] = mapped_column(String(8))
    since: Mapped[datetime]


class Member(Id, Base):
    """A person with an account. What she may do follows from role, key confirmation and grants."""

    __tablename__ = "members"

    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(ROLE)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    language: Mapped[str] = mapped_column(String(2))
    timezone: Mapped[str] = mapped_column(String(40))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    joined_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    departure: Mapped[Departure | None] = relationship(foreign_keys="Departure.member_id", uselist=False)


class LetterChoice(Base):
    """How a member wants letters about her work: at_once, daily (after an hour of her day), never. Without a row at once."""

    __tablename__ = "letter_choices"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    how: Mapped[str] = mapped_column(String(8))
    hour: Mapped[int]


class Departure(Base):
    """The fact that a member has left, and who ended her access."""

    __tablename__ = "departures"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]


class Invitation(Id, Base):
    """An address asked to join in a role; the token in the letter is kept as its hash only."""

    __tablename__ = "invitations"

    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(ROLE)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    language: Mapped[str] = mapped_column(String(2))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship()
