"""The rubric by which two people score a decision, or what a case may come to, from `data/rubric.json`: nine questions, a total, a band."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from caseflow.kernel.words import N_, InLanguages

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


def _criterion(row: dict[str, Any]) -> Criterion:
    return Criterion(
        id=row["id"],
        label=InLanguages.from_record(row["label"]),
        hint=InLanguages.from_record(row["hint"]),
        weight=row["weight"],
        anchors=MappingProxyType({int(n): InLanguages.from_record(words) for n, words in row["anchors"].items()}),
    )


_RUBRIC: dict[str, Any] = json.loads(files("caseflow.cases").joinpath("data/rubric.json").read_text("utf-8"))
CRITERIA = tuple(_criterion(row) for row in _RUBRIC["criteria"])
BANDS = tuple(Band(row["id"], InLanguages.from_record(row["label"]), row["from"]) for row in _RUBRIC["bands"])
_REACHABLE = MOST * sum(criterion.weight for criterion in CRITERIA if criterion.weight > 0)


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
