"""Counsel decides on a proposed deadline: it holds, it is another day, it is none, it was met."""

from __future__ import annotations

from datetime import date, datetime

from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.cases.position import keep
from caseflow.deadlines import rules
from caseflow.deadlines.models import Deadline
from caseflow.deadlines.next_dates import keep_next_dates
from caseflow.kernel.clock import today
from caseflow.kernel.db import find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.web.forms import unchanged


def confirm(deadline: Deadline, *, by: Actor, at: datetime) -> None:
    """Confirm a proposed deadline: counsel has looked and answers for the day. Raises `RuleBroken` for a second time."""
    case = find(Case, deadline.case_id, visible_cases(by))
    demand(policy.may_decide(by, case, deadline), about=ledger.name_of(deadline))
    if deadline.state == "confirmed":
        raise RuleBroken(N_("This deadline has been confirmed already."), about=ledger.name_of(deadline))
    deadline.state, deadline.decided_by_id, deadline.decided_at = "confirmed", by.member_id, at
    public = {"rule": deadline.rule, "last_day": deadline.last_day.isoformat()}
    ledger.record("deadlines.confirm", by=by, at=at, about=deadline, public=public)
    _follow(case, by=by, at=at)


def change(
    deadline: Deadline, *, last_day: date, reason: str, seen: int | None = None, by: Actor, at: datetime
) -> None:
    """Set another last day than the counted one, with the reason; this confirms it. `seen` is the version shown.

    Raises `RuleBroken` at `version`, `last_day` or `reason`.
    """
    case = find(Case, deadline.case_id, visible_cases(by))
    demand(policy.may_decide(by, case, deadline), about=ledger.name_of(deadline))
    unchanged(deadline, seen)
    if last_day < deadline.trigger_on:
        words = N_("The last day cannot be before the event that started the period.")
        raise RuleBroken(words, field="last_day", about=ledger.name_of(deadline))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(deadline))
    before, deadline.last_day = deadline.last_day, last_day
    deadline.target_day = max(deadline.trigger_on, rules.internal_target(last_day))
    deadline.state, deadline.decided_by_id, deadline.decided_at = "confirmed", by.member_id, at
    by.ring.seal(deadline, reason=reason)
    public = {"rule": deadline.rule, "before": before.isoformat(), "last_day": last_day.isoformat()}
    ledger.record("deadlines.change", by=by, at=at, about=deadline, public=public, details={"reason": reason})
    _follow(case, by=by, at=at)


def decline(deadline: Deadline, *, reason: str, by: Actor, at: datetime) -> None:
    """Decide that a deadline does not run in this case. Raises `RuleBroken` at `reason`."""
    case = find(Case, deadline.case_id, visible_cases(by))
    demand(policy.may_decide(by, case, deadline), about=ledger.name_of(deadline))
    if not reason.strip():
        raise RuleBroken(N_("Say why, in a sentence."), field="reason", about=ledger.name_of(deadline))
    deadline.state, deadline.decided_by_id, deadline.decided_at = "declined", by.member_id, at
    by.ring.seal(deadline, reason=reason)
    public = {"rule": deadline.rule}
    ledger.record("deadlines.decline", by=by, at=at, about=deadline, public=public, details={"reason": reason})
    _follow(case, by=by, at=at)


def meet(deadline: Deadline, *, by: Actor, at: datetime) -> None:
    """Mark a confirmed deadline as met: what had to be done was done."""
    case = find(Case, deadline.case_id, visible_cases(by))
    demand(policy.may_meet(by, case, deadline), about=ledger.name_of(deadline))
    deadline.state, deadline.met_by_id, deadline.met_at = "met", by.member_id, at
    public = {"rule": deadline.rule, "last_day": deadline.last_day.isoformat()}
    ledger.record("deadlines.meet", by=by, at=at, about=deadline, public=public)
    _follow(case, by=by, at=at)


def _follow(case: Case, *, by: Actor, at: datetime) -> None:
    keep(case.id, changed_at=at)
    keep_next_dates([case.id], today=today(by.timezone))
