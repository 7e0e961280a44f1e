"""The sentence that says why a date is what it is, in English, Russian and Kazakh.

Grammar that differs: Russian numbers ask for one of three forms; Kazakh nouns stay singular after a number, and the
day from which one counts takes the ablative, whose ending follows the last sound of the month's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_date

from caseflow.deadlines.calendars import WEEKEND
from caseflow.deadlines.counting import Counted
from caseflow.deadlines.tables import Roll, Rule, Unit
from caseflow.kernel.words import InLanguages

# One, few, many in Russian (1 день, 2 дня, 5 дней), after «через», where the accusative equals the nominative.
RUSSIAN = {
    Unit.HOURS: ("час", "часа", "часов"),
    Unit.DAYS: ("день", "дня", "дней"),
    Unit.WORKING_DAYS: ("рабочий день", "рабочих дня", "рабочих дней"),
    Unit.MONTHS: ("месяц", "месяца", "месяцев"),
    Unit.YEARS: ("год", "года", "лет"),
}
ENGLISH = {
    Unit.HOURS: ("hour", "hours"),
    Unit.DAYS: ("day", "days"),
    Unit.WORKING_DAYS: ("working day", "working days"),
    Unit.MONTHS: ("month", "months"),
    Unit.YEARS: ("year", "years"),
}
KAZAKH = {
    Unit.HOURS: "сағат",
    Unit.DAYS: "күн",
    Unit.WORKING_DAYS: "жұмыс күні",
    Unit.MONTHS: "ай",
    Unit.YEARS: "жыл",
}
KAZAKH_FROM = (
    *("қаңтардан", "ақпаннан", "наурыздан", "сәуірден", "мамырдан", "маусымнан"),
    *("шілдеден", "тамыздан", "қыркүйектен", "қазаннан", "қарашадан", "желтоқсаннан"),
)
RUSSIAN_FORMS = {"one": 0, "few": 1}

NO_TERM = {
    Unit.NONE: InLanguages(
        "The law sets no fixed term", "Определенного срока закон не устанавливает", "Заңда нақты мерзім белгіленбеген"
    ),
    Unit.FIXED_DATE: InLanguages(
        "The court or body fixes the date", "Дату назначает суд или орган", "Күнді сот немесе орган белгілейді"
    ),
    Unit.UNKNOWN: InLanguages(
        "The length of the period is not known yet",
        "Продолжительность срока пока не известна",
        "Мерзім ұзақтығы әзірге белгісіз",
    ),
}
STANDS = InLanguages(
    "a day off, but this term does not move",
    "выходной, но этот срок не переносится",
    "демалыс күні, бірақ бұл мерзім ауыстырылмайды",
)
UNSETTLED = InLanguages(
    "a day off; the act does not say that the term moves, so the earlier day counts",
    "выходной; о переносе срока в акте не сказано, поэтому берется более ранний день",
    "демалыс күні; актіде мерзімді ауыстыру туралы айтылмаған, сондықтан ертерек күн алынады",
)
TO_THE_HOUR = InLanguages(
    "at the hour and minute of the event", "в час и минуту события", "оқиға болған сағат пен минутта"
)
NEXT_WORKING_DAY = InLanguages("next working day", "следующий рабочий день —", "келесі жұмыс күні —")
NOT_COUNTED = InLanguages("not counted", "не считаются", "есептелмейді")
UNVERIFIED = InLanguages(
    "(Not verified: ask counsel.)", "(Не проверено: спросите юриста.)", "(Тексерілмеген: заңгерден сұраңыз.)"
)
SOFT = InLanguages(
    "A later step is possible if the delay is justified.",
    "Позже возможно, если задержка обоснована.",
    "Кешігу негізделсе, кейін де мүмкін.",
)
PROVISIONAL = InLanguages(
    "The calendar of days off is not final for this date.",
    "Календарь выходных на эту дату еще не окончателен.",
    "Бұл күнге демалыс күнтізбесі әлі түпкілікті емес.",
)


@dataclass(frozen=True, slots=True)
class _Grammar:
    """How one language says a period and the day it runs from."""

    period: Callable[[int, Unit], str]
    since: Callable[[str, date], str]
    since_that: Callable[[str], str]
    is_: str


def period_words(period: int, unit: Unit, locale: str) -> str:
    """Return `15 days`, `15 дней`, `15 күн`: a number and its unit as the language forms them."""
    return _grammar(locale).period(period, unit)


def sentence(counted: Counted, locale: str) -> str:
    """Return why `counted` ends when it does, in `locale` (en, ru, kk; others read English)."""
    rule, grammar = counted.rule, _grammar(locale)
    assert rule.period is not None
    if rule.period == 0:  # the day of the event itself
        return _with_remarks(_raw_day(counted, locale), rule, locale, provisional=False)
    period = grammar.period(rule.period, rule.unit)
    begin = grammar.since(period, counted.trigger)
    parts = []
    if counted.waited_until is not None and rule.waits_days is not None:
        waited = grammar.since(grammar.period(rule.waits_days, Unit.DAYS), counted.trigger)
        parts.append(f"{waited} {grammar.is_} {_day(counted.waited_until, counted.trigger, locale)}")
        begin = grammar.since_that(period)
    parts.append(f"{begin} {grammar.is_} {_raw_day(counted, locale)}")
    if counted.has_moved:
        parts.append(f"{NEXT_WORKING_DAY.to(locale)} {_day(counted.last_day, counted.trigger, locale)}")
    elif _stands_on_a_day_off(counted):
        parts.append((STANDS if rule.roll is Roll.NONE else UNSETTLED).to(locale))
    if not counted.has_moved and (holidays := [step for step in counted.steps if not step.is_weekend]):
        listed = ", ".join(f"{_day(step.day, counted.trigger, locale)} ({step.name.to(locale)})" for step in holidays)
        parts.append(f"{NOT_COUNTED.to(locale)}: {listed}")
    return _with_remarks("; ".join(parts), rule, locale, provisional=counted.provisional)


def sentence_without_term(rule: Rule, locale: str) -> str:
    """Return what there is to say about a rule that has no period to count."""
    return _with_remarks(NO_TERM[rule.unit].to(locale), rule, locale, provisional=False)


def _stands_on_a_day_off(counted: Counted) -> bool:
    """Tell whether a period of days, months or years ends on a day off and stays there; weekends count everywhere."""
    if counted.rule.unit in (Unit.HOURS, Unit.WORKING_DAYS):
        return False
    return counted.raw_day_off is not None or counted.raw_day.weekday() in WEEKEND


def _with_remarks(text: str, rule: Rule, locale: str, *, provisional: bool) -> str:
    remarks = [f"{text}. {rule.citation.to(locale)}"]
    if rule.soft:
        remarks[0] += "."
        remarks.append(SOFT.to(locale))
    if provisional:
        remarks[0] = remarks[0].removesuffix(".") + "."
        remarks.append(PROVISIONAL.to(locale))
    if not rule.is_verified:
        remarks.append(UNVERIFIED.to(locale))
    return " ".join(remarks)


def _raw_day(counted: Counted, locale: str) -> str:
    """Return the end of the bare period: weekday, date, and the holiday on it."""
    language = _language(locale)
    day = _day(counted.raw_day, counted.trigger, locale)
    if counted.rule.unit is Unit.HOURS:
        return f"{day}, {TO_THE_HOUR.to(locale)}"
    weekday = format_date(counted.raw_day, "EEEE", locale=language)
    text = f"{weekday} {day}" if language == "en" else f"{day}, {weekday}" if language == "kk" else f"{weekday}, {day}"
    off = counted.raw_day_off
    return text if off is None or off.is_weekend else f"{text}, {off.name.to(locale)}"


def _day(day: date, trigger: date, locale: str) -> str:
    """Return a day as read in a sentence; the year is said when it is not the event's."""
    language = _language(locale)
    text = str(format_date(day, "d MMMM", locale=language))
    if day.year == trigger.year:
        return text
    return f"{day.year} жылғы {text}" if language == "kk" else f"{text} {day.year}{' года' if language == 'ru' else ''}"


