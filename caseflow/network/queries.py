"""Who is who, for the pages of all rooms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.access.facts import able_members, names_of
from caseflow.kernel.db import db
from caseflow.keys.models import Identity, KeyConfirmation
from caseflow.network.models import Departure, Invitation, Member, Network, Organisation

__all__ = [
    "Person",
    "able",
    "directory",
    "hash_of",
    "invitation_state",
    "is_confirmed",
    "names_of",
    "network",
    "organisations",
    "state_of",
]


def able(*roles: Role) -> list[Member]:
    """Return the members of these roles (all without any) whose key is confirmed and who have not left, by name."""
    ids = [member for member, role in able_members().items() if not roles or role in roles]
    return list(db.session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.name)))


def network() -> Network | None:
    """Return the network of this installation, or None before it is founded."""
    return db.session.scalar(select(Network))


def hash_of(token: str) -> str:
    """Return what is stored of an invitation's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def state_of(invitation: Invitation, *, at: datetime) -> str:
    """Return accepted, withdrawn, expired or open."""
    if invitation.accepted_at is not None:
        return "accepted"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "open" if invitation.expires_at > at else "expired"


def invitation_state(token: str, *, at: datetime) -> str | None:
    """Return the state of the invitation that `token` belongs to, None for a token nobody was given."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    return state_of(found, at=at) if found else None


@dataclass(frozen=True)
class Person:
    """One line of the list of members: a member or an open or expired invitation, and how far she has come."""

    name: str
    email: str
    role: Role
    state: str
    since: datetime
    member: Member | None = None
    invitation: Invitation | None = None


def directory(*, at: datetime) -> list[tuple[Organisation, list[Person]]]:
    """Return every organisation with its people, by name; three queries.

    A person is "invited" or "expired" (she has not answered in time), "waiting" for the confirmation of her key,
    "confirmed", or "left".
    """
    people: dict[str, list[Person]] = {}
    members = (
        select(Member, Identity.public, KeyConfirmation.public, Departure.at)
        .outerjoin(Identity, Identity.member_id == Member.id)
        .outerjoin(KeyConfirmation, KeyConfirmation.member_id == Member.id)
        .outerjoin(Departure, Departure.member_id == Member.id)
        .order_by(Member.name)
    )
    for member, public, confirmed, left in cast("Any", db.session.execute(members)):
        state = "left" if left is not None else "confirmed" if confirmed is not None and confirmed == public else "waiting"
        since = member.joined_at if left is None else left
        person = Person(member.name, member.email, Role(member.role), state, since, member=member)
        people.setdefault(member.organisation_id, []).append(person)
    asked = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    for invitation in db.session.scalars(asked.order_by(Invitation.name)):
        state = "invited" if invitation.expires_at > at else "expired"
        role, since = Role(invitation.role), invitation.at
        person = Person(invitation.name, invitation.email, role, state, since, invitation=invitation)
        people.setdefault(invitation.organisation_id, []).append(person)
    return [(house, people.get(house.id, [])) for house in organisations()]


def organisations() -> list[Organisation]:
    """Return the member organisations by name."""
    return list(db.session.scalars(select(Organisation).order_by(Organisation.name)))


def is_confirmed(member_id: str) -> bool:
    """Tell whether the member's present key is confirmed and she has not left."""
    return member_id in able_members()
