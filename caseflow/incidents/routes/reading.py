"""The list of incidents, and an incident on one page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, Objection
from caseflow.incidents import queries, rules
from caseflow.incidents.listing import Listed, Listing, Place, listing
from caseflow.incidents.models import Incident
from caseflow.incidents.routes import bp, incident_when
from caseflow.incidents.thread import exchanges
from caseflow.kernel.ids import LENGTH
from caseflow.network import queries as network
from caseflow.network.rules import region_name, regions
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.words import choose_zone, date_words, language, number_label

NAMED = 3  # kinds of act in a row of the list; the rest is a number


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The incidents one may see, by what concerns the reader first; a fixed number of queries."""
    actor = current_actor()
    asked, scope = narrowing()
    place = _place(request.args.get("after", ""))
    found = listing(actor, asked, place)
    given: dict[str, Any] = dict(scope)
    lang, last = language(), found.incidents[-1] if found.more else None
    return render_template(
        "incidents/index.html",
        rows=_rows(actor, found, lang),
        asked=asked,
        scope=scope,
        states=[
            (state, _number([found.counts[state]], found))
            for state in queries.order_for(actor)
            if state in found.counts
        ],
        all=_number(found.counts.values(), found),
        regions=[(one.code, one.label.in_language(lang)) for one in regions()],
        rights=[(group.code, group.label.in_language(lang)) for group in rules.act_groups()],
        may_log=policy.may_log(actor),
        after=url_for(".index", **given, after=_mark(last)) if last else None,
        first=url_for(".index", **given) if place else None,
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
    buttons, refused = _steps(actor, incident)
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


def _steps(actor: Actor, incident: Incident) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
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


def _rows(actor: Actor, found: Listing, lang: str) -> list[tuple[Any, ...]]:
    """Return for each incident of the page its id, title, reference, whether it is a twin, and the words of its cells."""
    acts = queries.kinds_of(actor, [incident.id for incident in found.incidents])
    zone = ZoneInfo(choose_zone())
    changed = [incident.changed_at.astimezone(zone).date() for incident in found.incidents]
    told = {day: _("changed %(date)s", date=date_words(day, lang)) for day in set(changed)}
    return [
        (
            incident.id,
            title,
            incident.reference,
            twin,
            _acts(acts.get(incident.id, []), lang),
            region_name(incident.region, lang),
            incident_when(incident, lang),
            name,
            (incident.state, incident.grade),
            told[day],
        )
        for incident, title, twin, name, day in zip(
            found.incidents, found.titles, found.twins, found.names, changed, strict=True
        )
    ]


def _acts(kinds: list[str], lang: str) -> str:
    words = ", ".join(rules.label("acts", kind, lang) for kind in kinds[:NAMED])
    more = len(kinds) - NAMED
    return f"{words} {_('and %(num)s more', num=more)}" if more > 0 else words


def _number(numbers: Iterable[int], found: Listing) -> str:
    """Return the sum of some of the numbers of a list, as far as they were counted."""
    told, most = list(numbers), found.most_counted
    if most is None or max(told, default=0) <= most:
        return number_label(sum(told))
    return f"{number_label(sum(min(number, most) for number in told))}+"


def _mark(last: Listed) -> str:
    return f"{last.state}~{last.changed_at.timestamp():.6f}~{last.id}"


def _place(mark: str) -> Place | None:
    """Read where the page before ended; None when the address was tampered with."""
    state, _tilde, rest = mark.partition("~")
    seconds, _tilde, incident_id = rest.partition("~")
    try:
        return Place(state, datetime.fromtimestamp(float(seconds), UTC), incident_id[:LENGTH]) if incident_id else None
    except (ValueError, OverflowError, OSError):
        return None


def narrowing() -> tuple[queries.Asked, dict[str, str]]:
    """Return what the address narrows the list to, and the same by name and code for the ledger and for links."""
    asked = queries.chosen(request.args)
    given = {"state": asked.state, "region": asked.region, "year": str(asked.year or "")}
    if asked.kinds is not None:
        given["right"] = request.args.get("right", "")
    return asked, {name: code for name, code in given.items() if code}
