"""Whether header and payload are those of their row: what is not what was received leaves by no way."""

from __future__ import annotations

import hashlib
import hmac
import io

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.evidence import rules, store
from caseflow.evidence.models import File
from caseflow.evidence.stores import Payload
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.keyring import MemberKeyring, NoGrant, ring_of
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.vault import header as age_header
from caseflow.vault.errors import VaultError
from caseflow.vault.reading import unseal_payload

GONE = N_("The sealed file is not in the store. A coordinator has been told; tell the operator to look at the backup.")
CHANGED = N_("The sealed file was changed or cut and cannot be trusted. Tell the operator to look at the backup.")
OTHER = N_(
    "This is not the file that was received here: it was exchanged. Nothing of it is handed out. Tell a coordinator, "
    "and the operator to look at the backup."
)


class NotWhole(RuleBroken):
    """The payload is gone or is not what was sealed; nothing of it was handed out. Note it with `note_damage`."""


class _Summed:
    """A source that keeps the sum of what was read from it."""

    def __init__(self, src: Payload) -> None:
        self._src, self.digest = src, hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        piece = self._src.read(size)
        self.digest.update(piece)
        return piece


class _Sum:
    """A sink that keeps only sum and size."""

    def __init__(self) -> None:
        self.digest, self.size = hashlib.sha256(), 0

    def write(self, data: memoryview, /) -> int:
        self.digest.update(data)
        self.size += len(data)
        return len(data)


def open_payload(file: File, span: tuple[int, int] | None = None) -> Payload:
    """Open the sealed payload; `span` are the sealed bytes that will be read, when not all.

    With a store elsewhere this asks over the network: call it outside any transaction. Raises `NotWhole` when it is gone
    or has another length than what was sealed, `StoreDown` when that cannot be known.
    """
    try:
        payload = store.reading(file.payload, span)
    except OSError:
        raise NotWhole(GONE, about=ledger.name_of(file)) from None
    if payload.seek(0, io.SEEK_END) != file.payload_size:
        payload.close()
        raise NotWhole(CHANGED, about=ledger.name_of(file))
    payload.seek(0)
    return payload


def opened_key(file: File, ring: MemberKeyring) -> bytes:
    """Return the key that the header gives. Raises `NotWhole` when the header does not open."""
    try:
        return age_header.open(file.header, [ring.file_identity(file.safe_id, file.epoch)])
    except (VaultError, NoGrant):
        raise NotWhole(CHANGED, about=ledger.name_of(file)) from None


def demand_own(file: File, file_key: bytes, ring: MemberKeyring) -> None:
    """Ask the row whether the key is its own, and the ledger whether the row says what it said when the file came.

    Raises `NotWhole` when not, or when the row keeps nothing of its key.
    """
    try:
        said = ring.text(file, "key_check")
    except VaultError:
        said = ""
    own = hmac.compare_digest(said.encode(), rules.key_check(file_key, file).encode())
    if not own or expected(file) is None:
        raise NotWhole(OTHER, about=ledger.name_of(file))


def recognise(file: File, *, by: Actor) -> str | None:
    """Return what a row from before there was a check is to keep from now on; None for a row that has its check.

    Such a file is read whole and compared with the sum that the row keeps sealed, and with the ledger. Call it outside
    any transaction. Raises `NotWhole` when it is not the file that was received.
    """
    if file.key_check_sealed is not None:
        return None
    ring = ring_of(by)
    about, sha256, file_key = ledger.name_of(file), ring.text(file, "sha256"), opened_key(file, ring)
    said, payload_sha256, size, known = rules.key_check(file_key, file), file.payload_sha256, file.size, recorded(file)
    plain = _Sum()
    with open_payload(file) as payload:
        db.session.rollback()  # nothing waits while a large file is read
        sealed = _Summed(payload)
        try:
            unseal_payload(sealed, plain, file_key)
        except (OSError, VaultError):
            raise NotWhole(CHANGED, about=about) from None
    found = plain.digest.hexdigest(), plain.size, sealed.digest.hexdigest()
    if found != (sha256, size, payload_sha256) or payload_sha256 != known:
        raise NotWhole(OTHER, about=about)
    return said


def recorded(file: File) -> str | None:
    """Return the payload's SHA-256 as the ledger noted it when the file came; None when it noted another file."""
    query = select(Event.public).where(
        Event.subject == ledger.name_of(file), Event.verb == "evidence.add_file", Event.result == "done", Event.seq >= 1
    )
    noted = db.session.scalar(query.where(Event.result == "done").order_by(Event.seq).limit(1)) or {}
    agrees = (noted.get("size"), noted.get("kind")) == (file.size, file.kind)
    return str(noted.get("payload_sha256")) if agrees else None


def expected(file: File) -> str | None:
    """Return the sum that the sealed payload must have; None when the row says another than the ledger."""
    return file.payload_sha256 if file.payload_sha256 == recorded(file) else None
