"""Identities, safes, grants, and what two coordinators decide. A grant row exists exactly while its member is entitled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from caseflow.kernel.db import Base, Id


class Identity(Base):
    """A member's key pair: public half in the open, the seed wrapped under her passphrase and her recovery code.

    `recovery_recipient` is the `age1…` of the code itself, to which sealed exports are sealed, with her own signature;
    none for older codes.
    """

    __tablename__ = "identities"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1)
    public: Mapped[bytes] = mapped_column(LargeBinary(64))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    kdf: Mapped[bytes] = mapped_column(LargeBinary(7))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(32))
    seed_wrapped: Mapped[bytes]
    seed_for_recovery: Mapped[bytes]
    recovery_recipient: Mapped[str | None] = mapped_column(String(64))
    recipient_signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    made_at: Mapped[datetime]


class KeyConfirmation(Base):
    """A coordinator's signed word that this public key is that member's, in this role; without a role it is an old one."""

    __tablename__ = "key_confirmations"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(64))
    role: Mapped[str | None] = mapped_column(String(16))
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class RetiredIdentity(Id, Base):
    """A key pair that a member had before, with the word of who confirmed it: what it signed can still be checked."""

    __tablename__ = "retired_identities"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(64))
    role: Mapped[str | None] = mapped_column(String(16))
    confirmed_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    confirmation: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    retired_at: Mapped[datetime]


class Safe(Id, Base):
    """The unit of access: one for every incident, case and review."""

    __tablename__ = "safes"

    kind: Mapped[str] = mapped_column(String(16))
    epoch: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]


class SafeEpoch(Base):
    """One key pair of a safe: the recipient files are sealed to, and the way back to the epoch before."""

    __tablename__ = "safe_epochs"

    safe_id: Mapped[str] = mapped_column(ForeignKey("safes.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(64))
    previous_sealed: Mapped[bytes | None]
    since: Mapped[datetime]


class Grant(Id, Base):
    """One member's way into one safe at its present epoch; `quick` is her own symmetric wrap after the first opening."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("safe_id", "member_id"),
        Index("ix_grants_member_id_safe_id", "member_id", "safe_id"),
    )

    safe_id: Mapped[str] = mapped_column(ForeignKey("safes.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    epoch: Mapped[int]
    wrapped: Mapped[bytes]
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    grantor_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    quick: Mapped[bytes | None]


class InSafe(Id):
    """A row that lives in a safe: it is read only within a scope, and its sealed columns open with that safe's keys."""

    __guarded__ = True

    @declared_attr
    def safe_id(cls) -> Mapped[str]:  # noqa: N805 -- a declared attribute belongs to the class
        """The safe this row lives in."""
        return mapped_column(ForeignKey("safes.id"), index=True)


class Unsettled(Id, Base):
    """A safe whose grants have yet to follow a fact about `member_id`: `lost` asks for a new epoch, else for a grant.

    Access itself never waits: the grants of who lost it are deleted in the act that writes this row.
    """

    __tablename__ = "unsettled"
    __table_args__ = (UniqueConstraint("safe_id", "member_id"),)

    safe_id: Mapped[str] = mapped_column(ForeignKey("safes.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    lost: Mapped[bool]
    at: Mapped[datetime]


class Approval(Id, Base):
    """What one coordinator asks for and another one decides; both sign the same facts, `bound` among them.

    `verdict` is "approved", "declined", "withdrawn", or "alone" where there was no second coordinator to ask.
    """

    __tablename__ = "approvals"
    __table_args__ = (Index("ix_approvals_subject", "subject"),)

    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(80))
    bound: Mapped[bytes] = mapped_column(LargeBinary(32))
    asked_by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    asked_at: Mapped[datetime]
    asked_signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    expires_at: Mapped[datetime]
    verdict: Mapped[str | None] = mapped_column(String(10))
    decided_by_id: Mapped[str | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    decided_signature: Mapped[bytes | None] = mapped_column(LargeBinary(64))
    used_at: Mapped[datetime | None]


class OrganisationKey(Id, Base):
    """The public half of the organisation's offline recovery key. It counts once a second coordinator has approved it."""

    __tablename__ = "organisation_keys"

    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    shares: Mapped[int]
    threshold: Mapped[int]
    made_by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    made_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class OrganisationWrap(Base):
    """The third way to a member's seed: wrapped to the organisation's recovery key."""

    __tablename__ = "organisation_wraps"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("organisation_keys.id"))
    public: Mapped[bytes] = mapped_column(LargeBinary(64))
    wrapped: Mapped[bytes]
    at: Mapped[datetime]


class Reopening(Id, Base):
    """A link by which a member who lost passphrase and code chooses a new passphrase herself.

    "new": a new key pair, to be confirmed again. "recovered": her old seed, sealed under the secret in the link, which is
    kept as its hash only.
    """

    __tablename__ = "reopenings"

    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seed_sealed: Mapped[bytes | None]
    by_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
