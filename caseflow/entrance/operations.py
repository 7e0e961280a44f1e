"""Signing in and out, locking and unlocking, a new passphrase by recovery code."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from caseflow.access.actor import Actor
from caseflow.entrance import sessions
from caseflow.entrance.models import Attempt, MemberSession
from caseflow.kernel import db as kernel_db
from caseflow.kernel.announce import on
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Identity, KeyConfirmation
from caseflow.ledger import operations as ledger
from caseflow.ledger.queries import instance
from caseflow.network.models import Departure, Member
from caseflow.vault.keys import MemberKeys
from caseflow.vault.recovery import RecoveryCode

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT, MOST_PER_ADDRESS = 10, 40
WRONG = N_("The address and the passphrase do not belong together. Check both; capital letters count.")
TOO_MANY = N_("Too many tries. Wait a quarter of an hour, then try again.")


class TooMany(RuleBroken):
    """The account or the address has tried too often."""


def sign_in(email: str, passphrase: str, *, address: str, agent: str, at: datetime) -> str:
    """Check the passphrase (outside any transaction: it takes a while) and begin a session; return the cookie's value.

    An unknown account and a wrong passphrase get the same answer after the same work. Raises `RuleBroken`; `TooMany`
    after ten failures of the account or forty of the address within a quarter of an hour.
    """
    email = email.strip().lower()
    throttle(email, address, at=at)
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email))
    identity = db.session.get(Identity, member.id) if member else None
    left = member is not None and db.session.get(Departure, member.id) is not None
    db.session.rollback()  # no read transaction stays open while the key derivation runs
    pair = keys.unlock(identity, passphrase)
    if pair is None or member is None or left:
        about = f"members:{member.id}" if member else "members:"
        ledger.refused("entrance.sign_in", by=None, about=about, why=N_("wrong address or passphrase"))
        raise RuleBroken(WRONG, field="passphrase", about=about)
    with kernel_db.transaction():
        _forgive(email, address)
        value = sessions.begin(member, pair, agent=agent, at=at)
        ledger.record("entrance.sign_in", by=actor_of(member, pair), at=at, about=member)
    return value


def unlock(session: MemberSession, member: Member, passphrase: str, *, address: str, at: datetime) -> str:
    """Open a locked session with the passphrase; the session id changes. Raises as `sign_in` does."""
    throttle(member.email, address, at=at)
    identity = db.session.get(Identity, member.id)
    db.session.rollback()
    pair = keys.unlock(identity, passphrase)
    if pair is None:
        ledger.refused("entrance.unlock", by=None, about=f"members:{member.id}", why=N_("wrong passphrase"))
        raise RuleBroken(N_("This is not your passphrase."), field="passphrase", about=f"members:{member.id}")
    with kernel_db.transaction():
        _forgive(member.email, address)
        agent, ends_at = session.agent, session.ends_at
        sessions.end(session)
        value = sessions.begin(member, pair, agent=agent, at=at, ends_at=ends_at)
        ledger.record("entrance.unlock", by=actor_of(member, pair), at=at, about=member)
    return value


def sign_out(session: MemberSession, *, by: Actor | None, at: datetime) -> None:
    """End one session."""
    about = f"members:{session.member_id}"
    sessions.end(session)
    ledger.record("entrance.sign_out", by=by, at=at, about=about)


def sign_out_elsewhere(session: MemberSession, *, by: Actor, at: datetime) -> None:
    """End all sessions of the member but this one."""
    sessions.end_all(session.member_id, but=session.sid_hash)
    ledger.record("entrance.sign_out_elsewhere", by=by, at=at, about=f"members:{session.member_id}")


def reset_by_code(email: str, code: str, passphrase: str, *, address: str, at: datetime) -> None:
    """Give the account a new passphrase with its recovery code, and end all its sessions; the keys stay the same.

    Raises `RuleBroken`, with the same words for an unknown account and a wrong code.
    """
    email = email.strip().lower()
    throttle(email, address, at=at)
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email))
    identity = db.session.get(Identity, member.id) if member else None
    left = member is not None and db.session.get(Departure, member.id) is not None
    db.session.rollback()  # no read transaction stays open while keys are derived
    pair = keys.unlock_by_code(identity, code) if identity else None
    if pair is None or member is None or identity is None or left:
        about = f"members:{member.id}" if member else "members:"
        ledger.refused("entrance.reset_by_code", by=None, about=about, why=N_("wrong address or code"))
        raise RuleBroken(N_("The address and the code do not belong together."), field="code", about=about)
    prepared = keys.prepare(passphrase)
    with kernel_db.transaction():
        actor = actor_of(member, pair)
        known = (member.name, member.email)
        keys.change_passphrase(
            identity, keys=pair, passphrase=passphrase, known=known, by=actor, at=at, prepared=prepared
        )
        sessions.end_all(member.id)
        _forgive(email, address)
        ledger.record("entrance.reset_by_code", by=actor, at=at, about=member)


def change_passphrase(
    member: Member, *, old: str, new: str, session: MemberSession, by: Actor, address: str, at: datetime
) -> str:
    """Wrap the member's keys under a new passphrase and end all her sessions but a new one; return its cookie's value.

    The session at hand is replaced too: whoever copied its cookie is out. Raises `RuleBroken` at `old` or `new`.
    """
    pair = _proven(member, old, field="old", address=address, at=at)
    prepared = keys.prepare(new)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        agent, ends_at = session.agent, session.ends_at
        try:
            known = (member.name, member.email)
            keys.change_passphrase(
                identity, keys=pair, passphrase=new, known=known, by=by, at=at, prepared=prepared
            )
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field="new", about=broken.about) from None
        sessions.end_all(member.id)
        value = sessions.begin(member, pair, agent=agent, at=at, ends_at=ends_at)
        _forgive(member.email, address)
        ledger.record("entrance.change_passphrase", by=by, at=at, about=member)
    return value


def renew_code(member: Member, passphrase: str, *, by: Actor, address: str, at: datetime) -> RecoveryCode:
    """Give the member a new recovery code in place of the old one; return it. Raises `RuleBroken` at `passphrase`."""
    pair = _proven(member, passphrase, field="passphrase", address=address, at=at)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        code = keys.renew_code(identity, keys=pair, by=by, at=at)
        _forgive(member.email, address)
        ledger.record("entrance.renew_code", by=by, at=at, about=member)
    return code


def prove(member: Member, passphrase: str, *, address: str, at: datetime) -> None:
    """Let a signed-in member show once more that she knows her passphrase; tries are counted as at the sign-in page.

    Call it outside any transaction. Raises `RuleBroken` at `passphrase`, `TooMany` beyond the limits.
    """
    _proven(member, passphrase, field="passphrase", address=address, at=at)
    with kernel_db.transaction():
        _forgive(member.email, address)


def _proven(member: Member, passphrase: str, *, field: str, address: str, at: datetime) -> MemberKeys:
    """Return the keys of a signed-in member who typed her passphrase again; count the try as at the sign-in page."""
    throttle(member.email, address, at=at)
    identity = db.session.get(Identity, member.id)
    db.session.rollback()
    pair = keys.unlock(identity, passphrase)
    if pair is None:
        ledger.refused("entrance.passphrase", by=None, about=f"members:{member.id}", why=N_("wrong passphrase"))
        raise RuleBroken(N_("This is not your present passphrase."), field=field, about=f"members:{member.id}")
    return pair


def actor_of(member: Member, pair: MemberKeys) -> Actor:
    """Return the actor that `member` is once her keys are open."""
    confirmation = db.session.get(KeyConfirmation, member.id)
    confirmed = confirmation is not None and confirmation.public == pair.public.to_bytes()
    ring = MemberKeyring(member.id, pair, instance())
    return Actor(
        member.id, member.name, member.role, confirmed, member.organisation_id, member.language, member.timezone, ring
    )


def throttle(email: str, address: str, *, at: datetime) -> None:
    """Count this try in a transaction of its own, before anything is checked; raise `TooMany` beyond the limits."""
    limits = {_keyed(f"account {email}"): MOST_PER_ACCOUNT, _keyed(f"address {address}"): MOST_PER_ADDRESS}
    with kernel_db.transaction():
        db.session.execute(delete(Attempt).where(Attempt.at < at - WINDOW))
        counted = select(Attempt.who, func.count()).where(Attempt.who.in_(limits)).group_by(Attempt.who)
        counts = dict(db.session.execute(counted).all())
        full = [who for who, most in limits.items() if counts.get(who, 0) >= most]
        # Beyond the limit one more try is noted and told to the ledger; the rest write nothing, or a stranger who
        # keeps knocking could fill the ledger.
        first = [who for who in full if counts[who] == limits[who]]
        db.session.add_all([Attempt(who=who, at=at) for who in (first if full else limits)])
    if first:
        ledger.refused("entrance.throttle", by=None, about="members:", why=N_("too many tries"))
    if full:
        raise TooMany(TOO_MANY, field="passphrase")


def sweep(*, at: datetime) -> None:
    """Drop the server's half of sessions that have been idle, and forget those that have ended and counted tries."""
    idle = at - timedelta(minutes=current().idle_minutes)
    with kernel_db.transaction():
        db.session.execute(delete(MemberSession).where(MemberSession.ends_at <= at))
        forgotten = update(MemberSession).where(MemberSession.seen_at < idle, MemberSession.seed_sealed.is_not(None))
        db.session.execute(forgotten.values(seed_sealed=None))
        db.session.execute(delete(Attempt).where(Attempt.at < at - WINDOW))


def _forgive(email: str, address: str) -> None:
    """Forget the tries of the account that has now shown its passphrase, and this one try of the address."""
    db.session.execute(delete(Attempt).where(Attempt.who == _keyed(f"account {email}")))
    mine = select(Attempt.id).where(Attempt.who == _keyed(f"address {address}")).order_by(Attempt.at.desc()).limit(1)
    db.session.execute(delete(Attempt).where(Attempt.id.in_(mine)), execution_options={"synchronize_session": False})


def _keyed(text: str) -> str:
    return hmac.new(current().pepper(), b"caseflow/v1/attempt" + text.encode(), hashlib.sha256).hexdigest()


@on("network.member_left")
def _end_sessions(member: Member, **_facts: object) -> None:
    sessions.end_all(member.id)