def _language(locale: str) -> str:
    language = locale.replace("-", "_").partition("_")[0]
    return language if language in GRAMMARS else "en"


def _grammar(locale: str) -> _Grammar:
    return GRAMMARS[_language(locale)]


def _english(number: int, unit: Unit) -> str:
    return f"{number} {ENGLISH[unit][number != 1]}"


def _russian(number: int, unit: Unit) -> str:
    return f"{number} {RUSSIAN[unit][RUSSIAN_FORMS.get(Locale('ru').plural_form(number), 2)]}"


def _kazakh(number: int, unit: Unit) -> str:
    return f"{number} {KAZAKH[unit]}"


def _genitive(day: date) -> str:
    return f"{format_date(day, 'd MMMM y', locale='ru')} года"


GRAMMARS = {
    "en": _Grammar(
        period=_english,
        since=lambda period, day: f"{period} after {format_date(day, 'd MMMM y', locale='en')}",
        since_that=lambda period: f"{period} after that",
        is_="is",
    ),
    "ru": _Grammar(
        period=_russian,
        since=lambda period, day: f"Через {period} после {_genitive(day)}",
        since_that=lambda period: f"еще через {period}",
        is_="—",
    ),
    "kk": _Grammar(
        period=_kazakh,
        since=lambda period, day: f"{day.year} жылғы {day.day} {KAZAKH_FROM[day.month - 1]} кейін {period} өткенде",
        since_that=lambda period: f"одан кейін тағы {period} өткенде",
        is_="—",
    ),
}
