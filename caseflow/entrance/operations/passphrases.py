"""The passphrase and the recovery code: proven again, replaced, renewed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from caseflow.access.actor import Actor
from caseflow.entrance import sessions
from caseflow.entrance.models import MemberSession
from caseflow.entrance.operations.letters import ACCOUNT, tell
from caseflow.entrance.operations.signing_in import ENDED, actor_of
from caseflow.entrance.operations.tries import forgive, throttle
from caseflow.kernel import db as kernel_db
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member
from caseflow.vault.keys import MemberKeys
from caseflow.vault.recovery import RecoveryCode

WRONG_CODE = N_("The address and the code do not belong together.")
NOT_YOURS = N_("This is not your present passphrase.")


def reset_by_code(email: str, code: str, passphrase: str, *, address: str, at: datetime) -> None:
    """Give the account a new passphrase with its recovery code, and end all its sessions; the keys stay the same.

    Raises `RuleBroken`, with the same words for an unknown account and a wrong code.
    """
    email = email.strip().lower()
    throttle(email, address, at=at)
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email))
    identity = db.session.get(Identity, member.id) if member else None
    left = member is not None and db.session.get(Departure, member.id) is not None
    opened = identity.seed_for_recovery if identity else b""
    db.session.rollback()  # no read transaction stays open while keys are derived
    pair = keys.unlock_by_code(identity, code) if identity else None
    if pair is None or member is None or identity is None or left:
        about = f"members:{member.id}" if member else "members:"
        ledger.refused("entrance.reset_by_code", by=None, about=about, why=N_("wrong address or code"))
        raise RuleBroken(WRONG_CODE, field="code", about=about)
    prepared = keys.prepare(passphrase)
    with kernel_db.transaction():
        # While the keys were derived she may have got a new code, or left.
        if identity.seed_for_recovery != opened or db.session.get(Departure, member.id) is not None:
            raise RuleBroken(WRONG_CODE, field="code", about=f"members:{member.id}")
        actor = actor_of(member, pair)
        known = (member.name, member.email)
        keys.change_passphrase(
            identity, keys=pair, passphrase=passphrase, known=known, by=actor, at=at, prepared=prepared
        )
        sessions.end_all(member.id)
        forgive(email, address)
        tell(member, N_("A new passphrase was set for your account with your recovery code."), at=at, subject=ACCOUNT)
        ledger.record("entrance.reset_by_code", by=actor, at=at, about=member)


def change_passphrase(
    member: Member, *, old: str, new: str, session: MemberSession, by: Actor, address: str, at: datetime
) -> str:
    """Wrap the member's keys under a new passphrase and end all her sessions but a new one; return its cookie's value.

    The session at hand is replaced too: whoever copied its cookie is out. Raises `RuleBroken` at `old` or `new`, also
    when the passphrase was changed or the session ended while the keys were derived: the first one wins.
    """
    agent, ends_at, second_at = session.agent, session.ends_at, session.second_at
    pair, seen = _proven(member, old, field="old", address=address, at=at)
    prepared = keys.prepare(new)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        _demand_still(member, identity, seen, field="old")
        if not sessions.end(session):
            raise RuleBroken(ENDED, field="old", about=f"members:{member.id}")
        try:
            known = (member.name, member.email)
            keys.change_passphrase(
                identity, keys=pair, passphrase=new, known=known, by=by, at=at, prepared=prepared
            )
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field="new", about=broken.about) from None
        sessions.end_all(member.id)
        value = sessions.begin(member, pair, agent=agent, at=at, ends_at=ends_at, second_at=second_at)
        forgive(member.email, address)
        tell(member, N_("The passphrase of your account was changed."), at=at, subject=ACCOUNT)
        ledger.record("entrance.change_passphrase", by=by, at=at, about=member)
    return value


def renew_code(member: Member, passphrase: str, *, by: Actor, address: str, at: datetime) -> RecoveryCode:
    """Give the member a new recovery code in place of the old one; return it. Raises `RuleBroken` at `passphrase`."""
    pair, seen = _proven(member, passphrase, field="passphrase", address=address, at=at)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        _demand_still(member, identity, seen, field="passphrase")
        code = keys.renew_code(identity, keys=pair, by=by, at=at)
        forgive(member.email, address)
        tell(member, N_("A new recovery code was made for your account. The one before opens nothing any more."), at=at, subject=ACCOUNT)
        ledger.record("entrance.renew_code", by=by, at=at, about=member)
    return code


def prove(member: Member, passphrase: str, *, address: str, at: datetime) -> None:
    """Let a signed-in member show once more that she knows her passphrase; tries are counted as at the sign-in page.

    Call it outside any transaction. Raises `RuleBroken` at `passphrase`, `TooMany` beyond the limits.
    """
    _proven(member, passphrase, field="passphrase", address=address, at=at)
    with kernel_db.transaction():
        forgive(member.email, address)


def _proven(member: Member, passphrase: str, *, field: str, address: str, at: datetime) -> tuple[MemberKeys, bytes]:
    """Return the keys of a signed-in member who typed her passphrase again, with the verifier that it fits.

    The try counts as at the sign-in page.
    """
    throttle(member.email, address, at=at)
    identity = db.session.get(Identity, member.id)
    seen = identity.verifier if identity else b""
    db.session.rollback()
    pair = keys.unlock(identity, passphrase)
    if pair is None:
        ledger.refused("entrance.passphrase", by=None, about=f"members:{member.id}", why=N_("wrong passphrase"))
        raise RuleBroken(NOT_YOURS, field=field, about=f"members:{member.id}")
    return pair, seen


def _demand_still(member: Member, identity: Identity, seen: bytes, *, field: str) -> None:
    """Refuse a passphrase that was replaced while the keys were derived: who changes it puts out who has the old one."""
    if identity.verifier != seen or db.session.get(Departure, member.id) is not None:
        raise RuleBroken(NOT_YOURS, field=field, about=f"members:{member.id}")
