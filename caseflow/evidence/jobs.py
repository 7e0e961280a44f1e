"""Regular work on evidence."""

from __future__ import annotations

from datetime import timedelta

from caseflow.evidence import operations, store
from caseflow.evidence.belonging import expected
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
def sweep_daily() -> None:
    """Remove payloads that no row points to."""
    sweep()


def sweep() -> int:
    """Remove payloads older than a day that no row points to; return how many. They are looked for outside the lock.

    Files that nobody went on with in time are forgotten before.
    """
    with transaction():
        late = operations.forget_uploads(at=now())
    for payload in late:
        store.drop_draft(payload)
    names = checking.unreferenced()
    if not names:
        return 0
    with transaction():
        return checking.sweep(names, at=now())


def check(*, most: int, everything: bool = False) -> tuple[int, int]:
    """Check files and note each result in a transaction of its own; return (checked, damaged)."""
    age = timedelta(0) if everything else timedelta(days=30)
    damaged = 0
    due = checking.due_for_check(at=now(), most=most, older_than=age)
    for file_id in due:
        file = db.session.get_one(File, file_id, execution_options=unscoped("fixity needs no reader"))
        payload, sha256 = file.payload, expected(file)
        db.session.rollback()  # nothing waits while a large file is read
        intact = sha256 is not None and checking.is_intact(payload, sha256)
        with transaction():
            checking.note_check(file, intact=intact, by=None, at=now())
        damaged += not intact
    return len(due), damaged
