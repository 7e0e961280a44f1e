"""Who is who, for the pages of all rooms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select

from caseflow.access.actor import Actor, Role
from caseflow.access.facts import able_members, names_of
from caseflow.access.trust import former_keys
from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import (
    Approval,
    Grant,
    Identity,
    KeyConfirmation,
    OrganisationKey,
    OrganisationWrap,
    Unsettled,
)
from caseflow.ledger.models import Event
from caseflow.network.models import Departure, Invitation, LetterChoice, Member, Network, Organisation
from caseflow.vault.keys import MemberKeys, MemberPublic, fingerprint

__all__ = [
    "KeyFacts",
    "Person",
    "Request",
    "able",
    "actor_of",
    "confirmed_people",
    "coordinator_last_seen",
    "directory",
    "former_people",
    "hash_of",
    "invitation_state",
    "is_confirmed",
    "keys_of",
    "names_of",
    "network",
    "open_requests",
    "organisations",
    "state_of",
]


MORNING = 8  # the hour of a daily letter for whoever has named none


def able(*roles: Role) -> list[Member]:
    """Return the members of these roles (all without any) whose key is confirmed and who have not left, by name."""
    ids = [member for member, role in able_members().items() if not roles or role in roles]
    return list(db.session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.name)))


def coordinator_last_seen() -> datetime | None:
    """Return when a coordinator last signed in or unlocked her screen, as the ledger says."""
    ids = [member for member, role in able_members().items() if role is Role.COORDINATOR]
    acts = select(func.max(Event.at)).where(
        Event.actor_id.in_(ids), Event.verb.like("entrance.%"), Event.result == "done"
    )
    return db.session.scalar(acts)


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


@dataclass(frozen=True)
class Request:
    """What a coordinator asks of another: the row, who asks, and the name or the words of what it is about."""

    approval: Approval
    asked_by: str
    name: str


def open_requests(*, at: datetime) -> list[Request]:
    """Return what waits for a second coordinator, the oldest first; a fixed number of queries."""
    query = select(Approval).where(Approval.verdict.is_(None), Approval.expires_at > at).order_by(Approval.asked_at)
    found = list(db.session.scalars(query))
    if not found:
        return []
    subjects = [approval.subject.partition(":")[2] for approval in found]
    names: dict[str, str] = names_of([*subjects, *(approval.asked_by_id for approval in found)])
    # All that is signed is shown: a name alone could stand beside anybody's address.
    house = Organisation.id == Invitation.organisation_id
    asked = select(Invitation.id, Invitation.name, Invitation.email, Organisation.name).join(Organisation, house)
    for key, name, email, organisation in db.session.execute(asked.where(Invitation.id.in_(subjects))):
        names[key] = f"{name}, {email}, {organisation}"
    parts = select(OrganisationKey.id, OrganisationKey.threshold, OrganisationKey.shares)
    for key, threshold, shares in db.session.execute(parts.where(OrganisationKey.id.in_(subjects))):
        names[key] = f"{threshold}/{shares}"
    return [
        Request(approval, names[approval.asked_by_id], names.get(subject, ""))
        for approval, subject in zip(found, subjects, strict=True)
    ]


@dataclass(frozen=True)
class KeyFacts:
    """What a member's page tells of her keys: the eight words, since when, who confirmed them when, and what they open."""

    words: str
    made_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    recovery: bool
    reasons: list[tuple[str, int]]
    waiting: int


def keys_of(member_id: str) -> KeyFacts:
    """Return the facts about a member's keys; nine queries, whatever she holds."""
    identity = db.session.get_one(Identity, member_id)
    confirmation = db.session.get(KeyConfirmation, member_id)
    wrap = db.session.get(OrganisationWrap, member_id)
    held = select(Grant.reason, func.count()).where(Grant.member_id == member_id).group_by(Grant.reason)
    has = select(Grant.safe_id).where(Grant.member_id == member_id)
    lacking = select(func.count()).where(Unsettled.member_id == member_id, Unsettled.safe_id.not_in(has))
    good = confirmation if confirmation is not None and is_confirmed(member_id) else None
    return KeyFacts(
        words=fingerprint(MemberPublic.from_bytes(identity.public)),
        made_at=identity.made_at,
        confirmed_by=names_of([good.by_id]).get(good.by_id) if good else None,
        confirmed_at=good.at if good else None,
        recovery=wrap is not None and wrap.public == identity.public,
        reasons=sorted((reason, number) for reason, number in db.session.execute(held)),
        waiting=(db.session.scalar(lacking) or 0) if good else 0,
    )


