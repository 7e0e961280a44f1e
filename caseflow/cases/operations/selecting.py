"""Before a case is taken: what is asked, answered in words, and what each of the team thinks it may come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.models import Case, Potential, Selection
from caseflow.cases.position import keep
from caseflow.cases.rubric import CRITERIA, objection_to_score
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


def answer_selection(case: Case, *, answers: Mapping[str, str], decision: str, by: Actor, at: datetime) -> Selection:
    """Answer the questions of `rules.SELECTION` and decide; what was said before stays sealed in the ledger.

    To take the case takes an answer to each. Raises `RuleBroken` at `decision` or at the question.
    """
    demand(policy.may_select(by, case), about=ledger.name_of(case))
    if decision not in rules.SELECTION_DECISIONS:
        raise RuleBroken(N_("Choose one."), field="decision", about=ledger.name_of(case))
    said = {code: answers.get(code, "").strip() for code in rules.SELECTION}
    empty = next((code for code, words in said.items() if not words), None)
    if decision == "taken" and empty is not None:
        raise RuleBroken(N_("Answer this before the case is taken."), field=empty, about=ledger.name_of(case))
    row = case.selection or Selection(safe_id=case.safe_id, case_id=case.id)
    row.decision, row.by_id, row.at = decision, by.member_id, at
    by.ring.seal(row, answers=json.dumps(said, ensure_ascii=False))
    case.selection = row
    db.session.flush()
    keep(case.id, changed_at=at)
    public = {"decision": decision}
    ledger.record("cases.answer_selection", by=by, at=at, about=row, public=public, details={"answers": said})
    return row


def estimate(case: Case, *, values: Mapping[str, int], notes: Mapping[str, str], by: Actor, at: datetime) -> Potential:
    """Keep what `by` thinks the case may come to: a value and a reason for each criterion; a later one replaces hers.

    Raises `RuleBroken` at the criterion, or `<criterion>_note`.
    """
    demand(policy.may_estimate(by, case), about=ledger.name_of(case))
    for criterion in CRITERIA:
        objection = objection_to_score(criterion.id, values.get(criterion.id), notes.get(criterion.id))
        if objection is not None:
            field = criterion.id if criterion.id not in values else f"{criterion.id}_note"
            raise RuleBroken(objection, field=field, about=ledger.name_of(case))
    told = {criterion.id: [values[criterion.id], notes[criterion.id]] for criterion in CRITERIA}
    row = next((one for one in case.potentials if one.by_id == by.member_id), None)
    if row is None:
        row = Potential(safe_id=case.safe_id, case_id=case.id, by_id=by.member_id)
    row.at = at
    by.ring.seal(row, values=json.dumps(told, ensure_ascii=False))
    db.session.add(row)
    db.session.flush()
    db.session.expire(case, ["potentials"])
    keep(case.id, changed_at=at)
    ledger.record("cases.estimate", by=by, at=at, about=row, details=told)
    return row
