"""Whose key may have signed which rows.

Rows name keys, and whoever can write into the database can add such a row. So a key counts when signed words lead to it
from the anchor (`access.trust`), or a row in which a coordinator, whose key counted at that place, signed that it is
this member's. It counts from the row that first names it until it is replaced or its member leaves. A key that nobody
has confirmed signs only what takes no confirmation: signing in, and changing the own passphrase.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Row, select

from caseflow.access.actor import Role
from caseflow.access.facts import public_keys
from caseflow.access.trust import anchor, vouched
from caseflow.kernel.db import db
from caseflow.ledger import rules
from caseflow.ledger.models import Event
from caseflow.ledger.queries import event_row_bytes
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberPublic, fingerprint, verify

NO_ANCHOR = "there is no anchor from which the keys of members are confirmed; `flask keys trust` writes it"
_ENDING = ("keys.replace_identity", "network.end_membership")
_VERBS = ("keys.make_identity", "keys.confirm", *_ENDING)

Name = tuple[str, bytes]  # a member's id and the 64 bytes of a key that is said to be hers
Told = Row[tuple[int, str, str | None, str, dict[str, object], bytes, bytes | None]]


@dataclass(frozen=True)
class Key:
    """A key (64 bytes) that may have signed rows `first` to before `end` of one member."""

    public: bytes
    first: int
    end: int
    confirmed: bool
    coordinator: bool

    def may_sign(self, seq: int, verb: str, result: str) -> bool:
        """Tell whether the row may carry this key's signature; a refusal may meet anybody at any time."""
        if result != "done":
            return True
        return self.first <= seq < self.end and (self.confirmed or verb in rules.UNCONFIRMED)


Keys = Mapping[str, tuple[Key, ...]]


@dataclass
class _Spans:
    """Where keys are first named, and where they end."""

    first: dict[Name, int] = field(default_factory=dict)
    end: dict[Name, int] = field(default_factory=dict)

    def covers(self, name: Name, seq: int) -> bool:
        return name in self.first and self.first[name] <= seq < self.end.get(name, sys.maxsize)

    def cut(self, member: str, seq: int, *, but: bytes | None = None) -> None:
        for name in self.first:
            if name[0] == member and name[1] != but:
                self.end.setdefault(name, seq)


def member_keys() -> tuple[Keys, list[str]]:
    """Return member id -> her keys in the order of their rows, and what is wrong with keys as a whole."""
    present, words = public_keys(), vouched()
    rows = _rows(present)
    known = {(word.member, word.public) for word in words} | set(present.items())
    spans = _spans(rows, known)
    wrong = [
        f"the present key of member {member} is not one that the ledger knows"
        for member, public in present.items()
        if (member, public) not in spans.first
    ]
    root = anchor()
    if root is None:
        wrong.append(NO_ANCHOR)
        counting, coordinators = set(spans.first), set[Name]()
    else:
        counting = {(root.member, root.public), *((word.member, word.public) for word in words)}
        coordinators = {(word.member, word.public) for word in words if word.role is Role.COORDINATOR}
        coordinators.add((root.member, root.public))
        _follow(rows, spans, counting, coordinators)
    found: dict[str, tuple[Key, ...]] = {}
    for (member, public), first in spans.first.items():
        name = (member, public)
        key = Key(public, first, spans.end.get(name, sys.maxsize), name in counting, name in coordinators)
        found[member] = (*found.get(member, ()), key)
    return found, wrong


def signer_of(event: Event, keys: Keys) -> Key | None:
    """Return the key that counted at this row and signed it as it stands; None when there is none."""
    if rules.leaf_of(event_row_bytes(event)) != event.leaf:
        return None
    for key in reversed(keys.get(event.actor_id or "", ())):
        if key.may_sign(event.seq, event.verb, event.result) and _holds(key.public, event.leaf, event.signature):
            return key
    return None


def is_signed_by(event: Event, public: MemberPublic) -> bool:
    """Tell whether this very key signed the row as it stands, whatever the key counts for."""
    whole = rules.leaf_of(event_row_bytes(event)) == event.leaf
    return whole and _holds(public.to_bytes(), event.leaf, event.signature)


def _rows(members: Mapping[str, bytes]) -> Sequence[Told]:
    subjects = [f"members:{member}" for member in members]
    query = select(Event.seq, Event.verb, Event.actor_id, Event.subject, Event.public, Event.leaf, Event.signature)
    about = query.where(Event.subject.in_(subjects), Event.verb.in_(_VERBS), Event.result == "done", Event.seq >= 1)
    return [row for row in db.session.execute(about.order_by(Event.seq)) if isinstance(row.public, dict)]


def _spans(rows: Sequence[Told], known: set[Name]) -> _Spans:
    spans = _Spans()
    shortened = {(member, words): public for member, public in known if (words := _words(public))}
    for row in rows:
        member = row.subject.partition(":")[2]
        named = _named(member, row.public, shortened)
        if row.verb in _ENDING:
            spans.cut(member, row.seq, but=named)
        if named is not None:
            spans.first.setdefault((member, named), row.seq)
    return spans


def _follow(rows: Sequence[Told], spans: _Spans, counting: set[Name], coordinators: set[Name]) -> None:
    """Add the keys to which signed rows lead, for as long as they lead to more."""
    shortened = {(member, words): public for member, public in spans.first if (words := _words(public))}
    waiting = [row for row in rows if row.verb == "keys.confirm"]
    while waiting:
        rest = []
        for row in waiting:
            member, facts = row.subject.partition(":")[2], row.public
            named, leads = _named(member, facts, shortened), facts.get("role") == Role.COORDINATOR
            if named is None or (member, named) in coordinators or ((member, named) in counting and not leads):
                continue
            signers = [one for one in coordinators if one[0] == row.actor_id and spans.covers(one, row.seq)]
            if not any(_holds(public, row.leaf, row.signature) for _member, public in signers):
                rest.append(row)
                continue
            counting.add((member, named))
            if leads:
                coordinators.add((member, named))
        if len(rest) == len(waiting):
            return
        waiting = rest


def _named(member: str, facts: Mapping[str, object], shortened: Mapping[tuple[str, str], bytes]) -> bytes | None:
    """Return the key that a row names, by itself or, as the first rows did, by its eight words."""
    try:
        told = bytes.fromhex(str(facts["key"]))
    except (KeyError, ValueError):
        return shortened.get((member, str(facts.get("fingerprint"))))
    return told if _words(told) else None


def _words(public: bytes) -> str:
    try:
        return fingerprint(MemberPublic.from_bytes(public))
    except (VaultError, ValueError):
        return ""


def _holds(public: bytes, leaf: bytes, signature: bytes | None) -> bool:
    try:
        verify(MemberPublic.from_bytes(public), leaf, signature or b"", purpose="ledger")
    except (VaultError, ValueError):
        return False
    return True
