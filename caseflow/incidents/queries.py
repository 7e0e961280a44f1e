"""Reads of incidents that more than one page needs. Every one sees what its actor sees, and opens titles together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, case, extract, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import READER, each_visible, visible
from caseflow.incidents import rules
from caseflow.incidents.models import (
    Act,
    Consent,
    Incident,
    IncidentRelation,
    Message,
    Notice,
    Referral,
    Reply,
    Risk,
)
from caseflow.kernel.db import db, find
from caseflow.network.rules import region

MOST = 12
REMINDED = timedelta(days=7)  # before the day on which a risk is looked at again

NEWS = ("answered", "decided", "verified", "declined", "closed", "taken_to_case")  # the rest waits on the desk anyhow
FOR_REVIEW = ("submitted", "in_review")
DOCUMENTERS_ORDER = (
    "information_asked", "offered", "draft", "submitted", "in_review", "verified", "taken_to_case", "referred", "closed",
    "declined",
)  # fmt: skip
REVIEWERS_ORDER = (
    "submitted", "in_review", "information_asked", "verified", "taken_to_case", "referred", "closed", "declined", "draft",
    "offered",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a list of incidents is narrowed to; '' and None mean no matter. `kinds` are the acts that violate a right."""

    state: str = ""
    region: str = ""
    year: int | None = None
    kinds: Collection[str] | None = None
    organisation: str = ""


def chosen(given: Mapping[str, str]) -> Asked:
    """Return what was chosen under `state`, `region`, `year` and `right`; what is none of the choices was not chosen."""
    year, state = given.get("year", ""), given.get("state", "")
    right = next((group for group in rules.act_groups() if group.code == given.get("right")), None)
    return Asked(
        state=state if state in rules.STATE_NAMES else "",
        region=given.get("region", "") if region(given.get("region", "")) else "",
        year=int(year) if year.isascii() and year.isdigit() and int(year[:5]) in rules.YEARS else None,
        kinds=[kind.code for kind in rules.act_kinds(right.code)] if right else None,
    )


def order_for(actor: Actor) -> tuple[str, ...]:
    """Return the states in the order in which they concern `actor`: what waits for her comes first."""
    return REVIEWERS_ORDER if actor.is_coordinator else DOCUMENTERS_ORDER


def narrowed(query: Any, asked: Asked) -> Any:
    """Return a query of incidents or of their columns with the conditions of `asked`."""
    if asked.state:
        query = query.where(Incident.state == asked.state)
    if asked.region:
        query = query.where(Incident.region == asked.region)
    if asked.year is not None:
        query = query.where(Incident.began_on.between(date(asked.year, 1, 1), date(asked.year, 12, 31)))
    if asked.organisation:
        query = query.where(Incident.organisation_id == asked.organisation)
    if asked.kinds is not None:
        query = query.where(Incident.id.in_(select(Act.incident_id).where(Act.kind.in_(asked.kinds))))
    return query


