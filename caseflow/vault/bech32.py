"""Bech32 as age uses it: BIP 173 with its checksum, but without the limit of 90 characters.

Strict: one case only, no unknown character, no wrong padding. Source: BIP 173; C2SP age, "native recipient types".
"""

from __future__ import annotations

from collections.abc import Iterable

from caseflow.vault.errors import Damaged

CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
VALUES = {character: value for value, character in enumerate(CHARSET)}
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM_LENGTH = 6
MAX_LENGTH = 1024  # far above any key we read; a bound on work, not part of BIP 173


def encode(prefix: str, data: bytes) -> str:
    """Return `data` (any length) in bech32 under `prefix`; the case of `prefix` decides the case of the whole."""
    lower = prefix.lower()
    if prefix not in (lower, prefix.upper()) or not _is_prefix(lower):
        raise ValueError("a bech32 prefix is printable ASCII of one case")
    values = _regroup(data, 8, 5, pad=True)
    text = lower + "1" + "".join(CHARSET[v] for v in values + _checksum(lower, values))
    return text if prefix == lower else text.upper()


def decode(text: str) -> tuple[str, bytes]:
    """Return (prefix as written, data). Raises Damaged for anything BIP 173 forbids."""
    if len(text) > MAX_LENGTH:
        raise Damaged("The key is too long.")
    if not text.isascii():  # the Kelvin sign, for one, is a k in small letters
        raise Damaged("The key contains a character that no key contains.")
    lower = text.lower()
    if text not in (lower, text.upper()):
        raise Damaged("The key mixes capital and small letters.")
    split = lower.rfind("1")
    if split < 1 or len(lower) - split - 1 < CHECKSUM_LENGTH or not _is_prefix(lower[:split]):
        raise Damaged("The key is incomplete.")
    try:
        values = [VALUES[character] for character in lower[split + 1 :]]
    except KeyError:
        raise Damaged("The key contains a character that no key contains.") from None
    if _polymod(_expand(lower[:split]) + values) != 1:
        raise Damaged("The key has a typing error: its checksum does not fit.")
    return text[:split], bytes(_regroup(values[:-CHECKSUM_LENGTH], 5, 8, pad=False))


def _is_prefix(prefix: str) -> bool:
    return bool(prefix) and all(33 <= ord(character) <= 126 for character in prefix)


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(GENERATOR):
            if top >> bit & 1:
                check ^= term
    return check


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _checksum(prefix: str, values: list[int]) -> list[int]:
    check = _polymod([*_expand(prefix), *values, *[0] * CHECKSUM_LENGTH]) ^ 1
    return [check >> 5 * (CHECKSUM_LENGTH - 1 - i) & 31 for i in range(CHECKSUM_LENGTH)]


def _regroup(data: Iterable[int], width: int, wanted: int, *, pad: bool) -> list[int]:
    """Regroup bits; without `pad` the rest must be shorter than one input group and all zero (BIP 173)."""
    held = bits = 0
    out: list[int] = []
    for value in data:
        held = held << width | value
        bits += width
        while bits >= wanted:
            bits -= wanted
            out.append(held >> bits & (1 << wanted) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        out.append(held << wanted - bits)
    elif not pad and (bits >= width or held):
        raise Damaged("The key has wrong padding.")
    return out
