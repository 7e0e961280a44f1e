"""Regular work on the keys: a look each day whether who holds them is who should."""

from __future__ import annotations

import logging
from datetime import timedelta

from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.jobs import job
from caseflow.kernel.words import N_
from caseflow.keys.queries import faults
from caseflow.ledger import operations as ledger

log = logging.getLogger(__name__)
BROKEN = N_("Who holds keys is not who should. The operator sees with “flask keys check” what is wrong.")


@job("keys.check_daily", every=timedelta(days=1))
def check_daily() -> None:
    """Check the keys; that something is wrong goes into the ledger and the log, what it is only to who runs the command."""
    try:
        number = sum(1 for _fault in faults()) if instance() else 0  # nobody holds keys before there is a network
    except Exception:  # what makes the check break off is wrong, too, and nobody else would be told
        log.exception("the check of the keys broke off")
        db.session.rollback()
        number = 1
    if number:
        ledger.refused("keys.check", by=None, about="keys:", why=BROKEN, result="failed")
        log.error("%s things are wrong with the keys: `flask keys check` says which", number)
