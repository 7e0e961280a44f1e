"""The incidents one sees leave as a list: CSV, XLSX or JSON."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.incidents import operations, queries
from caseflow.incidents.checks import today_for
from caseflow.incidents.lists import forms, leaving, writing
from caseflow.incidents.models import Incident
from caseflow.incidents.routes import bp
from caseflow.incidents.routes.importing import sent
from caseflow.incidents.routes.reading import narrowing
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import language

OURS = {
    "reference": N_("Reference"),
    "state": N_("State"),
    "grade": N_("Grade"),
    "logged_on": N_("Logged on"),
}


@bp.route("/export", methods=["GET", "POST"])
@signed_in
def export_list() -> ResponseReturnValue:
    """Take away as a list what one sees, narrowed as the list of incidents was."""
    actor = current_actor()
    asked, scope = narrowing()
    query = queries.listing(actor, asked).order_by(None).order_by(Incident.reference)
    ids = list(db.session.scalars(query.with_only_columns(Incident.id, maintain_column_froms=True)))
    form = forms.ExportListForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.export_list(
                count=len(ids), form=form.kind.data, purpose=form.purpose.data, scope=scope, by=actor, at=now()
            )
        if not form.errors and not form.form_errors:
            wanted = leaving.Wanted(form.purpose.data, language(), today_for(actor, now()))
            acts, sources = leaving.widths(query, actor)
            return _answer(form.kind.data, ids, (acts, sources), actor, wanted)
    return render_template(
        "incidents/export.html", form=form, count=len(ids), scope=scope, objection=policy.may_export_list(actor)
    )


def _answer(kind: str, ids: list[str], wide: tuple[int, int], actor: Actor, wanted: leaving.Wanted) -> Response:
    name = f"incidents-{wanted.today.isoformat()}"
    found = leaving.in_turn(ids, actor)
    if kind == "json":
        head = {"format": "caseflow-incidents/1", "made_on": wanted.today.isoformat(), "purpose": wanted.purpose}
        told = (leaving.structured(incident, key, actor, wanted) for incident, key in found)
        return sent(writing.as_json(head, told), name, kind)
    codes = leaving.codes(*wide)
    words = {code: str(_(label)) for code, label in OURS.items()}

    def rows() -> Iterator[list[str]]:
        yield leaving.headings(*wide, words, wanted.locale)
        for incident, key in found:
            cells = leaving.flat(incident, key, actor, wanted)
            yield [cells.get(code, "") for code in codes]

    lines = writing.as_csv(rows(), locale=wanted.locale) if kind == "csv" else writing.as_workbook(rows())
    return sent(lines, name, kind)
