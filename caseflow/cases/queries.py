"""Reads of cases that more than one page needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Select, String, and_, bindparam, func, or_, select
from sqlalchemy import case as either

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, Role
from caseflow.access.safes import GRANT, READER, Held, through_grant
from caseflow.cases.models import Case, CaseRelation, Closure, Counsel, IncidentLink
from caseflow.incidents.models import Incident
from caseflow.kernel.db import db, unscoped
from caseflow.keys.models import Grant
from caseflow.network.models import Departure, Member

PER_PAGE = 50
COUNTED = 200
NOBODY = "none"  # the filter for cases without counsel


@dataclass(frozen=True)
class Asked:
    """What a list of cases is narrowed to; '' means no matter. `archive`: "in" or "out" of it."""

    state: str = "open"
    archive: str = ""
    stage: str = ""
    counsel: str = ""
    after: tuple[datetime, str] | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as a list shows it. Fifty of these cost a tenth of fifty rows that the session would watch."""

    id: str
    safe_id: str
    reference: str
    state: str
    title_sealed: bytes
    procedure: str | None
    stage: str | None
    next_on: date | None
    changed_at: datetime

    __tablename__: ClassVar[str] = Case.__tablename__


@dataclass(frozen=True)
class Listing:
    """One page of a list of cases: the rows, their titles, and who is counsel in each.

    `total` counts up to `COUNTED`; `beyond` tells that there are more than that.
    """

    cases: Sequence[Listed]
    titles: Sequence[str]
    counsel: dict[str, list[str]]
    total: int
    more: bool
    beyond: bool


_SHOWN = (
    Case.id, Case.safe_id, Case.reference, Case.state, Case.title_sealed, Case.procedure, Case.stage, Case.next_on,
    Case.changed_at,
)  # fmt: skip


def listing(actor: Actor, asked: Asked) -> Listing:
    """Return one page of the cases that `actor` may see, the last changed first, with titles and counsel.

    One query, whatever the number of rows: the page with its grants, the counsel of each, and the count of the list.
    """
    procedure, _point, stage = asked.stage.partition(".")
    kinds = _Kinds(
        state=bool(asked.state),
        archive=asked.archive,
        stage="at" if stage else "none" if asked.stage else "",
        counsel="nobody" if asked.counsel == NOBODY else "one" if asked.counsel else "",
        after=asked.after is not None,
    )
    changed_at, case_id = asked.after or (None, None)
    given = {
        "member_id": actor.member_id,
        "state": asked.state,
        "procedure": procedure,
        "stage": stage,
        "counsel": asked.counsel,
        "changed_at": changed_at,
        "case_id": case_id,
    }
    rows = db.session.execute(_page(kinds), given).all()
    counsel: dict[str, list[str]] = {}
    firsts = []
    for row in rows:
        if row[0] not in counsel:
            counsel[row[0]] = []
            firsts.append(row)
        if row[-2] is not None:
            counsel[row[0]].append(row[-2])
    shown, width = firsts[:PER_PAGE], len(_SHOWN)
    actor.ring.take([Held(row[1], *row[width:-2]) for row in shown])
    cases = [Listed(*row[:width]) for row in shown]
    number = rows[0][-1] if rows else 0
    return Listing(
        cases=cases,
        titles=[actor.ring.text(case, "title") for case in cases],
        counsel=counsel,
        total=min(number, COUNTED),
        more=len(firsts) > PER_PAGE,
        beyond=number > COUNTED,
    )


class _Kinds(NamedTuple):
    """Which conditions a list has; their values are given when it is asked."""

    state: bool
    archive: str
    stage: str
    counsel: str
    after: bool


