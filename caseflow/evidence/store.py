"""Where sealed payloads lie: in the store that the settings name. What comes by parts waits on the server's own disk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from flask import current_app

from caseflow.evidence import stores
from caseflow.evidence.stores import Folder, Payload, Store, StoreDown
from caseflow.kernel.clock import now
from caseflow.kernel.settings import current
from caseflow.vault.payload import Sink

log = logging.getLogger(__name__)
_KEPT = "caseflow_store"


def here() -> Store:
    """Return the store that the settings name."""
    found: Store | None = current_app.extensions.get(_KEPT)
    if found is None:
        found = current_app.extensions[_KEPT] = stores.at(
            current().store_url, current().store, largest=current().max_upload_mb
        )
    return found


def disk() -> Folder:
    """Return the folder in which drafts lie; without another setting it is the store as well."""
    return Folder(current().store)


@contextmanager
def writing() -> Iterator[tuple[Sink, str]]:
    """Yield what is written to and the name it will have; it appears under that name, durably, when the block ends well.

    A block that fails leaves nothing behind. What a crash leaves, `sweep` removes. Raises `StoreDown`, `StoreFull`.
    """
    name = token_hex(16)
    with here().writing(name) as out:
        yield out, name


def begin_draft(begins: bytes) -> str:
    """Make a file that is written by parts, durably, and return the name that its payload will have."""
    name = token_hex(16)
    disk().begin_draft(name, begins)
    return name


def draft_of(name: str) -> Path:
    """Return where the payload `name` lies while it comes in."""
    return disk().draft_of(name)


def adopt(name: str, sha256: str) -> None:
    """Let a draft that is whole appear under its name, durably; the draft stays until `drop_draft`. May be repeated."""
    here().adopt(draft_of(name), name, sha256)


def drop_draft(name: str) -> None:
    """Forget the draft of a payload."""
    draft_of(name).unlink(missing_ok=True)


def room() -> int:
    """Return the bytes that are free where drafts lie."""
    return disk().room()


def path_of(name: str) -> Path:
    """Return where the payload `name` lies when the store is a folder."""
    return disk().path_of(name)


def reading(name: str, span: tuple[int, int] | None = None) -> Payload:
    """Open the payload `name`; `span` are the bytes that will be read, when not all.

    Raises `FileNotFoundError` when it is gone, `StoreDown` when that cannot be known.
    """
    return here().reading(name, span)


def remove(name: str) -> None:
    """Remove a payload that no row points to, finished or not. What cannot be removed now, the next sweep removes."""
    disk().remove(name)
    if here().kind != Folder.kind:
        try:
            here().remove(name)
        except StoreDown:
            log.warning("a payload without a row stays in the store until the next sweep")


def sweep(name: str) -> int:
    """Remove a payload that no row points to, wherever it lies; return how many things that were. Raises `StoreDown`."""
    return disk().remove(name) + (here().remove(name) if here().kind != Folder.kind else 0)


def size_of(name: str) -> int | None:
    """Return the bytes of the payload, or None when it is gone."""
    return here().size_of(name)


def sha256_of(name: str) -> str | None:
    """Return the hex sum of the payload, or None when it is gone or is not given back. Raises `StoreDown`."""
    return here().sha256_of(name)


def older_than(age: timedelta) -> Iterator[str]:
    """Yield the name of every payload and of everything unfinished that was last written before `age` ago."""
    before = now() - age
    yield from disk().lying(before)
    if here().kind != Folder.kind:
        yield from here().lying(before)
