"""Where sealed payloads lie: a folder of files with random names, written once, never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BufferedReader
from pathlib import Path
from secrets import token_hex

from caseflow.kernel.clock import now
from caseflow.kernel.settings import current

_PART = ".part"
_WRITTEN_OUT = 64 * 1024 * 1024
_advise = getattr(os, "posix_fadvise", None)


class Draft:
    """A file that is being written. The kernel is asked to write it out meanwhile, so that the last wait is short."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._size = self._told = 0

    def write(self, data: bytes | memoryview, /) -> int:
        """Write some of the bytes and return how many."""
        taken = os.write(self._handle, data)
        self._size += taken
        if _advise is not None and self._size - self._told >= _WRITTEN_OUT:
            _advise(self._handle, self._told, self._size - self._told, os.POSIX_FADV_DONTNEED)
            self._told = self._size
        return taken


@contextmanager
def writing() -> Iterator[tuple[Draft, str]]:
    """Yield a file to write and the name it will have; it appears under that name, durably, when the block ends well.

    A block that fails leaves nothing behind. A crash leaves a `.part` that `sweep` removes.
    """
    name = token_hex(16)
    final = path_of(name)
    folders = _folders(final)
    draft = final.with_suffix(_PART)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield Draft(handle), name
        os.fsync(handle)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    draft.rename(final)
    for folder in folders:
        _sync(folder)


def _folders(path: Path) -> tuple[Path, ...]:
    """Return the folders that `path` lies in, innermost first; they are made if they are not there."""
    folders = (path.parent, path.parent.parent, current().store)
    for folder in reversed(folders):
        folder.mkdir(mode=0o700, exist_ok=True)
    return folders


def begin_draft(begins: bytes) -> str:
    """Make a file that is written by parts, durably, and return the name that its payload will have."""
    name = token_hex(16)
    folders = _folders(path_of(name))
    handle = os.open(draft_of(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, begins)
        os.fsync(handle)
    finally:
        os.close(handle)
    for folder in folders:
        _sync(folder)
    return name


def draft_of(name: str) -> Path:
    """Return where the payload `name` lies while it comes in."""
    return path_of(name).with_suffix(_PART)


def adopt(name: str) -> None:
    """Let a draft that is whole appear under its name, durably; the draft stays until `drop_draft`. May be repeated."""
    final = path_of(name)
    with suppress(FileExistsError):
        os.link(draft_of(name), final)
    _sync(final.parent)


def drop_draft(name: str) -> None:
    """Forget the draft of a payload."""
    draft_of(name).unlink(missing_ok=True)


def room() -> int:
    """Return the bytes that are free where drafts lie."""
    place = current().store
    return shutil.disk_usage(place if place.exists() else place.parent).free


def path_of(name: str) -> Path:
    """Return where the payload `name` (hex) lies."""
    return current().store / name[:2] / name[2:4] / name


def reading(name: str) -> BufferedReader:
    """Open the payload `name`; raises `FileNotFoundError` when it is gone."""
    return path_of(name).open("rb")


def remove(name: str) -> int:
    """Remove a payload that no row points to, finished or not; return how many files that were."""
    removed = 0
    for path in (path_of(name), path_of(name).with_suffix(_PART)):
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        removed += 1
    return removed


def size_of(name: str) -> int | None:
    """Return the bytes of the payload, or None when it is gone."""
    try:
        return path_of(name).stat().st_size
    except FileNotFoundError:
        return None


def sha256_of(name: str) -> str | None:
    """Return the hex sum of the payload, or None when it is gone or the disk does not give it back."""
    try:
        with reading(name) as payload:
            return hashlib.file_digest(payload, "sha256").hexdigest()
    except OSError:
        return None


def older_than(age: timedelta) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of every payload and every unfinished part last written before `age` ago."""
    limit = (now() - age).timestamp()
    for path in current().store.glob("??/??/*"):
        try:
            old = path.stat().st_mtime < limit
        except FileNotFoundError:  # a part was finished or given up meanwhile
            continue
        if old:
            yield path.stem, path


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
