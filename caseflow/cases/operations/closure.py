"""A case ends, with its outcome, and may be taken up again."""

from __future__ import annotations

from datetime import datetime

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.models import Case, Closure
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


def close(case: Case, *, outcome: str, reason: str | None = None, by: Actor, at: datetime) -> Closure:
    """Close a case with its outcome; nothing is recorded in it until it is reopened.

    Raises `RuleBroken` at `outcome`, and what a room above refuses, such as a confirmed deadline that still runs.
    """
    demand(policy.may_close(by, case), about=ledger.name_of(case))
    if outcome not in rules.CASE_OUTCOMES:
        raise RuleBroken(N_("Choose one."), field="outcome", about=ledger.name_of(case))
    announce("cases.closing", case=case, by=by, at=at)
    closure = Closure(safe_id=case.safe_id, case_id=case.id, outcome=outcome, by_id=by.member_id, at=at)
    by.ring.seal(closure, reason=reason)
    case.closure = closure
    case.state, case.changed_at = "closed", at
    db.session.flush()
    details = {"reason": reason} if reason else None
    ledger.record("cases.close", by=by, at=at, about=case, public={"outcome": outcome}, details=details)
    announce("cases.closed", case=case, by=by, at=at)
    return closure


def reopen(case: Case, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a closed case up again; the ledger keeps how it had been closed. Raises `RuleBroken` at `reason`."""
    demand(policy.may_reopen(by, case), about=ledger.name_of(case))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(case))
    public = {"outcome": case.closure.outcome} if case.closure else None
    if case.closure is not None:
        db.session.delete(case.closure)
    case.closure, case.state, case.changed_at = None, "open", at
    db.session.flush()
    ledger.record("cases.reopen", by=by, at=at, about=case, public=public, details={"reason": reason})
    announce("cases.reopened", case=case, by=by, at=at)
