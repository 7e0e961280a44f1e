"""The incidents one sees leave as a list: CSV, XLSX or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

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
    query = queries.narrowed(select(Incident).where(policy.visible_to(actor)), asked).order_by(Incident.reference)
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
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way to the application behind the proxy

    def each(tell: Callable[[Incident, str, Actor, leaving.Wanted], dict[str, Any]]) -> Iterator[dict[str, Any]]:
        # A hundred at a time, and between them nothing is held open: the line may be slow.
        for start in range(0, len(ids), leaving.AT_ONCE):
            with app.app_context():
                some = leaving.in_turn(ids[start : start + leaving.AT_ONCE], actor)
                told = [tell(incident, key, actor, wanted) for incident, key in some]
            yield from told

    if kind == "json":
        head = {"format": "caseflow-incidents/1", "made_on": wanted.today.isoformat(), "purpose": wanted.purpose}
        return sent(writing.as_json(head, each(leaving.structured)), name, kind)
    codes = leaving.codes(*wide)
    headings = leaving.headings(*wide, {code: str(_(label)) for code, label in OURS.items()}, wanted.locale)

    def rows() -> Iterator[list[str]]:
        yield headings
        for cells in each(leaving.flat):
            yield [cells.get(code, "") for code in codes]

    lines = writing.as_csv(rows(), locale=wanted.locale) if kind == "csv" else writing.as_workbook(rows())
    return sent(lines, name, kind)
