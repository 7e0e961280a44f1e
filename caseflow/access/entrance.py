"""Second factors: everybody changes her own; a coordinator helps who has lost hers."""

from __future__ import annotations

from caseflow.access.actor import Actor, Objection, unready
from caseflow.kernel.words import N_
from caseflow.network.models import Member


def may_reset_second_factor(actor: Actor, member: Member) -> Objection:
    """Return why `actor` may not take away the second factors of `member`, or None."""
    if member.departure is not None:
        return N_("This member has left the network.")
    if actor.member_id == member.id:
        return N_("Nobody resets her own second factor; another coordinator does.")
    if not actor.is_coordinator:
        return N_("A second factor is reset by a coordinator.")
    return unready(actor)
