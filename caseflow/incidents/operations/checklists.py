"""The checklists for arrest, ill-treatment and death: what was asked about one act, and what was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, rules
from caseflow.incidents.answers import Answers, answers_in
from caseflow.incidents.entries import touch
from caseflow.incidents.models import Act, Checklist
from caseflow.ledger import operations as ledger


def fill_checklist(
    act: Act,
    *,
    kind: str,
    answers: Mapping[str, tuple[str, str]],
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> Checklist | None:
    """Answer the questions of one checklist about `act`: question -> (code of the answer or '', note).

    `seen` is the `checks.stamp` of the answers that were on the screen, 0 for none. What is left empty is not answered;
    None when nothing ever was. Raises `RuleBroken` at `version` for a stale screen, at `answer_…` and `note_…` for what cannot be.
    """
    demand(policy.may_add(by, act.incident), about=ledger.name_of(act))
    questions = {one.code for one in rules.checklists()[checks.code(kind, rules.checklists(), field="kind")].questions}
    row = next((one for one in act.checklists if one.kind == kind), None)
    if row is not None:
        checks.unchanged(row, seen)
    given: Answers = {}
    for question, (code, said) in answers.items():
        checks.code(question, questions, field=f"answer_{question}")
        answer = checks.code_or_none(code, rules.checklist_answers(), field=f"answer_{question}")
        note = checks.words(said, field=f"note_{question}", most=checks.ENTRY)
        if answer or note:
            given[question] = (answer or "", note)
    before = answers_in(row, by) if row is not None else {}
    if given == before:
        return row
    if row is None:
        row = Checklist(safe_id=act.safe_id, incident_id=act.incident_id, kind=kind)
    by.ring.seal(row, answers=json.dumps(given, ensure_ascii=False))
    row.by_id, row.at = by.member_id, at
    if row not in act.checklists:
        act.checklists.append(row)
    touch(act.incident, at)
    public = {"reference": act.incident.reference, "kind": kind}
    details = {"before": before, "after": given}
    ledger.record("incidents.fill_checklist", by=by, at=at, about=act, public=public, details=details)
    return row
