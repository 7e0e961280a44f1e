"""How much two incidents have in common: names in whatever script, days, place, kind of act. Pure; it decides nothing.

A likeness is a reason to look, never a judgement: two men of one family are arrested on one day and bear nearly one name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from caseflow.incidents.moments import ImpreciseDate
from caseflow.kernel.words import N_
from caseflow.network.names import alike, fold

# What two incidents can have in common, in the order in which it is told, and what it weighs.
WEIGHTS = {"name": 3, "days": 2, "place": 2, "part_of_name": 1, "time": 1, "region": 1, "kind": 1}
WORDS = {
    "name": N_("the same name"),
    "part_of_name": N_("part of a name"),
    "days": N_("the same days"),
    "time": N_("the same time, as far as it is known"),
    "place": N_("words of the place"),
    "region": N_("the same region"),
    "kind": N_("the same kind of act"),
}
ENOUGH = 4
NEAR = timedelta(days=3)  # a night in custody, and one who counts the days differently
WIDE = timedelta(days=45)  # beyond that a date says too little to call two days the same

_SHORTEST = 3  # letters of a word that tells anything
_TELLING = 4  # letters of a word of a place: shorter ones are "st.", "km", "no."


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of one incident; `names` are words of names as `name_words` gives them."""

    names: Collection[tuple[str, ...]]
    place: frozenset[str]
    region: str
    earliest: date | None
    latest: date | None
    kinds: frozenset[str]


def place_words(place: str) -> frozenset[str]:
    """Return the words of a place that can tell it from others."""
    return frozenset(word for word in fold(place).split() if len(word) >= _TELLING or word.isdigit())


def span(began: ImpreciseDate, ended: ImpreciseDate | None = None) -> tuple[date | None, date | None]:
    """Return the first and the last day on which something can have happened; None twice when nothing is known."""
    last = (ended.latest if ended else None) or began.latest
    return began.earliest, last


def same_name(one: Sequence[str], other: Sequence[str]) -> str | None:
    """Return 'name' when two names (as `name_words` gives them) can be one person's, 'part_of_name' when less of them can.

    Less: two words of two names, or all that is known of one. None otherwise.
    """
    fewer = min(len(one), len(other))
    if fewer > 1 and alike(one, other):
        return "name"
    shared = {word for word in one if word in other and len(word) >= _SHORTEST}
    return "part_of_name" if len(shared) > 1 or len(shared) == fewer == 1 else None


def days_in_common(one: Traits, other: Traits) -> str | None:
    """Return 'days' when both happened within a few days of each other, 'time' when they can have, or None."""
    if one.earliest is None or one.latest is None or other.earliest is None or other.latest is None:
        return None
    if max(one.earliest, other.earliest) - min(one.latest, other.latest) > NEAR:
        return None
    narrow = max(one.latest - one.earliest, other.latest - other.earliest) <= WIDE
    return "days" if narrow else "time"


def likeness(one: Traits, other: Traits) -> tuple[str, ...]:
    """Return the codes of what two incidents have in common, the weightiest first; () when it is too little to look at.

    One name is enough. Without it both must lie within the same days: a police station and a kind of act come together often.
    """
    found = {same_name(mine, theirs) for mine in one.names for theirs in other.names}
    found.add(days_in_common(one, other))
    if one.region and one.region == other.region:
        found.add("region")
        if one.place & other.place:
            found.add("place")
    if one.kinds & other.kinds:
        found.add("kind")
    if "name" in found:
        found.discard("part_of_name")
    told = tuple(code for code in WEIGHTS if code in found)
    enough = "name" in told or ({"days", "part_of_name"} & set(told) and weight(told) >= ENOUGH)
    return told if enough else ()


def weight(told: Collection[str]) -> int:
    """Return how much a likeness weighs."""
    return sum(WEIGHTS[code] for code in told)
