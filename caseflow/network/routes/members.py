"""The list of members, invitations, the confirmation of a key, the end of a membership; and who may do what."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import true

from caseflow.access import network as policy
from caseflow.access import table
from caseflow.access.actor import Role, demand
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.words import N_
from caseflow.keys.queries import waiting
from caseflow.network import operations, queries, rights
from caseflow.network.forms import ConfirmKeyForm, InviteForm, OrganisationForm
from caseflow.network.models import Invitation, Member, Organisation
from caseflow.network.routes.blueprint import bp
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.navigation import entry
from caseflow.web.pages import refusing_to, showing_refusals, transaction

entry(N_("Members"), "network.members", order=80, icon="network", roles=(Role.COORDINATOR,))

STATES = {
    "invited": (N_("invited"), "info"),
    "expired": (N_("did not answer in time"), "warn"),
    "waiting": (N_("waits for confirmation"), "warn"),
    "confirmed": (N_("confirmed"), "ok"),
    "left": (N_("has left"), "neutral"),
    "approval": (N_("waits for a second coordinator"), "warn"),
}
REQUESTS = {
    "coordinator": N_("make %(name)s a coordinator"),
    "new_identity": N_("give the coordinator %(name)s a new key"),
    "organisation_key": N_("put a new recovery key of the organisation into use: %(name)s"),
    "use_key": N_("open the keys of %(name)s with the organisation's recovery key"),
}


@bp.get("/members")
@signed_in
def members() -> ResponseReturnValue:
    """Everybody in the network, by organisation."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    return render_template(
        "network/members.html",
        directory=queries.directory(at=now()),
        states=STATES,
        requests=queries.open_requests(at=now()),
        request_words=REQUESTS,
        waiting=waiting(),
        objection=policy.may_invite(actor),
        policy=policy,
    )


@bp.route("/members/invite", methods=["GET", "POST"])
@proven_lately
def invite() -> ResponseReturnValue:
    """Invite somebody by mail."""
    actor = current_actor()
    demand(policy.may_invite(actor), about="invitations:")
    form = InviteForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            invitation, link = operations.invite(
                email=form.email.data,
                name=form.name.data,
                role=Role(form.role.data),
                organisation=db.session.get_one(Organisation, form.organisation.data),
                language=form.language.data,
                by=actor,
                at=now(),
            )
            if link:
                words = _("The invitation goes to %(address)s. It is good for seven days.", address=invitation.email)
            else:
                words = _(
                    "The letter goes to %(address)s when another coordinator has approved.", address=invitation.email
                )
            flash(words, "ok")
            return redirect(url_for("network.members"), 303)
    return render_template("network/invite.html", form=form)


@bp.post("/invitations/<invitation_id>/withdraw")
@signed_in
def withdraw_invitation(invitation_id: str) -> ResponseReturnValue:
    """Make an invitation's link useless."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="invitations:")
    invitation = find(Invitation, invitation_id, true())
    with refusing_to(url_for("network.members")), transaction():
        operations.withdraw_invitation(invitation, by=actor, at=now())
        flash(_("The invitation is withdrawn. Its link opens nothing now."), "ok")
        return redirect(url_for("network.members"), 303)


@bp.route("/members/organisations/new", methods=["GET", "POST"])
@signed_in
def add_organisation() -> ResponseReturnValue:
    """Enter a member organisation."""
    actor = current_actor()
    demand(policy.may_add_organisation(actor), about="organisations:")
    form = OrganisationForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            house = operations.add_organisation(form.name.data, region=None, by=actor, at=now())
            flash(_("%(name)s is in the network.", name=house.name), "ok")
            return redirect(url_for("network.members"), 303)
    return render_template("network/organisation.html", form=form)


@bp.route("/members/<member_id>/key", methods=["GET", "POST"])
@proven_lately
def confirm_key(member_id: str) -> ResponseReturnValue:
    """Confirm a member's key by the words she reads out; the page never shows them."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    member = find(Member, member_id, true())
    form = ConfirmKeyForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.confirm_key(member, words=form.words.data, by=actor, at=now())
            flash(_("The key of %(name)s is confirmed. Files can be sealed to it now.", name=member.name), "ok")
            return redirect(url_for("network.members"), 303)
    return render_template(
        "network/confirm_key.html",
        form=form,
        member=member,
        confirmed=queries.is_confirmed(member.id),
        objection=policy.may_confirm_key(actor, member),
    )


@bp.get("/rights")
@signed_in
def show_rights() -> ResponseReturnValue:
    """What may I do? The table of roles and acts, printed from the predicates."""
    found = rights.rows()
    groups = [(heading, [row for row in found if row.kind == kind]) for kind, heading in table.HEADINGS.items()]
    return render_template("network/rights.html", groups=groups, answers=table.WORDS, roles=tuple(Role))
