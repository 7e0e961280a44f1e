"""A month of one's dates: its weeks, what falls on each day, which days courts do not work, and how full each is."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from caseflow.deadlines import rules
from caseflow.deadlines.queries import Dated
from caseflow.web.words import clock_label, language

CROWDED = 4  # so many dates on one day are worth a word
FIRST, LAST = date(2000, 1, 1), date(2098, 12, 1)


def month_of(words: str, here: date) -> date:
    """Return the first day of the month that `2026-03` names; of the present one for anything else."""
    try:
        found = date.fromisoformat(f"{words}-01")
    except ValueError:
        return here.replace(day=1)
    return min(max(found, FIRST), LAST)


def span(first: date) -> tuple[date, date]:
    """Return the first and the last day that the page of a month shows: whole weeks from Monday."""
    days = list(Weeks(firstweekday=0).itermonthdates(first.year, first.month))
    return days[0], days[-1]


def weeks_of(first: date, dates: Iterable[Dated], here: date) -> list[list[dict[str, Any]]]:
    """Return the weeks of the month as the calendar is drawn: each day with its dates, its name when courts are closed."""
    by_day: dict[date, list[Dated]] = {}
    for dated in dates:
        by_day.setdefault(dated.on, []).append(dated)
    return [
        [_day(day, first, by_day.get(day, []), here) for day in week]
        for week in Weeks(firstweekday=0).monthdatescalendar(first.year, first.month)
    ]


def weekdays() -> list[str]:
    """Return the short names of the days from Monday, in the reader's language."""
    names = get_day_names("abbreviated", locale=language())
    return [names[day] for day in range(7)]


def title_of(first: date) -> str:
    """Return what a month is called in the reader's language, such as `March 2026`."""
    return str(format_date(first, "LLLL y", locale=language()))


def neighbours(first: date) -> tuple[str, str]:
    """Return the months before and after, as addresses name them."""
    before, after = first - timedelta(days=1), rules.add_months(first, 1)
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def _day(day: date, first: date, dates: list[Dated], here: date) -> dict[str, Any]:
    off = rules.calendar_of("KZ").day_off(day)
    items: list[tuple[str, str | None, str]] = []
    if off is not None and not off.is_weekend:
        provisional = f" ({_('provisional')})" if off.provisional else ""
        items.append((off.name.to(language()) + provisional, None, "neutral"))
    elif off is None and day.weekday() > 4:
        items.append((_("working day by order"), None, "neutral"))
    if len(dates) >= CROWDED:
        items.append((ngettext("%(num)s date", "%(num)s dates", len(dates)), None, "danger"))
    items += [_item(dated, here) for dated in dates]
    return {
        "date": day,
        "inside": day.month == first.month,
        "today": day == here,
        "off": off is not None,
        "full": str(format_date(day, "full", locale=language())),
        "items": items,
    }


def _item(dated: Dated, here: date) -> tuple[str, str, str]:
    url = url_for("cases.show", case_id=dated.case.id, _anchor="dates")
    if dated.hearing is not None:
        return f"{clock_label(dated.hearing.held_at)} {dated.case.reference}: {_('hearing')}", url, "info"
    assert dated.deadline is not None
    try:
        what = rules.rule(dated.deadline.rule).title.to(language())
    except rules.UnknownRule:
        what = dated.deadline.rule
    tone = "ok" if dated.deadline.state == "met" else "danger" if dated.on < here else "warn"
    return f"{dated.case.reference}: {what}", url, tone
