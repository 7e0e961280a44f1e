"""Acts on evidence: entering an item, adding a sealed file, handing out, checking, re-heading."""

from caseflow.evidence.operations.checking import damaged, sweep, verify
from caseflow.evidence.operations.handing_out import export_key, hand_out
from caseflow.evidence.operations.intake import add_file, add_item

__all__ = ["add_file", "add_item", "damaged", "export_key", "hand_out", "sweep", "verify"]
