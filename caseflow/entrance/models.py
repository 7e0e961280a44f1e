"""Who is signed in, and who tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.db import Base, Id
from caseflow.kernel.ids import LENGTH


class MemberSession(Base):
    """A signed-in browser: the seed sealed with a key that only the cookie holds. Locked: no seed.

    `second_at` is when a second factor was last proven in it; None in a session that began without one.
    """

    __tablename__ = "member_sessions"

    sid_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    seed_sealed: Mapped[bytes | None]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(String(120))
    second_at: Mapped[datetime | None]


class HalfSession(Base):
    """A browser whose passphrase was right and whose second factor is awaited. It is no session: no gate knows it."""

    __tablename__ = "half_sessions"

    sid_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    seed_sealed: Mapped[bytes]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    agent: Mapped[str] = mapped_column(String(120))


class SecondFactor(Id, Base):
    """An authenticator app or a passkey. What it is checked against is sealed with its owner's own keys.

    `counter` is the last time step (app) or the last signature count (passkey) that was accepted.
    """

    __tablename__ = "second_factors"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    counter: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BackupCode(Id, Base):
    """One code of the sheet for the day the telephone is lost, as a keyed hash; the row goes when the code is used."""

    __tablename__ = "backup_codes"
    __table_args__ = (UniqueConstraint("member_id", "code_hash"),)

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime]


class Challenge(Base):
    """What a passkey is asked to sign in one browser, for one purpose; the row goes with the first answer."""

    __tablename__ = "challenges"

    sid_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime]


class KeptTyping(Base):
    """What a member has typed into one opened form and not sent, sealed to her own public key. `number` counts its keepings."""

    __tablename__ = "kept_typing"

    key: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    page: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes]
    number: Mapped[int]
    at: Mapped[datetime]


class Attempt(Id, Base):
    """One try to sign in, kept for as long as throttling counts it; account and address as keyed hashes."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_who_at", "who", "at"),)

    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
