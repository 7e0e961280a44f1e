"""Grants: one member's way into one safe, for one epoch.

The safe's secrets are wrapped to the member (HPKE, RFC 9180, base mode) and signed by whoever grants. The wrap binds
instance, safe, epoch, member and the member's keys through HPKE's `info`; the signature covers the same, the reason,
the grantor and the wrapped bytes, and can be checked without opening anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from caseflow.vault.errors import Damaged
from caseflow.vault.fields import Secret, derive_key, exactly, fields, open_box, seal_box
from caseflow.vault.identity import Identity
from caseflow.vault.keys import MemberKeys, MemberPublic, verify

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
GRANT_VERSION = 1
QUICK_VERSION = 1
CHAIN_VERSION = 1
GRANT_LABEL = "caseflow/v1/grant"
QUICK_LABEL = "caseflow/v1/quick-grant"
CHAIN_LABEL = "caseflow/v1/chain"
SIGNING_PURPOSE = "grant"
QUICK_PURPOSE = "quick-grant"
SECRETS_LENGTH = 64
WRAPPED_LENGTH = 1 + 32 + SECRETS_LENGTH + 16


@dataclass(frozen=True, slots=True, eq=False)
class SafeSecrets(Secret):
    """What opens a safe in one epoch: the secret of its age identity and the key of its texts, 32 bytes each."""

    identity_secret: bytes = field(repr=False)
    text_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        exactly(self.identity_secret, 32, "a safe's identity secret")
        exactly(self.text_key, 32, "a safe's text key")

    @classmethod
    def generate(cls) -> SafeSecrets:
        """Return the secrets of a new epoch."""
        return cls(Identity.generate().secret, Identity.generate().secret)

    @property
    def identity(self) -> Identity:
        """The safe's age identity, which opens the headers of its files."""
        return Identity(self.identity_secret)

    @property
    def recipient(self) -> str:
        """The `age1…` to which the safe's files are sealed."""
        return str(self.identity.recipient)

    def to_bytes(self) -> bytes:
        """Return 64 bytes: identity secret, text key."""
        return self.identity_secret + self.text_key

    _secret = to_bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> SafeSecrets:
        """Read 64 bytes. Raises Damaged for another length."""
        if len(data) != SECRETS_LENGTH:
            raise Damaged("What was wrapped are not the secrets of a safe.")
        return cls(bytes(data[:32]), bytes(data[32:]))


@dataclass(frozen=True, slots=True)
class SafeContext:
    """One epoch of one safe in one installation. Ids are opaque texts; epochs count from 1 (0 is allowed)."""

    instance: str
    safe: str
    epoch: int


@dataclass(frozen=True, slots=True)
class GrantContext(SafeContext):
    """For whom a safe is opened, and why (`reason`: a code, or the id of the fact that entitles)."""

    member: str
    reason: str


@dataclass(frozen=True, slots=True)
class SealedGrant:
    """A grant as it is stored: `wrapped` (113 bytes) and the grantor's `signature` (64 bytes)."""

    wrapped: bytes
    signature: bytes


def wrap(secrets: SafeSecrets, *, to: MemberPublic, context: GrantContext, grantor: MemberKeys) -> SealedGrant:
    """Return a grant of `secrets` to the member with the keys `to`, signed by `grantor`.

    Raises Damaged if `to` holds an unusable key. That the keys were confirmed is for the caller to have checked.
    """
    try:
        public = X25519PublicKey.from_public_bytes(to.encryption)
        sealed = SUITE.encrypt(secrets.to_bytes(), public, info=_info(context, to))
    except ValueError:
        raise Damaged("The member's public key is not usable.") from None
    wrapped = bytes((GRANT_VERSION,)) + sealed
    signature = grantor.sign(_covered(wrapped, to, context, grantor.public), purpose=SIGNING_PURPOSE)
    return SealedGrant(wrapped, signature)


