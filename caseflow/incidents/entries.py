"""How each entry of an incident is filled in: the same checks when it is added and when it is corrected.

Every function returns what the ledger seals about the entry.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import update

from caseflow.access.actor import Actor
from caseflow.incidents import checks, rules
from caseflow.incidents.models import Act, Incident, Involvement, Move, Person, Source
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_

Noted = dict[str, Any]
_WHY = unscoped("the act that adds an entry has asked already and records itself")


def touch(incident: Incident, at: datetime) -> None:
    """Note that something was added to `incident`, past its version: a text that is open on a screen stays unchanged."""
    db.session.flush()
    db.session.execute(update(Incident).where(Incident.id == incident.id).values(changed_at=at), execution_options=_WHY)


def advance(incident: Incident, to: str, *, reason: str | None = None, by: Actor, at: datetime) -> None:
    """Let `incident` come to another state and note why; raise `RuleBroken` when that does not follow."""
    if not rules.may_become(incident.state, to):
        raise RuleBroken(
            N_("This step does not follow from where the incident stands now."),
            about=f"{incident.__tablename__}:{incident.id}",
        )
    move = Move(safe_id=incident.safe_id, from_state=incident.state, to_state=to, by_id=by.member_id, at=at)
    by.ring.seal(move, reason=reason)
    incident.moves.append(move)
    incident.state, incident.changed_at = to, at
    db.session.flush()


def fill_person(
    person: Person,
    *,
    kind: str,
    name: str | None,
    pseudonym: str | None,
    contact: str | None,
    details: str | None,
    size: int | None,
    by: Actor,
) -> Noted:
    """Fill in a person or group; raise `RuleBroken` at the field that cannot be. A name or a pseudonym is needed."""
    texts = {
        "name": checks.words(name, field="name", most=checks.LINE),
        "pseudonym": checks.words(pseudonym, field="pseudonym", most=checks.LINE),
        "contact": checks.words(contact, field="contact", most=checks.ENTRY),
        "details": checks.words(details, field="details", most=checks.ENTRY),
    }
    if not texts["name"] and not texts["pseudonym"]:
        raise RuleBroken(N_("Write a name, or a pseudonym when the name must not be written down."), field="name")
    person.kind = checks.code(kind, rules.PERSON_KINDS, field="kind")
    if size is not None and (kind != "group" or not 2 <= size <= 100_000_000):
        raise RuleBroken(N_("The number of people is given for a group: two or more."), field="size")
    person.size = size
    by.ring.seal(person, **texts)
    return {"kind": kind, "size": size, **texts}


def fill_act(
    act: Act,
    incident: Incident,
    *,
    victim: Person,
    kind: str,
    articles: Collection[str],
    method: str | None,
    stated_reason: str | None,
    consequences: str | None,
    victim_status: str | None,
    by: Actor,
) -> Noted:
    """Fill in what was done to one person; raise `RuleBroken` at the field that cannot be."""
    if victim.incident_id != incident.id:
        raise RuleBroken(N_("Choose a person of this incident."), field="victim")
    texts = {
        "stated_reason": checks.words(stated_reason, field="stated_reason", most=checks.ENTRY),
        "consequences": checks.words(consequences, field="consequences", most=checks.ENTRY),
    }
    act.victim = victim
    act.kind = checks.code(kind, rules.choosable("acts", act.kind), field="kind")
    act.articles = checks.articles(articles)
    act.method = checks.code_or_none(method, rules.choosable("methods", act.method), field="method")
    act.victim_status = checks.code_or_none(
        victim_status, rules.choosable("victim_statuses", act.victim_status), field="victim_status"
    )
    by.ring.seal(act, **texts)
    coded = {"kind": kind, "articles": act.articles, "method": act.method, "victim_status": act.victim_status}
    return {"victim": victim.id, **coded, **texts}


def fill_involvement(
    involvement: Involvement,
    incident: Incident,
    *,
    actor_kind: str,
    degree: str | None,
    unit: str | None,
    person: Person | None,
    by: Actor,
) -> Noted:
    """Fill in who took part in an act and how; raise `RuleBroken` at the field that cannot be."""
    if person is not None and person.incident_id != incident.id:
        raise RuleBroken(N_("Choose a person of this incident."), field="person")
    unit = checks.words(unit, field="unit", most=checks.LINE)
    involvement.person = person
    involvement.actor_kind = checks.code(
        actor_kind, rules.choosable("actor_kinds", involvement.actor_kind), field="actor_kind"
    )
    involvement.degree = checks.code_or_none(degree, rules.choosable("degrees", involvement.degree), field="degree")
    by.ring.seal(involvement, unit=unit)
    person_id = person.id if person else None
    return {"actor_kind": actor_kind, "degree": involvement.degree, "unit": unit, "person": person_id}


def fill_source(
    source: Source,
    *,
    connection: str,
    reliability: str,
    said_on: date | None,
    who: str | None,
    today: date,
    by: Actor,
) -> Noted:
    """Fill in who says so; raise `RuleBroken` at the field that cannot be."""
    who = checks.words(who, field="who", most=checks.ENTRY)
    source.connection = checks.code(connection, rules.choosable("connections", source.connection), field="connection")
    source.reliability = checks.code(reliability, rules.RELIABILITIES, field="reliability")
    source.said_on = checks.past(said_on, today=today, field="said_on")
    by.ring.seal(source, who=who)
    said = said_on.isoformat() if said_on else None
    return {"connection": connection, "reliability": reliability, "said_on": said, "who": who}
