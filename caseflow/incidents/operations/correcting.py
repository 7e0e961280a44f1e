"""Correcting what was entered, and taking out of a draft what does not belong there. The ledger keeps both forms."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, duplicates
from caseflow.incidents.entries import Noted, fill_act, fill_involvement, fill_person, fill_source, touch
from caseflow.incidents.models import Act, Consent, Incident, Intervention, Involvement, Person, Source
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.ledger.words import tell

tell(
    {
        "incidents.correct_person": N_("corrected what is written about a person"),
        "incidents.correct_act": N_("corrected what was done"),
        "incidents.correct_involvement": N_("corrected who did it"),
        "incidents.correct_source": N_("corrected a source"),
        "incidents.take_out_entry": N_("took a mistaken entry out of the draft"),
    }
)

Entry = Person | Act | Involvement | Source | Consent | Intervention


def correct_person(
    person: Person,
    *,
    kind: str,
    name: str | None,
    pseudonym: str | None,
    contact: str | None,
    details: str | None,
    size: int | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct a person; `seen` is the `checks.stamp` of what was on the screen, and raises at `version` when stale."""
    incident = person.incident
    demand(policy.may_edit(by, incident), about=ledger.name_of(person))
    checks.unchanged(person, seen)
    before = _texts(person, by)
    noted = fill_person(
        person, kind=kind, name=name, pseudonym=pseudonym, contact=contact, details=details, size=size, by=by
    )
    _note("incidents.correct_person", person, incident, before, noted, by=by, at=at)


def correct_act(
    act: Act,
    *,
    victim: Person,
    kind: str,
    articles: Collection[str],
    method: str | None,
    stated_reason: str | None,
    consequences: str | None,
    victim_status: str | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct what was done to one person; `seen` as for `correct_person`."""
    incident = act.incident
    demand(policy.may_edit(by, incident), about=ledger.name_of(act))
    checks.unchanged(act, seen)
    before = {"kind": act.kind, "articles": list(act.articles), **_texts(act, by)}
    noted = fill_act(
        act,
        incident,
        victim=victim,
        kind=kind,
        articles=articles,
        method=method,
        stated_reason=stated_reason,
        consequences=consequences,
        victim_status=victim_status,
        by=by,
    )
    _note("incidents.correct_act", act, incident, before, noted, by=by, at=at)


def correct_involvement(
    involvement: Involvement,
    *,
    actor_kind: str,
    degree: str | None,
    unit: str | None,
    person: Person | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct who took part in an act; `seen` as for `correct_person`."""
    incident = involvement.act.incident
    demand(policy.may_edit(by, incident), about=ledger.name_of(involvement))
    checks.unchanged(involvement, seen)
    before = {"actor_kind": involvement.actor_kind, "degree": involvement.degree, **_texts(involvement, by)}
    noted = fill_involvement(
        involvement, incident, actor_kind=actor_kind, degree=degree, unit=unit, person=person, by=by
    )
    _note("incidents.correct_involvement", involvement, incident, before, noted, by=by, at=at)


def correct_source(
    source: Source,
    *,
    incident: Incident,
    connection: str,
    reliability: str,
    said_on: date | None,
    who: str | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct who says so; `seen` as for `correct_person`."""
    demand(policy.may_edit(by, incident), about=ledger.name_of(source))
    checks.unchanged(source, seen)
    before = {"connection": source.connection, "reliability": source.reliability, **_texts(source, by)}
    today = checks.today_for(by, at)
    noted = fill_source(
        source, connection=connection, reliability=reliability, said_on=said_on, who=who, today=today, by=by
    )
    _note("incidents.correct_source", source, incident, before, noted, by=by, at=at)


def take_out_entry(incident: Incident, *, entry: Entry, by: Actor, at: datetime) -> None:
    """Take a mistaken entry out of a draft; what it said stays sealed in the ledger.

    Raises `RuleBroken` for a person whom an act, an involvement or a consent still names.
    """
    demand(policy.may_take_out(by, incident), about=ledger.name_of(entry))
    if isinstance(entry, Person):
        named = [act.victim_id for act in incident.acts]
        named += [part.person_id or "" for act in incident.acts for part in act.involvements]
        named += [consent.person_id for consent in incident.consents]
        named += [risk.person_id or "" for risk in incident.risks]
        named += [done.person_id or "" for done in incident.interventions]
        if entry.id in named:
            raise RuleBroken(
                N_("Something in this incident still names this person. Take that out first."),
                about=ledger.name_of(entry),
            )
        if duplicates.is_judged(entry):
            raise RuleBroken(
                N_("You judged whether this person is the same as another one. Take that back first."),
                about=ledger.name_of(entry),
            )
    said = _texts(entry, by)
    gone: list[Any] = [*entry.involvements, *entry.checklists, entry] if isinstance(entry, Act) else [entry]
    for part in gone:
        db.session.delete(part)
    touch(incident, at)
    db.session.expire(incident)
    public = {"reference": incident.reference, "entry": ledger.name_of(entry)}
    ledger.record("incidents.take_out_entry", by=by, at=at, about=incident, public=public, details={"said": said})


def _texts(row: Any, by: Actor) -> Noted:
    names = [
        column.key.removesuffix("_sealed") for column in inspect(type(row)).column_attrs if "_sealed" in column.key
    ]
    return {name: by.ring.text(row, name) for name in names}


def _note(verb: str, row: Any, incident: Incident, before: Noted, after: Noted, *, by: Actor, at: datetime) -> None:
    touch(incident, at)
    public = {"reference": incident.reference}
    ledger.record(verb, by=by, at=at, about=row, public=public, details={"before": before, "after": after})
