"""The pages of the network: members and rights, keys and leaving, what takes two coordinators, the way back."""

from caseflow.network.routes import approvals, keys, letters, members, reopening  # noqa: F401 -- they fill the blueprint
from caseflow.network.routes.blueprint import bp

__all__ = ["bp"]
