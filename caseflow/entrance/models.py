"""Who is signed in, and who tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, Id


class MemberSession(Base):
    """A signed-in browser: the seed sealed with a key that only the cookie holds. Locked: no seed."""

    __tablename__ = "member_sessions"

    sid_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    seed_sealed: Mapped[bytes | None]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(String(120))


class Attempt(Id, Base):
    """One try to sign in, kept for as long as throttling counts it; account and address as keyed hashes."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_who_at", "who", "at"),)

    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
