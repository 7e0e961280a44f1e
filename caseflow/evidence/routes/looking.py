"""Looking into files: asking for it, and what came of it: pictures drawn anew, and texts."""

from __future__ import annotations

import base64

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import evidence as policy
from caseflow.access.actor import demand
from caseflow.evidence import examining, operations, owners, queries
from caseflow.evidence.models import File, Finding, Item
from caseflow.evidence.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import find, transaction
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.ledger.operations import name_of
from caseflow.web.gate import current_actor, signed_in

AT_ONCE = 6  # files of an item that one request looks into: each takes seconds


@bp.post("/<item_id>/examine")
@signed_in
def examine(item_id: str) -> ResponseReturnValue:
    """Look into the files of an item that were not looked into yet, or not with everything this server has now."""
    actor = current_actor()
    item = find(Item, item_id, policy.visible_to(actor))
    demand(policy.may_examine(actor, item), about=name_of(item))
    found = queries.found_in(actor, item.files)
    waiting = [file.id for file in item.files if waits(found[file.id])]
    for file_id in waiting[:AT_ONCE]:
        try:
            examining.examine(find(File, file_id, policy.visible_files(actor)), by=actor)
        except operations.NotWhole as lost:
            with transaction():
                file = find(File, file_id, policy.visible_files(actor))
                operations.note_damage(file, how="examine", by=actor, at=now())
            flash(_(lost.message), "danger")
        except RuleBroken as busy:
            flash(_(busy.message), "info")
            break
    return redirect(url_for("evidence.show", item_id=item_id), 303)


def waits(found: queries.Found) -> bool:
    """Tell whether a look into a file would find more than was found."""
    return not found.is_there or bool(found.stopped & examining.now_possible())


@bp.get("/pictures/<finding_id>")
@signed_in
def picture(finding_id: str) -> ResponseReturnValue:
    """Show a picture that was drawn anew from a file; no byte of it is the file's own."""
    actor = current_actor()
    finding = find(Finding, finding_id, policy.visible_findings(actor))
    file = find(File, finding.file_id, policy.visible_files(actor))
    content = queries.content_of(actor, finding, file)
    if content is None or "jpeg" not in content:
        raise NotFound(about=name_of(file))
    with transaction():
        operations.note_look(file, how="preview", by=actor, at=now())
    answer = Response(base64.b64decode(content["jpeg"]), content_type="image/jpeg")
    answer.headers["Content-Disposition"] = 'inline; filename="preview.jpg"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer


@bp.get("/files/<file_id>/text")
@signed_in
def text(file_id: str) -> ResponseReturnValue:
    """Show the text that was found in a file, as text and nothing else."""
    actor = current_actor()
    file = find(File, file_id, policy.visible_files(actor))
    item = find(Item, file.item_id, policy.visible_to(actor))
    found = queries.text_of(actor, file)
    if found is None:
        raise NotFound(about=name_of(file))
    with transaction():
        operations.note_look(file, how="text", by=actor, at=now())
    name = actor.ring.text(file, "name")
    return render_template(
        "evidence/text.html", found=found, name=name, item=item, owner=owners.owner_of(item.safe_id, actor)
    )
