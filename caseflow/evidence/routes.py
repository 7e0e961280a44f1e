"""Adding evidence, looking at it, taking copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, validate_csrf
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.http import parse_options_header
from wtforms.validators import ValidationError

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor
from caseflow.evidence import forms, intake, operations, owners, queries, rules, uploads
from caseflow.evidence.models import File, Item
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Grant, Identity, Safe
from caseflow.ledger import history
from caseflow.ledger import queries as ledger
from caseflow.network.queries import names_of
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, signed_in, streams
from caseflow.web.pages import showing_refusals, transaction

bp = Blueprint("evidence", __name__, url_prefix="/evidence")
PIECE = 512 * 1024
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
        form, received = _receive(forms.ItemForm, safe_id, actor)
        if received and form.validate():
            with showing_refusals(form), transaction():
                fields = {name: form[name].data for name in ITEM_FIELDS}
                item = operations.add_item(owner.row, **fields, by=actor, at=now())
                for one in received:
                    operations.add_file(item, one, by=actor, at=now())
                return redirect(url_for("evidence.show", item_id=item.id), 303)
        _refused(received)
    return _page("evidence/add.html", form, owner=owner, objection=objection)


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


@bp.get("/<item_id>")
@signed_in
def show(item_id: str) -> ResponseReturnValue:
    """One item: what it is, its files, and everything that was ever done with them."""
    actor = current_actor()
    item = find(Item, item_id, policy.visible_to(actor))
    owner = owners.owner_of(item.safe_id, actor)
    subjects = [f"evidence_items:{item.id}", *(f"evidence_files:{file.id}" for file in item.files)]
    return render_template(
        "evidence/show.html",
        item=item,
        owner=owner,
        files=[queries.describe(actor, file) for file in item.files],
        custody=history.lines(ledger.history_of(actor, subjects), reader=actor),
        names=names_of([item.by_id, *(file.by_id for file in item.files)]),
        may_add=policy.may_add_version(actor, item),
        may_export=policy.may_export_key(actor),
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
    originals = [(file.id, actor.ring.text(file, "name")) for file in item.files]
    form = forms.VersionForm(formdata=None)
    if request.method == "POST":
        form, received = _receive(forms.VersionForm, item.safe_id, actor)
        form.parent.choices = [("", _("Nothing: it is an original")), *originals]
        if received and form.validate():
            with showing_refusals(form), transaction():
                parents = select(File).where(File.id == form.parent.data, policy.visible_files(actor))
                parent = db.session.scalar(parents) if form.parent.data else None
                for one in received:
                    operations.add_file(item, one, kind=form.kind.data, parent=parent, by=actor, at=now())
                return redirect(url_for("evidence.show", item_id=item.id), 303)
        _refused(received)
    form.parent.choices = [("", _("Nothing: it is an original")), *originals]
    return _page("evidence/add_files.html", form, item=item, objection=policy.may_add_version(actor, item))


def _raw(item: Item, actor: Actor) -> ResponseReturnValue:
    _check_token(request.headers.get("X-CSRFToken"))
    received = _seal(request.stream, request.args.get("name"), item.safe_id, actor)
    try:
        with transaction():
            file = operations.add_file(item, received, by=actor, at=now())
    except BaseException:
        intake.forget(received)
        raise
    return {"file": file.id, "sha256": received.sha256, "size": received.size}, 201


def _receive(kind: type[Form], safe_id: str, actor: Actor) -> tuple[Any, list[intake.Received]]:
    """Read the form as it arrives: token first, then fields, then files, each sealed at once."""
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    received: list[intake.Received] = []
    fields: dict[str, str] = {}
    broken: RuleBroken | None = None
    try:
        if mimetype == "multipart/form-data":
            parts = uploads.FormParts(request.stream, options.get("boundary", ""))
            fields = parts.fields
            for sent in parts.files():
                _check_token(fields.get("csrf_token"))
                if sent.filename:
                    received.append(_seal(sent, sent.filename, safe_id, actor))
    except RuleBroken as refusal:
        broken = refusal
    except EOFError:
        broken = RuleBroken(intake.BROKEN, field="files")
    except BaseException:
        _drop(received)
        raise
    _check_token(fields.get("csrf_token"))
    request.form = MultiDict(fields)  # type: ignore[assignment]  # the once-key is looked for there
    form = kind(formdata=MultiDict(fields), meta={"csrf": False})
    if broken is None and not received:
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


def _check_token(token: str | None) -> None:
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as wrong:
        raise CSRFError(wrong.args[0]) from None


def _drop(received: list[intake.Received]) -> None:
    for one in received:
        intake.forget(one)


def _refused(received: list[intake.Received]) -> None:
    _drop(received)
    g.setdefault("answer_status", 422)


def _page(template: str, form: Form, **values: Any) -> str:
    return render_template(template, form=form, largest=current().max_upload_mb, **values)


@bp.get("/files/<file_id>")
@signed_in
def download(file_id: str) -> ResponseReturnValue:
    """Hand a file out, or show it with `?inline=1` where that is safe; parts of it by HTTP Range."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    found = queries.describe(actor, file)
    inline = request.args.get("inline") == "1" and found.may_be_shown
    try:
        wanted = rules.byte_range(request.headers.get("Range"), file.size)
    except ValueError:
        return Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    start, end = wanted or (0, file.size)
    with transaction():
        source = operations.hand_out(file, how="view" if inline else "download", by=actor, at=now())
    answer = Response(_pieces(source, start, end), 206 if wanted else 200, direct_passthrough=True)
    answer.call_on_close(source.close)
    if wanted:
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(end - start)
    answer.headers["Content-Type"] = found.media_type if inline else "application/octet-stream"
    answer.headers["Content-Disposition"] = _disposition(found.name, inline=inline)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer


