"""Reads of cases that more than one page needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import load_only

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, Role
from caseflow.access.safes import through_grant
from caseflow.cases.models import Case, Counsel, IncidentLink
from caseflow.incidents.models import Incident
from caseflow.kernel.db import db, unscoped
from caseflow.keys.models import Grant
from caseflow.network.models import Departure, Member

PER_PAGE = 50
NOBODY = "none"  # the filter for cases without counsel


@dataclass(frozen=True)
class Asked:
    """What a list of cases is narrowed to; '' means no matter."""

    state: str = "open"
    stage: str = ""
    counsel: str = ""
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True)
class Listing:
    """One page of a list of cases: the rows with their keys on the reader's ring, and who is counsel in each."""

    cases: Sequence[Case]
    counsel: dict[str, list[tuple[str, str]]]
    total: int
    more: bool


def listing(actor: Actor, asked: Asked) -> Listing:
    """Return one page of the cases that `actor` may see, the last changed first, their titles ready to open.

    Three queries, whatever the number of rows: the rows with their grants, the counsel of these, and the count.
    """
    query = _narrowed(select(Case, Grant).join(Grant, through_grant(Case, actor)), asked)
    if asked.after is not None:
        changed_at, case_id = asked.after
        query = query.where(or_(Case.changed_at < changed_at, and_(Case.changed_at == changed_at, Case.id < case_id)))
    shown = (
        Case.reference, Case.state, Case.safe_id, Case.title_sealed, Case.procedure, Case.stage, Case.next_on,
        Case.changed_at,
    )  # fmt: skip
    query = query.options(load_only(*shown)).order_by(Case.changed_at.desc(), Case.id.desc()).limit(PER_PAGE + 1)
    rows = db.session.execute(query).all()
    found = rows[:PER_PAGE]
    actor.ring.take(grant for _case, grant in found)
    cases = [case for case, _grant in found]
    counted = _narrowed(select(func.count()).select_from(Case).join(Grant, through_grant(Case, actor)), asked)
    return Listing(
        cases=cases,
        counsel=counsel_of([case.id for case in cases]),
        total=db.session.scalar(counted) or 0,
        more=len(rows) > PER_PAGE,
    )


def _narrowed(query: Select, asked: Asked) -> Select:  # type: ignore[type-arg]
    if asked.state:
        query = query.where(Case.state == asked.state)
    if asked.stage:
        procedure, _point, stage = asked.stage.partition(".")
        query = (
            query.where(Case.procedure == procedure, Case.stage == stage)
            if stage
            else query.where(Case.stage.is_(None))
        )
    if asked.counsel:
        serving = select(Counsel.id).where(Counsel.case_id == Case.id, Counsel.until.is_(None))
        if asked.counsel == NOBODY:
            query = query.where(~serving.exists())
        else:
            query = query.where(serving.where(Counsel.member_id == asked.counsel).exists())
    return query


def counsel_of(case_ids: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Return case id -> (name, role) of whoever is counsel now, lead first; one query for cases the asker has found."""
    query = (
        select(Counsel.case_id, Member.name, Counsel.role)
        .join(Member, Member.id == Counsel.member_id)
        .where(Counsel.case_id.in_(case_ids), Counsel.until.is_(None))
        .order_by(Counsel.role != "lead", Counsel.since, Counsel.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for case_id, name, role in db.session.execute(query, execution_options=unscoped("the cases were found in a scope")):
        found.setdefault(case_id, []).append((name, role))
    return found


def lawyers() -> list[tuple[str, str]]:
    """Return id and name of everybody who could be counsel, for the filter of the list; one query."""
    query = (
        select(Member.id, Member.name)
        .outerjoin(Departure, Departure.member_id == Member.id)
        .where(Departure.member_id.is_(None), Member.role.in_([Role.LAWYER, Role.COORDINATOR]))
        .order_by(Member.name)
    )
    return [(member_id, name) for member_id, name in db.session.execute(query)]


@dataclass(frozen=True)
class Glimpse:
    """What whoever sees an incident may know of the case it went to: reference and stage, and no more."""

    id: str
    reference: str
    state: str
    procedure: str | None
    stage: str | None


def glimpses_of(incident: Incident) -> list[Glimpse]:
    """Return the cases that an incident, which the asker has found, was taken into."""
    query = (
        select(Case.id, Case.reference, Case.state, Case.procedure, Case.stage)
        .join(IncidentLink, IncidentLink.case_id == Case.id)
        .where(IncidentLink.incident_id == incident.id)
        .order_by(Case.reference)
    )
    why = unscoped("who sees an incident is told reference and stage of its cases")
    return [Glimpse(*row) for row in db.session.execute(query, execution_options=why)]


def linked_incidents(actor: Actor, case: Case) -> list[Incident]:
    """Return the incidents of a case that `actor` may see, their titles ready to open, by reference."""
    query = (
        select(Incident, Grant)
        .join(Grant, through_grant(Incident, actor))
        .join(IncidentLink, IncidentLink.incident_id == Incident.id)
        .where(IncidentLink.case_id == case.id)
        .order_by(Incident.reference)
    )
    found = db.session.execute(query).all()
    actor.ring.take(grant for _incident, grant in found)
    return [incident for incident, _grant in found]


def incidents_for_cases(actor: Actor, but: Case | None = None) -> list[Incident]:
    """Return the verified incidents that can go into a case and are not in `but`, titles ready to open; 200 at most."""
    query = (
        select(Incident, Grant)
        .join(Grant, through_grant(Incident, actor))
        .where(Incident.state.in_(("verified", "taken_to_case")))
        .order_by(Incident.state.desc(), Incident.changed_at.desc())
        .limit(200)
    )
    if but is not None:
        query = query.where(Incident.id.not_in(select(IncidentLink.incident_id).where(IncidentLink.case_id == but.id)))
    found = db.session.execute(query).all()
    actor.ring.take(grant for _incident, grant in found)
    return [incident for incident, _grant in found]


def ids_seen(actor: Actor, case_ids: Collection[str]) -> set[str]:
    """Return those of `case_ids` whose case page is open to `actor`."""
    if not case_ids:
        return set()
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), policy.visible_to(actor))))


def holders_of(case: Case) -> list[Member]:
    """Return everybody who can read a case, by name: whom a task can be given to."""
    query = select(Member).join(Grant, Grant.member_id == Member.id).where(Grant.safe_id == case.safe_id)
    return list(db.session.scalars(query.order_by(Member.name)))
