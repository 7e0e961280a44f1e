"""The pages of cases. Start in `reading.py` for the list and the case page; acts are next door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from caseflow.access.actor import Role
from caseflow.cases import rules
from caseflow.kernel.words import N_
from caseflow.network.rules import article_short
from caseflow.web.navigation import entry
from caseflow.web.words import language

bp = Blueprint("cases", __name__, url_prefix="/cases")
entry(N_("Cases"), "cases.index", order=30, icon="case", roles=(Role.LAWYER, Role.COORDINATOR))


@bp.app_template_global("case_words")
def case_words(kind: str, code: str | None) -> str:
    """Return a code of this room (a counsel role, a party's side, an outcome …) in the reader's language."""
    tables: dict[str, Any] = {
        "role": rules.COUNSEL_ROLES,
        "side": rules.PARTY_SIDES,
        "kind": rules.PARTY_KINDS,
        "outcome": rules.CASE_OUTCOMES,
        "confidentiality": rules.CONFIDENTIALITY,
        "conflict": rules.CONFLICT_STATES,
        "link": rules.ALL_CASE_LINKS,
        "link_back": rules.LINKS_BACK,
        "direction": rules.DIRECTIONS,
        "medium": rules.MEDIA,
        "note": rules.NOTE_KINDS,
        "selection": rules.SELECTION_DECISIONS,
        "mandate": rules.MANDATE_KINDS,
        "verdict": rules.CONFLICT_VERDICTS,
    }
    label = tables[kind].get(code)
    return str(label.to(language())) if label else (code or "")


@bp.app_template_global("conflict_tone")
def conflict_tone(state: str) -> str:
    """Return the tone in which the state of a conflict check is shown."""
    return rules.CONFLICT_TONES[state]


@bp.app_template_global("articles_named")
def articles_named(codes: Iterable[str]) -> str:
    """Return articles as a list cites them, in the reader's language."""
    lang = language()
    return ", ".join(article_short(code, lang) for code in codes)


from caseflow.cases.routes import around, bundles, conflicts, describing, ending, papers, reading, team, work  # noqa: E402, F401 -- they fill `bp`
