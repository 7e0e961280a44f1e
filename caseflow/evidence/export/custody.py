"""The custody of an export as rows of the ledger: their exact bytes, the proof of each, what opens, who signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from caseflow.access import trust
from caseflow.access.actor import Actor
from caseflow.access.facts import names_of
from caseflow.access.safes import visible
from caseflow.evidence.export.contents import ItemPlan
from caseflow.evidence.export.masking import Mask
from caseflow.kernel.db import db
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Identity, RetiredIdentity
from caseflow.ledger import proofs
from caseflow.ledger.models import Event
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberPublic, fingerprint

_AT_ONCE = 400
# What happens to a whole safe and matters to what lies in it: who got and lost keys.
_OF_SAFE = ("keys.make_safe", "keys.grant", "keys.withdraw", "evidence.export_key", "evidence.export")
_OPENED = ("evidence.add_item", "evidence.add_file")
_KEYED = ("keys.make_identity", "keys.replace_identity", "keys.confirm", "network.end_membership")


@dataclass(frozen=True)
class Custody:
    """What happened, as rows in order; `lines` is the file of rows, `members` the keys.

    `closed` leads from the subjects of rows that stay closed to their details: out of them single parts are proven.
    """

    events: Sequence[Event]
    lines: bytes
    members: bytes
    checkpoint: bytes
    verifier_key: str
    size: int
    closed: dict[str, dict[str, Any]]

    def seed(self, item_id: str) -> bytes | None:
        """Return what the salts of an item's texts come from; None for one entered before they had any."""
        details = self.closed.get(f"evidence_items:{item_id}", {})
        return bytes.fromhex(details["text_seed"]) if "text_seed" in details else None


@dataclass(frozen=True)
class Key:
    """A key that a member has or had (64 bytes), and the numbers of the rows that name it."""

    public: bytes
    rows: tuple[int, ...]


def subjects_of(items: Iterable[ItemPlan]) -> list[str]:
    """Return how the ledger names the items and their files."""
    return [name for i in items for name in (f"evidence_items:{i.id}", *(f"evidence_files:{f.id}" for f in i.files))]


def sums_of(items: Sequence[ItemPlan], *, by: Actor) -> dict[str, str]:
    """Return item id -> the sum over all rows of its custody so far, so that none can be left out of an export unseen."""
    leaves: dict[str, list[bytes]] = {}
    for event in _rows(subjects_of(items), sorted({item.safe_id for item in items}), by):
        leaves.setdefault(event.subject, []).append(event.seq.to_bytes(8) + event.leaf)
    return {
        item.id: custody_sum(
            row for name in (*subjects_of([item]), f"safes:{item.safe_id}") for row in leaves.get(name, ())
        )
        for item in items
    }


def custody_sum(rows: Iterable[bytes]) -> str:
    """Return the SHA-256 (hex) over number (8 bytes) and leaf of rows, in their order."""
    return hashlib.sha256(fields("caseflow/v1/custody", *sorted(rows))).hexdigest()


def collect(items: Sequence[ItemPlan], *, mask: Mask, by: Actor) -> Custody:
    """Return the custody of `items` as the last checkpoint covers it."""
    checkpoint = proofs.latest_checkpoint()
    if checkpoint is None:
        raise RuntimeError("an export makes a checkpoint first")
    safes = sorted({item.safe_id for item in items})
    events = _rows(subjects_of(items), safes, by, checkpoint.size)
    members, keyed = _signers({by.member_id, *_signed(events)}, checkpoint.size)
    closed: dict[str, dict[str, Any]] = {}
    rows = [
        _line(event, checkpoint.size, mask=mask, by=by, closed=closed)
        for event in sorted([*events, *keyed], key=lambda event: event.seq)
    ]
    return Custody(
        events=events,
        lines="".join(f"{_compact(row)}\n" for row in rows).encode(),
        members=_members(members),
        checkpoint=checkpoint.note.encode(),
        verifier_key=checkpoint.key,
        size=checkpoint.size,
        closed=closed,
    )


