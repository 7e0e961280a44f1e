"""What this room lends to others: the evidence room asks whose safe a file lies in, and who consented to what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.evidence.export import matters
from caseflow.evidence.owners import Owner, register
from caseflow.incidents import consented, duplicates, queries
from caseflow.incidents.answers import checklists_of
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.web.navigation import Panel, panel

LATELY = timedelta(days=14)


@panel("incident", order=50)
def risks_panel(incident: Incident, actor: Actor) -> Panel:
    """Draw who is at risk because of an incident, and when it is looked at again."""
    present = [risk for risk in reversed(incident.risks) if risk.later_id is None]
    before = [risk for risk in reversed(incident.risks) if risk.later_id is not None]
    values = {"incident": incident, "present": present, "before": before, "may_add": policy.may_add(actor, incident)}
    return Panel("risks", N_("Risks"), "incidents/risks_panel.html", values)


@panel("incident", order=60)
def interventions_panel(incident: Incident, actor: Actor) -> Panel:
    """Draw what was done about an incident."""
    values = {"incident": incident, "may_add": policy.may_add(actor, incident)}
    return Panel("interventions", N_("What was done about it"), "incidents/interventions_panel.html", values)


@panel("incident", order=70)
def links_panel(incident: Incident, actor: Actor) -> Panel:
    """Draw the incidents that this one is linked with, as far as the reader may open them."""
    links = queries.links_of(actor, incident)
    values = {"incident": incident, "links": links, "may_add": policy.may_add(actor, incident)}
    return Panel("links", N_("Linked incidents"), "incidents/links_panel.html", values)


@panel("incident", order=65)
def same_panel(incident: Incident, actor: Actor) -> Panel:
    """Draw what was judged to be the same as something elsewhere, or not."""
    values = {
        "incident": incident,
        "judged": duplicates.judgements_of(actor, incident),
        "objection": policy.may_judge(actor, incident),
    }
    return Panel("same", N_("Possible duplicates"), "incidents/same_panel.html", values)


@panel("desk", order=8)
def risks_to_review(_row: object, actor: Actor) -> Panel | None:
    """Remind of the risks that are to be looked at again within a week, and of those whose day is over."""
    here = today(actor.timezone)
    risks = queries.risks_to_review(actor, today=here)
    values = {"risks": risks, "today": here}
    return Panel("risks", N_("Risks to look at again"), "incidents/risks_desk_panel.html", values) if risks else None


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
            "checklists": _checklists(incident, actor),
            "interventions": [
                {"kind": one.kind, "on": one.on.isoformat() if one.on else None, "result": one.result}
                for one in incident.interventions
            ],
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


def _checklists(incident: Incident, actor: Actor) -> list[dict[str, Any]]:
    """Return the coded answers of the checklists; the notes beside them may hold names and stay."""
    return [
        {
            "act": act.kind,
            "checklist": one.kind.code,
            "answers": {question: answer for question, (answer, _note) in one.answers.items() if answer},
        }
        for act in incident.acts
        for one in checklists_of(act, actor)
        if one.answers
    ]


register("incident", owner_of_safe)
matters.register("incident", lambda incident, actor: [matter_of(incident, actor)])
