"""Which days are working days: the package `holidays`, corrected by an overlay, each day off with its name.

Courts work Monday to Friday. The package knows public holidays and days off moved by order, but not the working days
that pay for them; `data/holidays_overlay.json` adds those, with the act. An installation adds its own corrections as
`Override`s. Names of the package come in English and are put into three languages here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Literal

import holidays

from caseflow.deadlines.tables import read
from caseflow.kernel.words import InLanguages

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
WEEKEND = {
    SATURDAY: ("saturday", InLanguages("Saturday", "суббота", "сенбі")),
    SUNDAY: ("sunday", InLanguages("Sunday", "воскресенье", "жексенбі")),
}
DAY_OFF = InLanguages("day off by order", "выходной день по приказу", "бұйрық бойынша демалыс күні")
ESTIMATED, OBSERVED = "estimated", "observed"


@dataclass(frozen=True, slots=True)
class Override:
    """A correction of the calendar: a day `off` or `working`, with the act that says so and its address."""

    day: date
    kind: Literal["off", "working"]
    act: str
    url: str
    name: InLanguages | None = None


@dataclass(frozen=True, slots=True)
class DayOff:
    """Why a day is not a working day. `provisional`: a religious date that is only estimated so far."""

    day: date
    reason: Literal["saturday", "sunday", "holiday", "observed", "moved"]
    name: InLanguages
    provisional: bool = False

    @property
    def is_weekend(self) -> bool:
        """Tell whether nothing but the weekend makes this a day off."""
        return self.reason in ("saturday", "sunday")


@dataclass(frozen=True)
class Calendar:
    """The working days of one country; `country` None is a calendar in which no day is off."""

    country: str | None
    overrides: tuple[Override, ...] = ()
    _by_day: MappingProxyType[date, Override] = field(init=False, repr=False, compare=False)
    _seen: dict[date, DayOff | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        by_day = {override.day: override for override in (*_shipped(self.country), *self.overrides)}
        object.__setattr__(self, "_by_day", MappingProxyType(by_day))

    @cached_property
    def version(self) -> str:
        """Return what a date counted by this calendar must remember: package, overlay, own corrections; 80 at most."""
        if self.country is None:
            return "calendar days"
        shipped = f"{self.country} holidays {version('holidays')}, overlay {read('holidays_overlay.json')['version']}"
        if not self.overrides:
            return shipped
        rows = "\n".join(sorted(f"{o.day} {o.kind} {o.act} {o.url}" for o in self.overrides))
        return f"{shipped}, own {hashlib.sha256(rows.encode()).hexdigest()[:12]}"

    def day_off(self, day: date) -> DayOff | None:
        """Return why `day` is off, or None when it is a working day."""
        if self.country is None:
            return None
        if day not in self._seen:
            self._seen[day] = self._day_off(self.country, day)
        return self._seen[day]

    def _day_off(self, country: str, day: date) -> DayOff | None:
        override = self._by_day.get(day)
        if override is not None:
            return None if override.kind == "working" else DayOff(day, "moved", override.name or DAY_OFF)
        if (known := _public(country, day.year).get(day)) is not None:
            return known
        if day.weekday() in WEEKEND:
            reason, name = WEEKEND[day.weekday()]
            return DayOff(day, "saturday" if reason == "saturday" else "sunday", name)
        return None

    def is_working(self, day: date) -> bool:
        """Tell whether courts and authorities work on `day`."""
        return self.day_off(day) is None

    def days_off_from(self, day: date) -> Iterator[DayOff]:
        """Yield the unbroken run of days off that begins on `day`; nothing when `day` is a working day."""
        while (off := self.day_off(day)) is not None:
            yield off
            day += DAY

    def next_working(self, day: date) -> date:
        """Return `day` itself when it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day

    def knows(self, year: int) -> bool:
        """Tell whether the days moved by order in `year` are known; True where no calendar is used."""
        if self.country is None or any(override.day.year == year for override in self.overrides):
            return True
        return year in _overlay(self.country).get("years_known", ())


@cache
def calendar_of(country: str | None) -> Calendar:
    """Return the calendar as it ships, for an ISO country code or None."""
    return Calendar(country)


def corrected(country: str | None, overrides: Iterable[Override]) -> Calendar:
    """Return the calendar of `country` with an installation's own corrections, which win over what ships."""
    return Calendar(country, tuple(sorted(overrides, key=lambda override: override.day)))


def _overlay(country: str | None) -> dict[str, Any]:
    countries: dict[str, dict[str, Any]] = read("holidays_overlay.json")["countries"]
    return countries.get(country or "", {})


@cache
def _shipped(country: str | None) -> tuple[Override, ...]:
    return tuple(
        Override(date.fromisoformat(row["date"]), row["kind"], row["act"], row["url"], _moved(row["instead_of"]))
        for row in _overlay(country).get("days", ())
    )


def _moved(instead_of: str) -> InLanguages:
    day = date.fromisoformat(instead_of)
    return InLanguages(
        f"day off moved from {day:%d.%m.%Y}",
        f"выходной день, перенесенный с {day:%d.%m.%Y}",
        f"{day:%d.%m.%Y} күнінен ауыстырылған демалыс күні",
    )


@lru_cache(maxsize=256)
def _public(country: str, year: int) -> MappingProxyType[date, DayOff]:
    """Return the public holidays of one year, by day."""
    language = "en_US" if "en_US" in holidays.country_holidays(country).supported_languages else None
    names = _overlay(country).get("names", {})
    found = holidays.country_holidays(country, years=year, language=language)
    return MappingProxyType({day: _named(day, found.get_list(day)[0], names) for day in sorted(found)})


def _named(day: date, raw: str, names: dict[str, dict[str, str]]) -> DayOff:
    """Turn the package's English name, such as `Eid al-Adha (observed, estimated)`, into a day off of ours."""
    base, _, remarks = raw.partition(" (")
    if base == "Day off":
        return DayOff(day, "moved", DAY_OFF)
    name = InLanguages.of(names[base]) if base in names else InLanguages(base, base, base)
    provisional = ESTIMATED in remarks
    if OBSERVED not in remarks:
        return DayOff(day, "holiday", name, provisional)
    instead = InLanguages(f"day off for {name.en}", f"выходной за {name.ru}", f"{name.kk} үшін демалыс күні")
    return DayOff(day, "observed", instead, provisional)
