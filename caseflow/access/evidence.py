"""Evidence: whoever holds the safe it lies in may read it and add to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.safes import visible
from caseflow.evidence.models import File, Finding, Item, Upload
from caseflow.kernel.words import N_

NOT_HERS = N_("Evidence is exported by coordinators, by counsel in the case, and by whoever logged the incident.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition an item must meet to exist for `actor`."""
    return visible(Item, actor)


def visible_files(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a file must meet to exist for `actor`."""
    return visible(File, actor)


def visible_uploads(actor: Actor) -> ColumnElement[bool]:
    """Return the condition an unfinished file must meet to exist for `actor`: who began it goes on with it."""
    return visible(Upload, actor) & (Upload.by_id == actor.member_id)


def visible_findings(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that what was found in a file must meet to exist for `actor`."""
    return visible(Finding, actor)


def may_add(actor: Actor, owner: Any) -> Objection:
    """Return why `actor` may not add evidence to `owner` (an incident or case she sees), or None."""
    if owner.state in ("declined", "closed"):
        return N_("This matter is closed; nothing is added to it.")
    if owner.state == "offered":
        return N_("Accept it first: until then it is only offered.")
    return unready(actor)


def may_add_version(actor: Actor, item: Item) -> Objection:
    """Return why `actor` may not add a redacted or translated version of a file of `item`, or None."""
    return unready(actor)


def may_go_on(actor: Actor, upload: Upload) -> Objection:
    """Return why `actor`, who began this file, may not go on with it or give it up, or None."""
    return unready(actor)


def may_download(actor: Actor, file: File) -> Objection:
    """Return why `actor`, who sees `file`, may not take a copy, or None."""
    return unready(actor)


def may_examine(actor: Actor, item: Item) -> Objection:
    """Return why `actor`, who sees `item`, may not have its files looked into, or None."""
    return unready(actor)


def may_copy(actor: Actor, file: File) -> Objection:
    """Return why `actor`, who sees `file`, may not have a redacted or metadata-free copy made of it, or None."""
    return unready(actor)


def may_export_key(actor: Actor) -> Objection:
    """Return why `actor` may not export the key of a safe she holds, or None."""
    return unready(actor) or (None if actor.is_coordinator else N_("Keys of safes are exported by a coordinator."))


def may_export(actor: Actor, owner: Any) -> Objection:
    """Return why `actor` may not export the evidence of `owner` (an incident or case she sees), or None.

    Coordinators may, counsel in the case and in the cases of the incident, and a documenter what she logged herself.
    """
    if actor.is_coordinator:
        return unready(actor)
    counsel = getattr(owner, "counsel", None)
    if counsel is None:
        hers = actor.is_lawyer or owner.by_id == actor.member_id
    else:
        hers = any(one.member_id == actor.member_id and one.until is None for one in counsel)
    return unready(actor) or (None if hers else NOT_HERS)
