"""What a coordinator does from a terminal: founding, inviting, settling keys, the organisation's recovery key."""

from caseflow.network.cli import keys  # noqa: F401 -- adds to the group `keys`
from caseflow.network.cli.network import group

__all__ = ["group"]
