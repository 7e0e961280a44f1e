"""How a case stands to others, what was asked before it was taken, what it may come to."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases import forms, operations, queries, rules
from caseflow.cases.models import Case, CaseRelation
from caseflow.cases.routes import bp
from caseflow.cases.rubric import CRITERIA, band_name, disagreements, score
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.network import queries as network
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import language


@bp.route("/<case_id>/related", methods=["GET", "POST"])
@signed_in
def link_cases(case_id: str) -> ResponseReturnValue:
    """Link a case with another."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.RelationForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            given = {"kind": form.kind.data, "reference": form.reference.data, "note": form.note.data}
            operations.link_cases(case, **given, by=actor, at=now())
            return redirect(_back(case, "related"), 303)
    lead = _("Only who may open both cases sees the link.")
    return _form(case, form, _("Link with another case"), lead, "related", policy.may_relate(actor, case))


@bp.route("/<case_id>/related/<relation_id>/end", methods=["GET", "POST"])
@signed_in
def unlink_cases(case_id: str, relation_id: str) -> ResponseReturnValue:
    """Take a link with another case back."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    seen = visible(CaseRelation, actor) & (CaseRelation.from_id == case_id)
    find(CaseRelation, relation_id, seen)
    form = forms.ReopeningForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            link = find(CaseRelation, relation_id, seen)
            operations.unlink_cases(case, link=link, reason=form.reason.data, by=actor, at=now())
            return redirect(_back(case, "related"), 303)
    return _form(case, form, _("Take the link back"), "", "related", policy.may_relate(actor, case))


@bp.route("/<case_id>/joining", methods=["GET", "POST"])
@proven_lately
def join(case_id: str) -> ResponseReturnValue:
    """Join a case into another."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.JoiningForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            given = {"reference": form.reference.data, "reason": form.reason.data}
            other = operations.join(case, **given, by=actor, at=now())
            return redirect(url_for("cases.show", case_id=other.id), 303)
    lead = _(
        "The other case takes over the incidents, with their keys, and the parties. This one is closed and stays readable."
    )
    return _form(case, form, _("Join it into another case"), lead, "related", policy.may_join(actor, case))


@bp.route("/<case_id>/severing", methods=["GET", "POST"])
@proven_lately
def sever(case_id: str) -> ResponseReturnValue:
    """Sever a case of its own from this one."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    actor.ring.prepare([case])
    incidents = queries.linked_incidents(actor, case)
    form = forms.SeveringForm(
        [(one.id, f"{one.reference} · {actor.ring.text(one, 'title')}") for one in incidents],
        [(one.id, actor.ring.text(one, "name")) for one in case.parties],
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            seen = incidents_policy.visible_to(actor)
            made = operations.sever(
                case,
                title=form.title.data,
                reason=form.reason.data,
                incidents=[find(Incident, one, seen) for one in form.incidents.data],
                parties=form.parties.data,
                by=actor,
                at=now(),
            )
            flash(_("The new case is open, with the same team."), "ok")
            return redirect(url_for("cases.show", case_id=made.id), 303)
    lead = _("A case of its own with the same team. What you choose stands in both.")
    return _form(case, form, _("Sever a case from this one"), lead, "related", policy.may_join(actor, case))


@bp.route("/<case_id>/selection", methods=["GET", "POST"])
@signed_in
def answer_selection(case_id: str) -> ResponseReturnValue:
    """Answer what is asked before a case is taken."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.selection_form(data=_answers(actor, case)) if request.method == "GET" else forms.selection_form()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            answers = {code: form[code].data or "" for code in rules.SELECTION}
            operations.answer_selection(case, answers=answers, decision=form["decision"].data, by=actor, at=now())
            return redirect(_back(case, "selection"), 303)
    lead = _("Each is answered in words, not ticked. To take the case takes an answer to each.")
    return _form(case, form, _("Before the case is taken"), lead, "selection", policy.may_select(actor, case))


@bp.route("/<case_id>/potential", methods=["GET", "POST"])
@signed_in
def estimate(case_id: str) -> ResponseReturnValue:
    """Say what a case may come to as a precedent, and see what others said."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    actor.ring.prepare([case])
    kept = {row.by_id: json.loads(actor.ring.text(row, "values")) for row in case.potentials}
    hers = kept.get(actor.member_id, {})
    form = forms.score_form()
    if request.method == "GET":
        for code, (value, note) in hers.items():
            form[code].data, form[f"{code}_note"].data = str(value), note
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            values = {one.id: int(form[one.id].data) for one in CRITERIA}
            notes = {one.id: form[f"{one.id}_note"].data for one in CRITERIA}
            operations.estimate(case, values=values, notes=notes, by=actor, at=now())
            return redirect(_back(case, "selection"), 303)
    # Whoever has not said hers yet is not shown what others said.
    shown = kept if actor.member_id in kept else {}
    values_of = {who: {code: value for code, (value, _note) in said.items()} for who, said in shown.items()}
    return render_template(
        "cases/potential.html",
        case=case,
        form=form,
        criteria=CRITERIA,
        said=shown,
        names=network.names_of(shown),
        totals={who: score(values) for who, values in values_of.items()},
        apart=disagreements(values_of.values()),
        band_name=band_name,
        lang=language(),
        objection=policy.may_estimate(actor, case),
    )


def _answers(actor: Actor, case: Case) -> dict[str, Any]:
    if case.selection is None:
        return {}
    return {**json.loads(actor.ring.text(case.selection, "answers")), "decision": case.selection.decision}


def _back(case: Case, anchor: str) -> str:
    return url_for("cases.show", case_id=case.id, _anchor=anchor)


def _form(case: Case, form: Form, title: str, lead: str, anchor: str, objection: str | None) -> ResponseReturnValue:
    back = _back(case, anchor)
    return render_template(
        "cases/plain.html", case=case, form=form, title=title, lead=lead, back=back, objection=objection
    )
