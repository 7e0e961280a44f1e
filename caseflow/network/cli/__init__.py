"""What a coordinator does from a terminal: founding, inviting, settling keys, the organisation's recovery key, the ledger's."""

from caseflow.network.cli import keys, ledger, recovery  # noqa: F401 -- they add to the groups `keys` and `ledger`
from caseflow.network.cli.network import group

__all__ = ["group"]
