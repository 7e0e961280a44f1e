"""The second step: a code of the app, a backup code or a passkey, after the passphrase was right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow.access.actor import Actor
from caseflow.entrance import factors, passkeys, queries, rules, sessions
from caseflow.entrance.models import MemberSession
from caseflow.entrance.operations.letters import tell
from caseflow.entrance.operations.signing_in import ENDED
from caseflow.entrance.operations.tries import forgive_second, throttle_second
from caseflow.kernel import db as kernel_db
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.network.queries import actor_of
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberKeys

APP, BACKUP, PASSKEY = "app", "backup", "passkey"


@dataclass(frozen=True)
class Answer:
    """What was given at the second step: a typed code (of the app, or a backup code), or a passkey's answer."""

    code: str = field(default="", repr=False)
    passkey: str = field(default="", repr=False)


def finish(half: sessions.Half, answer: Answer, *, address: str, at: datetime) -> str:
    """Turn half a session into a whole one under a new id; return the cookie's value.

    Raises `RuleBroken` at `code`; `TooMany` after five failures within a quarter of an hour.
    """
    member, agent = half.member, half.row.agent
    challenge = _counted(member, half.row.sid_hash, answer, address=address, at=at)
    try:
        with kernel_db.transaction():
            if not sessions.end(half.row):
                raise RuleBroken(ENDED, field="code", about=f"members:{member.id}")
            kind = _accept(member, half.keys, answer, challenge, at=at)
            forgive_second(member, address)
            value = sessions.begin(member, half.keys, agent=agent, at=at, second_at=at)
            by = actor_of(member, half.keys)
            ledger.record("entrance.second_step", by=by, at=at, about=member, public={"with": kind})
            announce("entrance.signed_in", by=by, at=at)
    except RuleBroken as broken:
        _refused(broken, member)
        raise
    return value


def prove_second(session: MemberSession, answer: Answer, *, by: Actor, address: str, at: datetime) -> str:
    """Let a signed-in member prove her second factor once more; the session gets a new id. Raises as `finish` does."""
    member, keys = db.session.get_one(Member, by.member_id), ring_of(by).keys
    agent, ends_at = session.agent, session.ends_at
    challenge = _counted(member, session.sid_hash, answer, address=address, at=at)
    try:
        with kernel_db.transaction():
            if not sessions.end(session):
                raise RuleBroken(ENDED, field="code", about=f"members:{member.id}")
            by = replace(by, session=None)  # it was there, and ends here
            kind = _accept(member, keys, answer, challenge, at=at)
            forgive_second(member, address)
            value = sessions.begin(member, keys, agent=agent, at=at, ends_at=ends_at, second_at=at)
            ledger.record("entrance.prove_second", by=by, at=at, about=member, public={"with": kind})
    except RuleBroken as broken:
        _refused(broken, member)
        raise
    return value


def _counted(member: Member, sid_hash: str, answer: Answer, *, address: str, at: datetime) -> bytes | None:
    """Count the try and use up the challenge, whatever comes of it."""
    last = throttle_second(member, address, at=at)
    with kernel_db.transaction():
        if last:
            # Whoever is here knows the passphrase: its owner hears of it, whether it was she or not.
            tell(member, N_("The passphrase was right, but the second step failed several times."), at=at)
        return factors.take_challenge(sid_hash, factors.ASK, at=at) if answer.passkey else None


def _refused(broken: RuleBroken, member: Member) -> None:
    ledger.refused("entrance.second_step", by=None, about=f"members:{member.id}", why=broken.told)


def _accept(member: Member, keys: MemberKeys, answer: Answer, challenge: bytes | None, *, at: datetime) -> str:
    try:
        kind = (
            _by_passkey(member, keys, answer, challenge, at=at)
            if answer.passkey
            else _by_code(member, keys, answer, at=at)
        )
    except VaultError:
        message = N_("Your second factor was sealed with other keys. A coordinator can reset it.")
        raise RuleBroken(message, field="code", about=f"members:{member.id}") from None
    if kind is None and answer.passkey:
        raise RuleBroken(N_("The passkey was not accepted. Try once more, or use a code."), field="code")
    if kind is None:
        raise RuleBroken(
            N_("This code is wrong or was used before. Wait for the next one and type that."), field="code"
        )
    return kind


def _by_code(member: Member, keys: MemberKeys, answer: Answer, *, at: datetime) -> str | None:
    for factor in queries.factors_of(member.id):
        if factor.kind == queries.APP:
            step = rules.matching_step(factors.opened(keys, factor), answer.code, at)
            if step is not None:
                return APP if factors.take_step(factor.id, step, at=at) else None
    if not factors.take_backup_code(member.id, answer.code):
        return None
    tell(member, N_("A backup code was used to sign in."), at=at)
    return BACKUP


def _by_passkey(
    member: Member, keys: MemberKeys, answer: Answer, challenge: bytes | None, *, at: datetime
) -> str | None:
    where, credential = passkeys.place(), passkeys.signed_by(answer.passkey)
    if where is None or challenge is None or credential is None:
        return None
    for factor, passkey in factors.passkeys_of(keys, member.id):
        if passkey.credential == credential:
            count = passkeys.signed(
                answer.passkey, where=where, challenge=challenge, passkey=passkey, count=factor.counter
            )
            return PASSKEY if count is not None and factors.take_count(factor.id, count, at=at) else None
    return None
