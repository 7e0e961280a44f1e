"""What a precedent is worth, how decisions use one another, and the public decisions that ship with the library.

How it is scored stands in `cases/rubric.py`, the shipped decisions in `public.py`; the words for both are here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType

from babel.dates import format_date, format_skeleton

from caseflow.cases.rubric import (
    BANDS,
    CRITERIA,
    MOST,
    Band,
    Criterion,
    Total,
    band,
    band_name,
    disagreements,
    objection_to_score,
    score,
)
from caseflow.kernel.words import InLanguages
from caseflow.network.rules import article_label, article_short
from caseflow.precedents.public import PublicCitation, PublicDecision, public_citations, public_decisions
from caseflow.proceedings import rules as proceedings

__all__ = [
    "BANDS",
    "CITATION_KINDS",
    "CRITERIA",
    "MOST",
    "Band",
    "Criterion",
    "PublicCitation",
    "PublicDecision",
    "Total",
    "article_full",
    "article_short",
    "band",
    "band_name",
    "body_name",
    "citation_name",
    "citation_tone",
    "decided_label",
    "disagreements",
    "fact_names",
    "library_body",
    "objection_to_score",
    "outcome_name",
    "outcome_tone",
    "public_citations",
    "public_decisions",
    "score",
]

CITATION_KINDS = MappingProxyType(
    {
        "follows": InLanguages("follows", "следует", "ұстанады"),
        "applies": InLanguages("applies", "применяет", "қолданады"),
        "distinguishes": InLanguages("distinguishes", "отграничивает", "ажыратады"),
        "criticises": InLanguages("criticises", "критикует", "сынайды"),
        "overrules": InLanguages("overrules", "отвергает", "жоққа шығарады"),
        "cites": InLanguages("cites", "упоминает", "сілтеме жасайды"),
    }
)
_CITATION_TONES = {
    "follows": "ok",
    "applies": "ok",
    "distinguishes": "warn",
    "criticises": "danger",
    "overrules": "danger",
}

_OUTCOMES = MappingProxyType(
    {
        "violation": InLanguages("Violation", "Нарушение", "Бұзушылық бар"),
        "partly": InLanguages("Violation in part", "Нарушение в части", "Ішінара бұзушылық"),
        "no_violation": InLanguages("No violation", "Нарушения нет", "Бұзушылық жоқ"),
        "inadmissible": InLanguages("Inadmissible", "Неприемлемо", "Қолайсыз"),
        "arbitrary": InLanguages("Detention arbitrary", "Лишение свободы произвольно", "Бас бостандығынан айыру озбыр"),
        "not_arbitrary": InLanguages(
            "Detention not arbitrary", "Лишение свободы не произвольно", "Бас бостандығынан айыру озбыр емес"
        ),
        "unknown": InLanguages("Not yet confirmed", "Еще не подтверждено", "Әлі расталмаған"),
    }
)
_OUTCOME_TONES = {
    "violation": "ok",
    "partly": "warn",
    "no_violation": "danger",
    "inadmissible": "danger",
    "arbitrary": "ok",
    "not_arbitrary": "danger",
    "unknown": "neutral",
}
_TONES_OF_COURTS = {"favourable": "ok", "partly": "warn", "unfavourable": "danger"}

_BODIES = MappingProxyType(
    {
        "HRC": InLanguages("Human Rights Committee", "Комитет по правам человека", "Адам құқықтары жөніндегі комитет"),
        "CAT": InLanguages("Committee against Torture", "Комитет против пыток", "Азаптауға қарсы комитет"),
        "CEDAW": InLanguages(
            "Committee on the Elimination of Discrimination against Women",
            "Комитет по ликвидации дискриминации в отношении женщин",
            "Әйелдерге қатысты кемсітушілікті жою жөніндегі комитет",
        ),
        "CERD": InLanguages(
            "Committee on the Elimination of Racial Discrimination",
            "Комитет по ликвидации расовой дискриминации",
            "Нәсілдік кемсітушілікті жою жөніндегі комитет",
        ),
        "CRPD": InLanguages(
            "Committee on the Rights of Persons with Disabilities",
            "Комитет по правам инвалидов",
            "Мүгедектігі бар адамдардың құқықтары жөніндегі комитет",
        ),
        "CRC": InLanguages(
            "Committee on the Rights of the Child", "Комитет по правам ребенка", "Бала құқықтары жөніндегі комитет"
        ),
        "CESCR": InLanguages(
            "Committee on Economic, Social and Cultural Rights",
            "Комитет по экономическим, социальным и культурным правам",
            "Экономикалық, әлеуметтік және мәдени құқықтар жөніндегі комитет",
        ),
        "WGAD": InLanguages(
            "Working Group on Arbitrary Detention",
            "Рабочая группа по произвольным задержаниям",
            "Озбырлықпен ұстау жөніндегі жұмыс тобы",
        ),
        "ECtHR": InLanguages(
            "European Court of Human Rights",
            "Европейский суд по правам человека",
            "Адам құқықтары жөніндегі еуропалық сот",
        ),
    }
)

_FACTS = MappingProxyType(
    {
        "title": InLanguages("title", "название", "атауы"),
        "number": InLanguages("number", "номер", "нөмірі"),
        "symbol": InLanguages("symbol", "условное обозначение", "құжат белгісі"),
        "submitted_on": InLanguages("date of submission", "дата представления", "берілген күні"),
        "decided_on": InLanguages("date of the decision", "дата решения", "шешім күні"),
        "articles": InLanguages("articles invoked", "заявленные статьи", "сілтеме жасалған баптар"),
        "outcome": InLanguages("outcome", "исход", "нәтижесі"),
        "holding": InLanguages("what was found", "выводы", "тұжырымдары"),
    }
)


def citation_name(kind: str, locale: str) -> str:
    """Return how one decision uses another, in words."""
    return CITATION_KINDS[kind].in_language(locale) if kind in CITATION_KINDS else kind


def citation_tone(kind: str) -> str:
    """Return the tone in which a kind of citation is shown."""
    return _CITATION_TONES.get(kind, "neutral")


def body_name(code: str, locale: str) -> str:
    """Return the name of a body, of a court, or of the stage that decided; the code itself for none of these."""
    found = _BODIES.get(code) or _courts().get(code) or _stages().get(code)
    return found.in_language(locale) if found else code


def library_body(code: str) -> str:
    """Return the code under which the library files a body: the committee's own, whatever our proceedings call it."""
    short = code.removeprefix("un-").upper()
    return short if short in _BODIES else code


