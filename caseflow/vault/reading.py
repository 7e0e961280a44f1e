"""Opening a sealed payload: at random places, or as a stream on two cores.

Nothing is given out before its chunk is authenticated. A stream that turns out to be damaged has given out the
authentic chunks before; whoever wrote them away must throw them away.
"""

from __future__ import annotations

import io
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import Damaged
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
    plain_size,
    write_all,
)

THREADS = 2
AHEAD = 4  # batches under way: the bound on memory (4 MiB sealed, 4 MiB open)


class SeekableSource(Source, Protocol):
    """A binary file object with random access."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to `offset`, from the start (0) or the end (2)."""


class PayloadReader(io.RawIOBase):
    """The plaintext of a detached payload as a seekable, read-only file.

    Opening authenticates the last chunk, so `size` is true: a payload cut at a chunk's edge or extended is refused
    before anything is read. Every chunk is authenticated before any of it is given out. Not for use by two threads
    at once. Does not close `src`. `start` is where the payload begins in `src`.
    """

    def __init__(self, src: SeekableSource, file_key: bytes, *, start: int = 0) -> None:
        super().__init__()
        self._src = src
        self._start = start
        length = src.seek(0, 2) - start
        self.size = plain_size(length)
        self._end = length
        self._cipher = payload_cipher(file_key, self._sealed(0, NONCE))
        self._at = 0
        self._held_number = -1
        self._held = b""
        self._hold(max(self.size - 1, 0) // CHUNK)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place in the plaintext."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; past the end is allowed and reads nothing there."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}.get(whence)
        if base is None or base + offset < 0:
            raise ValueError("no such place in the file")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill the buffer, short only at the end of the file. Raises Damaged."""
        self._checkClosed()
        with memoryview(buffer) as given, given.cast("B") as view:
            wanted = min(len(view), max(self.size - self._at, 0))
            done = 0
            while done < wanted:
                number, inside = divmod(self._at, CHUNK)
                whole = (wanted - done) // CHUNK
                if inside == 0 and whole and number != self._held_number:
                    size = self._read_chunks(number, view[done : done + min(whole, BATCH) * CHUNK])
                else:
                    self._hold(number)
                    size = min(wanted - done, len(self._held) - inside)
                    view[done : done + size] = self._held[inside : inside + size]
                done += size
                self._at += size
        return done

    def _checkClosed(self) -> None:  # noqa: N802 -- the name io uses
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _hold(self, number: int) -> None:
        """Keep one open chunk, so that small reads in a row open it once."""
        if number != self._held_number:
            plain = bytearray(min(CHUNK, self.size - number * CHUNK))
            with memoryview(plain) as view:
                self._read_chunks(number, view)
            self._held, self._held_number = bytes(plain), number

    def _read_chunks(self, number: int, plain: memoryview) -> int:
        """Open the chunks from `number` that exactly fill `plain`."""
        offset = NONCE + number * SEALED_CHUNK
        sealed = self._sealed(offset, min(offset + max(-(-len(plain) // CHUNK), 1) * SEALED_CHUNK, self._end) - offset)
        with memoryview(sealed) as view:
            return open_chunks(self._cipher, number, view, plain, last=offset + len(sealed) == self._end)

    def _sealed(self, offset: int, length: int) -> bytes:
        self._src.seek(self._start + offset)
        parts: list[bytes] = []
        while length:
            part = self._src.read(length)
            if not part:
                raise Damaged(CUT)
            parts.append(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def unseal_payload(src: Source, dst: Sink, file_key: bytes, *, prefix: bytes = b"") -> int:
    """Open a whole detached payload into `dst`; return the plaintext's size. Raises Damaged.

    `src` and `dst` are touched in the caller's thread only; two more threads open batches, in order. `prefix` are
    bytes of the payload that were already read from `src`. On Damaged `dst` may hold a part: throw it away.
    """
    stream = _Filler(src, prefix)
    nonce = bytearray(NONCE)
    if stream.fill(nonce) < NONCE:
        raise Damaged(CUT)
    cipher = payload_cipher(file_key, bytes(nonce))
    batch = _Batch()
    batch.length = stream.fill(batch.sealed)
    if batch.length < SEALED_BATCH:
        return _write(dst, batch.open(cipher, 0, last=True))
    total = first = 0
    free: list[_Batch] = []
    under_way: deque[Future[_Batch]] = deque()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="unseal") as pool:
        while True:
            following = free.pop() if free else _Batch()
            following.length = stream.fill(following.sealed)
            under_way.append(pool.submit(batch.open, cipher, first, last=following.length == 0))
            if not following.length:
                break
            batch, first = following, first + BATCH
            if len(under_way) >= AHEAD:
                done = under_way.popleft().result()
                total += _write(dst, done)
                free.append(done)
        for future in under_way:
            total += _write(dst, future.result())
    return total


class _Batch:
    """Room for a run of chunks, sealed and open."""

    __slots__ = ("length", "opened", "plain", "sealed")

    def __init__(self) -> None:
        self.sealed = bytearray(SEALED_BATCH)
        self.plain = bytearray(PLAIN_BATCH)
        self.length = self.opened = 0

    def open(self, cipher: ChaCha20Poly1305, first: int, *, last: bool) -> _Batch:
        """Open the chunks and return self."""
        with memoryview(self.sealed) as sealed, memoryview(self.plain) as plain:
            self.opened = open_chunks(cipher, first, sealed[: self.length], plain, last=last)
        return self


class _Filler:
    """Fills buffers to the brim from a source that may give less at a time."""

    def __init__(self, src: Source, prefix: bytes) -> None:
        self._prefix = prefix
        self._src = src
        self._read_into = getattr(src, "readinto", None)

    def fill(self, buffer: bytearray) -> int:
        """Return how much was filled; less than the buffer only at the end."""
        size = min(len(self._prefix), len(buffer))
        with memoryview(buffer) as view:
            view[:size] = self._prefix[:size]
            self._prefix = self._prefix[size:]
            while size < len(buffer):
                more = self._more(view[size:])
                if not more:
                    break
                size += more
        return size

    def _more(self, room: memoryview) -> int:
        if self._read_into is not None:
            return self._read_into(room) or 0
        data = self._src.read(len(room)) or b""
        room[: len(data)] = data
        return len(data)


def _write(dst: Sink, batch: _Batch) -> int:
    with memoryview(batch.plain) as view:
        write_all(dst, view[: batch.opened])
    return batch.opened
