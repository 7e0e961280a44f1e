"""Seeing what lies in a safe: whoever holds its grant sees it, nobody else does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, bindparam, exists, select

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


class Held(NamedTuple):
    """The columns of a grant that open a safe, as `GRANT` names them, after the id of the safe."""

    safe_id: str
    id: str
    epoch: int
    reason: str
    quick: bytes | None
    grantor_id: str
    wrapped: bytes
    signature: bytes


GRANT = (
    Grant.id.label("grant_id"), Grant.epoch, Grant.reason, Grant.quick, Grant.grantor_id, Grant.wrapped, Grant.signature,
)  # fmt: skip


@dataclass(frozen=True)
class _Reader:
    member_id: Any


READER: Any = _Reader(bindparam("member_id", type_=String))
"""Stands for whoever will ask, in a query that is built once for all: her id is given with each asking."""
