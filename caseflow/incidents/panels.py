"""What this room lends to others: the evidence room asks whose safe a file lies in, and who consented to what."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.evidence.export import matters
from caseflow.evidence.owners import Owner, register
from caseflow.incidents import consented, queries
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.web.navigation import Panel, panel

LATELY = timedelta(days=14)


def owner_of_safe(safe_id: str, actor: Actor) -> Owner | None:
    """Return the incident that lives in a safe which `actor` holds, or None."""
    incident = db.session.scalar(select(Incident).where(Incident.safe_id == safe_id, policy.visible_to(actor)))
    if incident is None:
        return None
    # Whoever is writing a draft comes back to the step she was at.
    writing = incident.state == "draft" and incident.by_id == actor.member_id
    page = "incidents.evidence" if writing else "incidents.show"
    return Owner(incident, incident.reference, page, {"incident_id": incident.id})


def matter_of(incident: Incident, actor: Actor) -> matters.Matter:
    """Return an incident as an export of its evidence tells it."""
    return matters.Matter(
        kind="incident",
        reference=incident.reference,
        safe_id=incident.safe_id,
        title=actor.ring.text(incident, "title"),
        people=consented.people_of(incident, actor),
        facts={
            "region": incident.region,
            "began_on": incident.began_on.isoformat() if incident.began_on else None,
            "began_precision": incident.began_precision,
            "state": incident.state,
            "grade": incident.grade,
        },
    )


@panel("desk", order=10)
def referrals(_row: None, actor: Actor) -> Panel | None:
    """Show what other organisations offer to the reader, and what they rejected of what was referred from here."""
    groups = [
        (_("Offered to you"), _("Read it and accept or reject it."), queries.offered_to(actor)),
        (_("Rejected elsewhere"), _("Take it back into review."), _rejected(actor)),
    ]
    found = [group for group in groups if group[2]]
    return Panel("referrals", _("Referrals"), "incidents/referrals_panel.html", {"groups": found}) if found else None


@panel("desk", order=15)
def news(_row: None, actor: Actor) -> Panel | None:
    """Show what came lately of the incidents that concern the reader."""
    found = queries.news_of(actor, since=now() - LATELY)
    return Panel("news", _("What came of it"), "incidents/news_panel.html", {"news": found}) if found else None


def _rejected(actor: Actor) -> list[Incident]:
    return queries.rejected_elsewhere(actor) if actor.is_coordinator else []


register("incident", owner_of_safe)
matters.register("incident", lambda incident, actor: [matter_of(incident, actor)])
