"""What is counted. Exact numbers count what the reader could open; rounded ones are made on nobody's behalf.

Counted are incidents that somebody has handed in and nobody has declined; one that was referred counts where it went.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseflow.access import reports as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.incidents import rules as incident_rules
from caseflow.incidents.duplicates import counted_once
from caseflow.incidents.models import Act, Incident, Involvement
from caseflow.incidents.queries import Asked, narrowed
from caseflow.kernel.db import db, unscoped
from caseflow.network.names import fold
from caseflow.reports import rules

COUNTED = ("submitted", "in_review", "information_asked", "verified", "taken_to_case", "closed")
GRADED = ("confirmed", "likely")
MOST_OPENED = 5000  # rows whose sealed unit or place is opened for one page
MOST_LISTED = 50
_WHY = unscoped("numbers of the whole network, rounded to fives and never below five, open nothing")


@dataclass(frozen=True)
class Overview:
    """How many incidents there are, where and when; `left_out` are those whose date lies in no single period."""

    total: int
    regions: dict[str, int]
    periods: list[tuple[rules.Period, int]]
    left_out: int


@dataclass
class Counts:
    """The network in numbers for those who hold no keys; None is a number too small to be shown."""

    regions: dict[str, int | None] = field(default_factory=dict)
    rights: dict[str, int | None] = field(default_factory=dict)
    actors: dict[str, int | None] = field(default_factory=dict)
    years: dict[str, int | None] = field(default_factory=dict)


def overview(actor: Actor, asked: Asked, among: Collection[str] | None = None) -> Overview:
    """Return where and when the incidents happened that `actor` could open, narrowed; `among` ids only, if given."""
    place_and_day: Any = select(Incident.id, Incident.region, Incident.began_on, Incident.began_precision)
    query = narrowed(
        place_and_day.where(policy.visible_to(actor), Incident.state.in_(COUNTED), counted_once(COUNTED)), asked
    )
    rows = [row for row in db.session.execute(query) if among is None or row.id in among]
    spans = [span for row in rows if (span := _span(row.began_on, row.began_precision)) is not None]
    periods, left_out = rules.over_time(spans)
    return Overview(len(rows), Counter(row.region for row in rows if row.region), periods, left_out)


def facts(actor: Actor, asked: Asked, by: str) -> tuple[list[rules.Fact], bool]:
    """Return the acts in the incidents that `actor` could open, and whether some were left out.

    `by` is one of `rules.DIMENSIONS` or ''. A unit or an exact place is sealed: it is opened here, of the newest rows.
    """
    query: Any = (
        select(
            Incident.id,
            Incident.region,
            Incident.began_on,
            Incident.began_precision,
            Incident.state,
            Incident.grade,
            Act.articles,
            Involvement.id.label("involvement"),
            Involvement.actor_kind,
        )
        .join(Act, Act.incident_id == Incident.id)
        .outerjoin(Involvement, Involvement.act_id == Act.id)
        .where(policy.visible_to(actor), Incident.state.in_(COUNTED), counted_once(COUNTED))
    )
    query = narrowed(query, asked)
    if asked.kinds is not None:
        query = query.where(Act.kind.in_(asked.kinds))
    opened, cut = _opened(actor, by)
    found = []
    for row in db.session.execute(query):
        span = _span(row.began_on, row.began_precision)
        extra, like, shown = "", "", ""
        if by in ("unit", "place"):
            like = row.id if by == "place" else row.involvement
            shown = opened.get(like, "")
            extra = fold(shown)
        elif by == "region":
            extra = row.region
        elif by == "year" and span is not None and span[0].year == span[1].year:
            extra = str(span[0].year)
        if by and not extra:
            continue
        found.append(
            rules.Fact(
                incident=row.id,
                articles=tuple(row.articles),
                actor=row.actor_kind or "unknown",
                region=row.region,
                span=span,
                waits=row.state == "verified",
                graded=row.grade in GRADED,
                extra=extra,
                like=like,
                shown=shown,
            )
        )
    return found, cut


def listed(actor: Actor, ids: Collection[str]) -> list[Incident]:
    """Return incidents by their ids, those that wait for a case first, then the last ones; titles ready to open."""
    query = select(Incident).where(Incident.id.in_(ids), policy.visible_to(actor))
    order = (Incident.state == "verified").desc(), Incident.began_on.desc().nulls_last(), Incident.id
    found = list(db.session.scalars(query.order_by(*order).limit(MOST_LISTED)))
    actor.ring.prepare(found)
    return found


def units_in(actor: Actor, incidents: Collection[Incident], actor_kind: str) -> list[tuple[str, int]]:
    """Return the units that incidents name for one kind of actor, with the number of incidents, the most named first."""
    query = (
        select(Involvement, Act.incident_id)
        .join(Act, Act.id == Involvement.act_id)
        .where(Act.incident_id.in_([incident.id for incident in incidents]), visible(Involvement, actor))
        .where(Involvement.actor_kind == actor_kind)
    )
    return _named((actor.ring.text(row, "unit"), incident) for row, incident in db.session.execute(query))


def places_in(actor: Actor, incidents: Collection[Incident]) -> list[tuple[str, int]]:
    """Return the exact places that incidents name, with the number of incidents, the most named first."""
    return _named((actor.ring.text(incident, "place"), incident.id) for incident in incidents)


def counts(today: date, zone: str) -> Counts:
    """Return the network in rounded numbers, up to the beginning of this quarter; nothing in it can be opened."""
    until = datetime.combine(rules.counted_until(today), time(), ZoneInfo(zone))
    base = Incident.state.in_(COUNTED), counted_once(COUNTED), Incident.logged_at < until
    where: Counter[str] = Counter()
    years: Counter[str] = Counter()
    places = select(Incident.region, Incident.began_on).where(*base)
    for region, began in db.session.execute(places, execution_options=_WHY):
        where[region] += 1
        if began is not None:
            years[str(began.year)] += 1
    violated: dict[str, set[str]] = defaultdict(set)
    did: dict[str, set[str]] = defaultdict(set)
    acts = select(Act.incident_id, Act.kind, Involvement.actor_kind).join(Incident, Incident.id == Act.incident_id)
    acts = acts.outerjoin(Involvement, Involvement.act_id == Act.id).where(*base)
    for incident, kind, actor_kind in db.session.execute(acts, execution_options=_WHY):
        violated[incident_rules.act_kind(kind).parent or kind].add(incident)
        if actor_kind:
            did[actor_kind].add(incident)
    return Counts(
        regions=rules.blur({code: number for code, number in where.items() if code}),
        rights=rules.blur({code: len(found) for code, found in violated.items()}),
        actors=rules.blur({code: len(found) for code, found in did.items()}),
        years=rules.blur(dict(sorted(years.items()))),
    )


def _opened(actor: Actor, by: str) -> tuple[dict[str, str], bool]:
    """Return row id -> the sealed text that clusters are made by, and whether older rows were left closed."""
    rows: list[Any] = []
    if by == "unit":
        units = select(Involvement).where(visible(Involvement, actor), Involvement.unit_sealed.is_not(None))
        rows = list(db.session.scalars(units.order_by(Involvement.id.desc()).limit(MOST_OPENED + 1)))
    elif by == "place":
        places = select(Incident).where(policy.visible_to(actor), Incident.place_sealed.is_not(None))
        rows = list(db.session.scalars(places.order_by(Incident.logged_at.desc()).limit(MOST_OPENED + 1)))
    cut = len(rows) > MOST_OPENED
    actor.ring.prepare(rows[:MOST_OPENED])
    return {row.id: actor.ring.text(row, by) for row in rows[:MOST_OPENED]}, cut


def _span(began: date | None, precision: str) -> tuple[date, date] | None:
    known = incident_rules.ImpreciseDate(began, precision)
    return (known.earliest, known.latest) if known.earliest is not None and known.latest is not None else None


def _named(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """Count incidents by what they name, however it is spelled; each shown as it was written first."""
    shown: dict[str, str] = {}
    found: dict[str, set[str]] = defaultdict(set)
    for words, incident in pairs:
        if key := fold(words):
            shown.setdefault(key, words)
            found[key].add(incident)
    return sorted(((shown[key], len(ids)) for key, ids in found.items()), key=lambda one: (-one[1], one[0]))
