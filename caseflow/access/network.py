"""Members, invitations and keys."""

from __future__ import annotations

from caseflow.access.actor import Actor, Objection, unready
from caseflow.kernel.words import N_
from caseflow.network.models import Invitation, Member

COORDINATORS_ONLY = N_("Members are invited and confirmed by a coordinator.")


def may_see_members(actor: Actor) -> Objection:
    """Return why `actor` may not open the list of members, or None."""
    return unready(actor) or (None if actor.is_coordinator else COORDINATORS_ONLY)


def may_invite(actor: Actor) -> Objection:
    """Return why `actor` may not invite somebody, or None."""
    return may_see_members(actor)


def may_withdraw_invitation(actor: Actor, invitation: Invitation) -> Objection:
    """Return why `actor` may not withdraw `invitation`, or None."""
    if invitation.accepted_at is not None:
        return N_("This invitation has been accepted. End the membership instead.")
    if invitation.withdrawn_at is not None:
        return N_("This invitation has been withdrawn already.")
    return may_see_members(actor)


def may_add_organisation(actor: Actor) -> Objection:
    """Return why `actor` may not enter a member organisation, or None."""
    return may_see_members(actor)


def may_confirm_key(actor: Actor, member: Member) -> Objection:
    """Return why `actor` may not confirm the key of `member`, or None."""
    if member.departure is not None:
        return N_("This member has left the network.")
    if actor.member_id == member.id:
        return N_("Nobody confirms her own key.")
    return may_see_members(actor)


def may_end_membership(actor: Actor, member: Member) -> Objection:
    """Return why `actor` may not end the membership of `member`, or None."""
    if member.departure is not None:
        return N_("This member has left the network already.")
    if actor.member_id == member.id:
        return N_("Another coordinator ends your membership, so that somebody remains who can.")
    return may_see_members(actor)


def may_read_ledger(actor: Actor) -> Objection:
    """Return why `actor` may not read the ledger of the whole network, or None."""
    return unready(actor) or (None if actor.is_coordinator else N_("The ledger of the network is read by coordinators."))
