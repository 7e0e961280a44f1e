"""What makes a pattern of several incidents, how time is cut, and how numbers are blurred for those who hold no keys.

The threshold of five follows the usual practice of official statistics for frequency tables (Handbook on Statistical
Disclosure Control, Eurostat, ch. 5: threshold rule and rounding to a base).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

FEWEST = 5  # a cell of fewer incidents is not shown to those who hold no keys, and the others are rounded down to it
CANDIDATE = 3  # incidents from which a cluster is worth a look as a practice, not an accident
QUARTERS = 12  # a span of at most this many quarters is shown by quarters, a longer one by years
MONTHS = 3
DIMENSIONS = ("region", "unit", "place", "year")
"""What a cluster can be narrowed by beyond article and kind of actor."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One act by one kind of actor, as it counts. `waits`: its incident is verified and no case has taken it.

    `span` are the first and the last day on which the incident can have begun. `extra` is the value of the further
    dimension, '' for none; `like` the id of the row that holds it when it is sealed, `shown` its words.
    """

    incident: str
    articles: tuple[str, ...]
    actor: str
    region: str
    span: tuple[date, date] | None
    waits: bool
    graded: bool
    extra: str = ""
    like: str = ""
    shown: str = ""


@dataclass(slots=True)
class Cluster:
    """Incidents that share an article, a kind of actor and, if asked for, one thing more."""

    article: str
    actor: str
    extra: str
    like: str
    shown: str
    incidents: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    graded: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)
    spans: dict[str, tuple[date, date]] = field(default_factory=dict)  # incident -> when it can have begun

    @property
    def number(self) -> int:
        """Return how many incidents are in it."""
        return len(self.incidents)

    @property
    def first(self) -> date | None:
        """Return the earliest day, None when no date is known."""
        return min((first for first, _last in self.spans.values()), default=None)

    @property
    def last(self) -> date | None:
        """Return the latest day, None when no date is known."""
        return max((last for _first, last in self.spans.values()), default=None)

    @property
    def is_candidate(self) -> bool:
        """Tell whether a test case could grow from it: several incidents, and one of them verified and free."""
        return self.number >= CANDIDATE and bool(self.waiting)

    def within(self, start: date, end: date) -> int:
        """Return how many surely began from `start` to the day before `end`."""
        return sum(1 for first, last in self.spans.values() if start <= first and last < end)


def root(article: str) -> str:
    """Return the article of which a part is relied on: `ICCPR:9` for `ICCPR:9(1)`."""
    return article.partition("(")[0]


def clusters(facts: Iterable[Fact], *, least: int = 2) -> list[Cluster]:
    """Return the clusters of `least` incidents or more: candidates first, then the largest.

    An act under two articles counts in both clusters, an incident in each cluster once.
    """
    found: dict[tuple[str, str, str], Cluster] = {}
    for fact in facts:
        for article in fact.articles:
            key = (root(article), fact.actor, fact.extra)
            cluster = found.get(key)
            if cluster is None:
                cluster = found[key] = Cluster(*key, like=fact.like, shown=fact.shown)
            cluster.articles.add(article)
            cluster.incidents.add(fact.incident)
            cluster.regions.add(fact.region)
            if fact.waits:
                cluster.waiting.add(fact.incident)
            if fact.graded:
                cluster.graded.add(fact.incident)
            if fact.span is not None:
                cluster.spans[fact.incident] = fact.span
    large = [cluster for cluster in found.values() if cluster.number >= least]
    return sorted(
        large,
        key=lambda one: (not one.is_candidate, -one.number, -len(one.waiting), one.article, one.actor, one.extra),
    )


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or a quarter of it (1 to 4)."""

    year: int
    quarter: int | None

    @property
    def label(self) -> str:
        """Return `2026`, or `2/26` for its second quarter."""
        return str(self.year) if self.quarter is None else f"{self.quarter}/{self.year % 100:02d}"


def quarter_of(day: date) -> int:
    """Return in which quarter of its year a day lies, 1 to 4."""
    return (day.month - 1) // MONTHS + 1


def over_time(spans: Collection[tuple[date, date]]) -> tuple[list[tuple[Period, int]], int]:
    """Return every period from the first to the last with its number, and how many lie in no single one.

    A span is the first and the last day on which an incident can have begun. Quarters while there are at most twelve,
    else years; periods of none are there too.
    """
    if not spans:
        return [], 0
    first, last = min(start for start, _end in spans), max(end for _start, end in spans)
    start = first.year * 4 + quarter_of(first) - 1
    quarters = last.year * 4 + quarter_of(last) - start
    if quarters > QUARTERS:
        periods = [Period(year, None) for year in range(first.year, last.year + 1)]
    else:
        periods = [Period((start + step) // 4, (start + step) % 4 + 1) for step in range(quarters)]
    numbers, left_out = dict.fromkeys(periods, 0), 0
    for begin, end in spans:
        of_begin, of_end = (Period(day.year, None if quarters > QUARTERS else quarter_of(day)) for day in (begin, end))
        if of_begin == of_end:
            numbers[of_begin] += 1
        else:
            left_out += 1
    return list(numbers.items()), left_out


def last_two_years(today: date) -> tuple[date, date, date]:
    """Return where the last twelve months and the twelve before them begin, and the day after today."""
    end = today + timedelta(days=1)
    return end - timedelta(days=730), end - timedelta(days=365), end


def counted_until(today: date) -> date:
    """Return the first day that rounded numbers leave out: the first of this quarter.

    Numbers that grow with every single incident would tell of it whoever looks twice.
    """
    return date(today.year, (quarter_of(today) - 1) * MONTHS + 1, 1)


def blurred(number: int) -> int | None:
    """Return a number rounded down to fives; None for one that is too small to be shown."""
    return None if number < FEWEST else number - number % FEWEST


def blur(numbers: Mapping[str, int]) -> dict[str, int | None]:
    """Return every cell blurred; what nobody has documented is as little shown as what is rare."""
    return {key: blurred(number) for key, number in numbers.items()}
