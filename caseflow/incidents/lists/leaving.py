"""An incident as a list tells it, with the names of those only who have agreed to that: flat, or with its structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.evidence.export.masking import Mask
from caseflow.evidence.export.matters import INSIDE
from caseflow.incidents import rules
from caseflow.incidents.consented import standing_in
from caseflow.incidents.lists import layout
from caseflow.incidents.lists.words import dated
from caseflow.incidents.models import Act, Consent, Incident, Involvement, Person, Source
from caseflow.incidents.runs import ImportedKey
from caseflow.kernel.db import db
from caseflow.network.rules import article_short, region_name

AT_ONCE = 100
OURS = ("reference", "state", "grade", "logged_on")
"""Columns that stand before the others and mean nothing when a list is read."""


@dataclass(frozen=True)
class Wanted:
    """For what a list is taken away, in which language, and on which day."""

    purpose: str
    locale: str
    today: date


def widths(query: Any, actor: Actor) -> tuple[int, int]:
    """Return how many acts (or people to whom none is entered) and sources one of the incidents has at most; four queries."""
    ids = query.with_only_columns(Incident.id).order_by(None)
    acts = _counts(select(Act.incident_id, func.count()).where(Act.incident_id.in_(ids), visible(Act, actor)), Act)
    named = select(Act.victim_id).union(select(Involvement.person_id).where(Involvement.person_id.is_not(None)))
    alone = _counts(
        select(Person.incident_id, func.count()).where(
            Person.incident_id.in_(ids), visible(Person, actor), Person.id.not_in(named)
        ),
        Person,
    )
    sources = _counts(
        select(Source.incident_id, func.count()).where(Source.incident_id.in_(ids), visible(Source, actor)), Source
    )
    both = [acts.get(one, 0) + alone.get(one, 0) for one in acts.keys() | alone.keys()]
    return max([1, *both]), max([1, *sources.values()])


def _counts(query: Any, model: Any) -> dict[str, int]:
    return dict(db.session.execute(query.group_by(model.incident_id)).all())


def in_turn(ids: Sequence[str], actor: Actor) -> Iterator[tuple[Incident, str]]:
    """Yield the incidents with these ids that `actor` sees, with what their list called them; `AT_ONCE` at a time."""
    parts = (
        selectinload(Incident.people),
        selectinload(Incident.acts).selectinload(Act.involvements),
        selectinload(Incident.sources),
        selectinload(Incident.consents).selectinload(Consent.withdrawal),
    )
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        query = select(Incident).where(Incident.id.in_(some), policy.visible_to(actor)).options(*parts)
        found = {incident.id: incident for incident in db.session.scalars(query)}
        actor.ring.prepare(found.values())
        keys = select(ImportedKey).where(ImportedKey.incident_id.in_(some), visible(ImportedKey, actor))
        called = {one.incident_id: actor.ring.text(one, "key") for one in db.session.scalars(keys)}
        for incident_id in some:
            if incident_id in found:
                yield found[incident_id], called.get(incident_id, "")
        db.session.expunge_all()


def headings(acts: int, sources: int, words: dict[str, str], locale: str) -> list[str]:
    """Return the first line of a list; `words` are those of `OURS`."""
    return [words.get(code) or layout.heading(code, locale) for code in codes(acts, sources)]


def codes(acts: int, sources: int) -> list[str]:
    """Return the codes of the columns of a list that is written."""
    found = [*OURS, *(column.code for column in layout.of_group(layout.INCIDENT))]
    found += [layout.numbered(c.code, n) for n in range(1, acts + 1) for c in layout.of_group(layout.ACT)]
    return found + [layout.numbered(c.code, n) for n in range(1, sources + 1) for c in layout.of_group(layout.SOURCE)]


def flat(incident: Incident, key: str, actor: Actor, wanted: Wanted) -> dict[str, str]:
    """Return column code -> cell, in words of the reader's language."""
    told, locale = structured(incident, key, actor, wanted), wanted.locale

    def word(name: str, code: str | None) -> str:
        return str(rules.label(name, code, locale)) if code else ""

    cells = {
        "reference": told["reference"],
        "state": word("states", told["state"]),
        "grade": word("grades", told["grade"]),
        "logged_on": told["logged_on"],
        "key": told["key"] or told["reference"],
        "region": region_name(told["region"], locale) if told["region"] else "",
        "learned_how": word("learned_how", told["learned_how"]),
        **{
            name: told[name] or ""
            for name in ("title", "narrative", "language", "place", "began_on", "ended_on", "learned_on")
        },
    }
    people = {person["id"]: person for person in told["people"]}
    done = {act["victim"] for act in told["acts"]} | {
        part["person"] for act in told["acts"] for part in act["involved"]
    }
    alone: list[dict[str, Any]] = [{"victim": person} for person in people if person not in done]
    for number, act in enumerate([*told["acts"], *alone], 1):
        victim = people[act["victim"]]
        told_here = {
            "victim_kind": word("person_kinds", victim["kind"]),
            "victim_size": str(victim["size"] or ""),
            **{f"victim_{name}": victim[name] for name in ("name", "pseudonym", "contact", "details")},
        }
        if "kind" in act:
            involved = act["involved"]
            told_here |= {
                "act": word("acts", act["kind"]),
                "articles": "; ".join(article_short(code, locale) for code in act["articles"]),
                "method": word("methods", act["method"]),
                "stated_reason": act["stated_reason"],
                "consequences": act["consequences"],
                "victim_status": word("victim_statuses", act["victim_status"]),
                "actor": _beside(word("actor_kinds", part["actor_kind"]) for part in involved),
                "degree": _beside(word("degrees", part["degree"]) for part in involved),
                "unit": _beside(part["unit"].replace("|", "/") for part in involved),
            }
        cells |= {layout.numbered(code, number): text for code, text in told_here.items()}
    for number, source in enumerate(told["sources"], 1):
        said = {
            "source_connection": word("connections", source["connection"]),
            "source_who": source["who"],
            "source_said_on": source["said_on"] or "",
            "source_reliability": word("reliabilities", source["reliability"]),
        }
        cells |= {layout.numbered(code, number): text for code, text in said.items()}
    return cells


