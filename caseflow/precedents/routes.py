"""The network's precedents, their reviews, and who cites whom."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access import cases as cases_policy
from caseflow.access import precedents as policy
from caseflow.access.actor import Role
from caseflow.access.safes import visible
from caseflow.cases.forms import score_form
from caseflow.cases.models import Case
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.words import N_
from caseflow.network import queries as network
from caseflow.network.models import Member
from caseflow.network.rules import articles
from caseflow.precedents import forms, operations, queries, rules
from caseflow.precedents.models import Precedent, Review
from caseflow.proceedings.models import Decision
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.navigation import entry
from caseflow.web.pages import paginate, showing_refusals, transaction
from caseflow.web.words import language

bp = Blueprint("precedents", __name__, url_prefix="/precedents")
entry(N_("Precedents"), "precedents.index", order=50, icon="precedent")


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The library: our own precedents and public decisions of other bodies."""
    actor = current_actor()
    asked = {name: request.args.get(name, "").strip()[:80] for name in ("q", "article", "body", "origin")}
    query = queries.published(
        actor, words=asked["q"], article=asked["article"], body=asked["body"], origin=asked["origin"]
    )
    reviews = queries.open_reviews(actor)
    return render_template(
        "precedents/index.html",
        page=paginate(query, per_page=30),
        asked=asked,
        bodies=sorted(
            ((body, rules.body_name(body, language())) for body in queries.bodies(actor)), key=lambda pair: pair[1]
        ),
        articles=[(found.code, found.label(language())) for found in articles()],
        reviews=reviews,
        rules=rules,
    )


@bp.get("/<precedent_id>")
@signed_in
def show(precedent_id: str) -> ResponseReturnValue:
    """One precedent: header, question, holding, what it cites and what later decisions make of it."""
    actor = current_actor()
    precedent = find(Precedent, precedent_id, policy.visible_to(actor))
    cites, cited_by = queries.citations_of(precedent)
    return render_template(
        "precedents/show.html",
        precedent=precedent,
        cites=cites,
        cited_by=cited_by,
        rules=rules,
        may_cite=policy.may_cite(actor),
        may_withdraw=policy.may_withdraw(actor, precedent),
    )


@bp.route("/<precedent_id>/citations", methods=["GET", "POST"])
@signed_in
def cite(precedent_id: str) -> ResponseReturnValue:
    """Record that this decision cites another one."""
    actor = current_actor()
    precedent = find(Precedent, precedent_id, policy.visible_to(actor))
    others = db.session.scalars(queries.published(actor).where(Precedent.id != precedent.id))
    form = forms.CitationForm([(other.id, f"{other.number} – {title_of(other)}") for other in others])
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            cited = find(Precedent, form.cited.data, policy.visible_to(actor))
            operations.cite(
                precedent, cited=cited, kind=form.kind.data, paragraph=form.paragraph.data, by=actor, at=now()
            )
            return redirect(url_for("precedents.show", precedent_id=precedent.id), 303)
    return render_template("precedents/cite.html", precedent=precedent, form=form, objection=policy.may_cite(actor))


