"""What a court or body decided, when it was served, when it came into force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.network.rules import article
from caseflow.proceedings import rules
from caseflow.proceedings.events import refuse_future, tell
from caseflow.proceedings.models import Decision, Stage

SERVED_EARLY = N_("A decision is served on the day it was made or later.")
IN_FORCE_EARLY = N_("A decision comes into force on the day it was made or later.")


def record_decision(
    stage: Stage,
    *,
    outcome: str,
    decided_on: date,
    served_on: date | None = None,
    in_force_on: date | None = None,
    articles_violated: Collection[str] = (),
    articles_not_violated: Collection[str] = (),
    holding: str | None = None,
    by: Actor,
    at: datetime,
) -> Decision:
    """Enter what was decided at `stage`; the periods that this starts are proposed at once.

    Raises `RuleBroken` at `outcome`, `decided_on`, `served_on`, `in_force_on` or the articles.
    """
    case = find(Case, stage.proceeding.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(stage))
    procedure = stage.proceeding.procedure
    if all(known.id != outcome for known in rules.procedure(procedure).outcomes(stage.stage)):
        raise RuleBroken(N_("This stage does not end like that. Choose one of its outcomes."), field="outcome")
    if decided_on < stage.began_on:
        raise RuleBroken(N_("This stage began later. Check the day, or the stage."), field="decided_on")
    for field, day in (("decided_on", decided_on), ("served_on", served_on), ("in_force_on", in_force_on)):
        refuse_future(day, field=field, by=by, at=at)
    _after_decision(decided_on, served_on=served_on, in_force_on=in_force_on)
    _check_articles(articles_violated, articles_not_violated)
    decision = Decision(
        safe_id=stage.safe_id,
        case_id=case.id,
        outcome=outcome,
        decided_on=decided_on,
        served_on=served_on,
        in_force_on=in_force_on,
        articles_violated=sorted(set(articles_violated)),
        articles_not_violated=sorted(set(articles_not_violated)),
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(decision, holding=holding)
    stage.decisions.append(decision)
    db.session.flush()
    public = {
        "outcome": outcome,
        "on": decided_on.isoformat(),
        "violated": decision.articles_violated,
        "not_violated": decision.articles_not_violated,
    }
    details = {"holding": holding} if holding else None
    ledger.record("proceedings.record_decision", by=by, at=at, about=decision, public=public, details=details)
    days = {"decided": decided_on, "served": served_on, "in_force": in_force_on}
    events = [
        (code, day)
        for moment, day in days.items()
        if day is not None
        for code in rules.announced(procedure, stage.stage, moment, outcome)
    ]
    tell(case, stage.proceeding, events, trigger_id=decision.id, by=by, at=at)
    return decision


def record_service(decision: Decision, *, served_on: date, by: Actor, at: datetime) -> None:
    """Enter the day on which a copy of the decision was served. Raises `RuleBroken` at `served_on`."""
    case = find(Case, decision.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(decision))
    if decision.served_on is not None:
        raise RuleBroken(N_("The day of service has been recorded already."), field="served_on")
    refuse_future(served_on, field="served_on", by=by, at=at)
    _after_decision(decision.decided_on, served_on=served_on)
    decision.served_on = served_on
    db.session.flush()
    public = {"on": served_on.isoformat()}
    ledger.record("proceedings.record_service", by=by, at=at, about=decision, public=public)
    _tell_moment(case, decision, "served", served_on, by=by, at=at)


def record_in_force(decision: Decision, *, in_force_on: date, by: Actor, at: datetime) -> None:
    """Enter the day on which the decision came into force. Raises `RuleBroken` at `in_force_on`."""
    case = find(Case, decision.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(decision))
    if decision.in_force_on is not None:
        raise RuleBroken(N_("The day it came into force has been recorded already."), field="in_force_on")
    refuse_future(in_force_on, field="in_force_on", by=by, at=at)
    _after_decision(decision.decided_on, in_force_on=in_force_on)
    decision.in_force_on = in_force_on
    db.session.flush()
    public = {"on": in_force_on.isoformat()}
    ledger.record("proceedings.record_in_force", by=by, at=at, about=decision, public=public)
    _tell_moment(case, decision, "in_force", in_force_on, by=by, at=at)


def _tell_moment(case: Case, decision: Decision, moment: str, day: date, *, by: Actor, at: datetime) -> None:
    proceeding = decision.stage.proceeding
    codes = rules.announced(proceeding.procedure, decision.stage.stage, moment, decision.outcome)
    tell(case, proceeding, [(code, day) for code in codes], trigger_id=decision.id, by=by, at=at)


def _after_decision(decided_on: date, *, served_on: date | None = None, in_force_on: date | None = None) -> None:
    if served_on is not None and served_on < decided_on:
        raise RuleBroken(SERVED_EARLY, field="served_on")
    if in_force_on is not None and in_force_on < decided_on:
        raise RuleBroken(IN_FORCE_EARLY, field="in_force_on")


def _check_articles(violated: Collection[str], not_violated: Collection[str]) -> None:
    for field, codes in (("articles_violated", violated), ("articles_not_violated", not_violated)):
        if any(article(code) is None for code in codes):
            raise RuleBroken(N_("Choose articles from the list."), field=field)
    if set(violated) & set(not_violated):
        words = N_("An article is either found violated or not. Take it out of one of the lists.")
        raise RuleBroken(words, field="articles_not_violated")
