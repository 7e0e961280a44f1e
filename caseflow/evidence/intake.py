"""How a stream becomes a sealed payload: in large pieces through the age writer; plaintext never touches the disk."""

from __future__ import annotations

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
    epoch, secrets = by.ring.current(safe_id)  # type: ignore[attr-defined]
    piece = _read(stream, PIECE)
    while 0 < len(piece) < _TELLS_KIND and (more := _read(stream, PIECE)):
        piece += more
    if not piece:
        raise RuleBroken(EMPTY, field="files", about=f"safes:{safe_id}")
    media_type = magic.from_buffer(piece[:_TELLS_KIND], mime=True)
    with store.writing() as (out, payload):
        writer = SealingWriter(out, [str(secrets.identity.recipient)])
        size = 0
        while piece:
            size += len(piece)
            if size > most:
                raise RuleBroken(TOO_LARGE, field="files", about=f"safes:{safe_id}")
            writer.write(piece)
            piece = _read(stream, PIECE)
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


def forget(received: Received) -> None:
    """Remove a payload whose row was refused."""
    store.remove(received.payload)


def _read(stream: Stream, size: int) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, ClientDisconnected):
        raise RuleBroken(BROKEN, field="files") from None
