"""One page of the list of incidents, by what concerns the reader first; its time does not grow with the incidents there are.

A documenter or a lawyer holds some: her list goes out from her grants and is counted exactly. A coordinator holds nearly all:
hers goes along the incidents of one state after another, asks of each whether she holds it, and stops when a page is full.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import JSON, String, and_, bindparam, func, literal, or_, select, union_all
from sqlalchemy import case as either

from caseflow.access.actor import Actor
from caseflow.access.incidents import HIDDEN
from caseflow.access.safes import GRANT, READER, Held, each_visible, through_grant
from caseflow.incidents.duplicates import is_twin
from caseflow.incidents.models import Incident
from caseflow.incidents.queries import REVIEWERS_ORDER, Asked, narrowed, order_for
from caseflow.kernel.db import db, is_postgres
from caseflow.keys.models import Grant
from caseflow.network.models import Member

PER_PAGE = 50  # and as many of each state are counted where a list goes along all: beyond it a number changes nothing


@dataclass(frozen=True, slots=True)
class Listed:
    """An incident as a list shows it. Fifty of these cost a tenth of fifty rows that the session would watch."""

    id: str
    safe_id: str
    reference: str
    state: str
    title_sealed: bytes
    region: str
    began_on: date | None
    began_precision: str
    ended_on: date | None
    ended_precision: str | None
    grade: str | None
    by_id: str
    changed_at: datetime

    __tablename__: ClassVar[str] = Incident.__tablename__


class Place(NamedTuple):
    """Where a page ended: the last incident's state, when it changed, its id."""

    state: str
    changed_at: datetime
    id: str


@dataclass(frozen=True)
class Listing:
    """A page: the rows with their titles, whether each was judged to be one with another, who logged it, and whether `more` follow.

    `counts`: state -> number of incidents, whatever the list is narrowed to; of `most_counted` there may be more.
    """

    incidents: Sequence[Listed]
    titles: Sequence[str]
    twins: Sequence[bool]
    names: Sequence[str]
    more: bool
    counts: Mapping[str, int]
    most_counted: int | None


_SHOWN = (
    Incident.id, Incident.safe_id, Incident.reference, Incident.state, Incident.title_sealed, Incident.region,
    Incident.began_on, Incident.began_precision, Incident.ended_on, Incident.ended_precision, Incident.grade,
    Incident.by_id, Incident.changed_at,
)  # fmt: skip
_SORTED = (Incident.id, Incident.state, Incident.changed_at)


def listing(actor: Actor, asked: Asked, after: Place | None = None) -> Listing:
    """Return the page of the incidents that `actor` may read, narrowed to `asked`, that follows `after`; one query.

    It is two where the page is empty.
    """
    along = actor.is_coordinator
    order = order_for(actor)
    states = tuple(state for state in order if asked.state in ("", state))
    if after is not None and after.state in states:
        states = states[states.index(after.state) :]
    given: dict[str, Any] = {"member_id": actor.member_id}
    if after is not None:
        given |= {"changed_at": after.changed_at, "last_id": after.id}
    plain = asked == Asked(state=asked.state)
    build = _page if plain else _page.__wrapped__  # what is asked for all the time is built once
    rows = db.session.execute(build(states, after is not None, along, None if plain else asked), given).all()
    shown, width = rows[:PER_PAGE], len(_SHOWN)
    actor.ring.take([Held(row[1], *row[width:-3]) for row in shown])
    incidents = [Listed(*row[:width]) for row in shown]
    return Listing(
        incidents=incidents,
        titles=[actor.ring.text(incident, "title") for incident in incidents],
        twins=[row[-3] for row in shown],
        names=[row[-2] for row in shown],
        more=len(rows) > PER_PAGE,
        counts=(rows[0][-1] if rows else _counts_alone(along, given)) or {},
        most_counted=PER_PAGE if along else None,
    )


@lru_cache(maxsize=64)
def _page(states: tuple[str, ...], after: bool, along: bool, asked: Asked | None) -> Any:
    """Return the query of a page of `states`, in this order; with `after`, of the first state only what follows."""
    all_states = set(states) == set(REVIEWERS_ORDER)
    if along:
        found = _first_of(states, asked, after=after)
        counted = found if all_states and not after and not asked else _first_of(REVIEWERS_ORDER)
    else:
        counted = _held().cte("held")
        found = narrowed(_held(), asked).cte() if asked else counted
    rank = either({state: place for place, state in enumerate(states)}, value=found.c.state, else_=len(states))
    ids = select(found.c.id, rank.label("rank")).order_by(rank, found.c.changed_at.desc(), found.c.id.desc())
    if not along:
        ids = ids.where(found.c.state.in_(states))
        if after:
            ids = ids.where(or_(found.c.state != states[0], _follows(found.c)))
    few = ids.limit(PER_PAGE + 1).subquery()
    # To sort ids and then read these few takes a quarter of sorting rows with all that is sealed in them.
    page = (
        select(*_SHOWN, *GRANT, is_twin(READER), Member.name, _counts(counted))
        .select_from(few)
        .join(Incident, Incident.id == few.c.id)
    )
    page = page.join(Grant, through_grant(Incident, READER)).join(Member, Member.id == Incident.by_id)
    return page.order_by(few.c.rank, Incident.changed_at.desc(), Incident.id.desc())


def _first_of(states: Sequence[str], asked: Asked | None = None, *, after: bool = False) -> Any:
    """Return of each state the last changed that she holds, one more than are counted; with `after`, of the first what follows."""
    parts = []
    for state in states:
        part: Any = select(*_SORTED).where(Incident.state == literal(state), each_visible(Incident, READER))
        part = narrowed(part, asked) if asked else part
        part = part.where(_follows(Incident)) if after and state == states[0] else part
        part = part.order_by(Incident.changed_at.desc(), Incident.id.desc()).limit(PER_PAGE + 1)
        parts.append(select(part.subquery()))
    return union_all(*parts).cte()


def _held() -> Any:
    # The empty text keeps the database from an index on the state, which leads through every incident of the network.
    mine = select(*_SORTED).select_from(Grant).join(Incident, through_grant(Incident, READER))
    return mine.where((Incident.state + "").not_in(HIDDEN))


def _follows(columns: Any) -> Any:
    moment, last = bindparam("changed_at", type_=Incident.changed_at.type), bindparam("last_id", type_=String)
    return or_(columns.changed_at < moment, and_(columns.changed_at == moment, columns.id < last))


def _counts_alone(along: bool, given: Mapping[str, Any]) -> Any:
    counted = _first_of(REVIEWERS_ORDER) if along else _held().cte()
    return db.session.scalar(select(_counts(counted)), given)


def _counts(counted: Any) -> Any:
    """Return the query of one value: state -> number of the rows of `counted`."""
    numbers = select(counted.c.state, func.count().label("number")).group_by(counted.c.state).subquery()
    collect = func.json_object_agg if is_postgres() else func.json_group_object
    return select(collect(numbers.c.state, numbers.c.number, type_=JSON)).scalar_subquery()
