"""What goes into an export: the items of its matters, what happens to each file, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from caseflow.access.actor import Actor
from caseflow.evidence import queries, rules
from caseflow.evidence.export import matters
from caseflow.evidence.export.masking import Mask
from caseflow.evidence.export.matters import Concerned, Matter
from caseflow.evidence.models import Item
from caseflow.evidence.owners import Owner
from caseflow.keys.keyring import ring_of
from caseflow.network.queries import names_of

SHARED_IN_ANY_CASE = ("redacted", "anonymised")
READABLE, SEALED, CONSENT, NOT_CHOSEN, DAMAGED = "readable", "sealed", "consent", "not_chosen", "damaged"
_TEXTS = ("title", "details", "obtained_how", "obtained_from", "obtained_on", "obtained_where", "tool", "source_url")
# Who gave something and where she was found is as telling as a name.
_CLOSED = ("obtained_from", "obtained_where")


@dataclass(frozen=True)
class Asked:
    """How somebody wants an export: for whom, readable or sealed to whom, with versions or without."""

    purpose: str = matters.INSIDE
    sealed: bool = False
    versions: bool = False
    recipients: tuple[str, ...] = ()
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class FilePlan:
    """One file as it is stored, with what opens it; nothing of it needs the database any more."""

    id: str
    item_id: str
    parent_id: str | None
    kind: str
    name: str
    media_type: str
    sha256: str
    size: int
    payload: str
    payload_size: int
    payload_sha256: str
    header: bytes = field(repr=False)
    epoch: int
    key_check: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class ItemPlan:
    """One item with its texts and files, in which matter."""

    row: Item
    id: str
    safe_id: str
    matter: Matter
    exhibit: int
    copy_or_original: str
    texts: dict[str, str]
    by: str
    at: datetime
    files: Sequence[FilePlan]


@dataclass(frozen=True)
class Survey:
    """Everything that an export may hold: read once, before anybody has chosen how she wants it."""

    kind: str
    owner: Owner
    safe_id: str
    matters: Sequence[Matter]
    items: Sequence[ItemPlan]

    def lacking(self, purpose: str) -> list[Concerned]:
        """Return who has not consented to `purpose`."""
        return matters.lacking(self.matters, purpose)

    def mask(self, purpose: str) -> Mask:
        """Return what hides the names of those who have not consented to `purpose`."""
        return Mask({one.name: one.pseudonym for one in self.lacking(purpose)})

    def files(self, asked: Asked) -> list[tuple[ItemPlan, FilePlan, str]]:
        """Return every file with its item and what becomes of it."""
        hidden = bool(self.lacking(asked.purpose))
        return [(item, file, state(file, asked, hidden=hidden)) for item in self.items for file in item.files]

    def measure(self, asked: Asked) -> tuple[int, int]:
        """Return how many files would go out, and their bytes."""
        sizes = [file.size for _item, file, what in self.files(asked) if what in (READABLE, SEALED)]
        return len(sizes), sum(sizes)


def state(file: FilePlan, asked: Asked, *, hidden: bool) -> str:
    """Return what becomes of a file. Where somebody has not consented, only versions made to be shared leave."""
    if hidden and file.kind not in SHARED_IN_ANY_CASE:
        return CONSENT
    if file.kind != "original" and not asked.versions and not hidden:
        return NOT_CHOSEN
    return SEALED if asked.sealed else READABLE


def survey(owner: Owner, actor: Actor, *, only: Item | None = None) -> Survey:
    """Read what an export of `owner`, or of one item of it, would be made of."""
    included = matters.of(owner, actor)
    if only is not None:
        included = included[:1]
    ring = ring_of(actor)
    ring.prepare([matter.safe_id for matter in included])
    found = [(m, item) for m in included for item in queries.items_of(actor, m.safe_id) if only in (None, item)]
    names = names_of({by_id for _m, item in found for by_id in (item.by_id, *(file.by_id for file in item.files))})
    items = [_item(matter, item, actor, names) for matter, item in found]
    return Survey("item" if only is not None else included[0].kind, owner, included[0].safe_id, included, items)


def _item(matter: Matter, item: Item, actor: Actor, names: dict[str, str]) -> ItemPlan:
    files = []
    for file in item.files:
        known = queries.describe(actor, file)
        files.append(
            FilePlan(
                id=file.id,
                item_id=file.item_id,
                parent_id=file.parent_id,
                kind=file.kind,
                name=known.name,
                media_type=known.media_type,
                sha256=known.sha256,
                size=file.size,
                payload=file.payload,
                payload_size=file.payload_size,
                payload_sha256=file.payload_sha256,
                header=file.header,
                epoch=file.epoch,
                key_check=known.key_check,
                by=names.get(file.by_id, ""),
                at=file.at,
            )
        )
    return ItemPlan(
        row=item,
        id=item.id,
        safe_id=item.safe_id,
        matter=matter,
        exhibit=item.exhibit,
        copy_or_original=item.copy_or_original,
        texts={name: actor.ring.text(item, name) for name in _TEXTS},
        by=names.get(item.by_id, ""),
        at=item.at,
        files=files,
    )


def described(item: ItemPlan, mask: Mask, files: Sequence[dict[str, Any]], *, seed: bytes | None) -> dict[str, Any]:
    """Return an item as the export tells it; what may tell too much is left out and said to be.

    `seed` gives the salts by which each text is proven to be the one that was entered.
    """
    closed = [name for name in _CLOSED if mask and item.texts[name]]
    told = {name: None if name in closed else mask.over(text) or None for name, text in item.texts.items()}
    told["copy_or_original"] = item.copy_or_original
    return {
        "v": 2,
        "id": item.id,
        "matter": item.matter.reference,
        "safe": item.safe_id,
        "exhibit": item.exhibit,
        **told,
        "texts": _proofs({**item.texts, "copy_or_original": item.copy_or_original}, told, seed) if seed else None,
        "entered_by": item.by,
        "entered_at": item.at.isoformat(),
        "closed": closed,
        "files": list(files),
    }


def _proofs(texts: dict[str, str], told: dict[str, str | None], seed: bytes) -> dict[str, dict[str, str]]:
    """Return for each text the salt that opens it as it is told, or the sum behind which it stays closed."""
    proofs = {}
    for name in rules.TEXTS:
        salt = rules.text_salt(seed, name)
        same = texts[name] == (told[name] or "")
        proofs[name] = {"salt": salt.hex()} if same else {"sum": rules.text_sum(name, salt, texts[name]).hex()}
    return proofs


def told(matter: Matter, mask: Mask) -> dict[str, Any]:
    """Return a matter as the export tells it."""
    people = [
        {"name": mask.over(one.name), "consents": sorted(one.consents), "named": not mask.hides([one.name])}
        for one in matter.people
    ]
    return {
        "kind": matter.kind,
        "reference": matter.reference,
        "safe": matter.safe_id,
        "title": mask.over(matter.title),
        "people": people,
        **matter.facts,
    }
