"""A proceeding begins and goes from stage to stage; what was is never rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.orm.attributes import flag_modified

from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.proceedings import rules
from caseflow.proceedings.events import refuse_future, tell
from caseflow.proceedings.models import Proceeding, Stage
from caseflow.web.forms import unchanged


def open_proceeding(
    case: Case,
    *,
    procedure: str,
    stage: str | None = None,
    court: str | None = None,
    number: str | None = None,
    began_on: date,
    by: Actor,
    at: datetime,
) -> Proceeding:
    """Open a proceeding of `procedure` at `stage`, its first one if left out.

    Raises `RuleBroken` at `procedure`, `stage`, `court` or `began_on`.
    """
    demand(policy.may_open(by, case), about=ledger.name_of(case))
    with _landing("procedure", about=case):
        known = rules.procedure(procedure)
    with _landing("stage", about=case):
        chosen = known.stage(stage or known.first.id).id
    _check_court(court, about=case)
    refuse_future(began_on, field="began_on", by=by, at=at)
    proceeding = Proceeding(safe_id=case.safe_id, case_id=case.id, procedure=procedure, by_id=by.member_id, at=at)
    db.session.add(proceeding)
    public = {"procedure": procedure, "stage": chosen, "on": began_on.isoformat()}
    begun = _begin(proceeding, chosen, court=court, number=number, began_on=began_on, by=by, at=at)
    ledger.record("proceedings.open_proceeding", by=by, at=at, about=proceeding, public=public)
    tell(
        case,
        proceeding,
        [(code, began_on) for code in rules.announced(known, chosen, "began")],
        trigger_id=begun.id,
        by=by,
        at=at,
        procedure=procedure,
        stage=chosen,
    )
    return proceeding


def move(
    proceeding: Proceeding,
    *,
    stage: str,
    court: str | None = None,
    number: str | None = None,
    began_on: date,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Stage:
    """Take a proceeding to its next stage; a remand adds one too. `seen` is the version that was on the screen.

    Raises `RuleBroken` at `stage` in the words of the procedure, at `court`, `began_on` or `version`.
    """
    case = find(Case, proceeding.case_id, visible_cases(by))
    demand(policy.may_move(by, case), about=ledger.name_of(proceeding))
    unchanged(proceeding, seen)
    present = proceeding.stages[-1]
    with _landing("stage", about=proceeding):
        objection = rules.may_move(proceeding.procedure, present.stage, stage, resumes=stage_suspended(proceeding))
    if objection is not None:
        raise RuleBroken(objection, field="stage", about=ledger.name_of(proceeding))
    _check_court(court, about=proceeding)
    refuse_future(began_on, field="began_on", by=by, at=at)
    if began_on < present.began_on:
        words = N_("The stage before it began later. Enter a day after that.")
        raise RuleBroken(words, field="began_on", about=ledger.name_of(proceeding))
    flag_modified(proceeding, "procedure")  # a new stage makes what others have on their screens old
    begun = _begin(proceeding, stage, court=court, number=number, began_on=began_on, by=by, at=at)
    public = {"from": present.stage, "stage": stage, "on": began_on.isoformat()}
    ledger.record("proceedings.move", by=by, at=at, about=proceeding, public=public)
    resumed = present.stage == rules.SUSPENDED
    announced = () if resumed else rules.announced(proceeding.procedure, stage, "began")
    tell(
        case,
        proceeding,
        [(code, began_on) for code in announced],
        trigger_id=begun.id,
        by=by,
        at=at,
        procedure=proceeding.procedure,
        stage=stage,
    )
    return begun


def _begin(
    proceeding: Proceeding,
    stage: str,
    *,
    court: str | None,
    number: str | None,
    began_on: date,
    by: Actor,
    at: datetime,
) -> Stage:
    begun = Stage(
        safe_id=proceeding.safe_id,
        position=len(proceeding.stages) + 1,
        stage=stage,
        court=court or None,
        began_on=began_on,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(begun, number=number)
    proceeding.stages.append(begun)
    db.session.flush()
    return begun


def stage_suspended(proceeding: Proceeding) -> str | None:
    """Return the stage at which a proceeding that is suspended now was suspended, or None."""
    before = [stage.stage for stage in proceeding.stages if stage.stage != rules.SUSPENDED]
    return before[-1] if before and proceeding.stages[-1].stage == rules.SUSPENDED else None


def _check_court(court: str | None, *, about: Case | Proceeding) -> None:
    if court:
        with _landing("court", about=about):
            rules.court(court)


@contextmanager
def _landing(field: str, *, about: Case | Proceeding) -> Iterator[None]:
    """Let what the tables do not know be said at its field."""
    try:
        yield
    except rules.UnknownProcedure as unknown:
        raise RuleBroken(unknown.message, field=field, about=ledger.name_of(about)) from None
