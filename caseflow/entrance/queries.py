"""What the entrance knows of accounts, second factors and sessions."""

from __future__ import annotations

from sqlalchemy import func, select

from caseflow.entrance.models import BackupCode, MemberSession, SecondFactor
from caseflow.kernel.db import db
from caseflow.keys.models import Identity
from caseflow.network.models import Member

APP, PASSKEY = "app", "passkey"


def account_of(email: str) -> tuple[Member | None, Identity | None]:
    """Return who has this address (in small letters), and her identity."""
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email))
    return member, db.session.get(Identity, member.id if member else "")  # one query more for whoever is unknown, too


def factors_of(member_id: str) -> list[SecondFactor]:
    """Return the apps and passkeys of a member, oldest first."""
    mine = select(SecondFactor).where(SecondFactor.member_id == member_id)
    return list(db.session.scalars(mine.order_by(SecondFactor.made_at, SecondFactor.id)))


def has_second_factor(member_id: str) -> bool:
    """Tell whether a member signs in with a second factor."""
    return db.session.scalar(select(SecondFactor.id).where(SecondFactor.member_id == member_id).limit(1)) is not None


def who_has_second_factor() -> frozenset[str]:
    """Return the ids of the members who sign in with a second factor."""
    return frozenset(db.session.scalars(select(SecondFactor.member_id).distinct()))


def backup_codes_left(member_id: str) -> int:
    """Return how many backup codes of a member are unused."""
    return db.session.scalar(select(func.count(BackupCode.id)).where(BackupCode.member_id == member_id)) or 0


def sessions_of(member_id: str) -> list[MemberSession]:
    """Return the sessions of a member, the newest first; those that have ended may be among them."""
    mine = select(MemberSession).where(MemberSession.member_id == member_id)
    return list(db.session.scalars(mine.order_by(MemberSession.started_at.desc())))
