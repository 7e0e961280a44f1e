"""A segment of an index: the words of up to a thousand texts, each word once, so that little is read to search them all.

In bytes, numbers little-endian: version 2, then the lengths of five parts (4 bytes each). Keys: one of each text, in lines.
Words: UTF-8, sorted, with a newline before and after each. Lines: where in them each word begins (4 bytes each). Starts:
where in the postings those of each word begin, and where the last ones end (4 bytes each). Postings: numbers of texts
(2 bytes each).
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

VERSION = 2
MOST = 1000
_HEAD = struct.Struct("<B5I")


class Malformed(ValueError):
    """The bytes are no segment of a version that is known."""


@dataclass(frozen=True)
class Text:
    """One text: its key, one line that changes with it, and its words."""

    key: str
    words: frozenset[str]


def write(texts: Sequence[Text]) -> bytes:
    """Return the segment of these texts, at most `MOST`."""
    if len(texts) > MOST:
        raise ValueError(f"a segment holds at most {MOST} texts")
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for word in text.words:
            found[word].append(number)
    words = sorted(found)
    keys = "\n".join(text.key for text in texts).encode()
    told = ("\n" + "".join(f"{word}\n" for word in words)).encode()
    lines = _bytes(array("I", accumulate((len(word.encode()) + 1 for word in words[:-1]), initial=1))) if words else b""
    starts = _bytes(array("I", accumulate((len(found[word]) for word in words), initial=0)))
    postings = _bytes(array("H", (number for word in words for number in found[word])))
    parts = (keys, told, lines, starts, postings)
    return _HEAD.pack(VERSION, *map(len, parts)) + b"".join(parts)


class Segment:
    """A segment as it was read. Raises `Malformed`."""

    def __init__(self, content: bytes) -> None:
        try:
            version, *lengths = _HEAD.unpack_from(content)
            ends = list(accumulate(lengths, initial=_HEAD.size))
            if version != VERSION or ends[-1] != len(content):
                raise Malformed("This is no segment of an index.")
            keys, self._words, lines, starts, postings = (content[start:end] for start, end in pairwise(ends))
            self.keys = keys.decode().split("\n") if keys else []
            self._lines, self._starts = _array("I", lines), _array("I", starts)
            self._postings = _array("H", postings)
        except (struct.error, ValueError, TypeError) as broken:
            raise Malformed("This is no segment of an index.") from broken

    def matching(self, spellings: Iterable[str]) -> set[int]:
        """Return the numbers of the texts with a word that holds one of `spellings`; a single sign must be the word."""
        found: set[int] = set()
        for spelling in spellings:
            whole = len(spelling) == 1
            sought = f"\n{spelling}\n".encode() if whole else spelling.encode()
            at = self._words.find(sought)
            while at >= 0:
                word = bisect_right(self._lines, at + whole) - 1
                found.update(self._postings[self._starts[word] : self._starts[word + 1]])
                at = self._words.find(sought, self._words.index(b"\n", at + 1))
        return found

    def read(self) -> list[Text]:
        """Return the texts as `write` was given them."""
        words: list[set[str]] = [set() for _key in self.keys]
        for number, word in enumerate(self._words.decode().split("\n")[1:-1]):
            for text in self._postings[self._starts[number] : self._starts[number + 1]]:
                words[text].add(word)
        return [Text(key, frozenset(found)) for key, found in zip(self.keys, words, strict=True)]


def _bytes(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _array(kind: str, content: bytes) -> array[int]:
    numbers = array(kind, content)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
