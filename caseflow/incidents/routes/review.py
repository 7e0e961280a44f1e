"""Step 5 of logging, and the way through review: submit, ask, answer, verify, decline, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from caseflow.access import incidents as policy
from caseflow.access.actor import Objection
from caseflow.incidents import forms, operations, queries
from caseflow.incidents.models import Incident
from caseflow.incidents.readiness import gaps, wishes
from caseflow.incidents.routes import bp
from caseflow.incidents.thread import unanswered
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.pages import refusing_to, showing_refusals, transaction


@bp.get("/<incident_id>/evidence")
@signed_in
def evidence(incident_id: str) -> ResponseReturnValue:
    """Add evidence, see what is missing, submit."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    return render_template(
        "incidents/evidence.html",
        incident=incident,
        panels=[panel for panel in panels_of("incident", incident, actor) if panel.key == "evidence"],
        gaps=gaps(incident, actor),
        wishes=wishes(incident, actor),
        objection=policy.may_submit(actor, incident),
    )


@bp.post("/<incident_id>/submission")
@signed_in
def submit(incident_id: str) -> ResponseReturnValue:
    """Hand it in for review."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    with refusing_to(url_for("incidents.evidence", incident_id=incident.id)), transaction():
        operations.submit(incident, by=actor, at=now())
        flash(_("%(reference)s is submitted. The coordinators have been told.", reference=incident.reference), "ok")
    return redirect(url_for("incidents.show", incident_id=incident.id), 303)


@bp.post("/<incident_id>/review")
@signed_in
def take_into_review(incident_id: str) -> ResponseReturnValue:
    """Take it into review."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    back = url_for("incidents.show", incident_id=incident.id)
    with refusing_to(back), transaction():
        operations.take_into_review(incident, by=actor, at=now())
    return redirect(back, 303)


@bp.route("/<incident_id>/question", methods=["GET", "POST"])
@signed_in
def ask(incident_id: str) -> ResponseReturnValue:
    """Ask the documenter for more."""

    def act(incident: Incident, form: Any) -> None:
        operations.ask(incident, question=form.question.data, by=current_actor(), at=now())
        flash(_("The question is asked. The text is open to the documenter again."), "ok")

    return _step(incident_id, "question", forms.QuestionForm, policy.may_ask, act)


@bp.route("/<incident_id>/answer", methods=["GET", "POST"])
@signed_in
def answer(incident_id: str) -> ResponseReturnValue:
    """Answer one question (`?question=`), or the oldest that waits."""

    def act(incident: Incident, form: Any) -> None:
        asked = next((one for one in incident.messages if one.id == request.args.get("question")), None)
        operations.answer(incident, text=form.text.data, question=asked, by=current_actor(), at=now())
        left = unanswered(incident)
        if left:
            words = ngettext(
                "The answer is sent. %(num)s question is left.",
                "The answer is sent. %(num)s questions are left.",
                len(left),
            )
            flash(words, "ok")
        else:
            flash(_("The answer is sent, and the incident is back in review."), "ok")

    return _step(incident_id, "answer", forms.AnswerForm, policy.may_answer, act)


@bp.route("/<incident_id>/verification", methods=["GET", "POST"])
@signed_in
def verify(incident_id: str) -> ResponseReturnValue:
    """Verify it, with a grade and a reason."""

    def act(incident: Incident, form: Any) -> None:
        operations.verify(incident, grade=form.grade.data, reason=form.reason.data, by=current_actor(), at=now())

    return _step(incident_id, "verification", forms.VerificationForm, policy.may_verify, act)


@bp.route("/<incident_id>/declining", methods=["GET", "POST"])
@signed_in
def decline(incident_id: str) -> ResponseReturnValue:
    """Decline it, with a reason."""

    def act(incident: Incident, form: Any) -> None:
        operations.decline(incident, reason=form.reason.data, by=current_actor(), at=now())

    return _step(incident_id, "declining", forms.ReasonForm, policy.may_decline, act)


@bp.route("/<incident_id>/closure", methods=["GET", "POST"])
@signed_in
def close(incident_id: str) -> ResponseReturnValue:
    """Close it without a case, with a reason."""

    def act(incident: Incident, form: Any) -> None:
        operations.close(incident, reason=form.reason.data, by=current_actor(), at=now())

    return _step(incident_id, "closure", forms.ReasonForm, policy.may_close, act)


def _step(
    incident_id: str,
    name: str,
    make: type[Form],
    may: Callable[..., Objection],
    act: Callable[[Incident, Any], None],
) -> ResponseReturnValue:
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = make(data={"version": str(incident.version)})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            act(incident, form)
            return redirect(url_for("incidents.show", incident_id=incident.id), 303)
    waiting = unanswered(incident)
    question = next((one for one in waiting if one.id == request.args.get("question")), next(iter(waiting), None))
    return render_template(
        f"incidents/{name}.html", incident=incident, form=form, question=question, objection=may(actor, incident)
    )
