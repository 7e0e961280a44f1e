"""Remedies: counsel and coordinators follow what a decision ordered."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection
from caseflow.access.cases import may_work_in
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.remedies.models import Measure


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a measure must meet to exist for `actor`."""
    return visible(Measure, actor)


def may_record(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record a measure ordered in `case`, or None."""
    return may_work_in(actor, case)


def may_follow_up(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record what became of a measure in `case`, or None."""
    return may_work_in(actor, case)
