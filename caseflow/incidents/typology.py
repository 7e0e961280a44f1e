"""The network's own terms beside the shipped ones: how they are found, and how a list of them is read from a file.

The file is CSV with a head of `list,code,parent,en,ru,kk,articles,esf_code,retired`, in any order; `list`, `code` and the three
languages are needed. Treaty articles are divided by spaces. Comma, semicolon or tab; UTF-8, or Windows-1251 as older
spreadsheets write it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import g, has_app_context
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.incidents.models import NetworkTerm
from caseflow.incidents.terms import EXTENSIBLE, OwnTerm, own_terms_with, shipped, shipped_acts
from caseflow.kernel.db import db
from caseflow.kernel.words import InLanguages
from caseflow.network.rules import article
from caseflow.web.forms import clean

COLUMNS = ("list", "code", "parent", "en", "ru", "kk", "articles", "esf_code", "retired")
NEEDED = ("list", "code", "en", "ru", "kk")
LONGEST, ESF_LONGEST, MOST = 200, 24, 2_000
_CODE = re.compile(r"[a-z][a-z0-9_]{1,23}")
_YES = {"1", "yes", "true", "x", "да", "иә"}
_NO = {"", "0", "no", "false", "нет", "жоқ"}


@dataclass(frozen=True)
class ReadTerms:
    """What a file holds: terms, and what is wrong with it, each with the number of its row (the head is row 1)."""

    terms: list[OwnTerm]
    faults: list[tuple[int, str]]


def own_terms() -> list[OwnTerm]:
    """Return the network's own terms; one query for each request or command."""
    if not has_app_context():
        return []
    if "own_terms" not in g:
        rows = db.session.scalars(select(NetworkTerm).order_by(NetworkTerm.position, NetworkTerm.code))
        g.own_terms = [
            OwnTerm(
                listed=row.listed,
                code=row.code,
                label=InLanguages(row.en, row.ru, row.kk),
                parent=row.parent,
                articles=tuple(row.articles),
                esf_code=row.esf_code,
                retired=row.retired_at is not None,
            )
            for row in rows
        ]
    found: list[OwnTerm] = g.own_terms
    return found


def forget() -> None:
    """Let the own terms be looked up anew: they have changed."""
    g.pop("own_terms", None)


def read_csv(content: bytes) -> ReadTerms:
    """Read a file of terms; a row that cannot be is told in words and left out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    text = text.replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    head = [clean(name).lower() for name in next(rows, [])]
    missing = [name for name in NEEDED if name not in head]
    if missing:
        return ReadTerms([], [(1, _("Columns are missing: %(names)s.", names=", ".join(missing)))])
    found: list[OwnTerm] = []
    faults: list[tuple[int, str]] = []
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        given = {name: clean(cell) for name, cell in zip(head, row, strict=False)}
        wrong = fault(given, len(found)) or _twice(given, seen)
        if wrong:
            faults.append((number, wrong))
            continue
        seen.add((given["list"], given["code"]))
        found.append(_term(given))
    return ReadTerms(found, faults)


def from_one(given: Mapping[str, str]) -> ReadTerms:
    """Read one term as a row of a file would be read."""
    plain = {name: clean(value) for name, value in given.items()}
    wrong = fault(plain)
    return ReadTerms([], [(1, wrong)]) if wrong else ReadTerms([_term(plain)], [])


def _term(given: Mapping[str, str]) -> OwnTerm:
    return OwnTerm(
        listed=given["list"],
        code=given["code"],
        label=InLanguages(given["en"], given["ru"], given["kk"]),
        parent=given.get("parent") or None,
        articles=tuple(_articles(given)),
        esf_code=given.get("esf_code") or None,
        retired=given.get("retired", "").lower() in _YES,
    )


def fault(given: Mapping[str, str], before: int = 0) -> str | None:
    """Return what is wrong with one row of a list, in words, or None."""
    return next(_faults(given, before), None)


def _faults(given: Mapping[str, str], before: int) -> Iterator[str]:
    listed, code = given.get("list", ""), given.get("code", "")
    labels = [given.get(name, "") for name in NEEDED[2:]]
    if before >= MOST:
        yield _("A list has at most %(number)s terms.", number=MOST)
    if listed not in EXTENSIBLE:
        lists = ", ".join(EXTENSIBLE)
        yield _("“%(list)s” is no list to which terms can be added: %(lists)s.", list=listed, lists=lists)
        return
    if not _CODE.fullmatch(code):
        yield _("A code has 2 to 24 small Latin letters, digits and underscores, and begins with a letter.")
    if code in (shipped_acts() if listed == "acts" else shipped(listed)):
        yield _("The code %(code)s is one of the program's own. It can be retired, not said anew.", code=code)
    if not all(labels) or max(map(len, labels)) > LONGEST:
        yield _("A term needs its words in three languages, each of at most %(number)s characters.", number=LONGEST)
    if given.get("retired", "").lower() not in _YES | _NO:
        yield _("“Retired” is yes or empty.")
    if len(given.get("esf_code", "")) > ESF_LONGEST:
        yield _("An ESF code has at most %(number)s characters.", number=ESF_LONGEST)
    if listed == "acts":
        yield from _act_faults(given)


def _act_faults(given: Mapping[str, str]) -> Iterator[str]:
    groups = {kind.parent for kind in shipped_acts().values() if kind.parent}
    if given.get("parent", "") not in groups:
        yield _("An act needs its group as “parent”: %(groups)s.", groups=", ".join(sorted(groups)))
    for one in _articles(given):
        if article(one) is None:
            yield _("There is no treaty article %(article)s here; it is written as ICCPR:7 or CAT:1.", article=one)


def _articles(given: Mapping[str, str]) -> list[str]:
    return given.get("articles", "").replace(";", " ").replace(",", " ").split()


def _twice(given: Mapping[str, str], seen: set[tuple[str, str]]) -> str | None:
    return str(_("This code stands in the file twice.")) if (given["list"], given["code"]) in seen else None


own_terms_with(own_terms)
