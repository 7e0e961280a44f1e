"""The facts that decide who is entitled to which safe, gathered from the rooms that hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.access.trust import present_keys
from caseflow.cases.models import Case, Counsel, IncidentLink
from caseflow.incidents.models import Incident
from caseflow.kernel.db import db, unscoped
from caseflow.keys.models import Identity, Safe
from caseflow.network.models import Member
from caseflow.precedents.models import Review, Scorer


class Gathered(NamedTuple):
    """What is true now about some safes: who may hold keys, and which links lead from members to safes."""

    able: frozenset[str]
    coordinators: frozenset[str]
    logged: Mapping[str, str]
    counsel: Mapping[str, frozenset[str]]
    cases_of: Mapping[str, frozenset[str]]
    scorers: Mapping[str, frozenset[str]]


_WHY = unscoped("entitlement is computed from facts, not from what the asker sees")


def able_members() -> dict[str, Role]:
    """Return member id -> role of all whose present key counts and who have not left."""
    return {member: role for member, (role, _public) in present_keys().items()}


def gather(safes: Collection[str]) -> Gathered:
    """Return the facts about `safes` (ids). Four queries, whatever their number."""
    able = able_members()
    logged = dict(
        db.session.execute(
            select(Incident.safe_id, Incident.by_id).where(Incident.safe_id.in_(safes)), execution_options=_WHY
        ).all()
    )
    linked = db.session.execute(
        select(Incident.safe_id, Case.safe_id)
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .join(Case, Case.id == IncidentLink.case_id)
        .where(Incident.safe_id.in_(safes)),
        execution_options=_WHY,
    ).all()
    reviewed = db.session.execute(
        select(Review.safe_id, Case.safe_id).join(Case, Case.id == Review.case_id).where(Review.safe_id.in_(safes)),
        execution_options=_WHY,
    ).all()
    cases_of: dict[str, set[str]] = {}
    for safe, case_safe in [*linked, *reviewed]:
        cases_of.setdefault(safe, set()).add(case_safe)
    case_safes = {*safes, *(case_safe for found in cases_of.values() for case_safe in found)}
    counsel: dict[str, set[str]] = {}
    serving = (
        select(Case.safe_id, Counsel.member_id)
        .join(Counsel, Counsel.case_id == Case.id)
        .where(Case.safe_id.in_(case_safes), Counsel.until.is_(None))
    )
    for case_safe, member in db.session.execute(serving, execution_options=_WHY):
        counsel.setdefault(case_safe, set()).add(member)
    scorers: dict[str, set[str]] = {}
    asked = (
        select(Review.safe_id, Scorer.member_id)
        .join(Scorer, Scorer.review_id == Review.id)
        .where(Review.safe_id.in_(safes))
    )
    for safe, member in db.session.execute(asked, execution_options=_WHY):
        scorers.setdefault(safe, set()).add(member)
    return Gathered(
        able=frozenset(able),
        coordinators=frozenset(member for member, role in able.items() if role is Role.COORDINATOR),
        logged=logged,
        counsel={safe: frozenset(found) for safe, found in counsel.items()},
        cases_of={safe: frozenset(found) for safe, found in cases_of.items()},
        scorers={safe: frozenset(found) for safe, found in scorers.items()},
    )


def names_of(member_ids: Iterable[str | None]) -> dict[str, str]:
    """Return member id -> name; one query. Names of accounts are no secret among members."""
    wanted = {member_id for member_id in member_ids if member_id}
    if not wanted:
        return {}
    return dict(db.session.execute(select(Member.id, Member.name).where(Member.id.in_(wanted))).all())


def everybody() -> dict[str, str]:
    """Return member id -> name of all who are or were members, by name; one query."""
    return dict(db.session.execute(select(Member.id, Member.name).order_by(Member.name)).all())


def public_keys() -> dict[str, bytes]:
    """Return member id -> the 64 bytes of her public keys; one query."""
    return dict(db.session.execute(select(Identity.member_id, Identity.public)).all())


def safes_of(member_id: str) -> set[str]:
    """Return the safes that a fact leads to from a member: of a coordinator all; nothing of one without a confirmed key."""
    role = able_members().get(member_id)
    if role is None:
        return set()
    if role is Role.COORDINATOR:
        return set(db.session.scalars(select(Safe.id)))
    mine = select(Counsel.case_id).where(Counsel.member_id == member_id, Counsel.until.is_(None))
    ways = (
        select(Incident.safe_id).where(Incident.by_id == member_id),
        select(Case.safe_id).where(Case.id.in_(mine)),
        select(Incident.safe_id)
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .where(IncidentLink.case_id.in_(mine)),
        select(Review.safe_id).where(Review.case_id.in_(mine)),
        select(Review.safe_id).join(Scorer, Scorer.review_id == Review.id).where(Scorer.member_id == member_id),
    )
    return {safe for way in ways for safe in db.session.scalars(way, execution_options=_WHY)}


def references_of(safes: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Return safe id -> (kind, id, reference) of the incident, case or review in it; three queries.

    References are no secret among those who may know that the safe exists; nothing is opened.
    """
    found: dict[str, tuple[str, str, str]] = {}
    for kind, model in (("incident", Incident), ("case", Case), ("review", Review)):
        rows = select(model.safe_id, model.id, model.reference).where(model.safe_id.in_(safes))
        for safe, key, reference in db.session.execute(rows, execution_options=_WHY):
            found[safe] = kind, key, reference
    return found
