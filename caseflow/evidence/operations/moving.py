"""Payloads were copied to another store, or removed from the one of before: the operator did it, the ledger tells."""

from __future__ import annotations

from datetime import datetime

from caseflow.ledger import operations as ledger


def note_moved(*, to: str, copied: int, damaged: int, at: datetime) -> None:
    """Keep that payloads were copied to a store of the kind `to`; `damaged` are those that were not what was received."""
    public = {"to": to, "copied": copied, "damaged": damaged}
    result = "failed" if damaged else "done"
    ledger.record("evidence.move_payloads", by=None, at=at, about="evidence_files:", public=public, result=result)


def note_forgotten(*, of: str, removed: int, at: datetime) -> None:
    """Keep that payloads were removed from a store of the kind `of`, after each was found whole in the present one."""
    public = {"of": of, "removed": removed}
    ledger.record("evidence.forget_store", by=None, at=at, about="evidence_files:", public=public)
