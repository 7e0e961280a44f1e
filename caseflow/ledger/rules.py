"""How a ledger row becomes bytes, a leaf and a link of the chain.

The leaf is RFC 6962's `SHA-256(0x00 || bytes)`, so that the same rows stand in a Merkle tree; the chain is
`SHA-256(chain of the row before || leaf)`. Details are only committed to: `SHA-256(salt || details)`; salt and details
are sealed in the safe, so the chain can be checked by people who may not read them. Since its second version a row also
names the hash of what is sealed, so that nobody can take the details away or exchange them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from caseflow.vault.errors import Damaged

VERSION = 2
START = hashlib.sha256(b"caseflow/v1/ledger").digest()
SALT_BYTES = 16
UNSIGNED = frozenset({"entrance.sign_out"})
"""What a member may do without her keys at hand: end a session that is locked."""
UNCONFIRMED = frozenset(
    {
        "entrance.add_factor", "entrance.change_passphrase", "entrance.end_session", "entrance.first_step",
        "entrance.prove_second", "entrance.remove_factor", "entrance.renew_backup_codes", "entrance.renew_code",
        "entrance.reset_by_code", "entrance.second_step", "entrance.sign_in", "entrance.sign_out",
        "entrance.sign_out_elsewhere", "entrance.unlock", "keys.change_passphrase", "keys.renew_code",
        "keys.wrap_for_organisation", "network.choose_letters", "network.set_preferences",
    }
)  # fmt: skip
"""What a member may do, about nothing but her own account, while nobody has confirmed her key."""
DETAILED = frozenset(
    {
        "cases.add_note", "cases.add_party", "cases.give_task", "cases.open_case", "evidence.add_file", "evidence.add_item",
        "incidents.answer", "incidents.ask", "incidents.close", "incidents.decline", "incidents.log", "incidents.refer",
        "incidents.reject_referral", "incidents.verify",
    }
)  # fmt: skip
"""What no member ever did without details: rows of version 1, which do not name theirs, are missed by it."""
OWN_VERBS = frozenset({"ledger.checkpoint"})
"""What the ledger notes about itself: nothing happened, so no further checkpoint is due."""
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
MALFORMED = "This is not the text of a checkpoint."


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return the one byte form of a row's fields: JSON, sorted keys, no spaces, UTF-8."""
    return _ENCODER.encode(fields).encode()


def row_bytes(
    *,
    version: int,
    instance: str,
    seq: int,
    at: datetime,
    actor: str | None,
    role: str,
    verb: str,
    result: str,
    subject: str,
    safe: str | None,
    public: Mapping[str, Any],
    commitment: bytes,
    opening: bytes | None,
    previous: bytes,
) -> bytes:
    """Return the bytes of one row; `at` is aware, hashes are 32 bytes, `opening` is what is sealed (no part of version 1)."""
    return canonical(
        ({} if version == 1 else {"opening": opening_hash(opening)})
        | {
            "v": version,
            "instance": instance,
            "seq": seq,
            "at": at.isoformat(),
            "actor": actor,
            "role": role,
            "verb": verb,
            "result": result,
            "subject": subject,
            "safe": safe,
            "public": public,
            "commitment": commitment.hex(),
            "previous": previous.hex(),
        }
    )


def opening_hash(opening: bytes | None) -> str | None:
    """Return the hash, in hex, by which a row names its sealed details."""
    return None if opening is None else hashlib.sha256(opening).hexdigest()


def leaf_of(row: bytes) -> bytes:
    """Return the RFC 6962 leaf hash (32 bytes) of a row's bytes."""
    return hashlib.sha256(b"\x00" + row).digest()


def chain(previous: bytes, leaf: bytes) -> bytes:
    """Return the next link (32 bytes) after `previous`."""
    return hashlib.sha256(previous + leaf).digest()


def commit(salt: bytes, details: bytes) -> bytes:
    """Return the commitment (32 bytes) to `details` under `salt` (16 bytes)."""
    return hashlib.sha256(b"caseflow/v1/commitment" + salt + details).digest()


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text of a checkpoint as C2SP tlog-checkpoint writes it: origin, size, root (32 bytes), a line each."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def read_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Return (origin, size, root) of a checkpoint's text; lines of extensions may follow. Raises Damaged."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0]:
        raise Damaged(MALFORMED)
    origin, number, encoded = lines[:3]
    if not number.isascii() or not number.isdecimal() or len(number) > 19 or str(int(number)) != number:
        raise Damaged(MALFORMED)
    return origin, int(number), read_hash(encoded)


def read_hash(encoded: str) -> bytes:
    """Return the 32 bytes of a hash written as base64, in the one way in which it can be written. Raises Damaged."""
    try:
        found = binascii.a2b_base64(encoded.encode("ascii"), strict_mode=True)
    except (ValueError, binascii.Error):
        raise Damaged(MALFORMED) from None
    if len(found) != 32 or base64.b64encode(found).decode("ascii") != encoded:
        raise Damaged(MALFORMED)
    return found
