"""From an event to the last day.

CPC of Kazakhstan art. 48: the day that starts a term is not counted; days that are not working days are; a term in
months or years ends on the same date, or on the last day of a shorter month; a last day that is not a working day
moves to the next one, except for detention and custody. GPK arts 122-123 say the same for civil cases, and the APPC
refers to them. UN and Strasbourg terms run over all days and never move (Sabri Gunes v. Turkey [GC], 2012).
`same` (the term runs from the event's own date) ends on the same day as `day_after`: a term of 180 days that begins
on 24 July is over when 180 days have passed.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from caseflow.deadlines.calendars import DAY, Calendar, DayOff, calendar_of
from caseflow.deadlines.tables import NoFixedTerm, Roll, Rule, Unit
from caseflow.kernel.words import N_

HOURS_OF_A_DAY = 24
MONTHS_OF_A_YEAR = 12
INTERNAL_MARGIN = 3  # working days between the team's own target and the legal last day

Step = DayOff  # one day that was passed over, with the reason in words


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted last day with everything needed to explain and repeat it.

    `raw_day` is where the period alone ends; `steps` are the days passed over: days off inside a period of working
    days, or the days off from `raw_day` up to `last_day`. `waited_until` is the end of the silence that a chained rule
    waits for. `provisional`: a religious holiday that is only estimated, or a year whose moved days are not known.
    """

    rule: Rule
    trigger: date
    raw_day: date
    last_day: date
    steps: tuple[Step, ...]
    waited_until: date | None
    raw_day_off: DayOff | None
    provisional: bool
    calendar_version: str
    rule_version: str

    @property
    def has_moved(self) -> bool:
        """Tell whether the last day moved because the period ended on a day off."""
        return self.last_day != self.raw_day


def count(rule: Rule, trigger: date, calendar: Calendar | None = None) -> Counted:
    """Return the last day of `rule` for an event on `trigger`; without `calendar`, the one that ships for its country.

    Raises `NoFixedTerm`, `OutsideValidity` or `RuleDisabled`.
    """
    rule.refuse(trigger)
    assert rule.period is not None
    calendar = calendar or calendar_of(rule.calendar)
    waited_until = trigger + timedelta(days=rule.waits_days) if rule.waits_days else None
    begin = waited_until or trigger
    passed: tuple[Step, ...] = ()
    if rule.unit is Unit.WORKING_DAYS:
        raw_day, passed = _working_days(begin, rule.period, calendar)
    else:
        raw_day = _end(begin, rule.period, rule.unit)
    last_day = raw_day
    if rule.roll is Roll.NEXT_WORKING_DAY and rule.unit is not Unit.HOURS:
        passed += tuple(calendar.days_off_from(raw_day))
        last_day = calendar.next_working(raw_day)
    touched = {day.year for day in (raw_day, last_day)} if rule.calendar and rule.unit is not Unit.HOURS else set()
    return Counted(
        rule=rule,
        trigger=trigger,
        raw_day=raw_day,
        last_day=last_day,
        steps=passed,
        waited_until=waited_until,
        raw_day_off=calendar.day_off(raw_day),
        provisional=any(step.provisional for step in passed) or not all(calendar.knows(year) for year in touched),
        calendar_version=calendar.version,
        rule_version=rule.version,
    )


def count_to_the_minute(rule: Rule, moment: datetime) -> datetime:
    """Return the moment a period of hours is over: 48 hours after an arrest at 23:10 end at 23:10. No day is skipped.

    `moment` is aware; the answer is in the same zone. Raises `NoFixedTerm` for any other unit.
    """
    rule.refuse(moment.date())
    if rule.unit is not Unit.HOURS or rule.period is None:
        raise NoFixedTerm(N_("This period is not counted in hours."), about=rule.id)
    return moment + timedelta(hours=rule.period)


def add_months(day: date, months: int) -> date:
    """Return the same number of the month `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * MONTHS_OF_A_YEAR + day.month - 1 + months, MONTHS_OF_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def internal_target(last_day: date, working_days: int = INTERNAL_MARGIN, calendar: Calendar | None = None) -> date:
    """Return the working day by which the team wants to be done: `working_days` before `last_day`."""
    calendar = calendar or calendar_of("KZ")
    day = last_day
    while working_days > 0:
        day -= DAY
        working_days -= calendar.is_working(day)
    return day


def _end(begin: date, period: int, unit: Unit) -> date:
    """Return the day on which a period of calendar units ends; hours end on the day their last hour falls on."""
    if unit is Unit.HOURS:
        return begin + timedelta(days=-(-period // HOURS_OF_A_DAY))
    if unit is Unit.DAYS:
        return begin + timedelta(days=period)
    return add_months(begin, period * (MONTHS_OF_A_YEAR if unit is Unit.YEARS else 1))


def _working_days(begin: date, period: int, calendar: Calendar) -> tuple[date, tuple[Step, ...]]:
    """Return the `period`-th working day after `begin` and the days off on the way."""
    day, passed = begin, list[Step]()
    while period > 0:
        day += DAY
        off = calendar.day_off(day)
        if off is None:
            period -= 1
        else:
            passed.append(off)
    return day, tuple(passed)
