"""Regular work on evidence."""

from __future__ import annotations

from datetime import timedelta

from caseflow.evidence.models import File
from caseflow.evidence.operations import checking
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.jobs import job


@job("evidence.check_some", every=timedelta(hours=1))
def check_some() -> None:
    """Check the files that were not checked for a month, some in each hour."""
    check(most=200)


@job("evidence.sweep", every=timedelta(days=1))
def sweep() -> None:
    """Remove payloads that no row points to."""
    with transaction():
        checking.sweep(at=now())


def check(*, most: int, everything: bool = False) -> tuple[int, int]:
    """Check files, each in a transaction of its own; return (checked, damaged)."""
    age = timedelta(0) if everything else timedelta(days=30)
    checked = damaged = 0
    for file_id in checking.due_for_check(at=now(), most=most, older_than=age):
        with transaction():
            file = db.session.get(File, file_id, execution_options=unscoped("fixity needs no reader"))
            if file is not None:
                damaged += not checking.verify(file, by=None, at=now())
                checked += 1
    return checked, damaged
