"""The readable position of a case: where it stands and what comes next, kept by this room and those above it.

It is written past the version of the row: a colleague who records a hearing does not make a description that somebody
else has open on her screen look changed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from caseflow.cases.models import Case
from caseflow.kernel.db import db, unscoped

_WHY = unscoped("the position follows an act whose operation has asked already")


def keep(case_id: str, **values: Any) -> None:
    """Write `procedure`, `stage`, `next_on` or `changed_at` of a case; the calling act has asked and records itself."""
    db.session.flush()
    db.session.execute(update(Case).where(Case.id == case_id).values(**values), execution_options=_WHY)
