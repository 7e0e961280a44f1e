"""Acts on incidents: logging them, the facts in them, consent, and the way through review."""

from caseflow.incidents.operations import leaving  # noqa: F401 -- it listens when somebody leaves the network
from caseflow.incidents.operations.afterwards import (
    add_intervention,
    assess_risk,
    correct_intervention,
    link_incidents,
    unlink_incidents,
)
from caseflow.incidents.operations.checklists import fill_checklist
from caseflow.incidents.operations.consent import give_consent, print_consent_form, withdraw_consent
from caseflow.incidents.operations.correcting import (
    correct_act,
    correct_involvement,
    correct_person,
    correct_source,
    take_out_entry,
)
from caseflow.incidents.operations.exporting import export_list
from caseflow.incidents.operations.facts import add_act, add_involvement, add_person, add_source
from caseflow.incidents.operations.importing import (
    NOT_NOW,
    begin_import,
    forget_imports,
    go_on_importing,
    keep_verdicts,
    read_again,
    undo_import,
)
from caseflow.incidents.operations.judging import judge, withdraw_judgement
from caseflow.incidents.operations.logging import edit, log
from caseflow.incidents.operations.referring import accept_referral, refer, reject_referral, take_back
from caseflow.incidents.operations.review import (
    answer,
    ask,
    close,
    decline,
    submit,
    take_into_review,
    take_to_case,
    verify,
)
from caseflow.incidents.operations.telling import write_digests
from caseflow.incidents.operations.typology import import_terms, retire_term

__all__ = [
    "NOT_NOW",
    "accept_referral",
    "add_act",
    "add_intervention",
    "add_involvement",
    "add_person",
    "add_source",
    "answer",
    "ask",
    "assess_risk",
    "begin_import",
    "close",
    "correct_act",
    "correct_intervention",
    "correct_involvement",
    "correct_person",
    "correct_source",
    "decline",
    "edit",
    "export_list",
    "fill_checklist",
    "forget_imports",
    "give_consent",
    "go_on_importing",
    "import_terms",
    "judge",
    "keep_verdicts",
    "link_incidents",
    "log",
    "print_consent_form",
    "read_again",
    "refer",
    "reject_referral",
    "retire_term",
    "submit",
    "take_back",
    "take_into_review",
    "take_out_entry",
    "take_to_case",
    "undo_import",
    "unlink_incidents",
    "verify",
    "withdraw_consent",
    "withdraw_judgement",
    "write_digests",
]
