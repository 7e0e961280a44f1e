"""What a precedent is worth, how decisions use one another, and the public decisions that ship with the library.

The rubric stands in `data/rubric.json`, the decisions in `data/un_decisions.json`. Facts of theirs that were not read
in a primary source are named in `unconfirmed` and shown with a mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from babel.dates import format_date, format_skeleton

from caseflow.kernel.words import N_, InLanguages
from caseflow.network.rules import article_label, article_short
from caseflow.proceedings import rules as proceedings

__all__ = [
    "BANDS",
    "CITATION_KINDS",
    "CRITERIA",
    "MOST",
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
    "objection_to_score",
    "outcome_name",
    "outcome_tone",
    "public_citations",
    "public_decisions",
    "score",
]

MOST = 4  # values run from 0 to this
APART = 2  # scorers this far from each other disagree


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the rubric. A negative weight subtracts; `anchors` say what some of the values 0 to 4 mean."""

    id: str
    label: InLanguages
    hint: InLanguages
    weight: int
    anchors: Mapping[int, InLanguages]


@dataclass(frozen=True, slots=True)
class Band:
    """A level of value, from `lowest` percent on."""

    id: str
    label: InLanguages
    lowest: int


@dataclass(frozen=True, slots=True)
class Total:
    """What one scorer's values come to: percent of the most that could be reached, rounded down, and the band."""

    total_percent: int
    band: str


@dataclass(frozen=True, slots=True)
class PublicDecision:
    """A decision of an international body. `articles` are those invoked; `unconfirmed` names fields to be checked."""

    title: InLanguages
    body: str
    number: str
    symbol: str | None
    submitted_on: date | None
    decided_on: date | None
    decided_precision: str
    articles: tuple[str, ...]
    outcome: str
    holding: InLanguages
    note: InLanguages
    unconfirmed: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PublicCitation:
    """One of the shipped decisions cites another, by their numbers."""

    citing: str
    cited: str
    kind: str
    paragraph: str | None


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(files("caseflow.precedents").joinpath("data", name).read_text(encoding="utf-8"))
    return table


def _criterion(row: dict[str, Any]) -> Criterion:
    return Criterion(
        id=row["id"],
        label=InLanguages.from_record(row["label"]),
        hint=InLanguages.from_record(row["hint"]),
        weight=row["weight"],
        anchors=MappingProxyType({int(n): InLanguages.from_record(words) for n, words in row["anchors"].items()}),
    )


_RUBRIC = _read("rubric.json")
CRITERIA = tuple(_criterion(row) for row in _RUBRIC["criteria"])
BANDS = tuple(Band(row["id"], InLanguages.from_record(row["label"]), row["from"]) for row in _RUBRIC["bands"])
_REACHABLE = MOST * sum(criterion.weight for criterion in CRITERIA if criterion.weight > 0)

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
            "European Court of Human Rights", "Европейский суд по правам человека", "Адам құқықтары жөніндегі еуропалық сот"
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


def objection_to_score(criterion_id: str, value: int | None, note: str | None) -> str | None:
    """Return why a value and its note cannot be kept for a criterion, or None."""
    if all(criterion.id != criterion_id for criterion in CRITERIA):
        return N_("The rubric has no such criterion.")
    if value is None or isinstance(value, bool) or not 0 <= value <= MOST:
        return N_("Choose a value from 0 to 4.")
    if not (note or "").strip():
        return N_("Give a reason for the value; a figure without one is not used.")
    return None


def score(values: Mapping[str, int]) -> Total:
    """Return what the values of all criteria come to, between 0 and 100 percent; KeyError when one is missing.

    Risk is subtracted. Percent are rounded down, so that no band is reached by rounding.
    """
    points = sum(criterion.weight * values[criterion.id] for criterion in CRITERIA)
    percent = max(points, 0) * 100 // _REACHABLE
    return Total(percent, band(percent))


def band(percent: float) -> str:
    """Return the band of a percentage: `key` from 70, `1` from 50, `2` from 30, else `3`."""
    return next((found.id for found in BANDS if percent >= found.lowest), BANDS[-1].id)


def band_name(band_id: str, locale: str) -> str:
    """Return the name of a band; the code itself for an unknown one."""
    return next((found.label.in_language(locale) for found in BANDS if found.id == band_id), band_id)


def disagreements(chosen: Iterable[Mapping[str, int]]) -> list[Criterion]:
    """Return the criteria on which two scorers are apart by two or more: it is shown, never averaged away."""
    scores = list(chosen)
    found = []
    for criterion in CRITERIA:
        values = [score[criterion.id] for score in scores if criterion.id in score]
        if values and max(values) - min(values) >= APART:
            found.append(criterion)
    return found


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
def public_decisions() -> tuple[PublicDecision, ...]:
    """Return the shipped decisions, in the order of the table."""
    return tuple(_decision(row) for row in _read("un_decisions.json")["decisions"])


@cache
def public_citations() -> tuple[PublicCitation, ...]:
    """Return who cites whom among the shipped decisions."""
    rows = _read("un_decisions.json")["citations"]
    return tuple(PublicCitation(row["citing"], row["cited"], row["kind"], row["paragraph"]) for row in rows)


def _decision(row: dict[str, Any]) -> PublicDecision:
    return PublicDecision(
        title=InLanguages.from_record(row["title"]),
        body=row["body"],
        number=row["number"],
        symbol=row["symbol"],
        submitted_on=date.fromisoformat(row["submitted_on"]) if row["submitted_on"] else None,
        decided_on=date.fromisoformat(row["decided_on"]) if row["decided_on"] else None,
        decided_precision=row["decided_precision"],
        articles=tuple(row["articles"]),
        outcome=row["outcome"],
        holding=_words(row["holding"]),
        note=_words(row["note"]),
        unconfirmed=tuple(row["unconfirmed"]),
        source=row["source"],
    )


def _words(texts: dict[str, str] | None) -> InLanguages:
    return InLanguages.from_record(texts) if texts else InLanguages("", "", "")


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
