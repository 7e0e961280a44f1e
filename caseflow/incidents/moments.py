"""A date as far as it is known: to the day, the month or the year, about, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from babel.dates import format_date

from caseflow.kernel.words import InLanguages


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ABOUT = "about"
    UNKNOWN = "unknown"


ABOUT = timedelta(days=15)  # how far a date that is known "about" may lie to either side: a month in all
MONTHS_OF_A_YEAR = 12

_NOT_KNOWN = InLanguages("date not known", "дата неизвестна", "күні белгісіз")
_NEAR = InLanguages("about {}", "около {}", "шамамен {}")
# Patterns of a date, a month and a year; Kazakh and Russian say what the number of a year is.
_PATTERNS = {
    Precision.DAY: InLanguages("d MMMM y", "d MMMM y 'г'.", "y 'жылғы' d MMMM"),
    Precision.MONTH: InLanguages("LLLL y", "LLLL y 'г'.", "y 'жылғы' MMMM"),
    Precision.YEAR: InLanguages("y", "y 'год'", "y 'жыл'"),
}


@dataclass(frozen=True, slots=True)
class ImpreciseDate:
    """A date as far as it is known: `value` is the day, or the first day of the month or year; None when unknown.

    Raises ValueError when value and precision do not fit.
    """

    value: date | None
    precision: str

    def __post_init__(self) -> None:
        if (self.value is None) != (Precision(self.precision) is Precision.UNKNOWN):
            raise ValueError("a date has a value exactly when its precision is not 'unknown'")

    @property
    def earliest(self) -> date | None:
        """Return the first day it can have been; None when nothing is known."""
        if self.value is None or self.precision == Precision.DAY:
            return self.value
        if self.precision == Precision.ABOUT:
            return self.value - min(ABOUT, self.value - date.min)
        return self.value.replace(month=1 if self.precision == Precision.YEAR else self.value.month, day=1)

    @property
    def latest(self) -> date | None:
        """Return the last day it can have been; None when nothing is known."""
        if self.value is None or self.precision == Precision.DAY:
            return self.value
        if self.precision == Precision.ABOUT:
            return self.value + min(ABOUT, date.max - self.value)
        month = MONTHS_OF_A_YEAR if self.precision == Precision.YEAR else self.value.month
        if month == MONTHS_OF_A_YEAR:
            return date(self.value.year, MONTHS_OF_A_YEAR, 31)
        return date(self.value.year, month + 1, 1) - timedelta(days=1)

    def label(self, locale: str) -> str:
        """Return the date in words: `6 March 2026`, `March 2026`, `2026 год`, `шамамен 2026 жылғы 6 наурыз`."""
        return _words(self.value, self.precision, locale)


@lru_cache(maxsize=8192)
def _words(value: date | None, precision: str, locale: str) -> str:
    if value is None:
        return _NOT_KNOWN.to(locale)
    language = locale.replace("-", "_").partition("_")[0]
    language = language if language in ("ru", "kk") else "en"
    if precision == Precision.ABOUT:
        return _NEAR.to(language).format(format_date(value, _PATTERNS[Precision.DAY].to(language), language))
    return str(format_date(value, _PATTERNS[Precision(precision)].to(language), language))