@bp.get("/files/<file_id>/sealed")
@signed_in
def sealed(file_id: str) -> ResponseReturnValue:
    """Hand out a file as it is sealed: an age file that the key of its safe opens."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    with transaction():
        payload = operations.hand_out(file, how="sealed", by=actor, at=now())

    def whole() -> Iterator[bytes]:
        yield file.header
        yield from _pieces(payload, 0, file.payload_size)

    answer = Response(whole(), direct_passthrough=True)
    answer.call_on_close(payload.close)
    answer.headers["Content-Length"] = str(len(file.header) + file.payload_size)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Disposition"] = _disposition(f"{actor.ring.text(file, 'name')}.age", inline=False)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer


@bp.route("/safes/<safe_id>/key", methods=["GET", "POST"])
@signed_in
def export_key(safe_id: str) -> ResponseReturnValue:
    """Show the key of a safe once, after the passphrase was typed again."""
    actor = current_actor()
    owner = owners.owner_of(safe_id, actor)
    held = select(Safe).join(Grant, Grant.safe_id == Safe.id).where(Safe.id == safe_id)
    safe = db.session.scalars(held.where(Grant.member_id == actor.member_id)).one()
    form = forms.KeyForm()
    key = None
    if form.validate_on_submit():
        identity = db.session.get(Identity, actor.member_id)
        db.session.rollback()
        if keys.unlock(identity, form.passphrase.data) is None:
            with showing_refusals(form):
                raise RuleBroken(N_("This is not your passphrase."), field="passphrase", about=f"safes:{safe_id}")
        else:
            with showing_refusals(form), transaction():
                key = operations.export_key(safe, by=actor, at=now())
    return render_template("evidence/key.html", form=form, owner=owner, key=key, objection=policy.may_export_key(actor))


def _pieces(source: Any, start: int, end: int) -> Iterator[bytes]:
    source.seek(start)
    left = end - start
    while left > 0:
        piece = source.read(min(PIECE, left))
        if not piece:
            return
        left -= len(piece)
        yield piece


def _disposition(name: str, *, inline: bool) -> str:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
