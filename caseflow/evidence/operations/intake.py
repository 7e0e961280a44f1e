"""An item is entered, its files are added; neither changes afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Any

from sqlalchemy import func, select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.safes import visible
from caseflow.evidence import rules, store
from caseflow.evidence.intake import BROKEN, Received
from caseflow.evidence.models import File, Item
from caseflow.evidence.owners import owner_of
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Safe
from caseflow.ledger import operations as ledger
from caseflow.vault import header as age_header

_SALT = 16
KINDS = ("original", "redacted", "translated", "anonymised", "cleaned", "transcript")


def add_item(
    owner: Any,
    *,
    title: str,
    copy_or_original: str = "original",
    details: str | None = None,
    obtained_how: str | None = None,
    obtained_from: str | None = None,
    obtained_on: str | None = None,
    obtained_where: str | None = None,
    tool: str | None = None,
    source_url: str | None = None,
    by: Actor,
    at: datetime,
) -> Item:
    """Enter a piece of evidence of `owner` (an incident or case); it gets the next exhibit number of its safe.

    Raises `RuleBroken` at `title` without one, at `copy_or_original` for anything else than these two; `NotFound` when
    `by` has lost the safe meanwhile.
    """
    still_held(owner, by)
    demand(policy.may_add(by, owner), about=ledger.name_of(owner))
    if not title.strip():
        raise RuleBroken(N_("Say what it is, for example “photograph of the injuries”."), field="title")
    if copy_or_original not in ("original", "copy"):
        raise RuleBroken(N_("Choose one."), field="copy_or_original")
    # The safe's row is locked, so that two items entered at once cannot get the same number.
    db.session.execute(select(Safe).where(Safe.id == owner.safe_id).with_for_update())
    last = select(func.max(Item.exhibit)).where(Item.safe_id == owner.safe_id, visible(Item, by))
    item = Item(
        safe_id=owner.safe_id,
        exhibit=(db.session.scalar(last) or 0) + 1,
        copy_or_original=copy_or_original,
        by_id=by.member_id,
        at=at,
    )
    texts = {
        "title": title,
        "details": details,
        "obtained_how": obtained_how,
        "obtained_from": obtained_from,
        "obtained_on": obtained_on,
        "obtained_where": obtained_where,
        "tool": tool,
        "source_url": source_url,
    }
    by.ring.seal(item, **texts)
    db.session.add(item)
    db.session.flush()
    # Each text has a salt of its own, so that one can be proven to a stranger who may not learn another.
    seed, told = token_bytes(_SALT), {"copy_or_original": copy_or_original, **texts}
    public = {
        "exhibit": item.exhibit,
        "matter": owner.reference,
        "texts": rules.texts_sum(seed, {name: text or "" for name, text in told.items()}),
    }
    noted = {"title": title, "text_seed": seed.hex()}
    ledger.record("evidence.add_item", by=by, at=at, about=item, public=public, details=noted)
    return item


def add_file(
    item: Item, received: Received, *, kind: str = "original", parent: File | None = None, by: Actor, at: datetime
) -> File:
    """Give the received payload its row. A version (`kind` other than original) needs the `parent` it was made from.

    Raises `RuleBroken` when the file was sealed for another safe, its payload is gone, or a version has no parent in the
    same item; `NotFound` when `by` has lost the safe while the file was coming in.
    """
    still_held(item, by)
    demand(policy.may_add_version(by, item), about=ledger.name_of(item))
    if kind == "original":
        demand(policy.may_add(by, owner_of(item.safe_id, by).row), about=ledger.name_of(item))
    if received.safe_id != item.safe_id:
        raise RuleBroken(N_("This file was sealed for another matter. Send it again from here."), field="files")
    if store.size_of(received.payload) != received.payload_size:  # it came so slowly that the sweep was faster
        raise RuleBroken(BROKEN, field="files", about=ledger.name_of(item))
    if kind not in KINDS:
        raise RuleBroken(N_("Choose one."), field="kind")
    if (kind == "original") != (parent is None) or (parent is not None and parent.item_id != item.id):
        raise RuleBroken(N_("Say which file this version was made from."), field="parent")
    file_key, header, epoch = _present_header(received, by)
    file = File(
        safe_id=item.safe_id,
        item_id=item.id,
        parent_id=parent.id if parent else None,
        kind=kind,
        size=received.size,
        payload_size=received.payload_size,
        payload_sha256=received.payload_sha256,
        payload=received.payload,
        header=header,
        epoch=epoch,
        by_id=by.member_id,
        at=at,
    )
    by.ring.seal(
        file,
        name=received.name,
        media_type=received.media_type,
        sha256=received.sha256,
        key_check=rules.key_check(file_key, file),
    )
    item.files.append(file)
    db.session.flush()
    # The sum has a salt of its own, so that it can be proven to a stranger who may not learn the name.
    salt = token_bytes(_SALT)
    details = {
        "name": received.name,
        "sha256": received.sha256,
        "media_type": received.media_type,
        "sum_salt": salt.hex(),
    }
    public = {
        "item": item.id,
        "parent": file.parent_id,
        "size": received.size,
        "kind": kind,
        "payload_sha256": received.payload_sha256,
        "sum": rules.closed_sum(salt, received.sha256),
    }
    ledger.record("evidence.add_file", by=by, at=at, about=file, public=public, details=details)
    return file


def discard(received: Sequence[Received]) -> None:
    """Remove the payloads that got no row, after an act was refused or broke off."""
    names = [one.payload for one in received]
    kept = select(File.payload).where(File.payload.in_(names))
    rows = set(db.session.scalars(kept, execution_options=unscoped("a payload with a row is kept, whoever sees it")))
    for name in names:
        if name not in rows:
            store.remove(name)


def still_held(thing: Any, by: Actor) -> None:
    """Raise `NotFound` when `by` has lost the safe of `thing`."""
    # A page was opened, and a file came in, before this transaction: what is sealed now is sealed to the present epoch.
    if not ring_of(by).renew(thing.safe_id):
        raise NotFound(about=ledger.name_of(thing))


def _present_header(received: Received, by: Actor) -> tuple[bytes, bytes, int]:
    """Return file key, header and epoch.

    Somebody may have left the safe while the file was coming in; then its header belongs to an epoch that is over.
    """
    ring = ring_of(by)
    file_key = age_header.open(received.header, [ring.file_identity(received.safe_id, received.epoch)])
    epoch, secrets = ring.current(received.safe_id)
    if epoch == received.epoch:
        return file_key, received.header, epoch
    return file_key, age_header.seal_to(file_key, [secrets.recipient]), epoch
