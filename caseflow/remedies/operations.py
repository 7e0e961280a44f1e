"""Acts on remedies: writing down what was ordered, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from caseflow.access import remedies as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.kernel.clock import today
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.proceedings.models import Decision
from caseflow.remedies import rules
from caseflow.remedies.models import FollowUp, Measure
from caseflow.web.forms import unchanged


def order_measure(
    decision: Decision,
    *,
    kind: str,
    what: str,
    addressee: str | None = None,
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Measure:
    """Write down one measure that `decision` ordered. Raises `RuleBroken` at `kind`, `what` or `due_on`."""
    case = find(Case, decision.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(decision))
    if kind not in rules.measure_kinds():
        raise RuleBroken(N_("Choose one."), field="kind")
    if not what.strip():
        raise RuleBroken(N_("Fill this in."), field="what")
    if due_on is not None and due_on < decision.decided_on:
        raise RuleBroken(N_("A measure cannot be due before the decision that ordered it."), field="due_on")
    measure = Measure(
        safe_id=case.safe_id,
        case_id=case.id,
        decision_id=decision.id,
        kind=kind,
        state="not_started",
        due_on=due_on,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(measure, what=what, addressee=addressee)
    db.session.add(measure)
    db.session.flush()
    ledger.record("remedies.order_measure", by=by, at=at, about=measure, public={"kind": kind})
    return measure


def follow_up(
    measure: Measure,
    *,
    on: date,
    state: str,
    grade: str | None = None,
    note: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> FollowUp:
    """Write down what was found about `measure` on the day `on`. Raises `RuleBroken` at `on`, `state`, `grade`, `note`."""
    case = find(Case, measure.case_id, visible_cases(by))
    demand(policy.may_follow_up(by, case), about=ledger.name_of(measure))
    unchanged(measure, seen)
    if on > today(by.timezone):
        raise RuleBroken(N_("This date is in the future. Enter the day on which it happened."), field="on")
    if measure.follow_ups and on < measure.follow_ups[-1].on:
        raise RuleBroken(N_("A later finding is recorded already. Enter a day after it."), field="on")
    if state not in rules.measure_states():
        raise RuleBroken(N_("Choose one."), field="state")
    if grade and grade not in rules.grades():
        raise RuleBroken(N_("Choose one."), field="grade")
    if not note.strip():
        raise RuleBroken(N_("Say what was done and how you know."), field="note")
    found = FollowUp(safe_id=measure.safe_id, on=on, state=state, grade=grade or None, by_id=by.member_id, at=at)
    by.ring.seal(found, note=note)
    measure.follow_ups.append(found)
    measure.state, measure.grade = state, grade or measure.grade
    db.session.flush()
    public = {"state": state, "grade": grade}
    ledger.record("remedies.follow_up", by=by, at=at, about=measure, public=public, details={"note": note})
    return found
