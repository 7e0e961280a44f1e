"""A member's seed between two requests: sealed on the server under a key that only her cookie holds.

The server keeps the box under SHA-256(session id) and never the key; neither half alone opens anything.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import WrongKey
from caseflow.vault.fields import derive_key, exactly, fields, open_box, seal_box

SESSION_VERSION = 1
SESSION_LABEL = "caseflow/v1/session"


def seal_seed(seed: bytes, k: bytes, sid_hash: bytes) -> bytes:
    """Return the seed (32 bytes) sealed under the cookie's key `k` for the session `sid_hash` (61 bytes)."""
    exactly(seed, 32, "an identity seed")
    return seal_box(_cipher(k), SESSION_VERSION, seed, fields(SESSION_LABEL, bytes(sid_hash)))


def open_seed(blob: bytes, k: bytes, sid_hash: bytes) -> bytes:
    """Return the seed. Raises WrongKey if key or session do not fit, Damaged if malformed."""
    seed = open_box(_cipher(k), SESSION_VERSION, blob, fields(SESSION_LABEL, bytes(sid_hash)))
    if seed is None:
        raise WrongKey("The session's key does not fit. Please sign in again.")
    return seed


def _cipher(k: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive_key(exactly(k, 32, "a session key"), fields(SESSION_LABEL)))
