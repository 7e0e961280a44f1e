"""Documented violations: a documenter has her own, a lawyer those of her cases, a coordinator all."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.safes import visible
from caseflow.incidents.models import Consent, Incident
from caseflow.kernel.words import N_

BY_COORDINATOR = N_("Incidents are reviewed by a coordinator.")
OPEN_TO_CHANGE = ("draft", "information_asked")
HIDDEN = ("importing", "undone")  # of a list that is not in as a whole, or was taken back: nobody sees these


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition an incident must meet to exist for `actor`."""
    return visible(Incident, actor) & Incident.state.not_in(HIDDEN)


def may_log(actor: Actor) -> Objection:
    """Return why `actor` may not log an incident, or None."""
    if actor.is_lawyer:
        return unready(actor) or N_("Incidents are logged by a documenter or a coordinator.")
    return unready(actor)


def may_import(actor: Actor) -> Objection:
    """Return why `actor` may not bring in a list of incidents, or None: as for logging one."""
    return may_log(actor)


def may_export_list(actor: Actor) -> Objection:
    """Return why `actor` may not take the incidents she sees away as a list, or None."""
    return unready(actor)


def may_edit(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not change what `incident` says, or None."""
    if incident.by_id != actor.member_id:
        return N_("Only the person who logged an incident changes its text. Others ask her a question.")
    if incident.state not in OPEN_TO_CHANGE:
        return N_("The text is fixed while it is reviewed. The coordinator can ask you for more, which opens it again.")
    return unready(actor)


def may_take_out(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not take a mistaken entry out of `incident`, or None: only from her own draft."""
    if incident.by_id != actor.member_id:
        return N_("Only the person who logged an incident takes something out of it.")
    if incident.state != "draft":
        return N_(
            "Somebody else has read this incident: nothing is taken out of it any more. Correct the entry instead."
        )
    return unready(actor)


def may_add(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor`, who sees `incident`, may not add evidence, people or consent to it, or None."""
    if incident.state in ("declined", "closed"):
        return N_("This incident is closed; nothing is added to it.")
    if incident.state == "offered":
        return N_("Accept it first: until then it is only offered.")
    return unready(actor)


def may_judge(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor`, who sees `incident`, may not judge whether it, or somebody in it, is the same as another, or None."""
    if incident.state == "offered":
        return N_("Accept it first: until then it is only offered.")
    if incident.state == "draft" and incident.by_id != actor.member_id:
        return N_("This is still a draft: who is in it may change. It is judged when it is submitted.")
    return unready(actor)


def may_submit(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not hand `incident` in for review, or None."""
    if incident.by_id != actor.member_id:
        return N_("An incident is submitted by the person who logged it.")
    if incident.state not in OPEN_TO_CHANGE:
        return N_("This incident has been submitted already.")
    return unready(actor)


def may_answer(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not answer the coordinator's question on `incident`, or None."""
    if incident.by_id != actor.member_id:
        return N_("Questions are answered by the person who logged the incident.")
    if incident.state != "information_asked":
        return N_("Nothing has been asked.")
    return unready(actor)


def may_review(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not judge `incident`, or None."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    if incident.state not in ("submitted", "in_review"):
        return N_("Only a submitted incident is reviewed.")
    return unready(actor)


def may_take_into_review(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not take `incident` into review, or None."""
    if actor.is_coordinator and incident.state == "in_review":
        return N_("This incident is in review already.")
    return may_review(actor, incident)


def may_ask(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not ask the documenter for more, or None: one question more while others wait, too."""
    if actor.is_coordinator and incident.state == "information_asked":
        return unready(actor)
    return may_review(actor, incident)


def may_verify(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not grade `incident` as verified, or None."""
    if actor.is_coordinator and incident.by_id == actor.member_id:
        return N_("Somebody else verifies what you logged yourself.")
    return may_review(actor, incident)


def may_decline(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not decline `incident`, or None."""
    return may_review(actor, incident)


def may_close(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not close a verified `incident` without a case, or None."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    if incident.state != "verified":
        return N_("Only a verified incident is closed without a case.")
    return unready(actor)


def may_take_to_case(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not take `incident` into a case, or None."""
    if not actor.is_coordinator:
        return unready(actor) or N_("Cases are opened by a coordinator.")
    if incident.state not in ("verified", "taken_to_case"):
        return N_("Only a verified incident goes into a case.")
    return unready(actor)


def may_refer(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not refer `incident` to another organisation, or None."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    if incident.state not in ("submitted", "in_review", "verified"):
        return N_("Only a submitted or verified incident is referred.")
    return unready(actor)


def may_decide_referral(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not accept or reject what another organisation referred, or None."""
    if incident.by_id != actor.member_id:
        return N_("Whoever it was referred to decides about it.")
    if incident.state != "offered":
        return N_("This has been decided already.")
    return unready(actor)


def may_take_back(actor: Actor, incident: Incident) -> Objection:
    """Return why `actor` may not take back what was referred to another organisation, or None."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    if incident.state != "referred" or incident.referrals[-1].state == "accepted":
        return N_("Only what nobody has accepted is taken back.")
    return unready(actor)


def may_withdraw_consent(actor: Actor, consent: Consent) -> Objection:
    """Return why `actor` may not record that `consent` was taken back, or None."""
    if consent.withdrawal is not None:
        return N_("This consent has been withdrawn already.")
    return unready(actor)
