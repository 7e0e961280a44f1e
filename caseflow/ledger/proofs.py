"""What other rooms and partners may ask of the ledger: checkpoints, the key that signs them, and proofs."""

from __future__ import annotations

from caseflow.ledger.checkpoints import KeyMissing, Rewritten, latest_checkpoint, make_checkpoint, verifier_key
from caseflow.ledger.queries import event_row_bytes
from caseflow.ledger.tree import consistency, inclusion

__all__ = [
    "KeyMissing",
    "Rewritten",
    "consistency",
    "event_row_bytes",
    "inclusion",
    "latest_checkpoint",
    "make_checkpoint",
    "verifier_key",
]
