"""Sittings of the court, and the papers that go in and out."""

from __future__ import annotations

from datetime import date, datetime

from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.proceedings import papers
from caseflow.proceedings.events import day_of, refuse_future, tell
from caseflow.proceedings.models import Filing, Hearing, Stage


def record_hearing(
    stage: Stage,
    *,
    held_at: datetime,
    is_open: bool = True,
    place: str | None = None,
    judge: str | None = None,
    result: str | None = None,
    by: Actor,
    at: datetime,
) -> Hearing:
    """Enter a hearing, to come or held. Raises `RuleBroken` at `held_at`, or at `result` of one that is to come."""
    case = find(Case, stage.proceeding.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(stage))
    if day_of(held_at, by) < stage.began_on:
        words = N_("This stage began later. Record the hearing in the stage in which it was held.")
        raise RuleBroken(words, field="held_at", about=ledger.name_of(stage))
    if result and held_at > at:
        raise RuleBroken(N_("The hearing has not been held yet."), field="result", about=ledger.name_of(stage))
    hearing = Hearing(
        safe_id=stage.safe_id, case_id=case.id, held_at=held_at, is_open=is_open, by_id=by.member_id, at=at
    )
    by.ring.seal(hearing, place=place, judge=judge, result=result)
    stage.hearings.append(hearing)
    db.session.flush()
    details = {name: text for name, text in (("place", place), ("judge", judge), ("result", result)) if text}
    public = {"at": held_at.isoformat(), "open": is_open}
    ledger.record("proceedings.record_hearing", by=by, at=at, about=hearing, public=public, details=details or None)
    tell(case, stage.proceeding, (), trigger_id=hearing.id, by=by, at=at)
    return hearing


def record_result(hearing: Hearing, *, result: str, by: Actor, at: datetime) -> None:
    """Write down how a hearing ended. Raises `RuleBroken` at `result` when it is empty, kept already, or too early."""
    case = find(Case, hearing.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(hearing))
    about = ledger.name_of(hearing)
    if not result.strip():
        raise RuleBroken(N_("Fill this in."), field="result", about=about)
    if hearing.held_at > at:
        raise RuleBroken(N_("The hearing has not been held yet."), field="result", about=about)
    if hearing.result_sealed is not None:
        raise RuleBroken(N_("The result has been recorded already."), field="result", about=about)
    by.ring.seal(hearing, result=result)
    db.session.flush()
    ledger.record("proceedings.record_result", by=by, at=at, about=hearing, details={"result": result})
    tell(case, hearing.stage.proceeding, (), trigger_id=hearing.id, by=by, at=at)


def record_filing(
    stage: Stage,
    *,
    direction: str,
    kind: str,
    filed_on: date,
    how: str | None = None,
    title: str,
    by: Actor,
    at: datetime,
) -> Filing:
    """Enter a paper that went out (`out`) or came in (`in`). Raises `RuleBroken` at the field that is wrong."""
    case = find(Case, stage.proceeding.case_id, visible_cases(by))
    demand(policy.may_record(by, case), about=ledger.name_of(stage))
    known = (
        ("direction", direction, papers.DIRECTIONS),
        ("kind", kind, papers.KINDS),
        ("how", how, papers.WAYS),
    )
    for field, code, table in known:
        if code not in table and not (field == "how" and not code):
            raise RuleBroken(N_("Choose one."), field=field, about=ledger.name_of(stage))
    if not title.strip():
        raise RuleBroken(N_("Fill this in."), field="title", about=ledger.name_of(stage))
    refuse_future(filed_on, field="filed_on", by=by, at=at)
    filing = Filing(
        safe_id=stage.safe_id,
        case_id=case.id,
        direction=direction,
        kind=kind,
        filed_on=filed_on,
        how=how or None,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(filing, title=title)
    stage.filings.append(filing)
    db.session.flush()
    public = {"direction": direction, "kind": kind, "on": filed_on.isoformat()}
    ledger.record("proceedings.record_filing", by=by, at=at, about=filing, public=public, details={"title": title})
    tell(case, stage.proceeding, (), trigger_id=filing.id, by=by, at=at)
    return filing
