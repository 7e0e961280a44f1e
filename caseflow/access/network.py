"""Members, invitations and keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from caseflow.access.actor import Actor, Objection, unready
from caseflow.kernel.words import N_
from caseflow.keys.models import Approval
from caseflow.network.models import Invitation, Member

LOST_FOR = timedelta(days=3)
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


def may_ask_approval(actor: Actor) -> Objection:
    """Return why `actor` may not ask another coordinator for something that takes two, or None."""
    return may_see_members(actor)


def may_decide(actor: Actor, approval: Approval) -> Objection:
    """Return why `actor` may not approve or decline what another coordinator asked for, or None."""
    if approval.verdict is not None:
        return N_("This has been decided already.")
    if approval.asked_by_id == actor.member_id:
        return N_("Another coordinator decides what you ask for.")
    if approval.subject == f"members:{actor.member_id}":
        return N_("Another coordinator decides what is about yourself.")
    return may_see_members(actor)


def may_start_new_identity(actor: Actor, member: Member) -> Objection:
    """Return why `actor` may not let `member` begin with a new key, or None."""
    if member.departure is not None:
        return N_("This member has left the network.")
    if actor.member_id == member.id:
        return N_("Another coordinator lets you begin with a new key. You yourself can change your passphrase.")
    return may_see_members(actor)


def may_use_organisation_key(actor: Actor, member: Member) -> Objection:
    """Return why `actor` may not ask for the organisation's recovery key to be used for `member`, or None."""
    if member.departure is not None:
        return N_("This member has left the network.")
    if actor.member_id == member.id:
        return N_("Another coordinator asks for your recovery.")
    return may_see_members(actor)


def may_regain(actor: Actor, member: Member, *, seen: datetime | None, at: datetime) -> Objection:
    """Return why `actor` may not get her own keys back by the shares alone, or None.

    `seen` is when a coordinator last opened her keys: while one can, she asks and another approves.
    """
    if member.departure is not None:
        return N_("This member has left the network.")
    if actor.member_id != member.id or not actor.is_coordinator:
        return N_("With the shares alone only the account of a coordinator is opened. She can help everybody else.")
    if seen is not None and at - seen < LOST_FOR:
        return N_(
            "A coordinator was signed in within the last three days. She can ask for this, and another one approves."
        )
    return unready(actor)


def may_read_ledger(actor: Actor) -> Objection:
    """Return why `actor` may not read the ledger of the whole network, or None."""
    return unready(actor) or (
        None if actor.is_coordinator else N_("The ledger of the network is read by coordinators.")
    )
