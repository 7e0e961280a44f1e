"""A case ends, with its outcome, and may be taken up again."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.models import Case, Closure
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


def close(
    case: Case,
    *,
    outcome: str,
    reason: str | None = None,
    keep_until: date | None = None,
    by: Actor,
    at: datetime,
) -> Closure:
    """Close a case with its outcome; nothing is recorded in it until it is reopened. It is kept until `keep_until` at least.

    Raises `RuleBroken` at `outcome` or `keep_until`, and what a room above refuses, such as a confirmed deadline that still runs.
    """
    demand(policy.may_close(by, case), about=ledger.name_of(case))
    if outcome not in rules.CASE_OUTCOMES:
        raise RuleBroken(N_("Choose one."), field="outcome", about=ledger.name_of(case))
    if keep_until is not None and keep_until < at.astimezone(ZoneInfo(by.timezone)).date():
        raise RuleBroken(N_("It cannot be kept until a day that has passed."), field="keep_until")
    announce("cases.closing", case=case, by=by, at=at)
    closure = Closure(
        safe_id=case.safe_id, case_id=case.id, outcome=outcome, keep_until=keep_until, by_id=by.member_id, at=at
    )
    by.ring.seal(closure, reason=reason)
    case.closure = closure
    case.state, case.changed_at = "closed", at
    db.session.flush()
    details = {"reason": reason} if reason else None
    public = {"outcome": outcome, "keep_until": keep_until.isoformat() if keep_until else None}
    ledger.record("cases.close", by=by, at=at, about=case, public=public, details=details)
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


def keep_longer(case: Case, *, until: date, reason: str, by: Actor, at: datetime) -> None:
    """Set another day until which a closed case is kept, with the reason. Raises `RuleBroken` at `until` or `reason`."""
    demand(policy.may_archive(by, case), about=ledger.name_of(case))
    if until < at.astimezone(ZoneInfo(by.timezone)).date():
        raise RuleBroken(
            N_("It cannot be kept until a day that has passed."), field="until", about=ledger.name_of(case)
        )
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(case))
    closure = case.closure
    before = closure.keep_until if closure else None
    if closure is not None:
        closure.keep_until = until
    db.session.flush()
    public = {"before": before.isoformat() if before else None, "until": until.isoformat()}
    ledger.record("cases.keep_longer", by=by, at=at, about=case, public=public, details={"reason": reason})


def archive(case: Case, *, by: Actor, at: datetime) -> None:
    """Put a closed case into the archive: it stays as it is, and leaves the usual lists. Raises `RuleBroken` twice over."""
    demand(policy.may_archive(by, case), about=ledger.name_of(case))
    closure = case.closure
    if closure is None or closure.archived_at is not None:
        raise RuleBroken(N_("The case is in the archive already."), about=ledger.name_of(case))
    closure.archived_at = at
    db.session.flush()
    ledger.record("cases.archive", by=by, at=at, about=case)


def unarchive(case: Case, *, by: Actor, at: datetime) -> None:
    """Take a case out of the archive; it stays closed. Raises `RuleBroken` when it is not there."""
    demand(policy.may_archive(by, case), about=ledger.name_of(case))
    closure = case.closure
    if closure is None or closure.archived_at is None:
        raise RuleBroken(N_("The case is not in the archive."), about=ledger.name_of(case))
    closure.archived_at = None
    db.session.flush()
    ledger.record("cases.unarchive", by=by, at=at, about=case)
