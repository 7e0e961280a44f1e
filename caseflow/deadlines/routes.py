"""The list of dates, and what counsel decides on each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as cases_policy
from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor, Role
from caseflow.cases.models import Case
from caseflow.deadlines import forms, operations, queries
from caseflow.deadlines.models import Deadline
from caseflow.deadlines.shown import Shown, shown
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.kernel.words import N_
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import entry
from caseflow.web.pages import refusing_to, safe_next, showing_refusals, transaction

bp = Blueprint("deadlines", __name__, url_prefix="/deadlines")
entry(N_("Dates"), "deadlines.index", order=35, icon="deadline", roles=(Role.LAWYER, Role.COORDINATOR))

GROUPS = (
    ("overdue", N_("Overdue")),
    ("today", N_("Today")),
    ("week", N_("Within a week")),
    ("later", N_("Later")),
)


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Every date of one's open cases: overdue, today, this week, later."""
    actor = current_actor()
    dates = queries.dates_of(actor)
    groups = [(key, title, [(dated, _shown(dated, actor)) for dated in getattr(dates, key)]) for key, title in GROUPS]
    return render_template("deadlines/index.html", groups=[group for group in groups if group[2]], more=dates.more)


@bp.post("/<deadline_id>/confirm")
@signed_in
def confirm(deadline_id: str) -> ResponseReturnValue:
    """Confirm a proposed deadline."""
    actor = current_actor()
    deadline, _case = _found(deadline_id, actor)
    back = _back(deadline)
    with refusing_to(back), transaction():
        operations.confirm(deadline, by=actor, at=now())
        flash(_("The deadline is confirmed. You will be reminded."), "ok")
    return redirect(back, 303)


@bp.post("/<deadline_id>/met")
@signed_in
def meet(deadline_id: str) -> ResponseReturnValue:
    """Mark a confirmed deadline as met."""
    actor = current_actor()
    deadline, _case = _found(deadline_id, actor)
    back = _back(deadline)
    with refusing_to(back), transaction():
        operations.meet(deadline, by=actor, at=now())
    return redirect(back, 303)


@bp.route("/<deadline_id>/change", methods=["GET", "POST"])
@signed_in
def change(deadline_id: str) -> ResponseReturnValue:
    """Set another last day, with the reason."""
    actor = current_actor()
    deadline, case = _found(deadline_id, actor)
    form = forms.ChangeForm()
    if not form.is_submitted():
        form.last_day.data, form.version.data = deadline.last_day, str(deadline.version)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.change(
                deadline,
                last_day=form.last_day.data,
                reason=form.reason.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(_back(deadline), 303)
    stale = bool(form.form_errors)
    if stale:
        form.version.data = str(deadline.version)
    return render_template(
        "deadlines/change.html",
        case=case,
        one=shown(actor, case, deadline),
        form=form,
        stale=stale,
        objection=policy.may_decide(actor, case, deadline),
    )


@bp.route("/<deadline_id>/decline", methods=["GET", "POST"])
@signed_in
def decline(deadline_id: str) -> ResponseReturnValue:
    """Decide that a deadline does not run, with the reason."""
    actor = current_actor()
    deadline, case = _found(deadline_id, actor)
    form = forms.DeclineForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.decline(deadline, reason=form.reason.data, by=actor, at=now())
            return redirect(_back(deadline), 303)
    objection = policy.may_decide(actor, case, deadline)
    one = shown(actor, case, deadline)
    return render_template("deadlines/decline.html", case=case, one=one, form=form, objection=objection)


def _shown(dated: queries.Dated, actor: Actor) -> Shown | None:
    return shown(actor, dated.case, dated.deadline) if dated.deadline else None


def _found(deadline_id: str, actor: Actor) -> tuple[Deadline, Case]:
    deadline = find(Deadline, deadline_id, policy.visible_to(actor))
    return deadline, find(Case, deadline.case_id, cases_policy.visible_to(actor))


def _back(deadline: Deadline) -> str:
    """Return where the reader came from: the list of dates, or the case."""
    usual = url_for("cases.show", case_id=deadline.case_id, _anchor="dates")
    return safe_next(request.form.get("next"), usual)
