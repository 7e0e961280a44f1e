"""Acts before courts and bodies: opening a proceeding, its next stage, hearings, filings, decisions."""

from caseflow.proceedings.operations.decisions import record_decision, record_in_force, record_service
from caseflow.proceedings.operations.hearings import record_filing, record_hearing, record_result
from caseflow.proceedings.operations.stages import move, open_proceeding

__all__ = [
    "move",
    "open_proceeding",
    "record_decision",
    "record_filing",
    "record_hearing",
    "record_in_force",
    "record_result",
    "record_service",
]
