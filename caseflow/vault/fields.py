"""The vault's three small constructions, each in one place: fields, derived keys, boxes.

Fields: a sequence of values as bytes that no other sequence has. Keys: HKDF-SHA256 with a label for every use.
Boxes: version byte, random nonce, ChaCha20-Poly1305.
"""

from __future__ import annotations

import hmac
import os
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from caseflow.vault.errors import Damaged, VaultError

KEY_LENGTH = 32
NONCE_LENGTH = 12
TAG_LENGTH = 16
MAX_NUMBER = 2**63 - 1
_SHORT = 256
_TEXT_HEADS = tuple(b"s" + length.to_bytes(4, "big") for length in range(_SHORT))


def fields(*values: str | bytes | int) -> bytes:
    """Return the values as one unambiguous byte string.

    Each is a letter for its kind (s, b, i), a length of four bytes, big-endian, and its bytes: UTF-8 for text,
    eight bytes big-endian for a number from 0 to 2**63-1. The number of values is fixed by the label that
    comes first, so no two different sequences share an encoding.
    """
    parts: list[bytes] = []
    for value in values:
        if isinstance(value, str):
            try:  # not `utf8(value)`: a list of fifty titles comes by here a thousand times
                content = value.encode()
            except UnicodeEncodeError:
                content = utf8(value)
            if len(content) < _SHORT:  # ids and labels, which every sealed value has: their heads are at hand
                parts.append(_TEXT_HEADS[len(content)])
                parts.append(content)
                continue
            kind = b"s"
        elif isinstance(value, bytes):
            kind, content = b"b", value
        elif type(value) is int:  # not a bool, which is an int to isinstance
            if not 0 <= value <= MAX_NUMBER:
                raise ValueError("a number in a sealed place is between 0 and 2**63-1")
            kind, content = b"i", value.to_bytes(8, "big")
        else:
            raise TypeError(f"a sealed place holds text, bytes and numbers, not {type(value).__name__}")
        parts.append(kind + len(content).to_bytes(4, "big"))
        parts.append(content)
    return b"".join(parts)


def utf8(text: str) -> bytes:
    """Return the text in UTF-8. Raises VaultError for half a surrogate pair, which browsers and JSON can send."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise VaultError("The text contains half a character and cannot be stored.") from None


def derive_key(secret: bytes, info: bytes, *, salt: bytes = b"") -> bytes:
    """Return 32 bytes: HKDF-SHA256 (RFC 5869) of a secret that is already uniformly random."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_LENGTH, salt=salt, info=info).derive(secret)


def exactly(value: bytes, length: int, what: str) -> bytes:
    """Return `value` as bytes, or raise ValueError: a key of another length is an error of the caller."""
    if len(value) != length:
        raise ValueError(f"{what} has {length} bytes, not {len(value)}")
    return bytes(value)


class Secret:
    """What holds a secret by value: compared in the same time whatever it holds, and never pickled or copied away.

    A subclass says in `_secret` which bytes it is; its repr must not show them.
    """

    __slots__ = ()

    def _secret(self) -> bytes:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and hmac.compare_digest(self._secret(), other._secret())

    def __hash__(self) -> int:
        return hash(self._secret())

    def __reduce__(self) -> NoReturn:
        """Refuse pickling: a secret travels sealed or not at all."""
        raise TypeError("secrets are not pickled")


def seal_box(cipher: ChaCha20Poly1305, version: int, plain: bytes, bound_to: bytes) -> bytes:
    """Return version byte, nonce (12), ciphertext and tag (16); `bound_to` and the version are authenticated too.

    The nonce is random. With one key for at most 2**32 boxes the chance that any two nonces meet is below 2**-32
    (NIST SP 800-38D uses the same bound for 96 random bits); every key here seals thousands, not billions.
    """
    head = bytes((version,))
    nonce = os.urandom(NONCE_LENGTH)
    return head + nonce + cipher.encrypt(nonce, plain, head + bound_to)


def open_box(cipher: ChaCha20Poly1305, version: int, box: bytes, bound_to: bytes) -> bytes | None:
    """Return the content, None if key or place do not fit. Raises Damaged for a wrong form or unknown version."""
    if len(box) < 1 + NONCE_LENGTH + TAG_LENGTH:
        raise Damaged("What was sealed is cut short.")
    if box[0] != version:
        raise Damaged("What was sealed has a version that this program does not know.")
    try:
        return cipher.decrypt(box[1 : 1 + NONCE_LENGTH], box[1 + NONCE_LENGTH :], box[:1] + bound_to)
    except InvalidTag:
        return None
