"""What a page shows of the ledger: the history of its safe. The case page tells its own history in its own words."""

from __future__ import annotations

from typing import Any

from caseflow.access.actor import Actor
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.ledger import history, queries
from caseflow.web.navigation import Panel, panel

MOST = 200


@panel("incident", order=90)
def history_panel(row: Any, actor: Actor) -> Panel | None:
    """Draw who did what in the safe of `row`, newest first."""
    found = list(db.session.scalars(queries.of_safe(actor, row.safe_id).limit(MOST)))
    if not found:
        return None
    values = {"lines": history.lines(found, reader=actor), "results": history.RESULTS, "most": MOST}
    return Panel("history", N_("History"), "ledger/history.html", values)
