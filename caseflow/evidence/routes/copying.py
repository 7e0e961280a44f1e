"""Copies to share, translations and transcripts, and each beside the file it was made from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor
from caseflow.evidence import copying, examining, forms, intake, operations, owners, queries, rules, told
from caseflow.evidence.models import File, Item
from caseflow.evidence.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.ledger.operations import name_of
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction


@bp.route("/files/<file_id>/copies", methods=["GET", "POST"])
@signed_in
def copies(file_id: str) -> ResponseReturnValue:
    """Make a copy without metadata, or a redacted one; the file itself stays as it is."""
    actor, page = current_actor(), max(request.args.get("page", 1, int), 1)
    file = find(File, file_id, policy.visible_files(actor))
    form = forms.CopyForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            kind, boxes, words = form.kind.data, _boxes(form.boxes.data), _lines(form.words.data)
            copy = _keep(file_id, copying.make_copy(file, kind=kind, boxes=boxes, words=words, by=actor), kind, actor)
            flash(_("The copy is made. Look through it before you share it."), "ok")
            return redirect(url_for("evidence.beside", file_id=copy.id), 303)
    return render_template(
        "evidence/copies.html",
        form=form,
        page=page,
        objection=policy.may_copy(actor, file),
        **_about(file, actor),
    )


@bp.route("/files/<file_id>/typed", methods=["GET", "POST"])
@signed_in
def type_version(file_id: str) -> ResponseReturnValue:
    """Write a translation or a transcript of a file."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    form = forms.TypedForm()
    if form.validate_on_submit():
        with showing_refusals(form):
            made = {name: form[name].data for name in ("kind", "language", "made_by", "body")}
            copy = _keep(file_id, copying.type_version(file, **made, by=actor), form.kind.data, actor)
            with suppress(RuleBroken):  # others are being looked into: its own page does it later
                examining.examine(copy, by=actor)
            return redirect(url_for("evidence.beside", file_id=copy.id), 303)
    objection = policy.may_copy(actor, file)
    return render_template("evidence/typed.html", form=form, objection=objection, **_about(file, actor))


@bp.get("/files/<file_id>/beside")
@signed_in
def beside(file_id: str) -> ResponseReturnValue:
    """Show a version beside the file it was made from, page by page."""
    actor, page = current_actor(), max(request.args.get("page", 1, int), 1)
    file = find(File, file_id, policy.visible_files(actor))
    if file.parent_id is None:
        raise NotFound(about=name_of(file))
    parent = find(File, file.parent_id, policy.visible_files(actor))
    return render_template(
        "evidence/beside.html",
        page=page,
        sides=[_side(parent, actor), _side(file, actor)],
        **_about(file, actor),
    )


@bp.get("/files/<file_id>/pages/<int:number>")
@signed_in
def page(file_id: str, number: int) -> ResponseReturnValue:
    """Show one page, drawn anew; no byte of it is the file's own."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    try:
        jpeg, _pages = copying.page_of(file, number, grid="grid" in request.args, by=actor)
    except operations.NotWhole:
        with transaction():
            operations.note_damage(find(File, file_id, policy.visible_files(actor)), how="view", by=actor, at=now())
        raise
    except RuleBroken:
        raise NotFound(about=name_of(file)) from None
    answer = Response(jpeg, content_type="image/jpeg")
    answer.headers["Content-Disposition"] = 'inline; filename="page.jpg"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer


def _keep(file_id: str, received: intake.Received, kind: str, actor: Actor) -> File:
    try:
        with transaction():
            file = find(File, file_id, policy.visible_files(actor))
            return operations.keep_copy(file, received, kind=kind, by=actor, at=now())
    except BaseException:
        intake.forget(received)
        raise


def _about(file: File, actor: Actor) -> dict[str, Any]:
    item = find(Item, file.item_id, policy.visible_to(actor))
    one = queries.describe(actor, file)
    return {
        "file": file, "one": one, "item": item, "owner": owners.owner_of(item.safe_id, actor),
        "drawn": one.media_type in rules.COPIED, "told": told,
    }  # fmt: skip


def _side(file: File, actor: Actor) -> dict[str, Any]:
    one = queries.describe(actor, file)
    text = queries.text_of(actor, file) if one.media_type not in rules.COPIED else None
    if text is not None:
        with transaction():
            operations.note_look(file, how="text", by=actor, at=now())
    return {"one": one, "drawn": one.media_type in rules.COPIED, "text": text}


def _boxes(text: str | None) -> dict[str, Any]:
    try:
        return rules.boxes(text or "")
    except ValueError as wrong:
        message = _("Line %(number)s is no box: write page, left, top, width and height.", number=wrong.args[0])
        raise RuleBroken(message, field="boxes", told="A line is no box.") from None


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
