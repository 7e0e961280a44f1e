"""Which incidents that a member may read look like one of hers, and what was judged to be the same or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, true
from sqlalchemy.orm import aliased, load_only, selectinload

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import each_visible, visible
from caseflow.incidents import likeness, queries
from caseflow.incidents.likeness import Traits
from caseflow.incidents.models import Incident, Judgement, Person
from caseflow.incidents.moments import ImpreciseDate
from caseflow.kernel.db import db, unscoped
from caseflow.network.names import name_words

SAME_INCIDENT, SAME_PERSON, OTHER_INCIDENT, OTHER_PERSON = (
    "same_incident",
    "same_person",
    "other_incident",
    "other_person",
)
MOST_COMPARED = 10_000
MOST_SHOWN = 20

Pair = tuple[Person, Person]


@dataclass(frozen=True)
class Candidate:
    """An incident that looks like another: what they have in common, and whose names do (of the first, of this one)."""

    incident: Incident
    told: tuple[str, ...]
    pairs: list[Pair]


@dataclass(frozen=True)
class Candidates:
    """The likeliest first; `cut` says that older incidents were not compared, or that less likely ones are not shown."""

    found: list[Candidate]
    cut: bool


@dataclass(frozen=True)
class Known:
    """What somebody may read: incidents, the last changed first, the people of each by its id, the words of each one's name.

    `cut` says that there are older ones.
    """

    incidents: list[Incident]
    people: Mapping[str, list[Person]]
    words: Mapping[str, tuple[str, ...]]
    cut: bool


@dataclass(frozen=True)
class Judged:
    """A judgement as it is read from one of its two incidents: the other one, and the two people when it is of people."""

    row: Judgement
    other: Incident
    here: Person | None
    there: Person | None


def candidates(actor: Actor, incident: Incident, *, most: int = MOST_SHOWN) -> Candidates:
    """Return what `actor` may read that looks like `incident` and is not judged yet; a fixed number of queries.

    Names are opened and compared in her own request: nothing about them is kept.
    """
    judged = judgements_of(actor, incident)
    compared = _compared(actor, but=[incident.id, *(one.other.id for one in judged if one.here is None)])
    actor.ring.prepare([incident])
    apart = {(one.here, one.there) for one in judged if one.row.kind == OTHER_PERSON}
    people = _people(actor, incident)
    words = _words(actor, [person for those in people.values() for person in those])
    mine = people[incident.id]
    days = traits_of(incident, ())
    near: dict[str, list[Pair]] = {}
    for other in compared:
        pairs = [pair for pair in _pairs(mine, people[other.id], words) if pair not in apart]
        if pairs or likeness.days_in_common(days, traits_of(other, ())) == "days":
            near[other.id] = pairs
    kinds = queries.kinds_of(actor, [incident.id, *(other.id for other in compared if other.id in near)])

    def traits(one: Incident, named: Collection[Person]) -> Traits:
        names = {words[person.id] for person in named}
        return traits_of(one, names, place=actor.ring.text(one, "place"), kinds=kinds.get(one.id, ()))

    found = []
    for other in compared:
        if other.id in near:
            pairs = near[other.id]
            told = likeness.likeness(traits(incident, [a for a, _b in pairs]), traits(other, [b for _a, b in pairs]))
            if told:
                found.append(Candidate(other, told, pairs))
    found.sort(key=lambda one: likeness.weight(one.told), reverse=True)
    return Candidates(found[:most], len(found) > most or len(compared) == MOST_COMPARED)


def pairs_of(actor: Actor, incident: Incident, other: Incident) -> list[Pair]:
    """Return the people of two incidents whose names can be one person's."""
    return _pairs(incident.people, other.people, _words(actor, [*incident.people, *other.people]))


def judgements_of(actor: Actor, incident: Incident) -> list[Judged]:
    """Return what was judged to be the same or not, where `actor` may read both incidents; titles and names ready to open."""
    here = Judgement.from_id == incident.id, Judgement.to_id == incident.id
    other = Incident.id == case((here[0], Judgement.to_id), else_=Judgement.from_id)
    query = (
        select(Judgement, Incident)
        .join(Incident, other)
        .where(or_(*here), visible(Judgement, actor), policy.visible_to(actor))
        .options(selectinload(Judgement.from_person), selectinload(Judgement.to_person))
        .order_by(Judgement.at)
    )
    found = []
    for row, there in db.session.execute(query):
        people = (row.from_person, row.to_person)
        found.append(Judged(row, there, *(people if row.from_id == incident.id else people[::-1])))
    actor.ring.prepare([row for one in found for row in (one.row, one.other)])
    return found


