"""Step 4 of logging: what each person allows, and who says so."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.safes import visible
from caseflow.incidents import checks, forms, operations, queries
from caseflow.incidents.models import Consent, Incident, Source
from caseflow.incidents.routes import bp
from caseflow.incidents.routes.people import is_stale, named_people, person_in, take_out
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import today_here


@bp.get("/<incident_id>/consent")
@signed_in
def consent(incident_id: str) -> ResponseReturnValue:
    """What everybody allows, and who says so."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    return render_template(
        "incidents/consent.html",
        incident=incident,
        may_add=policy.may_add(actor, incident),
        may_edit=policy.may_edit(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.route("/<incident_id>/consents/new", methods=["GET", "POST"])
@signed_in
def give_consent(incident_id: str) -> ResponseReturnValue:
    """Record what a person allows; each purpose becomes a consent of its own."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    people = named_people(actor, incident)
    chosen = request.args.get("person") or (people[0][0] if len(people) == 1 else "")
    form = forms.ConsentForm(people, data={"person": chosen, "language": incident.language})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            for purpose in form.purpose.data:
                operations.give_consent(
                    incident,
                    person=person_in(incident, actor, form.person.data),
                    purpose=purpose,
                    form=form.form.data,
                    language=form.language.data,
                    given_on=form.given_on.data,
                    until=form.until.data,
                    witness=form.witness.data,
                    by=actor,
                    at=now(),
                )
            return redirect(_to_consent(incident), 303)
    return render_template(
        "incidents/consent_new.html", incident=incident, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/consents/form", methods=["GET", "POST"])
@signed_in
def consent_form(incident_id: str) -> ResponseReturnValue:
    """Print the consent form with the eight items of the law, filled in or blank for the pen."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    form = forms.ConsentSheetForm(named_people(actor, incident), data={"language": incident.language})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            drawn = operations.print_consent_form(
                incident,
                person=person_in(incident, actor, form.person.data) if form.person.data else None,
                purposes=form.purpose.data,
                language=form.language.data,
                until=form.until.data,
                witness=form.witness.data,
                by=actor,
                at=now(),
            )
            answer = Response(drawn, mimetype="application/pdf")
            # The reference alone: a name would lie in the list of downloads of whatever machine this is.
            name = f"consent-{incident.reference}-{form.language.data}.pdf"
            answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
            return answer
    return render_template(
        "incidents/consent_form.html", incident=incident, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/consents/<consent_id>/withdrawal", methods=["GET", "POST"])
@signed_in
def withdraw_consent(incident_id: str, consent_id: str) -> ResponseReturnValue:
    """Record that a person took a consent back."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    given = find(Consent, consent_id, visible(Consent, actor) & (Consent.incident_id == incident.id))
    form = forms.WithdrawalForm(data={"on": today_here()})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.withdraw_consent(given, on=form.on.data, reason=form.reason.data, by=actor, at=now())
            flash(_("The withdrawal is recorded. What already left the network cannot be called back."), "ok")
            return redirect(_to_consent(incident), 303)
    return render_template(
        "incidents/withdrawal.html",
        incident=incident,
        consent=given,
        form=form,
        objection=policy.may_withdraw_consent(actor, given),
    )


@bp.post("/<incident_id>/consents/<consent_id>/out")
@signed_in
def take_out_consent(incident_id: str, consent_id: str) -> ResponseReturnValue:
    """Take a consent that was entered by mistake out of a draft."""
    return take_out(incident_id, Consent, consent_id, back="consent")


@bp.route("/<incident_id>/sources/new", methods=["GET", "POST"])
@signed_in
def add_source(incident_id: str) -> ResponseReturnValue:
    """Add who says so."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.SourceForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.add_source(
                incident,
                connection=form.connection.data,
                reliability=form.reliability.data,
                said_on=form.said_on.data,
                who=form.who.data,
                by=actor,
                at=now(),
            )
            return redirect(_to_consent(incident, "sources"), 303)
    return render_template(
        "incidents/source.html", incident=incident, source=None, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/sources/<source_id>", methods=["GET", "POST"])
@signed_in
def correct_source(incident_id: str, source_id: str) -> ResponseReturnValue:
    """Correct who says so."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    source = find(Source, source_id, visible(Source, actor) & (Source.incident_id == incident.id))
    form = forms.SourceForm(
        data={
            "connection": source.connection,
            "reliability": source.reliability,
            "said_on": source.said_on,
            "who": actor.ring.text(source, "who"),
            "version": str(checks.stamp(source)),
        }
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.correct_source(
                source,
                incident=incident,
                connection=form.connection.data,
                reliability=form.reliability.data,
                said_on=form.said_on.data,
                who=form.who.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(_to_consent(incident, "sources"), 303)
    return render_template(
        "incidents/source.html",
        incident=incident,
        source=source,
        form=form,
        stored=source if is_stale(form, source) else None,
        objection=policy.may_edit(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.post("/<incident_id>/sources/<source_id>/out")
@signed_in
def take_out_source(incident_id: str, source_id: str) -> ResponseReturnValue:
    """Take a source out of a draft."""
    return take_out(incident_id, Source, source_id, back="consent")


def _to_consent(incident: Incident, part: str = "consents") -> str:
    step = "consent" if incident.state in policy.OPEN_TO_CHANGE else "show"
    return url_for(f"incidents.{step}", incident_id=incident.id, _anchor=part)
