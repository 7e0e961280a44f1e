"""Signing in and out, locking and unlocking, ending sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from caseflow.access.actor import Actor
from caseflow.entrance import queries, sessions
from caseflow.entrance.models import Attempt, Challenge, HalfSession, MemberSession
from caseflow.entrance.operations.tries import WINDOW, for_session, forgive, limits_of, throttle, unlocked
from caseflow.kernel import db as kernel_db
from caseflow.kernel.announce import announce, on
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member
from caseflow.network.queries import actor_of

WRONG = N_("The address and the passphrase do not belong together. Check both; capital letters count.")
ENDED = N_("This session has been ended meanwhile. Sign in again.")


@dataclass(frozen=True)
class Entered:
    """The cookie's value after a right passphrase, and whose; with `half` the second factor is still awaited."""

    value: str = field(repr=False)
    half: bool
    member: Member


def sign_in(
    email: str,
    passphrase: str,
    *,
    address: str,
    agent: str,
    at: datetime,
    instead_of: MemberSession | None = None,
    marks: str = "",
) -> Entered:
    """Check the passphrase (outside any transaction: it takes a while) and begin a session, or half of one.

    An unknown account and a wrong passphrase get the same answer after the same work. A session `instead_of` which
    this one begins in the same browser ends. Raises `RuleBroken`; `TooMany` after ten failures of the account or forty
    of the address within a quarter of an hour, or ten in a browser whose `marks` say that she signed in there before;
    `keys.Busy` when too many sign in at this moment.
    """
    email = email.strip().lower()
    limits = limits_of(email, address, marks, at=at)
    throttle(limits, at=at)
    member, identity = queries.account_of(email)
    left = db.session.get(Departure, member.id if member else "") is not None
    seen = identity.verifier if identity else b""
    kernel_db.end_reading()  # while keys are derived; what was read stays at hand, for known accounts cost no more
    pair = unlocked(identity, passphrase, limits)
    if pair is None or member is None or identity is None or left:
        about = f"members:{member.id}" if member else "members:"
        ledger.refused("entrance.sign_in", by=None, about=about, why=N_("wrong address or passphrase"))
        raise RuleBroken(WRONG, field="passphrase", about=about)
    with kernel_db.transaction():
        _demand_still(member, identity, seen)
        forgive(limits)
        if instead_of is not None:
            sessions.end(instead_of)
        half = queries.has_second_factor(member.id)
        begin = sessions.begin_half if half else sessions.begin
        value = begin(member, pair, agent=agent, at=at)
        verb = "entrance.first_step" if half else "entrance.sign_in"
        by = actor_of(member, pair)
        ledger.record(verb, by=by, at=at, about=member)
        if not half:
            announce("entrance.signed_in", by=by, at=at)
    return Entered(value, half, member)


def unlock(session: MemberSession, member: Member, passphrase: str, *, at: datetime) -> str:
    """Open a locked session with the passphrase; the session id changes, its end does not. Raises as `sign_in` does.

    A second factor that was proven in this session stays proven: the cookie shows that it is the same browser.
    """
    limits = for_session(session)
    throttle(limits, at=at)
    identity = db.session.get_one(Identity, member.id)
    seen, agent, ends_at, second_at = identity.verifier, session.agent, session.ends_at, session.second_at
    db.session.rollback()
    pair = unlocked(identity, passphrase, limits)
    if pair is None:
        ledger.refused("entrance.unlock", by=None, about=f"members:{member.id}", why=N_("wrong passphrase"))
        raise RuleBroken(N_("This is not your passphrase."), field="passphrase", about=f"members:{member.id}")
    with kernel_db.transaction():
        _demand_still(member, identity, seen)
        if not sessions.end(session):
            raise RuleBroken(ENDED, field="passphrase", about=f"members:{member.id}")
        forgive(limits)
        value = sessions.begin(member, pair, agent=agent, at=at, ends_at=ends_at, second_at=second_at)
        ledger.record("entrance.unlock", by=actor_of(member, pair), at=at, about=member)
    return value


def _demand_still(member: Member, identity: Identity, verifier: bytes) -> None:
    """Refuse a passphrase that was replaced, now or long ago, and a member who left while the key derivation ran."""
    if (
        identity.verifier != verifier
        or not keys.is_latest(identity)
        or db.session.get(Departure, member.id) is not None
    ):
        raise RuleBroken(WRONG, field="passphrase", about=f"members:{member.id}")


def sign_out(session: MemberSession | HalfSession, *, by: Actor | None, at: datetime) -> None:
    """End one session."""
    about = f"members:{session.member_id}"
    sessions.end(session)
    ledger.record("entrance.sign_out", by=by, at=at, about=about)


def sign_out_elsewhere(session: MemberSession, *, by: Actor, at: datetime) -> None:
    """End all sessions of the member but this one."""
    sessions.end_all(session.member_id, but=session.sid_hash)
    ledger.record("entrance.sign_out_elsewhere", by=by, at=at, about=f"members:{session.member_id}")


def end_session(session: MemberSession, *, by: Actor, at: datetime) -> None:
    """End one session of one's own. Raises `RuleBroken` for somebody else's."""
    about = f"members:{session.member_id}"
    if session.member_id != by.member_id:
        raise RuleBroken(N_("Everybody ends her own sessions."), about=about)
    sessions.end(session)
    ledger.record("entrance.end_session", by=by, at=at, about=about)


def sweep(*, at: datetime) -> None:
    """Drop the server's half of sessions that have been idle, and forget those that have ended and counted tries."""
    idle = at - timedelta(minutes=current().idle_minutes)
    with kernel_db.transaction():
        kernel_db.leave_no_trace()
        for kind in (MemberSession, HalfSession):
            db.session.execute(delete(kind).where(kind.ends_at <= at))
        db.session.execute(delete(Challenge).where(Challenge.at < at - sessions.HALF_LASTS))
        forgotten = update(MemberSession).where(MemberSession.seen_at < idle, MemberSession.seed_sealed.is_not(None))
        db.session.execute(forgotten.values(seed_sealed=None))
        db.session.execute(delete(Attempt).where(Attempt.at < at - WINDOW))


@on("network.member_left")
@on("network.member_reopened")
def _end_sessions(member: Member, **_facts: object) -> None:
    sessions.end_all(member.id)
