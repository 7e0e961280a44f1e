"""Measures ordered and what became of them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseflow.access import cases as cases_policy
from caseflow.access import remedies as policy
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.network import queries as network
from caseflow.proceedings.models import Decision
from caseflow.remedies import forms, operations, rules
from caseflow.remedies.models import Measure
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction

bp = Blueprint("remedies", __name__, url_prefix="/remedies")


@bp.route("/decisions/<decision_id>/measures", methods=["GET", "POST"])
@signed_in
def order_measure(decision_id: str) -> ResponseReturnValue:
    """Write down a measure that a decision ordered."""
    actor = current_actor()
    decision = find(Decision, decision_id, visible(Decision, actor))
    case = find(Case, decision.case_id, cases_policy.visible_to(actor))
    form = forms.MeasureForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            measure = operations.order_measure(
                decision,
                kind=form.kind.data,
                what=form.what.data,
                addressee=form.addressee.data,
                due_on=form.due_on.data,
                by=actor,
                at=now(),
            )
            return redirect(url_for("remedies.show", measure_id=measure.id), 303)
    objection = policy.may_record(actor, case)
    return render_template("remedies/measure.html", case=case, decision=decision, form=form, objection=objection)


@bp.route("/<measure_id>", methods=["GET", "POST"])
@signed_in
def show(measure_id: str) -> ResponseReturnValue:
    """One measure with its follow-up, and the form for the next finding."""
    actor = current_actor()
    measure = find(Measure, measure_id, policy.visible_to(actor))
    case = find(Case, measure.case_id, cases_policy.visible_to(actor))
    form = forms.FollowUpForm(version=measure.version)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.follow_up(
                measure,
                on=form.on.data,
                state=form.state.data,
                grade=form.grade.data,
                note=form.note.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(url_for("remedies.show", measure_id=measure.id), 303)
    if form.form_errors:
        form.version.data = str(measure.version)  # the second sending has seen what stands above
    return render_template(
        "remedies/show.html",
        case=case,
        measure=measure,
        form=form,
        rules=rules,
        names=network.names_of(found.by_id for found in measure.follow_ups),
        objection=policy.may_follow_up(actor, case),
    )
