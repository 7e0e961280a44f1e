"""Whose safe a piece of evidence lies in: the rooms above say how their things are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound
from caseflow.kernel.ids import if_id
from caseflow.keys.models import Grant, Safe


@dataclass(frozen=True)
class Owner:
    """The incident or case: its row, what it is called, the page that shows it and what that is asked with."""

    row: Any
    label: str
    page: str
    ids: dict[str, Any]

    @property
    def url(self) -> str:
        """Return where its evidence is listed."""
        return url_for(self.page, **self.ids, _anchor="evidence")


Finder = Callable[[str, Actor], Owner | None]
_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Say how the owner of a safe of `kind` is found: finder(safe_id, actor) -> Owner or None."""
    _finders[kind] = finder


def owner_of(safe_id: str, actor: Actor) -> Owner:
    """Return the owner of a safe that `actor` holds; raise `NotFound` otherwise."""
    held = select(Safe).join(Grant, Grant.safe_id == Safe.id)
    safe = db.session.scalar(held.where(Safe.id == safe_id, Grant.member_id == actor.member_id))
    finder = _finders.get(safe.kind) if safe else None
    owner = finder(safe_id, actor) if finder else None
    if owner is None:
        raise NotFound(about=f"safes:{if_id(safe_id)}")
    return owner