def actor_of(member: Member, pair: MemberKeys) -> Actor:
    """Return the actor that `member` is once her keys are open."""
    confirmation = db.session.get(KeyConfirmation, member.id)
    said = (confirmation.public, confirmation.role) if confirmation else None
    confirmed = said == (pair.public.to_bytes(), member.role)
    ring = MemberKeyring(member.id, pair, instance())
    return Actor(
        member.id, member.name, member.role, confirmed, member.organisation_id, member.language, member.timezone, ring
    )


def confirmed_people() -> list[tuple[Member, str, datetime | None]]:
    """Return who has a confirmed key, by name, with its eight words, and when she left; nobody's signature is asked for."""
    rows = (
        select(Member, KeyConfirmation.public, Departure.at)
        .join(KeyConfirmation, KeyConfirmation.member_id == Member.id)
        .outerjoin(Departure, Departure.member_id == Member.id)
        .order_by(Member.name)
    )
    return [(member, _words(public), left) for member, public, left in cast("Any", db.session.execute(rows))]


def former_people() -> list[tuple[Member, str, datetime]]:
    """Return who had another key before, with its eight words and when it was replaced; the oldest first."""
    return [(db.session.get_one(Member, key.member_id), _words(key.public), key.retired_at) for key in former_keys()]


def _words(public: bytes) -> str:
    return fingerprint(MemberPublic.from_bytes(public))


def directory(*, at: datetime) -> list[tuple[Organisation, list[Person]]]:
    """Return every organisation with its people, by name; four queries.

    A person is "approval" (a second coordinator has yet to approve), "invited" or "expired" (she has not answered in time), "waiting" for the confirmation of her key,
    "confirmed", or "left".
    """
    people: dict[str, list[Person]] = {}
    members = (
        select(Member, Identity.public, KeyConfirmation.public, Departure.at)
        .outerjoin(Identity, Identity.member_id == Member.id)
        .outerjoin(KeyConfirmation, (KeyConfirmation.member_id == Member.id) & (KeyConfirmation.role == Member.role))
        .outerjoin(Departure, Departure.member_id == Member.id)
        .order_by(Member.name)
    )
    for member, public, confirmed, left in cast("Any", db.session.execute(members)):
        state = (
            "left" if left is not None else "confirmed" if confirmed is not None and confirmed == public else "waiting"
        )
        since = member.joined_at if left is None else left
        person = Person(member.name, member.email, Role(member.role), state, since, member=member)
        people.setdefault(member.organisation_id, []).append(person)
    undecided = select(Approval.subject).where(Approval.verdict.is_(None), Approval.expires_at > at)
    requested = set(db.session.scalars(undecided))
    asked = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    for invitation in db.session.scalars(asked.order_by(Invitation.name)):
        state = "invited" if invitation.expires_at > at else "expired"
        state = "approval" if f"invitations:{invitation.id}" in requested else state
        role, since = Role(invitation.role), invitation.at
        person = Person(invitation.name, invitation.email, role, state, since, invitation=invitation)
        people.setdefault(invitation.organisation_id, []).append(person)
    return [(house, people.get(house.id, [])) for house in organisations()]


def organisations() -> list[Organisation]:
    """Return the member organisations by name."""
    return list(db.session.scalars(select(Organisation).order_by(Organisation.name)))


def organisation_names(ids: Iterable[str]) -> dict[str, str]:
    """Return organisation id -> name; one query, none without an id."""
    wanted = set(ids)
    if not wanted:
        return {}
    return dict(db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))).all())


def letter_choice(member_id: str) -> tuple[str, int]:
    """Return how a member wants letters about her work, and from which hour of her day a daily one comes."""
    found = db.session.get(LetterChoice, member_id)
    return (found.how, found.hour) if found else ("at_once", MORNING)


def is_confirmed(member_id: str) -> bool:
    """Tell whether the member's present key is confirmed and she has not left."""
    return member_id in able_members()
