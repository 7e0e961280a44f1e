"""A member's seed on its way back to her: sealed under the secret in a link that only she gets.

The secret has 256 random bits, so there is no slow KDF: guessing takes 2**256 attempts whatever one attempt costs.
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import WrongKey
from caseflow.vault.fields import derive_key, exactly, fields, open_box, seal_box

REOPENING_VERSION = 1
REOPENING_LABEL = "caseflow/v1/reopening"


def seal_seed_with(token: str, seed: bytes, member: str) -> bytes:
    """Return the seed sealed under the link's token (61 bytes)."""
    exactly(seed, 32, "an identity seed")
    return seal_box(_cipher(token, member), REOPENING_VERSION, seed, fields(REOPENING_LABEL, member))


def open_seed_with(token: str, sealed: bytes, member: str) -> bytes:
    """Return the seed. Raises WrongKey for another token or member, Damaged if malformed."""
    seed = open_box(_cipher(token, member), REOPENING_VERSION, sealed, fields(REOPENING_LABEL, member))
    if seed is None:
        raise WrongKey("This link does not open this member's keys.")
    return seed


def _cipher(token: str, member: str) -> ChaCha20Poly1305:
    # The server keeps SHA-256 of the token; hashing once more under a label gives a key that this does not tell.
    secret = hashlib.sha256(fields(REOPENING_LABEL, token)).digest()
    return ChaCha20Poly1305(derive_key(secret, fields(REOPENING_LABEL, member)))
