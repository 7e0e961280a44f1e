"""Evidence leaves in a bag: it is noted before the first byte, and how it ended after the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.presence import is_present
from caseflow.evidence.export.bag import Checked
from caseflow.evidence.export.custody import sums_of
from caseflow.evidence.models import File
from caseflow.evidence.operations.handing_out import note_damage
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.ids import new_id
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Safe
from caseflow.ledger import operations as ledger
from caseflow.ledger import proofs

NOT_PROVABLE = N_(
    "The ledger cannot be proven now, so nothing is exported. Tell the operator to run `flask ledger verify`."
)
NOTHING = N_("There is no evidence to export.")


def begin_export(checked: Checked, *, by: Actor, at: datetime) -> str:
    """Note in the custody of every item that it goes out, and sign a checkpoint over that; return the export's id.

    Files that were found damaged are noted, too. Raises `RuleBroken` when there is nothing, or nothing can be proven.
    """
    survey, asked = checked.survey, checked.asked
    demand(policy.may_export(by, survey.owner.row), about=ledger.name_of(survey.owner.row))
    if not survey.items:
        raise RuleBroken(NOTHING, about=ledger.name_of(survey.owner.row))
    for safe in {survey.safe_id, *(item.safe_id for item in survey.items)}:
        ring_of(by).current(safe)  # under the lock: she may have lost it since it was read
    export_id = new_id()
    lost = select(File).where(File.id.in_(checked.damaged), policy.visible_files(by))
    for file in db.session.scalars(lost):
        note_damage(file, how="export", by=by, at=at)
    sums = sums_of(survey.items, by=by)
    for item in survey.items:
        sent = sum(1 for file in item.files if checked.ready.get(file.id) is not None)
        public = {"export": export_id, "purpose": asked.purpose, "sealed": asked.sealed, "files": sent}
        public |= {"of": len(item.files), "custody": sums[item.id]}
        ledger.record("evidence.export_item", by=by, at=at, about=item.row, public=public)
    try:
        proofs.make_checkpoint(at)
    except (proofs.Rewritten, proofs.KeyMissing):
        raise RuleBroken(NOT_PROVABLE, about=ledger.name_of(survey.owner.row)) from None
    return export_id


def end_export(
    checked: Checked, *, export_id: str, manifest_sha256: str, sent: int, length: int, by: Actor, at: datetime
) -> None:
    """Note that a bag went out whole, or that it broke off after `sent` of `length` bytes (0 when it was never packed).

    Who was put out meanwhile signs nothing any more; that it went to her is told all the same.
    """
    survey, asked = checked.survey, checked.asked
    public = {
        "export": export_id,
        "what": survey.kind,
        "purpose": asked.purpose,
        "sealed": asked.sealed,
        "items": len(survey.items),
        "files": checked.whole,
        "bytes": length,
        "manifest_sha256": manifest_sha256,
    }
    result = "done" if sent == length > 0 else "failed"
    if result == "failed":
        public["sent"] = sent
    by = replace(by, session=None)  # signing out ends nobody's membership
    stays = is_present(by)
    if not stays:
        public["member"] = by.member_id
    safe = db.session.get_one(Safe, survey.safe_id)
    ledger.record("evidence.export", by=by if stays else None, at=at, about=safe, public=public, result=result)
