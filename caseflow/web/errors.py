"""One page for every answer that is not a page: what happened, in words, and what to do."""

from __future__ import annotations

import logging
from secrets import token_hex

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.kernel.words import N_
from caseflow.web.pages import refuse

log = logging.getLogger(__name__)

PAGES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def init(app: Flask) -> None:
    """Attach the answers to `app`."""
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(CSRFError, _token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def page(status: int, text: str | None = None, reference: str | None = None) -> ResponseReturnValue:
    """Return the error page for `status` with an own sentence instead of the usual one, if given."""
    nearest = status if status in PAGES else (400 if status < 500 else 500)
    return render_template(f"errors/{nearest}.html", message=text, reference=reference), status


def _not_found(error: NotFound) -> ResponseReturnValue:
    db.session.rollback()
    refuse("refused", error.about, N_("not found, or not visible"))
    return page(404)


def _not_permitted(error: NotPermitted) -> ResponseReturnValue:
    db.session.rollback()
    refuse("refused", error.about, error.told)
    return page(403, _(error.message))


def _rule_broken(error: RuleBroken) -> ResponseReturnValue:
    db.session.rollback()
    refuse("refused", error.about, error.told)
    return page(409, _(error.message))


def _token(_error: CSRFError) -> ResponseReturnValue:
    return page(
        400, _("The form had been open for too long, or came from another page. Reload the page and send it again.")
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    return page(error.code or 500)


def _fault(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    reference = token_hex(4)
    log.error("fault %s at %s %s", reference, request.method, request.endpoint, exc_info=error)
    refuse("failed", None, f"fault {reference}")
    return page(500, reference=reference)
