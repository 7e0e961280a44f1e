"""What follows from an incident: who is at risk, what was done about it, and which other incidents it belongs with."""

from __future__ import annotations

from datetime import date, datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, queries, rules
from caseflow.incidents.entries import Noted, touch
from caseflow.incidents.models import Incident, IncidentRelation, Intervention, Person, Risk
from caseflow.incidents.terms import terms
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger

ELSEWHERE = N_("Choose a person of this incident.")


def assess_risk(
    incident: Incident,
    *,
    about: str,
    level: str,
    threat: str,
    review_on: date,
    measures: str | None = None,
    person: Person | None = None,
    by: Actor,
    at: datetime,
) -> Risk:
    """Judge what somebody has to fear; what was judged of the same one before stays to be read, and reminds no more.

    Raises `RuleBroken` at the field that cannot be, at `review_on` for a day that is over.
    """
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    if person is not None and person.incident_id != incident.id:
        raise RuleBroken(ELSEWHERE, field="person")
    if review_on <= checks.today_for(by, at):
        raise RuleBroken(N_("This day is over. Choose a day on which it is looked at again."), field="review_on")
    missing = N_("Say what is to be feared.")
    texts = {
        "threat": checks.words(threat, field="threat", most=checks.ENTRY, missing=missing),
        "measures": checks.words(measures, field="measures", most=checks.ENTRY),
    }
    risk = Risk(
        safe_id=incident.safe_id,
        person_id=person.id if person else None,
        about=checks.code(about, terms("risk_about"), field="about"),
        level=checks.code(level, terms("risk_levels"), field="level"),
        review_on=review_on,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(risk, **texts)
    before = [
        one for one in incident.risks if one.later_id is None and (one.about, one.person_id) == (about, risk.person_id)
    ]
    incident.risks.append(risk)
    db.session.flush()
    for one in before:
        one.later_id = risk.id
    touch(incident, at)
    public = {"reference": incident.reference, "level": level, "review_on": review_on.isoformat()}
    details = {"about": about, "person": risk.person_id, **texts}
    ledger.record("incidents.assess_risk", by=by, at=at, about=risk, public=public, details=details)
    return risk


def add_intervention(
    incident: Incident,
    *,
    kind: str,
    on: date | None,
    on_precision: str,
    party: str | None = None,
    addressee: str | None = None,
    details: str | None = None,
    result: str | None = None,
    response: str | None = None,
    person: Person | None = None,
    by: Actor,
    at: datetime,
) -> Intervention:
    """Add what was done about an incident. Raises `RuleBroken` at the field that cannot be."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    row = Intervention(safe_id=incident.safe_id, by_id=by.member_id, at=at)
    noted = _fill(
        row,
        incident,
        kind=kind,
        on=on,
        on_precision=on_precision,
        texts={"party": party, "addressee": addressee, "details": details, "response": response},
        result=result,
        person=person,
        by=by,
        at=at,
    )
    incident.interventions.append(row)
    touch(incident, at)
    public = {"reference": incident.reference, "kind": kind}
    ledger.record("incidents.add_intervention", by=by, at=at, about=row, public=public, details=noted)
    return row


def correct_intervention(
    row: Intervention,
    *,
    kind: str,
    on: date | None,
    on_precision: str,
    party: str | None,
    addressee: str | None,
    details: str | None,
    result: str | None,
    response: str | None,
    person: Person | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Say anew what was done and what came of it; `seen` is the `checks.stamp` of what was on the screen.

    It stays open while the incident is: answers come late.
    """
    demand(policy.may_add(by, row.incident), about=ledger.name_of(row))
    checks.unchanged(row, seen)
    names = ("party", "addressee", "details", "response")
    before = {"kind": row.kind, "result": row.result, **{name: by.ring.text(row, name) for name in names}}
    noted = _fill(
        row,
        row.incident,
        kind=kind,
        on=on,
        on_precision=on_precision,
        texts={"party": party, "addressee": addressee, "details": details, "response": response},
        result=result,
        person=person,
        by=by,
        at=at,
    )
    touch(row.incident, at)
    public = {"reference": row.incident.reference, "kind": kind}
    both = {"before": before, "after": noted}
    ledger.record("incidents.correct_intervention", by=by, at=at, about=row, public=public, details=both)


def link_incidents(
    incident: Incident, *, kind: str, reference: str, note: str | None = None, by: Actor, at: datetime
) -> IncidentRelation:
    """Link an incident with another one that `by` may read. Raises `RuleBroken` at `reference` for any other, and itself."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    checks.code(kind, rules.LINKS, field="kind")
    note = checks.words(note, field="note", most=checks.ENTRY)
    other = queries.by_reference(by, reference)
    if other is None:
        raise RuleBroken(N_("No incident that you may open has this reference."), field="reference")
    if other.id == incident.id:
        raise RuleBroken(N_("This is the reference of this incident itself."), field="reference")
    if any((link.kind, row.id) == (kind, other.id) for link, row in queries.links_of(by, incident)):
        raise RuleBroken(N_("The two are linked in this way already."), field="reference")
    link = IncidentRelation(
        safe_id=incident.safe_id, from_id=incident.id, to_id=other.id, kind=kind, by_id=by.member_id, at=at
    )
    by.ring.seal(link, note=note)
    db.session.add(link)
    touch(incident, at)
    # Who holds this safe alone learns nothing of the other one, not even that it is there.
    details = {"other": other.id, "reference": other.reference, "note": note}
    public = {"reference": incident.reference}
    ledger.record("incidents.link_incidents", by=by, at=at, about=incident, public=public, details=details)
    return link


def unlink_incidents(incident: Incident, *, link: IncidentRelation, reason: str, by: Actor, at: datetime) -> None:
    """Take a link back, with a reason; what it said stays sealed in the ledger."""
    demand(policy.may_add(by, incident), about=ledger.name_of(incident))
    missing = N_("Say why the two do not belong together.")
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=missing)
    details = {"from": link.from_id, "to": link.to_id, "kind": link.kind, "note": by.ring.text(link, "note")}
    db.session.delete(link)
    touch(incident, at)
    public = {"reference": incident.reference}
    told = {**details, "reason": reason}
    ledger.record("incidents.unlink_incidents", by=by, at=at, about=incident, public=public, details=told)


def _fill(
    row: Intervention,
    incident: Incident,
    *,
    kind: str,
    on: date | None,
    on_precision: str,
    texts: dict[str, str | None],
    result: str | None,
    person: Person | None,
    by: Actor,
    at: datetime,
) -> Noted:
    if person is not None and person.incident_id != incident.id:
        raise RuleBroken(ELSEWHERE, field="person")
    moment = checks.moment(on, on_precision, field="on")
    if moment.earliest is not None:
        checks.past(moment.earliest, today=checks.today_for(by, at), field="on")
    most = {"party": checks.LINE, "addressee": checks.LINE}
    said = {name: checks.words(text, field=name, most=most.get(name, checks.ENTRY)) for name, text in texts.items()}
    row.kind = checks.code(kind, rules.choosable("intervention_kinds", row.kind), field="kind")
    row.result = checks.code_or_none(result, terms("intervention_results"), field="result")
    row.on, row.on_precision = on, on_precision
    row.person_id = person.id if person else None
    by.ring.seal(row, **said)
    told = {"kind": kind, "on": on.isoformat() if on else None, "result": row.result, "person": row.person_id}
    return {**told, **said}
