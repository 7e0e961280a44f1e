"""What incidents do by the clock: digests each day, and lists that nobody goes on with."""

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


@job("incidents.forget_imports", every=timedelta(days=1))
def forget_imports() -> None:
    """Take back the lists that nobody went on bringing in for a week."""
    with transaction():
        operations.forget_imports(at=now())