@lru_cache(maxsize=32)
def _page(kinds: _Kinds) -> Select[Any]:
    """Return the query of a page. It is built once for each kind of list: building it costs as much as running it."""
    query: Any = _narrowed(select(*_SHOWN, *GRANT).join(Grant, through_grant(Case, READER)), kinds, Case.state)
    if kinds.after:
        moment, last = bindparam("changed_at", type_=Case.changed_at.type), bindparam("case_id", type_=String)
        query = query.where(or_(Case.changed_at < moment, and_(Case.changed_at == moment, Case.id < last)))
    page = query.order_by(Case.changed_at.desc(), Case.id.desc()).limit(PER_PAGE + 1).subquery()
    # Counting stops where the number no longer matters: whoever has hundreds of cases filters, and need not wait. It
    # goes out from the member's grants, which the empty text keeps the database from doubting: an index on the state
    # looks tempting to it, and leads through every case of the network.
    held = select(Case.id).select_from(Grant).join(Case, through_grant(Case, READER))
    up_to = _narrowed(held, kinds, Case.state + "").limit(COUNTED + 1).subquery()
    counted = select(func.count()).select_from(up_to).scalar_subquery()
    return (
        select(page, Member.name, counted)
        .outerjoin(Counsel, and_(Counsel.case_id == page.c.id, Counsel.until.is_(None)))
        .outerjoin(Member, Member.id == Counsel.member_id)
        .order_by(page.c.changed_at.desc(), page.c.id.desc(), Counsel.role != "lead", Counsel.since)
    )


def _narrowed(query: Any, kinds: _Kinds, state: Any) -> Any:
    if kinds.state:
        query = query.where(state == bindparam("state", type_=String))
    if kinds.archive:
        archived = select(Closure.id).where(Closure.case_id == Case.id, Closure.archived_at.is_not(None)).exists()
        query = query.where(archived if kinds.archive == "in" else ~archived)
    if kinds.stage == "none":
        query = query.where(Case.stage.is_(None))
    elif kinds.stage:
        here = bindparam("procedure", type_=String), bindparam("stage", type_=String)
        query = query.where(Case.procedure == here[0], Case.stage == here[1])
    if kinds.counsel:
        serving = select(Counsel.id).where(Counsel.case_id == Case.id, Counsel.until.is_(None))
        if kinds.counsel == "nobody":
            query = query.where(~serving.exists())
        else:
            query = query.where(serving.where(Counsel.member_id == bindparam("counsel", type_=String)).exists())
    return query


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


def by_reference(actor: Actor, reference: str) -> Case | None:
    """Return the case of this reference, as it was typed, if `actor` may open it."""
    mine = policy.visible_to(actor)
    return db.session.scalar(select(Case).where(Case.reference == reference.strip().upper()[:20], mine))


def relations_of(actor: Actor, case: Case) -> list[tuple[CaseRelation, Case]]:
    """Return how a case stands to others that `actor` may open too, titles ready to open, by reference; one query."""
    other = either((CaseRelation.from_id == case.id, CaseRelation.to_id), else_=CaseRelation.from_id)
    query = (
        select(CaseRelation, Case, Grant)
        .join(Case, Case.id == other)
        .join(Grant, through_grant(Case, actor))
        .where(or_(CaseRelation.from_id == case.id, CaseRelation.to_id == case.id))
        .order_by(Case.reference, CaseRelation.at)
    )
    found = db.session.execute(query).all()
    actor.ring.take(grant for _link, _case, grant in found)
    return [(link, row) for link, row, _grant in found]


def ids_seen(actor: Actor, case_ids: Collection[str]) -> set[str]:
    """Return those of `case_ids` whose case page is open to `actor`."""
    if not case_ids:
        return set()
    return set(db.session.scalars(select(Case.id).where(Case.id.in_(case_ids), policy.visible_to(actor))))


def holders_of(case: Case) -> list[Member]:
    """Return everybody who can read a case, by name: whom a task can be given to."""
    query = select(Member).join(Grant, Grant.member_id == Member.id).where(Grant.safe_id == case.safe_id)
    return list(db.session.scalars(query.order_by(Member.name)))
