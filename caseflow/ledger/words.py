"""What the ledger's verbs say to a reader: one phrase for each act, told by the room that does it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from caseflow.access.actor import ROLE_NAMES
from caseflow.kernel.words import N_
from caseflow.ledger.verbs import VERBS

_PHRASES: dict[str, str] = dict(VERBS)
_FACTS = {
    "role": N_("role"),
    "state": N_("state"),
    "grade": N_("grade"),
    "kind": N_("kind"),
    "stage": N_("stage"),
    "outcome": N_("outcome"),
    "epoch": N_("epoch"),
    "rule": N_("rule"),
}
_CODES: dict[tuple[str, str], str] = {("role", str(role)): name for role, name in ROLE_NAMES.items()} | {
    ("kind", "case"): N_("Case"),
    ("kind", "incident"): N_("Incident"),
    ("kind", "review"): N_("Precedent"),
}


def tell(phrases: Mapping[str, str]) -> None:
    """Add a room's phrases: verb -> English msgid, which may name `%(member)s`, the person the act is about."""
    _PHRASES.update(phrases)


def phrase(verb: str) -> str:
    """Return the msgid for `verb`; for one that no room has told, such as the name of a page, that it was asked for."""
    return _PHRASES.get(verb) or N_("asked for a page")


def verbs() -> list[str]:
    """Return every verb that has words, in the order of the rooms."""
    return list(_PHRASES)


def tell_codes(fact: str, codes: Mapping[str, str]) -> None:
    """Add what a room's codes of one public fact mean: code -> English msgid."""
    _CODES.update({(fact, code): words for code, words in codes.items()})


def fact(key: str, value: object) -> str:
    """Return one public fact in the reader's words: a code as what it means, else with what it is the code of.

    References stand for themselves.
    """
    known = _CODES.get((key, str(value)))
    if known is not None:
        return str(_(known))
    label = _FACTS.get(key)
    plain = str(value).replace("_", " ")
    return f"{_(label)}: {plain}" if label else str(value)
