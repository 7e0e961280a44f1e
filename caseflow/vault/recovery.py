"""The recovery code: 160 random bits on paper that open a member's seed when the passphrase is lost.

There is no slow KDF here, because there is nothing to slow down: guessing 160 random bits takes 2**160 attempts
whatever one attempt costs, and a slow one would only let strangers keep the server busy. HKDF gives the wrapping key.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import Secret, derive_key, exactly, fields, open_box, seal_box
from caseflow.vault.identity import Identity

CODE_LENGTH = 20
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
SYMBOLS = 36  # 32 of the code, 4 of the checksum
CHECK_BITS = 20
GROUP = 4
MAX_TYPED = 256
RECOVERY_VERSION = 1
RECOVERY_LABEL = "caseflow/v1/recovery"
CHECK_LABEL = "caseflow/v1/recovery-check"
FILE_LABEL = "caseflow/v1/recovery-file"
READ_AS = {"O": "0", "I": "1", "L": "1"}
# What looks the same on a Russian or Kazakh keyboard, for a code that is typed without switching.
CYRILLIC = dict(zip("АВЕЗКМНОРСТУХІЅЈҮ", "ABE3KMH0PCTYX1SJY", strict=True))


class RecoveryCode(Secret):
    """A recovery code. `str()` is what is printed: nine groups of four; its repr shows nothing."""

    __slots__ = ("secret",)

    def __init__(self, secret: bytes) -> None:
        self.secret = exactly(secret, CODE_LENGTH, "a recovery code")

    @classmethod
    def generate(cls) -> RecoveryCode:
        """Return a new random code."""
        return cls(os.urandom(CODE_LENGTH))

    @classmethod
    def parse(cls, text: str) -> RecoveryCode:
        """Read a code as people type it: any case, spaces and dashes, O for 0, I or L for 1, Cyrillic look-alikes.

        Raises Damaged for anything with a typing error; the checksum finds all but one in a million.
        """
        if len(text) > MAX_TYPED:
            raise Damaged("This is too long for a recovery code.")
        symbols = [
            _symbol(character)
            for character in unicodedata.normalize("NFKC", text).upper()
            if not (character.isspace() or unicodedata.category(character) == "Pd" or character in "_.\u2212")
        ]
        if len(symbols) != SYMBOLS:
            raise Damaged(f"A recovery code has {SYMBOLS} letters and digits; this one has {len(symbols)}.")
        number = 0
        for value in symbols:
            number = number << 5 | value
        secret = (number >> CHECK_BITS).to_bytes(CODE_LENGTH, "big")
        if number & (1 << CHECK_BITS) - 1 != _check(secret):
            raise Damaged("The recovery code has a typing error: its last group does not fit.")
        return cls(secret)

    def wrap_seed(self, seed: bytes, member: str) -> bytes:
        """Return the member's seed sealed under this code (61 bytes)."""
        exactly(seed, 32, "an identity seed")
        return seal_box(self._cipher(member), RECOVERY_VERSION, seed, fields(RECOVERY_LABEL, member))

    def unwrap_seed(self, wrapped: bytes, member: str) -> bytes:
        """Return the seed. Raises WrongKey if this is another code or another member, Damaged if malformed."""
        seed = open_box(self._cipher(member), RECOVERY_VERSION, wrapped, fields(RECOVERY_LABEL, member))
        if seed is None:
            raise WrongKey("This recovery code does not open this member's keys.")
        return seed

    @property
    def age_identity(self) -> Identity:
        """The code as a recipient of files: what is sealed to it opens with the `age` command and the code alone.

        It is another key than the one that wraps the seed, so who opens a file with it learns nothing of the seed.
        """
        return Identity(derive_key(self.secret, fields(FILE_LABEL)))

    def _cipher(self, member: str) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(derive_key(self.secret, fields(RECOVERY_LABEL, member)))

    def __str__(self) -> str:
        number = int.from_bytes(self.secret, "big") << CHECK_BITS | _check(self.secret)
        text = "".join(ALPHABET[number >> 5 * (SYMBOLS - 1 - i) & 31] for i in range(SYMBOLS))
        return "-".join(text[i : i + GROUP] for i in range(0, SYMBOLS, GROUP))

    def __repr__(self) -> str:
        return "<RecoveryCode>"

    def _secret(self) -> bytes:
        return self.secret


def _symbol(character: str) -> int:
    character = CYRILLIC.get(character, character)
    value = ALPHABET.find(READ_AS.get(character, character))
    if value < 0:
        raise Damaged("The recovery code contains a character that no code contains.")
    return value


def _check(secret: bytes) -> int:
    """Return 20 bits of a hash: it tells a typing error from a wrong code and reveals nothing useful of the code."""
    return int.from_bytes(hashlib.sha256(fields(CHECK_LABEL, secret)).digest()[:3], "big") >> 4
