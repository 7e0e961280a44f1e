"""The checklist of one act: what international standards ask about an arrest, ill-treatment or a death."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.safes import visible
from caseflow.incidents import checks, forms, operations, queries, rules
from caseflow.incidents.answers import Answered, answers_in, checklists_of
from caseflow.incidents.models import Act
from caseflow.incidents.routes import bp
from caseflow.incidents.routes.people import is_stale
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction


@bp.route("/<incident_id>/acts/<act_id>/checklists/<checklist>", methods=["GET", "POST"])
@signed_in
def checklist(incident_id: str, act_id: str, checklist: str) -> ResponseReturnValue:
    """Answer the questions of a checklist about one act, as many as one can, today or later."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    act = find(Act, act_id, visible(Act, actor) & (Act.incident_id == incident.id))
    kind = rules.checklists().get(checklist)
    if kind is None:
        abort(404)
    row = next((one for one in act.checklists if one.kind == kind.code), None)
    answers = answers_in(row, actor) if row is not None else {}
    shown = {f"answer_{question}": answer for question, (answer, _note) in answers.items()}
    shown |= {f"note_{question}": note for question, (_answer, note) in answers.items()}
    form = forms.checklist_form(kind)(data={**shown, "version": str(checks.stamp(row)) if row is not None else "0"})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            given = {
                one.code: (form[f"answer_{one.code}"].data or "", form[f"note_{one.code}"].data)
                for one in kind.questions
            }
            operations.fill_checklist(act, kind=kind.code, answers=given, seen=form.seen_version, by=actor, at=now())
            flash(_("The answers are saved, sealed in this incident."), "ok")
            return redirect(url_for("incidents.show", incident_id=incident.id, _anchor=f"act-{act.id}"), 303)
    return render_template(
        "incidents/checklist.html",
        incident=incident,
        act=act,
        kind=kind,
        answered=Answered(kind, answers),
        stored=row if row is not None and is_stale(form, row) else None,
        form=form,
        objection=policy.may_add(actor, incident),
    )


@bp.app_template_global("checklists_of")
def checklists_about(act: Act) -> list[Answered]:
    """Return the checklists of an act with their answers, for the reader of the page."""
    return checklists_of(act, current_actor())