def outcome_name(outcome: str, locale: str) -> str:
    """Return the name of an outcome, of an international body or of a court; the code itself for neither."""
    found = _OUTCOMES.get(outcome)
    if found is None and outcome in _court_outcomes():
        found = _court_outcomes()[outcome].name
    return found.in_language(locale) if found else outcome


def outcome_tone(outcome: str) -> str:
    """Return the tone in which an outcome is shown: as the applicant or the defence would see it."""
    if outcome in _OUTCOME_TONES:
        return _OUTCOME_TONES[outcome]
    of_court = _court_outcomes().get(outcome)
    return _TONES_OF_COURTS.get(of_court.tone, "neutral") if of_court else "neutral"


@lru_cache(maxsize=4096)
def decided_label(decided_on: date | None, precision: str, locale: str) -> str:
    """Return a date as far as it is known: day, `May 2012` for `month`, `2012` for `year`; '' for none."""
    if decided_on is None:
        return ""
    if precision == "year":
        return str(decided_on.year)
    if precision == "month":
        return str(format_skeleton("yMMMM", decided_on, locale=locale))
    return str(format_date(decided_on, "medium", locale=locale))


def fact_names(names: Iterable[str], locale: str) -> str:
    """Return the names of facts that are not confirmed, as a list in one line."""
    return ", ".join(_FACTS[name].in_language(locale) if name in _FACTS else name for name in names)


def article_full(code: str, locale: str) -> str:
    """Return an article with its subject."""
    return article_label(code, locale)


@cache
def _courts() -> dict[str, InLanguages]:
    return {court.id: court.name for court in proceedings.courts()}


@cache
def _stages() -> dict[str, InLanguages]:
    return {stage.id: stage.name for procedure in reversed(proceedings.procedures()) for stage in procedure.stages}


@cache
def _court_outcomes() -> dict[str, proceedings.Outcome]:
    return {
        found.id: found
        for procedure in proceedings.procedures()
        for stage in procedure.stages
        for found in stage.outcomes
    }
