"""Acts on cases: opening and describing them, their team, the work in them, their closure."""

from caseflow.cases.operations import leaving  # noqa: F401 -- it listens when somebody leaves the network
from caseflow.cases.operations.around import join, link_cases, sever, unlink_cases
from caseflow.cases.operations.bundles import begin_bundle, end_bundle
from caseflow.cases.operations.closure import archive, close, keep_longer, reopen, unarchive
from caseflow.cases.operations.conflicts import check_names, resolve_conflict
from caseflow.cases.operations.mandates import record_mandate
from caseflow.cases.operations.opening import edit, link_incident, open_case
from caseflow.cases.operations.selecting import answer_selection, estimate
from caseflow.cases.operations.team import assign_counsel, change_role, end_counsel, hand_over
from caseflow.cases.operations.work import (
    add_note,
    add_party,
    correct_party,
    draw_paper,
    finish_task,
    give_task,
    record_letter,
)

__all__ = [
    "add_note",
    "add_party",
    "answer_selection",
    "archive",
    "assign_counsel",
    "begin_bundle",
    "change_role",
    "check_names",
    "close",
    "correct_party",
    "draw_paper",
    "edit",
    "end_bundle",
    "end_counsel",
    "estimate",
    "finish_task",
    "give_task",
    "hand_over",
    "join",
    "keep_longer",
    "link_cases",
    "link_incident",
    "open_case",
    "record_letter",
    "record_mandate",
    "reopen",
    "resolve_conflict",
    "sever",
    "unarchive",
    "unlink_cases",
]
