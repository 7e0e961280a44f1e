"""What a single cell can say: a date as far as it is known, a word of a list in any language, articles, a number."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from flask_babel import gettext as _

from caseflow.incidents import rules
from caseflow.incidents.lists.layout import folded
from caseflow.incidents.terms import terms
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network.rules import article, articles, regions

SHOWN = 60
DATE = N_("Write the date as 06.03.2026 or 2026-03-06; a month as 03.2026, a year as 2026, and “about” or ~ before it.")
DAY = N_("Write one day, as 06.03.2026 or 2026-03-06.")
_LANGUAGES = {"kk": ("kk", "қазақша", "қазақ", "казахский", "kazakh"), "ru": ("ru", "русский", "орыс", "орысша", "russian"),
              "en": ("en", "english", "английский", "ағылшын", "ағылшынша")}  # fmt: skip
_ABOUT = re.compile(r"(?:~|≈|about|ca|около|примерно|шамамен)\.?\s*(.*)", re.IGNORECASE)
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:\s*г\.?|\s*ж\.?)?"),
    re.compile(r"(?P<m>\d{1,2})\.(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})(?:\s*(?:г\.?|год|ж\.?|жыл))?"),
)


def imprecise(text: str) -> tuple[date, str]:
    """Return a date and its precision; raise `RuleBroken` for one that cannot be read, or in two ways."""
    about = _ABOUT.fullmatch(text.strip())
    plain = about[1].strip() if about else text.strip()
    for pattern in _DATES:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        given = found.groupdict()
        precision = "day" if given.get("d") else "month" if given.get("m") else "year"
        try:
            value = date(int(given["y"]), int(given.get("m") or 1), int(given.get("d") or 1))
        except ValueError:
            break
        if value.year < rules.YEARS[0]:
            break
        return value, "about" if about and precision == "day" else precision
    raise RuleBroken(DATE)


def day(text: str) -> date:
    """Return one day; raise `RuleBroken` for anything else."""
    try:
        value, precision = imprecise(text)
    except RuleBroken:
        precision = ""
    if precision != "day":
        raise RuleBroken(DAY)
    return value


def dated(value: date | None, precision: str | None) -> str:
    """Return a date as a cell holds it: the other way of `imprecise`; '' for what is not known."""
    if value is None:
        return ""
    whole = value.isoformat()
    return {"month": whole[:7], "year": whole[:4], "about": f"~{whole}"}.get(precision or "", whole)


def size(text: str) -> int:
    """Return a whole number; raise `RuleBroken` for anything else."""
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise RuleBroken(N_("Write a whole number."))
    return int(plain)


def one_of(known: Mapping[str, str], text: str) -> str:
    """Return the code of a word; raise `RuleBroken` for one that is not known."""
    code = known.get(folded(text))
    if code is None:
        raise RuleBroken(_("“%(text)s” is not in the list of words for this column.", text=text[:SHOWN]))
    return code


def treaty_articles(text: str) -> list[str]:
    """Return the codes of treaty articles that stand apart by ; or |, or by commas."""
    found: list[str] = []
    for piece in filter(None, (part.strip() for part in re.split(r"[;|\n]", text))):
        parts = [piece] if _article(piece) else [part.strip() for part in piece.split(",") if part.strip()]
        found += [_article(part) or one_of({}, part) for part in parts]
    return found


def _article(text: str) -> str | None:
    return text.upper() if article(text.upper()) else _article_words().get(_squeezed(text))


def _squeezed(text: str) -> str:
    return text.casefold().replace(" ", "").replace("\N{NO-BREAK SPACE}", "")


@cache
def _article_words() -> dict[str, str]:
    return {_squeezed(one.short(lang)): one.code for one in articles() for lang in ("kk", "ru", "en")}


def vocabulary(name: str) -> Mapping[str, str]:
    """Return folded code or word of one list -> its code, in any language; words that are retired are none."""
    listed: Collection[Any] = rules.act_kinds() if name == "acts" else terms(name).values()
    return _by_words(tuple(listed))


@lru_cache(maxsize=64)
def _by_words(listed: tuple[Any, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for term in listed:
        if not getattr(term, "retired", False):
            for word in (term.code, term.label.en, term.label.ru, term.label.kk):
                found.setdefault(folded(word), term.code)
    return found


@cache
def region_words() -> dict[str, str]:
    """Return folded code or name of a region -> its code."""
    found: dict[str, str] = {}
    for one in regions():
        for words in (one.code, one.label.en, one.label.ru, one.label.kk):
            found.setdefault(folded(words), one.code)
    return found


@cache
def language_words() -> dict[str, str]:
    """Return folded name of a language -> its code."""
    return {folded(word): code for code, words in _LANGUAGES.items() for word in words}
