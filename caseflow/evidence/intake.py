"""How a stream becomes a sealed payload: in large pieces through the age writer; plaintext never touches the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pylibmagic  # noqa: F401 -- it brings the library that `magic` looks for, so it comes first

# isort: split
import magic

# isort: split
from werkzeug.exceptions import ClientDisconnected

from caseflow.access.actor import Actor, demand, unready
from caseflow.evidence import rules, store
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.vault.writing import SealingWriter

PIECE = 1024 * 1024
_TELLS_KIND = 64 * 1024  # bytes at the start that libmagic looks at
TOO_LARGE = N_("This file is larger than this installation takes. Ask the operator, or send it in parts.")
EMPTY = N_("This file is empty. Choose it again; if it is empty on your device too, there is nothing to keep.")
BROKEN = N_("The line broke before the file was received. Nothing of it was kept; send it again.")


class Stream(Protocol):
    """Anything that gives bytes until it gives none."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; b'' at the end."""


@dataclass(frozen=True)
class Received:
    """A file that was received and sealed: its payload is on the disk, no row points to it yet."""

    payload: str
    header: bytes = field(repr=False)
    epoch: int
    safe_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    payload_size: int
    payload_sha256: str


def receive(stream: Stream, *, name: str | None, safe_id: str, by: Actor, limit: int | None = None) -> Received:
    """Seal `stream` to the safe's present recipient and return what was received.

    Call it outside any transaction: it takes as long as the line is slow. Raises `RuleBroken` at `files` for an empty,
    too large (`limit` in bytes) or broken upload, and leaves nothing behind then.
    """
    demand(unready(by))
    most = current().max_upload_mb * 1024 * 1024 if limit is None else limit
    metered = _Metered(stream, most, safe_id)
    epoch, secrets = by.ring.current(safe_id)  # type: ignore[attr-defined]
    begins = metered.read(PIECE)
    while 0 < len(begins) < _TELLS_KIND and (more := metered.read(PIECE)):
        begins += more
    if not begins:
        raise RuleBroken(EMPTY, field="files", about=f"safes:{safe_id}")
    media_type = media_type_of(begins)
    with store.writing() as (out, payload):
        writer = SealingWriter(out, [str(secrets.identity.recipient)])
        writer.write(begins)
        writer.copy_from(metered)
        writer.close()
    return Received(
        payload=payload,
        header=writer.header,
        epoch=epoch,
        safe_id=safe_id,
        name=rules.clean_name(name),
        media_type=media_type,
        size=writer.plain_size,
        sha256=writer.sha256_plain,
        payload_size=writer.sealed_size,
        payload_sha256=writer.sha256_sealed,
    )


def media_type_of(begins: bytes) -> str:
    """Return what kind of file begins with these bytes; 64 KiB tell it."""
    return magic.from_buffer(begins[:_TELLS_KIND], mime=True)


def forget(received: Received) -> None:
    """Remove a payload whose row was refused."""
    store.remove(received.payload)


class _Metered:
    """A stream up to its limit; it can be read straight into a buffer where the stream underneath can."""

    def __init__(self, stream: Stream, most: int, safe_id: str) -> None:
        self._stream = stream
        self._left = most
        self._safe_id = safe_id
        if hasattr(stream, "readinto"):
            self.readinto = self._readinto

    def read(self, size: int, /) -> bytes:
        with self._said_in_words():
            piece = self._stream.read(size)
        self._count(len(piece))
        return piece

    def _readinto(self, room: memoryview, /) -> int:
        with self._said_in_words():
            size: int = self._stream.readinto(room)  # type: ignore[attr-defined]
        self._count(size)
        return size

    @contextmanager
    def _said_in_words(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, ClientDisconnected):
            raise RuleBroken(BROKEN, field="files") from None

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise RuleBroken(TOO_LARGE, field="files", about=f"safes:{self._safe_id}")
