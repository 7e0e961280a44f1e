"""What takes two coordinators: approving or declining what another asked for."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import true

from caseflow.access import network as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.keys import operations as keys
from caseflow.keys.models import Approval
from caseflow.network import operations
from caseflow.network.models import Member
from caseflow.network.routes.blueprint import bp
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.pages import refusing_to, transaction


@bp.post("/approvals/<approval_id>/approve")
@proven_lately
def approve(approval_id: str) -> ResponseReturnValue:
    """Approve what another coordinator asked for."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="approvals:")
    approval = find(Approval, approval_id, true())
    with refusing_to(url_for("network.members")), transaction():
        operations.approve(approval, words=request.form.get("words", ""), by=actor, at=now())
        flash(_("You have approved it. It is done now."), "ok")
        return redirect(url_for("network.members"), 303)


@bp.post("/approvals/<approval_id>/decline")
@signed_in
def decline(approval_id: str) -> ResponseReturnValue:
    """Decline what another coordinator asked for."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="approvals:")
    approval = find(Approval, approval_id, true())
    with refusing_to(url_for("network.members")), transaction():
        operations.decline(approval, by=actor, at=now())
        flash(_("You have declined it. Nothing happens."), "ok")
        return redirect(url_for("network.members"), 303)


@bp.post("/members/<member_id>/new-key")
@proven_lately
def start_new_identity(member_id: str) -> ResponseReturnValue:
    """Send a member who lost passphrase and code the link for a new key."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    member = find(Member, member_id, true())
    with refusing_to(url_for("network.member", member_id=member.id)), transaction():
        if operations.start_new_identity(member, by=actor, at=now()) is None:
            words = _waiting(actor, member)
        else:
            words = _("A letter with a link goes to %(address)s. It is good for seven days.", address=member.email)
        flash(words, "ok")
        return redirect(url_for("network.member", member_id=member.id), 303)


@bp.post("/members/<member_id>/recovery")
@proven_lately
def ask_recovery(member_id: str) -> ResponseReturnValue:
    """Ask that the organisation's recovery key be used for a member."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    member = find(Member, member_id, true())
    with refusing_to(url_for("network.member", member_id=member.id)), transaction():
        if operations.ask_recovery(member, by=actor, at=now()).verdict is None:
            words = _waiting(actor, member)
        else:
            words = _("There is no other coordinator to ask. The holders of the shares can meet at the server.")
        flash(words, "ok")
        return redirect(url_for("network.member", member_id=member.id), 303)


def _waiting(actor: Actor, member: Member) -> str:
    if keys.who_can_decide(actor.member_id, member.id):
        return str(_("Another coordinator is asked to approve. You see on the page of members when she has."))
    words = _(
        "There is no third coordinator who could approve. Ask once more after three days: if %(name)s has not signed in by "
        "then, it happens. She gets a letter about it now.",
        name=member.name,
    )
    return str(words)
