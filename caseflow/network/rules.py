"""The regions in which the network works, and the articles it relies on: tables with their own three languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from caseflow.kernel.words import InLanguages

_ARTICLE = InLanguages("{short} art. {number}", "{short} ст. {number}", "{short} {number}-бап")
_PROTOCOL = InLanguages(
    "{short} Protocol No. {protocol} art. {number}",
    "{short}, Протокол № {protocol}, ст. {number}",
    "{short}, № {protocol} хаттама, {number}-бап",
)


@dataclass(frozen=True, slots=True)
class Region:
    """A region or a city of its rank: ISO 3166-2 code and name."""

    code: str
    label: InLanguages


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty, or a body of rules without binding force. `short` stands before a number and may end in a comma."""

    code: str
    short: InLanguages
    name: InLanguages
    binding: bool
    source: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article or a part of it: `ICCPR:14(3)(c)`. What has no articles, such as the Mandela Rules, is one row."""

    code: str
    instrument: Instrument
    number: str
    title: InLanguages
    source: str

    def short(self, locale: str = "en") -> str:
        """Return how it is cited in a list: `ICCPR 14(3)(c)`."""
        if not self.instrument.binding:
            return self.title.in_language(locale)
        short = self.instrument.short.in_language(locale)
        # Kazakh has no abbreviation for most conventions; a list has no room for their names.
        return f"{self.instrument.short.en if short.endswith(',') else short} {self.number}"

    def cited(self, locale: str) -> str:
        """Return how it is cited in a sentence: `ICCPR art. 14(3)(c)`."""
        if not self.instrument.binding:
            return self.title.in_language(locale)
        protocol, _dash, number = (
            self.number.removeprefix("P").partition("-") if self.number[0] == "P" else ("", "", "")
        )
        words = _PROTOCOL if protocol else _ARTICLE
        short = self.instrument.short.in_language(locale)
        if protocol:
            short = short.removesuffix(",")
        return words.in_language(locale).format(short=short, protocol=protocol, number=number or self.number)

    def label(self, locale: str) -> str:
        """Return citation and subject: `ICCPR art. 14(3)(c): no undue delay`."""
        if not self.instrument.binding:
            return self.title.in_language(locale)
        return f"{self.cited(locale)}: {self.title.in_language(locale)}"


@cache
def regions() -> tuple[Region, ...]:
    """Return the regions: cities of national rank first, then by their English names."""
    rows = _read("regions.json")["regions"]
    return tuple(Region(row["code"], InLanguages.from_record(row)) for row in rows)


@cache
def _by_region() -> dict[str, Region]:
    return {region.code: region for region in regions()}


def region(code: str) -> Region | None:
    """Return the region of a code such as `KZ-10`; None for a code that is not in the table."""
    return _by_region().get(code)


def region_name(code: str, locale: str) -> str:
    """Return the name of a region; the code itself when it is not in the table."""
    found = region(code)
    return found.label.in_language(locale) if found else code


@cache
def instruments() -> tuple[Instrument, ...]:
    """Return the treaties and other rules whose articles can be relied on."""
    return tuple(_instrument(code, row) for code, row in _read("articles.json").items())


def _instrument(code: str, row: dict[str, Any]) -> Instrument:
    short, name = InLanguages(*row["short"]), InLanguages(*row["name"])
    return Instrument(code, short, name, binding=row["binding"], source=row["source"])


@cache
def articles() -> tuple[Article, ...]:
    """Return every article and part of one, in the order of the instruments."""
    table = _read("articles.json")
    return tuple(
        Article(f"{of.code}:{number}", of, number, InLanguages(en, ru, kk), source=more[0] if more else of.source)
        for of in instruments()
        for number, en, ru, kk, *more in table[of.code]["articles"]
    )


@cache
def _by_article() -> dict[str, Article]:
    return {article.code: article for article in articles()}


def article(code: str) -> Article | None:
    """Return the article of a code such as `ICCPR:9(1)`; None for a code that is not in the table."""
    return _by_article().get(code)


def article_label(code: str, locale: str) -> str:
    """Return citation and subject of an article; a code that is not in the table as it is, without the colon."""
    found = article(code)
    return found.label(locale) if found else code.replace(":", " ")


def article_short(code: str, locale: str = "en") -> str:
    """Return how an article is cited in a list; a code that is not in the table as it is, without the colon."""
    found = article(code)
    return found.short(locale) if found else code.replace(":", " ")


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(files("caseflow.network").joinpath("data", name).read_text(encoding="utf-8"))
    return table
