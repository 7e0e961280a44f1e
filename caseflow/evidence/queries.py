"""Reading items and files for more than one caller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor
from caseflow.evidence import rules
from caseflow.evidence.models import File, Finding, Item, Upload
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.ledger import queries as ledger
from caseflow.ledger.models import Event
from caseflow.ledger.operations import name_of
from caseflow.vault.errors import VaultError

# What happens to a safe and to every file in it: its key leaves, or its files are headed for other keys.
_OF_SAFE = ("evidence.export_key", "keys.withdraw")

_SAME = 500


@dataclass(frozen=True)
class Described:
    """A file with what only holders of the safe may know of it."""

    file: File
    name: str
    media_type: str
    sha256: str
    key_check: str | None
    """What the row keeps of its file key: None for one from before there was such, "" for what does not open."""

    @property
    def kind(self) -> str:
        """Return image, audio, video, pdf, text or other."""
        return rules.kind_of(self.media_type)

    @property
    def fits(self) -> bool:
        """Tell whether name and content agree."""
        return rules.fits(self.name, self.media_type)

    @property
    def may_be_shown(self) -> bool:
        """Tell whether the browser may show it."""
        return rules.may_be_shown(self.media_type)


def describe(actor: Actor, file: File) -> Described:
    """Open what is sealed about a file."""
    ring = actor.ring
    name, media_type, sha256 = (ring.text(file, text) for text in ("name", "media_type", "sha256"))
    return Described(file, name, media_type, sha256, _key_check(actor, file))


def _key_check(actor: Actor, file: File) -> str | None:
    try:
        return None if file.key_check_sealed is None else str(actor.ring.text(file, "key_check"))
    except VaultError:
        return ""


def items_of(actor: Actor, safe_id: str) -> list[Item]:
    """Return the items of a safe with their files, by exhibit number; two queries."""
    query = select(Item).where(Item.safe_id == safe_id, policy.visible_to(actor)).order_by(Item.exhibit)
    return list(db.session.scalars(query.options(selectinload(Item.files))))


def begun_of(actor: Actor, item: Item) -> list[Upload]:
    """Return the files of an item that `actor` began to send and that are not whole, the last one first."""
    query = select(Upload).where(Upload.item_id == item.id, Upload.file_id.is_(None), Upload.expires_at > now())
    return list(db.session.scalars(query.where(policy.visible_uploads(actor)).order_by(Upload.at.desc())))


def same_elsewhere(actor: Actor, item: Item, found: list[Described]) -> dict[str, list[File]]:
    """Return, by SHA-256, the files of other items that `actor` may see and whose content is that of one of `found`.

    Sums are sealed: only files of the same size are opened for it.
    """
    sizes = {one.file.size for one in found}
    query = select(File).where(File.size.in_(sizes), File.item_id != item.id, policy.visible_files(actor))
    files = list(db.session.scalars(query.options(selectinload(File.item)).order_by(File.at).limit(_SAME)))
    actor.ring.prepare(files)
    same: dict[str, list[File]] = {one.sha256: [] for one in found}
    for file in files:
        sha256 = actor.ring.text(file, "sha256")
        if sha256 in same:
            same[sha256].append(file)
    return same


def custody_of(actor: Actor, item: Item) -> list[Event]:
    """Return what happened to an item, to its files, and since it was entered to the keys of its safe; oldest first."""
    safe = f"safes:{item.safe_id}"
    events = ledger.history_of(actor, [name_of(item), *map(name_of, item.files), safe])
    return [e for e in events if e.subject != safe or (e.verb in _OF_SAFE and e.at >= item.at)]


@dataclass
class Found:
    """What looking into a file found, as far as a page tells it at once; texts and pictures are asked for by themselves."""

    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    scan: dict[str, Any] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    """The ids of the pictures, in their order."""

    @property
    def is_there(self) -> bool:
        """Tell whether the file was looked into at all."""
        return bool(self.looks or self.scan)

    @property
    def stopped(self) -> set[str]:
        """Return the codes of why looks were not taken."""
        return {str(one["stopped"]) for one in (*self.looks.values(), self.scan) if "stopped" in one}

    def get(self, name: str) -> Any:
        """Return the first value that a look has under this name."""
        return next((one[name] for one in self.looks.values() if name in one), None)


def found_in(actor: Actor, files: Sequence[File]) -> dict[str, Found]:
    """Return what was found in each of the files, by their ids; two queries."""
    found = {file.id: Found() for file in files}
    pictures = select(Finding.file_id, Finding.id).where(Finding.file_id.in_(found), Finding.part == "picture")
    for file_id, picture in db.session.execute(pictures.where(policy.visible_findings(actor)).order_by(Finding.number)):
        found[file_id].pictures.append(picture)
    summaries = select(Finding).where(Finding.file_id.in_(found), Finding.part == "summary")
    rows = {row.file_id: row for row in db.session.scalars(summaries.where(policy.visible_findings(actor)))}
    actor.ring.prepare(rows.values())
    for file in files:
        content = content_of(actor, rows[file.id], file) if file.id in rows else None
        if content is not None:
            found[file.id].looks, found[file.id].scan = content["looks"], content["scan"]
    return found


def text_of(actor: Actor, file: File) -> dict[str, Any] | None:
    """Return the text that was found in the file, or None."""
    texts = select(Finding).where(Finding.file_id == file.id, Finding.part == "text", policy.visible_findings(actor))
    row = db.session.scalar(texts)
    return None if row is None else content_of(actor, row, file)


def content_of(actor: Actor, finding: Finding, file: File) -> dict[str, Any] | None:
    """Open one finding; None when it does not open or was found in another file than this."""
    try:
        content: dict[str, Any] = json.loads(actor.ring.text(finding, "content"))
    except (VaultError, ValueError):
        return None
    place = (content.get("file"), content.get("payload"), content.get("part"), content.get("number"))
    return content if place == (file.id, file.payload_sha256, finding.part, finding.number) else None
