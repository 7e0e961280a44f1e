"""What follows from an incident: risks, what was done about it, and links to other incidents."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.incidents import checks, forms, operations, queries
from caseflow.incidents.models import Incident, IncidentRelation, Intervention
from caseflow.incidents.routes import bp
from caseflow.incidents.routes.people import is_stale, named_people, person_in, take_out
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction


@bp.route("/<incident_id>/risks/new", methods=["GET", "POST"])
@signed_in
def assess_risk(incident_id: str) -> ResponseReturnValue:
    """Judge what somebody has to fear, and say when it is looked at again."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    form = forms.RiskForm(named_people(actor, incident))
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.assess_risk(
                incident,
                about=form.about.data,
                level=form.level.data,
                threat=form.threat.data,
                measures=form.measures.data,
                review_on=form.review_on.data,
                person=person_in(incident, actor, form.person.data) if form.person.data else None,
                by=actor,
                at=now(),
            )
            return redirect(_to(incident, "risks"), 303)
    return render_template(
        "incidents/risk.html", incident=incident, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/interventions/new", methods=["GET", "POST"])
@signed_in
def add_intervention(incident_id: str) -> ResponseReturnValue:
    """Add what was done about the incident."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    form = forms.InterventionForm(named_people(actor, incident))
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.add_intervention(incident, **_done(form, actor, incident), by=actor, at=now())
            return redirect(_to(incident, "interventions"), 303)
    return render_template(
        "incidents/intervention.html",
        incident=incident,
        intervention=None,
        form=form,
        objection=policy.may_add(actor, incident),
    )


@bp.route("/<incident_id>/interventions/<intervention_id>", methods=["GET", "POST"])
@signed_in
def correct_intervention(incident_id: str, intervention_id: str) -> ResponseReturnValue:
    """Say what came of it, or correct it."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    row = find(Intervention, intervention_id, visible(Intervention, actor) & (Intervention.incident_id == incident.id))
    form = forms.InterventionForm(
        named_people(actor, incident),
        data={
            "kind": row.kind,
            "on": (row.on, row.on_precision),
            "result": row.result or "",
            "person": row.person_id or "",
            "version": str(checks.stamp(row)),
            **{name: actor.ring.text(row, name) for name in ("party", "addressee", "details", "response")},
        },
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            done, seen = _done(form, actor, incident), form.seen_version
            operations.correct_intervention(row, **done, seen=seen, by=actor, at=now())
            return redirect(_to(incident, "interventions"), 303)
    return render_template(
        "incidents/intervention.html",
        incident=incident,
        intervention=row,
        form=form,
        stored=row if is_stale(form, row) else None,
        objection=policy.may_add(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.post("/<incident_id>/interventions/<intervention_id>/out")
@signed_in
def take_out_intervention(incident_id: str, intervention_id: str) -> ResponseReturnValue:
    """Take what was entered by mistake out of a draft."""
    return take_out(incident_id, Intervention, intervention_id, back="show")


@bp.route("/<incident_id>/links/new", methods=["GET", "POST"])
@signed_in
def link_incidents(incident_id: str) -> ResponseReturnValue:
    """Link an incident with another one that one may read."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.LinkForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.link_incidents(
                incident,
                kind=form.kind.data,
                reference=form.reference.data,
                note=form.note.data,
                by=actor,
                at=now(),
            )
            return redirect(_to(incident, "links"), 303)
    return render_template(
        "incidents/link.html", incident=incident, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/links/<link_id>/out", methods=["GET", "POST"])
@signed_in
def unlink_incidents(incident_id: str, link_id: str) -> ResponseReturnValue:
    """Take a link back, and say why."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    here = (IncidentRelation.from_id == incident.id) | (IncidentRelation.to_id == incident.id)
    link = find(IncidentRelation, link_id, visible(IncidentRelation, actor) & here)
    other = find(Incident, link.to_id if link.from_id == incident.id else link.from_id, policy.visible_to(actor))
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.unlink_incidents(incident, link=link, reason=form.reason.data, by=actor, at=now())
            flash(_("The link is taken back. That it was there stays in the ledger, sealed."), "ok")
            return redirect(_to(incident, "links"), 303)
    return render_template(
        "incidents/unlink.html",
        incident=incident,
        other=other,
        link=link,
        form=form,
        objection=policy.may_add(actor, incident),
    )


def _done(form: Any, actor: Actor, incident: Incident) -> dict[str, Any]:
    on, precision = form.on.data
    return {
        "on": on,
        "on_precision": precision,
        "person": person_in(incident, actor, form.person.data) if form.person.data else None,
        "result": form.result.data or None,
        **{name: form[name].data for name in ("kind", "party", "addressee", "details", "response")},
    }


def _to(incident: Incident, part: str) -> str:
    return url_for("incidents.show", incident_id=incident.id, _anchor=part)
