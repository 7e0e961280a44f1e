"""What an export is about: the rooms above say what belongs to a matter, who is in it, and what they consented to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from caseflow.access.actor import Actor
from caseflow.evidence.owners import Owner
from caseflow.kernel.db import db
from caseflow.keys.models import Safe

INSIDE, LAWYER, SUBMISSION = "inside", "lawyer", "submission"


@dataclass(frozen=True)
class Concerned:
    """A person in a matter: her name, what stands for it, the purposes for which her consent stands today."""

    name: str
    pseudonym: str
    consents: frozenset[str]


@dataclass(frozen=True)
class Matter:
    """An incident or a case in its own safe; `facts` are plain values for the export, `title` may hold names."""

    kind: str
    reference: str
    safe_id: str
    title: str
    people: Sequence[Concerned] = ()
    facts: dict[str, Any] = field(default_factory=dict)


Describe = Callable[[Any, Actor], list[Matter]]
_known: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    """Say what belongs to an owner of `kind`: describe(row, actor) -> itself first, then what it includes."""
    _known[kind] = describe


def of(owner: Owner, actor: Actor) -> list[Matter]:
    """Return the matter of `owner` and those it includes, as far as `actor` holds their safes."""
    safe = db.session.get_one(Safe, owner.row.safe_id)
    return _known[safe.kind](owner.row, actor)


def lacking(matters: Collection[Matter], purpose: str) -> list[Concerned]:
    """Return the people who have not consented to `purpose`; nobody, where nothing leaves the network."""
    if purpose == INSIDE:
        return []
    return [one for matter in matters for one in matter.people if purpose not in one.consents]
