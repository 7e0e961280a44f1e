"""The split session: the cookie holds `sid | k`, the server the seed sealed with k under SHA-256(sid).

Neither half opens anything alone. Any web process can serve any session, for nothing is kept in memory.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any, cast

from flask import Request, Response, g
from sqlalchemy import bindparam, delete, inspect, select, update

from caseflow.access.actor import Actor, Role
from caseflow.entrance.models import Challenge, HalfSession, MemberSession
from caseflow.entrance.rules import fresh
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import WrongSetting, current
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Identity, KeyConfirmation
from caseflow.network.models import Departure, Member
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberKeys
from caseflow.vault.sessions import open_seed, seal_seed
from caseflow.web.gate import Visitor

_SEEN_EVERY = timedelta(minutes=1)
HALF_LASTS = timedelta(minutes=10)
LOOK = "entrance.screen"  # asks how long a page may still show what it shows, which is no sign of anybody being there

_WHOSE = (  # built once: every request of every page asks it
    select(MemberSession, Member, Identity.public, KeyConfirmation.public, Departure.member_id)
    .join(Member, Member.id == MemberSession.member_id)
    .join(Identity, Identity.member_id == Member.id)
    .outerjoin(KeyConfirmation, (KeyConfirmation.member_id == Member.id) & (KeyConfirmation.role == Member.role))
    .outerjoin(Departure, Departure.member_id == Member.id)
    .where(MemberSession.sid_hash == bindparam("sid_hash"))
)

__all__ = [
    "Half",
    "begin",
    "begin_half",
    "cookie_name",
    "end",
    "end_all",
    "half_of",
    "here",
    "load",
    "load_half",
    "lock",
    "owes",
    "seconds_left",
    "set_cookie",
    "whose",
]


@dataclass(frozen=True)
class Half:
    """Who has proven her passphrase in this browser and not yet her second factor."""

    row: HalfSession
    member: Member
    keys: MemberKeys = field(repr=False)


def cookie_name() -> str:
    """Return the cookie's name; over https the prefix makes browsers refuse weaker copies of it."""
    return "__Host-caseflow" if current().secure else "caseflow"


def begin(
    member: Member,
    keys: MemberKeys,
    *,
    agent: str,
    at: datetime,
    ends_at: datetime | None = None,
    second_at: datetime | None = None,
) -> str:
    """Store a new session in the present transaction and return the cookie's value."""
    sid_hash, k, value = _new_halves()
    db.session.add(
        MemberSession(
            sid_hash=sid_hash,
            member_id=member.id,
            seed_sealed=seal_seed(keys.seed, k, bytes.fromhex(sid_hash)),
            started_at=at,
            seen_at=at,
            ends_at=ends_at or at + timedelta(hours=current().session_hours),
            agent=agent[:120],
            second_at=second_at,
        )
    )
    return value


def begin_half(member: Member, keys: MemberKeys, *, agent: str, at: datetime) -> str:
    """Store half a session, which waits for the second factor, and return the cookie's value."""
    sid_hash, k, value = _new_halves()
    db.session.add(
        HalfSession(
            sid_hash=sid_hash,
            member_id=member.id,
            seed_sealed=seal_seed(keys.seed, k, bytes.fromhex(sid_hash)),
            started_at=at,
            ends_at=at + HALF_LASTS,
            agent=agent[:120],
        )
    )
    return value


def _new_halves() -> tuple[str, bytes, str]:
    sid, k = token_bytes(16), token_bytes(32)
    return hashlib.sha256(sid).hexdigest(), k, base64.urlsafe_b64encode(sid + k).decode().rstrip("=")


def set_cookie(answer: Response, value: str | None) -> None:
    """Give the browser its half, or take it away with None."""
    if value is None:
        answer.delete_cookie(cookie_name(), path="/", secure=current().secure, httponly=True, samesite="Lax")
    else:
        answer.set_cookie(cookie_name(), value, path="/", secure=current().secure, httponly=True, samesite="Lax")


def _halves(value: str) -> tuple[str, bytes] | None:
    if len(value) != 64:
        return None
    try:
        raw = base64.b64decode(value, altchars=b"-_", validate=True)
    except ValueError:
        return None
    return hashlib.sha256(raw[:16]).hexdigest(), raw[16:]


