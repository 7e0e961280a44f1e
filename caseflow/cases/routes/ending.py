"""Closing a case and taking it up again."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as policy
from caseflow.cases import forms, operations, rules
from caseflow.cases.models import Case
from caseflow.cases.routes import bp
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import find
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import refusing_to, showing_refusals, transaction


@bp.route("/<case_id>/closure", methods=["GET", "POST"])
@signed_in
def close(case_id: str) -> ResponseReturnValue:
    """Close a case."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.ClosureForm()
    if not form.is_submitted():
        form.keep_until.data = today(actor.timezone) + timedelta(days=round(rules.KEPT_YEARS * 365.25))
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.close(
                case,
                outcome=form.outcome.data,
                reason=form.reason.data,
                keep_until=form.keep_until.data,
                by=actor,
                at=now(),
            )
            return redirect(url_for("cases.show", case_id=case.id), 303)
    return render_template("cases/closure.html", case=case, form=form, objection=policy.may_close(actor, case))


@bp.route("/<case_id>/reopening", methods=["GET", "POST"])
@signed_in
def reopen(case_id: str) -> ResponseReturnValue:
    """Take a closed case up again."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.ReopeningForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.reopen(case, reason=form.reason.data, by=actor, at=now())
            return redirect(url_for("cases.show", case_id=case.id), 303)
    return render_template("cases/reopening.html", case=case, form=form, objection=policy.may_reopen(actor, case))


@bp.post("/<case_id>/archive")
@signed_in
def archive(case_id: str) -> ResponseReturnValue:
    """Put a closed case into the archive."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    back = url_for("cases.show", case_id=case.id)
    with refusing_to(back), transaction():
        operations.archive(case, by=actor, at=now())
    return redirect(back, 303)


@bp.post("/<case_id>/archive/out")
@signed_in
def unarchive(case_id: str) -> ResponseReturnValue:
    """Take a case out of the archive."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    back = url_for("cases.show", case_id=case.id)
    with refusing_to(back), transaction():
        operations.unarchive(case, by=actor, at=now())
    return redirect(back, 303)


@bp.route("/<case_id>/keeping", methods=["GET", "POST"])
@signed_in
def keep_longer(case_id: str) -> ResponseReturnValue:
    """Set another day until which a closed case is kept."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.KeepingForm()
    back = url_for("cases.show", case_id=case.id)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.keep_longer(case, until=form.until.data, reason=form.reason.data, by=actor, at=now())
            return redirect(back, 303)
    return render_template(
        "cases/plain.html",
        case=case,
        form=form,
        title=_("Set how long it is kept"),
        lead=_("Nothing is deleted by itself: coordinators are told that day."),
        back=back,
        objection=policy.may_archive(actor, case),
    )
