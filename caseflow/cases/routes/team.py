"""Who carries a case."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import true

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.access.safes import visible
from caseflow.cases import forms, operations
from caseflow.cases.carrying import Load, loads, serving
from caseflow.cases.models import Case, Counsel
from caseflow.cases.routes import bp
from caseflow.kernel.clock import now, today
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
    form = forms.CounselForm(_with_loads(actor, [m for m in able if m.id not in serving]))
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


@bp.route("/<case_id>/counsel/<counsel_id>/role", methods=["GET", "POST"])
@signed_in
def change_role(case_id: str, counsel_id: str) -> ResponseReturnValue:
    """Let somebody be counsel in another role."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    seen = visible(Counsel, actor) & (Counsel.case_id == case_id)
    counsel = find(Counsel, counsel_id, seen)
    form = forms.RoleForm(data={"role": counsel.role}) if request.method == "GET" else forms.RoleForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.change_role(find(Counsel, counsel_id, seen), role=form.role.data, by=actor, at=now())
            return redirect(url_for("cases.show", case_id=case.id, _anchor="team"), 303)
    name = network.names_of([counsel.member_id])[counsel.member_id]
    objection = policy.may_change_role(actor, counsel)
    return render_template("cases/role.html", case=case, form=form, name=name, objection=objection)


@bp.route("/<case_id>/counsel/<counsel_id>/mandates", methods=["GET", "POST"])
@signed_in
def record_mandate(case_id: str, counsel_id: str) -> ResponseReturnValue:
    """Record what lets counsel act for the client; its paper is sent on the page that follows."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    seen = visible(Counsel, actor) & (Counsel.case_id == case_id)
    counsel = find(Counsel, counsel_id, seen)
    form = forms.MandateForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            mandate = operations.record_mandate(
                find(Counsel, counsel_id, seen),
                kind=form.kind.data,
                given_on=form.given_on.data,
                until=form.until.data,
                scope=form.scope.data,
                by=actor,
                at=now(),
            )
            flash(_("The mandate is recorded. Send its paper now: it is sealed as an exhibit of the case."), "ok")
            return redirect(url_for("evidence.add_files", item_id=mandate.item_id), 303)
    name = network.names_of([counsel.member_id])[counsel.member_id]
    objection = policy.may_record_mandate(actor, case)
    return render_template("cases/mandate.html", case=case, form=form, name=name, objection=objection)


@bp.get("/load")
@signed_in
def load() -> ResponseReturnValue:
    """Who carries how much."""
    actor = current_actor()
    demand(policy.may_hand_over(actor), about="cases:")
    able = network.able(Role.LAWYER, Role.COORDINATOR)
    carried = loads(actor, [member.id for member in able], today=today(actor.timezone))
    rows = sorted(((member, carried[member.id]) for member in able), key=lambda row: -row[1].cases)
    return render_template("cases/load.html", rows=rows)


@bp.route("/load/<member_id>", methods=["GET", "POST"])
@proven_lately
def hand_over(member_id: str) -> ResponseReturnValue:
    """Hand a lawyer's whole load over to another."""
    actor = current_actor()
    member = find(Member, member_id, true())
    demand(policy.may_hand_over(actor), about="cases:")
    others = [one for one in network.able(Role.LAWYER, Role.COORDINATOR) if one.id != member.id]
    form = forms.HandOverForm(_with_loads(actor, others))
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            done = operations.hand_over(_member(member_id), to=_member(form.to.data, "to"), by=actor, at=now())
            words = ngettext(
                "%(num)s case was handed over, with its keys.", "%(num)s cases were handed over, with their keys.", done
            )
            flash(f"{words} {_('Copies that were read or printed may exist.')}", "ok")
            return redirect(url_for("cases.load"), 303)
    carried = [counsel for counsel in serving(member.id) if counsel.case.state == "open"]
    actor.ring.prepare([counsel.case for counsel in carried])
    return render_template("cases/hand_over.html", member=member, form=form, carried=carried)


def _with_loads(actor: Actor, members: Sequence[Member]) -> list[tuple[str, str]]:
    """Return id and words of people, with what each carries already."""
    carried = loads(actor, [member.id for member in members], today=today(actor.timezone))
    return [
        (member.id, f"{member.name}, {member.organisation.name} · {load_words(carried[member.id])}")
        for member in members
    ]


@bp.app_template_global("load_words")
def load_words(carried: Load) -> str:
    """Return what somebody carries, in a few words."""
    if not carried.cases:
        return str(_("no open case"))
    words = [ngettext("%(num)s open case", "%(num)s open cases", carried.cases)]
    if carried.leads:
        words.append(_("leads %(number)s", number=carried.leads))
    if carried.near:
        words.append(ngettext("%(num)s date within 14 days", "%(num)s dates within 14 days", carried.near))
    return ", ".join(map(str, words))


def _member(member_id: str, field: str = "member") -> Member:
    member = db.session.get(Member, member_id)
    if member is None:
        raise RuleBroken(N_("Choose one."), field=field)
    return member
