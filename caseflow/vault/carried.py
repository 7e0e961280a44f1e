"""What a member was sending when her screen locked, sealed to her own public key while her keys are not at hand.

HPKE (RFC 9180, base mode), bound to the installation, the member and her public keys. The server can make such a box
and opens it only once she has typed her passphrase.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import TAG_LENGTH, fields
from caseflow.vault.keys import MemberKeys, MemberPublic

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
CARRIED_VERSION = 1
CARRIED_LABEL = "caseflow/v1/carried"
_LONGER = 1 + 32 + TAG_LENGTH
LARGEST = 32 * 1024 * 1024  # a form has 2 MiB, and in JSON no sign of it has more than a dozen bytes


def seal_carried(public: MemberPublic, content: bytes, *, instance: str, member: str) -> bytes:
    """Return the content (at most 32 MiB) sealed to a member, 49 bytes longer. Raises Damaged for an unusable key."""
    if len(content) > LARGEST:
        raise ValueError(f"what is carried has at most {LARGEST} bytes")
    try:
        key = X25519PublicKey.from_public_bytes(public.encryption)
        sealed = SUITE.encrypt(content, key, info=_info(public, instance, member))
    except ValueError:
        raise Damaged("The member's key is not usable.") from None
    return bytes((CARRIED_VERSION,)) + sealed


def open_carried(keys: MemberKeys, sealed: bytes, *, instance: str, member: str) -> bytes:
    """Return the content. Raises WrongKey for another member, installation or keys, Damaged if malformed."""
    if not _LONGER <= len(sealed) <= LARGEST + _LONGER or sealed[0] != CARRIED_VERSION:
        raise Damaged("What was carried through the lock is malformed or of an unknown version.")
    try:
        return SUITE.decrypt(sealed[1:], keys.encryption_key, info=_info(keys.public, instance, member))
    except (InvalidTag, ValueError):
        raise WrongKey("What was carried through the lock was sealed to somebody else, or was changed.") from None


def _info(public: MemberPublic, instance: str, member: str) -> bytes:
    return fields(CARRIED_LABEL, instance, member, public.to_bytes())
