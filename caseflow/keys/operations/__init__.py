"""Acts on keys: making and confirming identities, making safes, settling who holds them."""

from caseflow.keys.operations.approvals import (
    ask_approval,
    decide,
    given,
    is_genuine,
    ripe,
    use_approval,
    who_can_decide,
)
from caseflow.keys.operations.identities import (
    Prepared,
    change_passphrase,
    confirm,
    is_latest,
    make_identity,
    prepare,
    renew_code,
    renew_trust,
    replace_identity,
    unlock,
    unlock_by_code,
)
from caseflow.keys.operations.organisation import (
    activate_organisation_key,
    ask_again_for_key,
    keys_by_organisation,
    offer_organisation_key,
    present_key,
    wrap_for_organisation,
)
from caseflow.keys.operations.safes import new_safe, settle
from caseflow.keys.operations.waiting import give_all, settle_some, take_all

__all__ = [
    "Prepared",
    "activate_organisation_key",
    "ask_again_for_key",
    "ask_approval",
    "change_passphrase",
    "confirm",
    "decide",
    "give_all",
    "given",
    "is_genuine",
    "is_latest",
    "keys_by_organisation",
    "make_identity",
    "new_safe",
    "offer_organisation_key",
    "prepare",
    "present_key",
    "renew_code",
    "renew_trust",
    "replace_identity",
    "ripe",
    "settle",
    "settle_some",
    "take_all",
    "unlock",
    "unlock_by_code",
    "use_approval",
    "who_can_decide",
    "wrap_for_organisation",
]
