"""Who gets in: every route is `@signed_in` or `@public("why")`, or the application does not start."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from caseflow.access.actor import Actor

# What opens an account is never carried from one page to the next.
_NOT_CARRIED = ("csrf_token", "passphrase", "old", "new", "again", "code", "offer", "response")
_PIECE = 1024 * 1024
_LET_FINISH = 1024 * _PIECE
View = TypeVar("View", bound=Callable[..., Any])
Again = Callable[[str, list[tuple[str, str]]], ResponseReturnValue]
login_manager = LoginManager()
_again: list[Again] = []


class Visitor(UserMixin):
    """A signed-in member as Flask-Login knows her.

    `locked` means that her keys are not at hand; `owing` that she must set up a second factor before anything opens;
    `stale` that she has one and did not prove it lately.
    """

    def __init__(self, actor: Actor, *, locked: bool, owing: bool = False, stale: bool = False) -> None:
        self.actor = actor
        self.locked = locked
        self.owing = owing
        self.stale = stale
        self.id = actor.member_id


def load_with(load: Callable[[Any], Visitor | None]) -> None:
    """Set how a request is recognised; the entrance gives its function here."""
    login_manager.request_loader(load)


def ask_again_with(ask: Again) -> None:
    """Set the page on which somebody proves her second factor once more; the entrance gives its function here."""
    _again[:] = [ask]


def init(app: Flask) -> None:
    """Attach the gate to `app`."""
    login_manager.session_protection = None
    login_manager.init_app(app)


def current_actor_or_none() -> Actor | None:
    """Return who is signed in and unlocked and owes nothing, or None."""
    return current_user.actor if _is_in() and not current_user.owing else None


def entering_actor() -> Actor:
    """Return who is about to enter; only for views behind `@entering`."""
    if not _is_in():
        raise RuntimeError("nobody is entering; the view lacks @entering")
    return cast(Actor, current_user.actor)


def _is_in() -> bool:
    return bool(current_user) and current_user.is_authenticated and not current_user.locked


def whoever_is_here() -> Actor | None:
    """Return whose session this is, also while it is locked or something is owed; she need not be able to do anything."""
    return current_user.actor if current_user and current_user.is_authenticated else None


def current_actor() -> Actor:
    """Return who acts; only for views behind `@signed_in`."""
    actor = current_actor_or_none()
    if actor is None:
        raise RuntimeError("nobody is signed in; the view lacks @signed_in")
    return actor


def signed_in(view: View) -> View:
    """Let only unlocked members in; others are asked to sign in or unlock, and come back to where they were going."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_actor_or_none() is None:
            return _ask_who()
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.gate = "signed in"  # type: ignore[attr-defined]
    return cast(View, guarded)


def proven_lately(view: View) -> View:
    """Let members act who have shown lately that it is they; others do so first, and nothing typed is lost by it.

    For what lets others in or takes keys: a cookie that was copied is not enough for it. Who has no second factor is
    let through as `signed_in` does.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if current_actor_or_none() is None:
            return _ask_who()
        if request.method == "POST" and current_user.stale:
            g.answer_status = 423
            return _again[0](request.full_path.rstrip("?"), typed_pairs())
        return cast(ResponseReturnValue, view(*args, **kwargs))

    guarded.gate = "signed in"  # type: ignore[attr-defined]
    guarded.proven_lately = True  # type: ignore[attr-defined]
    return cast(View, guarded)


def entering(view: View) -> View:
    """Let also those in who owe a second factor: for the pages on which it is set up, and no others."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return cast(ResponseReturnValue, view(*args, **kwargs)) if _is_in() else _ask_who()

    guarded.gate = "signed in"  # type: ignore[attr-defined]
    guarded.entering = True  # type: ignore[attr-defined]
    return cast(View, guarded)


def public(why: str) -> Callable[[View], View]:
    """Let everybody in; `why` is the reason in words."""

    def mark(view: View) -> View:
        view.gate = f"public: {why}"  # type: ignore[attr-defined]
        return view

    return mark


def streams(view: View) -> View:
    """Mark a view that reads a large body itself, as it arrives: nothing before it may touch `request.form`.

    The view checks its form token itself, and the size of each file: how much all of them may be has no limit.
    """

    @wraps(view)
    def streaming(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        request.max_content_length = sys.maxsize
        try:
            return cast(ResponseReturnValue, view(*args, **kwargs))
        finally:
            _let_finish()

    streaming.streams = True  # type: ignore[attr-defined]
    return cast(View, streaming)


def _let_finish() -> None:
    # A browser shows an answer only when it has sent all it has: a line that is closed before that is a fault to it, and
    # the reason of the refusal is lost. So the rest is taken and thrown away, within reason and for members only.
    if not request.environ.get("wsgi.input_terminated") or not (current_user and current_user.is_authenticated):
        return
    left = _LET_FINISH
    try:
        while left > 0 and (piece := request.environ["wsgi.input"].read(_PIECE)):
            left -= len(piece)
    except OSError:
        return


def streaming_views(app: Flask) -> list[Callable[..., Any]]:
    """Return the views that read their bodies themselves."""
    return [view for view in app.view_functions.values() if hasattr(view, "streams")]


def demand_gates(app: Flask) -> None:
    """Raise `RuntimeError` naming every route that does not say who may open it."""
    bare = sorted(name for name, view in app.view_functions.items() if not hasattr(view, "gate"))
    if bare:
        raise RuntimeError(f"routes without @signed_in or @public: {', '.join(bare)}")


def _ask_who() -> ResponseReturnValue:
    page = "unlock" if current_user.is_authenticated else "sign_in"
    if _is_in():
        page = "second_factor"
    if "Tus-Resumable" in request.headers:  # a program that sends a file reads a status; a page would tell it nothing
        return "", 401 if page == "sign_in" else 423
    where = request.full_path.rstrip("?")
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or hasattr(view, "streams"):
        return redirect(url_for(f"entrance.{page}", next=where), 303)
    # What was typed while the session locked or ended travels in the page that asks for the passphrase; nothing of it
    # is stored, and it is acted on only after she has pressed the button once more, with a fresh token.
    g.answer_status = 401 if page == "sign_in" else 423
    names = {
        "unlock": "entrance/unlock.html",
        "sign_in": "entrance/sign_in.html",
        "second_factor": "entrance/go_on.html",
    }
    return render_template(names[page], typed=typed_pairs(), onward=where, form=None, owing=_is_in())


def typed_pairs() -> list[tuple[str, str]]:
    """Return what this request carries of a form, but for what opens an account."""
    if request.mimetype not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return []
    pairs = request.form.items(multi=True)
    return [(name, value) for name, value in pairs if name.rpartition("-")[2] not in _NOT_CARRIED]
