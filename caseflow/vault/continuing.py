"""A payload that is sealed in several goes, by several processes: each begins at a chunk's edge and ends at one.

Chunk `n` of a payload has one nonce. It is sealed only from bytes that are known to be its own: what is less than a
chunk waits elsewhere, and a sink that has had the chunk before compares (`evidence.drafts`), so that no two different
chunks are ever kept under one nonce.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from caseflow.vault.errors import Damaged
from caseflow.vault.fields import TAG_LENGTH
from caseflow.vault.hashing import HashedBuffers
from caseflow.vault.header import Source
from caseflow.vault.payload import (
    BATCH,
    CHUNK,
    CUT,
    NONCE,
    PLAIN_BATCH,
    SEALED_BATCH,
    SEALED_CHUNK,
    Sink,
    open_chunks,
    payload_cipher,
    seal_chunks,
)
from caseflow.vault.writing import SealingWriter

if TYPE_CHECKING:
    from hashlib import _Hash


def place_of(chunk: int) -> int:
    """Return where chunk number `chunk` begins in a detached payload."""
    return NONCE + chunk * SEALED_CHUNK


@dataclass
class Sums:
    """The running sums of the first `chunks` chunks: of what they hold, and of the payload from its nonce on."""

    chunks: int
    plain: _Hash
    sealed: _Hash

    @classmethod
    def begin(cls, nonce: bytes) -> Sums:
        """Return the sums of a payload of which only the nonce is there."""
        return cls(0, hashlib.sha256(), hashlib.sha256(nonce))

    def catch_up(self, src: Source, file_key: bytes, nonce: bytes, chunks: int) -> None:
        """Read the sealed chunks up to number `chunks` from `src`, which stands behind those that are summed.

        None of them is the payload's last. Raises Damaged when they are not what was sealed.
        """
        cipher = payload_cipher(file_key, nonce)
        plain = bytearray(PLAIN_BATCH)
        while self.chunks < chunks:
            count = min(chunks - self.chunks, BATCH)
            sealed = _exactly(src, count * SEALED_CHUNK)
            with memoryview(sealed) as given, memoryview(plain) as room:
                size = open_chunks(cipher, self.chunks, given, room, last=False)
                self.plain.update(room[:size])
            self.sealed.update(sealed)
            self.chunks += count

    def finish(self, src: Source, file_key: bytes, nonce: bytes, size: int) -> tuple[str, str]:
        """Read the rest of the whole payload of `size` bytes and return both sums in hex. Raises Damaged."""
        last = max(-(-size // CHUNK) - 1, 0)
        self.catch_up(src, file_key, nonce, last)
        sealed = _exactly(src, size - last * CHUNK + TAG_LENGTH)
        plain = bytearray(CHUNK)
        with memoryview(sealed) as given, memoryview(plain) as room:
            length = open_chunks(payload_cipher(file_key, nonce), last, given, room, last=True)
            self.plain.update(room[:length])
        self.sealed.update(sealed)
        return self.plain.hexdigest(), self.sealed.hexdigest()


class ContinuedWriter(SealingWriter):
    """Seals further chunks of a payload, from number `chunks` on; `held` is what waits of the next one.

    End with `pause` when more is to come, with `close` when all is there. Without `sums` nothing is summed. A writer that
    failed leaves its sums unusable.
    """

    def __init__(
        self, dst: Sink, file_key: bytes, nonce: bytes, *, chunks: int, held: bytes = b"", sums: Sums | None = None
    ) -> None:
        if sums is not None and sums.chunks != chunks:
            raise ValueError("these sums are of another part of the payload")
        self.file_key = bytes(file_key)
        self.sha256_plain = self.sha256_sealed = ""
        self.plain_size = self.sealed_size = 0
        self._dst = dst
        self._open = True
        self._nonce = nonce
        self._cipher = payload_cipher(self.file_key, nonce)
        self._chunk = chunks
        self._sums = sums
        summed = sums is not None
        self._plain = HashedBuffers(PLAIN_BATCH, hashed=summed, digest=sums.plain if sums else None)
        self._sealed = HashedBuffers(SEALED_BATCH, hashed=summed, digest=sums.sealed if sums else None)
        self._buffer = self._plain.take()
        self._filled = 0
        self.write(held)

    def pause(self) -> bytes:
        """Seal the whole chunks that are there and return what is left (less than one chunk); the writer is closed."""
        self._check_open()
        self._open = False
        whole = self._filled // CHUNK * CHUNK
        target = self._sealed.take()
        length = 0
        with memoryview(self._buffer) as buffer, memoryview(target) as sealed:
            if whole:
                length = seal_chunks(self._cipher, self._chunk, buffer[:whole], sealed, last=False)
                self._emit(sealed[:length])
            rest = bytes(buffer[whole : self._filled])
        self._plain.finish(self._buffer, whole)
        self._sealed.finish(target, length)
        self._chunk += whole // CHUNK
        self.plain_size += self._filled
        if self._sums is not None:
            self._sums.chunks = self._chunk
        return rest

    def _begin(self) -> None:
        """Write nothing: the nonce is there from the beginning."""


def _exactly(src: Source, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = src.read(length)
        if not part:
            raise Damaged(CUT)
        parts.append(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
