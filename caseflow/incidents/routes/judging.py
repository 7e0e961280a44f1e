"""Duplicates: what looks alike, side by side, and what is judged to be the same."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.incidents import duplicates, forms, likeness, operations, queries
from caseflow.incidents.forms.judging import SAME, WHOLE
from caseflow.incidents.models import Incident, Judgement, Person
from caseflow.incidents.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction

MOST_PAIRS = 40


@bp.get("/<incident_id>/duplicates")
@signed_in
def possible_duplicates(incident_id: str) -> ResponseReturnValue:
    """List what looks like an incident, among what one may read."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    found = duplicates.candidates(actor, incident)
    return render_template("incidents/duplicates.html", incident=incident, candidates=found)


@bp.route("/<incident_id>/duplicates/<other_id>", methods=["GET", "POST"])
@signed_in
def judge(incident_id: str, other_id: str) -> ResponseReturnValue:
    """Show two incidents side by side, and judge what in them is the same and what is not."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    if other_id == incident_id:
        return redirect(url_for("incidents.possible_duplicates", incident_id=incident_id), 303)
    other = queries.whole(actor, other_id)
    alike = duplicates.pairs_of(actor, incident, other)
    pairs = {f"{one.id}-{two.id}": (one, two) for one, two in _every(alike, incident, other)[:MOST_PAIRS]}
    form = forms.JudgementForm([(key, _pair_words(actor, *pair)) for key, pair in pairs.items()])
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            chosen = form.what.data
            operations.judge(
                incident,
                other=other,
                people=None if chosen == WHOLE else pairs[chosen],
                same=form.verdict.data == SAME,
                reason=form.reason.data,
                by=actor,
                at=now(),
            )
            return redirect(_to(incident), 303)
    objection = policy.may_judge(actor, incident) or policy.may_judge(actor, other)
    judged = [one for one in duplicates.judgements_of(actor, incident) if one.other.id == other.id]
    return render_template(
        "incidents/judging.html",
        incident=incident,
        other=other,
        judged=judged,
        form=form,
        objection=objection,
    )


@bp.route("/<incident_id>/judgements/<judgement_id>/out", methods=["GET", "POST"])
@signed_in
def withdraw_judgement(incident_id: str, judgement_id: str) -> ResponseReturnValue:
    """Take a judgement back, and say why."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    here = (Judgement.from_id == incident.id) | (Judgement.to_id == incident.id)
    row = find(Judgement, judgement_id, visible(Judgement, actor) & here)
    other = find(Incident, row.to_id if row.from_id == incident.id else row.from_id, policy.visible_to(actor))
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.withdraw_judgement(incident, judgement=row, reason=form.reason.data, by=actor, at=now())
            flash(_("The judgement is taken back. That it was there stays in the ledger, sealed."), "ok")
            return redirect(_to(incident), 303)
    return render_template(
        "incidents/judgement_out.html",
        incident=incident,
        other=other,
        row=row,
        form=form,
        objection=policy.may_judge(actor, incident),
    )


@bp.app_template_global("likeness_words")
def likeness_words(told: tuple[str, ...]) -> str:
    """Return what two incidents have in common, in one line."""
    return ", ".join(_(likeness.WORDS[code]) for code in told)


def _every(alike: list[duplicates.Pair], incident: Incident, other: Incident) -> list[duplicates.Pair]:
    """Return the pairs whose names are alike first, then the rest: one can be known by another name altogether."""
    rest = [(one, two) for one in incident.people for two in other.people if (one, two) not in alike]
    return [*alike, *rest]


def _pair_words(actor: Actor, one: Person, two: Person) -> str:
    names = [actor.ring.text(person, "name") or actor.ring.text(person, "pseudonym") for person in (one, two)]
    return f"{names[0]} · {names[1]}"


def _to(incident: Incident) -> str:
    return url_for("incidents.show", incident_id=incident.id, _anchor="same")
