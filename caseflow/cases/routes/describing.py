"""Opening a case, describing it, taking in incidents."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.cases import forms, operations, queries
from caseflow.cases.models import Case
from caseflow.cases.routes import bp
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.network.rules import article
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.pages import showing_refusals, transaction

MOST_CHOSEN = 50


@bp.route("/open", methods=["GET", "POST"])
@signed_in
def open_case() -> ResponseReturnValue:
    """Open a case, from incidents and articles (`?incident=…&article=…`) or from nothing."""
    actor = current_actor()
    objection = policy.may_open(actor)
    form = forms.OpeningForm(_titles(actor, queries.incidents_for_cases(actor)) if objection is None else [])
    if not form.is_submitted() and request.args.get("incident"):
        seen = incidents_policy.visible_to(actor)
        chosen = [find(Incident, incident_id, seen) for incident_id in request.args.getlist("incident")[:MOST_CHOSEN]]
        objection = objection or next(
            filter(None, (incidents_policy.may_take_to_case(actor, one) for one in chosen)), None
        )
        form.incidents.data = [incident.id for incident in chosen]
        form.articles.data = [code for code in request.args.getlist("article") if article(code)]
        if len(chosen) == 1:
            form.title.data = actor.ring.text(chosen[0], "title")
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            seen = incidents_policy.visible_to(actor)
            case = operations.open_case(
                title=form.title.data,
                objective=form.objective.data,
                legal_issue=form.legal_issue.data,
                articles=form.articles.data,
                confidentiality=form.confidentiality.data,
                incidents=[find(Incident, incident_id, seen) for incident_id in form.incidents.data],
                by=actor,
                at=now(),
            )
            flash(_("The case is open. Assign the lawyer who will carry it."), "ok")
            return redirect(url_for("cases.show", case_id=case.id), 303)
    return render_template("cases/open.html", form=form, objection=objection)


@bp.route("/<case_id>/description", methods=["GET", "POST"])
@signed_in
def edit(case_id: str) -> ResponseReturnValue:
    """Describe a case anew."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.CaseForm(data=_described(actor, case)) if request.method == "GET" else forms.CaseForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.edit(
                case,
                title=form.title.data,
                objective=form.objective.data,
                legal_issue=form.legal_issue.data,
                articles=form.articles.data,
                confidentiality=form.confidentiality.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(url_for("cases.show", case_id=case.id), 303)
    stored = _described(actor, case) if form.form_errors else None
    if stored is not None:
        form.version.data = str(case.version)  # the second sending replaces what stands beside it
    return render_template(
        "cases/edit.html", case=case, form=form, stored=stored, objection=policy.may_edit(actor, case)
    )


@bp.route("/<case_id>/incidents", methods=["GET", "POST"])
@proven_lately
def link_incident(case_id: str) -> ResponseReturnValue:
    """Take one more incident into a case."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    objection = policy.may_link_incident(actor, case)
    form = forms.LinkForm(_titles(actor, queries.incidents_for_cases(actor, case)) if objection is None else [])
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            incident = find(Incident, form.incident.data, incidents_policy.visible_to(actor))
            operations.link_incident(case, incident=incident, by=actor, at=now())
            return redirect(url_for("cases.show", case_id=case.id, _anchor="incidents"), 303)
    return render_template("cases/link.html", case=case, form=form, objection=objection)


def _titles(actor: Actor, incidents: list[Incident]) -> list[tuple[str, str]]:
    return [(found.id, f"{found.reference} · {actor.ring.text(found, 'title')}") for found in incidents]


def _described(actor: Actor, case: Case) -> dict[str, Any]:
    return {
        "title": actor.ring.text(case, "title"),
        "objective": actor.ring.text(case, "objective"),
        "legal_issue": actor.ring.text(case, "legal_issue"),
        "articles": list(case.articles),
        "confidentiality": case.confidentiality,
        "version": str(case.version),
    }
