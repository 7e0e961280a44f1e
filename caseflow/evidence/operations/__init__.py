"""Acts on evidence: entering an item, adding a sealed file, handing out, checking, re-heading."""

from caseflow.evidence.belonging import CHANGED, NotWhole
from caseflow.evidence.operations.checking import is_intact, note_check, sweep, unreferenced
from caseflow.evidence.operations.copying import keep_copy
from caseflow.evidence.operations.exporting import begin_export, end_export
from caseflow.evidence.operations.finding import keep_findings, note_look
from caseflow.evidence.operations.handing_out import export_key, hand_out, note_damage
from caseflow.evidence.operations.heads import head_anew, head_more
from caseflow.evidence.operations.intake import add_file, add_item, discard
from caseflow.evidence.operations.moving import note_forgotten, note_moved
from caseflow.evidence.operations.resuming import (
    begin_upload,
    finish_upload,
    forget_uploads,
    give_up_upload,
    head_uploads_anew,
    keep_part,
)

__all__ = [
    "CHANGED",
    "NotWhole",
    "add_file",
    "add_item",
    "begin_export",
    "begin_upload",
    "discard",
    "end_export",
    "export_key",
    "finish_upload",
    "forget_uploads",
    "give_up_upload",
    "hand_out",
    "head_anew",
    "head_more",
    "head_uploads_anew",
    "is_intact",
    "keep_copy",
    "keep_findings",
    "keep_part",
    "note_check",
    "note_damage",
    "note_forgotten",
    "note_look",
    "note_moved",
    "sweep",
    "unreferenced",
]
