"""Possible conflicts: of one case for its team, of the whole network for coordinators."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.access.safes import visible
from caseflow.cases import forms, operations
from caseflow.cases.checks import MOST_A_DAY, finding_of
from caseflow.cases.conflicts import MEMBER, Comparison, Hit, as_hits
from caseflow.cases.models import Case, ConflictCheck, Party
from caseflow.cases.names import CASE, Known
from caseflow.cases.routes import bp, case_words
from caseflow.incidents.models import Incident, Person
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.network import queries as network
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction

SECONDS = 2.0  # for which one request compares


@dataclass(frozen=True)
class Shown:
    """A hit as its reader sees it: where (reference and title, with its address), the name as written there, the side."""

    where: str
    url: str | None
    name: str
    sides: str
    team: str
    conflict: bool


def catch_up(actor: Actor, *, held_too: bool = False, seconds: float = SECONDS) -> int:
    """Compare what waits with all names of the network, as far as there is time; return how many matters are still unread."""
    until = time.monotonic() + seconds
    known = Known.of(actor, until=until)
    if known.left:  # a name is called clear only once it was compared with all
        return known.left
    comparison, done = Comparison(known), 1
    while done and time.monotonic() < until:
        with transaction():
            done = operations.check_names(comparison, held_too=held_too, by=actor, at=now())
    return 0


@bp.route("/conflicts", methods=["GET", "POST"])
@signed_in
def check_names() -> ResponseReturnValue:
    """What waits for a decision in the whole network; names that wait are compared now."""
    actor = current_actor()
    demand(policy.may_check_conflicts(actor), about="cases:")
    left = catch_up(actor, held_too=request.method == "POST")
    if left:
        flash(
            ngettext(
                "%(num)s matter is still to be read: open this page once more.",
                "%(num)s matters are still to be read: open this page once more.",
                left,
            ),
            "info",
        )
    if request.method == "POST":
        return redirect(url_for("cases.check_names"), 303)
    query = select(ConflictCheck).where(visible(ConflictCheck, actor), ConflictCheck.state.in_(("waiting", "possible")))
    found = list(db.session.scalars(query.order_by(ConflictCheck.asked_at).limit(200)))
    actor.ring.prepare(found)
    names = _names(actor, found)
    return render_template(
        "cases/conflicts.html",
        possible=[check for check in found if check.state == "possible"],
        waiting=[check for check in found if check.state == "waiting"],
        names=names,
        most=MOST_A_DAY,
    )


@bp.get("/<case_id>/conflicts")
@signed_in
def conflicts_of_case(case_id: str) -> ResponseReturnValue:
    """The names of one case: what is known of each, and what the reader can see herself."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    actor.ring.prepare([case])
    comparison = None if actor.is_coordinator else Comparison.with_own(actor)
    own = {check.id: shown(actor, comparison.of(case, check.subject)) if comparison else [] for check in case.checks}
    deciders = network.names_of(check.resolved_by_id for check in case.checks)
    return render_template(
        "cases/case_conflicts.html", case=case, names=_names(actor, case.checks), own=own, deciders=deciders
    )


@bp.route("/<case_id>/conflicts/<check_id>", methods=["GET", "POST"])
@signed_in
def resolve_conflict(case_id: str, check_id: str) -> ResponseReturnValue:
    """Decide about a possible conflict."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    seen = visible(ConflictCheck, actor) & (ConflictCheck.case_id == case_id)
    check = find(ConflictCheck, check_id, seen)
    form = forms.ConflictForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.resolve_conflict(
                find(ConflictCheck, check_id, seen),
                verdict=form.verdict.data,
                reason=form.reason.data,
                answer=form.answer.data,
                by=actor,
                at=now(),
            )
            flash(_("Decided. The team of the case sees the decision, not with whom."), "ok")
            return redirect(url_for("cases.conflicts_of_case", case_id=case.id), 303)
    objection = policy.may_resolve_conflict(actor, check)
    finding = finding_of(check, actor)
    hits = as_hits(actor.ring.text(finding, "hits")) if finding is not None and objection is None else []
    return render_template(
        "cases/conflict.html",
        case=case,
        check=check,
        form=form,
        name=_names(actor, [check])[check.id],
        hits=shown(actor, hits),
        reason=actor.ring.text(finding, "reason") if finding is not None and objection is None else "",
        objection=objection,
    )


def shown(actor: Actor, hits: Iterable[Hit]) -> list[Shown]:
    """Return hits as far as `actor` may see where they are, possible conflicts first; a fixed number of queries."""
    found = sorted(hits, key=lambda hit: (not hit.conflict, hit))
    rows = {key: _those(actor, model, [one.subject.partition(":")[2] for one in found if one.subject.startswith(key)])
            for key, model in (("party", Party), ("person", Person))}  # fmt: skip
    matters = {
        **_those(actor, Case, [one.matter for one in found if one.kind == CASE]),
        **_those(actor, Incident, [one.matter for one in found if one.kind != CASE]),
    }
    members = network.names_of(one.matter for one in found if one.kind == MEMBER)
    serving = {c.member_id for m in matters.values() if isinstance(m, Case) for c in m.counsel}
    team = network.names_of(serving)
    told = []
    for hit in found:
        kind, _colon, row = hit.subject.partition(":")
        sides = ", ".join(case_words("side", side) for side in hit.sides if side != "counsel")
        if hit.kind == MEMBER:
            told.append(Shown(_("A member of the network"), None, members.get(hit.matter, ""), "", "", hit.conflict))
        elif hit.matter in matters and row in rows.get(kind, {}):
            matter = matters[hit.matter]
            where = f"{matter.reference} · {actor.ring.text(matter, 'title')}"
            url = (
                url_for("cases.show", case_id=matter.id)
                if hit.kind == CASE
                else url_for("incidents.show", incident_id=matter.id)
            )
            counsel = {team[c.member_id] for c in matter.counsel if c.until is None} if hit.kind == CASE else set()
            name = actor.ring.text(rows[kind][row], "name")
            told.append(Shown(where, url, name, sides, ", ".join(sorted(counsel)), hit.conflict))
    return told


def _those(actor: Actor, model: Any, ids: list[str]) -> dict[str, Any]:
    if not ids:
        return {}
    found = {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids), visible(model, actor)))}
    actor.ring.prepare(found.values())
    return found


def _names(actor: Actor, checks: Iterable[ConflictCheck]) -> dict[str, tuple[str, str]]:
    """Return check -> the name it is about, and as whom."""
    checks = list(checks)
    ids = {
        kind: [c.subject.partition(":")[2] for c in checks if c.subject.startswith(kind)]
        for kind in ("party", "person")
    }
    rows = {**_those(actor, Party, ids["party"]), **_those(actor, Person, ids["person"])}
    counsel = {one.id: one for check in checks if check.subject.startswith("counsel") for one in check.case.counsel}
    members = network.names_of(one.member_id for one in counsel.values())
    told = {}
    for check in checks:
        row = rows.get(check.subject.partition(":")[2])
        serving = counsel.get(check.subject.partition(":")[2])
        if isinstance(row, Party):
            told[check.id] = (actor.ring.text(row, "name"), case_words("side", row.side))
        elif isinstance(row, Person):
            told[check.id] = (actor.ring.text(row, "name"), _("a person of an incident"))
        elif serving is not None:
            told[check.id] = (members.get(serving.member_id, ""), case_words("role", serving.role))
        else:
            told[check.id] = (_("no longer there"), "")
    return told
