"""Reads of proceedings that more than one page needs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.kernel.db import db
from caseflow.proceedings.models import Proceeding, Stage


def proceedings_of(actor: Actor, case: Case) -> list[Proceeding]:
    """Return the proceedings of a case with everything in them, oldest first; five queries, whatever their number."""
    query = (
        select(Proceeding)
        .where(Proceeding.case_id == case.id, policy.visible_to(actor))
        .order_by(Proceeding.at, Proceeding.id)
        .options(
            selectinload(Proceeding.stages).options(
                selectinload(Stage.hearings), selectinload(Stage.filings), selectinload(Stage.decisions)
            )
        )
    )
    return list(db.session.scalars(query))
