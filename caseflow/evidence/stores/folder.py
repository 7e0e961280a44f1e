"""A store that is a folder: files with random names, in two levels of folders."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from caseflow.evidence.stores.contract import StoreDown, StoreFull

PART = ".part"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WRITTEN_OUT = 64 * 1024 * 1024
_advise = getattr(os, "posix_fadvise", None)


class Folder:
    """Payloads as files under `root`, synced before they appear."""

    kind = "folder"

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        """Return the path."""
        return str(self.root)

    def path_of(self, name: str) -> Path:
        """Return where the payload `name` lies."""
        return self.root / name[:2] / name[2:4] / name

    def draft_of(self, name: str) -> Path:
        """Return where the payload `name` lies while it comes in."""
        return self.path_of(name).with_suffix(PART)

    @contextmanager
    def writing(self, name: str) -> Iterator[_Draft]:
        """Yield a file to write; a crash leaves a `.part`."""
        final, draft = self.path_of(name), self.draft_of(name)
        with _in_words():
            folders = self._folders(final)
            draft.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            yield _Draft(handle)
            with _in_words():
                os.fsync(handle)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        with _in_words():
            draft.rename(final)
            for folder in folders:
                _sync(folder)

    def begin_draft(self, name: str, begins: bytes) -> None:
        """Make a file that is written by parts, durably."""
        with _in_words():
            folders = self._folders(self.path_of(name))
            handle = os.open(self.draft_of(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(handle, begins)
                os.fsync(handle)
            finally:
                os.close(handle)
            for folder in folders:
                _sync(folder)

    def adopt(self, draft: Path, name: str, sha256: str) -> None:  # noqa: ARG002 -- the file itself becomes the payload
        """Give the draft its name."""
        final = self.path_of(name)
        with _in_words():
            self._folders(final)
            with suppress(FileExistsError):
                os.link(draft, final)
            _sync(final.parent)

    def room(self) -> int:
        """Return the bytes that are free."""
        return shutil.disk_usage(self.root if self.root.exists() else self.root.parent).free

    def reading(self, name: str, span: tuple[int, int] | None = None) -> BufferedReader:  # noqa: ARG002 -- a file is read as it comes
        """Open the payload."""
        return self.path_of(name).open("rb")

    def remove(self, name: str) -> int:
        """Remove a payload, finished or not; return how many files that were."""
        removed = 0
        for path in (self.path_of(name), self.draft_of(name)):
            with suppress(FileNotFoundError):
                path.unlink()
                removed += 1
        return removed

    def size_of(self, name: str) -> int | None:
        """Return the bytes of the payload, or None when it is gone."""
        try:
            return self.path_of(name).stat().st_size
        except FileNotFoundError:
            return None

    def sha256_of(self, name: str) -> str | None:
        """Return the hex sum of the payload, or None when it is gone or the disk does not give it back."""
        try:
            with self.reading(name) as payload:
                return hashlib.file_digest(payload, "sha256").hexdigest()
        except OSError:
            return None

    def lying(self, before: datetime) -> Iterator[str]:
        """Yield the names of payloads and of unfinished parts."""
        limit = before.timestamp()
        for path in self.root.glob("??/??/*"):
            try:
                old = path.stat().st_mtime < limit
            except FileNotFoundError:  # a part was finished or given up meanwhile
                continue
            if old:
                yield path.stem

    def _folders(self, path: Path) -> tuple[Path, ...]:
        """Return the folders that `path` lies in, innermost first; they are made if they are not there."""
        folders = (path.parent, path.parent.parent, self.root)
        for folder in reversed(folders):
            folder.mkdir(mode=0o700, exist_ok=True)
        return folders


class _Draft:
    """A file that is being written. The kernel is asked to write it out meanwhile, so that the last wait is short."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._size = self._told = 0

    def write(self, data: memoryview, /) -> int:
        """Write some of the bytes and return how many."""
        with _in_words():
            taken = os.write(self._handle, data)
        self._size += taken
        if _advise is not None and self._size - self._told >= _WRITTEN_OUT:
            _advise(self._handle, self._told, self._size - self._told, os.POSIX_FADV_DONTNEED)
            self._told = self._size
        return taken


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (StoreFull() if error.errno in NO_ROOM else StoreDown()) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
