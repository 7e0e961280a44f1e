"""Acts on the network: founding it, inviting, joining, confirming a key, leaving."""

from caseflow.network.operations.founding import add_organisation, found
from caseflow.network.operations.invitations import accept, invite, open_invitation, withdraw_invitation
from caseflow.network.operations.members import confirm_key, end_membership, set_preferences

__all__ = [
    "accept",
    "add_organisation",
    "confirm_key",
    "end_membership",
    "found",
    "invite",
    "open_invitation",
    "set_preferences",
    "withdraw_invitation",
]