def kinds_of(actor: Actor, ids: Collection[str]) -> dict[str, list[str]]:
    """Return incident id -> kinds of act in it, each once, as entered; one query."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for incident_id, kind in db.session.execute(_kinds_of(), {"ids": list(ids), "member_id": actor.member_id}):
        found[incident_id][kind] = None
    return {incident_id: list(kinds) for incident_id, kinds in found.items()}


@lru_cache(maxsize=1)
def _kinds_of() -> Any:
    these = Act.incident_id.in_(bindparam("ids", expanding=True))
    return select(Act.incident_id, Act.kind).where(these, each_visible(Act, READER)).order_by(Act.position)


def counts_and_years(actor: Actor) -> tuple[dict[str, int], list[int]]:
    """Return state -> number of incidents that `actor` may read, and the years in which they began, the last first; one query."""
    year = extract("year", Incident.began_on)
    query = select(Incident.state, year, func.count()).where(policy.visible_to(actor)).group_by(Incident.state, year)
    counts: Counter[str] = Counter()
    years: set[int] = set()
    for state, began, number in db.session.execute(query):
        counts[state] += number
        years |= {int(began)} if began else set()
    return counts, sorted(years, reverse=True)


def counts_by_state(actor: Actor) -> dict[str, int]:
    """Return state -> number of incidents that `actor` may read."""
    return counts_and_years(actor)[0]


def years(actor: Actor) -> list[int]:
    """Return the years in which incidents that `actor` may read began, the last first."""
    return counts_and_years(actor)[1]


def counts_by_region(actor: Actor) -> dict[str, int]:
    """Return region code -> number of incidents that `actor` may read; drafts are not counted."""
    query = select(Incident.region, func.count()).where(policy.visible_to(actor), Incident.state != "draft")
    return dict(db.session.execute(query.group_by(Incident.region)).all())


def waiting_for_review(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return the submitted incidents that `actor` may read, those waiting longest first, titles ready to open."""
    query = select(Incident).where(policy.visible_to(actor), Incident.state.in_(FOR_REVIEW))
    return _opened(actor, query.order_by(Incident.changed_at, Incident.id).limit(most))


