"""Acts on keys: making and confirming identities, making safes, settling who holds them."""

from caseflow.keys.operations.identities import (
    Prepared,
    change_passphrase,
    confirm,
    make_identity,
    prepare,
    renew_code,
    unlock,
    unlock_by_code,
)
from caseflow.keys.operations.safes import new_safe, settle, settle_everything

__all__ = [
    "Prepared",
    "change_passphrase",
    "confirm",
    "make_identity",
    "new_safe",
    "prepare",
    "renew_code",
    "settle",
    "settle_everything",
    "unlock",
    "unlock_by_code",
]