def verify_grant(
    sealed: SealedGrant, *, member_public: MemberPublic, context: GrantContext, grantor_public: MemberPublic
) -> None:
    """Check without opening that `grantor_public` made this grant, for these keys and this context. Raises Damaged."""
    if len(sealed.wrapped) != WRAPPED_LENGTH or sealed.wrapped[0] != GRANT_VERSION:
        raise Damaged("The grant is malformed or of an unknown version.")
    covered = _covered(sealed.wrapped, member_public, context, grantor_public)
    try:
        verify(grantor_public, covered, sealed.signature, purpose=SIGNING_PURPOSE)
    except Damaged:
        raise Damaged("The grant was not made by the named person for this member, safe and epoch.") from None


def open_grant(
    sealed: SealedGrant, *, keys: MemberKeys, context: GrantContext, grantor_public: MemberPublic
) -> SafeSecrets:
    """Return the safe's secrets after checking the signature.

    Raises Damaged also for another member's keys: the signature names the keys for which the grant was made.
    """
    verify_grant(sealed, member_public=keys.public, context=context, grantor_public=grantor_public)
    try:
        plain = SUITE.decrypt(sealed.wrapped[1:], keys.encryption_key, info=_info(context, keys.public))
    except (InvalidTag, ValueError):
        raise Damaged("The grant is signed but was not wrapped for these keys.") from None
    return SafeSecrets.from_bytes(plain)


def quick_wrap(secrets: SafeSecrets, keys: MemberKeys, context: GrantContext) -> bytes:
    """Return the member's own symmetric wrap (93 bytes) of a grant that `open_grant` has accepted.

    Nobody but the member can make one, so opening it needs no signature: it costs microseconds.
    """
    return seal_box(keys.box(QUICK_PURPOSE), QUICK_VERSION, secrets.to_bytes(), _place(QUICK_LABEL, context))


def quick_open(blob: bytes, keys: MemberKeys, context: GrantContext) -> SafeSecrets:
    """Return what `quick_wrap` wrapped for the same keys and context. Raises Damaged: open the grant itself then."""
    plain = open_box(keys.box(QUICK_PURPOSE), QUICK_VERSION, blob, _place(QUICK_LABEL, context))
    if plain is None:
        raise Damaged("The quick grant does not belong to this member, safe and epoch.")
    return SafeSecrets.from_bytes(plain)


def chain(previous: SafeSecrets, current: SafeSecrets, context: SafeContext) -> bytes:
    """Return the previous epoch's secrets sealed under the current epoch's text key (93 bytes).

    `context.epoch` is the current epoch; a GrantContext does too, its member and reason do not count. Whoever holds
    epoch N can so read what was written before, epoch by epoch; whoever holds only N-1 learns nothing of N.
    """
    return seal_box(_chain_cipher(current), CHAIN_VERSION, previous.to_bytes(), _chain_place(context))


def unchain(blob: bytes, current: SafeSecrets, context: SafeContext) -> SafeSecrets:
    """Return the secrets of the epoch before `context.epoch`. Raises Damaged."""
    plain = open_box(_chain_cipher(current), CHAIN_VERSION, blob, _chain_place(context))
    if plain is None:
        raise Damaged("The link to the earlier epoch does not belong to this safe and epoch.")
    return SafeSecrets.from_bytes(plain)


def _chain_cipher(current: SafeSecrets) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive_key(current.text_key, fields(CHAIN_LABEL)))


def _chain_place(context: SafeContext) -> bytes:
    return fields(CHAIN_LABEL, context.instance, context.safe, context.epoch)


def _info(context: GrantContext, to: MemberPublic) -> bytes:
    """Return HPKE's `info`; the reason is left to the signature, which alone can prove it to others."""
    return fields(GRANT_LABEL, context.instance, context.safe, context.epoch, context.member, to.to_bytes())


def _place(label: str, context: GrantContext) -> bytes:
    return fields(label, context.instance, context.safe, context.epoch, context.member, context.reason)


def _covered(wrapped: bytes, to: MemberPublic, context: GrantContext, grantor: MemberPublic) -> bytes:
    return _place(GRANT_LABEL, context) + fields(to.to_bytes(), grantor.to_bytes(), wrapped)
