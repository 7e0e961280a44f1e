"""What leaves the ledger for a partner: a checkpoint, the proof that the ledger only grew, the proof of one row.

`check` needs nothing but these files and the verifier key; it asks neither database nor settings.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

from caseflow.ledger import rules, stamping, tree
from caseflow.ledger.models import Checkpoint, Event
from caseflow.ledger.queries import event_row_bytes
from caseflow.ledger.signers import member_keys, signer_of
from caseflow.vault import merkle, notes
from caseflow.vault.errors import Damaged
from caseflow.vault.keys import MemberPublic, fingerprint, verify

GROWTH = "caseflow/v1/growth"
PROOF = "caseflow/v1/row"


def growth(new: Checkpoint, since: int) -> str:
    """Return the text of a growth: header, old size, proof as base64 lines, an empty line, the checkpoint's note."""
    return growth_text(since, tree.consistency(since, new.size), new.note)


def growth_text(since: int, proof: Sequence[bytes], note: str) -> str:
    """Return the text of a growth from its parts."""
    return "\n".join([GROWTH, f"old {since}", *(base64.b64encode(step).decode() for step in proof), "", note])


def files(new: Checkpoint, since: int) -> dict[str, bytes]:
    """Return name -> content of what a partner keeps: note, key, growth if there is an older size, time-stamp if any."""
    found = {
        f"checkpoint-{new.size}.note": new.note.encode(),
        "ledger.vkey": f"{new.key}\n".encode(),
    }
    if since:
        found[f"growth-{since}-{new.size}.txt"] = growth(new, since).encode()
    stamp = stamping.stamp_of(new.size)
    if stamp is not None:
        found[f"checkpoint-{new.size}.tsr"] = stamp.answer
    return found


def proof(event: Event, under: Checkpoint) -> dict[str, Any]:
    """Return the proof that `event` is under a checkpoint, as an object for JSON: row, number, steps, note.

    With it goes the key that signed the row; whose it is, its eight words tell.
    """
    signer = signer_of(event, member_keys()[0]) if event.signature else None
    return {
        "format": PROOF,
        "seq": event.seq,
        "row": event_row_bytes(event).decode(),
        "signature": event.signature.hex() if event.signature else None,
        "public": signer.public.hex() if signer else None,
        "size": under.size,
        "proof": [step.hex() for step in tree.inclusion(event.seq, under.size)],
        "checkpoint": under.note,
    }


def check(contents: Sequence[bytes], verifier: str) -> Iterator[str]:
    """Check files of any of the three kinds in their order; yield a sentence for each. Raises Damaged or WrongKey.

    A growth must begin at a checkpoint that was among the files before it.
    """
    name, public = notes.parse_verifier_key(verifier.strip())
    roots: dict[int, bytes] = {0: merkle.EMPTY_ROOT}

    def trust(note: str) -> int:
        origin, size, root = rules.read_checkpoint(notes.verify_note(note, name, public))
        if origin != name:
            raise Damaged("The checkpoint is of another ledger.")
        if roots.setdefault(size, root) != root:
            raise Damaged(f"There are two different checkpoints of {size} rows: the ledger was forked.")
        return size

    for content in contents:
        text = _text(content)
        if text.startswith("{"):
            yield _check_row(text, trust, roots)
        elif text.startswith(GROWTH + "\n"):
            old, steps, note = _read_growth(text)
            size = trust(note)
            if old not in roots:
                raise Damaged(f"The checkpoint of {old} rows, from which the ledger grew, is not among the files.")
            merkle.verify_consistency(old, roots[old], size, roots[size], steps)
            yield f"The ledger of {size} rows grew out of that of {old} rows; nothing before was changed."
        else:
            yield f"The checkpoint of {trust(text)} rows is signed by {name}."


def _check_row(text: str, trust: Any, roots: dict[int, bytes]) -> str:
    try:
        said = json.loads(text)
        seq, row, steps = int(said["seq"]), str(said["row"]), [bytes.fromhex(step) for step in said["proof"]]
        note, told = str(said["checkpoint"]), json.loads(row)
        actor, signature, public = told["actor"], _hex(said["signature"]), _hex(said.get("public"))
        known = said["format"] == PROOF and told["seq"] == seq
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Damaged("This is not the proof of a row.") from None
    if not known:
        raise Damaged("This is not the proof of a row.")
    size = trust(note)
    leaf = rules.leaf_of(row.encode())
    merkle.verify_inclusion(leaf, seq - 1, size, steps, roots[size])
    return f"Row {seq} is in the ledger of {size} rows{_signed(actor, leaf, signature, public)}."


def _signed(actor: str | None, leaf: bytes, signature: bytes | None, public: bytes | None) -> str:
    """Return the rest of the sentence about a row: what its signature says. Raises Damaged when it does not hold."""
    if signature is None:
        return "; nobody signed it" if actor is None else f"; {actor}, who is said to have acted, did not sign it"
    if public is None:
        return "; its signature was not checked: the proof does not bring the key"
    key = MemberPublic.from_bytes(public)
    verify(key, leaf, signature, purpose="ledger")
    return f", signed with the key of the words {fingerprint(key)}; {actor} must be whose words these are"


def _hex(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _read_growth(text: str) -> tuple[int, list[bytes], str]:
    head, _gap, note = text.partition("\n\n")
    lines = head.split("\n")
    word, _space, number = (lines[1] if len(lines) > 1 else "").partition(" ")
    if word != "old" or not number.isascii() or not number.isdecimal() or str(int(number[:19])) != number:
        raise Damaged("This is not a growth of the ledger.")
    return int(number), [rules.read_hash(line) for line in lines[2:]], note


def _text(content: bytes) -> str:
    if len(content) > notes.MAX_NOTE:
        raise Damaged("This file is too long.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Damaged("This file is not text.") from None
