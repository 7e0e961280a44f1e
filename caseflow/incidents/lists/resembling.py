"""Which rows of a list look like an incident that is known already: a reason to look, never an obstacle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from caseflow.access.actor import Actor
from caseflow.incidents import duplicates, likeness
from caseflow.incidents.likeness import NEAR, WIDE, Traits
from caseflow.incidents.lists.reading import Told
from caseflow.incidents.models import Incident
from caseflow.incidents.moments import ImpreciseDate
from caseflow.network.names import alike, name_words

Mark = tuple[str, str]

_ANY = -1  # the week of what has no day, or so many that it could be any


class Like(NamedTuple):
    """The incident that a row is likest to, and codes of `likeness.WORDS` for what they have in common."""

    reference: str
    id: str
    told: tuple[str, ...]


class Others:
    """What `actor` may read, laid out by words of names and by region, each with the week: ten thousand rows ask it in seconds.

    `cut` says that there are more incidents than are compared: the last changed ones are.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        known = duplicates.known(actor)
        self.cut = known.cut
        self._traits: dict[str, Traits] = {}
        self._placed: dict[tuple[str, int], list[Incident]] = defaultdict(list)
        self._named: dict[tuple[Mark, int], list[Incident]] = defaultdict(list)
        for incident in known.incidents:
            traits = duplicates.traits_of(incident, {known.words[one.id] for one in known.people.get(incident.id, ())})
            self._traits[incident.id] = traits
            for week in _weeks(traits, more=True):
                self._placed[incident.region, week].append(incident)
                for mark in _marks(traits.names):
                    self._named[mark, week].append(incident)
        self._weeks = sorted({week for _mark, week in self._named} - {_ANY})

    def like(self, told: Told) -> Like | None:
        """Return what a row is likest to, by a name at a time that can be the same, or by days and place; None for nothing.

        Of several with a name and days in common it is the one that changed last.
        """
        fact = told.incident
        names = {name_words(one["person"]["name"]) for one in told.acts} - {()}
        began = ImpreciseDate(fact["began_on"], fact["began_precision"])
        ended = ImpreciseDate(fact["ended_on"], fact["ended_precision"]) if fact["ended_precision"] else None
        place = likeness.place_words(fact["place"])
        row = Traits(names, place, fact["region"], *likeness.span(began, ended), frozenset())
        best: tuple[int, Like] | None = None
        for incident in self._near(row):
            common = likeness.likeness(row, self._whole(incident))
            weight = likeness.weight(common)
            if weight > (best[0] if best else 0):
                best = weight, Like(incident.reference, incident.id, common)
            if {"name", "days"} <= set(common):
                break
        return best[1] if best else None

    def _near(self, row: Traits) -> Iterator[Incident]:
        """Yield the incidents worth comparing, each once."""
        seen: set[str] = set()
        weeks = list(_weeks(row))
        within = [_ANY, *(self._weeks if weeks == [_ANY] else weeks)]
        marks = _marks(row.names)
        named = chain.from_iterable(self._named.get((mark, week), ()) for mark in marks for week in within)
        for incident in named:
            if incident.id not in seen and self._can_be(row, self._traits[incident.id]):
                seen.add(incident.id)
                yield incident
        if row.place and weeks != [_ANY]:
            for incident in chain.from_iterable(self._placed.get((row.region, week), ()) for week in weeks):
                if incident.id not in seen:
                    seen.add(incident.id)
                    yield incident

    def _can_be(self, row: Traits, other: Traits) -> bool:
        if row.earliest and other.earliest and not likeness.days_in_common(row, other):
            return False
        return any(alike(mine, theirs) for mine in row.names for theirs in other.names)

    def _whole(self, incident: Incident) -> Traits:
        """Return the traits with the place, which is opened for few."""
        traits = self._traits[incident.id]
        if not traits.place and incident.place_sealed:
            traits = replace(traits, place=likeness.place_words(self._actor.ring.text(incident, "place")))
            self._traits[incident.id] = traits
        return traits


def _marks(names: Iterable[tuple[str, ...]]) -> set[Mark]:
    """Return marks of which two names have one in common if they are `alike`: a whole word, and how another one begins."""
    return {
        (word, other[0]) for name in names for word in name if len(word) > 1
        for other in (name if len(name) == 1 else name[: name.index(word)] + name[name.index(word) + 1 :])
    }  # fmt: skip


def _weeks(traits: Traits, *, more: bool = False) -> Iterator[int]:
    """Yield the number of each week within the days; `more` adds those that are near enough."""
    first, last = traits.earliest, traits.latest
    if first is None or last is None or last - first > WIDE:
        yield _ANY
    else:
        near = NEAR.days if more else 0
        yield from range((first.toordinal() - near) // 7, (last.toordinal() + near) // 7 + 1)
