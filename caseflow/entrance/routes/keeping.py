"""What is being typed is kept from time to time, and taken back or thrown away."""

from __future__ import annotations

from flask import Response, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.entrance import kept
from caseflow.entrance.routes.blueprint import bp
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.ids import LENGTH, if_id
from caseflow.web.forms import typed_again_with
from caseflow.web.gate import current_actor, signed_in, typed_pairs
from caseflow.web.pages import safe_next, transaction
from caseflow.web.words import time_label

LONGEST_PATH = 200


@bp.post("/kept")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep what stands in a form now; the answer says when."""
    given = request.form
    key, page, at = if_id(given.get("kept-key", "")), given.get("kept-page", ""), now()
    if len(key) != LENGTH or safe_next(page, "") != page or not 0 < len(page) <= LONGEST_PATH:
        abort(400)
    typed = [(name, value) for name, value in typed_pairs() if not name.startswith("kept-")]
    title, took = given.get(kept.TITLE, "")[:LONGEST_PATH], given.get(kept.TOOK, "")
    try:
        with kernel_db.transaction():
            kept.keep(key, page=page, title=title, typed=typed, took=took, by=current_actor(), at=at)
    except RuleBroken as broken:
        answer: Response = jsonify(words=_(broken.message))
        answer.status_code = 422
        return answer
    return jsonify(words=_("Kept %(time)s, sealed to you. It is not saved yet.", time=time_label(at)))


@bp.post("/kept/<key>/out")
@signed_in
def throw_away(key: str) -> ResponseReturnValue:
    """Forget something that was typed and not sent."""
    with transaction():
        kept.throw_away(key, by=current_actor())
    flash(_("What was typed is thrown away."), "ok")
    return redirect(safe_next(request.form.get("onward"), url_for("desk.home")), 303)


@bp.app_template_global("typed_before")
def typed_before() -> list[kept.Typed]:
    """Return what the reader typed on this page and did not send, but for what the form shows already."""
    shown = kept.taken_back()
    here = kept.waiting(current_actor(), request.path)
    return [typed for typed in here if shown is None or typed.key != shown.key]


@bp.app_template_global("typed_here")
def typed_here() -> kept.Typed | None:
    """Return what the form of this page was filled with in place of what is stored, if anything."""
    return kept.taken_back()


@bp.app_template_global("typed_from")
def typed_from() -> str:
    """Return what a form was begun from, as it travels in the form; '' when from nothing."""
    typed = kept.taken_back() if request.method == "GET" else None
    return f"{typed.key}.{typed.number}" if typed is not None else request.form.get(kept.TOOK, "")


typed_again_with(kept.as_typed)
