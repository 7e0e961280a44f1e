"""A member's keys and what they open, the end of her membership, and keys that wait to be renewed."""

from __future__ import annotations

from time import monotonic

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select, true

from caseflow.access import network as policy
from caseflow.access.actor import demand, unready
from caseflow.access.facts import references_of
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.keys import operations as keys
from caseflow.keys.models import Grant
from caseflow.keys.queries import waiting
from caseflow.network import operations, queries
from caseflow.network.forms import chosen, leave_form
from caseflow.network.leaving import duties_of
from caseflow.network.models import Member
from caseflow.network.panels import REASONS, WHERE
from caseflow.network.routes.blueprint import bp
from caseflow.network.routes.members import STATES
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, proven_lately, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.pages import paginate, showing_refusals, transaction

SECONDS = 4.0  # how long one request renews keys before it shows how far it has come


@bp.get("/members/<member_id>")
@signed_in
def member(member_id: str) -> ResponseReturnValue:
    """One member: who she is, her keys, what she may open, and what can be done."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    found = find(Member, member_id, true())
    state = "left" if found.departure else "confirmed" if queries.is_confirmed(found.id) else "waiting"
    return render_template(
        "network/member.html",
        member=found,
        state=STATES[state],
        waits=state == "waiting",
        panels=panels_of("member", found, actor),
        policy=policy,
    )


@bp.get("/members/<member_id>/safes")
@signed_in
def safes(member_id: str) -> ResponseReturnValue:
    """What a member may open, with the reason and since when: her own page, and for coordinators."""
    actor = current_actor()
    if member_id != actor.member_id:
        demand(policy.may_see_members(actor), about="members:")
    found = find(Member, member_id, true())
    held = select(Grant).where(Grant.member_id == found.id).order_by(Grant.at.desc(), Grant.id)
    page = paginate(held)
    return render_template(
        "network/safes.html",
        member=found,
        mine=found.id == actor.member_id,
        page=page,
        references=references_of([grant.safe_id for grant in page.items]),
        names=queries.names_of(grant.grantor_id for grant in page.items),
        reasons=REASONS,
        where=WHERE,
    )


@bp.route("/members/<member_id>/end", methods=["GET", "POST"])
@proven_lately
def end_membership(member_id: str) -> ResponseReturnValue:
    """End a member's access, and say who takes over what she answers for."""
    actor = current_actor()
    demand(policy.may_see_members(actor), about="members:")
    leaver = find(Member, member_id, true())
    objection = policy.may_end_membership(actor, leaver)
    duties = duties_of(leaver) if objection is None else []
    names = queries.names_of({taker for duty in duties for taker in duty.takers})
    form = leave_form(duties, names)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            taken = chosen(form, duties)
            operations.end_membership(leaver, hand_over=taken, by=actor, at=now())
            left = waiting(actor.member_id)
            words = _(
                "The membership of %(name)s has ended: her sessions are closed and her keys open nothing.",
                name=leaver.name,
            )
            flash(words, "ok")
            onward = "network.renewing" if left.safes or left.files else "network.members"
            return redirect(url_for(onward), 303)
    actor.ring.prepare([duty.row for duty in duties if duty.row is not None])
    return render_template(
        "network/leave.html", member=leaver, form=form, duties=duties, objection=objection, has_others=len(duties) > 1
    )


@bp.route("/members/keys", methods=["GET", "POST"])
@signed_in
def renewing() -> ResponseReturnValue:
    """Renew the keys that wait, for a few seconds at a time, and show how far it has come."""
    actor = current_actor()
    demand(unready(actor), about="safes:")
    form, done = Form(), 0
    if form.validate_on_submit():
        until = monotonic() + SECONDS
        while monotonic() < until:
            with transaction():
                batch = keys.settle_some(by=actor, at=now())
            done += batch
            if not batch:
                flash(_("All keys that you hold are renewed."), "ok")
                break
    return render_template(
        "network/renewing.html", form=form, done=done, mine=waiting(actor.member_id), everywhere=waiting()
    )
