"""What is true of a file without a computer to hold it: clean names, kinds by content, what a browser may show."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

from caseflow.vault.commitment import commit
from caseflow.vault.fields import fields

LONGEST_NAME = 200
# Shown by the browser itself in a sandbox; everything else is only handed out for saving.
SHOWN = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/x-wav",
        "audio/mp4",
        "audio/flac",
        "video/mp4",
        "video/webm",
        "application/pdf",
    }
)
_SAME = (
    {"audio/wav", "audio/x-wav", "audio/vnd.wave"},
    {"image/jpeg", "image/pjpeg"},
    {"video/mp4", "video/quicktime"},
)
# What the content is told to be when it cannot be told more closely; it contradicts only what has marks of its own.
_VAGUE = frozenset({"application/zip", "application/octet-stream", "application/cdfv2", "text/plain"})
_MARKED = ("image/", "audio/", "video/", "application/pdf")


def clean_name(name: str | None) -> str:
    """Return a file's own name: the last path part, one Unicode form, no control or direction marks, 200 characters."""
    last = re.split(r"[\\/]", name or "")[-1]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if _stays(c)).strip(" .")
    if len(plain) > LONGEST_NAME:
        stem, dot, ending = plain.rpartition(".")
        plain = (
            plain[:LONGEST_NAME]
            if not dot or len(ending) > 12
            else stem[: LONGEST_NAME - len(ending) - 1] + dot + ending
        )
    return plain or "file"


def _stays(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp")


def fits(name: str, media_type: str) -> bool:
    """Tell whether the ending of `name` promises what the content is; an ending nobody knows promises nothing."""
    promised = mimetypes.guess_type(name)[0]
    if promised is None or promised == media_type:
        return True
    if media_type in _VAGUE:
        return not promised.startswith(_MARKED) or promised == "image/svg+xml"
    if any({promised, media_type} <= same for same in _SAME):
        return True
    return promised.startswith("text/") and media_type.startswith("text/")


def kind_of(media_type: str) -> str:
    """Return image, audio, video, pdf, text or other."""
    if media_type == "application/pdf":
        return "pdf"
    family = media_type.partition("/")[0]
    return family if family in ("image", "audio", "video", "text") else "other"


def may_be_shown(media_type: str) -> bool:
    """Tell whether a browser may show this kind itself."""
    return media_type in SHOWN


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return (start, end) of a single `Range: bytes=` (end exclusive), or None for the whole file.

    Raises `ValueError` when the range lies outside the file (RFC 9110 section 14). Several ranges, and one that ends
    before it starts, are no range and give the whole file.
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", header or "")
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        if length == 0:
            raise ValueError("empty range")
        return size - length, size
    start, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    if found[2] and end <= start:
        return None
    if start >= size:
        raise ValueError("range outside the file")
    return start, min(end, size)


def closed_sum(salt: bytes, sha256: str) -> str:
    """Return what the ledger shows of a file's sum (hex): a hash over it with a salt, so that equal files do not show."""
    return hashlib.sha256(b"caseflow/v1/sum" + salt + bytes.fromhex(sha256)).hexdigest()


TEXTS = (
    "copy_or_original", "details", "obtained_from", "obtained_how", "obtained_on", "obtained_where", "source_url", "title", "tool",
)  # fmt: skip
"""What is said of an item, by sorted names: the ledger keeps a sum over all of them."""


def text_salt(seed: bytes, name: str) -> bytes:
    """Return the salt of one text of an item: who learns it learns nothing of the others, nor of the seed (16 bytes)."""
    return hashlib.sha256(fields("caseflow/v1/item-salt", seed, name)).digest()


def text_sum(name: str, salt: bytes, text: str) -> bytes:
    """Return the sum of one text (32 bytes), so that it can be shown or kept closed by itself."""
    return hashlib.sha256(fields("caseflow/v1/item-text", name, salt, text)).digest()


def texts_sum(seed: bytes, texts: Mapping[str, str]) -> str:
    """Return what the ledger shows of all texts of an item (hex); `texts` has every name of `TEXTS`."""
    sums = [text_sum(name, text_salt(seed, name), texts[name]) for name in TEXTS]
    return hashlib.sha256(fields("caseflow/v1/item-texts", *sums)).hexdigest()


class Bound(Protocol):
    """What a file's key is bound to: everything of its row that never changes."""

    @property
    def id(self) -> str:
        """The row."""

    @property
    def item_id(self) -> str:
        """The item it belongs to."""

    @property
    def parent_id(self) -> str | None:
        """The file it was made from."""

    @property
    def kind(self) -> str:
        """Original, or what was made of it."""

    @property
    def size(self) -> int:
        """The bytes that were received."""

    @property
    def payload_size(self) -> int:
        """The bytes that lie in the store."""

    @property
    def payload_sha256(self) -> str:
        """Their sum."""


def key_check(file_key: bytes, file: Bound) -> str:
    """Return what the row of a file keeps, sealed, of its key (hex): no other key, and no other row, gives the same."""
    parent = file.parent_id or ""
    return commit(file_key, file.id, file.item_id, parent, file.kind, file.size, file.payload_size, file.payload_sha256)


_PICTURED = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/tiff",
        "image/bmp",
        "image/x-ms-bmp",
        "image/heic",
        "image/heif",
    }
)
_PACKED = frozenset(
    {"application/x-tar", "application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-xz"}
)
_READ = frozenset({"text/plain", "text/csv"})


COPIED = _PICTURED | {"application/pdf"}
"""Kinds of which copies without metadata, and redacted ones, are made here."""


def boxes(text: str) -> dict[str, list[tuple[float, float, float, float]]]:
    """Return page -> boxes (left, top, width, height, parts of the page from 0 to 1) of lines as people write them.

    Raises `ValueError` with the number of the first line that is none.
    """
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.replace(";", " ").replace(", ", " ").replace(",", ".").replace("%", " ").split()
        if not parts:
            continue
        try:
            page, (left, top, width, height) = int(parts[0]), map(float, parts[1:])
        except ValueError:
            raise ValueError(number) from None
        if page < 1 or not (0 <= left < 100 and 0 <= top < 100 and width > 0 and height > 0):
            raise ValueError(number)
        width, height = min(width, 100 - left), min(height, 100 - top)
        found.setdefault(str(page), []).append((left / 100, top / 100, width / 100, height / 100))
    return found


def looks(media_type: str) -> tuple[str, ...]:
    """Return which looks are taken into a file of this kind; what acts (HTML, SVG, programs) is only scanned."""
    if media_type in _PICTURED:
        return ("picture", "about", "ocr")
    if media_type == "application/pdf":
        return ("picture", "about", "text", "ocr")
    if media_type == "application/zip" or "officedocument" in media_type or "opendocument" in media_type:
        return ("contents", "about", "text")
    if media_type in _PACKED:
        return ("contents",)
    if media_type.startswith(("audio/", "video/")):
        return ("sound",)
    return ("text",) if media_type in _READ else ()


def wave(levels: Sequence[int]) -> str:
    """Return the path of an SVG, 100 high and as wide as there are levels, of how loud a sound is when."""
    return "".join(f"M{at} {50 - max(level, 1) / 2:g}V{50 + max(level, 1) / 2:g}" for at, level in enumerate(levels))
