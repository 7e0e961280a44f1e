"""Names that every system can write down, and that no two files share where case or composition do not count."""

from __future__ import annotations

import re
import unicodedata

MOST = 120  # bytes; with the folders above it, a path stays below the 260 characters of Windows
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(name: str) -> str:
    """Return `name` without what a path or a manifest may not hold; never empty, never hidden, ending kept."""
    plain = "".join(
        "_" if c in '<>:"/\\|?*%~' or not c.isprintable() else c for c in unicodedata.normalize("NFC", name)
    )
    plain = plain.strip(" .") or "file"
    if _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    if len(plain.encode()) <= MOST:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending.encode()) > 16:
        stem, dot, ending = plain, "", ""
    return _cut(stem, MOST - len((dot + ending).encode())) + dot + ending


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore").rstrip(" .")


class Taken:
    """The names of one bag. Two that differ only in case or composition are the same to Windows and macOS."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def path(self, folder: str, name: str, ending: str = "") -> str:
        """Return `folder/name` with `ending`, with a number put in when it is taken already."""
        clean = safe(name)
        stem, dot, last = clean.rpartition(".")
        if not stem:
            stem, dot, last = clean, "", ""
        number = 1
        while True:
            numbered = clean if number == 1 else f"{stem}-{number}{dot}{last}"
            path = f"{folder}/{numbered}{ending}"
            key = unicodedata.normalize("NFC", path).casefold()
            if key not in self._known:
                self._known.add(key)
                return path
            number += 1
