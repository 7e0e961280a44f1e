"""The list of incidents, and an incident on one page."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, Objection
from caseflow.incidents import duplicates, queries, rules
from caseflow.incidents.models import Incident
from caseflow.incidents.routes import bp
from caseflow.incidents.thread import exchanges
from caseflow.network import queries as network
from caseflow.network.rules import regions
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.pages import paginate
from caseflow.web.words import language


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The incidents one may see, by what concerns the reader first; a fixed number of queries."""
    actor = current_actor()
    asked = queries.chosen(request.args)
    counts, years = queries.counts_and_years(actor)
    counted = counts.get(asked.state, 0) if asked.state else sum(counts.values())
    by_state_alone = asked == queries.Asked(state=asked.state)
    listed = queries.listing(actor, asked).with_only_columns(Incident.id, maintain_column_froms=True)
    page = paginate(listed, total=counted if by_state_alone else None)
    page = replace(page, items=queries.in_this_order(actor, page.items))
    lang = language()
    return render_template(
        "incidents/index.html",
        page=page,
        asked=asked,
        right=request.args.get("right", ""),
        acts=queries.kinds_of_act(actor, page.items),
        twins=duplicates.twins_among(actor, page.items),
        names=network.names_of(incident.by_id for incident in page.items) if not actor.is_documenter else {},
        states=[(state, counts[state]) for state in queries.order_for(actor) if counts.get(state)],
        regions=[(one.code, one.label.in_language(lang)) for one in regions()],
        rights=[(group.code, group.label.in_language(lang)) for group in rules.act_groups()],
        years=[(str(year), str(year)) for year in years],
        narrowed=any(request.args.get(name) for name in ("state", "region", "year", "right")),
        may_log=policy.may_log(actor),
        scope=narrowing()[1],
    )


@bp.get("/<incident_id>")
@signed_in
def show(incident_id: str) -> ResponseReturnValue:
    """An incident on one page."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    received = incident.received
    first = incident.hand_overs[0].from_id if incident.hand_overs else incident.by_id
    logged_by = received.by_id if received else first
    names = network.names_of(
        [
            logged_by,
            incident.by_id,
            *(move.by_id for move in incident.moves),
            *(said.by_id for said in incident.messages),
            *(referral.to_id for referral in incident.referrals),
        ]
    )
    buttons, refused = _acts(actor, incident)
    return render_template(
        "incidents/show.html",
        incident=incident,
        names=names,
        logged_by=logged_by,
        panels=panels_of("incident", incident, actor),
        buttons=buttons,
        refused=refused,
        verified=next((move for move in reversed(incident.moves) if move.to_state == "verified"), None),
        exchanges=exchanges(incident),
        houses=network.organisation_names(referral.to_organisation_id for referral in incident.referrals),
        notes=[said for said in incident.messages if said.kind == "note"],
        may_edit=policy.may_edit(actor, incident),
        may_add=policy.may_add(actor, incident),
    )


def _acts(actor: Actor, incident: Incident) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """Return the steps the reader may take (endpoint, label), and objection -> labels of those she may not."""
    mine = incident.by_id == actor.member_id
    steps: list[tuple[str, str, Objection]] = []
    if mine:
        steps += [
            ("answer", _("Answer the question"), policy.may_answer(actor, incident)),
            ("evidence", _("Submit for review"), policy.may_submit(actor, incident)),
        ]
    if actor.is_coordinator:
        steps += [
            ("take_into_review", _("Take into review"), policy.may_take_into_review(actor, incident)),
            ("verify", _("Verify"), policy.may_verify(actor, incident)),
            ("ask", _("Ask for more"), policy.may_ask(actor, incident)),
            ("refer", _("Refer to another organisation"), policy.may_refer(actor, incident)),
            ("decline", _("Decline"), policy.may_decline(actor, incident)),
            ("close", _("Close without a case"), policy.may_close(actor, incident)),
        ]
    if incident.received and incident.state == "offered":
        deciding = policy.may_decide_referral(actor, incident)
        steps = [("accept", _("Accept"), deciding), ("reject", _("Reject"), deciding)]
    if incident.state == "referred" and actor.is_coordinator and incident.referrals:
        steps = [("take_back", _("Take back into review"), policy.may_take_back(actor, incident))]
    refused: dict[str, list[str]] = {}
    for _endpoint, label, objection in steps:
        if objection is not None:
            refused.setdefault(objection, []).append(label)
    return [(endpoint, label) for endpoint, label, objection in steps if objection is None], refused


def narrowing() -> tuple[queries.Asked, dict[str, str]]:
    """Return what the address narrows the list to, and the same by name and code for the ledger and for links."""
    asked = queries.chosen(request.args)
    given = {"state": asked.state, "region": asked.region, "year": str(asked.year or "")}
    if asked.kinds is not None:
        given["right"] = request.args.get("right", "")
    return asked, {name: code for name, code in given.items() if code}
