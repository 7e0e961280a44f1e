"""The blueprint of the entrance, and what its pages share: the session at hand, the cookie, where to go on."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.entrance import browsers, operations, sessions
from caseflow.entrance.carried import open_typed
from caseflow.entrance.rules import browser_of, network_of
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys.derivation import Busy
from caseflow.keys.models import Identity
from caseflow.network.models import Member
from caseflow.web.forms import Form, land
from caseflow.web.pages import safe_next

bp = Blueprint("entrance", __name__)


session_here = sessions.here


def address() -> str:
    """Return where this request comes from, as tries are counted: of IPv6 the network, for one machine has all of it."""
    return network_of(request.remote_addr or "unknown")


def agent() -> str:
    """Return what the browser says about itself, in words."""
    return browser_of(request.user_agent.string or "")


def where_to() -> str:
    """Return where she was going."""
    return safe_next(request.form.get("onward") or request.args.get("next"), url_for("desk.home"))


def carried() -> list[tuple[str, str]]:
    """Return what she was sending when the session ended: nobody is known then to whom it could be sealed."""
    return list(zip(request.form.getlist("typed_name"), request.form.getlist("typed_value"), strict=False))


def sealed_here() -> str:
    """Return what she was sending as it travels sealed to her, where it is known whose it is."""
    return request.form.get("typed_sealed", "")


def opened_here(value: str, onward: str) -> tuple[str, list[tuple[str, str]]]:
    """Return where she was going and what she was sending there, with the keys of the session that `value` names.

    What was sealed goes where it was on the way to, whatever stands beside it in the page.
    """
    sealed, whose = sealed_here(), sessions.whose(value)
    if not sealed or whose is None:
        return onward, []
    found = open_typed(sealed, whose[1], member=whose[0])
    if found is None:
        flash(_("What was being sent was sealed for somebody else, or was changed, and is not shown."), "warn")
        return onward, []
    return safe_next(found.onward, onward), found.typed


def go_on(
    where: str, text: list[tuple[str, str]], value: str | None, member: Member | None = None
) -> ResponseReturnValue:
    """Lead to where she was going; what she was sending is sent again from a page of its own, with a fresh token."""
    if text:
        page: ResponseReturnValue = render_template("entrance/go_on.html", typed=text, onward=where)
    else:
        page = redirect(where, 303)
    return page if value is None else with_cookie(page, value, member)


def show(form: Form, broken: RuleBroken) -> None:
    """Put a refusal at its field; too many tries and a full line are 429, everything else is 422."""
    g.answer_status = 429 if isinstance(broken, operations.TooMany | Busy) else 422
    land(form, broken)


def same(form: Form, chosen: str, again: object) -> bool:
    """Tell whether a passphrase was typed alike twice; otherwise say so at the second field."""
    if getattr(again, "data", None) == chosen:
        return True
    land(form, RuleBroken(_("The two passphrases differ."), field="again"))
    g.answer_status = 422
    return False


def with_cookie(page: ResponseReturnValue, value: str | None, member: Member | None = None) -> Response:
    """Return the answer that also gives the browser its half of the session, or takes it away with None.

    Where a whole session of `member` begins, the browser is known as hers from now on.
    """
    answer = make_response(page)
    sessions.set_cookie(answer, value)
    if member is not None:
        browsers.give_mark(answer, browsers.kept_by(request), db.session.get_one(Identity, member.id), at=now())
    return answer
