"""Reading precedents and reviews for more than one caller."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, or_, select

from caseflow.access import precedents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import IncidentLink, Party
from caseflow.incidents.models import Person
from caseflow.kernel.db import db
from caseflow.network.names import fold
from caseflow.precedents.models import Citation, Precedent, Review
from caseflow.proceedings.models import Decision


def published(actor: Actor, *, words: str = "", article: str = "", body: str = "", origin: str = "") -> Select[Any]:
    """Return the query for the precedents `actor` may read, newest first, narrowed by what is given."""
    query = select(Precedent).where(policy.visible_to(actor))
    if words:
        for word in words.split()[:8]:
            like = f"%{word.replace('%', '').replace('_', '')}%"
            places = (Precedent.title, Precedent.number, Precedent.symbol, Precedent.holding, Precedent.question)
            query = query.where(or_(*(place.ilike(like) for place in places)))
    if body:
        query = query.where(Precedent.body == body)
    if origin:
        query = query.where(Precedent.origin == origin)
    if article:
        # ICCPR:9 finds its parts, ICCPR:9(1), and not ICCPR:9's neighbours with more digits.
        codes = Precedent.articles.cast(db.String)
        ends = (f'"{article}"', f'"{article}(')
        query = query.where(or_(*(codes.contains(end, autoescape=True) for end in ends)))
    return query.order_by(Precedent.decided_on.desc().nulls_last(), Precedent.title)


def bodies(actor: Actor) -> list[str]:
    """Return the bodies whose decisions are in the library."""
    return list(db.session.scalars(select(Precedent.body).where(policy.visible_to(actor)).distinct()))


def citations_of(precedent: Precedent) -> tuple[list[tuple[Citation, Precedent]], list[tuple[Citation, Precedent]]]:
    """Return what `precedent` cites, and what cites it, each with the other decision."""
    cites = select(Citation, Precedent).join(Precedent, Precedent.id == Citation.cited_id)
    cited = select(Citation, Precedent).join(Precedent, Precedent.id == Citation.citing_id)
    there = Precedent.withdrawn_at.is_(None)
    return (
        [(c, p) for c, p in db.session.execute(cites.where(Citation.citing_id == precedent.id, there))],
        [(c, p) for c, p in db.session.execute(cited.where(Citation.cited_id == precedent.id, there))],
    )


def open_reviews(actor: Actor) -> list[Review]:
    """Return the reviews that wait for scores or publication, oldest first, of those `actor` may read."""
    query = select(Review).where(Review.state == "open", policy.visible_reviews(actor)).order_by(Review.at)
    found = list(db.session.scalars(query))
    actor.ring.prepare(found)
    return found


def unreviewed_decisions(actor: Actor, *, most: int = 20) -> list[Decision]:
    """Return the latest decisions that nobody has proposed, of those `actor` may read."""
    reviewed = select(Review.decision_id).where(policy.visible_reviews(actor))
    query = select(Decision).where(visible(Decision, actor), Decision.id.not_in(reviewed))
    return list(db.session.scalars(query.order_by(Decision.decided_on.desc()).limit(most)))


def scores_of(actor: Actor, review: Review) -> dict[str, dict[str, Any]]:
    """Return scorer id -> {"values": {criterion: 0..4}, "notes": {criterion: text}}."""
    return {score.scorer_id: json.loads(actor.ring.text(score, "values")) for score in review.scores}


def names_in_case(actor: Actor, case_id: str) -> list[str]:
    """Return the names of the parties of a case and of the people in its incidents, as far as `actor` may read them."""
    incidents = select(IncidentLink.incident_id).where(IncidentLink.case_id == case_id)
    people = list(db.session.scalars(select(Person).where(Person.incident_id.in_(incidents), visible(Person, actor))))
    parties = list(
        db.session.scalars(
            select(Party).where(Party.case_id == case_id, Party.kind == "individual", visible(Party, actor))
        )
    )
    actor.ring.prepare([*people, *parties])
    names = {actor.ring.text(row, "name") for row in [*people, *parties]}
    return sorted(name for name in names if fold(name))
