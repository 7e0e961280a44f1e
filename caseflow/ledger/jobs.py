"""Regular work on the ledger: checkpoints, their time-stamps, and a look at the whole of it each day."""

from __future__ import annotations

import logging
from datetime import timedelta

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.jobs import job
from caseflow.kernel.words import N_
from caseflow.ledger import operations, stamping, verification
from caseflow.ledger.checkpoints import KeyMissing, NothingYet, Rewritten, is_due, latest_checkpoint, make_checkpoint
from caseflow.ledger.models import Checkpoint

log = logging.getLogger(__name__)
BROKEN = N_("The ledger is not whole.")


@job("ledger.checkpoint_hourly", every=timedelta(hours=1))
def checkpoint_hourly() -> None:
    """Make a checkpoint if anything happened, and ask again for a time-stamp that could not be fetched."""
    last = latest_checkpoint()
    if last is not None and stamping.stamp_of(last.size) is None:
        with transaction():
            stamping.promise(last.size, turn=f"#{now():%Y%m%d%H}")
    if is_due():
        try:
            checkpoint()
        except (KeyMissing, Rewritten):
            log.error("a checkpoint could not be made; `flask ledger checkpoint` says why")  # noqa: TRY400 -- no fault of the program


@job("ledger.verify_daily", every=timedelta(days=1))
def verify_daily() -> None:
    """Check the whole ledger; what is wrong goes into the ledger and the log."""
    verify()


@job(stamping.JOB)
def stamp(size: int) -> None:
    """Fetch the time-stamp of a checkpoint. Raises `NoStamp`, so that it is tried again later."""
    found = db.session.get(Checkpoint, size)
    if found is None or stamping.stamp_of(size) is not None:
        return
    note = found.note
    db.session.rollback()  # no read transaction stays open while the authority is asked
    answer = stamping.ask(note)
    with transaction():
        stamping.keep(size, answer, at=now())


def checkpoint() -> Checkpoint:
    """Make a checkpoint in a transaction of its own. Raises `Rewritten` after saying so in the ledger, `KeyMissing`."""
    try:
        with transaction():
            return make_checkpoint(now())
    except Rewritten as fault:
        operations.refused("ledger.checkpoint", by=None, about="checkpoints:", why=str(fault), result="failed")
        log.error("the ledger was rewritten: no checkpoint is made")  # noqa: TRY400 -- no fault of the program
        raise


def verify(*, afresh: bool = False) -> verification.Verdict:
    """Check the whole ledger; if it is not whole, say so in the ledger and the log. Return what was found."""
    verdict = verification.verify(afresh=afresh)
    if verdict.faults:
        operations.refused("ledger.verify", by=None, about="events:", why=BROKEN, result="failed")
        log.error("the ledger is not whole: `flask ledger verify` says where")
    return verdict


__all__ = ["NothingYet", "checkpoint", "verify"]
