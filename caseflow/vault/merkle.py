"""RFC 6962 Merkle trees: hashing, inclusion and consistency proofs.

Every function that takes `leaves` takes leaf *hashes* (32 bytes each, from `leaf_hash`), the form the ledger keeps.
Source: RFC 6962 section 2.1; verification as in RFC 9162 sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from caseflow.vault.errors import Damaged

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_PROOF = 64  # hashes; a tree of 2**63 leaves needs no more
NOT_INCLUDED = "The proof does not show that this entry is in the ledger."
NOT_CONSISTENT = "The proof does not show that the ledger only grew."


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree of leaf hashes; of an empty one, SHA-256 of nothing."""
    growing = Frontier()
    for leaf in leaves:
        growing.append(leaf)
    return growing.root()


class Frontier:
    """A tree that only grows and keeps one hash per bit of its size: what is needed to append and to know the root.

    `size` and `peaks` (of the complete subtrees, largest first) are its whole state.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size < 0 or len(peaks) != size.bit_count():
            raise ValueError("a tree has one peak for each bit of its size")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the audit path of leaf `index` (from 0), the lowest hash first. Raises ValueError outside the tree."""
    return [root(leaves[start:end]) for start, end in inclusion_path(index, len(leaves))]


def inclusion_path(index: int, size: int) -> list[tuple[int, int]]:
    """Return the parts (from, to) of a tree of `size` leaves whose roots are the audit path of leaf `index`, from 0.

    Each part begins at a multiple of a power of two that it is not longer than. Raises ValueError outside the tree.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path: list[tuple[int, int]] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> None:
    """Return if `leaf` (a leaf hash) is number `index` of the `size` leaves under `expected_root`. Raises Damaged."""
    if not 0 <= index < size or not _is_proof(proof):
        raise Damaged(NOT_INCLUDED)
    number, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise Damaged(NOT_INCLUDED)
        if number & 1 or number == last:
            node = node_hash(step, node)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, step)
        number, last = number >> 1, last >> 1
    if last or node != expected_root:
        raise Damaged(NOT_INCLUDED)


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof that the tree of the first `old_size` leaves grew into that of all `leaves`.

    Empty when nothing was added, or for an old size of 0. Raises ValueError for a larger old size.
    """
    return [root(leaves[start:end]) for start, end in consistency_path(old_size, len(leaves))]


def consistency_path(old_size: int, size: int) -> list[tuple[int, int]]:
    """Return the parts (from, to) whose roots are the consistency proof between the two sizes, as `inclusion_path` does."""
    if not 0 <= old_size <= size:
        raise ValueError("the old tree is not a part of this one")
    if old_size in (0, size):
        return []
    path: list[tuple[int, int]] = []
    start, end, whole = 0, size, True
    while old_size != end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, whole = middle, False
    if not whole:
        path.append((start, end))
    return path[::-1]


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the proof shows that the old tree is the beginning of the new one. Raises Damaged."""
    if not 0 <= old_size <= new_size or not _is_proof(proof):
        raise Damaged(NOT_CONSISTENT)
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        if proof or old_root != expected or (new_size == 0 and new_root != EMPTY_ROOT):
            raise Damaged(NOT_CONSISTENT)
        return
    steps = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not steps or _grown(old_size, new_size, steps) != (old_root, new_root):
        raise Damaged(NOT_CONSISTENT)


def _grown(old_size: int, new_size: int, steps: list[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the old and the new tree that the steps lead to, None if there are too many or too few."""
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if number & 1 or number == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, step)
        number, last = number >> 1, last >> 1
    return None if last else (old, new)


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def _is_proof(proof: Sequence[bytes]) -> bool:
    return len(proof) <= MAX_PROOF and all(len(step) == HASH_LENGTH for step in proof)
