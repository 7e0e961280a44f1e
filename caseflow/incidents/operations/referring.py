"""Referring an incident to another organisation: chosen parts go into a new incident there, which is accepted or rejected.

The new incident lies in a safe of its own. Whoever is to answer for it holds that safe from the moment of the offer, as
the ledger tells, and never the first one; what she does not accept is taken back, and her key with it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.access.facts import able_members
from caseflow.incidents import checks, letters, passing
from caseflow.incidents.entries import advance
from caseflow.incidents.models import HandOver, Incident, Message, Person, Referral
from caseflow.kernel.counters import next_number
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.ledger.words import tell
from caseflow.network.models import Member

tell(
    {
        "incidents.refer": N_("referred the incident to another organisation"),
        "incidents.pass_on": N_("passed parts of an incident on to %(member)s"),
        "incidents.accept_referral": N_("accepted what another organisation referred"),
        "incidents.reject_referral": N_("rejected what another organisation referred"),
        "incidents.take_back": N_("took back what was referred to another organisation"),
    }
)
_COPIED = ("region", "began_on", "began_precision", "ended_on", "ended_precision", "language")


def refer(
    incident: Incident,
    *,
    to: Member,
    parts: Collection[str],
    people: Collection[Person],
    reason: str,
    note: str | None = None,
    by: Actor,
    at: datetime,
) -> Referral:
    """Offer the chosen parts of `incident` to `to`, a documenter or coordinator of another organisation.

    `parts` are of `passing.PARTS`, `people` go with what was done to them; who has not consented to it goes without her
    name. Title, region, dates and language always go. Raises `RuleBroken` at `to`, `parts`, `people` or `reason`.
    """
    demand(policy.may_refer(by, incident), about=ledger.name_of(incident))
    role = able_members().get(to.id)
    if role not in (Role.DOCUMENTER, Role.COORDINATOR):
        raise RuleBroken(N_("Choose a documenter or a coordinator whose key is confirmed."), field="to")
    if to.organisation_id == incident.organisation_id:
        raise RuleBroken(N_("Choose somebody of another organisation."), field="to")
    if not set(parts) <= set(passing.PARTS):
        raise RuleBroken(checks.FROM_THE_LIST, field="parts")
    if any(person.incident_id != incident.id for person in people):
        raise RuleBroken(N_("Choose a person of this incident."), field="people")
    if "narrative" not in parts and not people:
        raise RuleBroken(
            N_("Choose the narrative or at least one person: without them nothing is told."), field="parts"
        )
    missing = N_("Say why it is better placed there. The person who logged it reads this.")
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=missing)
    note = checks.words(note, field="note", most=checks.ENTRY)
    today = checks.today_for(by, at)
    safe = keys.new_safe("incident", by=by, at=at)
    new = Incident(
        safe_id=safe.id,
        reference=f"IN-{today.year}-{next_number(f'incident {today.year}'):04d}",
        state="offered",
        by_id=to.id,
        organisation_id=to.organisation_id,
        logged_at=at,
        changed_at=at,
        **{name: getattr(incident, name) for name in _COPIED},
    )
    by.ring.prepare([incident])
    passing.fill(new, incident, parts=parts, people=people, today=today, by=by)
    if note:
        message = Message(safe_id=safe.id, kind="note", by_id=by.member_id, at=at)
        by.ring.seal(message, body=note)
        new.messages.append(message)
    db.session.add(new)
    db.session.flush()
    referral = Referral(
        safe_id=incident.safe_id,
        incident_id=incident.id,
        received_id=new.id,
        to_organisation_id=to.organisation_id,
        to_id=to.id,
        parts=[*(part for part in passing.PARTS if part in parts), *(person.id for person in people)],
        state="offered",
        by_id=by.member_id,
        at=at,
    )
    db.session.add(referral)
    advance(incident, "referred", reason=reason, by=by, at=at)
    public = {"reference": incident.reference, "organisation": to.organisation_id, "to": new.reference}
    ledger.record("incidents.refer", by=by, at=at, about=incident, public=public, details={"reason": reason})
    public = {"reference": new.reference, "member": to.id, "region": new.region}
    ledger.record("incidents.pass_on", by=by, at=at, about=new, public=public)
    keys.settle([safe.id], by=by, at=at)
    letters.about_referral(new, to=to.id, at=at)
    return referral


def accept_referral(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Take over what another organisation referred: it becomes a draft of one's own."""
    demand(policy.may_decide_referral(by, incident), about=ledger.name_of(incident))
    referral = _decide(incident, "accepted", by=by, at=at)
    advance(incident, "draft", by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.accept_referral", by=by, at=at, about=incident, public=public)
    letters.about_decision(incident, to=referral.by_id, at=at)


def reject_referral(incident: Incident, *, reason: str, by: Actor, at: datetime) -> None:
    """Reject what another organisation referred; it stays, and a coordinator takes it back with the key to it.

    Raises `RuleBroken` at `reason` without one.
    """
    demand(policy.may_decide_referral(by, incident), about=ledger.name_of(incident))
    missing = N_("Say why, in a sentence. The coordinator who referred it reads this.")
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=missing)
    referral = _decide(incident, "rejected", by=by, at=at)
    advance(incident, "declined", reason=reason, by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.reject_referral", by=by, at=at, about=incident, public=public, details={"reason": reason})
    letters.about_decision(incident, to=referral.by_id, at=at)


def take_back(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Take back into review what was referred and not accepted; whoever held the parts loses the key to them."""
    demand(policy.may_take_back(by, incident), about=ledger.name_of(incident))
    referral = incident.referrals[-1]
    new = find(Incident, referral.received_id, policy.visible_to(by))
    by.ring.prepare([incident, new])
    said = next((by.ring.text(move, "reason") for move in new.moves if move.to_state == "declined"), None)
    if new.state == "offered":
        advance(new, "declined", by=by, at=at)
    referral.state, referral.decided_at = "taken_back", at
    if new.by_id != by.member_id:
        over = {"from_id": new.by_id, "to_id": by.member_id, "by_id": by.member_id, "at": at}
        new.hand_overs.append(HandOver(safe_id=new.safe_id, **over))
        new.by_id = by.member_id
    public = {"reference": new.reference, "member": by.member_id}
    ledger.record("incidents.take_back", by=by, at=at, about=new, public=public)
    keys.settle([new.safe_id], by=by, at=at)
    advance(incident, "in_review", reason=said, by=by, at=at)
    public = {"reference": incident.reference, "from": new.reference}
    ledger.record("incidents.take_back", by=by, at=at, about=incident, public=public)


def _decide(incident: Incident, state: str, *, by: Actor, at: datetime) -> Referral:
    referral = incident.received
    if referral is None:
        raise RuleBroken(N_("Nothing was referred here."), about=ledger.name_of(incident))
    referral.state, referral.decided_by_id, referral.decided_at = state, by.member_id, at
    return referral
