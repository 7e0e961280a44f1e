"""What an archive lists: names, sizes, and what speaks of a trap. Nothing is unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from caseflow.evidence.examiner.given import Given, Refused

LISTED = 300
COUNTED = 20_000
TAR_READ = 256 * 1024 * 1024
RATIO = 200
NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".bz2", ".xz", ".tgz")
PACKED: dict[str, Callable[[BinaryIO], Any]] = {"application/gzip": gzip.open, "application/x-gzip": gzip.open, "application/x-bzip2": bz2.open, "application/x-xz": lzma.open}  # fmt: skip


def contents(given: Given) -> dict[str, Any]:
    """Return the first names with their sizes, how many there are, their size together, and alarms by code."""
    if given.media_type in PACKED or given.media_type == "application/x-tar":
        return _tar(given)
    with given.open() as file:
        if not zipfile.is_zipfile(file):
            raise Refused("damaged")
        return _zip(file)


def _zip(file: BinaryIO) -> dict[str, Any]:
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
    length = file.seek(0, io.SEEK_END)
    total, packed = sum(one.file_size for one in infos), sum(one.compress_size for one in infos)
    alarms = {
        "ratio": total > 1024 * 1024 and total > RATIO * max(length, 1),
        "overlap": packed > length,
        "locked": any(one.flag_bits & 1 for one in infos),
        **_of_names([one.filename for one in infos]),
    }
    entries = [[one.filename, one.file_size] for one in infos[:LISTED]]
    return {
        "entries": entries,
        "count": len(infos),
        "total": total,
        "alarms": [a for a, holds in alarms.items() if holds],
    }


def _of_names(names: list[str]) -> dict[str, bool]:
    return {
        "nested": any(name.lower().endswith(NESTED) for name in names),
        "outside": any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names),
        "macros": any(name.endswith(("vbaProject.bin", "vbaProject.bin\\")) for name in names),
    }


class _Metered(io.RawIOBase):
    """A decompressed stream that ends the look when it goes on too long."""

    def __init__(self, src: BinaryIO) -> None:
        self._src, self.read_so_far = src, 0

    def read(self, size: int = -1, /) -> bytes:
        piece = self._src.read(min(size, 1024 * 1024) if size >= 0 else 1024 * 1024)
        self.read_so_far += len(piece)
        if self.read_so_far > TAR_READ:
            raise Refused("swells")
        return piece


def _tar(given: Given) -> dict[str, Any]:
    file = given.open()
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    unpack = PACKED.get(given.media_type)
    stream = _Metered(cast(BinaryIO, unpack(file)) if unpack else file)
    entries: list[list[Any]] = []
    names: list[str] = []
    total, more = 0, False
    try:
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|") as archive:
            for one in archive:
                if len(names) == COUNTED:
                    more = True
                    break
                names.append(one.name)
                total += one.size
                if len(entries) < LISTED:
                    entries.append([one.name, one.size])
    except tarfile.ReadError:
        if unpack and not names:  # one packed file, no archive
            raise Refused("single") from None
        raise
    alarms = {"ratio": total > 1024 * 1024 and total > RATIO * max(length, 1), "more": more, **_of_names(names)}
    return {
        "entries": entries,
        "count": len(names),
        "total": total,
        "alarms": [a for a, holds in alarms.items() if holds],
    }
