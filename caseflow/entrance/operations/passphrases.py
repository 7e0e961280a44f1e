"""The passphrase and the recovery code: proven again, replaced, renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from caseflow.access.actor import Actor
from caseflow.entrance import queries, sessions
from caseflow.entrance.models import MemberSession
from caseflow.entrance.operations.letters import ACCOUNT, tell
from caseflow.entrance.operations.signing_in import ENDED
from caseflow.entrance.operations.tries import Limits, for_session, forgive, limits_of, throttle, unlocked
from caseflow.kernel import db as kernel_db
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member
from caseflow.network.queries import actor_of
from caseflow.vault.keys import MemberKeys
from caseflow.vault.recovery import RecoveryCode

WRONG_CODE = N_("The address and the code do not belong together.")
NOT_YOURS = N_("This is not your present passphrase.")


def reset_by_code(
    email: str, code: str, passphrase: str, *, address: str, at: datetime, marks: str = ""
) -> tuple[Member, RecoveryCode]:
    """Give the account a new passphrase with its recovery code, and end all its sessions; the keys stay the same.

    The code opens nothing after that: whoever photographed the paper comes too late. Return the member and her new code,
    which is shown once. Raises `RuleBroken`, with the same words for an unknown account and a wrong code.
    """
    email = email.strip().lower()
    limits = limits_of(email, address, marks, at=at)
    throttle(limits, at=at)
    member, identity = queries.account_of(email)
    left = db.session.get(Departure, member.id if member else "") is not None
    opened = identity.seed_for_recovery if identity else b""
    kernel_db.end_reading()  # while keys are derived; what was read stays at hand, for known accounts cost no more
    pair = keys.unlock_by_code(identity, code)
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
        renewed = keys.renew_code(identity, keys=pair, by=actor, at=at)
        sessions.end_all(member.id)
        forgive(limits)
        tell(
            member,
            N_(
                "A new passphrase was set for your account with your recovery code. A new code was shown with it; the one before opens nothing any more."
            ),
            at=at,
            subject=ACCOUNT,
        )
        ledger.record("entrance.reset_by_code", by=actor, at=at, about=member)
    return member, renewed


def change_passphrase(member: Member, *, old: str, new: str, session: MemberSession, by: Actor, at: datetime) -> str:
    """Wrap the member's keys under a new passphrase and end all her sessions but a new one; return its cookie's value.

    The session at hand is replaced too: whoever copied its cookie is out. Raises `RuleBroken` at `old` or `new`, also
    when the passphrase was changed or the session ended while the keys were derived: the first one wins.
    """
    agent, ends_at, second_at, limits = session.agent, session.ends_at, session.second_at, for_session(session)
    pair, seen = _proven(member, old, field="old", limits=limits, at=at)
    prepared = keys.prepare(new)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        _demand_still(member, identity, seen, field="old")
        if not sessions.end(session):
            raise RuleBroken(ENDED, field="old", about=f"members:{member.id}")
        by = replace(by, session=None)  # it was there, and ends here
        try:
            known = (member.name, member.email)
            keys.change_passphrase(identity, keys=pair, passphrase=new, known=known, by=by, at=at, prepared=prepared)
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field="new", about=broken.about) from None
        sessions.end_all(member.id)
        value = sessions.begin(member, pair, agent=agent, at=at, ends_at=ends_at, second_at=second_at)
        forgive(limits)
        tell(member, N_("The passphrase of your account was changed."), at=at, subject=ACCOUNT)
        ledger.record("entrance.change_passphrase", by=by, at=at, about=member)
    return value


def renew_code(member: Member, passphrase: str, *, session: MemberSession, by: Actor, at: datetime) -> RecoveryCode:
    """Give the member a new recovery code in place of the old one; return it. Raises `RuleBroken` at `passphrase`."""
    limits = for_session(session)
    pair, seen = _proven(member, passphrase, field="passphrase", limits=limits, at=at)
    with kernel_db.transaction():
        identity = db.session.get_one(Identity, member.id)
        _demand_still(member, identity, seen, field="passphrase")
        code = keys.renew_code(identity, keys=pair, by=by, at=at)
        forgive(limits)
        tell(
            member,
            N_("A new recovery code was made for your account. The one before opens nothing any more."),
            at=at,
            subject=ACCOUNT,
        )
        ledger.record("entrance.renew_code", by=by, at=at, about=member)
    return code


def prove(member: Member, passphrase: str, *, session: MemberSession, at: datetime) -> None:
    """Let a signed-in member show once more that she knows her passphrase; tries are counted in her session.

    Call it outside any transaction. Raises `RuleBroken` at `passphrase`, `TooMany` beyond the limits.
    """
    limits = for_session(session)
    _proven(member, passphrase, field="passphrase", limits=limits, at=at)
    with kernel_db.transaction():
        forgive(limits)


def _proven(member: Member, passphrase: str, *, field: str, limits: Limits, at: datetime) -> tuple[MemberKeys, bytes]:
    """Return the keys of a signed-in member who typed her passphrase again, with the verifier that it fits."""
    throttle(limits, at=at)
    identity = db.session.get(Identity, member.id)
    seen = identity.verifier if identity else b""
    db.session.rollback()
    pair = unlocked(identity, passphrase, limits)
    if pair is None:
        ledger.refused("entrance.passphrase", by=None, about=f"members:{member.id}", why=N_("wrong passphrase"))
        raise RuleBroken(NOT_YOURS, field=field, about=f"members:{member.id}")
    return pair, seen


def _demand_still(member: Member, identity: Identity, seen: bytes, *, field: str) -> None:
    """Refuse a passphrase that was replaced while the keys were derived: who changes it puts out who has the old one."""
    if identity.verifier != seen or db.session.get(Departure, member.id) is not None:
        raise RuleBroken(NOT_YOURS, field=field, about=f"members:{member.id}")
