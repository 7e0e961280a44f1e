"""The pages of incidents. Start in `reading.py` for the list and the incident's page; the steps of the form are next door."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from babel.dates import get_month_names
from flask import Blueprint
from flask_babel import gettext as _
from markupsafe import Markup

from caseflow.incidents import forms, rules
from caseflow.kernel.words import N_
from caseflow.network.rules import article_label, article_short
from caseflow.web.navigation import entry
from caseflow.web.words import language

bp = Blueprint("incidents", __name__, url_prefix="/incidents")
entry(N_("Incidents"), "incidents.index", order=20, icon="incident")

STEPS = (
    ("what", N_("What happened")),
    ("where", N_("Where and when")),
    ("people", N_("People and acts")),
    ("consent", N_("Consent and sources")),
    ("evidence", N_("Evidence and submitting")),
)


GRADE_HINTS = {
    "confirmed": N_("Independent sources agree, or an official paper or the evidence itself shows it."),
    "likely": N_("A reliable source says so, and nothing speaks against it."),
    "possible": N_("It may well be so, but more is needed to rely on it."),
    "unlikely": N_("More speaks against it than for it."),
}
NOTICES = {"answered": N_("your question was answered"), "decided": N_("the referral was decided")}
REFERRAL_STATES = {
    "offered": N_("not decided yet"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
    "taken_back": N_("taken back"),
}
LISTS = {
    "act": "acts",
    "actor": "actor_kinds",
    "connection": "connections",
    "degree": "degrees",
    "form": "consent_forms",
    "grade": "grades",
    "learned_how": "learned_how",
    "method": "methods",
    "person": "person_kinds",
    "purpose": "consent_purposes",
    "intervention": "intervention_kinds",
    "intervention_result": "intervention_results",
    "reliability": "reliabilities",
    "risk": "risk_levels",
    "risk_about": "risk_about",
    "state": "states",
    "victim_status": "victim_statuses",
}


@bp.app_template_global("incident_words")
def incident_words(kind: str, code: str | None) -> str:
    """Return a code of this room (a state, a grade, a kind of act …) in the reader's language; '' for none."""
    if not code:
        return ""
    if kind == "answer":
        return rules.checklist_answers()[code].label.to(language())
    if kind == "language":
        return forms.LANGUAGES.get(code, code)
    return str(rules.label(LISTS[kind], code, language()))


@bp.app_template_global("notice_words")
def notice_words(kind: str) -> str:
    """Return what a member is told about an incident."""
    return str(_(NOTICES[kind])) if kind in NOTICES else incident_words("state", kind)


@bp.app_template_global("referral_words")
def referral_words(state: str) -> str:
    """Return what became of a referral."""
    return str(_(REFERRAL_STATES[state]))


@bp.app_template_global("incident_tone")
def incident_tone(state: str) -> str:
    """Return the tone of a state's badge."""
    return str(rules.state_tone(state))


@bp.app_template_global("state_cells")
def state_cells(places: Iterable[tuple[str, str | None]]) -> dict[tuple[str, str | None], Markup]:
    """Return (state, grade) -> the badges that a cell of a list shows, made once for each and not for each row."""
    badge, lang = Markup('<span class="badge tone--{}">{}</span>'), language()
    cells = {}
    for state, grade in places:
        cells[state, grade] = badge.format(rules.state_tone(state), rules.label("states", state, lang))
        if grade:
            cells[state, grade] += " " + badge.format(rules.grade_tone(grade), rules.label("grades", grade, lang))
    return cells


@bp.app_template_global("grade_hints")
def grade_hints() -> dict[str, str]:
    """Return what each grade means."""
    return {grade: _(hint) for grade, hint in GRADE_HINTS.items()}


@bp.app_template_global("grade_tone")
def grade_tone(grade: str) -> str:
    """Return the tone of a grade's badge."""
    return rules.grade_tone(grade)


@bp.app_template_global("incident_when")
def incident_when(incident: Any, lang: str = "") -> str:
    """Return when an incident happened, as exactly as it is known, in `lang` or the reader's language."""
    lang = lang or language()
    began = rules.ImpreciseDate(incident.began_on, incident.began_precision).label(lang)
    if incident.ended_precision is None:
        return began
    if incident.ended_on is None:
        return str(_("%(began)s; its end is not known", began=began))
    ended = rules.ImpreciseDate(incident.ended_on, incident.ended_precision).label(lang)
    return f"{began} – {ended}"


@bp.app_template_global("known_date")
def known_date(day: date | None, precision: str) -> str:
    """Return a date as exactly as it is known, in the reader's language; '' for none."""
    return rules.ImpreciseDate(day, precision).label(language()) if day is not None else ""


@bp.app_template_global("risk_tone")
def risk_tone(level: str) -> str:
    """Return the tone of a risk's badge."""
    return {"low": "neutral", "medium": "info", "high": "warn", "acute": "danger"}.get(level, "neutral")


@bp.app_template_global("link_words")
def link_words(kind: str, back: bool) -> str:
    """Return how an incident stands to another one, or, with `back`, how the other stands to it."""
    return rules.link_words(kind, language(), back=back)


@bp.app_template_global("incident_steps")
def incident_steps() -> list[tuple[str, str]]:
    """Return endpoint and name of the five steps of the form."""
    return [(step, _(name)) for step, name in STEPS]


@bp.app_template_global("article_words")
def article_words(code: str) -> str:
    """Return how a treaty article is cited, and what it is about."""
    return article_label(code, language())


@bp.app_template_global("article_list")
def article_list(codes: Collection[str]) -> str:
    """Return treaty articles in one line, as they are cited."""
    return ", ".join(article_short(code, language()) for code in codes)


@bp.app_template_global("month_names")
def month_names() -> list[tuple[int, str]]:
    """Return number and name of the months in the reader's language."""
    return list(get_month_names("wide", context="stand-alone", locale=language()).items())


from caseflow.incidents.routes import (  # noqa: E402 -- they fill `bp`
    afterwards,  # noqa: F401
    checklists,  # noqa: F401
    consent,  # noqa: F401
    importing,  # noqa: F401
    judging,  # noqa: F401
    listing,  # noqa: F401
    people,  # noqa: F401
    reading,  # noqa: F401
    referring,  # noqa: F401
    review,  # noqa: F401
    telling,  # noqa: F401
)
