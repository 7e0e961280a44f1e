"""Payloads go to another store: copied, read back and compared, one by one. It may break off and begin again anywhere.

Nothing is taken from the old store by it. What was found whole in the new one is noted in a file of the instance, so that
the next run asks only for its size; without that file it is read once more.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from caseflow.evidence.belonging import expected
from caseflow.evidence.models import File
from caseflow.evidence.stores import Store, StoreDown
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.settings import current
from caseflow.vault.payload import write_all

PIECE = 1024 * 1024
_WHY = unscoped("payloads move as they are sealed, whoever sees them")
Told = Callable[["Progress"], None]


class Busy(Exception):
    """Another run is under way."""


class _Altered(Exception):
    """What was read is not what the ledger noted."""


@dataclass
class Progress:
    """How far it has come; `damaged` are the ids of files whose payload is not what was received."""

    files: int
    size: int
    done: int = 0
    done_size: int = 0
    copied: int = 0
    removed: int = 0
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _One:
    id: str
    payload: str
    size: int
    sha256: str | None


def copy(old: Store, new: Store, *, told: Told) -> Progress:
    """Copy every payload that has a row from `old` to `new`; what is there already, and whole, stays.

    Call it outside any transaction. Raises `StoreDown`, `StoreFull` (then run it again), `Busy`.
    """
    with _journal(new) as noted:
        found = _files()
        progress = Progress(len(found), sum(one.size for one in found))
        for one in found:
            if not (one.payload in noted.names and new.size_of(one.payload) == one.size):
                if one.sha256 is None or not _is_there(old, new, one, progress):
                    progress.damaged += (one.id,)
                else:
                    noted.add(one.payload)
            progress.done += 1
            progress.done_size += one.size
            told(progress)
        return progress


def forget(old: Store, present: Store, *, told: Told) -> Progress:
    """Remove from `old` each payload that is whole in `present`: every one is read there once more before.

    What is not whole in the present store stays in the old one. Raises `StoreDown`, `Busy`.
    """
    with _journal(present):
        found = _files()
        progress = Progress(len(found), sum(one.size for one in found))
        for one in found:
            if old.size_of(one.payload) is not None:
                if one.sha256 is not None and present.sha256_of(one.payload) == one.sha256:
                    progress.removed += bool(old.remove(one.payload))
                else:
                    progress.damaged += (one.id,)
            progress.done += 1
            progress.done_size += one.size
            told(progress)
        return progress


def try_out(store: Store) -> None:
    """Write, read and remove something in a store, long enough for two parts. Raises `StoreDown`, `StoreFull`."""
    name, content = os.urandom(16).hex(), os.urandom(PIECE)
    digest = hashlib.sha256()
    try:
        with store.writing(name) as out:
            for _time in range(9):
                digest.update(content)
                with memoryview(content) as view:
                    write_all(out, view)
        if store.sha256_of(name) != digest.hexdigest():
            raise StoreDown
    finally:
        store.remove(name)


def _files() -> list[_One]:
    """Return every file as it stands when this begins; what comes meanwhile is for the next run."""
    found = []
    for file_id in db.session.scalars(select(File.id).order_by(File.at, File.id), execution_options=_WHY).all():
        file = db.session.get_one(File, file_id, execution_options=_WHY)
        found.append(_One(file.id, file.payload, file.payload_size, expected(file)))
        db.session.expunge(file)
    db.session.rollback()
    return found


def _is_there(old: Store, new: Store, one: _One, progress: Progress) -> bool:
    """Bring one payload over unless it is there; tell whether it is whole there now."""
    if new.size_of(one.payload) == one.size and new.sha256_of(one.payload) == one.sha256:
        return True
    try:
        _copy(old, new, one)
    except (_Altered, OSError):
        return False
    if new.sha256_of(one.payload) != one.sha256:
        new.remove(one.payload)
        raise StoreDown
    progress.copied += 1
    return True


def _copy(old: Store, new: Store, one: _One) -> None:
    digest = hashlib.sha256()
    new.remove(one.payload)  # what a run before left unfinished
    with old.reading(one.payload) as source, new.writing(one.payload) as out:
        while piece := source.read(PIECE):
            digest.update(piece)
            with memoryview(piece) as view:
                write_all(out, view)
        if digest.hexdigest() != one.sha256:
            raise _Altered


class _Noted:
    """The names that were found whole, one a line."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        with open(os.dup(handle), "rb") as lines:
            content = lines.read()
        self.names = {line.decode("ascii", "replace") for line in content.split(b"\n")[:-1]}
        if content and not content.endswith(b"\n"):
            os.write(handle, b"\n")

    def add(self, name: str) -> None:
        """Note one more."""
        os.write(self._handle, f"{name}\n".encode())
        self.names.add(name)


@contextmanager
def _journal(store: Store) -> Iterator[_Noted]:
    path = journal_of(store)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield _Noted(handle)
    finally:
        os.close(handle)


def journal_of(store: Store) -> Path:
    """Return the file in which is noted what was found whole in `store`."""
    return current().instance / f"moved-{hashlib.sha256(str(store).encode()).hexdigest()[:12]}"


def drop_journal(store: Store) -> None:
    """Forget what was noted of a store: it was emptied."""
    with suppress(FileNotFoundError):
        journal_of(store).unlink()
