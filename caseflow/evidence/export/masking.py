"""A text without the names of people who have not agreed to be named in it.

Names are looked for under every spelling (`network.names`) and with the endings of Russian and Kazakh, also where a
stress mark or a sign that shows nowhere stands in them. It is a help, not a promise: who is meant may show from what happened, so the page asks to look the export through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from caseflow.network.names import fold

_SHORTEST = 3
_LONGEST_ENDING = 4  # of a Russian or Kazakh case, folded: Testovым, Асқардың
_UNSEEN = {"Mn", "Me", "Cf"}  # marks over a letter, and what shows nowhere: a soft hyphen, a zero width space
_SIGNS = "".join(sign for sign in map(chr, range(0x10000)) if unicodedata.category(sign) in _UNSEEN)
_SIGNS += "\U000e0000-\U000e0fff"
_LETTERS = rf"[^\W\d_](?:[^\W\d_]|[{_SIGNS}])*"
_WORD = re.compile(rf"{_LETTERS}(?:[-'’ʼ]{_LETTERS})*")
_BETWEEN = re.compile(rf"[ ._\-{_SIGNS}]*")


def _plain(word: str) -> str:
    """Return a word without stress marks and unseen signs; й, ё and others that Unicode has as one letter keep theirs."""
    seen = "".join(sign for sign in word if unicodedata.category(sign) != "Cf")
    return "".join(sign for sign in unicodedata.normalize("NFC", seen) if unicodedata.category(sign) not in _UNSEEN)


class Mask:
    """Replaces the names of some people; `names` leads from a full name to what stands in its place."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._parts = [
            (folded, instead)
            for name, instead in names.items()
            for part in name.replace("-", " ").split()
            if len(folded := fold(_plain(part))) >= _SHORTEST
        ]

    def __bool__(self) -> bool:
        return bool(self._parts)

    def over(self, text: str) -> str:
        """Return `text` with each name replaced; several words of one person in a row become one."""
        out: list[str] = []
        end, last = 0, ""
        for found in _WORD.finditer(text):
            instead = self._instead(found[0])
            between = text[end : found.start()]
            end = found.end()
            if instead and instead == last and _BETWEEN.fullmatch(between):
                continue
            out += [between, instead or found[0]]
            last = instead
        return "".join([*out, text[end:]])

    def hides(self, texts: Iterable[str]) -> bool:
        """Tell whether a name stands in any of the texts."""
        return any(self.over(text) != text for text in texts)

    def _instead(self, word: str) -> str:
        word = _plain(word)
        folded = [fold(part) for part in (word, *word.split("-"))]
        for part, instead in self._parts:
            for each in folded:
                if each == part or (
                    len(part) > _SHORTEST and each.startswith(part) and len(each) - len(part) <= _LONGEST_ENDING
                ):
                    return instead
        return ""
