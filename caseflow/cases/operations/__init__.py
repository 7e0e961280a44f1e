"""Acts on cases: opening and describing them, their team, the work in them, their closure."""

from caseflow.cases.operations import leaving  # noqa: F401 -- it listens when somebody leaves the network
from caseflow.cases.operations.closure import close, reopen
from caseflow.cases.operations.conflicts import check_names, resolve_conflict
from caseflow.cases.operations.mandates import record_mandate
from caseflow.cases.operations.opening import edit, link_incident, open_case
from caseflow.cases.operations.team import assign_counsel, change_role, end_counsel, hand_over
from caseflow.cases.operations.work import add_note, add_party, correct_party, finish_task, give_task

__all__ = [
    "add_note",
    "add_party",
    "assign_counsel",
    "change_role",
    "check_names",
    "close",
    "correct_party",
    "edit",
    "end_counsel",
    "finish_task",
    "give_task",
    "hand_over",
    "link_incident",
    "open_case",
    "record_mandate",
    "reopen",
    "resolve_conflict",
]
