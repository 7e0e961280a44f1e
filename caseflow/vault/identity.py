"""age's own kind of key: an X25519 identity, its recipient, and the passphrase that can stand for both.

Source: C2SP age v1, "The X25519 recipient type" and "The scrypt recipient type".
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from caseflow.vault import bech32
from caseflow.vault.errors import Damaged
from caseflow.vault.fields import Secret, derive_key, exactly, utf8
from caseflow.vault.stanza import FILE_KEY_LENGTH, Stanza, decode64, encode64

RECIPIENT_PREFIX = "age"
SECRET_PREFIX = "AGE-SECRET-KEY-"  # noqa: S105 -- the public prefix of every age secret key
X25519_INFO = b"age-encryption.org/v1/X25519"
SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
SCRYPT_SALT_LENGTH = 16
WRAPPED_LENGTH = FILE_KEY_LENGTH + 16
ZERO_NONCE = bytes(12)  # each wrapping key is used once, for one file key (C2SP age v1)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key that things are sealed to; `str()` is the `age1…` text."""

    public: bytes

    def __post_init__(self) -> None:
        exactly(self.public, 32, "an X25519 public key")

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """Read `age1…`. Raises Damaged for anything else."""
        prefix, data = bech32.decode(text)
        if prefix != RECIPIENT_PREFIX or len(data) != 32:
            raise Damaged("This is not an age recipient (age1…).")
        return cls(data)

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza from which only this recipient's identity gets the file key."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self.public))
        except ValueError:
            raise Damaged("This recipient is not a usable key.") from None
        key = derive_key(shared, X25519_INFO, salt=share + self.public)
        body = ChaCha20Poly1305(key).encrypt(ZERO_NONCE, file_key, None)
        return Stanza("X25519", (encode64(share),), body)


class Identity(Secret):
    """An age X25519 identity: 32 secret bytes, and what they open."""

    __slots__ = ("_private", "public", "secret")

    def __init__(self, secret: bytes) -> None:
        self.secret = exactly(secret, 32, "an X25519 secret key")
        self._private = X25519PrivateKey.from_private_bytes(self.secret)
        self.public = self._private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Identity:
        """Return a new random identity."""
        return cls(os.urandom(32))

    @classmethod
    def from_bytes(cls, secret: bytes) -> Identity:
        """Return the identity of 32 secret bytes."""
        return cls(secret)

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Read `AGE-SECRET-KEY-1…`. Raises Damaged for anything else, without repeating what was given."""
        prefix, data = bech32.decode(text)
        if prefix != SECRET_PREFIX or len(data) != 32:
            raise Damaged("This is not an age identity (AGE-SECRET-KEY-1…).")
        return cls(data)

    @property
    def recipient(self) -> str:
        """The `age1…` text to which others seal."""
        return str(Recipient(self.public))

    def __str__(self) -> str:
        return bech32.encode(SECRET_PREFIX, self.secret)

    def __repr__(self) -> str:
        return f"<Identity of {self.recipient}>"

    def _secret(self) -> bytes:
        return self.secret

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key from the first stanza that fits, else None. Raises Damaged for a malformed one."""
        for stanza in stanzas:
            if stanza.kind == "X25519" and (file_key := self._unwrap_one(stanza)) is not None:
                return file_key
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 1 or len(stanza.body) != WRAPPED_LENGTH:
            raise Damaged("The header of the sealed file is malformed.")
        share = decode64(stanza.arguments[0])
        if len(share) != 32:
            raise Damaged("The header of the sealed file is malformed.")
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError:  # an all-zero shared secret: the spec demands refusal
            raise Damaged("The header of the sealed file holds an unusable key.") from None
        key = derive_key(shared, X25519_INFO, salt=share + self.public)
        try:
            return ChaCha20Poly1305(key).decrypt(ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Passphrase(Secret):
    """A passphrase as recipient or identity (age's scrypt stanza); it must be alone in a file.

    `work_factor` is log2 of scrypt's N when sealing (18: 256 MiB). A file asking for more than `max_work_factor`
    (20: 1 GiB) is refused before any memory is taken: the number comes from whoever wrote the file.
    """

    text: str = field(repr=False)
    work_factor: int = 18
    max_work_factor: int = 20

    def __post_init__(self) -> None:
        if not 1 <= self.work_factor <= 22 or not 1 <= self.max_work_factor <= 22:
            raise ValueError("a work factor is between 1 and 22")

    def _secret(self) -> bytes:
        return utf8(self.text)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the one stanza of a file sealed with this passphrase."""
        salt = os.urandom(SCRYPT_SALT_LENGTH)
        body = ChaCha20Poly1305(self._key(salt, self.work_factor)).encrypt(ZERO_NONCE, file_key, None)
        return Stanza("scrypt", (encode64(salt), str(self.work_factor)), body)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """Return the file key, None if the passphrase does not fit or none was used."""
        for stanza in stanzas:
            if stanza.kind == "scrypt":
                return self._unwrap_one(stanza)
        return None

    def _unwrap_one(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 2 or len(stanza.body) != WRAPPED_LENGTH:
            raise Damaged("The header of the sealed file is malformed.")
        salt, factor = decode64(stanza.arguments[0]), stanza.arguments[1]
        if len(salt) != SCRYPT_SALT_LENGTH or not factor.isdecimal() or factor[0] == "0" or len(factor) > 2:
            raise Damaged("The header of the sealed file is malformed.")
        if int(factor) > self.max_work_factor:
            raise Damaged("The sealed file asks for more work to check its passphrase than is allowed here.")
        try:
            return ChaCha20Poly1305(self._key(salt, int(factor))).decrypt(ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None

    def _key(self, salt: bytes, work_factor: int) -> bytes:
        return Scrypt(salt=SCRYPT_LABEL + salt, length=32, n=1 << work_factor, r=8, p=1).derive(utf8(self.text))
