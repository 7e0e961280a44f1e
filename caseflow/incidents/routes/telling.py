"""Steps 1 and 2 of logging: what happened; where, when, and how it reached us. And the quick note, which is one page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.incidents import forms, operations, rules
from caseflow.incidents.models import Incident
from caseflow.incidents.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.network.models import Organisation
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import today_here


@bp.route("/new", methods=["GET", "POST"])
@signed_in
def log() -> ResponseReturnValue:
    """Begin: what happened makes the draft, everything else follows."""
    actor = current_actor()
    form = forms.WhatForm(data={"language": actor.language})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            incident = operations.log(
                title=form.title.data,
                narrative=form.narrative.data,
                language=form.language.data,
                region=_region_of(actor),
                began_on=None,
                began_precision="unknown",
                by=actor,
                at=now(),
            )
            flash(
                _(
                    "The draft %(reference)s is kept. You can stop at any step and go on later.",
                    reference=incident.reference,
                ),
                "ok",
            )
            return redirect(next_step(incident, "where"), 303)
    return render_template("incidents/what.html", incident=None, form=form, objection=policy.may_log(actor))


@bp.route("/quick", methods=["GET", "POST"])
@signed_in
def note() -> ResponseReturnValue:
    """Note what must not be forgotten, on one page; it becomes a draft like any other."""
    actor = current_actor()
    form = forms.QuickForm(data={"region": _region_of(actor), "when": "today"})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            began_on, precision = form.moment(today_here())
            incident = operations.log(
                title=rules.first_words(form.story.data),
                narrative=form.story.data,
                language=actor.language,
                region=form.region.data,
                place=form.place.data,
                began_on=began_on,
                began_precision=precision,
                learned_on=today_here(),
                by=actor,
                at=now(),
            )
            if form.who.data:
                operations.add_person(incident, kind="individual", name=form.who.data, by=actor, at=now())
            flash(
                _(
                    "%(reference)s is kept as a draft. Add photographs now if you have them; the rest can follow later.",
                    reference=incident.reference,
                ),
                "ok",
            )
            return redirect(url_for("incidents.show", incident_id=incident.id), 303)
    return render_template("incidents/quick.html", form=form, objection=policy.may_log(actor))


@bp.route("/<incident_id>/what", methods=["GET", "POST"])
@signed_in
def what(incident_id: str) -> ResponseReturnValue:
    """Say anew what happened."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.WhatForm(data={**_told(actor, incident), "version": str(incident.version)})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            told = {name: form[name].data for name in ("title", "narrative", "language")}
            operations.edit(incident, **{**_told(actor, incident), **told}, seen=form.seen_version, by=actor, at=now())
            return redirect(next_step(incident, "where"), 303)
    return render_template(
        "incidents/what.html",
        incident=incident,
        form=form,
        stored=_stored(form, actor, incident),
        objection=policy.may_edit(actor, incident),
    )


@bp.route("/<incident_id>/where", methods=["GET", "POST"])
@signed_in
def where(incident_id: str) -> ResponseReturnValue:
    """Say where and when it happened, and how it reached us."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.WhereForm(
        data={
            "region": incident.region,
            "place": actor.ring.text(incident, "place"),
            "began_on": (incident.began_on, incident.began_precision),
            "ending": _ending(incident),
            "ended_on": (incident.ended_on, incident.ended_precision or "unknown"),
            "learned_on": incident.learned_on,
            "learned_how": incident.learned_how or "",
            "version": str(incident.version),
        }
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            began_on, began_precision = form.began_on.data
            ended_on, ended_precision = form.end
            told = {
                "region": form.region.data,
                "place": form.place.data,
                "began_on": began_on,
                "began_precision": began_precision,
                "ended_on": ended_on,
                "ended_precision": ended_precision,
                "learned_on": form.learned_on.data,
                "learned_how": form.learned_how.data or None,
            }
            operations.edit(incident, **{**_told(actor, incident), **told}, seen=form.seen_version, by=actor, at=now())
            return redirect(next_step(incident, "people"), 303)
    return render_template(
        "incidents/where.html",
        incident=incident,
        form=form,
        stored=_stored(form, actor, incident),
        objection=policy.may_edit(actor, incident),
    )


def _region_of(actor: Actor) -> str:
    house = db.session.get(Organisation, actor.organisation_id)
    return (house.region if house else None) or ""


def next_step(incident: Incident, step: str) -> str:
    """Return where saving leads: to the next step of a draft unless she goes on later, else to the incident's page."""
    on = incident.state == "draft" and "later" not in request.form
    return url_for(f"incidents.{step}" if on else "incidents.show", incident_id=incident.id)


def _told(actor: Actor, incident: Incident) -> dict[str, Any]:
    coded = (
        "region", "began_on", "began_precision", "ended_on", "ended_precision", "learned_on", "learned_how", "language",
    )  # fmt: skip
    texts = {name: actor.ring.text(incident, name) for name in ("title", "narrative", "place")}
    return {**texts, **{name: getattr(incident, name) for name in coded}}


def _ending(incident: Incident) -> str:
    if incident.ended_precision is None:
        return "none"
    return "until" if incident.ended_on is not None else "unknown"


def _stored(form: Form, actor: Actor, incident: Incident) -> dict[str, Any] | None:
    """Return what is stored when it is not what this form was opened with; the next sending then counts as seen."""
    if not form.is_submitted() or form.seen_version in (None, incident.version):
        return None
    form.version.data = str(incident.version)
    return _told(actor, incident)
