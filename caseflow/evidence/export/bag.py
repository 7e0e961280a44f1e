"""The bag itself: what lies where, the manifests, the signature. Everything is known before the first byte is sent.

Source: RFC 8493. Laid out as docs/formats.md says; `verify.py` in the bag reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from caseflow.access.actor import Actor
from caseflow.evidence.export import contents, custody, report, zipped
from caseflow.evidence.export.contents import Asked, FilePlan, ItemPlan, Survey
from caseflow.evidence.export.masking import Mask
from caseflow.evidence.export.names import Taken, safe
from caseflow.evidence.export.opening import Ready
from caseflow.kernel.instance import instance
from caseflow.network.queries import network

FORMAT = "caseflow-export/2"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
KEY_FILE = "key.age"


@dataclass(frozen=True)
class Checked:
    """What the first reading found: file id -> what will be sent, or None where the payload is damaged."""

    asked: Asked
    survey: Survey
    ready: dict[str, Ready | None]
    key_note: bytes | None = None

    @property
    def whole(self) -> int:
        """Return how many files will be sent."""
        return sum(one is not None for one in self.ready.values())

    @property
    def size(self) -> int:
        """Return their bytes."""
        return sum(one.size for one in self.ready.values() if one)

    @property
    def damaged(self) -> list[str]:
        """Return the ids of files whose payload is gone or was changed."""
        return [file_id for file_id, one in self.ready.items() if one is None]


@dataclass(frozen=True)
class Bag:
    """A bag ready to be sent."""

    name: str
    entries: Sequence[zipped.Entry]
    manifest_sha256: str
    at: datetime

    @property
    def length(self) -> int:
        """Return the bytes of its ZIP file."""
        return zipped.length(self.entries)


class Payload:
    """What lies below data/: name -> entry, name -> SHA-256; names are given out once."""

    def __init__(self) -> None:
        self.entries: dict[str, zipped.Entry] = {}
        self.sums: dict[str, str] = {}
        self.free = Taken().path

    def put(self, name: str, data: bytes) -> None:
        """Lay in a file that is at hand."""
        self.entries[name] = zipped.of_bytes(name, data)
        self.sums[name] = hashlib.sha256(data).hexdigest()


def pack(checked: Checked, *, export_id: str, by: Actor, at: datetime) -> Bag:
    """Put the bag together. The custody is read up to the last checkpoint; the manifest is signed by `by`."""
    survey, asked = checked.survey, checked.asked
    mask = survey.mask(asked.purpose)
    kept = custody.collect(survey.items, mask=mask, by=by)
    payload = Payload()
    items: list[tuple[str, dict[str, Any]]] = []
    for item in survey.items:
        files = [_file(item, file, checked, payload, mask=mask, kept=kept) for file in item.files]
        name = f"data/items/{safe(item.matter.reference)}-{item.exhibit:03}.json"
        items.append((name, contents.described(item, mask, files, seed=kept.seed(item.id))))
        payload.put(name, _json(items[-1][1]))
    export = {
        "format": FORMAT,
        "id": export_id,
        "instance": instance(),
        "network": _network(),
        "what": survey.kind,
        "matters": [contents.told(matter, mask) for matter in survey.matters],
        "purpose": asked.purpose,
        "form": "sealed" if asked.sealed else "readable",
        "recipients": list(asked.recipients),
        "by": by.member_id,
        "by_name": by.name,
        "at": at.isoformat(),
        "items": [name for name, _item in items],
    }
    payload.put("data/export.json", _json(export))
    payload.put("data/ledger/events.jsonl", kept.lines)
    payload.put("data/ledger/members.json", kept.members)
    payload.put("data/ledger/checkpoint.txt", kept.checkpoint)
    payload.put("data/ledger/verifier-key.txt", f"{kept.verifier_key}\n".encode())
    payload.put("data/report.pdf", report.draw(export, [item for _name, item in items], kept, at=at))
    return _closed(checked, payload, by=by, at=at)


def _closed(checked: Checked, payload: Payload, *, by: Actor, at: datetime) -> Bag:
    """Write the tag files over the payload, sign them, and put everything in order."""
    survey, asked = checked.survey, checked.asked
    manifest = _manifest(payload.sums)
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": _info(survey, asked, payload.entries, at=at),
        "manifest-sha256.txt": manifest,
        "verify.py": _shipped("verify.py"),
        "README.txt": _shipped("README.txt"),
    }
    if asked.sealed:
        tags["recover.py"] = _shipped("recover.py")
    if checked.key_note is not None:
        tags[KEY_FILE] = checked.key_note
    tag_manifest = _manifest({name: hashlib.sha256(data).hexdigest() for name, data in tags.items()})
    signature = by.ring.sign(hashlib.sha256(tag_manifest).digest(), purpose="export")
    tags["tagmanifest-sha256.txt"] = tag_manifest
    tags["signature.json"] = _json({"v": 1, "member": by.member_id, "signature": signature.hex()})
    reference = survey.matters[0].reference
    exhibit = f"-{survey.items[0].exhibit:03}" if survey.kind == "item" else ""
    name = safe(f"{reference}{exhibit}-{at:%Y-%m-%d}")
    entries = [zipped.of_bytes(f"{name}/{tag}", data) for tag, data in tags.items()]
    # Files that are at hand come first, so that a reader of a broken download has the papers.
    ordered = sorted(payload.entries.values(), key=lambda entry: entry.name.startswith("data/originals/"))
    entries += [zipped.Entry(f"{name}/{one.name}", one.size, one.crc, one.pieces) for one in ordered]
    return Bag(name, entries, hashlib.sha256(manifest).hexdigest(), at)


def _file(
    item: ItemPlan, file: FilePlan, checked: Checked, payload: Payload, *, mask: Mask, kept: custody.Custody
) -> dict[str, Any]:
    """Lay one file into the bag, or what stands in its place; return how its item tells it."""
    hidden = bool(checked.survey.lacking(checked.asked.purpose))
    state = contents.state(file, checked.asked, hidden=hidden)
    name = mask.over(file.name)
    folder = (
        f"data/{'originals' if file.kind == 'original' else 'versions'}/{safe(item.matter.reference)}/{item.exhibit:03}"
    )
    path = None
    closed = kept.closed.get(f"evidence_files:{file.id}")
    if state in (contents.READABLE, contents.SEALED):
        ready = checked.ready[file.id]
        if ready is None:
            state = contents.DAMAGED
            path = payload.free(folder, name, ".DAMAGED.txt")
            payload.put(path, report.damage_note(file))
        else:
            path = payload.free(folder, name, ".age" if state == contents.SEALED else "")
            payload.entries[path] = zipped.Entry(path, ready.size, ready.crc, ready.pieces)
            payload.sums[path] = ready.sha256
    return {
        "id": file.id,
        "parent": file.parent_id,
        "kind": file.kind,
        # What does not leave and may not be named has no name: the one that stands in its place could not be proven.
        "name": None if closed is not None and path is None else name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "payload_sha256": file.payload_sha256,
        "sum_salt": closed.get("sum_salt") if closed is not None else None,
        "received_by": file.by,
        "received_at": file.at.isoformat(),
        "state": state,
        "path": path,
    }


def _info(survey: Survey, asked: Asked, payload: dict[str, zipped.Entry], *, at: datetime) -> bytes:
    total = sum(entry.size for entry in payload.values())
    reference = survey.matters[0].reference
    exhibit = f", exhibit {survey.items[0].exhibit}" if survey.kind == "item" else ""
    fields = {
        "Source-Organization": _network(),
        "External-Identifier": f"{reference}{exhibit}",
        "External-Description": f"Evidence and its custody, {'sealed' if asked.sealed else 'readable'}",
        "Bagging-Date": f"{at:%Y-%m-%d}",
        "Bag-Software-Agent": "caseflow",
        "Payload-Oxum": f"{total}.{len(payload)}",
    }
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in fields.items()).encode()


def _network() -> str:
    found = network()
    return found.name if found else ""


def _manifest(sums: dict[str, str]) -> bytes:
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _shipped(name: str) -> bytes:
    return files("caseflow.evidence.export").joinpath(name).read_bytes()
