"""A member's keys: one seed of 32 bytes, from it a key for opening, one for signing, and private symmetric keys.

The seed is the only secret that is kept; everything here is derived from it with HKDF-SHA256 under its own label.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault import signatures
from caseflow.vault.errors import Damaged
from caseflow.vault.fields import Secret, derive_key, exactly, fields
from caseflow.vault.identity import Identity, Recipient

SEED_LENGTH = 32
SIGNATURE_LENGTH = 64
ENCRYPTION_LABEL = "caseflow/v1/member-encryption"
SIGNING_LABEL = "caseflow/v1/member-signing"
PRIVATE_LABEL = "caseflow/v1/member-private"
SIGNATURE_LABEL = "caseflow/v1/signature"
FINGERPRINT_LABEL = "caseflow/v1/fingerprint"
CONSONANTS = "bdfghjklmnprstvz"
VOWELS = "aiou"
WORDS = 8


@dataclass(frozen=True, slots=True)
class MemberPublic:
    """What others know of a member: an X25519 and an Ed25519 public key of 32 bytes each."""

    encryption: bytes
    signing: bytes

    def __post_init__(self) -> None:
        exactly(self.encryption, 32, "an X25519 public key")
        exactly(self.signing, 32, "an Ed25519 public key")

    def to_bytes(self) -> bytes:
        """Return 64 bytes: encryption key, signing key."""
        return self.encryption + self.signing

    @classmethod
    def from_bytes(cls, data: bytes) -> MemberPublic:
        """Read 64 bytes. Raises Damaged for another length."""
        if len(data) != 64:
            raise Damaged("A member's public keys have 64 bytes.")
        return cls(bytes(data[:32]), bytes(data[32:]))

    @property
    def recipient(self) -> str:
        """The `age1…` text to which files for this member can be sealed."""
        return str(Recipient(self.encryption))


class MemberKeys(Secret):
    """The private side of a member. Its repr shows only the fingerprint.

    The key pairs are made from the seed when they are first needed: a page that only reads sealed texts needs none.
    """

    def __init__(self, seed: bytes) -> None:
        self.seed = exactly(seed, SEED_LENGTH, "an identity seed")
        self._boxes: dict[str, ChaCha20Poly1305] = {}

    @cached_property
    def age_identity(self) -> Identity:
        """The member as a recipient of files."""
        return Identity(derive_key(self.seed, fields(ENCRYPTION_LABEL)))

    @cached_property
    def encryption_key(self) -> X25519PrivateKey:
        """The key that opens what was wrapped to `public.encryption`."""
        return X25519PrivateKey.from_private_bytes(self.age_identity.secret)

    @cached_property
    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive_key(self.seed, fields(SIGNING_LABEL)))

    @cached_property
    def public(self) -> MemberPublic:
        """What others know of the member."""
        return MemberPublic(self.age_identity.public, self._signing.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> MemberKeys:
        """Return the keys of a new random seed."""
        return cls(os.urandom(SEED_LENGTH))

    @classmethod
    def from_seed(cls, seed: bytes) -> MemberKeys:
        """Return the keys of a seed of 32 bytes."""
        return cls(seed)

    def sign(self, message: bytes, *, purpose: str) -> bytes:
        """Return an Ed25519 signature (64 bytes) that holds for this purpose only."""
        return self._signing.sign(_signed(message, purpose))

    def derive(self, purpose: str) -> bytes:
        """Return a private symmetric key (32 bytes) for one purpose, the same each time."""
        return derive_key(self.seed, fields(PRIVATE_LABEL, purpose))

    def box(self, purpose: str) -> ChaCha20Poly1305:
        """Return the cipher under `derive(purpose)`, kept as long as these keys are."""
        cipher = self._boxes.get(purpose)
        if cipher is None:
            cipher = self._boxes[purpose] = ChaCha20Poly1305(self.derive(purpose))
        return cipher

    def __repr__(self) -> str:
        return f"<MemberKeys {fingerprint(self.public)}>"

    def _secret(self) -> bytes:
        return self.seed


def verify(public: MemberPublic, message: bytes, signature: bytes, *, purpose: str) -> None:
    """Return if `signature` is the member's over `message` for this purpose. Raises Damaged."""
    signatures.verify(public.signing, _signed(message, purpose), signature)


def fingerprint(public: MemberPublic) -> str:
    """Return the member's keys as eight words that two people can compare by voice.

    The words are proquints ("lusab-babad…": consonant, vowel, consonant, vowel, consonant; 16 bits each;
    https://arxiv.org/html/0901.4016). They need no word list, and so no list per language: a Kazakh and a Russian
    speaker read and hear the same five letters. They are the first 128 bits of a SHA-256 over both keys with a
    label, so a second pair of keys with the same words costs about 2**128 attempts.
    """
    digest = hashlib.sha256(fields(FINGERPRINT_LABEL, public.to_bytes())).digest()
    return "-".join(_proquint(digest[i] << 8 | digest[i + 1]) for i in range(0, 2 * WORDS, 2))


def _proquint(number: int) -> str:
    return "".join(
        (
            CONSONANTS[number >> 12],
            VOWELS[number >> 10 & 3],
            CONSONANTS[number >> 6 & 15],
            VOWELS[number >> 4 & 3],
            CONSONANTS[number & 15],
        )
    )


def _signed(message: bytes, purpose: str) -> bytes:
    """Return what is really signed: label and purpose first, so no signature can be used for another purpose."""
    return fields(SIGNATURE_LABEL, purpose, message)
