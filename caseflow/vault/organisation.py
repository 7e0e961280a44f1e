"""The organisation's offline recovery key: an age identity whose private half exists only as shares on paper.

Every member's seed is wrapped to its public half (HPKE, RFC 9180, base mode), bound to instance, member and her public
keys. The server can make such a wrap and never open one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import exactly, fields
from caseflow.vault.identity import Identity
from caseflow.vault.keys import WORDS, MemberPublic, _proquint
from caseflow.vault.shares import TAG_LENGTH, Share, join, split

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
WRAP_VERSION = 1
WRAP_LABEL = "caseflow/v1/organisation"
FINGERPRINT_LABEL = "caseflow/v1/organisation-fingerprint"
WRAPPED_LENGTH = 1 + 32 + 32 + 16


def fingerprint_of(public: bytes) -> str:
    """Return the public half (32 bytes) as eight words, as `vault.keys.fingerprint` does for a member's keys."""
    digest = _digest(public)
    return "-".join(_proquint(digest[i] << 8 | digest[i + 1]) for i in range(0, 2 * WORDS, 2))


def shares_of(identity: Identity, *, shares: int, threshold: int) -> list[Share]:
    """Return the private half in shares; each names the key by the first bytes of its fingerprint."""
    return split(identity.secret, shares=shares, threshold=threshold, tag=_digest(identity.public)[:TAG_LENGTH])


def from_shares(shares: Sequence[Share]) -> Identity:
    """Return the private half. Raises WrongKey or Damaged when the shares do not give the key that they name."""
    secret, tag = join(shares)
    identity = Identity(secret)
    if _digest(identity.public)[:TAG_LENGTH] != tag:
        raise Damaged("These shares do not give the key that they name: one of them was changed.")
    return identity


def wrap_to(public: bytes, seed: bytes, *, instance: str, member: str, member_public: MemberPublic) -> bytes:
    """Return a member's seed wrapped to the organisation's key (81 bytes). Raises Damaged for an unusable key."""
    exactly(seed, 32, "an identity seed")
    try:
        key = X25519PublicKey.from_public_bytes(public)
        sealed = SUITE.encrypt(seed, key, info=_info(public, instance, member, member_public))
    except ValueError:
        raise Damaged("The organisation's key is not usable.") from None
    return bytes((WRAP_VERSION,)) + sealed


def unwrap_with(
    identity: Identity, wrapped: bytes, *, instance: str, member: str, member_public: MemberPublic
) -> bytes:
    """Return the seed. Raises WrongKey for another key, member or installation, Damaged if malformed."""
    if len(wrapped) != WRAPPED_LENGTH or wrapped[0] != WRAP_VERSION:
        raise Damaged("The wrap for the organisation is malformed or of an unknown version.")
    info = _info(identity.public, instance, member, member_public)
    try:
        return SUITE.decrypt(wrapped[1:], X25519PrivateKey.from_private_bytes(identity.secret), info=info)
    except (InvalidTag, ValueError):
        raise WrongKey("This recovery key does not open this member's keys.") from None


def _digest(public: bytes) -> bytes:
    return hashlib.sha256(fields(FINGERPRINT_LABEL, exactly(public, 32, "an X25519 public key"))).digest()


def _info(public: bytes, instance: str, member: str, member_public: MemberPublic) -> bytes:
    return fields(WRAP_LABEL, instance, public, member, member_public.to_bytes())
