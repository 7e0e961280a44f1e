"""What is asked of every word, code and date before it is stored, answered at the field it was typed in."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import inspect

from caseflow.access.actor import Actor
from caseflow.incidents import rules
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import LANGUAGES
from caseflow.kernel.words import N_
from caseflow.network.rules import article, region
from caseflow.web.forms import clean

LINE, ENTRY, STORY = 200, 4_000, 20_000  # characters: a line of a list, a part of an entry, a narrative

CHOOSE = N_("Choose one.")
FROM_THE_LIST = N_("Choose from the list.")
LONG = N_("Use at most %(max)d characters.")
IN_FUTURE = N_("This date is in the future. Enter the day on which it happened.")


def words(text: str | None, *, field: str, most: int, missing: str | None = None) -> str:
    """Return `text` without control characters and outer spaces.

    Raises `RuleBroken` at `field` with the sentence `missing` when nothing is left, and when it has more than `most`
    characters.
    """
    plain = clean(text)
    if missing is not None and not plain:
        raise RuleBroken(missing, field=field)
    if len(plain) > most:
        raise RuleBroken(_(LONG, max=most), field=field, told=LONG)
    return plain


def code(value: str, known: Container[str], *, field: str) -> str:
    """Return `value` when it is in `known`; raise `RuleBroken` at `field` otherwise."""
    if value not in known:
        raise RuleBroken(CHOOSE if not value else FROM_THE_LIST, field=field)
    return value


def code_or_none(value: str | None, known: Container[str], *, field: str) -> str | None:
    """Return `value` when it is in `known`, None for nothing; raise `RuleBroken` at `field` otherwise."""
    return code(value, known, field=field) if value else None


def language(value: str) -> str:
    """Return a language code; raise `RuleBroken` at `language` for one that is not kept here."""
    return code(value, LANGUAGES, field="language")


def region_code(value: str) -> str:
    """Return a region's code, or '' while it is not known; raise `RuleBroken` at `region` for any other."""
    if value and region(value) is None:
        raise RuleBroken(FROM_THE_LIST, field="region")
    return value


def articles(codes: Collection[str]) -> list[str]:
    """Return treaty articles once each, in order; raise `RuleBroken` at `articles` for one that is not in the table."""
    if any(article(one) is None for one in codes):
        raise RuleBroken(FROM_THE_LIST, field="articles")
    return sorted(set(codes))


def today_for(by: Actor, at: datetime) -> date:
    """Return the date on which `by` acts, where she is."""
    return at.astimezone(ZoneInfo(by.timezone)).date()


def past(day: date | None, *, today: date, field: str) -> date | None:
    """Return `day`; raise `RuleBroken` at `field` when it has not come yet."""
    if day is not None and day > today:
        raise RuleBroken(IN_FUTURE, field=field)
    return day


def span(
    *, began_on: date | None, began: str, ended_on: date | None, ended: str | None, learned_on: date | None, today: date
) -> None:
    """Raise `RuleBroken` where the dates of an incident cannot be.

    That is: in the future, an end before the beginning, a report before the event. A date stands for all days that its
    precision allows, and is refused when none of them can be.
    """
    beginning = moment(began_on, began, field="began_on")
    ending = moment(ended_on, ended, field="ended_on") if ended is not None else None
    if ended is None and ended_on is not None:
        raise RuleBroken(N_("Say how exactly the end is known."), field="ended_on")
    if beginning.earliest is not None and beginning.earliest > today:
        raise RuleBroken(IN_FUTURE, field="began_on")
    if ending is not None:
        if ending.earliest is not None and ending.earliest > today:
            raise RuleBroken(IN_FUTURE, field="ended_on")
        if beginning.earliest and ending.latest and ending.latest < beginning.earliest:
            raise RuleBroken(N_("The end lies before the beginning. Correct one of the two dates."), field="ended_on")
    past(learned_on, today=today, field="learned_on")
    if learned_on is not None and beginning.earliest is not None and learned_on < beginning.earliest:
        raise RuleBroken(N_("It reached you before it began. Correct one of the two dates."), field="learned_on")


def moment(day: date | None, precision: str, *, field: str) -> rules.ImpreciseDate:
    """Return a date with its precision; raise `RuleBroken` at `field` when the two do not fit."""
    code(precision, rules.PRECISIONS, field=field)
    if (day is None) != (precision == "unknown"):
        raise RuleBroken(N_("Enter the date as far as it is known, or leave it empty altogether."), field=field)
    return rules.ImpreciseDate(day, precision)


def stamp(row: Any) -> int:
    """Return a number below a thousand million that changes with any value of `row`: a version for rows without one."""
    values = [repr(getattr(row, column.key)) for column in inspect(type(row)).column_attrs]
    return int.from_bytes(hashlib.sha256("\0".join(values).encode()).digest()[:8]) % 1_000_000_000


def unchanged(row: Any, seen: int | None) -> None:
    """Raise `RuleBroken` at `version` when `row` holds something else than when its `stamp` was `seen`."""
    if seen is not None and stamp(row) != seen:
        raise RuleBroken(
            N_("This was changed after you opened it. Your text is kept below; what is stored now stands beside it."),
            field="version",
            about=f"{row.__tablename__}:{row.id}",
        )
