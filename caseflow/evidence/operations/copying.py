"""A copy that was made here to be shared: a version, and a line in the custody of the file it was made from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence.intake import Received
from caseflow.evidence.models import File, Item
from caseflow.evidence.operations.intake import add_file
from caseflow.kernel.db import db
from caseflow.ledger import operations as ledger


def keep_copy(file: File, received: Received, *, kind: str, by: Actor, at: datetime) -> File:
    """Keep a copy of `file` as a version of its item. Raises as `add_file` does."""
    demand(policy.may_copy(by, file), about=ledger.name_of(file))
    item = db.session.scalars(select(Item).where(Item.id == file.item_id, policy.visible_to(by))).one()
    copy = add_file(item, received, kind=kind, parent=file, by=by, at=at)
    ledger.record("evidence.make_copy", by=by, at=at, about=file, public={"copy": copy.id, "kind": kind})
    return copy
