"""An event of the case proposes the deadlines it starts, each with its rule and the calendar it was counted by."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.deadlines import rules
from caseflow.deadlines.models import Deadline
from caseflow.deadlines.next_dates import keep_next_dates
from caseflow.kernel.announce import on as listen
from caseflow.kernel.clock import today
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.proceedings import rules as procedures
from caseflow.proceedings.models import Proceeding

MANDATE = "CASE-MANDATE-ENDS"


@listen("proceedings.event")
def _propose(
    *, case: Case, proceeding: Proceeding, code: str, on: date, trigger_id: str, by: Actor, at: datetime
) -> None:
    # Whoever recorded the event was asked for the right to; proposing is part of that act.
    propose_for(case, proceeding, code, on=on, trigger_id=trigger_id, by=by, at=at)


def propose_for(
    case: Case, proceeding: Proceeding, code: str, *, on: date, trigger_id: str, by: Actor | None, at: datetime
) -> int:
    """Propose what the event `code` starts and was not proposed for it before; return how many."""
    mine = select(Deadline.rule).where(Deadline.trigger_id == trigger_id)
    why = unscoped("one event starts one deadline by each rule, whoever sees it")
    known = set(db.session.scalars(mine, execution_options=why))
    # An act of a domestic court may start a term before a body of the United Nations too.
    jurisdictions = {procedures.procedure(proceeding.procedure).jurisdiction, "UN"}
    proposed = 0
    for rule in rules.rules_started_by(code, jurisdiction=jurisdictions, procedure=proceeding.procedure):
        if rule.id in known:
            continue
        try:
            counted = rules.count(rule, on)
        except rules.DeadlineRefusal:
            continue  # no fixed term, or the rule was not in force that day: there is no date to propose
        _enter(case, rule, counted, proceeding_id=proceeding.id, trigger_id=trigger_id, code=code, by=by, at=at)
        proposed += 1
    return proposed


def _enter(
    case: Case,
    rule: rules.Rule,
    counted: rules.Counted,
    *,
    proceeding_id: str | None,
    trigger_id: str,
    code: str,
    by: Actor | None,
    at: datetime,
) -> None:
    on, target = counted.trigger, rules.internal_target(counted.last_day)
    deadline = Deadline(
        safe_id=case.safe_id,
        case_id=case.id,
        proceeding_id=proceeding_id,
        rule=rule.id,
        rule_version=counted.rule_version,
        calendar_version=counted.calendar_version,
        trigger_event=code,
        trigger_id=trigger_id,
        trigger_on=on,
        counted_last_day=counted.last_day,
        last_day=counted.last_day,
        target_day=max(on, target) if rule.period else target,
        state="proposed",
        proposed_at=at,
    )
    db.session.add(deadline)
    public = {"rule": rule.id, "event": code, "on": on.isoformat(), "last_day": counted.last_day.isoformat()}
    ledger.record("deadlines.propose", by=by, at=at, about=deadline, public=public)


@listen("cases.mandate_ends")
def _propose_renewal(*, case: Case, mandate_id: str, until: date, by: Actor, at: datetime) -> None:
    # Whoever recorded the mandate was asked for the right to. The day is the paper's own; nothing is counted from it.
    rule = rules.rule(MANDATE)
    counted = rules.count(rule, until)
    _enter(case, rule, counted, proceeding_id=None, trigger_id=mandate_id, code="mandate_ends", by=by, at=at)
    keep_next_dates([case.id], today=today(by.timezone))


@listen("proceedings.changed")
def _keep_next(*, case: Case, by: Actor, **_facts: object) -> None:
    keep_next_dates([case.id], today=today(by.timezone))


@listen("cases.closing")
def _refuse_with_open_deadlines(*, case: Case, **_facts: object) -> None:
    running = select(Deadline.id).where(Deadline.case_id == case.id, Deadline.state == "confirmed")
    why = unscoped("a case is not closed over a deadline that runs, whoever sees it")
    if db.session.scalar(running.limit(1), execution_options=why) is not None:
        words = N_("A confirmed deadline still runs in this case. Mark it as met, or decline it with a reason, first.")
        raise RuleBroken(words, about=ledger.name_of(case))


@listen("cases.closed")
@listen("cases.reopened")
def _follow_state(*, case: Case, by: Actor, **_facts: object) -> None:
    keep_next_dates([case.id], today=today(by.timezone))
