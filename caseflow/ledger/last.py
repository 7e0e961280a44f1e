"""The last checkpoint as a file outside the database, under the ledger key.

A database that is put back to an earlier state is whole in itself and does not know what it has lost. So how far it was
is kept beside the key, too: nothing is signed, and no check is content, while the database is behind it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from caseflow.kernel.db import db
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger import tree
from caseflow.vault import merkle

log = logging.getLogger(__name__)
BEHIND = N_(
    "The database is older than the last checkpoint that was made of it, or was written anew since. If a backup was"
    " restored, a coordinator says so with `flask ledger accept-restore`."
)
FORGED = N_(
    "The file ledger-last.json, which tells how far the ledger was, was not written with the present ledger key."
)
_PENDING = "caseflow_ledger_last"


@dataclass(frozen=True)
class Noted:
    """How many rows there were and their root; `genuine` when the present ledger key, if it is there, vouches for it."""

    size: int
    root: bytes
    genuine: bool


def noted() -> Noted | None:
    """Return what the file says of this network; None when there is none."""
    try:
        told = json.loads(_place().read_text(encoding="ascii"))
        network, size, root, tag = (
            str(told["network"]),
            int(told["size"]),
            bytes.fromhex(told["root"]),
            str(told["tag"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return Noted(0, merkle.EMPTY_ROOT, genuine=False)
    if network != instance():  # the id in the database was changed, or the file is not this network's
        return Noted(size, root, genuine=False)
    genuine = not current().ledger_key_path.exists() or hmac.compare_digest(tag, _tag(network, size, root))
    return Noted(size, root, genuine)


def objection(newest: tuple[int, bytes] | None) -> str | None:
    """Return why the database cannot be what the file speaks of, or None; `newest` are size and root that it tells itself."""
    found = noted()
    if found is None or (found.genuine and (found.size, found.root) == newest):
        return None
    return FORGED if not found.genuine else BEHIND if is_behind(found) else None


def is_behind(found: Noted) -> bool:
    """Tell whether the rows of today are not those of which the file speaks, with more after them."""
    try:
        return found.size > tree.rows() or tree.root(found.size) != found.root
    except tree.RowsMissing:
        return True


def begin() -> None:
    """Put aside what the file tells of another network: one is founded here."""
    with suppress(FileNotFoundError):
        _place().replace(_place().with_suffix(".before.json"))


def remember(size: int, root: bytes, *, anew: bool = False) -> None:
    """Write the file when the present transaction is committed; `anew` also where it told of more rows."""
    network = instance()
    told = {"network": network, "size": size, "root": root.hex(), "tag": _tag(network, size, root)}
    db.session.info[_PENDING] = (_place(), told, anew)


@event.listens_for(Session, "after_commit")
def _keep(session: Session) -> None:
    path, told, anew = session.info.pop(_PENDING, (None, None, False))
    if path is None:
        return
    try:
        if anew or _size_in(path, told["network"]) < told["size"]:  # another process may have been quicker
            _write(path, json.dumps(told))
    except OSError:
        log.exception("how far the ledger is could not be written down beside the database")


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _place() -> Path:
    return current().instance / "ledger-last.json"


def _tag(network: str, size: int, root: bytes) -> str:
    said = json.dumps([network, size, root.hex()]).encode()
    return hmac.new(current().ledger_key(), b"caseflow/v1/ledger-last" + said, hashlib.sha256).hexdigest()


def _size_in(path: Path, network: str) -> int:
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        return int(told["size"]) if told["network"] == network else sys.maxsize
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
