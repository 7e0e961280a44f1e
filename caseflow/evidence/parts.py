"""How a file comes in by parts: each is sealed as it arrives, and what is kept of it is on the disk before it is said.

Whole chunks of 64 KiB are sealed into the draft; what is left over waits sealed in the row. After a restart nothing is
lost but the running sums: they are made again from what is sealed, once the file is whole.
"""

from __future__ import annotations

import time
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from werkzeug.exceptions import ClientDisconnected

from caseflow.access.actor import Actor
from caseflow.evidence import store
from caseflow.evidence.drafts import LOST, Draft, Lost
from caseflow.evidence.intake import Received, Stream, media_type_of
from caseflow.evidence.models import Upload
from caseflow.keys.keyring import ring_of
from caseflow.vault import header as age_header
from caseflow.vault.continuing import ContinuedWriter, Sums, place_of
from caseflow.vault.errors import VaultError
from caseflow.vault.payload import CHUNK, NONCE, SEALED_CHUNK, open_chunks, payload_cipher, sealed_size

SECONDS = 2.0  # after which what came of a long part is kept: what a crash of the server costs at most
_REMEMBERED = 64


@dataclass
class Coming:
    """What is known of a file that comes in, opened; `received` and `rest` move on with it."""

    id: str
    payload: str
    header: bytes = field(repr=False)
    epoch: int
    safe_id: str
    name: str = field(repr=False)
    size: int
    received: int
    file_key: bytes = field(repr=False)
    rest: bytes = field(repr=False)


Keep = Callable[[int, str], None]


def opened(upload: Upload, by: Actor) -> Coming:
    """Open what is sealed of `upload`. Raises `Lost` when it does not open."""
    ring = ring_of(by)
    try:
        file_key = age_header.open(upload.header, [ring.file_identity(upload.safe_id, upload.epoch)])
        rest = b64decode(ring.text(upload, "rest"))
    except VaultError:
        raise Lost(LOST, field="files") from None
    if len(rest) != upload.received % CHUNK:
        raise Lost(LOST, field="files")
    return Coming(
        id=upload.id,
        payload=upload.payload,
        header=upload.header,
        epoch=upload.epoch,
        safe_id=upload.safe_id,
        name=ring.text(upload, "name"),
        size=upload.size,
        received=upload.received,
        file_key=file_key,
        rest=rest,
    )


def take(coming: Coming, stream: Stream, draft: Draft, *, keep: Keep) -> Received | None:
    """Seal what `stream` gives; return the whole file once all of it is there, else None.

    `keep(received, rest)` is called outside any transaction each time that more is safely on the disk. A line that
    breaks is an end like another: what came is kept. Raises `Another`, `Full`, `Lost`; what was kept before stays so.
    """
    nonce = _nonce(draft)
    while True:
        chunks = coming.received // CHUNK
        draft.go_to(place_of(chunks))
        sums = _sums.take(coming.id, nonce)
        running = sums if sums.chunks == chunks else None
        writer = ContinuedWriter(draft, coming.file_key, nonce, chunks=chunks, held=coming.rest, sums=running)
        source = _Limited(stream, coming.size - coming.received)
        writer.copy_from(source)
        coming.received += source.given
        if coming.received == coming.size:
            writer.close()
            draft.sync()
            return _whole(coming, draft, nonce, sums, (writer.sha256_plain, writer.sha256_sealed) if running else None)
        coming.rest = writer.pause()
        if source.given:
            draft.sync()
            keep(coming.received, b64encode(coming.rest).decode())
        _sums.keep(coming.id, sums)
        if source.ended:
            return None


def forget(upload_id: str) -> None:
    """Forget the running sums of a file that is done or given up."""
    _sums.drop(upload_id)


def _nonce(draft: Draft) -> bytes:
    draft.go_to(0)
    nonce = draft.read(NONCE)
    if len(nonce) != NONCE:
        raise Lost(LOST, field="files")
    return nonce


def _whole(coming: Coming, draft: Draft, nonce: bytes, sums: Sums, known: tuple[str, str] | None) -> Received:
    try:
        if known is None:
            draft.go_to(place_of(sums.chunks))
            known = sums.finish(draft, coming.file_key, nonce, coming.size)
        draft.go_to(NONCE)
        first = draft.read(min(SEALED_CHUNK, sealed_size(coming.size) - NONCE))
        begins = bytearray(CHUNK)
        with memoryview(begins) as room, memoryview(first) as given:
            cipher = payload_cipher(coming.file_key, nonce)
            length = open_chunks(cipher, 0, given, room, last=coming.size <= CHUNK)
    except VaultError:
        raise Lost(LOST, field="files") from None
    media_type = media_type_of(bytes(begins[:length]))
    store.adopt(coming.payload, known[1])
    return Received(
        payload=coming.payload,
        header=coming.header,
        epoch=coming.epoch,
        safe_id=coming.safe_id,
        name=coming.name,
        media_type=media_type,
        size=coming.size,
        sha256=known[0],
        payload_size=sealed_size(coming.size),
        payload_sha256=known[1],
    )


class _Limited:
    """At most `most` bytes of a stream, and what comes in `SECONDS`. `given` counts; `ended` when no more will come.

    A broken line is an end like another.
    """

    def __init__(self, stream: Stream, most: int) -> None:
        self._stream, self._left, self._until = stream, most, time.monotonic() + SECONDS
        self.given, self.ended = 0, False
        if hasattr(stream, "readinto"):
            self.readinto = self._readinto

    def read(self, size: int, /) -> bytes:
        if self._is_enough():
            return b""
        try:
            piece = self._stream.read(min(size, self._left))
        except (OSError, EOFError, ClientDisconnected):
            piece = b""
        self._count(len(piece))
        return piece

    def _readinto(self, room: bytearray | memoryview, /) -> int:
        if self._is_enough():
            return 0
        with memoryview(room) as whole, whole[: self._left] as part:
            try:
                size: int = self._stream.readinto(part)  # type: ignore[attr-defined]
            except (OSError, EOFError, ClientDisconnected):
                size = 0
        self._count(size)
        return size

    def _is_enough(self) -> bool:
        return not self._left or (self.given > 0 and time.monotonic() > self._until)

    def _count(self, size: int) -> None:
        self.given += size
        self._left -= size
        self.ended = size == 0


class _Remembered:
    """The running sums of the files that came in last, in this process."""

    def __init__(self) -> None:
        self._sums: OrderedDict[str, Sums] = OrderedDict()
        self._lock = Lock()

    def take(self, upload_id: str, nonce: bytes) -> Sums:
        """Return the sums, which nobody else has then, as far as they go."""
        with self._lock:
            return self._sums.pop(upload_id, None) or Sums.begin(nonce)

    def keep(self, upload_id: str, sums: Sums) -> None:
        with self._lock:
            self._sums[upload_id] = sums
            while len(self._sums) > _REMEMBERED:
                self._sums.popitem(last=False)

    def drop(self, upload_id: str) -> None:
        with self._lock:
            self._sums.pop(upload_id, None)


_sums = _Remembered()
