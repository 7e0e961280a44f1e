"""Ways to spoil bytes: all of them for small things, and as many by chance as one likes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence


def every(blob: bytes, others: Sequence[bytes] = (), *, fixed: bool = False) -> Iterator[bytes]:
    """Yield each flipped bit, each cut at either end, each byte left out, doubled or exchanged with its neighbour, what
    can be put before and behind, and each splice with `others` (sealed things of the same kind) at every place.

    With `fixed` the length stays, for what is stored in a column of one length.
    """
    size = len(blob)
    for bit in range(8 * size):
        yield blob[: bit // 8] + bytes((blob[bit // 8] ^ 1 << bit % 8,)) + blob[bit // 8 + 1 :]
    for at in range(size - 1):
        yield blob[:at] + blob[at + 1 : at + 2] + blob[at : at + 1] + blob[at + 2 :]
    for at in range(size):
        for value in (0, 0xFF):
            yield blob[:at] + bytes((value,)) + blob[at + 1 :]
    for other in others:
        for at in range(min(size, len(other)) + 1):
            yield blob[:at] + other[at:]
            yield other[:at] + blob[at:]
    if fixed:
        return
    for at in range(size):
        yield blob[:at]
        yield blob[at + 1 :]
        yield blob[:at] + blob[at + 1 :]
        yield blob[: at + 1] + blob[at:]
    for more in (b"\0", b"\n", b" ", b"\r\n", bytes(16), bytes(64), blob):
        yield blob + more
        yield more + blob


def by_chance(blob: bytes, others: Sequence[bytes], luck: random.Random, *, fixed: bool = False) -> Iterator[bytes]:
    """Yield one spoilt copy after the other, without end: one to four changes of any kind at any place."""
    kinds = ("set", "flip", "copy", "splice") if fixed else ("set", "flip", "copy", "splice", "cut", "add", "move")
    while True:
        spoilt = bytearray(blob)
        for _ in range(luck.randint(1, 4)):
            _spoil(spoilt, luck.choice(kinds), others, luck)
        if fixed:
            spoilt = (spoilt + blob)[: len(blob)]
        yield bytes(spoilt)


def _spoil(spoilt: bytearray, kind: str, others: Sequence[bytes], luck: random.Random) -> None:
    if not spoilt:
        return
    at, length = luck.randrange(len(spoilt)), luck.choice((1, 1, 2, 4, 16, 64))
    if kind == "set":
        spoilt[at] = luck.randrange(256)
    elif kind == "flip":
        spoilt[at] ^= 1 << luck.randrange(8)
    elif kind == "copy":
        start = luck.randrange(len(spoilt))
        part = spoilt[start : start + length]
        spoilt[at : at + len(part)] = part
    elif kind == "splice":
        other = luck.choice(others) if others else bytes(spoilt)[::-1]
        spoilt[at : at + length] = other[at : at + length]
    elif kind == "cut":
        del spoilt[at : at + length]
    elif kind == "add":
        spoilt[at:at] = luck.choice((luck.randbytes(length), b"\n", b"\r", b" ", b"-> ", b"---", b"=", b"\0", b"1"))
    else:
        part = spoilt[at : at + length]
        del spoilt[at : at + length]
        to = luck.randint(0, len(spoilt))
        spoilt[to:to] = part
