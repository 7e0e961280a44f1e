"""SHA-256 beside the work: a second thread hashes what the first has prepared, and gives the buffer back."""

from __future__ import annotations

import hashlib
import threading
import weakref
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

WAITING = 4  # buffers per hasher: the bound on memory


class HashedBuffers:
    """A ring of equal buffers that are hashed, in order, by a second thread before they are handed out again.

    hashlib releases the interpreter lock, so the hash costs no time where a core is free. Nothing is started for a
    short message: the thread begins with the first buffer that is given in. A ring that is dropped without `finish`
    ends its thread, so an upload that breaks off leaves nothing behind. With `hashed=False` it is only a ring. A
    `digest` that is given goes on with the message it has begun.
    """

    def __init__(self, size: int, *, hashed: bool, prefix: bytes = b"", digest: _Hash | None = None) -> None:
        self._size = size
        self._hash = digest or (hashlib.sha256(prefix) if hashed else None)
        self._jobs: SimpleQueue[tuple[bytearray, int] | None] = SimpleQueue()
        self._free: SimpleQueue[bytearray] = SimpleQueue()
        self._made = 0
        self._thread: threading.Thread | None = None

    def take(self) -> bytearray:
        """Return a buffer to write into; waits while all of them wait to be hashed."""
        if self._free.empty() and self._made < WAITING:
            self._made += 1
            return bytearray(self._size)
        return self._free.get()

    def give(self, buffer: bytearray, length: int) -> None:
        """Hand in a buffer whose first `length` bytes come next in the message; do not touch it again."""
        if self._hash is None:
            self._free.put(buffer)
            return
        if self._thread is None:
            work = (self._hash, self._jobs, self._free)
            self._thread = threading.Thread(target=_work, args=work, name="sha256", daemon=True)
            self._thread.start()
            weakref.finalize(self, self._jobs.put, None)
        self._jobs.put((buffer, length))

    def finish(self, buffer: bytearray, length: int) -> str:
        """Hash the last buffer and return the digest in hex, or "" if nothing is hashed."""
        if self._hash is None:
            return ""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        with memoryview(buffer) as view:
            self._hash.update(view[:length])
        return self._hash.hexdigest()


def _work(digest: _Hash, jobs: SimpleQueue[tuple[bytearray, int] | None], free: SimpleQueue[bytearray]) -> None:
    while (job := jobs.get()) is not None:
        buffer, length = job
        with memoryview(buffer) as view:
            digest.update(view[:length])
        free.put(buffer)
