"""A secret in shares, any few of which give it back and fewer of which tell nothing: Shamir's scheme over GF(256).

Each byte of the secret is the value at 0 of a random polynomial of degree threshold - 1; share number x holds the values
at x. The field is that of AES (x^8 + x^4 + x^3 + x + 1). Source: A. Shamir, "How to share a secret", CACM 22 (1979);
the same field and layout as draft-mcgrew-tss-03, whose test vector the tests check.

No library is used: what is kept well (shamir-mnemonic, SLIP-39) calls itself unfit for secrets in use, others lack a
checksum for each share. Splitting and joining happen offline, so that timing tells nobody anything.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from caseflow.vault import bech32
from caseflow.vault.errors import Damaged, WrongKey
from caseflow.vault.fields import exactly

SHARE_PREFIX = "CASEFLOW-SHARE-"
SHARE_VERSION = 1
SECRET_LENGTH = 32
TAG_LENGTH = 4
MOST = 16
MAX_TYPED = 400
GROUP = 4
_HEAD = 4  # version, threshold, number of shares, number of this share


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        doubled = value << 1
        value ^= doubled ^ (0x11B if doubled & 0x100 else 0)  # times 3, which generates the whole field
    return powers, logs


_POWERS, _LOGS = _tables()


def multiply(a: int, b: int) -> int:
    """Return the product of two elements of GF(256)."""
    return _POWERS[_LOGS[a] + _LOGS[b]] if a and b else 0


def divide(a: int, b: int) -> int:
    """Return a divided by b in GF(256); b is not 0."""
    if b == 0:
        raise ZeroDivisionError("division by the zero of GF(256)")
    return _POWERS[_LOGS[a] - _LOGS[b] + 255] if a else 0


@dataclass(frozen=True, slots=True)
class Share:
    """Share `number` (from 1) of `shares`, `threshold` of which give the secret of the key named by `tag` (4 bytes)."""

    tag: bytes
    threshold: int
    shares: int
    number: int
    value: bytes = field(repr=False)

    def __str__(self) -> str:
        """Return the text on paper: bech32 with its checksum, in groups of four."""
        head = bytes((SHARE_VERSION, self.threshold, self.shares, self.number))
        text = bech32.encode(SHARE_PREFIX, head + self.tag + self.value)
        rest = text[len(SHARE_PREFIX) + 1 :]
        groups = " ".join(rest[i : i + GROUP] for i in range(0, len(rest), GROUP))
        return f"{SHARE_PREFIX}1 {groups}"

    @classmethod
    def parse(cls, text: str) -> Share:
        """Read a share as people type it: any case, spaces and line breaks anywhere. Raises Damaged, in words."""
        if len(text) > MAX_TYPED:
            raise Damaged("This is too long for a share of a recovery key.")
        prefix, data = bech32.decode("".join(text.split()).upper())
        if prefix != SHARE_PREFIX or len(data) != _HEAD + TAG_LENGTH + SECRET_LENGTH:
            raise Damaged("This is not a share of a recovery key (CASEFLOW-SHARE-1…).")
        version, threshold, shares, number = data[:_HEAD]
        if version != SHARE_VERSION or not 2 <= threshold <= shares <= MOST or not 1 <= number <= shares:
            raise Damaged("This share has a form that this program does not know.")
        return cls(data[_HEAD : _HEAD + TAG_LENGTH], threshold, shares, number, data[_HEAD + TAG_LENGTH :])


def split(secret: bytes, *, shares: int, threshold: int, tag: bytes) -> list[Share]:
    """Return `shares` shares of a secret of 32 bytes, any `threshold` of which give it back."""
    exactly(secret, SECRET_LENGTH, "a secret to be shared")
    exactly(tag, TAG_LENGTH, "a share's tag")
    if not 2 <= threshold <= shares <= MOST:
        raise ValueError("a threshold is from 2 to the number of shares, which are at most 16")
    values = split_bytes(secret, shares=shares, threshold=threshold)
    return [Share(tag, threshold, shares, number, value) for number, value in enumerate(values, 1)]


def split_bytes(secret: bytes, *, shares: int, threshold: int) -> list[bytes]:
    """Return the values of the shares 1, 2, … of any bytes."""
    random = os.urandom(len(secret) * (threshold - 1))
    columns = [bytes((byte,)) + random[i * (threshold - 1) :][: threshold - 1] for i, byte in enumerate(secret)]
    return [bytes(_at(column, number) for column in columns) for number in range(1, shares + 1)]


def join(shares: Sequence[Share]) -> tuple[bytes, bytes]:
    """Return the secret and its tag. Raises Damaged when they are too few, of two keys, or one was forged."""
    first = shares[0] if shares else None
    if first is None or any(
        (s.tag, s.threshold, s.shares) != (first.tag, first.threshold, first.shares) for s in shares
    ):
        raise WrongKey("These shares do not belong to one key.")
    known = {share.number: share.value for share in shares}
    if any(known[share.number] != share.value for share in shares):
        raise Damaged("Two of these shares have the same number and differ.")
    if len(known) < first.threshold:
        raise WrongKey(f"{first.threshold} different shares are needed; these are {len(known)}.")
    used = dict(sorted(known.items())[: first.threshold])
    for number, value in known.items():
        if number not in used and join_bytes(used, at=number) != value:
            raise Damaged("One of these shares was changed: they do not fit together.")
    return join_bytes(used), first.tag


def join_bytes(values: dict[int, bytes], *, at: int = 0) -> bytes:
    """Return the bytes at the place `at` (0: the secret) of the polynomials through `values` (number -> value)."""
    weights = {}
    for i in values:
        weight = 1
        for j in values:
            if j != i:
                weight = multiply(weight, divide(at ^ j, i ^ j))
        weights[i] = weight
    length = len(next(iter(values.values())))
    result = bytearray(length)
    for i, value in values.items():
        for k in range(length):
            result[k] ^= multiply(weights[i], value[k])
    return bytes(result)


def _at(coefficients: bytes, x: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = multiply(value, x) ^ coefficient
    return value
