"""Counts over the network: exact for those who hold every safe, rounded for everybody else."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.incidents import HIDDEN
from caseflow.access.safes import visible
from caseflow.incidents.models import Incident
from caseflow.kernel.words import N_


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition an incident must meet to be counted exactly for `actor`: she could open it."""
    return visible(Incident, actor) & Incident.state.not_in(HIDDEN)


def may_see_counts(actor: Actor) -> Objection:
    """Return why `actor` may not see what the network has documented in rounded numbers, or None."""
    return unready(actor)


def may_see_patterns(actor: Actor) -> Objection:
    """Return why `actor` may not see which incidents belong together, with exact numbers, or None."""
    if not actor.is_coordinator:
        return unready(actor) or N_("Patterns across all incidents are read by the coordinators, who hold all keys.")
    return unready(actor)
