"""What concerns thousands of safes at once: access changes in one act, new epochs and headers follow in batches.

Only who holds a safe can renew it, so the batches run in the session of a member: of the coordinator who acts, and if
she goes away, of whichever holder signs in next. Each batch is a transaction of its own; between two of them everything
that is stored can be opened by exactly those who may.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select

from caseflow.access.actor import Actor, demand, unready
from caseflow.access.facts import safes_of
from caseflow.kernel.announce import announce, on
from caseflow.kernel.db import db, leave_no_trace
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.ids import new_id
from caseflow.kernel.words import N_
from caseflow.keys.heading import Heading
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Grant, Unsettled
from caseflow.keys.operations.safes import settle
from caseflow.keys.queries import held_by_nobody_else, waiting_for
from caseflow.ledger import operations as ledger

log = logging.getLogger(__name__)

AT_ONCE = 100  # safes that are settled within the act itself, and in one batch afterwards
AT_SIGN_IN = 10
SOLE_HOLDER = N_(
    "Nobody else holds the keys of some safes that this member holds. They would be lost. Let another coordinator settle "
    "the waiting keys first."
)


def take_all(member_id: str, *, by: Actor | None, at: datetime) -> int:
    """Delete every grant of a member in this very act and note which safes are to get a new epoch; return how many.

    The caller has asked who may. Raises `RuleBroken` when a safe would be left without anybody who can open it.
    """
    if held_by_nobody_else(member_id):
        raise RuleBroken(SOLE_HOLDER, about=f"members:{member_id}")
    held = list(db.session.scalars(select(Grant.safe_id).where(Grant.member_id == member_id)))
    _note(member_id, held, lost=True, at=at)
    leave_no_trace()
    db.session.execute(delete(Grant).where(Grant.member_id == member_id))
    public = {"member": member_id, "safes": len(held)}
    ledger.record("keys.take_all", by=by, at=at, about=f"members:{member_id}", public=public)
    return len(held)


def give_all(member_id: str, *, by: Actor, at: datetime) -> int:
    """Note that a member is to get the keys of all safes she is entitled to; return how many she lacks."""
    demand(unready(by))
    entitled = safes_of(member_id)
    held = set(db.session.scalars(select(Grant.safe_id).where(Grant.member_id == member_id)))
    lacking = sorted(entitled - held)
    _note(member_id, lacking, lost=False, at=at)
    ledger.record("keys.give_all", by=by, at=at, about=f"members:{member_id}", public={"safes": len(lacking)})
    return len(lacking)


def settle_some(*, by: Actor, at: datetime, most: int = AT_ONCE) -> int:
    """Settle up to `most` waiting safes that `by` holds, then head as many waiting files; return how much she did.

    Nothing is asked but that her key is confirmed: who is entitled is computed from the facts. 0: nothing is left to her.
    """
    demand(unready(by))
    found = list(db.session.scalars(waiting_for(by.member_id).limit(most)))
    settle(found, by=by, at=at)
    heading = Heading(ring=ring_of(by), most=(most - len(found)) * 10)
    if heading.most:
        announce("keys.head_more", heading=heading)
    if found or heading.done:
        public = {"safes": len(found), "files": heading.done}
        ledger.record("keys.settle_some", by=by, at=at, about=f"members:{by.member_id}", public=public)
    return len(found) + heading.done


def _note(member_id: str, safes: Collection[str], *, lost: bool, at: datetime) -> None:
    known: ColumnElement[bool] = Unsettled.member_id == member_id
    noted = {row.safe_id: row for row in db.session.scalars(select(Unsettled).where(known))}
    for safe_id in safes:
        if safe_id in noted:
            noted[safe_id].lost = noted[safe_id].lost or lost
    fresh = [safe_id for safe_id in safes if safe_id not in noted]
    if fresh:
        rows = [{"id": new_id(), "safe_id": s, "member_id": member_id, "lost": lost, "at": at} for s in fresh]
        db.session.execute(insert(Unsettled), rows)
    db.session.flush()


@on("entrance.signed_in")
def _go_on(by: Actor, at: datetime, **_facts: object) -> None:
    # Whoever comes in takes up a little of what an interrupted session has left. It must not keep her out.
    if not by.confirmed or db.session.scalar(waiting_for(by.member_id).limit(1)) is None:
        return
    try:
        with db.session.begin_nested():
            settle_some(by=by, at=at, most=AT_SIGN_IN)
    except Exception:
        log.exception("waiting keys could not be renewed at a sign-in")
