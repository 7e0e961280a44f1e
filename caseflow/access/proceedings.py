"""Courts and bodies: counsel and coordinators record what happens there."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection
from caseflow.access.cases import may_work_in
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.proceedings.models import Proceeding


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a proceeding must meet to exist for `actor`."""
    return visible(Proceeding, actor)


def may_open(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not open a proceeding in `case`, or None."""
    return may_work_in(actor, case)


def may_move(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not move a proceeding of `case` to its next stage, or None."""
    return may_work_in(actor, case)


def may_record(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record a hearing, filing or decision in `case`, or None."""
    return may_work_in(actor, case)
