"""Acts on keys: making and confirming identities, making safes, settling who holds them."""

from caseflow.keys.operations.identities import change_passphrase, confirm, make_identity, unlock, unlock_by_code
from caseflow.keys.operations.safes import new_safe, settle, settle_everything

__all__ = [
    "change_passphrase",
    "confirm",
    "make_identity",
    "new_safe",
    "settle",
    "settle_everything",
    "unlock",
    "unlock_by_code",
]
