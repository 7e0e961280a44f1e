"""The columns of a list: what they are called in three languages, and which is meant by a heading somebody wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from caseflow.incidents.terms import read
from caseflow.kernel.words import InLanguages

ACTS, SOURCES = 3, 2  # of one incident, when a list is read; what is written has as many as there are
INCIDENT, ACT, SOURCE = "incident", "act", "source"
_NUMBERED = re.compile(r"(.*?)[ _]?([2-9]|1\d)")
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One kind of column: code, which part of an incident it belongs to, its words, other words for it (folded)."""

    code: str
    group: str
    label: InLanguages
    also: tuple[str, ...]


@cache
def columns() -> Mapping[str, Column]:
    """Return every column by its code, in order."""
    return {
        row["code"]: Column(
            row["code"], row["group"], InLanguages.from_record(row["label"]), tuple(map(folded, row["also"]))
        )
        for row in read("columns.json")
    }


def of_group(group: str) -> list[Column]:
    """Return the columns of one part of an incident."""
    return [column for column in columns().values() if column.group == group]


def numbered(code: str, number: int) -> str:
    """Return the code of the column of the second act or source: `victim_name_2`; the first has no number."""
    return code if number == 1 else f"{code}_{number}"


def split(code: str) -> tuple[str, int]:
    """Return the column and the number of a code: the other way of `numbered`."""
    if code in columns():
        return code, 1
    column, _, number = code.rpartition("_")
    return column, int(number)


def known_codes() -> list[str]:
    """Return every code that a column of a list can be given: acts and sources with their numbers."""
    codes = [column.code for column in of_group(INCIDENT)]
    codes += [numbered(column.code, n) for n in range(1, ACTS + 1) for column in of_group(ACT)]
    return codes + [numbered(column.code, n) for n in range(1, SOURCES + 1) for column in of_group(SOURCE)]


def heading(code: str, locale: str) -> str:
    """Return what a column is called: `Victim: name`, `Victim: name 2`."""
    column, number = split(code)
    label = columns()[column].label.to(locale)
    return label if number == 1 else f"{label} {number}"


def folded(words: str) -> str:
    """Return words as they are compared: no case, no ё, no punctuation, single spaces; № stays."""
    plain = words.casefold().replace("ё", "е").replace("№", " nr ")
    return _APART.sub(" ", plain).strip()


@cache
def _by_heading() -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns().values():
        for words in (column.code, column.label.en, column.label.ru, column.label.kk):
            found.setdefault(folded(words), column.code)
    for column in columns().values():
        for words in column.also:
            found.setdefault(words, column.code)
    return found


def meant(words: str) -> str:
    """Return the code of the column that a heading means; '' when it says nothing that is known."""
    plain = folded(words)
    if plain in _by_heading():
        return _by_heading()[plain]
    parts = _NUMBERED.fullmatch(plain)
    column = _by_heading().get(parts[1].strip(), "") if parts else ""
    return numbered(column, int(parts[2])) if parts and column else ""


def guessed(headings: Sequence[str], before: Mapping[str, str]) -> list[str]:
    """Return the code for each heading, '' for none; what was chosen `before` (folded heading -> code) counts first.

    A code is given once: of two headings that mean the same the first has it.
    """
    known, taken, found = set(known_codes()), set(), []
    for words in headings:
        code = before.get(folded(words)) if folded(words) in before else meant(words)
        code = code if code in known and code not in taken else ""
        taken.add(code)
        found.append(code)
    return found


def remembered(headings: Iterable[str], codes: Iterable[str]) -> dict[str, str]:
    """Return folded heading -> code, for the next list with the same headings."""
    return {folded(words): code for words, code in zip(headings, codes, strict=True) if folded(words)}
