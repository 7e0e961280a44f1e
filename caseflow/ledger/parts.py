"""Checking a part of the rows: what one of several processes does, with nothing but the address of the database.

Rows are read as plain columns and never become objects; a block of 8,192 rows at a time is what is told to the caller.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from caseflow.ledger import rules
from caseflow.ledger.signers import Key
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberPublic, verify
from caseflow.vault.merkle import Frontier

BLOCK = 8192
RUN = 256
MISSING = "a row is missing"
BEFORE = "a row stands before the first one"
UNSIGNED = "it does not carry the signature of who acted"
_ROWS = text(
    "SELECT seq, at, actor_id, role, verb, result, subject, safe_id, public, commitment, previous, leaf, chained,"
    " signature, version, opening_sealed FROM events WHERE seq >= :first AND seq <= :last ORDER BY seq"
)
_NODES = text("SELECT number, hash FROM tree_nodes WHERE level = 8 AND number >= :first AND number < :last")


@dataclass(frozen=True)
class Fault:
    """Where the ledger is not whole and how; `seq` is the number of a row, or of rows for a checkpoint."""

    seq: int
    what: str
    place: str = "row"

    def __str__(self) -> str:
        return f"{self.place} {self.seq}: {self.what}" if self.seq else self.what


@dataclass(frozen=True)
class Part:
    """What to check: blocks `first` to before `last` of the `rows` rows that there were at the beginning.

    `keys` are those of each member and the rows they count for; `sizes` the sizes at which somebody wants the tree; `known` the
    digests of blocks whose signatures were verified before.
    """

    url: str
    instance: str
    rows: int
    first: int
    last: int
    keys: Mapping[str, tuple[Key, ...]]
    sizes: frozenset[int]
    known: Mapping[int, str]


@dataclass
class Block:
    """What was found: faults, the peaks of the tree over the block at its end and at `sizes`, a digest of signatures."""

    number: int
    faults: list[Fault] = field(default_factory=list)
    peaks: list[bytes] = field(default_factory=list)
    at_sizes: dict[int, list[bytes]] = field(default_factory=dict)
    digest: str = ""


def check(part: Part) -> list[Block]:
    """Check the blocks of `part` on a connection of its own."""
    engine = create_engine(part.url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return check_on(connection, part)
    finally:
        engine.dispose()


def check_on(connection: Connection, part: Part) -> list[Block]:
    """Check the blocks of `part` on `connection`."""
    signers = {who: [(key, MemberPublic.from_bytes(key.public)) for key in keys] for who, keys in part.keys.items()}
    chained = _chained_before(connection, part.first * BLOCK)
    found = []
    for number in range(part.first, part.last):
        block, chained = _block(connection, part, number, chained, signers)
        found.append(block)
    return found


Signers = Mapping[str, Sequence[tuple[Key, MemberPublic]]]


def _chained_before(connection: Connection, seq: int) -> bytes:
    if seq == 0:
        return rules.START
    before = text("SELECT chained FROM events WHERE seq = :seq")
    return bytes(connection.execute(before, {"seq": seq}).scalar() or b"")


def _block(connection: Connection, part: Part, number: int, chained: bytes, signers: Signers) -> tuple[Block, bytes]:
    start, end = number * BLOCK, min((number + 1) * BLOCK, part.rows)
    block, digest, signed, expected = Block(number), hashlib.sha256(), [], start + 1
    growing = _Growing(block, part.sizes, _stored(connection, start, end))
    for row in connection.execute(_ROWS, {"first": start + 1, "last": end}):
        seq, leaf, signature = row[0], bytes(row[11]), row[13]
        block.faults += [Fault(seq, what) for what in _wrong(part.instance, row, leaf, chained)]
        if seq != expected:
            block.faults.append(Fault(expected, MISSING))
        if signature is not None:
            keys = [each for each in signers.get(row[2], ()) if each[0].may_sign(seq, row[4], row[5])]
            digest.update(leaf + bytes(signature) + b"".join(key.public for key, _public in keys))
            signed.append((seq, leaf, bytes(signature), keys))
        growing.append(seq, leaf)
        chained, expected = bytes(row[12]), seq + 1
    if expected != end + 1:
        block.faults.append(Fault(expected, MISSING))
    block.peaks = growing.peaks()
    block.digest = digest.hexdigest()
    if part.known.get(number) != block.digest:
        block.faults += [Fault(seq, UNSIGNED) for seq, leaf, given, keys in signed if not _signed(leaf, given, keys)]
    return block, chained


def _wrong(instance: str, row: Any, leaf: bytes, chained: bytes) -> Iterator[str]:
    """Yield what is wrong with one row after a row with the chain value `chained`; its signature is checked apart."""
    if bytes(row[10]) != chained:
        yield "it does not follow the row before it"
    if rules.leaf_of(_bytes(instance, row)) != leaf:
        yield "its fields were changed"
    if rules.chain(bytes(row[10]), leaf) != bytes(row[12]):
        yield "its chain value was changed"
    if row[14] == 1 and row[15] is None and row[4] in rules.DETAILED and row[2] is not None and row[5] == "done":
        yield "its details were taken away"
    if row[13] is None and not may_be_unsigned(row[2], row[5], row[4]):
        yield UNSIGNED


class _Growing:
    """The tree over one block, and what is stored of it."""

    def __init__(self, block: Block, sizes: frozenset[int], nodes: Mapping[int, bytes]) -> None:
        self.block, self.sizes, self.nodes = block, sizes, nodes
        self.whole, self.run = Frontier(), Frontier()

    def append(self, seq: int, leaf: bytes) -> None:
        self.run.append(leaf)
        if seq in self.sizes:
            self.block.at_sizes[seq] = self.peaks()
        if self.run.size == RUN:
            node = self.run.peaks[0]
            if self.nodes.get((seq - 1) // RUN, node) != node:
                self.block.faults.append(Fault(seq, "the stored tree says something else about the 256 rows before it"))
            self.whole.append(node)
            self.run = Frontier()

    def peaks(self) -> list[bytes]:
        return [*self.whole.peaks, *self.run.peaks]


def may_be_unsigned(actor: str | None, result: str, verb: str) -> bool:
    """Tell whether a row needs no signature: refusals may meet a locked member, and a locked session may be ended."""
    return actor is None or result != "done" or verb in rules.UNSIGNED


def _signed(leaf: bytes, signature: bytes, keys: Sequence[tuple[Key, MemberPublic]]) -> bool:
    for _key, public in reversed(keys):
        try:
            verify(public, leaf, signature, purpose="ledger")
        except VaultError:
            continue
        return True
    return False


def _stored(connection: Connection, start: int, end: int) -> dict[int, bytes]:
    nodes = connection.execute(_NODES, {"first": start // RUN, "last": end // RUN})
    return {number: bytes(node) for number, node in nodes}


def _bytes(instance: str, row: Any) -> bytes:
    """Return the bytes of a row from its plain columns: those of `rules.row_bytes`, written the short way."""
    _seq, at, actor, role, verb, result, subject, safe, public, commitment, previous = row[:11]
    version, opening = row[14:]
    return (
        f'{{"actor":{_text(actor)},"at":"{_moment(at)}","commitment":"{bytes(commitment).hex()}",'
        f'"instance":{_text(instance)},{_opening(opening) if version != 1 else ""}"previous":"{bytes(previous).hex()}","public":{_facts(public)},'
        f'"result":{_text(result)},"role":{_text(role)},"safe":{_text(safe)},"seq":{row[0]},'
        f'"subject":{_text(subject)},"v":{version},"verb":{_text(verb)}}}'
    ).encode()


def _opening(opening: bytes | None) -> str:
    return '"opening":null,' if opening is None else f'"opening":"{rules.opening_hash(bytes(opening))}",'


@lru_cache(maxsize=4096)
def _text(value: str | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _moment(at: datetime | str) -> str:
    # SQLite keeps text, always with six digits; a moment without a fraction is written without one.
    if isinstance(at, str):
        return at.replace(" ", "T").removesuffix(".000000") + "+00:00"
    return at.astimezone(UTC).isoformat()


def _facts(public: Any) -> str:
    return _facts_of_text(public) if isinstance(public, str) else rules.canonical(public).decode()


@lru_cache(maxsize=4096)
def _facts_of_text(public: str) -> str:
    return rules.canonical(json.loads(public)).decode()
