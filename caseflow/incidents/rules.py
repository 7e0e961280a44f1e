"""What can be said about an incident: kinds of acts and actors, grades, consents, states, and dates as far as known.

The typology of acts is the network's own, drawn from the articles of the treaties; an ESF code stands beside a term
where that exchange format has a near one. Stored are codes; labels come in three languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from textwrap import shorten
from types import MappingProxyType

from caseflow.incidents.moments import ABOUT, ImpreciseDate, Precision
from caseflow.incidents.terms import (
    ActKind,
    ChecklistKind,
    Term,
    acts,
    checklist_answers,
    checklists,
    link_terms,
    terms,
)
from caseflow.kernel.words import InLanguages

__all__ = [
    "ABOUT",
    "ACTOR_KINDS",
    "CONNECTIONS",
    "CONSENT_FORMS",
    "CONSENT_PURPOSES",
    "DEGREES",
    "GRADES",
    "LEARNED_HOW",
    "LINKS",
    "METHODS",
    "MOVES",
    "PERSON_KINDS",
    "PRECISIONS",
    "RELIABILITIES",
    "STATES",
    "STATE_NAMES",
    "VICTIM_STATUSES",
    "ActKind",
    "ChecklistKind",
    "ImpreciseDate",
    "IncidentState",
    "Precision",
    "Term",
    "act_groups",
    "act_kind",
    "act_kinds",
    "actor_kinds",
    "checklist_answers",
    "checklists",
    "checklists_for",
    "choosable",
    "connections",
    "consent_forms",
    "consent_purposes",
    "covers",
    "degrees",
    "first_words",
    "grade_tone",
    "grades",
    "label",
    "learned_how",
    "link_kinds",
    "link_words",
    "listed",
    "may_become",
    "methods",
    "person_kinds",
    "precisions",
    "reliabilities",
    "state_tone",
    "victim_statuses",
]


class IncidentState(StrEnum):
    """Where an incident stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFORMATION_ASKED = "information_asked"
    VERIFIED = "verified"
    DECLINED = "declined"
    REFERRED = "referred"
    OFFERED = "offered"
    TAKEN_TO_CASE = "taken_to_case"
    CLOSED = "closed"


SHORT_TITLE = 70

_S = IncidentState
_REVIEWED = frozenset({_S.INFORMATION_ASKED, _S.VERIFIED, _S.DECLINED, _S.REFERRED})

# A coordinator may decide at once, without marking first that she reads. A verified incident can still go elsewhere.
MOVES: Mapping[str, frozenset[IncidentState]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.SUBMITTED}),
        _S.SUBMITTED: _REVIEWED | {_S.IN_REVIEW},
        _S.IN_REVIEW: _REVIEWED,
        _S.INFORMATION_ASKED: frozenset({_S.SUBMITTED}),
        _S.VERIFIED: frozenset({_S.TAKEN_TO_CASE, _S.REFERRED, _S.CLOSED}),
        _S.DECLINED: frozenset[IncidentState](),
        _S.REFERRED: frozenset({_S.IN_REVIEW}),
        _S.OFFERED: frozenset({_S.DRAFT, _S.DECLINED}),
        _S.TAKEN_TO_CASE: frozenset[IncidentState](),
        _S.CLOSED: frozenset[IncidentState](),
    }
)

_STATE_TONES = {
    _S.SUBMITTED: "info",
    _S.IN_REVIEW: "info",
    _S.INFORMATION_ASKED: "warn",
    _S.OFFERED: "warn",
    _S.VERIFIED: "ok",
    _S.TAKEN_TO_CASE: "accent",
}
_GRADE_TONES = {"confirmed": "ok", "likely": "info", "possible": "warn"}


class _Labels(Mapping[str, InLanguages]):
    """The labels of a list as they are now: a network may add terms of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getitem__(self, code: str) -> InLanguages:
        return terms(self.name)[code].label

    def __iter__(self) -> Iterator[str]:
        return iter(terms(self.name))

    def __len__(self) -> int:
        return len(terms(self.name))


PERSON_KINDS = _Labels("person_kinds")
METHODS = _Labels("methods")
ACTOR_KINDS = _Labels("actor_kinds")
DEGREES = _Labels("degrees")
CONNECTIONS = _Labels("connections")
RELIABILITIES = _Labels("reliabilities")
VICTIM_STATUSES = _Labels("victim_statuses")
LEARNED_HOW = _Labels("learned_how")
CONSENT_PURPOSES = _Labels("consent_purposes")
CONSENT_FORMS = _Labels("consent_forms")
GRADES = _Labels("grades")
PRECISIONS = _Labels("precisions")
LINKS = _Labels("links")
STATE_NAMES = _Labels("states")
YEARS = range(1900, 9999)  # in which something can have happened
STATES: tuple[IncidentState, ...] = tuple(IncidentState)


def first_words(story: str) -> str:
    """Return the beginning of a story as a title: its first line, at most seventy characters, cut between words."""
    line = next((part.strip() for part in story.splitlines() if part.strip()), "")
    return (
        shorten(line, SHORT_TITLE, placeholder="…") if len(line) > SHORT_TITLE and " " in line else line[:SHORT_TITLE]
    )


def may_become(state: str, new_state: str) -> bool:
    """Tell whether an incident in `state` may move to `new_state`."""
    return new_state in MOVES[IncidentState(state)]


def state_tone(state: str) -> str:
    """Return the tone of a state's badge: neutral, info, ok, warn or accent."""
    return _STATE_TONES.get(IncidentState(state), "neutral")


