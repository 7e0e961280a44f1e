"""Second factors: set up, added, taken away, reset by a coordinator; and the backup codes that go with them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, update

from caseflow.access import entrance as policy
from caseflow.access.actor import Actor, demand
from caseflow.entrance import factors, passkeys, queries, rules, sessions
from caseflow.entrance.models import BackupCode, MemberSession, SecondFactor
from caseflow.entrance.operations.letters import tell
from caseflow.kernel.announce import on
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.ids import new_id
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member

MOST = 10


@dataclass(frozen=True)
class NewFactor:
    """The cookie's value under the new session id, and the backup codes when these are the first."""

    value: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


def set_up_app(
    offer: str, code: str, *, session: MemberSession, sure: bool = False, by: Actor, at: datetime
) -> NewFactor:
    """Store the seed of an offer that `code` proves to be in an app; an app that was there before is replaced.

    She is `sure` to be herself when she has typed her passphrase with it. Raises `RuleBroken` at `code`.
    """
    keys = ring_of(by).keys
    seed = factors.offered(offer, keys, member_id=by.member_id, sid_hash=session.sid_hash)
    if seed is None:
        raise RuleBroken(N_("This page is too old. Scan the new square and type the code it gives."), field="code")
    step = rules.matching_step(seed, code, at)
    if step is None:
        message = N_("This is not the code of this moment. Check that the clock of the telephone is right.")
        raise RuleBroken(message, field="code", about=f"members:{by.member_id}")
    before = [factor for factor in queries.factors_of(by.member_id) if factor.kind == queries.APP]
    made = _added(queries.APP, seed, step, session=session, sure=sure, by=by, at=at)
    for replaced in before:
        db.session.delete(replaced)
    return made


def ask_passkey(purpose: str, sid_hash: str, *, at: datetime) -> bytes:
    """Store and return what a browser is to sign: `factors.ASK` at the second step, `factors.REGISTER` for a new passkey."""
    return factors.new_challenge(sid_hash, purpose, at=at)


def add_passkey(
    response: str,
    name: str,
    *,
    challenge: bytes | None,
    session: MemberSession,
    sure: bool = False,
    by: Actor,
    at: datetime,
) -> NewFactor:
    """Store a new passkey under its owner's name for it; `sure` as for an app. Raises `RuleBroken` at `name`."""
    where, keys, about = passkeys.place(), ring_of(by).keys, f"members:{by.member_id}"
    if where is None:
        raise RuleBroken(N_("This server is opened by a number, and passkeys need a name."), field="name", about=about)
    known = factors.passkeys_of(keys, by.member_id)
    if len(known) >= MOST:
        raise RuleBroken(N_("Ten passkeys are enough. Remove one first."), field="name", about=about)
    found = challenge and passkeys.registered(response, where=where, challenge=challenge, name=name)
    if not found:
        raise RuleBroken(N_("The passkey was not accepted. Try once more."), field="name", about=about)
    passkey, count = found
    if any(hmac.compare_digest(passkey.credential, one.credential) for _factor, one in known):
        raise RuleBroken(N_("This passkey is registered already."), field="name", about=about)
    return _added(queries.PASSKEY, passkey.to_bytes(), count, session=session, sure=sure, by=by, at=at)


def remove_factor(factor: SecondFactor, *, session: MemberSession, by: Actor, at: datetime) -> None:
    """Take away one's own app or passkey; the last one only where the role does not demand one."""
    demand(_unproven(session, at), about=f"members:{by.member_id}")
    if factor.member_id != by.member_id:
        raise RuleBroken(N_("Everybody removes her own second factor."), about=f"members:{by.member_id}")
    db.session.delete(factor)
    db.session.flush()
    if not queries.has_second_factor(by.member_id):
        if by.role in current().second_factor:
            message = N_("Your role signs in with a second factor. Set up another one before you remove this one.")
            raise RuleBroken(message, about=f"members:{by.member_id}")
        _forget_codes(by.member_id)
        # What she has no more she is not asked for either.
        hers = update(MemberSession).where(MemberSession.member_id == by.member_id)
        db.session.execute(hers.values(second_at=None))
    tell(db.session.get_one(Member, by.member_id), N_("An app or passkey was removed."), at=at)
    ledger.record("entrance.remove_factor", by=by, at=at, about=f"members:{by.member_id}", public={"kind": factor.kind})


