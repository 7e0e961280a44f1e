"""Sealing a stream: plaintext in, age payload out, both hashed on the way; the header stays apart."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from caseflow.vault import header as headers
from caseflow.vault.hashing import HashedBuffers
from caseflow.vault.header import AnyRecipient, Source
from caseflow.vault.payload import (
    BATCH,
    NONCE,
    PLAIN_BATCH,
    SEALED_BATCH,
    Sink,
    payload_cipher,
    seal_chunks,
    write_all,
)
from caseflow.vault.stanza import FILE_KEY_LENGTH


class SealingWriter:
    """Seals what is written to it into `dst` as a detached age payload.

    `header` is complete at once and is not written to `dst`; `header + payload` is an age v1 file. `dst` is only
    ever touched in the caller's thread, and must have used up what it is given when its `write` returns. Nothing is
    final before `close`; a writer left without it leaves a payload that every reader refuses. After `close`:
    `sha256_plain`, `sha256_sealed` (hex; the latter of every byte written to `dst`), `plain_size`, `sealed_size`.

    `hash_plain=False` and `hash_sealed=False` leave that sum empty, for uses that keep none.
    """

    def __init__(
        self,
        dst: Sink,
        recipients: Sequence[AnyRecipient],
        *,
        file_key: bytes | None = None,
        hash_plain: bool = True,
        hash_sealed: bool = True,
    ) -> None:
        self.file_key = os.urandom(FILE_KEY_LENGTH) if file_key is None else bytes(file_key)
        self.header = headers.seal_to(self.file_key, recipients)
        self.sha256_plain = ""
        self.sha256_sealed = ""
        self.plain_size = 0
        self.sealed_size = 0
        self._dst = dst
        self._open = True
        self._nonce = os.urandom(NONCE)
        self._cipher = payload_cipher(self.file_key, self._nonce)
        self._chunk = 0
        self._plain = HashedBuffers(PLAIN_BATCH, hashed=hash_plain)
        self._sealed = HashedBuffers(SEALED_BATCH, hashed=hash_sealed, prefix=self._nonce)
        self._buffer = self._plain.take()
        self._filled = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take plaintext; return its length. Raises ValueError after `close`."""
        self._check_open()
        with memoryview(data) as given, given.cast("B") as view:
            taken = 0
            while taken < len(view):
                size = min(self._room(), len(view) - taken)
                self._buffer[self._filled : self._filled + size] = view[taken : taken + size]
                self._filled += size
                taken += size
            return taken

    def copy_from(self, src: Source) -> None:
        """Take everything `src` still gives, read straight into the buffers where `src` can do so."""
        self._check_open()
        read_into = getattr(src, "readinto", None)
        if read_into is None:
            while data := src.read(PLAIN_BATCH):
                self.write(data)
            return
        probe = bytearray(1)
        while True:
            if self._filled == PLAIN_BATCH:  # whether this batch is the last shows only when one more byte comes
                if not read_into(probe):
                    return
                self.write(probe)
            with memoryview(self._buffer) as whole, whole[self._filled :] as room:
                size = read_into(room)
            if not size:
                return
            self._filled += size

    def close(self) -> None:
        """Seal the last chunk and finish the sums; a second call does nothing."""
        if not self._open:
            return
        sealed, length = self._seal(last=True)
        self._open = False
        self.sha256_plain = self._plain.finish(self._buffer, self._filled)
        self.sha256_sealed = self._sealed.finish(sealed, length)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close after success only: what broke off must not look complete."""
        if kind is None:
            self.close()
        self._open = False

    def _check_open(self) -> None:
        if not self._open:
            raise ValueError("this sealed file is closed")

    def _room(self) -> int:
        """Return how much the buffer still takes; a full one is sealed first: it is now known not to be the last."""
        if self._filled == PLAIN_BATCH:
            sealed, length = self._seal(last=False)
            self._sealed.give(sealed, length)
            self._plain.give(self._buffer, self._filled)
            self._buffer = self._plain.take()
            self._filled = 0
        return PLAIN_BATCH - self._filled

    def _seal(self, *, last: bool) -> tuple[bytearray, int]:
        """Seal the buffer and write it out; return the sealed bytes. A failure closes the writer for good."""
        target = self._sealed.take()
        try:
            if self._chunk == 0:
                self._begin()
            with memoryview(self._buffer) as buffer, memoryview(target) as sealed:
                length = seal_chunks(self._cipher, self._chunk, buffer[: self._filled], sealed, last=last)
                self._emit(sealed[:length])
        except BaseException:
            self._open = False
            raise
        self._chunk += BATCH
        self.plain_size += self._filled
        return target, length

    def _begin(self) -> None:
        self._emit(memoryview(self._nonce))

    def _emit(self, data: memoryview) -> None:
        write_all(self._dst, data)
        self.sealed_size += len(data)
