"""What the entrance does by the clock."""

from __future__ import annotations

from datetime import timedelta

from caseflow.entrance import kept, operations
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.jobs import job


@job("entrance.sweep", every=timedelta(minutes=5))
def sweep() -> None:
    """Lock idle sessions also when nobody comes back to them, so that a seized server holds no half of them."""
    operations.sweep(at=now())


@job("entrance.forget_typed", every=timedelta(days=1))
def forget_typed() -> None:
    """Forget what was typed a month ago and never sent."""
    with transaction():
        kept.forget_old(at=now())