def load(request: Request) -> Visitor | None:  # noqa: PLR0911 -- each way of not being recognised is one
    """Recognise the member of this request: None, locked, or with her keyring. One query, one decryption."""
    halves = _halves(request.cookies.get(cookie_name(), ""))
    if halves is None:
        return None
    sid_hash, k = halves
    row = db.session.execute(_WHOSE, {"sid_hash": sid_hash}).first()
    if row is None:
        return None
    session, member, public, confirmed, departed = cast("Any", row)
    moment = now()
    if departed is not None or moment >= session.ends_at:
        return None
    g.member_session = session
    idle = moment - session.seen_at > timedelta(minutes=current().idle_minutes)
    if session.seed_sealed is None or idle:
        if idle and session.seed_sealed is not None:
            lock(session)
        return Visitor(_actor(session, member, confirmed == public, None), locked=True)
    try:
        keys = MemberKeys.from_seed(open_seed(session.seed_sealed, k, bytes.fromhex(sid_hash)))
    except VaultError:
        return None
    if keys.public.to_bytes() != public:
        return None  # a row that was given to somebody else, or keys that have been replaced since
    seen = session.seen_at
    if moment - seen > _SEEN_EVERY and request.endpoint != LOOK:
        _touch(session, moment)
        seen = moment
    g.open_for = min(seen + timedelta(minutes=current().idle_minutes), session.ends_at) - moment
    actor = _actor(session, member, confirmed == public, MemberKeyring(member.id, keys, instance()))
    stale = session.second_at is not None and not fresh(session.second_at, moment)
    return Visitor(actor, locked=False, owing=owes(session, member), stale=stale)


def owes(session: MemberSession, member: Member) -> bool:
    """Tell whether her role demands a second factor that was never proven in this session."""
    return session.second_at is None and member.role in current().second_factor


def check_roles(names: Iterable[str]) -> None:
    """Raise `WrongSetting` for a word in CASEFLOW_SECOND_FACTOR that is no role: it would quietly protect nobody."""
    unknown = sorted(set(names) - set(Role))
    if unknown:
        roles = ", ".join(Role)
        raise WrongSetting(f"CASEFLOW_SECOND_FACTOR names “{unknown[0]}”, but takes some of: {roles}; or nothing.")


def load_half(request: Request, *, at: datetime) -> Half | None:
    """Return whose second factor this browser waits for, or None. It is no way past any gate."""
    return half_of(request.cookies.get(cookie_name(), ""), at=at)


def half_of(value: str, *, at: datetime) -> Half | None:
    """Return what `begin_half` stored under this cookie's value, or None."""
    halves = _halves(value)
    row = db.session.get(HalfSession, halves[0]) if halves else None
    if halves is None or row is None or at >= row.ends_at:
        return None
    member, identity = db.session.get_one(Member, row.member_id), db.session.get_one(Identity, row.member_id)
    if db.session.get(Departure, member.id) is not None:
        return None
    try:
        keys = MemberKeys.from_seed(open_seed(row.seed_sealed, halves[1], bytes.fromhex(row.sid_hash)))
    except VaultError:
        return None
    return Half(row, member, keys) if keys.public.to_bytes() == identity.public else None


def whose(value: str) -> tuple[str, MemberKeys] | None:
    """Return the member's id and the keys of the session that has just begun with this cookie's value."""
    halves = _halves(value)
    if halves is None:
        return None
    row = db.session.get(MemberSession, halves[0])
    if row is None or row.seed_sealed is None:
        return None
    return row.member_id, MemberKeys.from_seed(open_seed(row.seed_sealed, halves[1], bytes.fromhex(row.sid_hash)))


def seconds_left() -> int:
    """Return for how long the session of this request stays open if nobody does anything; 0 when it is not open."""
    return int(g.get("open_for", timedelta(0)).total_seconds())


def _actor(session: MemberSession, member: Member, confirmed: bool, ring: MemberKeyring | None) -> Actor:
    return Actor(
        member_id=member.id,
        name=member.name,
        role=member.role,
        confirmed=confirmed,
        organisation_id=member.organisation_id,
        language=member.language,
        timezone=member.timezone,
        keys=ring,
        session=session.sid_hash,
    )


def here() -> MemberSession:
    """Return the session of this request; only for views behind a gate, or when somebody is recognised."""
    return cast(MemberSession, g.member_session)


def lock(session: MemberSession) -> None:
    """Drop the server's half: nothing opens until the passphrase is typed again."""
    with kernel_db.transaction():
        kernel_db.leave_no_trace()
        change = update(MemberSession).where(MemberSession.sid_hash == session.sid_hash)
        db.session.execute(change.values(seed_sealed=None))


def _touch(session: MemberSession, moment: datetime) -> None:
    with kernel_db.transaction():
        change = update(MemberSession).where(MemberSession.sid_hash == session.sid_hash)
        db.session.execute(change.values(seen_at=moment))


def end(session: Any) -> bool:
    """Delete a session, or half of one, in the present transaction; tell whether it was still there."""
    # By its key, not by the object: another request may have ended it a moment ago.
    key = inspect(session).identity
    found = db.session.get(type(session), key) if key else None
    if found is not None:
        kernel_db.leave_no_trace()
        db.session.delete(found)
        db.session.execute(delete(Challenge).where(Challenge.sid_hash == found.sid_hash))
    return found is not None


def end_all(member_id: str, *, but: str | None = None) -> None:
    """Delete every session of a member in the present transaction, except the one under the hash `but`."""
    kernel_db.leave_no_trace()
    for kind in (MemberSession, HalfSession):
        mine: list[MemberSession | HalfSession] = list(
            db.session.scalars(select(kind).where(kind.member_id == member_id))
        )
        for session in mine:
            if session.sid_hash != but:
                db.session.delete(session)
