"""The public decisions that ship with the library, from `data/un_decisions.json`.

Facts of theirs that were not read in a primary source are named in `unconfirmed` and shown with a mark.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from caseflow.kernel.words import InLanguages


@dataclass(frozen=True, slots=True)
class PublicDecision:
    """A decision of an international body. `articles` are those invoked; `unconfirmed` names fields to be checked."""

    title: InLanguages
    body: str
    number: str
    symbol: str | None
    submitted_on: date | None
    decided_on: date | None
    decided_precision: str
    articles: tuple[str, ...]
    outcome: str
    holding: InLanguages
    note: InLanguages
    unconfirmed: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PublicCitation:
    """One of the shipped decisions cites another, by their numbers."""

    citing: str
    cited: str
    kind: str
    paragraph: str | None


@cache
def public_decisions() -> tuple[PublicDecision, ...]:
    """Return the shipped decisions, in the order of the table."""
    return tuple(_decision(row) for row in _table()["decisions"])


@cache
def public_citations() -> tuple[PublicCitation, ...]:
    """Return who cites whom among the shipped decisions."""
    rows = _table()["citations"]
    return tuple(PublicCitation(row["citing"], row["cited"], row["kind"], row["paragraph"]) for row in rows)


def _decision(row: dict[str, Any]) -> PublicDecision:
    return PublicDecision(
        title=InLanguages.from_record(row["title"]),
        body=row["body"],
        number=row["number"],
        symbol=row["symbol"],
        submitted_on=date.fromisoformat(row["submitted_on"]) if row["submitted_on"] else None,
        decided_on=date.fromisoformat(row["decided_on"]) if row["decided_on"] else None,
        decided_precision=row["decided_precision"],
        articles=tuple(row["articles"]),
        outcome=row["outcome"],
        holding=_words(row["holding"]),
        note=_words(row["note"]),
        unconfirmed=tuple(row["unconfirmed"]),
        source=row["source"],
    )


def _words(texts: dict[str, str] | None) -> InLanguages:
    return InLanguages.from_record(texts) if texts else InLanguages("", "", "")


@cache
def _table() -> dict[str, Any]:
    text = files("caseflow.precedents").joinpath("data/un_decisions.json").read_text("utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
