"""Adding evidence: the form and the raw body, each file sealed as it arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import parse_options_header
from wtforms.validators import ValidationError

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import forms, intake, operations, owners, queries, uploads
from caseflow.evidence.models import File, Item
from caseflow.evidence.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, signed_in, streams
from caseflow.web.pages import showing_refusals, transaction

F = TypeVar("F", bound=Form)
NO_FILE = N_("Choose at least one file.")


@bp.route("/new/<safe_id>", methods=["GET", "POST"])
@streams
@signed_in
def add(safe_id: str) -> ResponseReturnValue:
    """Enter a piece of evidence with its files."""
    actor = current_actor()
    owner = owners.owner_of(safe_id, actor)
    objection = policy.may_add(actor, owner.row)
    form = forms.ItemForm(formdata=None)
    if request.method == "POST":
        demand(objection, about=f"safes:{safe_id}")
        form, received = _receive(lambda fields: forms.ItemForm(formdata=fields), safe_id, actor)
        with _kept_with_rows(received):
            if (received or _come_later()) and form.validate():
                with showing_refusals(form), transaction():
                    fields = {name: form[name].data for name in ITEM_FIELDS}
                    item = operations.add_item(owner.row, **fields, by=actor, at=now())
                    for one in received:
                        operations.add_file(item, one, by=actor, at=now())
                    return redirect(url_for("evidence.show", item_id=item.id), 303)
        g.setdefault("answer_status", 422)
    return _page("evidence/add.html", form, owner=owner, objection=objection)


def _come_later() -> bool:
    """Tell whether the page sends the files by parts, once there is an item that they belong to."""
    return request.endpoint == "evidence.add" and request.form.get("by_parts") == "1"


ITEM_FIELDS = (
    "title",
    "copy_or_original",
    "details",
    "obtained_how",
    "obtained_from",
    "obtained_on",
    "obtained_where",
    "tool",
    "source_url",
)


@bp.route("/<item_id>/files", methods=["GET", "POST", "PUT"])
@streams
@signed_in
def add_files(item_id: str) -> ResponseReturnValue:
    """Add a further file or a version to an item: by the form, or as a raw body with `?name=`."""
    actor = current_actor()
    item = find(Item, item_id, policy.visible_to(actor))
    if request.method == "PUT":
        return _raw(item, actor)
    objection = policy.may_add_version(actor, item)
    choices = [("", _("Nothing: it is an original")), *((f.id, actor.ring.text(f, "name")) for f in item.files)]

    def filled(fields: MultiDict[str, str] | None) -> forms.VersionForm:
        form = forms.VersionForm(formdata=fields)
        form.parent.choices = choices
        return form

    form = filled(None)
    if request.method == "POST":
        demand(objection, about=f"evidence_items:{item_id[:32]}")
        form, received = _receive(filled, item.safe_id, actor)
        with _kept_with_rows(received):
            if received and form.validate():
                with showing_refusals(form), transaction():
                    parents = select(File).where(File.id == form.parent.data, policy.visible_files(actor))
                    parent = db.session.scalar(parents) if form.parent.data else None
                    for one in received:
                        operations.add_file(item, one, kind=form.kind.data, parent=parent, by=actor, at=now())
                    return redirect(url_for("evidence.show", item_id=item.id), 303)
        g.setdefault("answer_status", 422)
    begun = queries.begun_of(actor, item)
    return _page("evidence/add_files.html", form, item=item, objection=objection, begun=begun)


def _raw(item: Item, actor: Actor) -> ResponseReturnValue:
    check_token(request.headers.get("X-CSRFToken"))
    demand(policy.may_add(actor, owners.owner_of(item.safe_id, actor).row), about=f"evidence_items:{item.id}")
    whole = uploads.Whole(body(), request.content_length)
    received = _seal(whole, request.args.get("name"), item.safe_id, actor)
    with _kept_with_rows([received]), transaction():
        file = operations.add_file(item, received, by=actor, at=now())
        answer = {"file": file.id, "sha256": received.sha256, "size": received.size}
    return answer, 201


@contextmanager
def _kept_with_rows(received: list[intake.Received]) -> Iterator[None]:
    """Remove the payloads that have no row when the block ends: it was refused, had been sent before, or broke off."""
    try:
        yield
    finally:
        if received:
            db.session.rollback()
            operations.discard(received)


def body() -> uploads.Source:
    """Return what the request brings, as it arrives."""
    # A server that ends the body itself needs no wrapper, which would copy every piece three times more.
    if request.environ.get("wsgi.input_terminated"):
        return cast(uploads.Source, request.environ["wsgi.input"])
    return request.stream


def _receive(filled: Callable[[MultiDict[str, str]], F], safe_id: str, actor: Actor) -> tuple[F, list[intake.Received]]:
    """Read the form as it arrives: token first, then fields, then files, each sealed at once.

    A broken, empty or too large file is told at `files` of the form, whose typed text stays; nothing is kept then.
    """
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    received: list[intake.Received] = []
    fields: dict[str, str] = {}
    broken: RuleBroken | None = None
    try:
        if mimetype == "multipart/form-data":
            parts = uploads.FormParts(body(), options.get("boundary", ""))
            fields = parts.fields
            for sent in parts.files():
                check_token(fields.get("csrf_token"))
                if sent.filename:
                    received.append(_seal(sent, sent.filename, safe_id, actor))
    except RuleBroken as refusal:
        broken = refusal
    except (OSError, EOFError, ClientDisconnected):
        broken = RuleBroken(intake.BROKEN, field="files")
    except BaseException:
        _drop(received)
        raise
    check_token(fields.get("csrf_token"))
    request.form = MultiDict(fields)  # type: ignore[assignment]  # the once-key is looked for there
    form = filled(MultiDict(fields))
    if broken is None and not received and not _come_later():
        broken = RuleBroken(NO_FILE, field="files")
    if broken is not None:
        _drop(received)
        received = []
        form.validate()
        with showing_refusals(form):
            raise broken
    return form, received


def _seal(stream: Any, name: str | None, safe_id: str, actor: Actor) -> intake.Received:
    actor.ring.prepare([safe_id])
    db.session.rollback()  # an upload takes as long as the line is slow: no transaction waits for it
    return intake.receive(stream, name=name, safe_id=safe_id, by=actor)


def check_token(token: str | None) -> None:
    """Refuse a request without the token of a page."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as wrong:
        raise CSRFError(wrong.args[0]) from None


def _drop(received: list[intake.Received]) -> None:
    for one in received:
        intake.forget(one)


def _page(template: str, form: Form, **values: Any) -> str:
    return render_template(template, form=form, largest=current().max_upload_mb, **values)
