"""A file comes in by parts: begun, gone on with, whole or given up."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from sqlalchemy import func, select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import intake, rules, store
from caseflow.evidence.drafts import FULL, Full
from caseflow.evidence.models import File, Item, Upload
from caseflow.evidence.operations.intake import KINDS, add_file, still_held
from caseflow.evidence.owners import owner_of
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys.keyring import MemberKeyring, ring_of
from caseflow.ledger import operations as ledger
from caseflow.vault import header as age_header
from caseflow.vault.errors import VaultError
from caseflow.vault.payload import NONCE, sealed_size
from caseflow.vault.stanza import FILE_KEY_LENGTH

KEPT_FOR = timedelta(days=7)
MOST = 200
TOO_MANY = N_(
    "Many files of yours are begun and not whole. Go on with them, or give them up, before you begin another."
)
_SPARE = 64 * 1024 * 1024  # what the disk needs besides: the database, letters, checkpoints
_WHY = unscoped("what nobody went on with is forgotten, whoever sees it")


def begin_upload(
    item: Item,
    *,
    name: str | None,
    size: int,
    kind: str = "original",
    parent: File | None = None,
    by: Actor,
    at: datetime,
) -> Upload:
    """Make room for a file of `size` bytes that will come by parts; its key is sealed to the safe at once.

    Raises `RuleBroken` for an empty or too large file, for a version without its parent, when too many are under way;
    `Full` when the disk has no room for it; `NotFound` when `by` has lost the safe meanwhile.
    """
    still_held(item, by)
    about = ledger.name_of(item)
    demand(policy.may_add_version(by, item), about=about)
    if kind == "original":
        demand(policy.may_add(by, owner_of(item.safe_id, by).row), about=about)
    if kind not in KINDS or (kind == "original") != (parent is None) or (parent and parent.item_id != item.id):
        raise RuleBroken(N_("Say which file this version was made from."), field="parent", about=about)
    if size < 1:
        raise RuleBroken(intake.EMPTY, field="files", about=about)
    if size > current().max_upload_mb * 1024 * 1024:
        raise RuleBroken(intake.TOO_LARGE, field="files", about=about)
    mine = select(func.count(Upload.id)).where(policy.visible_uploads(by), Upload.file_id.is_(None))
    if (db.session.scalar(mine) or 0) >= MOST:
        raise RuleBroken(TOO_MANY, field="files", about=about)
    if store.room() < sealed_size(size) + _SPARE:
        raise Full(FULL, field="files", about=about)
    epoch, secrets = ring_of(by).current(item.safe_id)
    upload = Upload(
        safe_id=item.safe_id,
        item_id=item.id,
        parent_id=parent.id if parent else None,
        kind=kind,
        size=size,
        received=0,
        payload=store.begin_draft(os.urandom(NONCE)),
        header=age_header.seal_to(os.urandom(FILE_KEY_LENGTH), [secrets.recipient]),
        epoch=epoch,
        by_id=by.member_id,
        at=at,
        expires_at=at + KEPT_FOR,
    )
    by.ring.seal(upload, name=rules.clean_name(name))
    db.session.add(upload)
    db.session.flush()
    ledger.record("evidence.begin_upload", by=by, at=at, about=upload, public={"item": item.id, "size": size})
    return upload


def keep_part(upload: Upload, *, received: int, rest: str, by: Actor, at: datetime) -> None:
    """Note how much of the file is on the disk; `rest`, which is less than a chunk, is kept sealed in the row.

    Raises `NotFound` when `by` has lost the safe meanwhile.
    """
    still_held(upload, by)
    upload.received, upload.expires_at = received, at + KEPT_FOR
    by.ring.seal(upload, rest=rest or None)
    db.session.flush()


def finish_upload(upload: Upload, received: intake.Received, *, by: Actor, at: datetime) -> File:
    """Give the file that is whole its row. Raises what `add_file` raises; then it waits as it is, for a while."""
    item = db.session.scalars(select(Item).where(Item.id == upload.item_id, policy.visible_to(by))).one()
    parents = select(File).where(File.id == upload.parent_id, policy.visible_files(by))
    parent = db.session.scalar(parents) if upload.parent_id else None
    file = add_file(item, received, kind=upload.kind, parent=parent, by=by, at=at)
    upload.received, upload.file_id, upload.rest_sealed = upload.size, file.id, None
    db.session.flush()
    return file


def give_up_upload(upload: Upload, *, by: Actor, at: datetime) -> None:
    """Forget what came of a file. A file that is whole stays; only that it came by parts is forgotten."""
    demand(policy.may_go_on(by, upload), about=ledger.name_of(upload))
    public = {"item": upload.item_id, "received": upload.received}
    ledger.record("evidence.give_up_upload", by=by, at=at, about=upload, public=public)
    db.session.delete(upload)
    db.session.flush()


def forget_uploads(*, at: datetime) -> list[str]:
    """Forget what nobody went on with in time; return the payloads whose drafts are no longer needed."""
    late = list(db.session.scalars(select(Upload).where(Upload.expires_at < at), execution_options=_WHY))
    for upload in late:
        db.session.delete(upload)
    db.session.flush()
    unfinished = sum(upload.file_id is None for upload in late)
    if unfinished:
        ledger.record(
            "evidence.forget_uploads", by=None, at=at, about="evidence_uploads:", public={"count": unfinished}
        )
    return [upload.payload for upload in late]


@on("keys.new_epoch")
def head_uploads_anew(safe_id: str, ring: MemberKeyring, **_facts: object) -> None:
    """Seal the keys of the files that come into a safe to its new key pair: who left the safe had the old one."""
    coming = select(Upload).where(Upload.safe_id == safe_id, Upload.file_id.is_(None))
    why = unscoped("a new epoch heads every file that comes into its safe")
    for upload in db.session.scalars(coming, execution_options=why):
        epoch, secrets = ring.current(safe_id)
        try:
            file_key = age_header.open(upload.header, [ring.file_identity(safe_id, upload.epoch)])
        except VaultError:
            continue  # what was spoilt is told to whoever goes on with it, and keeps nobody in the safe
        upload.header, upload.epoch = age_header.seal_to(file_key, [secrets.recipient]), epoch
    db.session.flush()
