"""The names a member may read, on which side each stands, folded for comparing; a coordinator's list of all is kept.

Hers is sealed with her own keys, in pieces, so that a name is compared with a hundred thousand others without opening
each again. It holds no more than she may read, lies beside no other's, and goes with her keys.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, String, delete, func, select
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
from caseflow.keys.keyring import ring_of
from caseflow.network.names import name_words
from caseflow.vault.errors import VaultError
from caseflow.vault.indexes import open_index, seal_index

CASE, INCIDENT = "case", "incident"
CLIENT, OPPOSING, THIRD = "client", "opposing", "third"
AT_ONCE, IN_A_PIECE = 200, 1000  # matters
_LINE = re.compile(r'^\["(\w+)", "(\w+)", "([^"]*)"', re.MULTILINE)

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
    """The names of all matters that a coordinator holds; `left` is how many matters could not be read in time.

    Each piece is a text with a line for each matter. Lines are parsed when a word is found in them, not before: a network
    has hundreds of thousands of names, and one that is asked about stands in few.
    """

    actor: Actor
    wanted: Mapping[Key, str]
    left: int = 0
    _pieces: dict[str, str] = field(default_factory=dict)
    _places: dict[Key, tuple[str, int]] = field(default_factory=dict)  # matter -> piece, where its line begins

    @classmethod
    def of(cls, actor: Actor, *, until: float) -> Known:
        """Return what is kept, brought up to date as far as there is time until `until` (of `time.monotonic`)."""
        known = cls(actor, matters_of(actor))
        known._open()
        known._read(until)
        return known

    @classmethod
    def seen_by(cls, actor: Actor, *, most: int) -> Known:
        """Return the names in what `actor` holds, the last changed first, up to `most` matters; nothing of it is kept."""
        wanted = dict(list(matters_of(actor).items())[:most])
        known = cls(actor, wanted)
        known._take("", _lines(wanted, read(actor, wanted)))
        return known

    def names_of(self, key: Key) -> list[Name]:
        """Return the names of one matter."""
        piece, place = self._places.get(key, ("", -1))
        return [] if place < 0 else self._parsed(self._pieces[piece], place)[1]

    def with_word(self, word: str) -> Iterator[tuple[Key, Name]]:
        """Return each name in which a word stands, with its matter."""
        sought = json.dumps(word, ensure_ascii=False)
        for row, text in self._pieces.items():
            at = text.find(sought)
            while at >= 0:
                begins = text.rfind("\n", 0, at) + 1
                key, names = self._parsed(text, begins)
                if self._places.get(key) == (row, begins):
                    yield from ((key, name) for name in names if word in name.words)
                ends = text.find("\n", at)
                at = text.find(sought, ends) if ends >= 0 else -1

    @staticmethod
    def _parsed(text: str, begins: int) -> tuple[Key, list[Name]]:
        ends = text.find("\n", begins)
        kind, matter, _token, names = json.loads(text[begins : ends if ends >= 0 else None])
        return (kind, matter), [Name(one, tuple(sides), tuple(words)) for one, sides, words in names]

    def _take(self, row: str, text: str) -> None:
        self._pieces[row] = text
        for line in _LINE.finditer(text):
            kind, matter, token = line.groups()
            if self.wanted.get((kind, matter)) == token:
                self._places[kind, matter] = row, line.start()

    def _open(self) -> None:
        ring = ring_of(self.actor)
        query = select(KnownNames.id, KnownNames.sealed).where(KnownNames.member_id == self.actor.member_id)
        for row, sealed in db.session.execute(query):
            try:
                content = open_index(
                    ring.keys, sealed, instance=ring.instance, member=self.actor.member_id, place=f"names:{row}"
                )
                self._take(row, content.decode())
            except (VaultError, ValueError):  # her keys are others now: it is made anew
                self._pieces[row] = ""

    def _read(self, until: float) -> None:
        missing = [key for key in self.wanted if key not in self._places]
        fresh: dict[Key, list[Name]] = {}
        while missing and time.monotonic() < until:
            batch, missing = missing[:AT_ONCE], missing[AT_ONCE:]
            fresh |= read(self.actor, batch)
        self.left = len(missing)
        if fresh:
            with nullcontext() if in_transaction() else transaction():
                self._keep(fresh)

    def _keep(self, fresh: dict[Key, list[Name]]) -> None:
        ring, at = ring_of(self.actor), now()
        alive: dict[str, list[Key]] = {row: [] for row in self._pieces}
        for key, (row, _place) in self._places.items():
            alive[row].append(key)
        thin = [row for row, keys in alive.items() if len(keys) < IN_A_PIECE // 2]
        merged = {key: self.names_of(key) for row in thin for key in alive[row]} | fresh
        mine: ColumnElement[bool] = KnownNames.member_id == self.actor.member_id
        db.session.execute(delete(KnownNames).where(mine, KnownNames.id.in_(thin)))
        for row in thin:
            del self._pieces[row]
        keys = list(merged)
        for start in range(0, len(keys), IN_A_PIECE):
            chosen = keys[start : start + IN_A_PIECE]
            made = KnownNames(member_id=self.actor.member_id, at=at)
            text = _lines(self.wanted, {key: merged[key] for key in chosen})
            place = f"names:{made.id}"
            made.sealed = seal_index(
                ring.keys, text.encode(), instance=ring.instance, member=self.actor.member_id, place=place
            )
            db.session.add(made)
            self._take(made.id, text)
        db.session.flush()


def _lines(tokens: Mapping[Key, str], names: Mapping[Key, list[Name]]) -> str:
    """Return a line for each matter: kind, id, token, and its names with their sides and words."""
    rows = ([*key, tokens[key], [[one.subject, one.sides, one.words] for one in found]] for key, found in names.items())
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def pieces_of(actor: Actor) -> int:
    """Return of how many pieces the list of a coordinator is."""
    mine = select(func.count()).select_from(KnownNames).where(KnownNames.member_id == actor.member_id)
    return db.session.scalar(mine) or 0


@on("keys.taken")
def _forget(members: Sequence[str]) -> None:
    """Forget what somebody could read until now; it is made anew of what is left to her."""
    db.session.execute(delete(KnownNames).where(KnownNames.member_id.in_(members)))


@on("network.member_left")
def _forget_all(member: Any, **_facts: object) -> None:
    db.session.execute(delete(KnownNames).where(KnownNames.member_id == member.id))
