"""Whose keys are believed: those that signed words lead to, from the founder's key in a file outside the database.

Whoever can write into the database can put any key beside any name. So a key counts only when a coordinator, whose own
key counts, has signed that it is this member's in this role; the first one is named by the anchor, a file beside the
pepper. Nothing is ever sealed to another key, and no other signature is taken for a member's.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import exists, select

from caseflow.access.actor import Role
from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import WrongSetting, current
from caseflow.keys.models import Identity, KeyConfirmation, RetiredIdentity
from caseflow.ledger.models import KEY_ACTS, Event, told_in
from caseflow.network.models import Departure, Member
from caseflow.vault.errors import VaultError
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberPublic, verify

PURPOSE = "confirm-key"
_ROLES = frozenset(Role)


@dataclass(frozen=True)
class Anchor:
    """The member whose key needs nobody's word, and that key (64 bytes)."""

    member: str
    public: bytes


@dataclass(frozen=True)
class Vouched:
    """A key that counts as a member's in a role; `present` tells it from one that she had before."""

    member: str
    role: Role
    public: bytes
    present: bool


def confirmed_words(member: str, role: str, public: bytes) -> bytes:
    """Return what a coordinator signs when she confirms a key: whose it is, in which network, in which role."""
    return fields("caseflow/v2/confirm-key", instance(), member, role, public)


def role_of(member_id: str) -> Role:
    """Return the role that stands beside a member's name: what a coordinator is about to sign, not what counts."""
    return db.session.get_one(Member, member_id).role