def is_twin(reader: Actor) -> ColumnElement[bool]:
    """Return whether an incident of a query was judged to be one with another that `reader` may read, too."""
    other = aliased(Incident)
    ends = (Judgement.from_id, Judgement.to_id), (Judgement.to_id, Judgement.from_id)
    same = (
        select(Judgement.id).join(other, true()).where(Judgement.kind == SAME_INCIDENT, each_visible(Judgement, reader))
    )
    same = same.where(each_visible(other, reader), other.state.not_in(policy.HIDDEN)).correlate(Incident)
    return or_(*(same.where(here == Incident.id, there == other.id).exists() for here, there in ends))


def counted_once(states: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that an incident was not logged before: of those judged to be one, the first in `states` counts.

    It follows judgements in whatever safe they lie, and tells nothing of them but a smaller number.
    """
    first = aliased(Incident)
    ends = (Judgement.from_id, Judgement.to_id), (Judgement.to_id, Judgement.from_id)
    again = or_(*(and_(here == Incident.id, there == first.id) for here, there in ends))
    earlier = and_(first.logged_at < Incident.logged_at, first.state.in_(states))
    return ~exists().where(Judgement.kind == SAME_INCIDENT, again, earlier).correlate(Incident)


def is_judged(person: Person) -> bool:
    """Return whether a judgement names a person, in whatever safe it lies."""
    why = unscoped("only who wrote a draft takes people out of it, and only she can have judged them")
    named = or_(Judgement.from_person_id == person.id, Judgement.to_person_id == person.id)
    return db.session.scalar(select(Judgement.id).where(named).limit(1).execution_options(**why)) is not None


def traits_of(
    incident: Incident, names: Collection[tuple[str, ...]], *, place: str = "", kinds: Collection[str] = ()
) -> Traits:
    """Return what is compared of an incident; `names` as `name_words` gives them."""
    ended = ImpreciseDate(incident.ended_on, incident.ended_precision) if incident.ended_precision else None
    first, last = likeness.span(ImpreciseDate(incident.began_on, incident.began_precision), ended)
    return Traits(names, likeness.place_words(place), incident.region, first, last, frozenset(kinds))


def known(actor: Actor) -> Known:
    """Return what `actor` may read, with everybody in it, for comparing it with what is not there yet."""
    incidents, people = _compared(actor, but=()), _people(actor)
    words = _words(actor, [person for those in people.values() for person in those])
    return Known(incidents, people, words, len(incidents) == MOST_COMPARED)


def _compared(actor: Actor, *, but: Collection[str]) -> list[Incident]:
    shape = load_only(
        Incident.reference, Incident.safe_id, Incident.title_sealed, Incident.place_sealed, Incident.region,
        Incident.state, Incident.began_on, Incident.began_precision, Incident.ended_on, Incident.ended_precision,
    )  # fmt: skip
    query = (
        select(Incident)
        .where(policy.visible_to(actor), Incident.id.not_in(but), Incident.state != "offered")
        .options(shape)
        .order_by(Incident.changed_at.desc())
        .limit(MOST_COMPARED)
    )
    rows = list(db.session.scalars(query))
    actor.ring.prepare(rows)
    return rows


def _people(actor: Actor, incident: Incident | None = None) -> dict[str, list[Person]]:
    last = select(Incident.id).where(policy.visible_to(actor)).order_by(Incident.changed_at.desc()).limit(MOST_COMPARED)
    those: ColumnElement[bool] = Person.incident_id.in_(last)
    if incident is not None:
        those |= Person.incident_id == incident.id
    shape = load_only(Person.incident_id, Person.safe_id, Person.name_sealed, Person.pseudonym_sealed, Person.position)
    rows = list(db.session.scalars(select(Person).where(visible(Person, actor), those).options(shape)))
    actor.ring.prepare(rows)
    found: dict[str, list[Person]] = defaultdict(list)
    for person in rows:
        found[person.incident_id].append(person)
    return found


def _words(actor: Actor, people: Iterable[Person]) -> dict[str, tuple[str, ...]]:
    return {person.id: name_words(actor.ring.text(person, "name")) for person in people}


def _pairs(mine: Collection[Person], theirs: Collection[Person], words: Mapping[str, tuple[str, ...]]) -> list[Pair]:
    return [(one, two) for one in mine for two in theirs if likeness.same_name(words[one.id], words[two.id])]
