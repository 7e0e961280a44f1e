"""Reading a payload from a bucket: what a page asks for is one small ranged question.

Whoever opens a payload needs its length, its nonce and its last chunk, which says that nothing was cut. They are asked
for once and remembered for the payloads that were read last; every further answer must come from the same object.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Protocol

from caseflow.evidence.stores.contract import StoreDown
from caseflow.vault.payload import NONCE, SEALED_CHUNK

TAIL = SEALED_CHUNK + NONCE
AGAIN = 3  # times that a stream which breaks off is asked for once more, from where it broke
_REMEMBERED = 256


class Asked(Protocol):
    """Who is asked for bytes."""

    def get(self, name: str, start: int | None, end: int) -> tuple[Any, int, str]:
        """Return stream, size and tag."""


@dataclass(frozen=True)
class Ends:
    """Size, tag, first and last bytes of an object."""

    size: int
    tag: str
    head: bytes
    tail: bytes


class Remembered:
    """The ends of the payloads that were opened last, in this process: sealed bytes, at most 16 MiB of them."""

    def __init__(self) -> None:
        self._ends: OrderedDict[str, Ends] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> Ends | None:
        """Return the ends, if they are known."""
        with self._lock:
            if name in self._ends:
                self._ends.move_to_end(name)
            return self._ends.get(name)

    def keep(self, name: str, ends: Ends) -> None:
        """Remember them. A payload that is nothing but its end is asked for each time."""
        if ends.size > TAIL:
            with self._lock:
                self._ends[name] = ends
                while len(self._ends) > _REMEMBERED:
                    self._ends.popitem(last=False)

    def drop(self, name: str) -> None:
        """Forget them."""
        with self._lock:
            self._ends.pop(name, None)


class Ranged(io.RawIOBase):
    """A payload as a seekable file. `span` are the bytes that will be read: they come in one answer."""

    def __init__(self, bucket: Asked, name: str, remembered: Remembered, span: tuple[int, int] | None) -> None:
        super().__init__()
        self._bucket, self._name, self._remembered, self._span = bucket, name, remembered, span
        self._at = 0
        self._body: Any = None
        self._body_at = self._body_end = 0
        known = remembered.get(name)
        self._ends = self._begin() if known is None else known

    def _begin(self) -> Ends:
        body, size, tag = self._bucket.get(self._name, None, TAIL)
        tail = self._all(body, min(size, TAIL))
        self._ends = Ends(size, tag, tail[:NONCE] if size <= TAIL else b"", tail)
        if not self._ends.head:
            head = self.read(NONCE)  # where reading begins at the beginning, it goes on from there
            self._at = 0
            self._ends = replace(self._ends, head=head)
        self._remembered.keep(self._name, self._ends)
        return self._ends

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move; nothing is asked for before something is read."""
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends.size}[whence] + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, fewer where an answer ends; b'' at the end. Raises as `readinto`."""
        return super().read(size) or b""

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        """Fill some of the buffer; 0 at the end. Raises `StoreDown`, `OSError` when the object is another than before."""
        with memoryview(buffer) as given, given.cast("B") as room:
            size = min(len(room), self._ends.size - self._at)
            if size <= 0:
                return 0
            piece = self._piece(size)
            room[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Let the line go; what was not read is not fetched."""
        self._let_go()
        super().close()

    def _piece(self, size: int) -> bytes:
        ends, behind = self._ends, self._at - (self._ends.size - len(self._ends.tail))
        if behind >= 0:
            return ends.tail[behind : behind + size]
        if self._at < len(ends.head):
            return ends.head[self._at : self._at + size]
        size = min(size, -behind)
        for _time in range(AGAIN):
            if self._body is None or self._body_at != self._at:
                self._open(size)
            try:
                piece: bytes = self._body.read(min(size, self._body_end - self._body_at))
            except FileNotFoundError:
                raise
            except Exception:  # noqa: BLE001 -- boto3, urllib3 and http.client each have their own for a line that broke
                piece = b""
            if piece:
                self._body_at += len(piece)
                if self._body_at == self._body_end:
                    self._let_go()
                return piece
            self._let_go()
        raise StoreDown

    def _open(self, size: int) -> None:
        """Ask for what will be read from here on: of the span what is left, outside of it only what is wanted now."""
        self._let_go()
        last = self._ends.size - len(self._ends.tail)
        start, end = (0, last) if self._span is None else self._span
        self._body_end = min(end, last) if start <= self._at < end else self._at + size
        body, whole, tag = self._bucket.get(self._name, self._at, self._body_end)
        if (whole, tag) != (self._ends.size, self._ends.tag):
            body.close()
            self._remembered.drop(self._name)
            raise OSError("this object was exchanged while it was being read")
        self._body, self._body_at = body, self._at

    def _all(self, body: Any, size: int) -> bytes:
        parts: list[bytes] = []
        try:
            while size and (part := body.read(size)):
                parts.append(part)
                size -= len(part)
        except Exception:  # noqa: BLE001 -- the same
            raise StoreDown from None
        finally:
            body.close()
        if size:
            raise StoreDown
        return b"".join(parts)

    def _let_go(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