def grade_tone(grade: str) -> str:
    """Return the tone of a grade's badge."""
    return _GRADE_TONES.get(grade, "neutral")


def act_groups() -> tuple[ActKind, ...]:
    """Return the groups of acts: life, ill-treatment, liberty and so on."""
    return tuple(kind for kind in acts().values() if kind.parent is None)


def act_kinds(group: str | None = None) -> tuple[ActKind, ...]:
    """Return the kinds of acts of a group, or all, also retired ones; a group without kinds is its own only kind."""
    parents = {kind.parent for kind in acts().values()}
    leaves = (kind for kind in acts().values() if kind.code not in parents)
    return tuple(kind for kind in leaves if group in (None, kind.parent, kind.code))


def choosable(name: str, present: str | None = None) -> frozenset[str]:
    """Return the codes of a list that may be chosen: those that are not retired, and the `present` one, which may stay."""
    found = act_kinds() if name == "acts" else terms(name).values()
    return frozenset(one.code for one in found if not one.retired or one.code == present)


def act_kind(code: str) -> ActKind:
    """Return one kind of act; raises KeyError for an unknown code."""
    return acts()[code]


def checklists_for(kind: str) -> tuple[ChecklistKind, ...]:
    """Return the checklists that fit an act of this kind."""
    return tuple(one for one in checklists().values() if kind in one.kinds)


def label(name: str, code: str | None, locale: str) -> str:
    """Return what a code of a list is called, such as `label("methods", "beating", "ru")`; '' for None."""
    if code is None:
        return ""
    return (acts()[code] if name == "acts" else terms(name)[code]).label.to(locale)


def covers(given: str, needed: str) -> bool:
    """Tell whether a consent to one purpose allows another.

    Each purpose is asked for by itself: a consent to publish under the name says nothing about sharing a file with a
    lawyer. Only publishing with the name includes publishing without it.
    """
    return given == needed or (given == "public_named" and needed == "public_anonymous")


def person_kinds() -> tuple[Term, ...]:
    """Return the kinds of people: an individual, a group."""
    return tuple(terms("person_kinds").values())


def methods() -> tuple[Term, ...]:
    """Return how acts are done."""
    return listed("methods")


def actor_kinds() -> tuple[Term, ...]:
    """Return the kinds of actors: police, judge, akimat and so on."""
    return listed("actor_kinds")


def degrees() -> tuple[Term, ...]:
    """Return the degrees of involvement in an act."""
    return listed("degrees")


def connections() -> tuple[Term, ...]:
    """Return the ways in which a source is connected with what it says."""
    return listed("connections")


def reliabilities() -> tuple[Term, ...]:
    """Return the grades of a source's reliability."""
    return tuple(terms("reliabilities").values())


def victim_statuses() -> tuple[Term, ...]:
    """Return where a victim is at the end of an act."""
    return listed("victim_statuses")


def learned_how() -> tuple[Term, ...]:
    """Return the ways in which an incident reached the network."""
    return listed("learned_how")


def consent_purposes() -> tuple[Term, ...]:
    """Return the purposes that consent is asked for, from the narrowest to the widest."""
    return tuple(terms("consent_purposes").values())


def consent_forms() -> tuple[Term, ...]:
    """Return the provable ways in which consent is given (Law 94-V of Kazakhstan, art. 8)."""
    return tuple(terms("consent_forms").values())


def grades() -> tuple[Term, ...]:
    """Return the grades of evidence for an incident."""
    return tuple(terms("grades").values())


def precisions() -> tuple[Term, ...]:
    """Return how exactly a date can be known."""
    return tuple(terms("precisions").values())


def listed(name: str) -> tuple[Term, ...]:
    """Return what can be chosen of a list, such as `risk_levels`: all terms that are not retired."""
    return tuple(term for term in terms(name).values() if not term.retired)


def link_words(kind: str, locale: str, *, back: bool) -> str:
    """Return how one incident stands to another; `back` as it is read from the other end."""
    return (link_terms()[kind][1] if back else link_terms()[kind][0]).to(locale)


def link_kinds() -> tuple[Term, ...]:
    """Return how one incident can be linked to another."""
    return tuple(terms("links").values())
