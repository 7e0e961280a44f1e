"""Scanning the sealed texts that one member holds, and the published precedents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from caseflow.access import cases as cases_policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.incidents.models import Incident, Person
from caseflow.kernel.db import db
from caseflow.network.names import fold
from caseflow.precedents import queries as precedents

MOST_SCANNED = 5000
MOST_SHOWN = 50


@dataclass(frozen=True)
class Hit:
    """One thing found: which kind, its reference and title, where it opens, and the words around the match."""

    kind: str
    reference: str
    title: str
    url: str
    excerpt: str


@dataclass(frozen=True)
class Found:
    """The hits, and whether older rows were left out of the scan."""

    hits: list[Hit]
    cut: bool


def search(actor: Actor, words: str) -> Found:
    """Return what `actor` may read that holds every one of `words`, in whatever script or case they were typed."""
    wanted = [fold(word) for word in words.split() if fold(word)][:8]
    if not wanted:
        return Found([], False)
    hits: list[Hit] = []
    newest = select(Incident).where(incidents_policy.visible_to(actor)).order_by(Incident.changed_at.desc())
    incidents = list(db.session.scalars(newest.limit(MOST_SCANNED)))
    actor.ring.prepare(incidents)
    people = _names(actor)
    for incident in incidents:
        title = actor.ring.text(incident, "title")
        body = " \n".join([title, actor.ring.text(incident, "narrative"), *people.get(incident.id, ())])
        if _matches(f"{incident.reference} {body}", wanted):
            url = url_for("incidents.show", incident_id=incident.id)
            hits.append(Hit("incident", incident.reference, title, url, _around(body, wanted)))
    latest = select(Case).where(cases_policy.visible_to(actor)).order_by(Case.changed_at.desc())
    cases = list(db.session.scalars(latest.limit(MOST_SCANNED)))
    actor.ring.prepare(cases)
    for case in cases:
        title = actor.ring.text(case, "title")
        body = " \n".join([title, actor.ring.text(case, "objective"), actor.ring.text(case, "legal_issue")])
        if _matches(f"{case.reference} {body}", wanted):
            url = url_for("cases.show", case_id=case.id)
            hits.append(Hit("case", case.reference, title, url, _around(body, wanted)))
    for precedent in db.session.scalars(precedents.published(actor).limit(MOST_SCANNED)):
        body = " \n".join([precedent.title, *_strings(precedent.words), precedent.question, precedent.holding])
        if _matches(f"{precedent.number} {precedent.symbol or ''} {body}", wanted):
            url = url_for("precedents.show", precedent_id=precedent.id)
            reference = precedent.symbol or precedent.number
            hits.append(Hit("precedent", reference, precedent.title, url, _around(body, wanted)))
    return Found(hits[:MOST_SHOWN], len(hits) > MOST_SHOWN or MOST_SCANNED in (len(incidents), len(cases)))


def _names(actor: Actor) -> dict[str, list[str]]:
    rows = list(db.session.scalars(select(Person).where(visible(Person, actor)).limit(MOST_SCANNED * 4)))
    actor.ring.prepare(rows)
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.incident_id, []).append(actor.ring.text(row, "name"))
    return names


def _strings(words: dict[str, Any]) -> Iterable[str]:
    for texts in words.values():
        yield from (text for text in texts.values() if isinstance(text, str))


def _matches(text: str, wanted: list[str]) -> bool:
    plain = fold(text)
    return all(word in plain for word in wanted)


def _around(body: str, wanted: list[str], *, width: int = 160) -> str:
    for line in body.split("\n"):
        if any(word in fold(line) for word in wanted):
            words = line.split()
            at = next((n for n, word in enumerate(words) if any(w in fold(word) for w in wanted)), 0)
            shown = " ".join(words[max(0, at - 8) : at + 16])
            return shown[:width]
    return ""
