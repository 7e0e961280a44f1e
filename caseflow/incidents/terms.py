"""The lists of `data/`: the typology of acts and the short lists around it, with their labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from caseflow.kernel.words import InLanguages

# Lists to which a network may add words of its own. The others are what the program itself goes by.
EXTENSIBLE = (
    "acts", "methods", "actor_kinds", "degrees", "connections", "victim_statuses", "learned_how", "intervention_kinds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a list: the code that is stored and what it is called."""

    code: str
    label: InLanguages
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act: its group (None for a group), the treaty articles it suggests, the ESF code of the nearest."""

    code: str
    label: InLanguages
    parent: str | None
    articles: tuple[str, ...]
    esf_code: str | None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term of this network's own in one of the lists, or the word that a shipped one is retired."""

    listed: str
    code: str
    label: InLanguages
    parent: str | None = None
    articles: tuple[str, ...] = ()
    esf_code: str | None = None
    retired: bool = False


Load = Callable[[], Sequence[OwnTerm]]
_load: list[Load] = []


def own_terms_with(load: Load) -> None:
    """Set how the network's own terms are found; the room's queries give their function here."""
    _load[:] = [load]


def _own(listed: str) -> list[OwnTerm]:
    return [one for one in (_load[0]() if _load else ()) if one.listed == listed]


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


def terms(name: str) -> Mapping[str, Term]:
    """Return one short list by code, in its order, the network's own after the shipped; also those that are retired."""
    own = _own(name) if name in EXTENSIBLE else []
    return (
        shipped(name)
        if not own
        else {**shipped(name), **{one.code: Term(one.code, one.label, one.retired) for one in own}}
    )


@cache
def shipped(name: str) -> MappingProxyType[str, Term]:
    """Return one short list as `terms.json` has it."""
    return MappingProxyType(
        {row["code"]: Term(row["code"], InLanguages.from_record(row["label"])) for row in read("terms.json")[name]}
    )


def acts() -> Mapping[str, ActKind]:
    """Return every kind of act, groups too, by code: each group before its kinds, the network's own last."""
    own = _own("acts")
    if not own:
        return shipped_acts()
    return {
        **shipped_acts(),
        **{one.code: ActKind(one.code, one.label, one.parent, one.articles, one.esf_code, one.retired) for one in own},
    }


@cache
def shipped_acts() -> MappingProxyType[str, ActKind]:
    """Return the kinds of act as `acts.json` has them."""
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
