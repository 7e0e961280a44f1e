"""An export of a case, an incident or one item: what it would hold, how it is wanted, and the bag itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue

from caseflow.access import evidence as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import forms, operations, owners
from caseflow.evidence.export import bag, checking, contents, report, zipped
from caseflow.evidence.export.bag import Bag, Checked
from caseflow.evidence.export.contents import Asked, Survey
from caseflow.evidence.models import Item
from caseflow.evidence.routes import bp
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.ledger.operations import name_of
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals


@bp.route("/safes/<safe_id>/export", methods=["GET", "POST"])
@signed_in
def export_all(safe_id: str) -> ResponseReturnValue:
    """Export the evidence of a case with that of its incidents, or of one incident."""
    actor = current_actor()
    return _export(contents.survey(owners.owner_of(safe_id, actor), actor), actor)


@bp.route("/<item_id>/export", methods=["GET", "POST"])
@signed_in
def export_item(item_id: str) -> ResponseReturnValue:
    """Export one item with its custody."""
    actor = current_actor()
    item = find(Item, item_id, policy.visible_to(actor))
    return _export(contents.survey(owners.owner_of(item.safe_id, actor), actor, only=item), actor)


def _export(survey: Survey, actor: Actor) -> ResponseReturnValue:
    objection = policy.may_export(actor, survey.owner.row)
    own, organisation = checking.own_recipient(actor), checking.organisation_recipient()
    form = forms.ExportForm()
    always = tuple(key for key in (own, organisation) if key)
    form.opens_anyway = bool(always)
    if form.is_submitted():
        demand(objection, about=name_of(survey.owner.row))
    if form.validate_on_submit():
        asked = form.asked(always)
        db.session.rollback()  # reading every file takes as long as it takes: no transaction waits for it
        checked = checking.check(survey, asked, actor)
        with showing_refusals(form), kernel_db.transaction():
            at = now()
            export_id = operations.begin_export(checked, by=actor, at=at)
        if not form.errors:
            return _sent(checked, _packed(checked, export_id, actor, at), export_id, actor)
    return _page(survey, form, objection=objection, own=own, organisation=organisation)


def _packed(checked: Checked, export_id: str, actor: Actor, at: datetime) -> Bag:
    try:
        return bag.pack(checked, export_id=export_id, by=actor, at=at)
    except Exception:
        with kernel_db.transaction():
            operations.end_export(
                checked, export_id=export_id, manifest_sha256="", sent=0, length=0, by=actor, at=now()
            )
        raise


def _page(survey: Survey, form: forms.ExportForm, **values: Any) -> str:
    lacking = {purpose: survey.lacking(purpose) for purpose in report.PURPOSES}
    measured = [
        (words, survey.measure(Asked(purpose)), survey.measure(Asked(purpose, versions=True)), lacking[purpose])
        for purpose, words in report.PURPOSES.items()
    ]
    return render_template("evidence/export.html", survey=survey, form=form, measured=measured, **values)


def _sent(checked: Checked, packed: Bag, export_id: str, actor: Actor) -> Response:
    """Return the answer that sends the bag, its length announced; how it ends is noted in every case."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way to the application behind the proxy
    length = packed.length
    progress = {"sent": 0, "noted": False}

    def note() -> None:
        if progress["noted"]:
            return
        progress["noted"] = True
        with app.app_context(), kernel_db.transaction():
            operations.end_export(
                checked,
                export_id=export_id,
                manifest_sha256=packed.manifest_sha256,
                sent=progress["sent"],
                length=length,
                by=actor,
                at=now(),
            )

    answer = Response(_counted(packed, progress), content_type="application/zip")
    answer.call_on_close(note)
    answer.headers["Content-Length"] = str(length)
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{_plain(packed.name)}.zip\"; filename*=UTF-8''{quote(packed.name, safe='')}.zip"
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer


def _counted(packed: Bag, progress: dict[str, Any]) -> Iterator[bytes]:
    for piece in zipped.stream(packed.entries, at=packed.at):
        yield piece
        progress["sent"] += len(piece)


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
