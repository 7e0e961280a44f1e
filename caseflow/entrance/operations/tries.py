"""Counting tries in the database, before anything is checked: no count, no check."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from caseflow.entrance.models import Attempt
from caseflow.kernel import db as kernel_db
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT, MOST_PER_ADDRESS, MOST_SECOND = 10, 40, 5
TOO_MANY = N_("Too many tries. Wait a quarter of an hour, then try again.")


class TooMany(RuleBroken):
    """The account or the address has tried too often."""


def throttle(email: str, address: str, *, at: datetime) -> None:
    """Count a try with a passphrase or a recovery code; raise `TooMany` beyond the limits.

    A database that cannot count raises its own error: then nothing is checked either.
    """
    limits = {f"account {email}": MOST_PER_ACCOUNT, f"address {address}": MOST_PER_ADDRESS}
    _count(limits, "passphrase", "members:", at=at)


def throttle_second(member: Member, address: str, *, at: datetime) -> bool:
    """Count a try with a second factor; return whether it is the last one, raise `TooMany` beyond that."""
    limits = {f"second {member.id}": MOST_SECOND, f"address {address}": MOST_PER_ADDRESS}
    return _count(limits, "code", f"members:{member.id}", at=at)[f"second {member.id}"] == MOST_SECOND


def forgive(email: str, address: str) -> None:
    """Forget the tries of the account that has now shown its passphrase, and this one try of the address."""
    _forget(f"account {email}", address)


def forgive_second(member: Member, address: str) -> None:
    """Forget the tries of the member who has now shown her second factor, and this one try of the address."""
    _forget(f"second {member.id}", address)


def _count(limits: Mapping[str, int], field: str, about: str, *, at: datetime) -> dict[str, int]:
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


def _forget(who: str, address: str) -> None:
    db.session.execute(delete(Attempt).where(Attempt.who == _keyed(who)))
    mine = select(Attempt.id).where(Attempt.who == _keyed(f"address {address}")).order_by(Attempt.at.desc()).limit(1)
    db.session.execute(delete(Attempt).where(Attempt.id.in_(mine)), execution_options={"synchronize_session": False})


def _keyed(text: str) -> str:
    return hmac.new(current().pepper(), b"caseflow/v1/attempt" + text.encode(), hashlib.sha256).hexdigest()
