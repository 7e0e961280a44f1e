"""A ZIP file whose length is known before its first byte, written as it is sent.

Entries are stored, not compressed: evidence hardly shrinks, and so a file in the bag is found in the ZIP byte for byte.
Sums and sizes come first, in the local headers, so that every program can read it, also while it arrives. ZIP64 fields
stand only where a number needs them. Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END = struct.Struct("<4sHHHHLLH")
_END64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR = struct.Struct("<4sLQL")
_NARROW = 0xFFFFFFFF
_FEW = 0xFFFF
_UTF8 = 0x800
_UNIX = 3 << 8
_MODE = 0o100644 << 16


class Changed(Exception):
    """What was to be sent is not what was announced; the answer must break off."""


@dataclass(frozen=True)
class Entry:
    """One file to send: its name with slashes, size, CRC-32 and how its bytes are read, in pieces."""

    name: str
    size: int
    crc: int
    pieces: Callable[[], Iterable[bytes]]


def of_bytes(name: str, data: bytes) -> Entry:
    """Return the entry of a file that is at hand."""
    return Entry(name, len(data), zlib.crc32(data), lambda: (data,))


def length(entries: Sequence[Entry]) -> int:
    """Return the bytes of the whole ZIP file."""
    at = 0
    directory = 0
    for entry in entries:
        name = len(entry.name.encode())
        directory += _CENTRAL.size + name + len(_wide(entry, at))
        at += _LOCAL.size + name + len(_wide(entry, None)) + entry.size
    return at + directory + len(_ends(len(entries), directory, at))


def stream(entries: Sequence[Entry], *, at: datetime) -> Iterator[bytes]:
    """Yield the ZIP file; `at` is the time that every entry carries. Raises `Changed` for bytes not as announced."""
    place = 0
    directory = bytearray()
    for entry in entries:
        directory += _central(entry, place, at)
        head = _local(entry, at)
        yield head
        size, crc = 0, 0
        for piece in entry.pieces():
            size += len(piece)
            if size > entry.size:
                raise Changed(entry.name)
            crc = zlib.crc32(piece, crc)
            yield piece
        if size != entry.size or crc != entry.crc:
            raise Changed(entry.name)
        place += len(head) + size
    yield bytes(directory) + _ends(len(entries), len(directory), place)


def _local(entry: Entry, at: datetime) -> bytes:
    name, extra = entry.name.encode(), _wide(entry, None)
    size = _NARROW if extra else entry.size
    version = 45 if extra else 20
    day, hour = _stamp(at)
    head = _LOCAL.pack(
        b"PK\x03\x04", version, _UTF8, 0, hour, day, entry.crc, size, size, len(name), len(extra)
    )  # fmt: skip
    return head + name + extra


def _central(entry: Entry, place: int, at: datetime) -> bytes:
    name, extra = entry.name.encode(), _wide(entry, place)
    size = min(_NARROW, entry.size)
    version = 45 if extra else 20
    day, hour = _stamp(at)
    head = _CENTRAL.pack(
        b"PK\x01\x02", _UNIX | version, version, _UTF8, 0, hour, day, entry.crc, size, size, len(name), len(extra),
        0, 0, 0, _MODE, min(place, _NARROW),
    )  # fmt: skip
    return head + name + extra


def _wide(entry: Entry, place: int | None) -> bytes:
    """Return the ZIP64 field of a header: both sizes if they need it, and in the directory the place if it does."""
    values = [entry.size, entry.size] if entry.size >= _NARROW else []
    if place is not None and place >= _NARROW:
        values.append(place)
    return struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""


def _ends(entries: int, directory: int, place: int) -> bytes:
    wide = b""
    if entries >= _FEW or directory >= _NARROW or place >= _NARROW:
        wide = _END64.pack(b"PK\x06\x06", 44, _UNIX | 45, 45, 0, 0, entries, entries, directory, place)
        wide += _LOCATOR.pack(b"PK\x06\x07", 0, place + directory, 1)
    few = min(entries, _FEW)
    return wide + _END.pack(b"PK\x05\x06", 0, 0, few, few, min(directory, _NARROW), min(place, _NARROW), 0)


def _stamp(at: datetime) -> tuple[int, int]:
    return (at.year - 1980) << 9 | at.month << 5 | at.day, at.hour << 11 | at.minute << 5 | at.second // 2
