"""Regular work on evidence."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from caseflow.evidence import operations, store
from caseflow.evidence.belonging import expected
from caseflow.evidence.models import File
from caseflow.evidence.operations import checking
from caseflow.evidence.stores import StoreDown
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.jobs import job

AT_ONCE = 500  # what is removed under one lock


@job("evidence.check_some", every=timedelta(hours=1))
def check_some() -> None:
    """Check the files that were not checked for a month, some in each hour."""
    with suppress(StoreDown):  # the log has told; its next turn comes
        check(most=200)


@job("evidence.sweep", every=timedelta(days=1))
def sweep_daily() -> None:
    """Remove payloads that no row points to."""
    with suppress(StoreDown):  # the log has told; its next turn comes
        sweep()


def sweep() -> int:
    """Remove payloads older than a day that no row points to; return how many. They are looked for outside the lock.

    Files that nobody went on with in time are forgotten before. Raises `StoreDown`.
    """
    with transaction():
        late = operations.forget_uploads(at=now())
    for payload in late:
        store.drop_draft(payload)
    names, removed = checking.unreferenced(), 0
    for start in range(0, len(names), AT_ONCE):
        with transaction():
            removed += checking.sweep(names[start : start + AT_ONCE], at=now())
    return removed


def check(*, most: int, everything: bool = False) -> tuple[int, int]:
    """Check files and note each result in a transaction of its own; return (checked, damaged). Raises `StoreDown`."""
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
