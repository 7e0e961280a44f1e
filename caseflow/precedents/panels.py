"""What the case page shows of precedents: its decisions under review or published."""

from __future__ import annotations

from sqlalchemy import select

from caseflow.access import precedents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.precedents.models import Precedent, Review
from caseflow.proceedings.models import Decision
from caseflow.web.navigation import Panel, panel


@panel("case", order=70)
def precedents_of_case(case: Case, actor: Actor) -> Panel | None:
    """Draw the decisions of the case with their way to a precedent."""
    decided = select(Decision).where(Decision.case_id == case.id, visible(Decision, actor))
    decisions = list(db.session.scalars(decided.order_by(Decision.decided_on)))
    if not decisions:
        return None
    mine = select(Review).where(Review.case_id == case.id, policy.visible_reviews(actor))
    reviews = {review.decision_id: review for review in db.session.scalars(mine)}
    ids = [review.id for review in reviews.values()]
    readable = select(Precedent).where(Precedent.review_id.in_(ids), policy.visible_to(actor))
    published = {precedent.review_id: precedent for precedent in db.session.scalars(readable)}
    return Panel(
        "precedents",
        N_("Precedent value"),
        "precedents/panel.html",
        {
            "decisions": decisions,
            "reviews": reviews,
            "published": published,
            "may_propose": policy.may_propose(actor, case),
        },
    )
