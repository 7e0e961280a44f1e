"""What looking into a file found is kept, sealed, beside it; who looks at it then has looked at the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence.models import File, Finding
from caseflow.evidence.operations.handing_out import ONE_LOOK, noted
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Safe
from caseflow.ledger import operations as ledger


def keep_findings(
    file: File,
    *,
    summary: dict[str, Any],
    text: dict[str, Any] | None = None,
    pictures: Sequence[dict[str, Any]] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Keep what was found in place of what was found before. Raises `NotFound` when `by` has lost the safe meanwhile."""
    if not ring_of(by).renew(file.safe_id):
        raise NotFound(about=ledger.name_of(file))
    demand(policy.may_download(by, file), about=ledger.name_of(file))
    # The safe's row is locked, so that two who looked at once do not both keep theirs.
    db.session.execute(select(Safe).where(Safe.id == file.safe_id).with_for_update())
    db.session.execute(delete(Finding).where(Finding.file_id == file.id, policy.visible_findings(by)))
    rows = [("summary", 0, summary), *(("picture", number, one) for number, one in enumerate(pictures, 1))]
    if text is not None:
        rows.append(("text", 0, text))
    # Each names its file and the sealed bytes it was found in: a row that is moved to another file says so.
    bound = {"file": file.id, "payload": file.payload_sha256}
    for part, number, content in rows:
        found = Finding(safe_id=file.safe_id, file_id=file.id, part=part, number=number, by_id=by.member_id, at=at)
        by.ring.seal(
            found, content=json.dumps({**content, **bound, "part": part, "number": number}, ensure_ascii=False)
        )
        db.session.add(found)
    db.session.flush()


def note_look(file: File, *, how: str, by: Actor, at: datetime) -> None:
    """Note that somebody looked at a file's picture or its text (`how`: preview | text), once within `ONE_LOOK`."""
    demand(policy.may_download(by, file), about=ledger.name_of(file))
    if not noted(file, "view", by=by, since=at - ONE_LOOK):
        ledger.record("evidence.view", by=by, at=at, about=file, public={"how": how})
