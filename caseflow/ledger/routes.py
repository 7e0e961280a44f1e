"""The ledger of the whole network, for coordinators."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import network as policy
from caseflow.access.actor import Role, demand
from caseflow.access.facts import everybody
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.ledger import history, queries
from caseflow.ledger.models import Event
from caseflow.ledger.words import phrase, verbs
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import entry
from caseflow.web.pages import paginate

bp = Blueprint("ledger", __name__)
entry(N_("Ledger"), "ledger.index", order=90, icon="ledger", roles=(Role.COORDINATOR,))
PER_PAGE = 100


@bp.get("/ledger")
@signed_in
def index() -> ResponseReturnValue:
    """What happened in the network, newest first; by verb, by member, refusals only."""
    demand(policy.may_read_ledger(current_actor()), about="events:")
    chosen = {name: request.args.get(name, "")[:60] for name in ("verb", "member", "result")}
    query = queries.of_network()
    if chosen["verb"]:
        query = query.where(Event.verb == chosen["verb"])
    if chosen["member"]:
        query = query.where(Event.actor_id == chosen["member"])
    if chosen["result"] == "refused":
        query = query.where(Event.result != "done")
    page = paginate(query, per_page=PER_PAGE)
    last = db.session.execute(queries.of_network().limit(1)).scalar_one_or_none()
    return render_template(
        "ledger/index.html",
        page=page,
        lines=history.lines(page.items),
        chosen=chosen,
        verbs=[("", _("everything")), *((verb, _(phrase(verb)).replace("%(member)s", "…")) for verb in verbs())],
        members=[("", _("everybody")), *everybody().items()],
        results=[("", _("done and refused")), ("refused", _("refused only"))],
        badges=history.RESULTS,
        last=last,
    )
