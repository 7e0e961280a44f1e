"""Referring an incident to another organisation, and deciding about what another one refers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, Role
from caseflow.incidents import forms, operations, passing, queries
from caseflow.incidents.checks import today_for
from caseflow.incidents.models import Incident
from caseflow.incidents.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.network import queries as network
from caseflow.network.models import Member
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.pages import refusing_to, showing_refusals, transaction


@bp.route("/<incident_id>/referral", methods=["GET", "POST"])
@proven_lately
def refer(incident_id: str) -> ResponseReturnValue:
    """Offer chosen parts of it to another organisation."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    standings = passing.standings(incident, today=today_for(actor, now()))
    others = [
        member
        for member in network.able(Role.DOCUMENTER, Role.COORDINATOR)
        if member.organisation_id != incident.organisation_id
    ]
    people = [(person.id, _called(actor, person)) for person in incident.people]
    form = forms.ReferralForm([(member.id, f"{member.name} · {member.organisation.name}") for member in others], people)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.refer(
                incident,
                to=db.session.get_one(Member, form.to.data),
                parts=form.parts.data,
                people=[person for person in incident.people if person.id in form.people.data],
                reason=form.reason.data,
                note=form.note.data,
                by=actor,
                at=now(),
            )
            flash(_("The parts you chose are offered. Nothing else of this incident has left its safe."), "ok")
            return redirect(url_for("incidents.show", incident_id=incident.id), 303)
    return render_template(
        "incidents/referral.html",
        incident=incident,
        form=form,
        hints={one.person.id: _standing(one) for one in standings},
        nobody=not others,
        objection=policy.may_refer(actor, incident),
    )


@bp.post("/<incident_id>/acceptance")
@signed_in
def accept(incident_id: str) -> ResponseReturnValue:
    """Take over what was referred."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    back = url_for("incidents.show", incident_id=incident.id)
    with refusing_to(back), transaction():
        operations.accept_referral(incident, by=actor, at=now())
        flash(_("It is yours now, as a draft: add what you know and submit it."), "ok")
    return redirect(back, 303)


@bp.route("/<incident_id>/rejection", methods=["GET", "POST"])
@signed_in
def reject(incident_id: str) -> ResponseReturnValue:
    """Reject what was referred, with a reason."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.ReasonForm(data={"version": str(incident.version)})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.reject_referral(incident, reason=form.reason.data, by=actor, at=now())
            return redirect(url_for("incidents.show", incident_id=incident.id), 303)
    objection = policy.may_decide_referral(actor, incident)
    return render_template("incidents/rejection.html", incident=incident, form=form, objection=objection)


@bp.post("/<incident_id>/taking-back")
@signed_in
def take_back(incident_id: str) -> ResponseReturnValue:
    """Take it back into review here."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    back = url_for("incidents.show", incident_id=incident.id)
    with refusing_to(back), transaction():
        operations.take_back(incident, by=actor, at=now())
        flash(_("It is back in review here. Whoever held the parts has lost the key to them."), "ok")
    return redirect(back, 303)


def _called(actor: Actor, person: object) -> str:
    name, pseudonym = actor.ring.text(person, "name"), actor.ring.text(person, "pseudonym")
    return f"{name} ({pseudonym})" if name and pseudonym else name or pseudonym


def _standing(one: passing.Standing) -> str:
    if one.consent is not None:
        return str(_("Has consented to being passed on: goes with name, contact and what else is written."))
    if not one.asked:
        return str(_("Is entered as somebody who did it only: nobody asks her, the name goes along."))
    return str(_("Has not consented to it: goes under a pseudonym, and the name is taken out of the texts."))