def _rows(subjects: Sequence[str], safes: Sequence[str], by: Actor, size: int | None = None) -> list[Event]:
    found: dict[int, Event] = {}
    here = select(Event).where(visible(Event, by))
    here = here if size is None else here.where(Event.seq <= size)
    for start in range(0, len(subjects), _AT_ONCE):
        part = here.where(Event.subject.in_(subjects[start : start + _AT_ONCE]))
        found.update({event.seq: event for event in db.session.scalars(part)})
    of_safes = here.where(Event.subject.in_([f"safes:{safe}" for safe in safes]), Event.verb.in_(_OF_SAFE))
    found.update({event.seq: event for event in db.session.scalars(of_safes)})
    return [found[seq] for seq in sorted(found)]


def _signed(events: Iterable[Event]) -> set[str]:
    return {event.actor_id for event in events if event.actor_id and event.signature is not None}


def _signers(wanted: set[str], size: int) -> tuple[dict[str, list[Key]], list[Event]]:
    """Return all keys of who signed, with the rows that name and end them, and of those who signed these rows."""
    members: dict[str, list[Key]] = {}
    rows: list[Event] = []
    root = trust.anchor()
    wanted = wanted | ({root.member} if root else set())
    while missing := wanted - members.keys():
        stored = _stored(missing)
        for member, named in _naming(missing, size).items():
            members[member] = _keys(named, stored.get(member, []))
            rows += named
            wanted = wanted | _signed(named)
    return dict(sorted(members.items())), rows


def _stored(members: Collection[str]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for model in (Identity, RetiredIdentity):
        keys = select(model.member_id, model.public).where(model.member_id.in_(members))
        for member, public in db.session.execute(keys):
            found.setdefault(member, []).append(public)
    return found


def _naming(members: Collection[str], size: int) -> dict[str, list[Event]]:
    """Return for each member the rows that name a key of hers or end it, in order."""
    subjects = [f"members:{member}" for member in members]
    query = select(Event).where(Event.subject.in_(subjects), Event.verb.in_(_KEYED), Event.result == "done")
    found: dict[str, list[Event]] = {member: [] for member in members}
    for event in db.session.scalars(query.where(Event.seq <= size).order_by(Event.seq)):
        found[event.subject.partition(":")[2]].append(event)
    return found


def _keys(rows: Sequence[Event], stored: Sequence[bytes]) -> list[Key]:
    """Return the keys that the rows name, the eldest first. Old rows name only the words; the key itself is stored."""
    found: dict[bytes, list[int]] = {}
    words = {_words(public): public for public in stored}
    for row in rows:
        for told in (row.public.get("before"), row.public.get("key")):
            if told:
                found.setdefault(bytes.fromhex(told), []).append(row.seq)
        if "key" not in row.public and row.public.get("fingerprint") in words:
            found.setdefault(words[row.public["fingerprint"]], []).append(row.seq)
    return [Key(public, tuple(seqs)) for public, seqs in (found or {key: [] for key in stored}).items()]


def _words(public: bytes) -> str:
    return fingerprint(MemberPublic.from_bytes(public))


def _line(event: Event, size: int, *, mask: Mask, by: Actor, closed: dict[str, dict[str, Any]]) -> dict[str, Any]:
    opening = None
    if event.opening_sealed is not None and event.safe_id is not None and event.verb in _OPENED:
        ring = ring_of(by)
        salt, noted = json.loads(ring.open_note(event.safe_id, event.opening_sealed, row=str(event.seq)))
        details = json.loads(noted)
        # Of an item's row each text is proven by itself: its details would open all of them.
        if "text_seed" in details or mask.hides(_texts(details)):
            closed[event.subject] = details
        else:
            opening = {"salt": salt, "details": noted}
    return {
        "row": proofs.event_row_bytes(event).decode(),
        "signature": event.signature.hex() if event.signature else None,
        "proof": [step.hex() for step in proofs.inclusion(event.seq, size)],
        "opening": opening,
    }


def _texts(details: dict[str, Any]) -> Collection[str]:
    return [str(value) for value in details.values() if isinstance(value, str)]


def _members(found: dict[str, list[Key]]) -> bytes:
    names = names_of(found)
    members = [
        {
            "id": member,
            "name": names.get(member, ""),
            "keys": [{"public": one.public.hex(), "words": _words(one.public), "rows": one.rows} for one in keys],
        }
        for member, keys in found.items()
    ]
    root = trust.anchor()
    first = {"member": root.member, "words": _words(root.public)} if root else None
    return _compact({"v": 2, "first": first, "members": members}).encode() + b"\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
