"""Files on their way out: every one is read once before the answer begins, and once more while it is sent.

The first reading finds damage while it can still be told, and gives the sums that a manifest and a ZIP put first. A file
that is exported sealed is not opened for that: only its header is written anew, for whoever may open the export.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from caseflow.evidence import rules, store
from caseflow.evidence.export.contents import FilePlan
from caseflow.keys.keyring import MemberKeyring, NoGrant
from caseflow.vault import header as age_header
from caseflow.vault.errors import VaultError
from caseflow.vault.reading import PayloadReader, unseal_payload

PIECE = 1024 * 1024
OpenKey = Callable[[FilePlan], bytes]


@dataclass(frozen=True)
class Ready:
    """A file that was found whole: the sums of what will be sent, and how it is read again."""

    size: int
    sha256: str
    crc: int
    pieces: Callable[[], Iterable[bytes]] = field(repr=False)


class _Sums:
    """Takes bytes and keeps their size, SHA-256 and CRC-32."""

    def __init__(self, begins: bytes = b"") -> None:
        self.digest, self.crc, self.size = hashlib.sha256(begins), zlib.crc32(begins), len(begins)

    def write(self, data: memoryview | bytes, /) -> int:
        self.digest.update(data)
        self.crc = zlib.crc32(data, self.crc)
        self.size += len(data)
        return len(data)


def opener(file: FilePlan, safe_id: str, ring: MemberKeyring) -> bytes | None:
    """Return the file key, or None when the header does not open or brings a key that is not the row's own."""
    try:
        file_key = age_header.open(file.header, [ring.file_identity(safe_id, file.epoch)])
    except (VaultError, NoGrant):
        return None
    if file.key_check is None:  # a row from before there was such: what it holds is opened and summed in any case
        return file_key
    own = hmac.compare_digest(file.key_check.encode(), rules.key_check(file_key, file).encode())
    return file_key if own else None


def readable(file: FilePlan, file_key: bytes) -> Ready | None:
    """Read and open the whole payload; None when it is gone or not what was received. Raises `StoreDown`."""
    sums, kept = _Sums(), store.here()  # the answer is sent when the application is no longer asked
    try:
        with kept.reading(file.payload) as payload:
            unseal_payload(payload, sums, file_key)
    except (OSError, VaultError):
        return None
    if sums.digest.hexdigest() != file.sha256 or sums.size != file.size:
        return None

    def pieces() -> Iterator[bytes]:
        with kept.reading(file.payload) as payload, PayloadReader(payload, file_key) as plain:
            while piece := plain.read(PIECE):
                yield piece

    return Ready(sums.size, file.sha256, sums.crc, pieces)


def sealed(file: FilePlan, file_key: bytes, recipients: Sequence[str]) -> Ready | None:
    """Read the whole payload, head it for `recipients`; None when it is gone or not what was sealed. Raises `StoreDown`."""
    if file.key_check is None and readable(file, file_key) is None:
        return None
    header = age_header.seal_to(file_key, recipients)
    sums, payload_sum, kept = _Sums(header), hashlib.sha256(), store.here()
    try:
        with kept.reading(file.payload) as payload:
            while piece := payload.read(PIECE):
                sums.write(piece)
                payload_sum.update(piece)
            # The sum says that the bytes are those sealed; that the key belongs to them shows at either end.
            PayloadReader(payload, file_key)
    except (OSError, VaultError):
        return None
    if payload_sum.hexdigest() != file.payload_sha256:
        return None

    def pieces() -> Iterator[bytes]:
        yield header
        with kept.reading(file.payload) as payload:
            while piece := payload.read(PIECE):
                yield piece

    return Ready(sums.size, sums.digest.hexdigest(), sums.crc, pieces)


def sealed_note(text: str, passphrase: str, *, work_factor: int) -> bytes:
    """Return a short text as an age file that `passphrase` opens."""
    from caseflow.vault.identity import Passphrase
    from caseflow.vault.stream import seal

    out = io.BytesIO()
    seal(io.BytesIO(text.encode()), out, [Passphrase(passphrase, work_factor=work_factor)])
    return out.getvalue()
