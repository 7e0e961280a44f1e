"""The Merkle tree over the rows (RFC 6962): roots and proofs of any size, from few rows read.

The leaves are the rows' own; of the nodes above, only those over complete blocks of 256, 256 x 256, … are stored, when
a checkpoint is made. So an act pays nothing for the tree, an old database needs no conversion, and a proof reads at
most two runs of 256 hashes a level: what is not stored yet is computed from what lies below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, insert, select

from caseflow.kernel.db import db
from caseflow.ledger.models import Event, TreeNode
from caseflow.vault import merkle

BITS = 8
BLOCK = 1 << BITS
LEVELS = (24, 16, 8, 0)
_AT_ONCE = 10_000


class RowsMissing(Exception):
    """The ledger has fewer rows than it is said to have."""


def rows() -> int:
    """Return the number of the last row: the size of the whole tree."""
    return db.session.scalar(select(func.max(Event.seq))) or 0


def root(size: int) -> bytes:
    """Return the root (32 bytes) over the first `size` rows. Raises `RowsMissing`."""
    return Tree().root(size)


def inclusion(seq: int, size: int) -> list[bytes]:
    """Return the audit path of row `seq` (from 1) in the tree of `size` rows, the lowest hash first.

    Raises `ValueError` when the row is not one of them, `RowsMissing` when there are fewer rows.
    """
    tree = Tree()
    return [tree.part(start, end) for start, end in merkle.inclusion_path(seq - 1, size)]


def consistency(old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of `old` rows grew into that of `new` rows. Raises as `inclusion` does."""
    tree = Tree()
    return [tree.part(start, end) for start, end in merkle.consistency_path(old, new)]


class Tree:
    """The tree as it is read for one question: each run of 256 hashes of a level is read once."""

    def __init__(self) -> None:
        self._runs: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` rows. Raises `RowsMissing`."""
        return self.part(0, size) if size else merkle.EMPTY_ROOT

    def part(self, start: int, end: int) -> bytes:
        """Return the root over rows `start` (from 0) to before `end`; `start` is a multiple of a power of two >= length."""
        peaks: list[tuple[int, bytes]] = []
        place = start
        for level in LEVELS:
            while end - place >= 1 << level:
                _push(peaks, 1 << level, self._node(level, place >> level))
                place += 1 << level
        node = peaks.pop()[1]
        while peaks:
            node = merkle.node_hash(peaks.pop()[1], node)
        return node

    def _node(self, level: int, number: int) -> bytes:
        run = self._runs.get((level, number >> BITS))
        if run is None:
            run = self._runs[level, number >> BITS] = _run(level, number >> BITS)
        place = number & (BLOCK - 1)
        if place < len(run):
            return run[place]
        if level == 0:
            raise RowsMissing(f"row {number + 1} is missing")
        below = number << BITS
        return merkle.root([self._node(level - BITS, below + each) for each in range(BLOCK)])


def grow(size: int) -> None:
    """Store the nodes over the blocks that the first `size` rows complete, in the present transaction."""
    for level in reversed(LEVELS[:-1]):
        first = 0 if (last := _last(level)) is None else last + 1
        if level == BITS:
            found = [{"level": level, "number": number, "hash": node} for number, node in _blocks(first, size >> level)]
        else:
            tree = Tree()
            found = [
                {"level": level, "number": number, "hash": tree.part(number << level, number + 1 << level)}
                for number in range(first, size >> level)
            ]
        if found:
            db.session.execute(insert(TreeNode), found)


def _blocks(first: int, last: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lowest stored nodes `first` to before `last`, from the rows. Raises `RowsMissing`."""
    leaves = select(Event.leaf).where(Event.seq > first * BLOCK, Event.seq <= last * BLOCK).order_by(Event.seq)
    number = first
    for block in db.session.scalars(leaves.execution_options(yield_per=BLOCK)).partitions():
        if len(block) < BLOCK:
            break
        yield number, merkle.root(block)
        number += 1
    if number < last:
        raise RowsMissing("rows are missing")


def _last(level: int) -> int | None:
    return db.session.scalar(select(func.max(TreeNode.number)).where(TreeNode.level == level))


def _run(level: int, number: int) -> Sequence[bytes]:
    """Return the hashes of one run, as far as they are there and none is left out; 256 at most."""
    first, last = number << BITS, (number + 1) << BITS
    if level:
        place, value = TreeNode.number, TreeNode.hash
        query = select(place, value).where(TreeNode.level == level, place >= first, place < last).order_by(place)
    else:
        query = select(Event.seq - 1, Event.leaf).where(Event.seq > first, Event.seq <= last).order_by(Event.seq)
    run: list[bytes] = []
    for place_found, node in db.session.execute(query):
        if place_found != first + len(run):
            break
        run.append(node)
    return run


def _push(peaks: list[tuple[int, bytes]], size: int, node: bytes) -> None:
    while peaks and peaks[-1][0] == size:
        node = merkle.node_hash(peaks.pop()[1], node)
        size *= 2
    peaks.append((size, node))