def _beside(parts: Iterator[str]) -> str:
    found = list(parts)
    return " | ".join(found) if any(found) else ""


def structured(incident: Incident, key: str, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Return the incident as plain values. Who has not consented has a pseudonym in every text, and nothing else of her.

    Whom nobody asks, because she is entered as a perpetrator only, is not told by name where a list leaves the network;
    nor is who gave the information, nor the exact place where somebody has not consented.
    """
    text, inside = actor.ring.text, wanted.purpose == INSIDE
    standing = standing_in(incident, wanted.today)
    named = {person.id: inside or wanted.purpose in standing.get(person.id, ()) for person in incident.people}
    instead = {
        person.id: text(person, "pseudonym") or f"{incident.reference}/P{person.position}" for person in incident.people
    }
    hidden = {text(person, "name"): instead[person.id] for person in incident.people if not named[person.id]}
    over = Mask(hidden).over
    people = [
        {
            "id": f"P{person.position}",
            "kind": person.kind,
            "size": person.size,
            "named": named[person.id],
            "name": text(person, "name") if named[person.id] else "",
            "pseudonym": over(text(person, "pseudonym")) if named[person.id] else instead[person.id],
            "contact": text(person, "contact") if named[person.id] else "",
            "details": over(text(person, "details")) if named[person.id] else "",
            "consents": sorted(standing.get(person.id, ())),
        }
        for person in incident.people
    ]
    return {
        "reference": incident.reference,
        "state": incident.state,
        "grade": incident.grade,
        "logged_on": incident.logged_at.date().isoformat(),
        "key": over(key),
        "title": over(text(incident, "title")),
        "narrative": over(text(incident, "narrative")),
        "language": incident.language,
        "region": incident.region,
        "place": text(incident, "place") if not hidden else "",
        "began_on": dated(incident.began_on, incident.began_precision),
        "ended_on": dated(incident.ended_on, incident.ended_precision),
        "learned_on": incident.learned_on.isoformat() if incident.learned_on else None,
        "learned_how": incident.learned_how,
        "people": people,
        "acts": [
            {
                "victim": f"P{act.victim.position}",
                "kind": act.kind,
                "articles": list(act.articles),
                "method": act.method,
                "stated_reason": over(text(act, "stated_reason")),
                "consequences": over(text(act, "consequences")),
                "victim_status": act.victim_status,
                "involved": [
                    {
                        "actor_kind": part.actor_kind,
                        "degree": part.degree,
                        "unit": over(text(part, "unit")),
                        "person": f"P{part.person.position}" if part.person else None,
                    }
                    for part in act.involvements
                ],
            }
            for act in incident.acts
        ],
        "sources": [
            {
                "connection": source.connection,
                "reliability": source.reliability,
                "said_on": source.said_on.isoformat() if source.said_on else None,
                "who": text(source, "who") if inside else "",
            }
            for source in incident.sources
        ],
    }
