"""The sealed beginning of a file that comes in by parts: one at a time writes to it, and never two things in one place."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from caseflow.evidence import store
from caseflow.evidence.stores.folder import NO_ROOM
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_

BUSY = N_(
    "This file is coming in already, from another window or device. Let that one go on, or stop it and try again."
)
FULL = N_("The disk of the server is full. What came before is kept; tell the operator, and go on when there is room.")
ANOTHER = N_(
    "This is not the file that was begun: its bytes are others. Give up the one that was begun, and send this one anew."
)
LOST = N_("What was received of this file is gone from the server. Send it anew.")


class Busy(RuleBroken):
    """Somebody else is sending the same file."""


class Full(RuleBroken):
    """The disk has no room."""


class Another(RuleBroken):
    """What comes now is not what came before."""


class Lost(RuleBroken):
    """The draft is gone."""


class Draft:
    """The file, locked. What is written where something lies already must be the same.

    After a crash more may lie there than the row knows of. A chunk has one nonce, and sealing another text under it
    would tell both to whoever holds both; the same text gives the same bytes.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._size = os.fstat(handle).st_size
        self._at = 0

    def go_to(self, place: int) -> None:
        """Move to `place`. Raises `Lost` when the file ends before it."""
        if place > self._size:
            raise Lost(LOST, field="files")
        self._at = place

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b'' at the end."""
        piece = os.pread(self._handle, size, self._at)
        self._at += len(piece)
        return piece

    def write(self, data: memoryview, /) -> int:
        """Write some of the bytes and return how many. Raises `Another`, `Full`."""
        there = min(self._size - self._at, len(data))
        if there > 0:
            if os.pread(self._handle, there, self._at) != data[:there]:
                raise Another(ANOTHER, field="files")
            taken = there
        else:
            with _saying_full():
                taken = os.pwrite(self._handle, data, self._at)
        self._at += taken
        self._size = max(self._size, self._at)
        return taken

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        with _saying_full():
            os.fdatasync(self._handle)


@contextmanager
def held(payload: str) -> Iterator[Draft]:
    """Yield the draft, for nobody else until the block ends; a crash lets it go. Raises `Busy`, `Lost`."""
    path = store.draft_of(payload)
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        raise Lost(LOST, field="files") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(BUSY, field="files") from None
        yield Draft(handle)
    finally:
        os.close(handle)


@contextmanager
def _saying_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Full(FULL, field="files") from None
        raise
