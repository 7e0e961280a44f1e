"""What a row of a list says: its cells as the facts of an incident, or in words which cell cannot be one and why.

A dry run asks the same checks that the operations ask, of things that are stored nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from flask_babel import gettext as _

from caseflow.incidents import checks, entries, rules
from caseflow.incidents.lists import layout, words
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_

KEY = 200
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NO_FORMULA = N_(
    "The cell holds a formula, and no value is kept beside it. Open the file, save it, or put the value in its place."
)
CELL_FAULTS = {
    "formula": NO_FORMULA,
    "error": N_("The cell shows an error of the spreadsheet program. Put a value in its place."),
    "long": N_("The cell holds more than 20,000 characters."),
}
SAME_KEY = N_("The same number stands in row %(row)s. One row is one incident: give each a number of its own.")
_ACT_FIELDS = {"kind": "act", "victim": "victim_name"}
_PERSON_FIELDS = {"kind": "victim_kind", "name": "victim_name", "pseudonym": "victim_pseudonym", "size": "victim_size",
                  "contact": "victim_contact", "details": "victim_details"}  # fmt: skip
_INVOLVEMENT_FIELDS = {"actor_kind": "actor"}
_SOURCE_FIELDS = {"connection": "source_connection", "reliability": "source_reliability", "who": "source_who",
                  "said_on": "source_said_on"}  # fmt: skip


@dataclass
class Told:
    """What one row says: `key` tells it from every other; `incident`, `acts` and `sources` are what the acts take."""

    key: str
    incident: dict[str, Any]
    acts: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be taken: the code of the column ('' for the row itself) and the reason in words."""

    column: str
    why: str


class _Blank:
    """Stands for a row in a dry run: it holds nothing yet, and is stored nowhere."""

    def __getattr__(self, name: str) -> None:
        return None


class _Dry:
    """Stands for the member in a dry run: it seals nothing."""

    @property
    def ring(self) -> _Dry:
        return self

    def seal(self, _row: Any, **_values: str | None) -> None:
        """Seal nothing."""


def tell(cells: Mapping[str, str], *, key: str, language: str, today: date) -> tuple[Told, list[Fault]]:
    """Return what the cells of one row (column code -> text) say, and everything that is wrong with them."""
    faults: list[Fault] = []

    def take(code: str, convert: Callable[[str], Any], empty: Any = None) -> Any:
        text = cells.get(code, "").strip()
        if not text:
            return empty
        try:
            return convert(text)
        except RuleBroken as broken:
            faults.append(Fault(code, _(broken.message)))
            return empty

    began_on, began = take("began_on", words.imprecise, (None, "unknown"))
    ended_on, ended = take("ended_on", words.imprecise, (None, None))
    narrative, title = cells.get("narrative", "").strip(), cells.get("title", "").strip()
    told = Told(
        key,
        {
            "title": title or rules.first_words(narrative),
            "narrative": narrative,
            "language": take("language", lambda text: words.one_of(words.language_words(), text), language),
            "region": take("region", lambda text: words.one_of(words.region_words(), text), ""),
            "place": cells.get("place", "").strip(),
            "began_on": began_on,
            "began_precision": began,
            "ended_on": ended_on,
            "ended_precision": ended,
            "learned_on": take("learned_on", words.day),
            "learned_how": take("learned_how", lambda text: words.one_of(words.vocabulary("learned_how"), text)),
        },
    )
    for number in range(1, layout.ACTS + 1):
        act = _act(cells, number, take)
        if act is not None:
            told.acts.append(act)
    for number in range(1, layout.SOURCES + 1):
        source = _source(cells, number, take)
        if source is not None:
            told.sources.append(source)
    if not faults:
        faults = _checked(told, today)
    return told, faults


Take = Callable[..., Any]


def _act(cells: Mapping[str, str], number: int, take: Take) -> dict[str, Any] | None:
    def at(code: str) -> str:
        return layout.numbered(code, number)

    def word(code: str, name: str) -> Any:
        return take(at(code), lambda text: words.one_of(words.vocabulary(name), text))

    def text(code: str) -> str:
        return cells.get(at(code), "").strip()

    if not any(text(column.code) for column in layout.of_group(layout.ACT)):
        return None
    size = take(at("victim_size"), words.size)
    person = {
        "kind": word("victim_kind", "person_kinds") or ("group" if size else "individual"),
        "name": text("victim_name"),
        "pseudonym": text("victim_pseudonym"),
        "contact": text("victim_contact"),
        "details": text("victim_details"),
        "size": size,
    }
    kind = word("act", "acts")
    done = {
        "kind": kind,
        "articles": take(at("articles"), words.treaty_articles, [])
        or (list(rules.act_kind(kind).articles) if kind else []),
        "method": word("method", "methods"),
        "stated_reason": text("stated_reason"),
        "consequences": text("consequences"),
        "victim_status": word("victim_status", "victim_statuses"),
    }
    actors = _side_by_side(text("actor"), text("degree"), text("unit"))
    involved = [
        {
            "actor_kind": _one(take, at("actor"), actor, "actor_kinds"),
            "degree": _one(take, at("degree"), degree, "degrees"),
            "unit": unit,
        }
        for actor, degree, unit in actors
    ]
    return {"number": number, "person": person, "act": done, "involved": involved}


