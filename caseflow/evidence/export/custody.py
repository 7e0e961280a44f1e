"""The custody of an export as rows of the ledger: their exact bytes, the proof of each, what opens, who signed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import or_, select

from caseflow.access.actor import Actor
from caseflow.access.facts import names_of, public_keys
from caseflow.access.safes import visible
from caseflow.evidence.export.contents import ItemPlan
from caseflow.evidence.export.masking import Mask
from caseflow.kernel.db import db
from caseflow.keys.keyring import MemberKeyring
from caseflow.ledger import proofs
from caseflow.ledger.models import Event
from caseflow.vault.keys import MemberPublic, fingerprint

_AT_ONCE = 400
# What happens to a whole safe and matters to what lies in it: who got and lost keys.
_OF_SAFE = ("keys.make_safe", "keys.grant", "keys.withdraw", "evidence.export_key", "evidence.export")
_OPENED = ("evidence.add_item", "evidence.add_file")
_KEYED = ("keys.make_identity", "keys.confirm")


@dataclass(frozen=True)
class Custody:
    """What happened, as rows in order; `lines` is the file of rows, `members` the keys, `salts` file id -> its salt."""

    events: Sequence[Event]
    lines: bytes
    members: bytes
    checkpoint: bytes
    verifier_key: str
    size: int
    salts: dict[str, str]


def subjects_of(items: Iterable[ItemPlan]) -> list[str]:
    """Return how the ledger names the items and their files."""
    return [name for i in items for name in (f"evidence_items:{i.id}", *(f"evidence_files:{f.id}" for f in i.files))]


def collect(items: Sequence[ItemPlan], *, mask: Mask, by: Actor) -> Custody:
    """Return the custody of `items` as the last checkpoint covers it."""
    checkpoint = proofs.latest_checkpoint()
    if checkpoint is None:
        raise RuntimeError("an export makes a checkpoint first")
    safes = sorted({item.safe_id for item in items})
    events = _rows(subjects_of(items), safes, by, checkpoint.size)
    members, keyed = _signers({by.member_id, *_signed(events)}, checkpoint.size)
    salts: dict[str, str] = {}
    rows = [
        _line(event, checkpoint.size, mask=mask, by=by, salts=salts)
        for event in sorted([*events, *keyed], key=lambda event: event.seq)
    ]
    return Custody(
        events=events,
        lines="".join(f"{_compact(row)}\n" for row in rows).encode(),
        members=_members(members),
        checkpoint=checkpoint.note.encode(),
        verifier_key=checkpoint.key,
        size=checkpoint.size,
        salts=salts,
    )


def _rows(subjects: Sequence[str], safes: Sequence[str], by: Actor, size: int) -> list[Event]:
    found: dict[int, Event] = {}
    here = select(Event).where(visible(Event, by), Event.seq <= size)
    for start in range(0, len(subjects), _AT_ONCE):
        part = here.where(Event.subject.in_(subjects[start : start + _AT_ONCE]))
        found.update({event.seq: event for event in db.session.scalars(part)})
    of_safes = here.where(Event.subject.in_([f"safes:{safe}" for safe in safes]), Event.verb.in_(_OF_SAFE))
    found.update({event.seq: event for event in db.session.scalars(of_safes)})
    return [found[seq] for seq in sorted(found)]


def _signed(events: Iterable[Event]) -> set[str]:
    return {event.actor_id for event in events if event.actor_id and event.signature is not None}


def _signers(wanted: set[str], size: int) -> tuple[dict[str, bytes], list[Event]]:
    """Return the keys of who signed, with the rows that keep their words, and of those who confirmed those keys."""
    publics = public_keys()
    members: dict[str, bytes] = {}
    rows: list[Event] = []
    while missing := {member for member in wanted if member in publics} - members.keys():
        found = {member: publics[member] for member in sorted(missing)}
        members |= found
        confirmed = _keyed(found, size)
        rows += confirmed
        wanted = wanted | _signed(confirmed)
    return dict(sorted(members.items())), rows


def _keyed(members: dict[str, bytes], size: int) -> list[Event]:
    """Return for each member the row in which the ledger keeps the eight words of her key."""
    wanted = {f"members:{member}": fingerprint(MemberPublic.from_bytes(key)) for member, key in members.items()}
    query = select(Event).where(Event.subject.in_(wanted), or_(*(Event.verb == verb for verb in _KEYED)))
    found: dict[str, Event] = {}
    for event in db.session.scalars(query.where(Event.seq <= size, Event.result == "done").order_by(Event.seq)):
        if event.public.get("fingerprint") == wanted[event.subject]:
            found[event.subject] = event
    return list(found.values())


def _line(event: Event, size: int, *, mask: Mask, by: Actor, salts: dict[str, str]) -> dict[str, Any]:
    opening = None
    if event.opening_sealed is not None and event.safe_id is not None and event.verb in _OPENED:
        ring = cast(MemberKeyring, by.ring)
        salt, noted = json.loads(ring.open_note(event.safe_id, event.opening_sealed, row=str(event.seq)))
        details = json.loads(noted)
        if not mask.hides(_texts(details)):
            opening = {"salt": salt, "details": noted}
        elif "sum_salt" in details:
            salts[event.subject.partition(":")[2]] = details["sum_salt"]
    return {
        "row": proofs.event_row_bytes(event).decode(),
        "signature": event.signature.hex() if event.signature else None,
        "proof": [step.hex() for step in proofs.inclusion(event.seq, size)],
        "opening": opening,
    }


def _texts(details: dict[str, Any]) -> Collection[str]:
    return [str(value) for value in details.values() if isinstance(value, str)]


def _members(found: dict[str, bytes]) -> bytes:
    names = names_of(found)
    members = [
        {
            "id": member,
            "name": names.get(member, ""),
            "public": public.hex(),
            "words": fingerprint(MemberPublic.from_bytes(public)),
        }
        for member, public in found.items()
    ]
    return _compact({"v": 1, "members": members}).encode() + b"\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
