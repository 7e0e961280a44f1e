"""Pages that belong to no room: preferences, and whether the server lives."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from caseflow.kernel.announce import announce
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.settings import LANGUAGES, current
from caseflow.web.gate import current_actor_or_none, public
from caseflow.web.pages import safe_next, transaction
from caseflow.web.words import THEMES

bp = Blueprint("web", __name__)
_YEAR = 365 * 24 * 3600


@bp.post("/preferences")
@public("a visitor chooses language and theme before signing in, too")
def preferences() -> ResponseReturnValue:
    """Choose the language and the theme; a member's choice is kept with her account."""
    answer = redirect(safe_next(request.form.get("next"), "/"), 303)
    language, theme = request.form.get("language"), request.form.get("theme")
    actor = current_actor_or_none()
    if actor is not None:
        with transaction():
            announce("web.preferences", by=actor, language=language, theme=theme, at=now())
    for name, value, allowed in (("language", language, LANGUAGES), ("theme", theme, THEMES)):
        if value in allowed:
            answer.set_cookie(name, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=current().secure)
    return answer


@bp.get("/health")
@public("a reverse proxy asks whether the server lives; the answer says nothing else")
def health() -> ResponseReturnValue:
    """Answer that the server and its database live."""
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}
