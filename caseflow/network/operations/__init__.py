"""Acts on the network: founding it, inviting, joining, confirming a key, leaving."""

from caseflow.network.operations.approvals import approve, decline
from caseflow.network.operations.founding import add_organisation, found
from caseflow.network.operations.invitations import (
    accept,
    invite,
    open_invitation,
    send_invitation,
    withdraw_invitation,
)
from caseflow.network.operations.members import choose_letters, confirm_key, end_membership, set_preferences
from caseflow.network.operations.recovery import ask_recovery, recover, regain
from caseflow.network.operations.reopening import (
    offer_new_identity,
    offer_recovered,
    open_reopening,
    reopen,
    start_new_identity,
)

__all__ = [
    "accept",
    "add_organisation",
    "approve",
    "ask_recovery",
    "choose_letters",
    "confirm_key",
    "decline",
    "end_membership",
    "found",
    "invite",
    "offer_new_identity",
    "offer_recovered",
    "open_invitation",
    "open_reopening",
    "recover",
    "regain",
    "reopen",
    "send_invitation",
    "set_preferences",
    "start_new_identity",
    "withdraw_invitation",
]