def asked_of(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return the incidents of `actor` in which a question waits for her answer, the oldest first."""
    mine = Incident.by_id == actor.member_id
    query = select(Incident).where(policy.visible_to(actor), mine, Incident.state == "information_asked")
    return _opened(actor, query.order_by(Incident.changed_at, Incident.id).limit(most))


def unanswered(actor: Actor, incidents: Collection[Incident]) -> dict[str, list[Message]]:
    """Return incident id -> questions that wait for an answer, the oldest first, ready to open; one query."""
    answered = select(Reply.question_id).where(visible(Reply, actor))
    query = (
        select(Message)
        .where(Message.incident_id.in_([incident.id for incident in incidents]), visible(Message, actor))
        .where(Message.kind == "question", Message.id.not_in(answered))
        .order_by(Message.at, Message.id)
    )
    found: dict[str, list[Message]] = defaultdict(list)
    for message in db.session.scalars(query):
        found[message.incident_id].append(message)
    return dict(found)


def waiting_for_answer(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return the incidents on which `actor` or a colleague waits for an answer, the longest first, titles ready."""
    query = select(Incident).where(policy.visible_to(actor), Incident.state == "information_asked")
    return _opened(actor, query.order_by(Incident.changed_at, Incident.id).limit(most))


def news_of(actor: Actor, *, since: datetime, most: int = 8) -> list[tuple[Incident, str, datetime]]:
    """Return what came of incidents that concern `actor` and that she may read: incident, kind, when; the last first."""
    query = (
        select(Notice, Incident)
        .join(Incident, Incident.id == Notice.incident_id)
        .where(Notice.member_id == actor.member_id, Notice.at >= since, policy.visible_to(actor))
        .where(Notice.kind.in_(NEWS))
        .order_by(Notice.at.desc(), Notice.id)
        .limit(most)
    )
    found = db.session.execute(query).all()
    actor.ring.prepare([incident for _notice, incident in found])
    return [(incident, notice.kind, notice.at) for notice, incident in found]


def offered_to(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return what other organisations offer to `actor` and she has not decided on, the oldest first, titles ready."""
    mine = Incident.by_id == actor.member_id, Incident.state == "offered"
    query = select(Incident).where(policy.visible_to(actor), *mine)
    return _opened(actor, query.order_by(Incident.logged_at, Incident.id).limit(most))


def rejected_elsewhere(actor: Actor, *, most: int = MOST) -> list[Incident]:
    """Return the incidents that another organisation has rejected and nobody has taken back, titles ready."""
    rejected = select(Referral.incident_id).where(Referral.state == "rejected", visible(Referral, actor))
    query = select(Incident).where(policy.visible_to(actor), Incident.state == "referred", Incident.id.in_(rejected))
    return _opened(actor, query.order_by(Incident.changed_at, Incident.id).limit(most))


def mine_by_state(actor: Actor, *, most: int = MOST) -> dict[str, list[Incident]]:
    """Return state -> incidents that `actor` logged, the last changed first, in the order in which they concern her.

    At most `most` of each state; one query for all, titles ready to open.
    """
    number = func.row_number().over(partition_by=Incident.state, order_by=(Incident.changed_at.desc(), Incident.id))
    ranked = select(Incident.id, number.label("place")).where(Incident.by_id == actor.member_id).subquery()
    query = (
        select(Incident)
        .join(ranked, ranked.c.id == Incident.id)
        .where(policy.visible_to(actor), ranked.c.place <= most)
        .order_by(Incident.changed_at.desc(), Incident.id)
    )
    found: dict[str, list[Incident]] = {state: [] for state in DOCUMENTERS_ORDER}
    for incident in _opened(actor, query):
        found[incident.state].append(incident)
    return {state: incidents for state, incidents in found.items() if incidents}


def by_reference(actor: Actor, reference: str) -> Incident | None:
    """Return the incident with this reference, if `actor` may read it."""
    given = reference.strip().upper()
    return db.session.scalar(select(Incident).where(policy.visible_to(actor), Incident.reference == given))


def links_of(actor: Actor, incident: Incident) -> list[tuple[IncidentRelation, Incident]]:
    """Return the links of an incident with the one at the other end, where `actor` may read both; titles ready to open."""
    here = IncidentRelation.from_id == incident.id, IncidentRelation.to_id == incident.id
    other = Incident.id == case((here[0], IncidentRelation.to_id), else_=IncidentRelation.from_id)
    query = (
        select(IncidentRelation, Incident)
        .join(Incident, other)
        .where(or_(*here), visible(IncidentRelation, actor), policy.visible_to(actor))
        .order_by(IncidentRelation.at)
    )
    found = [(link, row) for link, row in db.session.execute(query)]
    actor.ring.prepare([row for pair in found for row in pair])
    return found


def risks_to_review(actor: Actor, *, today: date, most: int = MOST) -> list[Risk]:
    """Return the present judgements of risk that are due within a week, the first due first, titles ready to open."""
    query = (
        select(Risk)
        .join(Incident, Incident.id == Risk.incident_id)
        .where(visible(Risk, actor), policy.visible_to(actor), Incident.state.not_in(("declined", "closed")))
        .where(Risk.later_id.is_(None), Risk.review_on <= today + REMINDED)
        .options(joinedload(Risk.incident))
        .order_by(Risk.review_on, Risk.id)
        .limit(most)
    )
    found = list(db.session.scalars(query))
    actor.ring.prepare(found)
    return found


def whole(actor: Actor, incident_id: str) -> Incident:
    """Return an incident that `actor` may read with everything in it; raise `NotFound` otherwise.

    A fixed number of queries, however much is in it.
    """
    incident = find(Incident, incident_id, policy.visible_to(actor))
    parts = (
        selectinload(Incident.people),
        selectinload(Incident.acts).selectinload(Act.involvements),
        selectinload(Incident.acts).selectinload(Act.checklists),
        selectinload(Incident.sources),
        selectinload(Incident.consents).selectinload(Consent.withdrawal),
        selectinload(Incident.risks),
        selectinload(Incident.interventions),
        selectinload(Incident.messages),
        selectinload(Incident.replies),
        selectinload(Incident.moves),
        selectinload(Incident.hand_overs),
        selectinload(Incident.referrals),
        selectinload(Incident.received),
    )
    again = select(Incident).where(Incident.id == incident.id, policy.visible_to(actor)).options(*parts)
    actor.ring.prepare([incident])
    return db.session.scalars(again).one()


def _opened(actor: Actor, query: Select[Incident]) -> list[Incident]:
    found = list(db.session.scalars(query))
    actor.ring.prepare(found)
    return found
