"""A bundle for a court, and how far it is; the dossier of a case to print."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from caseflow.access import cases as policy
from caseflow.access import evidence as evidence_policy
from caseflow.cases import forms, operations, queries
from caseflow.cases.bundle import making
from caseflow.cases.models import Bundle, Case
from caseflow.cases.operations.bundles import TOO_LONG
from caseflow.cases.routes import bp
from caseflow.evidence.export import contents
from caseflow.evidence.owners import owner_of
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.network import queries as network
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import language

SOON = timedelta(seconds=3)


@bp.route("/<case_id>/bundle", methods=["GET", "POST"])
@signed_in
def bundle(case_id: str) -> ResponseReturnValue:
    """Choose the exhibits of a bundle; it is made after the answer, and the page tells how far it is."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    survey = contents.survey(owner_of(case.safe_id, actor), actor)
    made = {one.item_id for one in case.bundles}
    items = [item for item in survey.items if item.id not in made]
    choices = [(item.id, f"{item.matter.reference} № {item.exhibit} · {item.texts['title']}") for item in items]
    form = forms.BundleForm(choices)
    if not form.is_submitted():
        form.chosen.data, form.language.data = [item.id for item in items], language()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            begun = operations.begin_bundle(
                case, chosen=form.chosen.data, language=form.language.data, by=actor, at=now()
            )
            wanted = begun.id
        if not form.errors:
            app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 -- Flask's own way to the application behind the proxy
            thread = making.begin(app, wanted, case.id, form.language.data, actor)
            if app.testing:
                thread.join()
            return redirect(url_for("cases.bundle", case_id=case_id), 303)
    running = [one for one in case.bundles if _runs(one)]
    answer: Response = make_response(
        render_template(
            "cases/bundle.html",
            case=case,
            form=form,
            running=running,
            lacking=survey.lacking(making.ASKED.purpose),
            broken=[one for one in case.bundles[:3] if one.state != "done" and one not in running],
            done=[one for one in case.bundles if one.state == "done"],
            objection=policy.may_bundle(actor, case) or evidence_policy.may_export(actor, case),
        )
    )
    if running and not form.errors:
        answer.headers["Refresh"] = str(SOON.seconds)
    return answer


@bp.get("/<case_id>/dossier")
@signed_in
def dossier(case_id: str) -> ResponseReturnValue:
    """Everything of a case on one sheet to print, but for privileged notes."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    actor.ring.prepare([case])
    notes = [note for note in case.notes if note.kind != "privileged"]
    people = [case.by_id, *(one.member_id for one in case.counsel), *(task.for_id for task in case.tasks)]
    return render_template(
        "cases/dossier.html",
        case=case,
        notes=notes,
        names=network.names_of([*people, *(note.by_id for note in notes)]),
        panels=panels_of("case", case, actor),
        incidents=queries.linked_incidents(actor, case),
        relations=queries.relations_of(actor, case),
        made_at=now(),
        made_by=actor.name,
    )


def _runs(one: Bundle) -> bool:
    return one.state == "making" and one.at > now() - TOO_LONG
