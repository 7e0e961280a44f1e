"""The page one sees after signing in."""

from __future__ import annotations

from itertools import chain

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access.actor import Actor, unready
from caseflow.deadlines import rules as deadline_rules
from caseflow.desk import queries
from caseflow.incidents import queries as incidents
from caseflow.incidents import rules as incident_rules
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.keys.models import Identity
from caseflow.network import queries as network
from caseflow.network.rules import region_name, regions
from caseflow.precedents import queries as precedents
from caseflow.proceedings import rules as proceeding_rules
from caseflow.proceedings.models import Decision
from caseflow.vault.keys import MemberPublic, fingerprint
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import entry
from caseflow.web.words import language

bp = Blueprint("desk", __name__)
entry(N_("My desk"), "desk.home", order=10, icon="desk")

GROUPS = {
    "overdue": N_("Overdue"),
    "today": N_("Today"),
    "week": N_("Within a week"),
    "later": N_("Later"),
}
STEPS = {
    "logged": N_("Incidents logged"),
    "verified": N_("Verified"),
    "cases": N_("Cases"),
    "decided": N_("Decided"),
    "ordered": N_("Measures ordered"),
    "done": N_("Fully implemented"),
}


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    actor = current_actor()
    if unready(actor) is not None:
        identity = db.session.get_one(Identity, actor.member_id)
        words = fingerprint(MemberPublic.from_bytes(identity.public))
        return render_template("desk/waiting.html", words=words)
    if actor.is_documenter:
        return _documenter(actor)
    if actor.is_lawyer:
        return _lawyer(actor)
    return _coordinator(actor)


def _documenter(actor: Actor) -> str:
    by_state = incidents.mine_by_state(actor)
    waiting = by_state.pop("information_asked", []), by_state.pop("draft", [])
    by_state.pop("offered", None)  # the panel of referrals shows them
    handed_in = sorted(chain(*by_state.values()), key=lambda incident: incident.changed_at, reverse=True)
    questions = incidents.unanswered(actor, waiting[0]) if waiting[0] else {}
    return render_template(
        "desk/documenter.html",
        asked=waiting[0],
        questions=questions,
        names=network.names_of(question.by_id for found in questions.values() for question in found),
        drafts=waiting[1],
        recent=handed_in,
        rules=incident_rules,
    )


def _lawyer(actor: Actor) -> str:
    cases = queries.cases_of(actor)
    by_stage: dict[tuple[str, str], list[object]] = {}
    for case in cases:
        by_stage.setdefault((case.procedure or "", case.stage or ""), []).append(case)
    return render_template(
        "desk/lawyer.html",
        dates=queries.dates_of(actor, days=90).groups(),
        groups=GROUPS,
        by_stage=by_stage,
        cases=cases,
        tasks=queries.tasks_of(actor),
        reviews=precedents.open_reviews(actor),
        deadline_rules=deadline_rules,
    )


def _coordinator(actor: Actor) -> str:
    waiting, unanswered = incidents.waiting_for_review(actor), incidents.waiting_for_answer(actor)
    lang = language()
    return render_template(
        "desk/coordinator.html",
        waiting=waiting,
        names=network.names_of(incident.by_id for incident in (*waiting, *unanswered)),
        unanswered=unanswered,
        questions=incidents.unanswered(actor, unanswered) if unanswered else {},
        verified=queries.verified_waiting(actor),
        without_counsel=queries.cases_without_counsel(actor),
        dates=queries.dates_of(actor, days=14).groups(),
        groups=GROUPS,
        reviews=precedents.open_reviews(actor),
        unreviewed=precedents.unreviewed_decisions(actor, most=8),
        counts=incidents.counts_by_state(actor),
        at_risk=queries.at_risk(actor),
        damaged=queries.damaged_files(actor),
        pipeline=[(_(STEPS[step]), number) for step, number in queries.pipeline(actor)],
        regions=incidents.counts_by_region(actor),
        region_names={region.code: region_name(region.code, lang) for region in regions()},
        rules=incident_rules,
        deadline_rules=deadline_rules,
    )


@bp.app_template_global("region_label")
def region_label(code: str | None) -> str:
    """Return a region's name in the reader's language; '' for none."""
    return region_name(code, language()) if code else ""


@bp.app_template_global("decision_outcome")
def decision_outcome(decision: Decision) -> str:
    """Return how a decision ended its stage, in the reader's language."""
    stage = decision.stage
    return proceeding_rules.outcome(stage.proceeding.procedure, stage.stage, decision.outcome).name.to(language())