def anchor() -> Anchor | None:
    """Return the anchor of this network; None when there is no file or it is of another network.

    Raises `WrongSetting` when the file is not what `set_anchor` writes.
    """
    path = current().anchor_path
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        found = Anchor(str(told["member"]), bytes.fromhex(told["key"]))
        of = str(told["network"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise WrongSetting(f"{path} must hold the anchor of the keys; `flask keys trust` writes it.") from None
    return found if of == instance() else None


def set_anchor(member: str, public: bytes) -> None:
    """Write the anchor file, in one step that a crash cannot halve."""
    path = current().anchor_path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        json.dump({"network": instance(), "member": member, "key": public.hex()}, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def vouched() -> list[Vouched]:
    """Return every key that counts, of everybody who is or was a member; the present ones first."""
    return _vouched(_history())


def _vouched(history: _History) -> list[Vouched]:
    root = anchor()
    if root is None:
        return []
    present = select(
        KeyConfirmation.member_id, KeyConfirmation.role, KeyConfirmation.public, KeyConfirmation.by_id,
        KeyConfirmation.signature,
    )  # fmt: skip
    before = select(
        RetiredIdentity.member_id, RetiredIdentity.role, RetiredIdentity.public, RetiredIdentity.confirmed_by_id,
        RetiredIdentity.confirmation,
    )  # fmt: skip
    words = [_Word(*row, True) for row in db.session.execute(present)]
    former = [_Word(*row, False) for row in db.session.execute(before)]
    words += [word for word in former if history.has_replaced(word.member, word.public)]
    return _walk(root, words, history)


def present_keys() -> dict[str, tuple[Role, bytes]]:
    """Return member id -> role and key of all who may be given anything now: the key counts and they have not left.

    A row that was taken away brings nobody back: who left and which key was replaced is asked of the ledger, too.
    """
    rows = (
        select(Member.id, Member.role, Identity.public)
        .join(Identity, Identity.member_id == Member.id)
        .where(~exists().where(Departure.member_id == Member.id))
    )
    here = {member: (role, public) for member, role, public in db.session.execute(rows)}
    history = _history()
    return {
        key.member: (key.role, key.public)
        for key in _vouched(history)
        if key.present
        and here.get(key.member) == (key.role, key.public)
        and history.over(key.member, key.public) is None
    }


def former_keys() -> list[RetiredIdentity]:
    """Return the keys that members had before, were confirmed then, and of whose end the ledger tells; the oldest first.

    Nobody's signature is asked for: that is what `keys trust` puts in order.
    """
    history = _history()
    rows = select(RetiredIdentity).where(RetiredIdentity.confirmation.is_not(None))
    kept = db.session.scalars(rows.order_by(RetiredIdentity.retired_at, RetiredIdentity.id))
    return [row for row in kept if history.has_replaced(row.member_id, row.public)]


def keys_ever(members: Iterable[str] | None = None, *, role: Role | None = None) -> dict[str, list[bytes]]:
    """Return member id -> her keys that count, the present one first; of all members, in any role, by default."""
    wanted = None if members is None else set(members)
    found: dict[str, list[bytes]] = {}
    for key in vouched():
        if (wanted is None or key.member in wanted) and (role is None or key.role is role):
            found.setdefault(key.member, []).append(key.public)
    return found


@dataclass(frozen=True)
class _Word:
    """A coordinator's signed word, as it stands in the database: to be doubted."""

    member: str
    role: str | None
    public: bytes
    by: str | None
    signature: bytes | None
    present: bool


@dataclass
class _History:
    """What the ledger says about keys, by row number: who left, what was replaced, and who confirmed which when."""

    left: dict[str, int]
    replaced: dict[tuple[str, str], int]
    confirmed: dict[tuple[str, str, str | None, str | None], int]

    def over(self, member: str, public: bytes) -> int | None:
        """Return the row from which on this key of the member counts for nothing new, if there is one."""
        found = (self.left.get(member), self.replaced.get((member, public.hex())))
        return min((seq for seq in found if seq is not None), default=None)

    def has_replaced(self, member: str, public: bytes) -> bool:
        """Tell whether the member had this key and then another: only such a one is a former key."""
        # The oldest rows do not tell which key was replaced.
        return any((member, before) in self.replaced for before in (public.hex(), str(None)))

    def in_time(self, word: _Word, signer: bytes) -> bool:
        """Tell whether the word was given before its giver left or had another key: she may have lost the old one."""
        end = self.over(word.by or "", signer)
        if end is None:
            return True
        # The oldest rows tell no role; they make nobody a coordinator.
        roles = {word.role, word.role if word.role == Role.COORDINATOR else None}
        return any(self.confirmed.get((word.member, word.public.hex(), word.by, role), end) < end for role in roles)


def _history() -> _History:
    found = _History({}, {}, {})
    rows = select(Event.seq, Event.verb, Event.actor_id, Event.subject, Event.public)
    done = rows.where(KEY_ACTS, Event.result == "done")  # what was refused bears the name of the act, too
    for seq, verb, actor, subject, public in db.session.execute(done.order_by(Event.seq)):
        member, told = subject.partition(":")[2], told_in(public)
        if verb == "network.end_membership":
            found.left.setdefault(member, seq)
        elif verb == "keys.replace_identity":
            found.replaced.setdefault((member, str(told.get("before"))), seq)
        elif verb == "keys.confirm":
            found.confirmed.setdefault((member, str(told.get("key")), actor, told.get("role")), seq)
    return found


def _walk(root: Anchor, words: list[_Word], history: _History) -> list[Vouched]:
    """Follow the words from the anchor for as long as they lead to more keys."""
    coordinators: dict[str, set[bytes]] = {root.member: {root.public}}
    found: dict[_Word, Vouched] = {}
    grown = True
    while grown:
        grown = False
        for word in words:
            if (
                word in found
                or word.role not in _ROLES
                or not _holds(word, coordinators.get(word.by or "", ()), history)
            ):
                continue
            key = found[word] = Vouched(word.member, Role(word.role), word.public, word.present)
            grown = True
            if key.role is Role.COORDINATOR:
                coordinators.setdefault(key.member, set()).add(key.public)
    return [found[word] for word in words if word in found]


def _holds(word: _Word, signers: Iterable[bytes], history: _History) -> bool:
    message = confirmed_words(word.member, word.role or "", word.public)
    return any(_signed(key, message, word.signature or b"") and history.in_time(word, key) for key in signers)


@lru_cache(maxsize=8192)
def _signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature is good. What was checked once is: the same bytes give the same answer."""
    try:
        verify(MemberPublic.from_bytes(public), message, signature, purpose=PURPOSE)
    except VaultError:
        return False
    return True
