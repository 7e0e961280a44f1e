"""Fields of this room's forms: a date as far as it is known, and treaty articles in groups."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import DateField
from wtforms.fields.core import Field
from wtforms.utils import unset_value

from caseflow.incidents.rules import YEARS
from caseflow.web.forms import clean


class Day(DateField):  # type: ignore[misc]  # wtforms ships no types
    """A whole date."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date; anything that is none is refused in words and stays in the field."""
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            self.data = None
            raise ValueError(_("This is not a date. Write it as year, month, day: 2026-03-21.")) from None
        if self.data.year < YEARS[0]:
            raise ValueError(_("Look at the year again."))


class DateAsKnown(Field):  # type: ignore[misc]  # wtforms ships no types
    """Year, month and day as far as they are known, each of which may stay empty.

    `data` is a pair: a date (the first day of what is known) or None, and the precision day, month, year, about or
    unknown. `typed` holds the four inputs `year`, `month`, `day`, `about` as they were sent. The page draws the inputs.
    """

    parts = ("year", "month", "day", "about")
    typed: dict[str, str]
    data: tuple[date | None, str]
    process_errors: list[str]

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the inputs, or show the stored pair."""
        super().process(None, data, extra_filters)
        if formdata is None:
            self.typed = self._shown(self.data)
            return
        self.typed = {part: clean(formdata.get(f"{self.name}-{part}", ""))[:12] for part in self.parts}
        try:
            self.data = self._read()
        except ValueError as error:
            self.data = (None, "unknown")
            self.process_errors = [*self.process_errors, error.args[0]]

    def _read(self) -> tuple[date | None, str]:
        year, month, day = (self._number(part) for part in ("year", "month", "day"))
        if year is None:
            if month is not None or day is not None:
                raise ValueError(_("Write the year as well."))
            return None, "unknown"
        if year not in YEARS:
            raise ValueError(_("Write the year with four digits."))
        if day is not None and month is None:
            raise ValueError(_("Choose the month as well, or leave the day empty."))
        try:
            found = date(year, month or 1, day or 1)
        except ValueError:
            raise ValueError(_("There is no such day. Look at day and month again.")) from None
        if day is None:
            return found, "month" if month is not None else "year"
        # A month or a year is approximate by itself; only a day can be exact.
        return found, "about" if self.typed["about"] else "day"

    def _number(self, part: str) -> int | None:
        text = self.typed[part]
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError(_("Use digits for year and day."))
        return int(text)

    @staticmethod
    def _shown(data: Any) -> dict[str, str]:
        day, precision = data or (None, "unknown")
        return {
            "year": str(day.year) if day else "",
            "month": str(day.month) if day and precision in ("day", "month", "about") else "",
            "day": str(day.day) if day and precision in ("day", "about") else "",
            "about": "y" if precision == "about" else "",
        }

    def __call__(self, **_kwargs: Any) -> Markup:
        """Draw nothing by itself: the macro `date_as_known` draws the inputs."""
        return Markup("")
