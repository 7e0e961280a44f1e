"""The procedures and courts of `data/` as values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_, InLanguages


class UnknownProcedure(RuleBroken):
    """No procedure, stage or court has this id; `about` is the id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a stage can end. `tone` (favourable, partly, unfavourable, neutral) is the applicant's or the defence's."""

    id: str
    name: InLanguages
    tone: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event for the deadline rules, on the day a stage `began` or a decision was `decided`, `served`, `in_force`.

    `outcomes` are the outcomes that announce it; empty means any.
    """

    event: str
    on: str
    outcomes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `next` are ordinary moves, `remand_to` moves back that open a new stage; `terminal`: it may end."""

    id: str
    name: InLanguages
    kind: str
    next: tuple[str, ...]
    remand_to: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    terminal: bool
    announces: tuple[Announcement, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure with its stages in order, and where they were read (`verified_text` or `to_be_verified`)."""

    id: str
    jurisdiction: str
    body: str | None
    name: InLanguages
    stages: tuple[Stage, ...]
    everywhere: tuple[Stage, ...]
    is_other_procedure: bool
    blocked_by: str | None
    has_interim_measures: bool
    source: str
    status: str
    valid_from: date | None
    valid_to: date | None

    @property
    def first(self) -> Stage:
        """Return the stage in which the procedure begins."""
        return self.stages[0]

    @property
    def is_verified(self) -> bool:
        """Tell whether the text behind this procedure was read."""
        return self.status == "verified_text"

    def stage(self, stage_id: str) -> Stage:
        """Return one stage, `suspended` and `withdrawn` among them; raises `UnknownProcedure`."""
        for stage in (*self.stages, *self.everywhere):
            if stage.id == stage_id:
                return stage
        raise UnknownProcedure(N_("This procedure has no such stage."), about=f"{self.id}/{stage_id}")

    def outcomes(self, stage_id: str) -> tuple[Outcome, ...]:
        """Return how a stage can end, in the order of the table; raises `UnknownProcedure`."""
        return self.stage(stage_id).outcomes


@dataclass(frozen=True, slots=True)
class Court:
    """A court or body. `is_type`: a kind of court that exists in many places, named by hand when chosen."""

    id: str
    level: str
    name: InLanguages
    region: str | None
    is_type: bool
    procedures: frozenset[str]
    valid_from: date | None
    valid_to: date | None
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A state's acceptance of a complaints procedure; `in_force_from` None: accepted, the day is to be entered."""

    state: str
    procedure: str
    instrument: str
    in_force_from: date | None
    note: str
    status: str


@cache
def read(name: str) -> Any:
    """Return a file of this room's `data` folder, parsed."""
    return json.loads(files("caseflow.proceedings").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def procedure_table() -> MappingProxyType[str, Procedure]:
    """Return every procedure by its id, in the order of the file."""
    document = read("procedures.json")
    outcomes = {
        key: Outcome(key, InLanguages.of(value["label"]), value["tone"]) for key, value in document["outcomes"].items()
    }
    everywhere = tuple(_stage(row, outcomes) for row in document["everywhere"])
    procedures = (_procedure(row, outcomes, everywhere) for row in document["procedures"])
    return MappingProxyType({procedure.id: procedure for procedure in procedures})


@cache
def court_table() -> MappingProxyType[str, Court]:
    """Return every court and body by its id, in the order of the file."""
    return MappingProxyType({row["id"]: _court(row) for row in read("courts.json")["courts"]})


@cache
def labels(name: str) -> MappingProxyType[str, InLanguages]:
    """Return the labels of `inadmissibility` or `interim_measures` by code."""
    return MappingProxyType({row["code"]: InLanguages.of(row["label"]) for row in read("procedures.json")[name]})


@cache
def acceptances() -> tuple[Acceptance, ...]:
    """Return which state accepted which complaints procedure, and since when."""
    rows = read("procedures.json")["acceptances"]
    return tuple(Acceptance(**{**row, "in_force_from": _day(row["in_force_from"])}) for row in rows)


def _procedure(row: dict[str, Any], outcomes: dict[str, Outcome], everywhere: tuple[Stage, ...]) -> Procedure:
    return Procedure(
        id=row["id"],
        jurisdiction=row["jurisdiction"],
        body=row["body"],
        name=InLanguages.of(row["name"]),
        stages=tuple(_stage(stage, outcomes) for stage in row["stages"]),
        everywhere=everywhere,
        is_other_procedure=row["is_other_procedure"],
        blocked_by=row["blocked_by"],
        has_interim_measures=row["has_interim_measures"],
        source=row["source"],
        status=row["status"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


def _stage(row: dict[str, Any], outcomes: dict[str, Outcome]) -> Stage:
    return Stage(
        id=row["id"],
        name=InLanguages.of(row["name"]),
        kind=row["kind"],
        next=tuple(row["next"]),
        remand_to=tuple(row["remand_to"]),
        outcomes=tuple(outcomes[outcome] for outcome in row["outcomes"]),
        terminal=row["terminal"],
        announces=tuple(Announcement(a["event"], a["on"], frozenset(a["outcomes"])) for a in row["announces"]),
    )


def _court(row: dict[str, Any]) -> Court:
    return Court(
        id=row["id"],
        level=row["level"],
        name=InLanguages.of(row["name"]),
        region=row["region"],
        is_type=row["is_type"],
        procedures=frozenset(row["procedures"]),
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=row["source"],
        status=row["status"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
