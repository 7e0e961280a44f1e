"""What happens when a second coordinator approves or declines."""

from __future__ import annotations

from datetime import datetime

from caseflow.access import network as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Approval, OrganisationKey
from caseflow.keys.operations.approvals import COORDINATOR, NEW_IDENTITY, ORGANISATION_KEY
from caseflow.ledger import operations as ledger
from caseflow.network.models import Invitation, Member
from caseflow.network.operations.invitations import send_invitation
from caseflow.network.operations.reopening import offer_new_identity


def approve(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Approve what another coordinator asked for, and let it happen: the letter goes, the key comes into use."""
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    keys.decide(approval, approve=True, by=by, at=at)
    ledger.record("network.approve", by=by, at=at, about=approval.subject, public={"kind": approval.kind})
    key = approval.subject.partition(":")[2]
    if approval.kind == COORDINATOR:
        invitation = db.session.get_one(Invitation, key)
        if invitation.withdrawn_at is not None:
            raise RuleBroken(N_("This invitation has been withdrawn already."), about=approval.subject)
        send_invitation(invitation, by=by, at=at)
    elif approval.kind == NEW_IDENTITY:
        offer_new_identity(db.session.get_one(Member, key), by=by, at=at)
    elif approval.kind == ORGANISATION_KEY:
        keys.activate_organisation_key(db.session.get_one(OrganisationKey, key), by=by, at=at)


def decline(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Decline what another coordinator asked for; an invitation that waited for it is withdrawn."""
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    keys.decide(approval, approve=False, by=by, at=at)
    if approval.kind == COORDINATOR:
        db.session.get_one(Invitation, approval.subject.partition(":")[2]).withdrawn_at = at
    ledger.record("network.decline", by=by, at=at, about=approval.subject, public={"kind": approval.kind})
