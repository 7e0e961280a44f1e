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
from caseflow.network.operations.members import plain_words
from caseflow.network.operations.reopening import offer_new_identity
from caseflow.vault.organisation import fingerprint_of


def approve(approval: Approval, *, words: str = "", by: Actor, at: datetime) -> None:
    """Approve what another coordinator asked for, and let it happen: the letter goes, the key comes into use.

    A recovery key takes the eight `words` of the papers: raises `RuleBroken` when they differ from those of the key.
    """
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    _demand_words(approval, words)
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


def _demand_words(approval: Approval, words: str) -> None:
    if approval.kind != ORGANISATION_KEY:
        return
    key = db.session.get_one(OrganisationKey, approval.subject.partition(":")[2])
    if plain_words(words) != plain_words(fingerprint_of(key.public)):
        told = N_(
            "These are not the eight words of this recovery key. Read them from the papers; do not approve otherwise."
        )
        raise RuleBroken(told, about=approval.subject)


def decline(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Decline what another coordinator asked for; an invitation that waited for it is withdrawn."""
    demand(policy.may_decide(by, approval), about=ledger.name_of(approval))
    keys.decide(approval, approve=False, by=by, at=at)
    if approval.kind == COORDINATOR:
        db.session.get_one(Invitation, approval.subject.partition(":")[2]).withdrawn_at = at
    ledger.record("network.decline", by=by, at=at, about=approval.subject, public={"kind": approval.kind})
