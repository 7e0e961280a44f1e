"""Where sealed payloads lie: a folder of files with random names, written once, never changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from caseflow.kernel.clock import now
from caseflow.kernel.settings import current

_PART = ".part"


@contextmanager
def writing() -> Iterator[tuple[BinaryIO, str]]:
    """Yield a file to write and the name it will have; it appears under that name, durably, when the block ends well.

    A block that fails leaves nothing behind. A crash leaves a `.part` that `sweep` removes.
    """
    name = token_hex(16)
    final = path_of(name)
    final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = final.with_suffix(_PART)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as out:
        try:
            yield out, name
            os.fsync(out.fileno())
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    draft.rename(final)
    _sync(final.parent)


def path_of(name: str) -> Path:
    """Return where the payload `name` (hex) lies."""
    return current().store / name[:2] / name[2:4] / name


def reading(name: str) -> BinaryIO:
    """Open the payload `name`; raises `FileNotFoundError` when it is gone."""
    return path_of(name).open("rb")


def remove(name: str) -> None:
    """Remove a payload that no row points to."""
    path_of(name).unlink(missing_ok=True)


def older_than(age: timedelta) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of every payload and every unfinished part last written before `age` ago."""
    limit = (now() - age).timestamp()
    for path in current().store.rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            yield path.stem, path


def written_at(name: str) -> datetime | None:
    """Return when the payload was written, or None when it is gone."""
    path = path_of(name)
    return datetime.fromtimestamp(path.stat().st_mtime, tz=now().tzinfo) if path.exists() else None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
