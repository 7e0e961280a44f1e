"""What an incident still lacks: what keeps it from being submitted, and what would make it stronger."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from caseflow.access import evidence as evidence_policy
from caseflow.access.actor import Actor
from caseflow.evidence.models import Item
from caseflow.incidents.models import Incident
from caseflow.kernel.db import db
from caseflow.kernel.words import N_


@dataclass(frozen=True)
class Gap:
    """One thing that is not there: the sentence that says so (a msgid) and the step of the form where it is entered."""

    words: str
    step: str


def gaps(incident: Incident, actor: Actor) -> list[Gap]:
    """Return what must be there before `incident` is submitted and is not."""
    found = []
    if not actor.ring.text(incident, "title"):
        found.append(Gap(N_("A title is missing."), "what"))
    if not actor.ring.text(incident, "narrative") and not incident.acts:
        found.append(Gap(N_("Nothing says what happened: write the narrative or add an act."), "what"))
    if not incident.region:
        found.append(Gap(N_("The region is missing."), "where"))
    if not any(actor.ring.text(p, "name") or actor.ring.text(p, "pseudonym") for p in incident.people):
        found.append(Gap(N_("Nobody is named: add one person or group, with a name or a pseudonym."), "people"))
    return found


def wishes(incident: Incident, actor: Actor) -> list[Gap]:
    """Return what is not needed for submitting but would help whoever reviews `incident`; one query."""
    found = []
    if incident.began_precision == "unknown":
        found.append(Gap(N_("No date says when it happened. A year alone helps already."), "where"))
    if not incident.acts:
        found.append(Gap(N_("No act says what was done to whom. It decides which rights are at stake."), "people"))
    consenting = {consent.person_id for consent in incident.consents if consent.withdrawal is None}
    if any(act.victim_id not in consenting for act in incident.acts):
        found.append(Gap(N_("A person to whom something was done has not consented to anything yet."), "consent"))
    if not incident.sources:
        found.append(Gap(N_("No source says who told you so."), "consent"))
    items = select(func.count()).select_from(Item).where(Item.safe_id == incident.safe_id)
    if not db.session.scalar(items.where(evidence_policy.visible_to(actor))):
        found.append(Gap(N_("There is no evidence yet. It can also be added later."), "evidence"))
    return found
