"""Seeing what lies in a safe: whoever holds its grant sees it, nobody else does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, select

from caseflow.access.actor import Actor
from caseflow.kernel.db import scoped
from caseflow.keys.models import Grant


def visible(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a row of `model` (any table with a `safe_id`) must meet to exist for `actor`."""
    held = select(Grant.safe_id).where(Grant.member_id == actor.member_id)
    return scoped(model.safe_id.in_(held))


def each_visible(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return `visible` for a query that names its few rows: asked of each of them, not of all that the actor holds."""
    return scoped(exists().where(Grant.safe_id == model.safe_id, Grant.member_id == actor.member_id))


def through_grant(model: Any, actor: Actor) -> ColumnElement[bool]:
    """Return `visible` as the condition of a join with `Grant`, for a list that opens what it shows in the same query."""
    return scoped((Grant.safe_id == model.safe_id) & (Grant.member_id == actor.member_id))
