"""The names of procedures, stages, outcomes and courts for the reader of the present page.

A code that the tables no longer know is shown as it is: what was recorded stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from flask_babel import gettext as _
from markupsafe import Markup

from caseflow.proceedings import papers, rules
from caseflow.web.words import language

TONES = {"favourable": "ok", "partly": "warn", "unfavourable": "danger", "neutral": "neutral"}


def procedure_name(procedure: str | None) -> str:
    """Return what a procedure is called."""
    return _procedure(procedure, language()) if procedure else ""


def stage_name(procedure: str | None, stage: str | None) -> str:
    """Return what a stage is called; a case without a proceeding says so."""
    if not procedure or not stage:
        return str(_("No proceeding yet"))
    return _stage(procedure, stage, language())


def stage_cells(places: Iterable[tuple[str | None, str | None]]) -> dict[tuple[str | None, str | None], Markup]:
    """Return (procedure, stage) -> what a cell of a list says: the stage, and under it the procedure."""
    cells = {}
    for procedure, stage in places:
        cells[procedure, stage] = Markup("{}").format(stage_name(procedure, stage))
        if procedure:
            cells[procedure, stage] += Markup('<span class="table__note">{}</span>').format(procedure_name(procedure))
    return cells


def outcome_name(outcome: str) -> str:
    """Return what an outcome is called."""
    return _outcome(outcome, language())


def outcome_tone(outcome: str) -> str:
    """Return the tone of an outcome for the applicant or the defence: ok, warn, danger or neutral."""
    found = _outcomes().get(outcome)
    return TONES.get(found.tone, "neutral") if found else "neutral"


def court_name(court: str | None) -> str:
    """Return what a court or body is called; '' for none."""
    if not court:
        return ""
    try:
        return rules.court(court).name.to(language())
    except rules.UnknownProcedure:
        return court


def paper_name(kind: str) -> str:
    """Return what a kind of paper is called."""
    label = papers.KINDS.get(kind)
    return label.to(language()) if label else kind


def paper_way(how: str | None) -> str:
    """Return how a paper travelled; '' when it is not known."""
    label = papers.WAYS.get(how or "")
    return label.to(language()) if label else (how or "")


def stage_options(chosen: str) -> Markup:
    """Return the options of a stage filter: every stage of every procedure, and cases without a proceeding."""
    options = _options(language())
    if not chosen:
        return options
    mark = Markup('<option value="{}">').format(chosen)
    return Markup(options.replace(mark, mark[:-1] + Markup(" selected>"), 1))  # noqa: S704 -- only our own tables


@lru_cache(maxsize=8)
def _options(lang: str) -> Markup:
    parts = [Markup('<option value="none.">{}</option>').format(_("No proceeding yet"))]
    for procedure in rules.procedures():
        parts.append(Markup('<optgroup label="{}">').format(procedure.name.to(lang)))
        parts += [
            Markup('<option value="{}.{}">{}</option>').format(procedure.id, stage.id, stage.name.to(lang))
            for stage in procedure.stages
        ]
        parts.append(Markup("</optgroup>"))
    return Markup("").join(parts)


@lru_cache(maxsize=64)
def _procedure(procedure: str, lang: str) -> str:
    try:
        return rules.procedure(procedure).name.to(lang)
    except rules.UnknownProcedure:
        return procedure


@lru_cache(maxsize=2048)
def _stage(procedure: str, stage: str, lang: str) -> str:
    try:
        return rules.procedure(procedure).stage(stage).name.to(lang)
    except rules.UnknownProcedure:
        return stage


@lru_cache(maxsize=512)
def _outcome(outcome: str, lang: str) -> str:
    found = _outcomes().get(outcome)
    return found.name.to(lang) if found else outcome


@lru_cache(maxsize=1)
def _outcomes() -> dict[str, rules.Outcome]:
    return {
        outcome.id: outcome
        for procedure in rules.procedures()
        for stage in procedure.stages
        for outcome in stage.outcomes
    }
