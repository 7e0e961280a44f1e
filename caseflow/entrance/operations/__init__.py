"""Acts at the entrance: signing in and out, tries, passphrases, the second step, second factors."""

from caseflow.entrance.operations.factors import (
    NewFactor,
    add_passkey,
    ask_passkey,
    remove_factor,
    renew_backup_codes,
    reset_second_factor,
    set_up_app,
)
from caseflow.entrance.operations.passphrases import change_passphrase, prove, renew_code, reset_by_code
from caseflow.entrance.operations.second_step import Answer, finish, prove_second
from caseflow.entrance.operations.signing_in import (
    Entered,
    end_session,
    sign_in,
    sign_out,
    sign_out_elsewhere,
    sweep,
    unlock,
)
from caseflow.entrance.operations.tries import (
    MOST_PER_ACCOUNT,
    MOST_PER_ADDRESS,
    MOST_SECOND,
    WINDOW,
    TooMany,
    for_account,
    throttle,
    throttle_second,
)

__all__ = [
    "MOST_PER_ACCOUNT",
    "MOST_PER_ADDRESS",
    "MOST_SECOND",
    "WINDOW",
    "Answer",
    "Entered",
    "NewFactor",
    "TooMany",
    "add_passkey",
    "ask_passkey",
    "change_passphrase",
    "end_session",
    "finish",
    "for_account",
    "prove",
    "prove_second",
    "remove_factor",
    "renew_backup_codes",
    "renew_code",
    "reset_by_code",
    "reset_second_factor",
    "set_up_app",
    "sign_in",
    "sign_out",
    "sign_out_elsewhere",
    "sweep",
    "throttle",
    "throttle_second",
    "unlock",
]
