"""The rules of `data/rules.json` as values, and the refusals they answer with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_, InLanguages


class Unit(StrEnum):
    """What a period is measured in; the last three measure nothing."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"
    FIXED_DATE = "fixed_date"
    NONE = "none"
    UNKNOWN = "unknown"


class Roll(StrEnum):
    """What happens when the last day is a day off."""

    NEXT_WORKING_DAY = "next_working_day"
    NONE = "none"
    NOT_STATED = "-"
    UNSETTLED = "?"


class DeadlineRefusal(RuleBroken):
    """Base of the answers a rule gives in place of a date; `about` is the rule's id."""


class UnknownRule(DeadlineRefusal):
    """No rule has this id."""


class NoFixedTerm(DeadlineRefusal):
    """The law sets no term, the body sets it, or it is not known: there is no date to count."""


class OutsideValidity(DeadlineRefusal):
    """The rule was not in force on the day of the event, or the day is out of reach."""


class RuleDisabled(DeadlineRefusal):
    """The rule ships switched off until somebody confirms it."""


@dataclass(frozen=True, slots=True)
class Start:
    """One event that starts a rule, when the facts named in `only_if` hold and none of `unless` does."""

    event: str
    only_if: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """What was read for a rule: title, where it was found, which state of it."""

    title: str
    where: str | None
    commit: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One period of law. `status` is `verified_text` (the act was read) or `to_be_verified`."""

    id: str
    jurisdiction: str
    procedures: frozenset[str]
    kind: str
    title: InLanguages
    forum: InLanguages
    trigger: InLanguages
    trigger_event: str
    starts: tuple[Start, ...]
    waits_days: int | None
    expiry_event: str | None
    period: int | None
    unit: Unit
    start: str
    roll: Roll
    calendar: str | None
    restorable: str | None
    soft: bool
    citation: InLanguages
    note: str
    version: str
    valid_from: date | None
    valid_to: date | None
    source: Source
    status: str
    disabled: bool

    @property
    def is_verified(self) -> bool:
        """Tell whether the text of the act was read for this rule."""
        return self.status == "verified_text"

    @property
    def has_term(self) -> bool:
        """Tell whether a date can be counted."""
        return self.period is not None

    def refuse(self, trigger: date) -> None:
        """Raise the reason why no date can be counted from `trigger`; return when one can."""
        if self.disabled:
            raise RuleDisabled(N_("This rule is switched off until counsel confirms it."), about=self.id)
        if self.unit is Unit.FIXED_DATE:
            raise NoFixedTerm(N_("The court or body fixes this date; enter the date from its letter."), about=self.id)
        if self.unit is Unit.UNKNOWN:
            raise NoFixedTerm(N_("The length of this period is not known yet; ask counsel."), about=self.id)
        if self.period is None:
            raise NoFixedTerm(N_("The law sets no fixed term here."), about=self.id)
        if not EARLIEST <= trigger <= LATEST:
            raise OutsideValidity(N_("The day of the event is out of reach; check the year."), about=self.id)
        if (self.valid_from and trigger < self.valid_from) or (self.valid_to and trigger > self.valid_to):
            raise OutsideValidity(N_("This rule was not in force on the day of the event."), about=self.id)


EARLIEST, LATEST = date(1992, 1, 1), date(2099, 12, 31)  # outside, no calendar of days off is known


@cache
def read(name: str) -> Any:
    """Return a file of this room's `data` folder, parsed."""
    return json.loads(files("caseflow.deadlines").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def table() -> MappingProxyType[str, Rule]:
    """Return every rule by its id, in the order of the file."""
    document = read("rules.json")
    sources = {key: Source(**value) for key, value in document["sources"].items()}
    rules = (_rule(row, sources) for row in document["rules"])
    return MappingProxyType({rule.id: rule for rule in rules})


@cache
def labels(name: str) -> MappingProxyType[str, InLanguages]:
    """Return the labels of the `events` or the `facts` by code."""
    return MappingProxyType({row["code"]: InLanguages.of(row["label"]) for row in read("rules.json")[name]})


def _rule(row: dict[str, Any], sources: dict[str, Source]) -> Rule:
    first = Start(row["trigger_event"], frozenset(row["only_if"]), frozenset(row["unless"]))
    others = (Start(also["event"], frozenset(also["only_if"])) for also in row["also"])
    return Rule(
        id=row["id"],
        jurisdiction=row["jurisdiction"],
        procedures=frozenset(row["procedures"]),
        kind=row["kind"],
        title=InLanguages.of(row["title"]),
        forum=InLanguages.of(row["forum"]),
        trigger=InLanguages.of(row["trigger"]),
        trigger_event=row["trigger_event"],
        starts=(first, *others),
        waits_days=row["waits_days"],
        expiry_event=row["expiry_event"],
        period=row["period"],
        unit=Unit(row["unit"]),
        start=row["start"],
        roll=Roll(row["roll"]),
        calendar=row["calendar"],
        restorable=row["restorable"],
        soft=row["soft"],
        citation=InLanguages.of(row["citation"]),
        note=row["note"],
        version=row["version"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=sources[row["source"]],
        status=row["status"],
        disabled=row["disabled"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
