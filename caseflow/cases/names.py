"""The names a member may read, on which side each stands, folded for comparing; a coordinator's list of all is kept.

Hers is sealed with her own keys, in pieces, so that a name is compared with a hundred thousand others without opening
each again. It holds no more than she may read, lies beside no other's, and goes with her keys.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, String, delete, select
from sqlalchemy import cast as as_type

from caseflow.access import cases as cases_policy
from caseflow.access import incidents as incidents_policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case, KnownNames, Party
from caseflow.incidents.models import Act, Incident, Involvement, Person
from caseflow.kernel.announce import on
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, in_transaction, transaction
from caseflow.keys.keyring import MemberKeyring
from caseflow.network.names import name_words
from caseflow.vault.errors import VaultError
from caseflow.vault.indexes import open_index, seal_index

CASE, INCIDENT = "case", "incident"
CLIENT, OPPOSING, THIRD = "client", "opposing", "third"
AT_ONCE, IN_A_PIECE = 200, 1000  # matters

Key = tuple[str, str]  # kind and id of a matter


@dataclass(frozen=True, slots=True)
class Name:
    """One name in a matter: `subject` is `party:…` or `person:…`; the sides it stands on; its words, as `alike` takes them."""

    subject: str
    sides: tuple[str, ...]
    words: tuple[str, ...]


def read(actor: Actor, keys: Collection[Key]) -> dict[Key, list[Name]]:
    """Return the names of these matters, as far as `actor` holds them; a fixed number of queries."""
    found: dict[Key, list[Name]] = {key: [] for key in keys}
    cases = [matter for kind, matter in keys if kind == CASE]
    incidents = [matter for kind, matter in keys if kind == INCIDENT]
    parties = _rows(Party, Party.case_id.in_(cases), actor) if cases else []
    people = _rows(Person, Person.incident_id.in_(incidents), actor) if incidents else []
    actor.ring.prepare([*parties, *people])
    sides = _sides(actor, incidents) if people else {}
    for party in parties:
        _add(found[CASE, party.case_id], actor, party, f"party:{party.id}", (party.side,))
    for person in people:
        stands = tuple(sorted(sides.get(person.id, {THIRD})))
        _add(found[INCIDENT, person.incident_id], actor, person, f"person:{person.id}", stands)
    return found


def _add(names: list[Name], actor: Actor, row: Any, subject: str, sides: tuple[str, ...]) -> None:
    try:
        words = name_words(actor.ring.text(row, "name"))
    except VaultError:  # one name that was damaged must not keep all others from being compared
        return
    if words:
        names.append(Name(subject, sides, words))


def _sides(actor: Actor, incidents: Collection[str]) -> Mapping[str, set[str]]:
    """Return person -> sides: whom something was done to is as a client, who did it as the opposing party."""
    found: dict[str, set[str]] = defaultdict(set)
    acts = _rows(Act, Act.incident_id.in_(incidents), actor)
    for act in acts:
        found[act.victim_id].add(CLIENT)
    for part in _rows(Involvement, Involvement.act_id.in_([act.id for act in acts]), actor):
        if part.person_id is not None:
            found[part.person_id].add(OPPOSING)
    return found


def _rows(model: Any, where: ColumnElement[bool], actor: Actor) -> Sequence[Any]:
    return list(db.session.scalars(select(model).where(where, visible(model, actor)).order_by(model.id)))


def matters_of(actor: Actor) -> dict[Key, str]:
    """Return all matters that `actor` holds, the last changed first, each with a token that changes with its names."""
    cases = select(Case.id, as_type(Case.changed_at, String)).where(cases_policy.visible_to(actor))
    incidents = select(Incident.id, as_type(Incident.changed_at, String)).where(incidents_policy.visible_to(actor))
    rows = [(token, CASE, row) for row, token in db.session.execute(cases)]
    rows += [(token, INCIDENT, row) for row, token in db.session.execute(incidents)]
    return {(kind, row): token for token, kind, row in sorted(rows, reverse=True)}


@dataclass
class Known:
    """The names of all matters that a coordinator holds; `left` is how many matters could not be read in time."""

    actor: Actor
    wanted: dict[Key, str]
    names: dict[Key, list[Name]] = field(default_factory=dict)
    left: int = 0
    _pieces: dict[str, list[Key]] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, *, until: float) -> Known:
        """Return what is kept, brought up to date as far as there is time until `until` (of `time.monotonic`)."""
        known = cls(actor, matters_of(actor))
        known._open()
        known._read(until)
        return known

    def by_word(self) -> Mapping[str, list[tuple[Key, Name]]]:
        """Return each word of all names with the names it stands in."""
        found: dict[str, list[tuple[Key, Name]]] = defaultdict(list)
        for key, names in self.names.items():
            for name in names:
                for word in name.words:
                    found[word].append((key, name))
        return found

    def _open(self) -> None:
        ring = _ring(self.actor)
        query = select(KnownNames.id, KnownNames.sealed).where(KnownNames.member_id == self.actor.member_id)
        for row, sealed in db.session.execute(query):
            try:
                content = open_index(
                    ring.keys, sealed, instance=ring.instance, member=self.actor.member_id, place=f"names:{row}"
                )
                self._pieces[row] = list(self._take(json.loads(content)))
            except (VaultError, ValueError, TypeError):  # her keys are others now: it is made anew
                self._pieces[row] = []

    def _take(self, content: Iterable[Any]) -> Iterable[Key]:
        for kind, matter, token, names in content:
            if self.wanted.get((kind, matter)) == token:
                self.names[kind, matter] = [Name(one, tuple(sides), tuple(words)) for one, sides, words in names]
                yield kind, matter

    def _read(self, until: float) -> None:
        missing = [key for key in self.wanted if key not in self.names]
        fresh: list[Key] = []
        while missing and time.monotonic() < until:
            batch, missing = missing[:AT_ONCE], missing[AT_ONCE:]
            self.names.update(read(self.actor, batch))
            fresh += batch
        self.left = len(missing)
        if fresh:
            with nullcontext() if in_transaction() else transaction():
                self._keep(fresh)

    def _keep(self, fresh: list[Key]) -> None:
        ring, at = _ring(self.actor), now()
        thin = [row for row, keys in self._pieces.items() if len(keys) < IN_A_PIECE // 2]
        merged = [*fresh, *(key for row in thin for key in self._pieces[row])]
        mine: ColumnElement[bool] = KnownNames.member_id == self.actor.member_id
        db.session.execute(delete(KnownNames).where(mine, KnownNames.id.in_(thin)))
        for start in range(0, len(merged), IN_A_PIECE):
            made = KnownNames(member_id=self.actor.member_id, at=at)
            told = [
                [*key, self.wanted[key], [[one.subject, one.sides, one.words] for one in self.names[key]]]
                for key in merged[start : start + IN_A_PIECE]
            ]
            content = json.dumps(told, ensure_ascii=False).encode()
            made.sealed = seal_index(
                ring.keys, content, instance=ring.instance, member=self.actor.member_id, place=f"names:{made.id}"
            )
            db.session.add(made)
        db.session.flush()


@on("keys.taken")
def _forget(members: Sequence[str]) -> None:
    """Forget what somebody could read until now; it is made anew of what is left to her."""
    db.session.execute(delete(KnownNames).where(KnownNames.member_id.in_(members)))


@on("network.member_left")
def _forget_all(member: Any, **_facts: object) -> None:
    db.session.execute(delete(KnownNames).where(KnownNames.member_id == member.id))


def _ring(actor: Actor) -> MemberKeyring:
    return cast(MemberKeyring, actor.ring)
