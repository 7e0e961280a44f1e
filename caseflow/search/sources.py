"""What can be searched, by kind: which rows a member may read now, the texts of some of them, and how one is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, String, cast, func, literal, select

from caseflow.access import cases as cases_policy
from caseflow.access import evidence as evidence_policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case, Note, Party
from caseflow.evidence.models import File, Finding, Item
from caseflow.evidence.queries import text_of
from caseflow.incidents.answers import answers_in
from caseflow.incidents.models import (
    Act,
    Checklist,
    Incident,
    Intervention,
    Involvement,
    Message,
    Person,
    Risk,
    Source,
)
from caseflow.incidents.queries import Asked, narrowed
from caseflow.kernel.db import db
from caseflow.vault.errors import VaultError

MOST_OF_A_FILE = 200_000  # characters of the text found in one file
READ = "2"  # stands for which texts of an incident are read: with another one, all indexes read them anew

FACTS = ("state", "region", "year", "organisation")
_BETWEEN = "\t"


def id_of(key: str) -> str:
    """Return the id of the row that has this key."""
    return key.partition(_BETWEEN)[0]


def facts_of(key: str) -> list[str]:
    """Return the `FACTS` by which an incident with this key is counted, '' where there is none."""
    return key.split(_BETWEEN)[-len(FACTS) :]


@dataclass(frozen=True)
class Named:
    """One thing found: its reference, its title, where it opens, and its texts."""

    reference: str
    title: str
    url: str
    lines: list[str]


@dataclass(frozen=True)
class Searched:
    """One kind of thing: `keys(actor, asked)`, the newest first, and `named(actor, ids)`, with its texts, in any order.

    A key is the id of a row that the member may read, what changes with its texts, and the facts it is counted by: one
    string, as there are thousands of them.
    """

    kind: str
    keys: Callable[[Actor, Asked], Sequence[str]]
    named: Callable[[Actor, Collection[str]], dict[str, Named]]


# -- incidents


def _incidents(actor: Actor, asked: Asked) -> Sequence[str]:
    year = func.substr(cast(Incident.began_on, String), 1, 4)
    facts = (Incident.state, Incident.region, year, Incident.organisation_id)
    query = select(_key(Incident.id, literal(READ), Incident.changed_at, *facts)).where(
        incidents_policy.visible_to(actor)
    )
    return db.session.scalars(narrowed(query, asked).order_by(Incident.changed_at.desc(), Incident.id)).all()


def _named_incidents(actor: Actor, ids: Collection[str]) -> dict[str, Named]:
    rows = _those(actor, Incident, ids, incidents_policy.visible_to(actor))
    people, sources = _of(actor, Person, Person.incident_id, ids), _of(actor, Source, Source.incident_id, ids)
    acts = _of(actor, Act, Act.incident_id, ids)
    answered, said = _of(actor, Checklist, Checklist.incident_id, ids), _of(actor, Message, Message.incident_id, ids)
    risks, done = _of(actor, Risk, Risk.incident_id, ids), _of(actor, Intervention, Intervention.incident_id, ids)
    involved = _of(actor, Involvement, Involvement.act_id, [act.id for found in acts.values() for act in found])
    found = {}
    for row in rows:
        lines = [row.reference, *_texts(actor, [row], "title", "narrative", "place")]
        lines += _texts(actor, people[row.id], "name", "pseudonym", "details")
        lines += _texts(actor, acts[row.id], "stated_reason", "consequences")
        lines += _texts(actor, [one for act in acts[row.id] for one in involved[act.id]], "unit")
        lines += _texts(actor, sources[row.id], "who") + _answers(actor, answered[row.id])
        lines += _texts(actor, risks[row.id], "threat", "measures")
        lines += _texts(actor, done[row.id], "party", "addressee", "details", "response")
        lines += _texts(actor, said[row.id], "body")
        url = url_for("incidents.show", incident_id=row.id)
        found[row.id] = Named(row.reference, _text(actor, row, "title"), url, lines)
    return found


# -- cases


def _cases(actor: Actor, _asked: Asked) -> Sequence[str]:
    query = select(Case.id, _key(Case.id, Case.changed_at)).where(cases_policy.visible_to(actor))
    found = db.session.execute(query.order_by(Case.changed_at.desc(), Case.id)).all()
    if not found:
        return []
    notes, parties = _counted(Note.case_id, Note, actor), _counted(Party.case_id, Party, actor)
    return [f"{key} {notes.get(row, 0)} {parties.get(row, 0)}" for row, key in found]


def _named_cases(actor: Actor, ids: Collection[str]) -> dict[str, Named]:
    rows = _those(actor, Case, ids, cases_policy.visible_to(actor))
    parties, notes = _of(actor, Party, Party.case_id, ids), _of(actor, Note, Note.case_id, ids)
    found = {}
    for row in rows:
        lines = [row.reference, *_texts(actor, [row], "title", "objective", "legal_issue")]
        lines += _texts(actor, parties[row.id], "name") + _texts(actor, notes[row.id], "body")
        found[row.id] = Named(row.reference, _text(actor, row, "title"), url_for("cases.show", case_id=row.id), lines)
    return found


# -- evidence


def _items(actor: Actor, _asked: Asked) -> Sequence[str]:
    query = select(Item.id, _key(Item.id, Item.version)).where(evidence_policy.visible_to(actor))
    found = db.session.execute(query.order_by(Item.at.desc(), Item.id)).all()
    if not found:
        return []
    files = _counted(File.item_id, File, actor)
    texts = select(File.item_id, func.count()).join(Finding, Finding.file_id == File.id)
    texts = texts.where(evidence_policy.visible_files(actor), Finding.part == "text").group_by(File.item_id)
    looked = {row[0]: row[1] for row in db.session.execute(texts.where(evidence_policy.visible_findings(actor)))}
    return [f"{key} {files.get(row, 0)} {looked.get(row, 0)}" for row, key in found]


def _named_items(actor: Actor, ids: Collection[str]) -> dict[str, Named]:
    rows = _those(actor, Item, ids, evidence_policy.visible_to(actor))
    files = _of(actor, File, File.item_id, ids)
    found = {}
    for row in rows:
        lines = _texts(actor, [row], "title", "details", "obtained_from", "obtained_where", "source_url")
        lines += _texts(actor, files[row.id], "name")
        for file in files[row.id]:
            content = text_of(actor, file)
            lines += str((content or {}).get("text", ""))[:MOST_OF_A_FILE].splitlines()
        url = url_for("evidence.show", item_id=row.id)
        found[row.id] = Named(f"№ {row.exhibit}", _text(actor, row, "title"), url, lines)
    return found


SEARCHED = (
    Searched("incident", _incidents, _named_incidents),
    Searched("case", _cases, _named_cases),
    Searched("item", _items, _named_items),
)


# -- what they share


def _key(*columns: Any) -> ColumnElement[str]:
    return reduce(lambda key, column: key + _BETWEEN + func.coalesce(cast(column, String), ""), columns)


def _those(actor: Actor, model: Any, ids: Collection[str], seen: ColumnElement[bool]) -> Sequence[Any]:
    rows = list(db.session.scalars(select(model).where(model.id.in_(ids), seen)))
    actor.ring.prepare(rows)
    return rows


def _of(actor: Actor, model: Any, column: Any, ids: Collection[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    if not ids:
        return found
    for row in db.session.scalars(select(model).where(column.in_(ids), visible(model, actor)).order_by(model.id)):
        found[getattr(row, column.key)].append(row)
    return found


def _counted(column: Any, model: Any, actor: Actor) -> dict[str, int]:
    rows = db.session.execute(select(column, func.count()).where(visible(model, actor)).group_by(column))
    return {row[0]: row[1] for row in rows}


def _texts(actor: Actor, rows: Sequence[Any], *names: str) -> list[str]:
    texts = (_text(actor, row, name) for row in rows for name in names)
    return [line for text in texts for line in text.splitlines() if line]


def _answers(actor: Actor, rows: Sequence[Checklist]) -> list[str]:
    """Return what was written to the questions of checklists."""
    lines: list[str] = []
    for row in rows:
        with suppress(VaultError):  # as in `_text`
            lines += [line for _answer, note in answers_in(row, actor).values() for line in note.splitlines() if line]
    return lines


def _text(actor: Actor, row: Any, name: str) -> str:
    try:
        return actor.ring.text(row, name)
    except VaultError:  # one text that was damaged must not keep all others from being found
        return ""
