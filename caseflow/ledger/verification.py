"""Is the ledger whole? Every row, the chain, the tree, every checkpoint, every signature, and the triggers.

A large ledger is checked by as many processes as there are cores. Signatures are nine tenths of the work, so the blocks
in which all of them held are noted in a file under the ledger key; a later check compares a digest instead. Whoever
has taken the ledger key could forge that note: `afresh` does not read it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import select

from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.ledger import checkpoints, last, rules, stamping, tree, triggers
from caseflow.ledger.models import Checkpoint, Event, TreeNode, append_only
from caseflow.ledger.parts import BEFORE, BLOCK, Block, Fault, Part, check, check_on
from caseflow.ledger.signers import Keys, member_keys
from caseflow.vault import merkle, notes
from caseflow.vault.errors import VaultError

ALONE = 50_000  # rows; below, another process costs more than it saves


@dataclass
class Verdict:
    """What a check of the whole ledger found; `last` is the last chain value."""

    rows: int
    checkpoints: int
    stamps: int
    last: bytes | None
    faults: list[Fault] = field(default_factory=list)


def faults() -> Iterator[Fault]:
    """Yield every place where the ledger is not whole; nothing when it is."""
    yield from verify().faults


def verify(*, afresh: bool = False) -> Verdict:
    """Check the whole ledger as it is at this moment; rows that come meanwhile are left to the next check."""
    noted = last.noted()  # before the checkpoints are: one that is made meanwhile must not look as if it were cut off
    rows = tree.rows()
    kept = list(db.session.scalars(select(Checkpoint).order_by(Checkpoint.size)))
    keys, wrong = member_keys()
    found = [Fault(0, what) for what in wrong]
    known = {} if afresh else _known()
    sizes = {one.size for one in kept} | ({noted.size} if noted else set())
    blocks = _checked(rows, keys, frozenset(sizes), known)
    for block in blocks:
        found += block.faults
    roots = _roots(blocks)
    found += _against_tree(roots, kept, rows)
    found += _against_last(roots, kept, noted)
    found += _upper_nodes(blocks)
    found += _notes(kept, checkpoints.trusted_keys(keys))
    stamps, bad = stamping.check_all()
    found += [Fault(size, what, "checkpoint") for size, what in bad]
    found += [Fault(0, what) for what in triggers.faults(append_only())]
    found += [Fault(seq, BEFORE) for seq in db.session.scalars(select(Event.seq).where(Event.seq < 1))]
    if not found:
        _note({block.number: block.digest for block in blocks if (block.number + 1) * BLOCK <= rows})
    end = db.session.scalar(select(Event.chained).where(Event.seq == rows))
    return Verdict(rows, len(kept), stamps, end, found)


def _checked(rows: int, keys: Keys, sizes: frozenset[int], known: Mapping[int, str]) -> list[Block]:
    blocks, cores = -(-rows // BLOCK), len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    url = db.engine.url.render_as_string(hide_password=False)
    hands = cores if rows > ALONE else 1
    step = max(1, -(-blocks // (hands * 4)))
    parts = [
        Part(url, instance(), rows, first, min(first + step, blocks), keys, sizes, known)
        for first in range(0, blocks, step)
    ]
    if hands == 1:
        return [block for part in parts for block in check_on(db.session.connection(), part)]
    db.session.rollback()  # the others read on their own; nothing stays open meanwhile
    with ProcessPoolExecutor(hands, mp_context=get_context("spawn")) as pool:
        return [block for found in pool.map(check, parts) for block in found]


def _roots(blocks: list[Block]) -> dict[int, bytes]:
    """Return the root at every size that was asked for, as the rows give it."""
    roots, whole = {}, merkle.Frontier()
    for block in blocks:
        for size, peaks in block.at_sizes.items():
            if len(whole.peaks) + len(peaks) == size.bit_count():  # else rows are missing, which was said
                roots[size] = merkle.Frontier(size, [*whole.peaks, *peaks]).root()
        if len(block.peaks) == 1:
            whole.append(block.peaks[0])
    return roots


def _against_tree(roots: Mapping[int, bytes], kept: list[Checkpoint], rows: int) -> Iterator[Fault]:
    """Compare the root at every checkpoint's size with what it says."""
    for one in kept:
        if one.size > rows:
            yield Fault(one.size, f"it speaks of more rows than there are: {rows}", "checkpoint")
        elif roots.get(one.size) != one.root:
            yield Fault(one.size, "the rows do not have the root that it says", "checkpoint")


def _against_last(roots: Mapping[int, bytes], kept: list[Checkpoint], noted: last.Noted | None) -> Iterator[Fault]:
    """Compare with the last checkpoint of which the installation knows without the database."""
    if noted is None or any((one.size, one.root) == (noted.size, noted.root) for one in kept):
        return
    if not noted.genuine:
        yield Fault(noted.size, last.FORGED, "checkpoint")
    elif roots.get(noted.size) != noted.root:
        yield Fault(noted.size, last.BEHIND, "checkpoint")


def _upper_nodes(blocks: list[Block]) -> Iterator[Fault]:
    stored = select(TreeNode.level, TreeNode.number, TreeNode.hash).where(TreeNode.level > tree.BITS)
    for level, number, node in db.session.execute(stored):
        each = (1 << level) // BLOCK
        below = [block.peaks for block in blocks[number * each : (number + 1) * each]]
        if any(len(peaks) != 1 for peaks in below) or merkle.root([peaks[0] for peaks in below]) != node:
            yield Fault(
                (number + 1) << level, f"the stored tree says something else about the {1 << level} rows before it"
            )


def _notes(kept: list[Checkpoint], trusted: Mapping[str, int]) -> Iterator[Fault]:
    for one in kept:
        try:
            if one.size >= trusted.get(one.key, 0):
                yield Fault(one.size, "it is not signed with a key of this installation", "checkpoint")
                continue
            said = rules.read_checkpoint(notes.verify_note(one.note, *notes.parse_verifier_key(one.key)))
        except VaultError as error:
            yield Fault(one.size, str(error), "checkpoint")
            continue
        if said != (checkpoints.origin(), one.size, one.root):
            yield Fault(one.size, "its note says something else", "checkpoint")


def _place() -> Path:
    return current().instance / "ledger-verified.json"


def _tag(noted: Mapping[str, str]) -> str:
    said = json.dumps([instance(), sorted(noted.items())]).encode()
    return hmac.new(current().ledger_key(), b"caseflow/v1/ledger-verified" + said, hashlib.sha256).hexdigest()


def _known() -> dict[int, str]:
    try:
        noted, tag = json.loads(_place().read_text(encoding="utf-8"))
        whole = hmac.compare_digest(tag, _tag(noted))
        return {int(number): digest for number, digest in noted.items()} if whole else {}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _note(digests: Mapping[int, str]) -> None:
    if not digests or not current().ledger_key_path.exists():
        return
    noted = {str(number): digest for number, digest in digests.items()}
    draft = _place().with_suffix(".new")
    draft.write_text(json.dumps([noted, _tag(noted)]), encoding="utf-8")
    draft.replace(_place())
