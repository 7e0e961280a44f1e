"""Looking at evidence, taking copies of it, taking a key away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.entrance import sessions
from caseflow.entrance.operations import prove
from caseflow.evidence import forms, operations, owners, queries, rules, told
from caseflow.evidence.belonging import open_payload, recognise
from caseflow.evidence.models import File, Item
from caseflow.evidence.routes import bp, looking
from caseflow.evidence.rules import wave
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.keys.models import Grant, Safe
from caseflow.ledger import history
from caseflow.ledger.operations import name_of
from caseflow.network.models import Member
from caseflow.network.queries import names_of
from caseflow.vault.errors import VaultError
from caseflow.vault.payload import sealed_span
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import GoBack, showing_refusals, transaction

PIECE = 512 * 1024


@bp.get("/<item_id>")
@signed_in
def show(item_id: str) -> ResponseReturnValue:
    """One item: what it is, its files, and everything that was ever done with them."""
    actor = current_actor()
    item = find(Item, item_id, policy.visible_to(actor))
    owner = owners.owner_of(item.safe_id, actor)
    files = [queries.describe(actor, file) for file in item.files]
    return render_template(
        "evidence/show.html",
        item=item,
        owner=owner,
        files=files,
        same=queries.same_elsewhere(actor, item, files),
        found=(found := queries.found_in(actor, item.files)),
        waits=any(looking.waits(one) for one in found.values()),
        told=told,
        copied=rules.COPIED,
        wave=wave,
        custody=history.lines(queries.custody_of(actor, item)),
        file_names={name_of(one.file): one.name for one in files},
        results=history.RESULTS,
        names=names_of([item.by_id, *(file.by_id for file in item.files)]),
        may_add=policy.may_add_version(actor, item),
        may_examine=policy.may_examine(actor, item),
        may_export=policy.may_export_key(actor),
        may_export_item=policy.may_export(actor, owner.row),
    )


@bp.get("/files/<file_id>")
@signed_in
def download(file_id: str) -> ResponseReturnValue:
    """Hand a file out, or show it with `?inline=1` where that is safe; parts of it by HTTP Range."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    found = queries.describe(actor, file)
    inline = request.args.get("inline") == "1" and found.may_be_shown
    asked = request.headers.get("Range") if "If-Range" not in request.headers else None  # no validator is ever given
    try:
        wanted = rules.byte_range(asked, file.size)
    except ValueError:
        return Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
    start, end = wanted or (0, file.size)
    pieces, close = _pieces(file, start, end, how="view" if inline else "download", actor=actor)
    answer = _attachment(pieces, end - start, _disposition(found.name, inline=inline))
    answer.call_on_close(close)
    answer.headers["Accept-Ranges"] = "bytes"
    if inline:
        answer.headers["Content-Type"] = found.media_type
    if wanted:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return answer


@bp.get("/files/<file_id>/sealed")
@signed_in
def sealed(file_id: str) -> ResponseReturnValue:
    """Hand out a file as it is sealed: an age file that the key of its safe opens."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    name = actor.ring.text(file, "name")
    pieces, close = _pieces(file, 0, file.payload_size, how="sealed", actor=actor)
    header = file.header
    length = len(header) + file.payload_size
    answer = _attachment(chain([header], pieces), length, _disposition(f"{name}.age", inline=False))
    answer.call_on_close(close)
    return answer


def _attachment(pieces: Iterable[bytes], length: int, disposition: str) -> Response:
    answer = Response(pieces, content_type="application/octet-stream")
    answer.headers["Content-Length"] = str(length)
    answer.headers["Content-Disposition"] = disposition
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
    objection = policy.may_export_key(actor)
    if request.method == "POST":
        demand(objection, about=f"safes:{safe_id}")  # or the page would tell her whether a passphrase is right
    if form.validate_on_submit():
        member = db.session.get_one(Member, actor.member_id)
        with showing_refusals(form):
            prove(member, form.passphrase.data, session=sessions.here(), at=now())
            with transaction():
                key = operations.export_key(safe, by=actor, at=now())
    return render_template("evidence/key.html", form=form, owner=owner, key=key, objection=objection)


def _pieces(file: File, start: int, end: int, *, how: str, actor: Actor) -> tuple[Iterator[bytes], Callable[[], None]]:
    """Return the bytes from `start` to `end`, the first of them already authenticated, and what closes the file.

    Damage that shows before the answer begins leads back to the item in words; damage later breaks the answer off,
    short of the length it announced. Both are noted.
    """
    app, file_id, item_id = current_app._get_current_object(), file.id, file.item_id  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way to the application behind the proxy
    try:
        known = recognise(file, by=actor)
        payload = open_payload(file, (start, end) if how == "sealed" else sealed_span(start, end))
        try:
            with transaction():
                source = operations.hand_out(
                    file, how=how, payload=payload, goes_on=start > 0, recognised=known, by=actor, at=now()
                )
            source.seek(start)
            first = _read(source, end - start)
        except BaseException:
            payload.close()
            raise
    except operations.NotWhole as lost:
        with transaction():
            operations.note_damage(file, how=how, by=actor, at=now())
        flash(_(lost.message), "danger")
        raise GoBack(url_for("evidence.show", item_id=item_id)) from None

    def follow() -> Iterator[bytes]:
        yield first
        left = end - start - len(first)
        while left:
            try:
                piece = _read(source, left)
            except operations.NotWhole:
                with app.app_context(), kernel_db.transaction():
                    again = db.session.scalar(select(File).where(File.id == file_id, policy.visible_files(actor)))
                    if again is not None:
                        operations.note_damage(again, how=how, by=actor, at=now())
                raise
            left -= len(piece)
            yield piece

    return follow(), source.close


def _read(source: Any, left: int) -> bytes:
    try:
        piece: bytes = source.read(min(PIECE, left))
    except (VaultError, OSError):
        piece = b""
    if not piece:
        raise operations.NotWhole(operations.CHANGED)
    return piece


def _disposition(name: str, *, inline: bool) -> str:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
