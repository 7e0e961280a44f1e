"""Evidence: whoever holds the safe it lies in may read it and add to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.safes import visible
from caseflow.evidence.models import File, Item
from caseflow.kernel.words import N_


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition an item must meet to exist for `actor`."""
    return visible(Item, actor)


def visible_files(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a file must meet to exist for `actor`."""
    return visible(File, actor)


def may_add(actor: Actor, owner: Any) -> Objection:
    """Return why `actor` may not add evidence to `owner` (an incident or case she sees), or None."""
    if owner.state in ("declined", "closed"):
        return N_("This matter is closed; nothing is added to it.")
    return unready(actor)


def may_add_version(actor: Actor, item: Item) -> Objection:
    """Return why `actor` may not add a redacted or translated version of a file of `item`, or None."""
    return unready(actor)


def may_download(actor: Actor, file: File) -> Objection:
    """Return why `actor`, who sees `file`, may not take a copy, or None."""
    return unready(actor)


def may_export_key(actor: Actor) -> Objection:
    """Return why `actor` may not export the key of a safe she holds, or None."""
    return unready(actor) or (None if actor.is_coordinator else N_("Keys of safes are exported by a coordinator."))
