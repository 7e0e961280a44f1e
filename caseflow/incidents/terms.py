"""The lists of `data/`: the typology of acts and the short lists around it, with their labels."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from caseflow.kernel.words import InLanguages


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list: the code that is stored and what it is called."""

    code: str
    label: InLanguages


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act: its group (None for a group), the treaty articles it suggests, the ESF code of the nearest."""

    code: str
    label: InLanguages
    parent: str | None
    articles: tuple[str, ...]
    esf_code: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a checklist, and the standard that asks it."""

    code: str
    label: InLanguages
    source: str


@dataclass(frozen=True, slots=True)
class ChecklistKind:
    """A checklist: the kinds of act that it is about, and its questions in their order."""

    code: str
    label: InLanguages
    kinds: frozenset[str]
    questions: tuple[Question, ...]


@cache
def read(name: str) -> Any:
    """Return a file of this room's `data` folder, parsed."""
    return json.loads(files("caseflow.incidents").joinpath("data", name).read_text(encoding="utf-8"))


@cache
def terms(name: str) -> MappingProxyType[str, Term]:
    """Return one short list of `terms.json` by code, in its order."""
    return MappingProxyType(
        {row["code"]: Term(row["code"], InLanguages.from_record(row["label"])) for row in read("terms.json")[name]}
    )


@cache
def acts() -> MappingProxyType[str, ActKind]:
    """Return every kind of act, groups too, by code: each group before its kinds."""
    return MappingProxyType(
        {
            row["code"]: ActKind(
                code=row["code"],
                label=InLanguages.from_record(row["label"]),
                parent=row["parent"],
                articles=tuple(row["articles"]),
                esf_code=row["esf_code"],
            )
            for row in read("acts.json")["acts"]
        }
    )


@cache
def checklists() -> MappingProxyType[str, ChecklistKind]:
    """Return the checklists by code."""
    return MappingProxyType(
        {
            row["code"]: ChecklistKind(
                code=row["code"],
                label=InLanguages.from_record(row["label"]),
                kinds=frozenset(row["kinds"]),
                questions=tuple(
                    Question(one["code"], InLanguages.from_record(one["label"]), one["source"])
                    for one in row["questions"]
                ),
            )
            for row in read("checklists.json")["checklists"]
        }
    )


@cache
def checklist_answers() -> MappingProxyType[str, Term]:
    """Return what a question of a checklist can be answered with."""
    rows = read("checklists.json")["answers"]
    return MappingProxyType({row["code"]: Term(row["code"], InLanguages.from_record(row["label"])) for row in rows})


@cache
def link_terms() -> MappingProxyType[str, tuple[InLanguages, InLanguages]]:
    """Return kind of link -> how it is read from its own end, and from the other; the same for what holds both ways."""
    return MappingProxyType(
        {
            row["code"]: (
                InLanguages.from_record(row["label"]),
                InLanguages.from_record(row.get("inverse", row["label"])),
            )
            for row in read("terms.json")["links"]
        }
    )
