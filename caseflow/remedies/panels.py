"""What the case page shows of remedies."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.access import remedies as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.proceedings.models import Decision
from caseflow.remedies import rules
from caseflow.remedies.models import Measure
from caseflow.web.navigation import Panel, panel


@panel("case", order=65)
def remedies_of_case(case: Case, actor: Actor) -> Panel | None:
    """Draw the measures ordered in the case; nothing before the first decision."""
    decided = select(Decision).where(Decision.case_id == case.id, visible(Decision, actor))
    decisions = list(db.session.scalars(decided.order_by(Decision.decided_on)))
    if not decisions:
        return None
    ordered = select(Measure).where(Measure.case_id == case.id, policy.visible_to(actor)).order_by(Measure.at)
    return Panel(
        "remedies",
        N_("Measures ordered"),
        "remedies/panel.html",
        {
            "measures": list(db.session.scalars(ordered)),
            "decisions": decisions,
            "rules": rules,
            "may_record": policy.may_record(actor, case),
        },
    )
