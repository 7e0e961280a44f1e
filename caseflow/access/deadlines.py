"""Deadlines: counsel and coordinators decide on them and mark them met."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.cases import may_work_in
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.deadlines.models import Deadline
from caseflow.kernel.words import N_


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a deadline must meet to exist for `actor`."""
    return visible(Deadline, actor)


def may_decide(actor: Actor, case: Case, deadline: Deadline) -> Objection:
    """Return why `actor` may not confirm, change or decline `deadline`, or None."""
    if deadline.state not in ("proposed", "confirmed"):
        return N_("This deadline has been settled.")
    return may_work_in(actor, case)


def may_meet(actor: Actor, case: Case, deadline: Deadline) -> Objection:
    """Return why `actor` may not mark `deadline` as met, or None."""
    if deadline.state != "confirmed":
        return N_("Only a confirmed deadline can be met.")
    return may_work_in(actor, case)


def may_have_feed(actor: Actor) -> Objection:
    """Return why `actor` may not have an address at which a calendar program reads her dates, or None."""
    return unready(actor)
