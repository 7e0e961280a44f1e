"""The facts of an incident: the people in it, what was done to them and by whom, and who says so.

Each is a row of its own, so that two people can add to one incident at the same time.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks
from caseflow.incidents.entries import fill_act, fill_involvement, fill_person, fill_source, touch
from caseflow.incidents.models import Act, Incident, Involvement, Person, Source
from caseflow.kernel.announce import announce
from caseflow.ledger import operations as ledger


def add_person(
    incident: Incident,
    *,
    kind: str,
    name: str | None,
    pseudonym: str | None = None,
    contact: str | None = None,
    details: str | None = None,
    size: int | None = None,
    by: Actor,
    at: datetime,
) -> Person:
    """Add a person (`kind` individual) or a group of `size` people; raise `RuleBroken` at the field that cannot be."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    person = Person(safe_id=incident.safe_id, position=_after(incident.people))
    noted = fill_person(
        person, kind=kind, name=name, pseudonym=pseudonym, contact=contact, details=details, size=size, by=by
    )
    incident.people.append(person)
    touch(incident, at)
    public = {"reference": incident.reference, "kind": kind}
    ledger.record("incidents.add_person", by=by, at=at, about=person, public=public, details=noted)
    announce("incidents.people_changed", incident=incident, at=at)
    return person


def add_act(
    incident: Incident,
    *,
    victim: Person,
    kind: str,
    articles: Collection[str],
    method: str | None = None,
    stated_reason: str | None = None,
    consequences: str | None = None,
    victim_status: str | None = None,
    by: Actor,
    at: datetime,
) -> Act:
    """Add what was done to `victim`: codes of the tables in `rules`, treaty articles such as `ICCPR:7`, sealed texts."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    act = Act(safe_id=incident.safe_id, position=_after(incident.acts))
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
    incident.acts.append(act)
    touch(incident, at)
    public = {"reference": incident.reference, "kind": kind, "articles": act.articles}
    ledger.record("incidents.add_act", by=by, at=at, about=act, public=public, details=noted)
    announce("incidents.people_changed", incident=incident, at=at)
    return act


def add_involvement(
    act: Act,
    *,
    actor_kind: str,
    degree: str | None = None,
    unit: str | None = None,
    person: Person | None = None,
    by: Actor,
    at: datetime,
) -> Involvement:
    """Add who took part in `act`: the kind of actor, in what degree, of which unit, and the person if she is known."""
    incident = act.incident
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    involvement = Involvement(safe_id=act.safe_id)
    noted = fill_involvement(
        involvement, incident, actor_kind=actor_kind, degree=degree, unit=unit, person=person, by=by
    )
    act.involvements.append(involvement)
    touch(incident, at)
    public = {"reference": incident.reference, "actor_kind": actor_kind}
    ledger.record("incidents.add_involvement", by=by, at=at, about=involvement, public=public, details=noted)
    announce("incidents.people_changed", incident=incident, at=at)
    return involvement


def add_source(
    incident: Incident,
    *,
    connection: str,
    reliability: str,
    said_on: date | None = None,
    who: str | None = None,
    by: Actor,
    at: datetime,
) -> Source:
    """Add who says so, how she is connected to it, and how far she can be relied on."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    source = Source(safe_id=incident.safe_id)
    today = checks.today_for(by, at)
    noted = fill_source(
        source, connection=connection, reliability=reliability, said_on=said_on, who=who, today=today, by=by
    )
    incident.sources.append(source)
    touch(incident, at)
    public = {"reference": incident.reference}
    ledger.record("incidents.add_source", by=by, at=at, about=source, public=public, details=noted)
    return source


def _after(rows: Collection[Person] | Collection[Act]) -> int:
    return max((row.position for row in rows), default=0) + 1
