"""A decision of ours is proposed, two people score it, each for herself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from caseflow.access import precedents as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.cases import visible_to as visible_cases
from caseflow.cases.models import Case
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, find, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.precedents import rules
from caseflow.precedents.models import Review, Score, Scorer
from caseflow.proceedings.models import Decision


def propose(
    decision: Decision,
    *,
    title: str,
    question: str,
    holding: str,
    significance: str | None = None,
    by: Actor,
    at: datetime,
) -> Review:
    """Propose `decision` as a precedent: its question and holding go into a safe of their own.

    Coordinators, counsel in the case and the scorers asked hold that safe. Raises `RuleBroken` when the decision is
    under review already, or at an empty `title`, `question` or `holding`.
    """
    case = find(Case, decision.case_id, visible_cases(by))
    demand(policy.may_propose(by, case), about=ledger.name_of(decision))
    for field, value in (("title", title), ("question", question), ("holding", holding)):
        if not value.strip():
            raise RuleBroken(N_("Fill this in."), field=field, about=ledger.name_of(decision))
    whatever_state = unscoped("one decision has one review, whoever may read it")
    if db.session.scalar(select(Review.id).where(Review.decision_id == decision.id), execution_options=whatever_state):
        raise RuleBroken(N_("This decision has been proposed already."), about=ledger.name_of(decision))
    safe = keys.new_safe("review", by=by, at=at)
    review = Review(
        reference=case.reference,
        safe_id=safe.id,
        case_id=case.id,
        decision_id=decision.id,
        state="open",
        body=decision.stage.court or decision.stage.stage,
        decided_on=decision.decided_on,
        articles=sorted({*decision.articles_violated, *decision.articles_not_violated}),
        outcome=decision.outcome,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(review, title=title, question=question, holding=holding, significance=significance)
    db.session.add(review)
    db.session.flush()
    ledger.record("precedents.propose", by=by, at=at, about=review, public={"case": case.reference})
    keys.settle([safe.id], by=by, at=at)
    return review


def invite_scorer(review: Review, *, member: Member, by: Actor, at: datetime) -> Scorer:
    """Ask `member` to score; she may read the review from now on. Raises `RuleBroken` at `member` for counsel."""
    demand(policy.may_invite_scorer(by, review), about=ledger.name_of(review))
    if member.id in counsel_of(review):
        raise RuleBroken(N_("Counsel in the case does not score its decision."), field="member")
    if any(scorer.member_id == member.id for scorer in review.scorers):
        raise RuleBroken(N_("This person has been asked already."), field="member")
    scorer = Scorer(review_id=review.id, member_id=member.id, by_id=by.member_id, at=at)
    db.session.add(scorer)
    db.session.flush()
    ledger.record("precedents.invite_scorer", by=by, at=at, about=review, public={"member": member.id})
    keys.settle([review.safe_id], by=by, at=at)
    return scorer


def score(review: Review, *, values: Mapping[str, int], notes: Mapping[str, str], by: Actor, at: datetime) -> Score:
    """Keep the score of `by`: one value and one note for each criterion of the rubric.

    Raises `RuleBroken` at the criterion whose value or note is missing or wrong.
    """
    demand(policy.may_score(by, review, counsel_of(review)), about=ledger.name_of(review))
    for criterion in rules.CRITERIA:
        wrong = rules.objection_to_score(criterion.id, values.get(criterion.id), notes.get(criterion.id, ""))
        if wrong is not None:
            raise RuleBroken(wrong, field=criterion.id, about=ledger.name_of(review))
    kept = Score(review_id=review.id, safe_id=review.safe_id, scorer_id=by.member_id, at=at)
    chosen = {"values": dict(values), "notes": dict(notes)}
    by.ring.seal(kept, values=json.dumps(chosen, ensure_ascii=False, sort_keys=True))
    review.scores.append(kept)
    db.session.flush()
    ledger.record("precedents.score", by=by, at=at, about=review, details=chosen)
    return kept


def counsel_of(review: Review) -> set[str]:
    """Return the ids of all who are or were counsel in the case of `review`: none of them may score."""
    case = db.session.get(
        Case, review.case_id, execution_options=unscoped("a scorer who is no counsel cannot see the case")
    )
    return {counsel.member_id for counsel in case.counsel} if case else set()


@on("cases.counsel_changed")
def _settle_reviews(case: Case, by: Actor, at: datetime) -> None:
    mine = select(Review.safe_id).where(Review.case_id == case.id)
    safes = db.session.scalars(mine, execution_options=unscoped("counsel's keys follow the case to its reviews"))
    keys.settle(list(safes), by=by, at=at)
