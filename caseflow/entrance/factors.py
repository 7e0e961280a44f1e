"""A member's second factors as they are stored: opened with her keys, taken up once, named, hashed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, cast

from sqlalchemy import CursorResult, delete, update

from caseflow.entrance import queries, rules
from caseflow.entrance.models import BackupCode, Challenge, SecondFactor
from caseflow.entrance.passkeys import CHALLENGE_BYTES, Passkey
from caseflow.entrance.sessions import HALF_LASTS
from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.vault.errors import VaultError
from caseflow.vault.factors import open_factor, seal_factor
from caseflow.vault.keys import MemberKeys

ASK, REGISTER = "get", "create"


@dataclass(frozen=True)
class Offer:
    """The seed of an app that is not set up yet: as text, as the address in the square, and sealed for the form."""

    secret: str
    address: str
    sealed: str


def seal(keys: MemberKeys, content: bytes, *, member_id: str, place: str) -> bytes:
    """Return what a factor is checked against, sealed with its owner's keys for `place`."""
    return seal_factor(keys, content, instance=instance(), member=member_id, place=place)


def opened(keys: MemberKeys, factor: SecondFactor) -> bytes:
    """Return what a factor is checked against. Raises `VaultError` if it was sealed with other keys."""
    return open_factor(keys, factor.sealed, instance=instance(), member=factor.member_id, place=factor.id)


def passkeys_of(keys: MemberKeys, member_id: str) -> list[tuple[SecondFactor, Passkey]]:
    """Return the passkeys of a member with what is sealed of them; what other keys have sealed is left out."""
    found = []
    for factor in queries.factors_of(member_id):
        if factor.kind == queries.PASSKEY:
            try:
                found.append((factor, Passkey.from_bytes(opened(keys, factor))))
            except VaultError:
                continue
    return found


# -- an app that is being set up: its seed travels in the form, sealed, so that nothing is stored before it is confirmed


def offer(keys: MemberKeys, *, member_id: str, email: str, network: str, sid_hash: str) -> Offer:
    """Return a new seed for this session of this member."""
    return _offer(token_bytes(rules.SEED_BYTES), keys, member_id, email, network, sid_hash)


def offer_again(
    sealed: str, keys: MemberKeys, *, member_id: str, email: str, network: str, sid_hash: str
) -> Offer | None:
    """Return the offer that came back in a form, None if it was made for another session or member."""
    seed = offered(sealed, keys, member_id=member_id, sid_hash=sid_hash)
    return _offer(seed, keys, member_id, email, network, sid_hash) if seed else None


def offered(sealed: str, keys: MemberKeys, *, member_id: str, sid_hash: str) -> bytes | None:
    """Return the seed in a form that came back; None if it was made for another session or member."""
    try:
        box = bytes.fromhex(sealed)
        return open_factor(keys, box, instance=instance(), member=member_id, place=f"offer:{sid_hash}")
    except (ValueError, VaultError):
        return None


def _offer(seed: bytes, keys: MemberKeys, member_id: str, email: str, network: str, sid_hash: str) -> Offer:
    box = seal(keys, seed, member_id=member_id, place=f"offer:{sid_hash}")
    return Offer(rules.secret_text(seed), rules.setup_address(seed, member=email, network=network), box.hex())


# -- taking something up exactly once: the database decides between two at one moment


def take_step(factor_id: str, step: int, *, at: datetime) -> bool:
    """Note the time step of a code as used; False if it, or a later one, was used before."""
    return _moved(factor_id, SecondFactor.counter < step, step, at)


def take_count(factor_id: str, count: int, *, at: datetime) -> bool:
    """Note the signature count of a passkey; False if it does not grow. A passkey that keeps no count always says 0."""
    grows = SecondFactor.counter < count if count else SecondFactor.counter == 0
    return _moved(factor_id, grows, count, at)


def take_backup_code(member_id: str, typed: str) -> bool:
    """Use up a backup code; False if there is none like it, or no more."""
    code = rules.read_backup_code(typed)
    if code is None:
        return False
    mine = delete(BackupCode).where(
        BackupCode.member_id == member_id, BackupCode.code_hash == code_hash(member_id, code)
    )
    return _rows(mine) == 1


def take_challenge(sid_hash: str, purpose: str, *, at: datetime) -> bytes | None:
    """Use up what this browser was asked to sign for `purpose`, and return it; None if it was used or is too old."""
    asked = db.session.get(Challenge, (sid_hash, purpose))
    if asked is None:
        return None
    value, recent = asked.value, at - asked.at <= HALF_LASTS
    here = delete(Challenge).where(
        Challenge.sid_hash == sid_hash, Challenge.purpose == purpose, Challenge.value == value
    )
    return value if _rows(here) == 1 and recent else None


def new_challenge(sid_hash: str, purpose: str, *, at: datetime) -> bytes:
    """Store and return what this browser is to sign for `purpose`, in place of what it was asked before."""
    value = token_bytes(CHALLENGE_BYTES)
    db.session.merge(Challenge(sid_hash=sid_hash, purpose=purpose, value=value, at=at))
    return value


def code_hash(member_id: str, code: str) -> bytes:
    """Return a backup code (ten symbols) as it is stored: keyed with the pepper, bound to its member."""
    message = b"caseflow/v1/backup-code" + member_id.encode() + b"\0" + code.encode()
    return hmac.new(current().pepper(), message, hashlib.sha256).digest()


def _moved(factor_id: str, condition: Any, counter: int, at: datetime) -> bool:
    change = update(SecondFactor).where(SecondFactor.id == factor_id, condition)
    return _rows(change.values(counter=counter, used_at=at)) == 1


def _rows(statement: Any) -> int:
    options = {"synchronize_session": False}
    return cast("CursorResult[Any]", db.session.execute(statement, execution_options=options)).rowcount
