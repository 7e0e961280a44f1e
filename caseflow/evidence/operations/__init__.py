"""Acts on evidence: entering an item, adding a sealed file, handing out, checking, re-heading."""

from caseflow.evidence.belonging import CHANGED, NotWhole
from caseflow.evidence.operations.checking import is_intact, note_check, sweep, unreferenced
from caseflow.evidence.operations.exporting import begin_export, end_export
from caseflow.evidence.operations.handing_out import export_key, hand_out, note_damage
from caseflow.evidence.operations.heads import head_anew, head_more
from caseflow.evidence.operations.intake import add_file, add_item, discard

__all__ = [
    "CHANGED",
    "NotWhole",
    "add_file",
    "add_item",
    "begin_export",
    "discard",
    "end_export",
    "export_key",
    "hand_out",
    "head_anew",
    "head_more",
    "is_intact",
    "note_check",
    "note_damage",
    "sweep",
    "unreferenced",
]
