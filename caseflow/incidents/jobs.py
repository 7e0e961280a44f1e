"""Work on incidents that waits for nobody: the digests of each day."""

from __future__ import annotations

from datetime import timedelta

from caseflow.incidents import operations
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.jobs import job


@job("incidents.write_digests", every=timedelta(hours=1))
def write_digests() -> None:
    """Write the digests whose hour has come."""
    with transaction():
        operations.write_digests(at=now())
