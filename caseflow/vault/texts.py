"""Sealed texts: one value of one column, bound to its place so that it opens nowhere else.

Key: HKDF of the safe's text key with table and column. The place (instance, table, column, row, safe, epoch) is
authenticated but not stored; the caller knows it. The length is rounded up before sealing, see `padded_length`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from caseflow.vault.errors import Damaged, VaultError
from caseflow.vault.fields import NONCE_LENGTH, TAG_LENGTH, derive_key, exactly, fields, open_box, seal_box, utf8

TEXT_VERSION = 1
TEXT_LABEL = "caseflow/v1/text"
MAX_TEXT = 4 * 1024 * 1024  # bytes of UTF-8
SMALL_STEP = 32
SMALL = 256
END_MARK = b"\x80"  # ISO/IEC 7816-4 padding: this byte, then zeros


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a sealed text stands. All ids are texts; `epoch` is the safe's epoch in which it was sealed."""

    instance: str
    table: str
    column: str
    row: str
    safe: str
    epoch: int


class TextKey:
    """A safe's text key with the ciphers derived from it, for many texts of one safe.

    Deriving costs three microseconds; this keeps them as long as its holder lives (a request). There is no cache for
    the whole process on purpose: it would keep the keys of members who have signed out in the server's memory.
    """

    __slots__ = ("_ciphers", "_key")

    def __init__(self, key: bytes) -> None:
        self._key = exactly(key, 32, "a text key")
        self._ciphers: dict[tuple[str, str], ChaCha20Poly1305] = {}

    def cipher(self, table: str, column: str) -> ChaCha20Poly1305:
        """Return the cipher of one column."""
        cipher = self._ciphers.get((table, column))
        if cipher is None:
            key = derive_key(self._key, _column(table, column))
            cipher = self._ciphers[table, column] = ChaCha20Poly1305(key)
        return cipher


def seal_text(text_key: bytes | TextKey, value: str, *, place: TextPlace) -> bytes:
    """Return the value sealed for its place: 29 bytes more than `padded_length` of its UTF-8.

    Raises VaultError for a value above 4 MiB or with half a surrogate pair.

    The nonce is 96 random bits. A key serves one column of one safe in one epoch: thousands of values, so two equal
    nonces are less likely than 2**-70; even a million values stay below 2**-56.
    """
    content = utf8(value)
    if len(content) > MAX_TEXT:
        raise VaultError("The text is too long to be kept here.")
    plain = (content + END_MARK).ljust(padded_length(len(content)), b"\x00")
    return seal_box(_cipher(text_key, place), TEXT_VERSION, plain, _bound(place))


def open_text(text_key: bytes | TextKey, sealed: bytes, *, place: TextPlace) -> str:
    """Return the value. Raises Damaged if it was altered, sealed for another place or under another key."""
    if len(sealed) > MAX_SEALED:
        raise Damaged("The sealed text is longer than any that was ever sealed.")
    plain = open_box(_cipher(text_key, place), TEXT_VERSION, sealed, _bound(place))
    if plain is None:
        raise Damaged("The text was altered or does not belong here.")
    content = plain.rstrip(b"\x00")
    if not content.endswith(END_MARK) or len(plain) != padded_length(len(content) - 1):
        raise Damaged("The text was sealed in a wrong form.")
    try:
        return content[:-1].decode()
    except UnicodeDecodeError:
        raise Damaged("The text was sealed in a wrong form.") from None


def padded_length(length: int) -> int:
    """Return the length that is sealed for a value of `length` bytes: the exact length must not tell names apart.

    With its end mark it is rounded up to a multiple of 32 bytes up to 256, above that to a multiple of an eighth of
    the next lower power of two (at most 12.5 % more; the idea of Padmé, PURBs, PETS 2019).
    """
    needed = length + 1
    step = SMALL_STEP if needed <= SMALL else 1 << ((needed - 1).bit_length() - 4)
    return -(-needed // step) * step


MAX_SEALED = 1 + NONCE_LENGTH + TAG_LENGTH + padded_length(MAX_TEXT)


def _cipher(text_key: bytes | TextKey, place: TextPlace) -> ChaCha20Poly1305:
    key = text_key if isinstance(text_key, TextKey) else TextKey(text_key)
    return key.cipher(place.table, place.column)


def _bound(place: TextPlace) -> bytes:
    return _column(place.instance, place.table, place.column) + fields(place.row, place.safe, place.epoch)


@lru_cache(maxsize=512)
def _column(*names: str) -> bytes:
    """Return the beginning that all places of a column share."""
    return fields(TEXT_LABEL, *names)
