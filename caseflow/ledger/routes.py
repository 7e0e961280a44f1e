"""The ledger of the whole network, for coordinators."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import network as policy
from caseflow.access.actor import Role, demand
from caseflow.access.facts import everybody
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.ledger import exports, history, queries, stamping
from caseflow.ledger.checkpoints import latest_checkpoint
from caseflow.ledger.models import Checkpoint, Event
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
    checkpoint = latest_checkpoint()
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
        checkpoint=checkpoint,
        stamp=stamping.stamp_of(checkpoint.size) if checkpoint else None,
        awaits_stamp=bool(current().tsa_url),
        alarm=queries.alarm(at=now()),
    )


@bp.get("/ledger/checkpoint")
@signed_in
def checkpoint() -> ResponseReturnValue:
    """The note of the last checkpoint, for a partner to keep."""
    found = _last_checkpoint()
    return _download(found.note.encode(), f"checkpoint-{found.size}.note", "text/plain; charset=utf-8")


@bp.get("/ledger/key")
@signed_in
def key() -> ResponseReturnValue:
    """The verifier key of the last checkpoint."""
    return _download(f"{_last_checkpoint().key}\n".encode(), "ledger.vkey", "text/plain; charset=utf-8")


@bp.get("/ledger/time-stamp")
@signed_in
def time_stamp() -> ResponseReturnValue:
    """What the authority answered about the last checkpoint."""
    found = _last_checkpoint()
    stamp = stamping.stamp_of(found.size)
    if stamp is None:
        raise NotFound(about="checkpoints:")
    return _download(stamp.answer, f"checkpoint-{found.size}.tsr", "application/timestamp-reply")


@bp.get("/ledger/proof")
@signed_in
def proof() -> ResponseReturnValue:
    """The proof that one row is under the last checkpoint."""
    under, asked = _last_checkpoint(), request.args.get("row", "")
    seq = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0
    event = db.session.get(Event, seq) if 0 < seq <= under.size else None
    if event is None:
        raise NotFound(about="events:")
    content = json.dumps(exports.proof(event, under), indent=2, ensure_ascii=False)
    return _download(content.encode(), f"row-{seq}.json", "application/json")


def _last_checkpoint() -> Checkpoint:
    demand(policy.may_read_ledger(current_actor()), about="events:")
    found = latest_checkpoint()
    if found is None:
        raise NotFound(about="checkpoints:")
    return found


def _download(content: bytes, name: str, kind: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
