"""How a request is answered: find, form, act, answer, or show."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask.templating import Environment as BaseEnvironment
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Select, String, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from caseflow.access.presence import demand_present
from caseflow.kernel import db as kernel_db
from caseflow.kernel.announce import announce
from caseflow.kernel.clock import now
from caseflow.kernel.db import Base, db
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.kernel.ids import LENGTH, if_id, new_id
from caseflow.web.forms import Form, land
from caseflow.web.gate import current_actor_or_none, whoever_is_here
from caseflow.web.requests import Request


class Environment(BaseEnvironment):
    """Templates whose globals are gathered when they are loaded, which is after everything has been put there.

    Jinja looks through a chain of them for each `import` of each page otherwise, which took a twentieth of a list's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template, `d` before those of all templates."""
        return {**self.globals, **(d or {})}


_ODD = re.compile(r"[\x00-\x20\x7f\\]")


class Submission(Base):
    """A form that was received; its key travels in the form, so that a second click or a resent page does nothing."""

    __tablename__ = "submissions"

    key: Mapped[str] = mapped_column(String(LENGTH), primary_key=True)
    at: Mapped[datetime]
    led_to: Mapped[str | None] = mapped_column(String(300))


class SentTwice(Exception):
    """This form was received before."""


def once_field(*, same: bool = False) -> Markup:
    """Return the hidden input that makes a form count once; `same` for a form that comes back because it was refused."""
    before = if_id(request.form.get("once", "")) if same and request.method == "POST" else ""
    return Markup('<input type="hidden" name="once" value="{}">').format(before if len(before) == LENGTH else new_id())


@contextmanager
def transaction() -> Iterator[None]:
    """Run one act for a page: `kernel.db.transaction`, and a form that was received before is not acted on again.

    Raises `NotPermitted` when who is signed in was put out while the request waited for its turn.
    """
    visitor = whoever_is_here()
    key = if_id(request.form.get("once", "")) if request.method == "POST" else ""
    try:
        with kernel_db.transaction():
            if visitor is not None:
                demand_present(visitor)
            if len(key) == LENGTH:
                if db.session.get(Submission, key) is not None:
                    raise SentTwice
                db.session.add(Submission(key=key, at=now()))
                db.session.flush()
                announce("web.received", key=key, by=visitor)
            yield
    except IntegrityError as clash:
        if "submissions" in str(clash.orig):
            raise SentTwice from None
        raise
    if len(key) == LENGTH:
        g.submission = key


@contextmanager
def showing_refusals(form: Form | None = None) -> Iterator[None]:
    """Turn a broken rule into an error at its field, keep what was typed, answer 422, and write it to the ledger."""
    try:
        yield
    except RuleBroken as broken:
        refuse("refused", broken.about, broken.told)
        g.answer_status = 422
        if form is None:
            flash(_(broken.message), "danger")
        else:
            land(form, broken)
    except StaleDataError:
        g.answer_status = 409
        words = _("Somebody changed this at the same moment. Look at what is stored now and send your change again.")
        if form is None:
            flash(words, "danger")
        else:
            form.form_errors.append(words)


@contextmanager
def refusing_to(back: str) -> Iterator[None]:
    """For buttons without a form of their own: a broken rule is shown on the page `back`; use with `answer_of`."""
    try:
        yield
    except RuleBroken as broken:
        refuse("refused", broken.about, broken.told)
        flash(_(broken.message), "danger")
        raise GoBack(back) from None
    except StaleDataError:
        flash(_("Somebody changed this at the same moment. Look at what is stored now and try again."), "danger")
        raise GoBack(back) from None


class GoBack(Exception):
    """Answer with a redirect to `where`."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


def refuse(result: str, about: str | None, why: str) -> None:
    """Tell the ledger that something was denied; it listens to this announcement."""
    announce(
        "web.refused",
        verb=f"{request.endpoint or 'none'}",
        by=current_actor_or_none(),
        about=about or f"page:{request.endpoint}",
        why=why,
        result=result,
    )


def safe_next(target: str | None, fallback: str) -> str:
    """Return `target` if it is a path on this site, else `fallback`.

    Browsers drop tabs and line breaks from addresses and read a backslash as a slash, so such a path is none.
    """
    if target and target.startswith("/") and not target.startswith("//") and not _ODD.search(target):
        return target
    return fallback


@dataclass(frozen=True)
class Page:
    """One page of a list: `items`, its `number` from 1, all `pages`, the `total` of rows."""

    items: Sequence[Any]
    number: int
    pages: int
    total: int

    def _url(self, number: int) -> str:
        arguments: dict[str, Any] = {**request.args.to_dict(flat=False), **(request.view_args or {}), "page": number}
        return url_for(request.endpoint or "", **arguments)

    @property
    def prev_url(self) -> str | None:
        """Return the address of the page before, if any."""
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """Return the address of the page after, if any."""
        return self._url(self.number + 1) if self.number < self.pages else None


def paginate(query: Select[Any], *, per_page: int = 50, total: int | None = None) -> Page:
    """Return the page that `?page=` asks for; one query to count, unless `total` is known, and one to read.

    A number beyond the end gives the last page.
    """
    if total is None:
        total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // per_page))
    asked = request.args.get("page", "1")
    number = min(max(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1, 1), pages)
    items = list(db.session.scalars(query.limit(per_page).offset((number - 1) * per_page)))
    return Page(items, number, pages, total)


def init(app: Flask) -> None:
    """Attach the answers that every page shares to `app`."""
    app.request_class = Request
    app.register_error_handler(SentTwice, _sent_twice)
    app.register_error_handler(GoBack, _go_back)
    app.before_request(_refuse_nul)
    app.before_request(_look_for_first)
    app.after_request(_finish)
    app.jinja_env.globals["once_field"] = once_field


def _refuse_nul() -> None:
    # Nobody types one into an address, and PostgreSQL takes none; what comes in forms is cleaned by their fields.
    if "\0" in request.path:
        abort(404)
    if any("\0" in part for pair in request.args.items(multi=True) for part in pair):
        abort(400)


def _look_for_first() -> None:
    # A form that was done has often taken away what it offered (a person to ask, a stage to begin), so a second click is
    # recognised before the view judges it anew. The check within the transaction decides between two at one moment.
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or view is None or hasattr(view, "streams"):
        return
    key = if_id(request.form.get("once", ""))
    if len(key) == LENGTH and db.session.get(Submission, key) is not None:
        raise SentTwice


def _sent_twice(_error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    first = db.session.get(Submission, if_id(request.form.get("once", "")))
    flash(_("This was received already; it has been done once."), "info")
    return redirect(first.led_to if first and first.led_to else safe_next(request.path, "/"), 303)


def _go_back(answer: Exception) -> ResponseReturnValue:
    return redirect(answer.where if isinstance(answer, GoBack) else "/", 303)


def _finish(response: Response) -> Response:
    status = g.pop("answer_status", None)
    if status is not None and response.status_code == 200:
        response.status_code = status
    key = g.pop("submission", None)
    if request.endpoint == "static":
        return response
    actor = current_actor_or_none()
    ring = actor.keys if actor else None
    if (key and response.location) or (ring is not None and ring.has_news and response.status_code < 500):
        with kernel_db.transaction():
            if key and response.location:
                led_to = response.location[:300]
                db.session.execute(update(Submission).where(Submission.key == key).values(led_to=led_to))
            if ring is not None:
                ring.remember()
    return response


__all__ = ["GoBack", "NotPermitted", "Page", "paginate", "refusing_to", "safe_next", "showing_refusals", "transaction"]
