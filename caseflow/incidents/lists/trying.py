"""The dry run: what would come of every row, in words, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from caseflow.access.actor import Actor
from caseflow.incidents import imports, rules
from caseflow.incidents.imports import Row
from caseflow.incidents.lists import reading
from caseflow.incidents.lists.resembling import Others
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network.rules import article_short, region_name

NO_TITLE = N_("Choose a column for the title or for what happened: without one of them an incident says nothing.")
_EXAMPLE = {
    "en": (
        "A man beaten at a police station",
        "He was taken there in the evening and came out with a broken arm.",
        "Askar T.",
    ),
    "ru": ("Избиение в отделе полиции", "Его доставили туда вечером, вышел он со сломанной рукой.", "Аскар Т."),
    "kk": ("Полиция бөлімінде ұрып-соғу", "Оны кешке апарған, ол қолы сынған күйде шықты.", "Асқар Т."),
}


def judge(rows: Sequence[Row], codes: Sequence[str], headings: Sequence[str], *, actor: Actor, today: date) -> bool:
    """Give every row its verdict, and one that is new what it looks like; tell whether all that is there was compared.

    Raises `RuleBroken` when no column says what happened.
    """
    if not {"title", "narrative"} & set(codes):
        raise RuleBroken(NO_TITLE)
    called = {code: headings[place] or str(place + 1) for place, code in enumerate(codes) if code}
    keys = [imports.key_of(row, codes) for row in rows]
    there, others = imports.known(keys, actor), Others(actor)
    first: dict[str, int] = {}
    twice = sorted({code for code in codes if code and list(codes).count(code) > 1})
    for row, key in zip(rows, keys, strict=True):
        faults = [(headings[c] if c < len(headings) else str(c + 1), _(reading.CELL_FAULTS[w]))
                  for c, w in row.faults if c < len(codes) and codes[c]]  # fmt: skip
        faults += [(called[code], _("Two columns are said to be this. Choose one.")) for code in twice]
        mark = imports.mark_of(key)
        if mark in first:
            faults.append((called.get("key", ""), _(reading.SAME_KEY, row=first[mark])))
        first.setdefault(mark, row.number)
        if len(key) > reading.KEY and "key" in called:
            faults.append((called["key"], _("Use at most %(max)d characters.", max=reading.KEY)))
        if not faults and key in there:
            row.verdict, row.about = "known", there[key]
            continue
        if faults:
            row.verdict, row.about = "wrong", faults
            continue
        told, found = reading.tell(reading.as_cells(codes, row.cells), key=key, language=actor.language, today=today)
        faults = [(called.get(fault.column, ""), fault.why) for fault in found]
        row.verdict, row.about = ("wrong", faults) if faults else ("new", others.like(told) or ())
    return not others.cut


def example(codes: Sequence[str], locale: str) -> list[str]:
    """Return one invented row for the template."""
    title, story, name = _EXAMPLE.get(locale, _EXAMPLE["en"])
    cells = {
        "key": "17/2026", "title": title, "narrative": story, "language": locale,
        "region": region_name("KZ-75", locale), "began_on": "06.03.2026", "learned_on": "09.03.2026",
        "victim_name": name, "victim_kind": rules.label("person_kinds", "individual", locale),
        "act": rules.label("acts", "torture", locale),
        "articles": f"{article_short('ICCPR:7', locale)}; {article_short('CAT:1', locale)}",
        "method": rules.label("methods", "beating", locale), "actor": rules.label("actor_kinds", "police", locale),
        "source_connection": rules.label("connections", "victim", locale),
        "source_reliability": rules.label("reliabilities", "high", locale),
    }  # fmt: skip
    return [str(cells.get(code, "")) for code in codes]