@bp.route("/<precedent_id>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdraw(precedent_id: str) -> ResponseReturnValue:
    """Take a published precedent back."""
    actor = current_actor()
    precedent = find(Precedent, precedent_id, policy.visible_to(actor))
    form = forms.WithdrawalForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.withdraw(precedent, reason=form.reason.data, by=actor, at=now())
            flash(_("The precedent is no longer shown to the network. The ledger keeps what happened."), "ok")
            return redirect(url_for("precedents.index"), 303)
    objection = policy.may_withdraw(actor, precedent)
    return render_template("precedents/withdraw.html", precedent=precedent, form=form, objection=objection)


@bp.route("/proposals/<decision_id>", methods=["GET", "POST"])
@signed_in
def propose(decision_id: str) -> ResponseReturnValue:
    """Propose a decision of ours as a precedent."""
    actor = current_actor()
    decision = find(Decision, decision_id, visible(Decision, actor))
    case = find(Case, decision.case_id, cases_policy.visible_to(actor))
    form = forms.ProposalForm()
    if not form.is_submitted():
        form.holding.data = actor.ring.text(decision, "holding")
        form.question.data = actor.ring.text(case, "legal_issue")
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            review = operations.propose(
                decision,
                title=form.title.data,
                question=form.question.data,
                holding=form.holding.data,
                significance=form.significance.data,
                by=actor,
                at=now(),
            )
            return redirect(url_for("precedents.review", review_id=review.id), 303)
    objection = policy.may_propose(actor, case)
    return render_template("precedents/propose.html", case=case, decision=decision, form=form, objection=objection)


@bp.get("/reviews/<review_id>")
@signed_in
def review(review_id: str) -> ResponseReturnValue:
    """A decision under review: its text, who scores, the scores side by side."""
    actor = current_actor()
    found = find(Review, review_id, policy.visible_reviews(actor))
    counsel = operations.counsel_of(found)
    may_score = policy.may_score(actor, found, counsel)
    # A scorer reads the others' figures only after giving her own: each scores for herself.
    own = any(score.scorer_id == actor.member_id for score in found.scores)
    scores = queries.scores_of(actor, found) if own or may_score is not None else {}
    names = network.names_of([*(s.member_id for s in found.scorers), *(s.scorer_id for s in found.scores), found.by_id])
    return render_template(
        "precedents/review.html",
        review=found,
        scores=scores,
        totals={who: rules.score(chosen["values"]) for who, chosen in scores.items()},
        apart=[
            c.label.in_language(language()) for c in rules.disagreements(chosen["values"] for chosen in scores.values())
        ],
        names=names,
        rules=rules,
        may_score=may_score,
        may_publish=policy.may_publish(actor, found),
        may_invite=policy.may_invite_scorer(actor, found),
    )


@bp.route("/reviews/<review_id>/scorers", methods=["GET", "POST"])
@proven_lately
def invite_scorer(review_id: str) -> ResponseReturnValue:
    """Ask somebody to score."""
    actor = current_actor()
    found = find(Review, review_id, policy.visible_reviews(actor))
    counsel = operations.counsel_of(found)
    asked = {scorer.member_id for scorer in found.scorers}
    form = forms.ScorerForm()
    candidates = [m for m in network.able(Role.LAWYER, Role.COORDINATOR) if m.id not in counsel | asked]
    form.member.choices = [(m.id, f"{m.name}, {m.organisation.name}") for m in candidates]
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            member = db.session.scalars(select(Member).where(Member.id == form.member.data)).one()
            operations.invite_scorer(found, member=member, by=actor, at=now())
            flash(_("She can read the review and score it from now on."), "ok")
            return redirect(url_for("precedents.review", review_id=found.id), 303)
    objection = policy.may_invite_scorer(actor, found)
    return render_template("precedents/invite_scorer.html", review=found, form=form, objection=objection)


@bp.route("/reviews/<review_id>/score", methods=["GET", "POST"])
@signed_in
def score(review_id: str) -> ResponseReturnValue:
    """Score a decision by the rubric, with a reason for each value."""
    actor = current_actor()
    found = find(Review, review_id, policy.visible_reviews(actor))
    form = score_form()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            values = {c.id: int(form[c.id].data) for c in rules.CRITERIA}
            notes = {c.id: form[f"{c.id}_note"].data for c in rules.CRITERIA}
            operations.score(found, values=values, notes=notes, by=actor, at=now())
            flash(_("Your score is kept. It can be read by the others once they have given theirs."), "ok")
            return redirect(url_for("precedents.review", review_id=found.id), 303)
    objection = policy.may_score(actor, found, operations.counsel_of(found))
    return render_template("precedents/score.html", review=found, form=form, rules=rules, objection=objection)


@bp.route("/reviews/<review_id>/publication", methods=["GET", "POST"])
@signed_in
def publish(review_id: str) -> ResponseReturnValue:
    """Publish the anonymised text to the network."""
    actor = current_actor()
    found = find(Review, review_id, policy.visible_reviews(actor))
    form = forms.PublicationForm()
    if not form.is_submitted():
        for name in ("title", "question", "holding", "significance"):
            form[name].data = actor.ring.text(found, name)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            precedent = operations.publish(
                found,
                title=form.title.data,
                question=form.question.data,
                holding=form.holding.data,
                significance=form.significance.data,
                by=actor,
                at=now(),
            )
            flash(_("The precedent is published to the whole network."), "ok")
            return redirect(url_for("precedents.show", precedent_id=precedent.id), 303)
    objection = policy.may_publish(actor, found)
    return render_template("precedents/publish.html", review=found, form=form, objection=objection)


def title_of(precedent: Precedent) -> str:
    """Return the title in the reader's language, where there is one."""
    return str(precedent.words.get("title", {}).get(language()) or precedent.title)


@bp.app_template_global("precedent_text")
def precedent_text(precedent: Precedent, field: str) -> str:
    """Return a text of a precedent in the reader's language, where there is one."""
    return str(precedent.words.get(field, {}).get(language()) or getattr(precedent, field))
