"""Each name of a case is compared with all others in the network, in the session of a coordinator, who holds all keys.

The team learns that there is nothing, that there may be something, or how it was resolved: never with whom.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime

from sqlalchemy import select

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.safes import visible
from caseflow.cases import rules
from caseflow.cases.checks import ask_people, finding_of, held_back, is_waiting
from caseflow.cases.conflicts import Comparison, Hit, as_hits, as_text, serious
from caseflow.cases.models import Case, ConflictCheck, ConflictFinding, IncidentLink
from caseflow.cases.names import Known, pieces_of
from caseflow.incidents.models import Incident
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Grant, Safe
from caseflow.ledger import operations as ledger

log = logging.getLogger(__name__)

AT_SIGN_IN, AT_SIGN_IN_PIECES = 0.3, 10  # seconds; pieces of the list of names, beyond which it waits for the page
COORDINATORS = "coordinators"  # the kind of the safe for what coordinators alone may read
_WHY = unscoped("which names of a case are to be compared follows acts that have asked")


def check_names(comparison: Comparison, *, held_too: bool = False, most: int = 100, by: Actor, at: datetime) -> int:
    """Compare up to `most` waiting names with those of `comparison`; return how many were.

    Names of which somebody entered more than `MOST_A_DAY` wait until a coordinator has seen that: `held_too`.
    """
    demand(policy.may_check_conflicts(by), about="cases:")
    waiting = select(ConflictCheck).where(visible(ConflictCheck, by), ConflictCheck.state == "waiting")
    found = list(db.session.scalars(waiting.order_by(ConflictCheck.asked_at, ConflictCheck.id).limit(most)))
    held = set() if held_too else held_back(found, at=at)
    done = [check for check in found if check.case_id not in held]
    safe_id = _safe(by=by, at=at) if done else None
    if safe_id is None:
        return 0
    by.ring.prepare([*done, safe_id])
    for check in done:
        _note(check, comparison.of(check.case, check.subject), safe_id, by=by, at=at)
        ledger.record("cases.check_name", by=by, at=at, about=check, public={"result": check.state})
    return len(done)


def resolve_conflict(
    check: ConflictCheck, *, verdict: str, reason: str, answer: str | None = None, by: Actor, at: datetime
) -> None:
    """Decide about a possible conflict: `reason` is read by coordinators only, `answer` by the team.

    Raises `RuleBroken` at `verdict` or `reason`.
    """
    demand(policy.may_resolve_conflict(by, check), about=ledger.name_of(check))
    if verdict not in rules.CONFLICT_VERDICTS:
        raise RuleBroken(N_("Choose one."), field="verdict", about=ledger.name_of(check))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(check))
    finding = finding_of(check, by)
    if finding is None:
        raise RuleBroken(N_("What was found cannot be opened. Let the name be compared anew."), field="verdict")
    by.ring.seal(finding, reason=reason)
    by.ring.seal(check, answer=answer)
    check.state, check.verdict, check.resolved_by_id, check.resolved_at = "resolved", verdict, by.member_id, at
    db.session.flush()
    public = {"verdict": verdict}
    told = {"answer": answer} if answer else None
    ledger.record("cases.resolve_conflict", by=by, at=at, about=check, public=public, details=told)
    ledger.record("cases.resolve_conflict", by=by, at=at, about=finding, public=public, details={"reason": reason})


def _note(check: ConflictCheck, hits: set[Hit], safe_id: str, *, by: Actor, at: datetime) -> None:
    finding = finding_of(check, by)
    before = as_hits(by.ring.text(finding, "hits")) if finding is not None else []
    if finding is None:
        finding = ConflictFinding(safe_id=safe_id, check_id=check.id)
        db.session.add(finding)
    by.ring.seal(finding, hits=as_text(hits))
    found = serious(hits)
    if not found:
        check.state = "clear"
    elif check.verdict is not None and found <= serious(before):
        check.state = "resolved"  # nothing that was not known when it was decided
    else:
        check.state, check.verdict, check.resolved_by_id, check.resolved_at = "possible", None, None, None
        check.answer_sealed = None
    check.done_at = at
    db.session.flush()


def _safe(*, by: Actor, at: datetime) -> str | None:
    """Return the safe that coordinators alone hold, made when it is first needed; None while her key to it is under way."""
    of_kind = select(Safe.id).where(Safe.kind == COORDINATORS).order_by(Safe.made_at, Safe.id).limit(1)
    held = db.session.scalar(of_kind.join(Grant, Grant.safe_id == Safe.id).where(Grant.member_id == by.member_id))
    if held is not None or db.session.scalar(of_kind) is not None:
        return held
    made = keys.new_safe(COORDINATORS, by=by, at=at)
    keys.settle([made.id], by=by, at=at)
    return made.id


@on("incidents.people_changed")
def _anew(incident: Incident, at: datetime) -> None:
    """Whoever is new in an incident, or stands on another side there, is compared for the cases it is in."""
    if incident.state != "taken_to_case":
        return
    linked = select(Case).join(IncidentLink, IncidentLink.case_id == Case.id)
    open_ones = linked.where(IncidentLink.incident_id == incident.id, Case.state == "open")
    for case in db.session.scalars(open_ones, execution_options=_WHY):
        ask_people(case, [incident], at=at)


@on("entrance.signed_in")
def _go_on(by: Actor, at: datetime, **_facts: object) -> None:
    # A name waits for a coordinator's keys. Whoever comes in compares a few; it must not keep her out.
    if policy.may_check_conflicts(by) is not None or not is_waiting(by) or pieces_of(by) > AT_SIGN_IN_PIECES:
        return
    try:
        with db.session.begin_nested():
            known = Known.of(by, until=time.monotonic() + AT_SIGN_IN)
            if not known.left:
                check_names(Comparison(known), most=50, by=by, at=at)
    except Exception:
        log.exception("waiting names could not be compared at a sign-in")
