"""Counting tries in the database, before anything is checked: no count, no check."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from caseflow.entrance import browsers, queries
from caseflow.entrance.models import Attempt, MemberSession
from caseflow.kernel import db as kernel_db
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.derivation import Busy
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.vault.keys import MemberKeys

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT, MOST_PER_ADDRESS, MOST_SECOND = 10, 40, 5
TOO_MANY = N_("Too many tries. Wait a quarter of an hour, then try again.")


class TooMany(RuleBroken):
    """The account or the address has tried too often."""


Limits = Mapping[str, int]  # under which names a try counts, and how many each has in the window


def for_account(email: str, address: str) -> Limits:
    """Return how a try counts that anybody can make: for the account and for where it comes from."""
    return {f"account {email}": MOST_PER_ACCOUNT, f"address {address}": MOST_PER_ADDRESS}


def for_browser(member_id: str, number: str) -> Limits:
    """Return how a try counts in a browser in which the member signed in before: strangers do not use up hers."""
    return {f"browser {member_id} {number}": MOST_PER_ACCOUNT}


def limits_of(email: str, address: str, marks: str, *, at: datetime) -> Limits:
    """Return how a try at an account counts: by itself in a browser of hers, with everybody's anywhere else."""
    _member, identity = queries.account_of(email)
    number = browsers.known(marks, identity, at=at)
    return for_browser(identity.member_id, number) if identity and number else for_account(email, address)


def for_session(session: MemberSession) -> Limits:
    """Return how a try counts in a session of hers, locked or not.

    By its end: that stays when its id changes, or each second factor that is proven would bring ten more tries.
    """
    return {f"session {session.member_id} {session.ends_at.isoformat()}": MOST_PER_ACCOUNT}


def throttle(limits: Limits, *, at: datetime) -> None:
    """Count a try with a passphrase or a recovery code; raise `TooMany` beyond the limits.

    A database that cannot count raises its own error: then nothing is checked either.
    """
    _count(limits, "passphrase", "members:", at=at)


def throttle_second(member: Member, address: str, *, at: datetime) -> bool:
    """Count a try with a second factor; return whether it is the last one, raise `TooMany` beyond that."""
    limits = {f"second {member.id}": MOST_SECOND, f"address {address}": MOST_PER_ADDRESS}
    return _count(limits, "code", f"members:{member.id}", at=at)[f"second {member.id}"] == MOST_SECOND


def unlocked(identity: Identity | None, passphrase: str, limits: Limits) -> MemberKeys | None:
    """Return the keys that a counted try opens, or None. To be turned away from a full line (`Busy`) was no try."""
    try:
        return keys.unlock(identity, passphrase, stranger=any(name.startswith("account ") for name in limits))
    except Busy:
        with kernel_db.transaction():
            for name in limits:
                _forget_one(name)
        raise


def forgive(limits: Limits) -> None:
    """Forget the tries of whoever has now shown her passphrase, and this one try of the address."""
    for name in limits:
        if name.startswith("address "):
            _forget_one(name)
        else:
            db.session.execute(delete(Attempt).where(Attempt.who == _keyed(name)))


def forgive_second(member: Member, address: str) -> None:
    """Forget the tries of the member who has now shown her second factor, and this one try of the address."""
    forgive({f"second {member.id}": MOST_SECOND, f"address {address}": MOST_PER_ADDRESS})


def _count(limits: Limits, field: str, about: str, *, at: datetime) -> dict[str, int]:
    hashed = {_keyed(name): most for name, most in limits.items()}
    with kernel_db.transaction():
        db.session.execute(delete(Attempt).where(Attempt.at < at - WINDOW))
        counted = select(Attempt.who, func.count()).where(Attempt.who.in_(hashed)).group_by(Attempt.who)
        counts = dict(db.session.execute(counted).all())
        full = [who for who, most in hashed.items() if counts.get(who, 0) >= most]
        # Beyond the limit one more try is noted and told to the ledger; the rest write nothing, or a stranger who
        # keeps knocking could fill the ledger.
        first = [who for who in full if counts[who] == hashed[who]]
        db.session.add_all([Attempt(who=who, at=at) for who in (first if full else hashed)])
    if first:
        ledger.refused("entrance.throttle", by=None, about=about, why=N_("too many tries"))
    if full:
        raise TooMany(TOO_MANY, field=field)
    return {name: counts.get(_keyed(name), 0) + 1 for name in limits}


def _forget_one(name: str) -> None:
    mine = select(Attempt.id).where(Attempt.who == _keyed(name)).order_by(Attempt.at.desc()).limit(1)
    db.session.execute(delete(Attempt).where(Attempt.id.in_(mine)), execution_options={"synchronize_session": False})


def _keyed(text: str) -> str:
    return hmac.new(current().pepper(), b"caseflow/v1/attempt" + text.encode(), hashlib.sha256).hexdigest()
