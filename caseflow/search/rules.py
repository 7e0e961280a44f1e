"""What is asked for: words and phrases in the spelling that all spellings share, and patronymics in each of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from caseflow.network.names import fold, spellings

MOST_WORDS = 8
_QUOTED = re.compile(r"[\"“”„«](.+?)[\"“”»]")


@dataclass(frozen=True)
class Sought:
    """What a text must hold: each of `words` in one of its spellings, and each of `phrases` word by word."""

    words: tuple[tuple[str, ...], ...]
    phrases: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words)


def sought(typed: str) -> Sought:
    """Read what was typed: words in any order, and phrases between quotation marks; at most eight words count."""
    phrases = tuple(filter(None, (fold(phrase) for phrase in _QUOTED.findall(typed))))
    single = fold(_QUOTED.sub(" ", typed)).split() + [word for phrase in phrases for word in phrase.split()]
    return Sought(tuple(map(spellings, dict.fromkeys(single[:MOST_WORDS]))), phrases)


def holds(plain: str, wanted: Sought) -> bool:
    """Tell whether a folded text holds what is sought."""
    return all(any(word in plain for word in spellings) for spellings in wanted.words) and all(
        f" {phrase} " in f" {plain} " for phrase in wanted.phrases
    )


def around(lines: list[str], wanted: Sought, *, before: int = 8, after: int = 16) -> list[tuple[str, bool]]:
    """Return the words around the first place where something sought stands, each with whether it was sought itself.

    None when it stands nowhere.
    """
    sought = [each for spellings in wanted.words for each in spellings]
    for line in lines:
        plain = fold(line)
        places = [place for place in (plain.find(each) for each in sought) if place >= 0]
        if not places:
            continue
        words = line.split()
        # A word may fold to none or to several: near its number in the folded line it stands, else anywhere.
        near = plain.count(" ", 0, min(places))
        for start, end in ((max(0, near - before), near + after), (0, len(words))):
            marked = [(word, _is_hit(word, sought)) for word in words[start:end]]
            at = next((number for number, (_word, hit) in enumerate(marked) if hit), None)
            if at is not None:
                return marked[max(0, at - before) : at + after]
    return []


def _is_hit(word: str, sought: list[str]) -> bool:
    plain = fold(word)
    return any(each in plain for each in sought)
