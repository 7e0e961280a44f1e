"""A text without the names of people who have not agreed to be named in it.

Names are looked for under every spelling (`network.names`) and with the endings of Russian and Kazakh. It is a help, not
a promise: who is meant may show from what happened, so the page asks to look the export through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from caseflow.network.names import fold

_SHORTEST = 3
_LONGEST_ENDING = 4  # of a Russian or Kazakh case, folded: Testovым, Асқардың
_WORD = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*")


class Mask:
    """Replaces the names of some people; `names` leads from a full name to what stands in its place."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._parts = [
            (folded, instead)
            for name, instead in names.items()
            for part in name.replace("-", " ").split()
            if len(folded := fold(part)) >= _SHORTEST
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
            if instead and instead == last and not between.strip(" .-_"):
                continue
            out += [between, instead or found[0]]
            last = instead
        return "".join([*out, text[end:]])

    def hides(self, texts: Iterable[str]) -> bool:
        """Tell whether a name stands in any of the texts."""
        return any(self.over(text) != text for text in texts)

    def _instead(self, word: str) -> str:
        folded = [fold(part) for part in (word, *word.split("-"))]
        for part, instead in self._parts:
            for each in folded:
                if each == part or (
                    len(part) > _SHORTEST and each.startswith(part) and len(each) - len(part) <= _LONGEST_ENDING
                ):
                    return instead
        return ""