def _one(take: Take, code: str, text: str, name: str) -> Any:
    return take(code, lambda _whole: words.one_of(words.vocabulary(name), text)) if text else None


def _source(cells: Mapping[str, str], number: int, take: Take) -> dict[str, Any] | None:
    def at(code: str) -> str:
        return layout.numbered(code, number)

    if not any(cells.get(at(column.code), "").strip() for column in layout.of_group(layout.SOURCE)):
        return None
    return {
        "number": number,
        "source": {
            "connection": take(
                at("source_connection"), lambda text: words.one_of(words.vocabulary("connections"), text)
            )
            or "",
            "reliability": take(
                at("source_reliability"), lambda text: words.one_of(words.vocabulary("reliabilities"), text)
            )
            or "",
            "said_on": take(at("source_said_on"), words.day),
            "who": cells.get(at("source_who"), "").strip(),
        },
    }


def _side_by_side(*cells: str) -> list[list[str]]:
    """Return several who took part, whose words stand apart by | in each of the cells."""
    parts = [[part.strip() for part in cell.split("|")] for cell in cells]
    count = max(len(part) for part in parts)
    rows = [[part[place] if place < len(part) else "" for part in parts] for place in range(count)]
    return [row for row in rows if any(row)]


def _checked(told: Told, today: date) -> list[Fault]:
    """Ask of what the row says whatever the acts will ask, one part after the other."""
    faults: list[Fault] = []
    dry: Any = _Dry()

    def ask(number: int, names: Mapping[str, str], act: Callable[[], Any]) -> None:
        try:
            act()
        except RuleBroken as broken:
            code = names.get(broken.field or "", broken.field or "")
            known = layout.numbered(code, number) if code in layout.columns() else ""
            faults.append(Fault(known, _(broken.message)))

    ask(1, {}, partial(facts_of, told.incident, today=today))
    # What stands for the rows of an incident; nothing of it is ever stored.
    incident: Any = _Blank()
    for one in told.acts:
        number, done = one["number"], one["act"]
        person: Any = _Blank()
        thing: Any = _Blank()
        ask(number, _PERSON_FIELDS, partial(entries.fill_person, person, **one["person"], by=dry))
        if not done["kind"]:
            if one["involved"] or any(done[name] for name in ("articles", "method", "stated_reason", "consequences")):
                faults.append(Fault(layout.numbered("act", number), _("Say what was done to this person.")))
            continue
        ask(number, _ACT_FIELDS, partial(entries.fill_act, thing, incident, victim=person, **done, by=dry))
        for part in one["involved"]:
            given = {**part, "actor_kind": part["actor_kind"] or ""}
            act = partial(entries.fill_involvement, thing, incident, **given, person=None, by=dry)
            ask(number, _INVOLVEMENT_FIELDS, act)
    for one in told.sources:
        source: Any = _Blank()
        ask(one["number"], _SOURCE_FIELDS, partial(entries.fill_source, source, **one["source"], today=today, by=dry))
    return faults


def facts_of(fact: Mapping[str, Any], *, today: date) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the texts and the coded facts of an incident, checked as when it is logged; raise `RuleBroken`."""
    missing = N_("Say in a few words what happened: a title, or the story.")
    texts = {
        "title": checks.words(fact["title"], field="title", most=checks.LINE, missing=missing),
        "narrative": checks.words(fact["narrative"], field="narrative", most=checks.STORY),
        "place": checks.words(fact["place"], field="place", most=checks.LINE),
    }
    checks.span(
        began_on=fact["began_on"], began=fact["began_precision"], ended_on=fact["ended_on"],
        ended=fact["ended_precision"], learned_on=fact["learned_on"], today=today,
    )  # fmt: skip
    return texts, {name: value for name, value in fact.items() if name not in texts}


def as_cells(codes: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Return column code -> cell for one row; columns without a meaning are left out."""
    return {code: plain_cell(cell) for code, cell in zip(codes, row, strict=False) if code}


def plain_cell(cell: str) -> str:
    """Return a cell without the sign that keeps a spreadsheet program from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell
