"""The evidence of an incident or a case, on its page."""

from __future__ import annotations

from typing import Any

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor
from caseflow.evidence import queries
from caseflow.kernel.words import N_
from caseflow.web.navigation import Panel, panel


def _draw(owner: Any, actor: Actor) -> Panel:
    items = queries.items_of(actor, owner.safe_id)
    values = {
        "owner": owner,
        "exhibits": [(item, [queries.describe(actor, file) for file in item.files]) for item in items],
        "may_add": policy.may_add(actor, owner),
        "may_export": policy.may_export(actor, owner),
        "has_any": bool(items or getattr(owner, "links", ())),
    }
    return Panel("evidence", N_("Evidence"), "evidence/panel.html", values)


@panel("incident", order=40)
def evidence_of_incident(incident: Any, actor: Actor) -> Panel | None:
    """Draw the evidence of an incident."""
    return _draw(incident, actor)


@panel("case", order=60)
def evidence_of_case(case: Any, actor: Actor) -> Panel | None:
    """Draw the evidence of a case."""
    return _draw(case, actor)
