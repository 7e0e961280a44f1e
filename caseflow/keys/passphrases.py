"""What makes a passphrase acceptable (NIST SP 800-63B section 5.1.1.2, OWASP ASVS 5.0 chapter 6): length and a list."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from caseflow.kernel.words import N_

SHORTEST, LONGEST = 15, 1024


@cache
def _common() -> frozenset[str]:
    listed = files("caseflow.keys").joinpath("data/common_passphrases.txt").read_text(encoding="utf-8")
    return frozenset(_plain(line) for line in listed.splitlines() if line and not line.startswith("#"))


def objection_to(passphrase: str, *, known: tuple[str, ...] = ()) -> str | None:
    """Return why this passphrase is refused, or None. `known` are the member's own name and address."""
    if len(passphrase) < SHORTEST:
        return N_("Use at least 15 characters. Four or five unrelated words are easy to keep and hard to guess.")
    if len(passphrase) > LONGEST:
        return N_("Use at most 1024 characters.")
    plain = _plain(passphrase)
    if plain in _common() or len(set(plain)) < 5:
        return N_("This passphrase is among the first that would be guessed. Choose unrelated words.")
    if any(_plain(word) in plain and len(_plain(word)) * 2 > len(plain) for word in known if len(word) > 3):
        return N_("This passphrase is made of your own name or address. Choose unrelated words.")
    return None


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())
