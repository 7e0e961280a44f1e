"""The sign-in page, the lock screen, the second step, joining by invitation, recovery, one's own account."""

from caseflow.entrance.routes import account, keeping, second_factor, second_step, signing_in  # noqa: F401 -- they fill the blueprint
from caseflow.entrance.routes.blueprint import bp

__all__ = ["bp"]