def renew_backup_codes(*, session: MemberSession, by: Actor, at: datetime) -> tuple[str, ...]:
    """Make ten new backup codes in place of the old ones and return them, to be shown once."""
    about = f"members:{by.member_id}"
    demand(_unproven(session, at), about=about)
    if not queries.has_second_factor(by.member_id):
        raise RuleBroken(N_("Set up an app or a passkey first."), about=about)
    codes = _new_codes(by.member_id, at=at)
    tell(db.session.get_one(Member, by.member_id), N_("New backup codes were made."), at=at)
    ledger.record("entrance.renew_backup_codes", by=by, at=at, about=about)
    return codes


def reset_second_factor(member: Member, *, session: MemberSession, by: Actor, at: datetime) -> None:
    """Take away all second factors of another member, who has lost them, and end her sessions; she gets a letter."""
    demand(policy.may_reset_second_factor(by, member), about=ledger.name_of(member))
    if not queries.has_second_factor(member.id):
        raise RuleBroken(N_("This member has no second factor."), about=ledger.name_of(member))
    if queries.has_second_factor(by.member_id) and not rules.fresh(session.second_at, at):
        raise RuleBroken(N_("Prove your own second factor once more first."), about=ledger.name_of(member))
    _forget(member.id)
    sessions.end_all(member.id)
    tell(member, N_("A coordinator has reset your second factor. Set up a new one when you sign in."), at=at)
    ledger.record("entrance.reset_second_factor", by=by, at=at, about=member)


def _added(
    kind: str, content: bytes, counter: int, *, session: MemberSession, sure: bool, by: Actor, at: datetime
) -> NewFactor:
    about, keys, first = f"members:{by.member_id}", ring_of(by).keys, not queries.has_second_factor(by.member_id)
    demand(None if sure else _unproven(session, at), about=about)
    factor_id, member = new_id(), db.session.get_one(Member, by.member_id)
    sealed = factors.seal(keys, content, member_id=member.id, place=factor_id)
    db.session.add(
        SecondFactor(id=factor_id, member_id=member.id, kind=kind, sealed=sealed, counter=counter, made_at=at)
    )
    codes = _new_codes(member.id, at=at) if first else ()
    if first:
        sessions.end_all(member.id, but=session.sid_hash)  # who was in without it comes in again with it
    agent, ends_at = session.agent, session.ends_at
    if not sessions.end(session):
        raise RuleBroken(N_("This session has been ended meanwhile. Sign in again."), about=about)
    value = sessions.begin(member, keys, agent=agent, at=at, ends_at=ends_at, second_at=at)
    tell(member, N_("An app or passkey was added."), at=at)
    ledger.record("entrance.add_factor", by=by, at=at, about=about, public={"kind": kind})
    return NewFactor(value, codes)


def _unproven(session: MemberSession, at: datetime) -> str | None:
    """Return that she must show once more that it is she: by her factor, or by her passphrase where she has none."""
    has = queries.has_second_factor(session.member_id)
    proven = rules.fresh(session.second_at if has else session.started_at, at)
    return None if proven else N_("First show once more that it is you.")


def _new_codes(member_id: str, *, at: datetime) -> tuple[str, ...]:
    _forget_codes(member_id)
    codes = tuple(rules.new_backup_code() for _ in range(rules.BACKUP_CODES))
    hashes = (factors.code_hash(member_id, code.replace("-", "")) for code in codes)
    db.session.add_all([BackupCode(member_id=member_id, code_hash=hashed, made_at=at) for hashed in hashes])
    return codes


def _forget_codes(member_id: str) -> None:
    db.session.execute(delete(BackupCode).where(BackupCode.member_id == member_id))


def _forget(member_id: str) -> None:
    db.session.execute(delete(SecondFactor).where(SecondFactor.member_id == member_id))
    _forget_codes(member_id)


@on("network.member_left")
def _forget_who_left(member: Member, **_facts: object) -> None:
    _forget(member.id)


@on("network.member_reopened")
def _forget_old_keys(member: Member, kind: str, **_facts: object) -> None:
    # What is sealed with keys that are gone proves nothing any more; with her old keys back she keeps her factors.
    if kind == "new":
        _forget(member.id)
