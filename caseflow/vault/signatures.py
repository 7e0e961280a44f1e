"""Ed25519 signatures, checked more strictly than the library does: a key that fits every message is no key.

Source: RFC 8032; the seven refused values are those of libsodium's `ge25519_has_small_order`.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from caseflow.vault.errors import Damaged

FIELD = 2**255 - 19
# The y of every point of small order, also as written without reduction. Under such a key one signature, made without
# any secret, fits any message (or every eighth): whoever registers one could say later that somebody else signed.
SMALL_ORDER = frozenset(
    {
        0,
        1,
        FIELD - 1,
        FIELD,
        FIELD + 1,
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
    }
)


def verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Return if the signature (64 bytes) over `message` is by the key `public` (32 bytes). Raises Damaged."""
    try:
        if int.from_bytes(public, "little") % 2**255 in SMALL_ORDER:
            raise Damaged("This public key would fit any signature.")
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Damaged("The signature does not fit what was signed.") from None
