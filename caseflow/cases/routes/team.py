"""Who carries a case."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as policy
from caseflow.access.actor import Role
from caseflow.access.safes import visible
from caseflow.cases import forms, operations
from caseflow.cases.models import Case, Counsel
from caseflow.cases.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network import queries as network
from caseflow.network.models import Member
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.pages import refusing_to, showing_refusals, transaction


@bp.route("/<case_id>/counsel", methods=["GET", "POST"])
@proven_lately
def assign_counsel(case_id: str) -> ResponseReturnValue:
    """Make somebody counsel in a case."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    objection = policy.may_assign_counsel(actor, case)
    serving = {counsel.member_id for counsel in case.counsel if counsel.until is None}
    able = network.able(Role.LAWYER, Role.COORDINATOR) if objection is None else []
    form = forms.CounselForm([(m.id, f"{m.name}, {m.organisation.name}") for m in able if m.id not in serving])
    if not form.is_submitted():
        form.role.data = "co_counsel" if serving else "lead"
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.assign_counsel(case, member=_member(form.member.data), role=form.role.data, by=actor, at=now())
            flash(_("The person is counsel now and can read the case and its incidents."), "ok")
            return redirect(url_for("cases.show", case_id=case.id, _anchor="team"), 303)
    return render_template("cases/counsel.html", case=case, form=form, objection=objection)


@bp.post("/<case_id>/counsel/<counsel_id>/end")
@signed_in
def end_counsel(case_id: str, counsel_id: str) -> ResponseReturnValue:
    """End an assignment and take its keys."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    back = url_for("cases.show", case_id=case.id, _anchor="team")
    with refusing_to(back), transaction():
        counsel = find(Counsel, counsel_id, visible(Counsel, actor) & (Counsel.case_id == case_id))
        operations.end_counsel(counsel, by=actor, at=now())
        flash(
            _("The assignment has ended and its keys are withdrawn. Copies that were read or printed may exist."), "ok"
        )
    return redirect(back, 303)


def _member(member_id: str) -> Member:
    member = db.session.get(Member, member_id)
    if member is None:
        raise RuleBroken(N_("Choose one."), field="member")
    return member
