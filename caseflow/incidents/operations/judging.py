"""Judging whether two incidents are one, or two people in them: always with a reason, and never for good."""

from __future__ import annotations

from datetime import datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, duplicates
from caseflow.incidents.models import Incident, Judgement, Person
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


def judge(
    incident: Incident,
    *,
    other: Incident,
    people: tuple[Person, Person] | None,
    same: bool,
    reason: str,
    by: Actor,
    at: datetime,
) -> Judgement:
    """Judge whether `incident` and `other` are one, or `people` (one of each) one person. Nothing in either changes.

    Raises `RuleBroken` at `what` for what cannot be compared or is judged so already, and at `reason` without one.
    """
    demand(policy.may_judge(by, incident), about=ledger.name_of(incident))
    demand(policy.may_judge(by, other), about=ledger.name_of(other))
    if other.id == incident.id:
        raise RuleBroken(N_("This is the reference of this incident itself."), field="what")
    one, two = people or (None, None)
    if one is not None and two is not None and (one.incident_id, two.incident_id) != (incident.id, other.id):
        raise RuleBroken(N_("Choose one person of each incident."), field="what")
    kind = f"{'same' if same else 'other'}_{'person' if people else 'incident'}"
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=N_("Say why you think so."))
    for judged in duplicates.judgements_of(by, incident):
        if (judged.other.id, judged.here, judged.there) == (other.id, one, two):
            raise RuleBroken(N_("This is judged already. Take that back first."), field="what")
    row = Judgement(
        safe_id=incident.safe_id,
        from_id=incident.id,
        to_id=other.id,
        kind=kind,
        from_person_id=one.id if one else None,
        to_person_id=two.id if two else None,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(row, reason=reason)
    db.session.add(row)
    _record("incidents.judge", incident, row, {"because": reason}, by=by, at=at)
    return row


def withdraw_judgement(incident: Incident, *, judgement: Judgement, reason: str, by: Actor, at: datetime) -> None:
    """Take a judgement back, with a reason; both reasons stay sealed in the ledger."""
    demand(policy.may_judge(by, incident), about=ledger.name_of(incident))
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=N_("Say why."))
    before = by.ring.text(judgement, "reason")
    db.session.delete(judgement)
    _record(
        "incidents.withdraw_judgement",
        incident,
        judgement,
        {"because": before, "withdrawn_because": reason},
        by=by,
        at=at,
    )


def _record(verb: str, incident: Incident, row: Judgement, said: dict[str, str], *, by: Actor, at: datetime) -> None:
    # The history shows only that something was judged: not with what nor why, for who holds one of the two safes alone.
    told = {"from": row.from_id, "to": row.to_id, "kind": row.kind, "people": [row.from_person_id, row.to_person_id]}
    public = {"reference": incident.reference}
    ledger.record(verb, by=by, at=at, about=incident, public=public, details={**told, **said})
