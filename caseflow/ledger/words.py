"""What the ledger's verbs say to a reader: one phrase for each act, told by the room that does it."""

from __future__ import annotations

from collections.abc import Mapping

from caseflow.kernel.words import N_
from caseflow.ledger.verbs import VERBS

_PHRASES: dict[str, str] = dict(VERBS)


def tell(phrases: Mapping[str, str]) -> None:
    """Add a room's phrases: verb -> English msgid, which may name `%(member)s`, the person the act is about."""
    _PHRASES.update(phrases)


def phrase(verb: str) -> str:
    """Return the msgid for `verb`; for one that no room has told, such as the name of a page, that it was asked for."""
    return _PHRASES.get(verb) or N_("asked for a page")


def verbs() -> list[str]:
    """Return every verb that has words, in the order of the rooms."""
    return list(_PHRASES)
