"""Precedents: published ones are read by all; a review is read and scored in its own safe."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, false

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.cases import may_work_in
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.kernel.words import N_
from caseflow.precedents.models import Precedent, Review

BY_COORDINATOR = N_("Precedents are published by a coordinator.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a precedent must meet to exist for `actor`: it is published and not withdrawn.

    For somebody whose key nobody has confirmed there is none: whoever caught her letter may sit there.
    """
    return Precedent.withdrawn_at.is_(None) if actor.confirmed else false()


def visible_reviews(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a review must meet to exist for `actor`."""
    return visible(Review, actor)


def may_propose(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not propose a decision of `case` as a precedent, or None. A closed case does not hinder."""
    if actor.is_coordinator:
        return unready(actor)
    objection = may_work_in(actor, case)
    return None if case.state == "closed" and any(c.member_id == actor.member_id for c in case.counsel) else objection


def may_invite_scorer(actor: Actor, review: Review) -> Objection:
    """Return why `actor` may not ask somebody to score `review`, or None."""
    if review.state != "open":
        return N_("The review has ended.")
    return unready(actor) or (None if actor.is_coordinator else N_("Scorers are asked by a coordinator."))


def may_score(actor: Actor, review: Review, counsel: Collection[str]) -> Objection:
    """Return why `actor` may not score `review`, or None; `counsel` are the ids of all who are or were counsel."""
    if review.state != "open":
        return N_("The review has ended.")
    if actor.member_id in counsel:
        return N_("Counsel in the case does not score its decision.")
    if any(score.scorer_id == actor.member_id for score in review.scores):
        return N_("You have scored this decision.")
    if not actor.is_coordinator and all(s.member_id != actor.member_id for s in review.scorers):
        return N_("You have not been asked to score this decision.")
    return unready(actor)


def may_publish(actor: Actor, review: Review) -> Objection:
    """Return why `actor` may not publish `review` to the network, or None: two different people must have scored."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    if review.state != "open":
        return N_("The review has ended.")
    if len({score.scorer_id for score in review.scores}) < 2:
        return N_("Two different people must score a decision before it is published.")
    return unready(actor)


def may_withdraw(actor: Actor, precedent: Precedent) -> Objection:
    """Return why `actor` may not take `precedent` back, or None."""
    if precedent.origin != "own":
        return N_("Public decisions of other bodies stay in the library.")
    return unready(actor) or (None if actor.is_coordinator else BY_COORDINATOR)


def may_cite(actor: Actor) -> Objection:
    """Return why `actor` may not record that one decision cites another, or None."""
    return unready(actor) or (
        N_("Citations are recorded by lawyers and coordinators.") if actor.is_documenter else None
    )
