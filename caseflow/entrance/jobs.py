"""What the entrance does by the clock."""

from __future__ import annotations

from datetime import timedelta

from caseflow.entrance import operations
from caseflow.kernel.clock import now
from caseflow.kernel.jobs import job


@job("entrance.sweep", every=timedelta(minutes=5))
def sweep() -> None:
    """Lock idle sessions also when nobody comes back to them, so that a seized server holds no half of them."""
    operations.sweep(at=now())
