"""Parties, notes and tasks of a case."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as policy
from caseflow.access.safes import visible
from caseflow.cases import forms, operations, queries
from caseflow.cases.models import Case, Party, Task
from caseflow.cases.routes import bp
from caseflow.incidents.checks import stamp
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network.models import Member
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import refusing_to, showing_refusals, transaction


@bp.route("/<case_id>/parties", methods=["GET", "POST"])
@signed_in
def add_party(case_id: str) -> ResponseReturnValue:
    """Enter a person or body on one side."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.PartyForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.add_party(
                case, side=form.side.data, kind=form.kind.data, name=form.name.data, by=actor, at=now()
            )
            return redirect(url_for("cases.show", case_id=case.id, _anchor="parties"), 303)
    return render_template("cases/party.html", case=case, form=form, objection=policy.may_add_party(actor, case))


@bp.route("/<case_id>/parties/<party_id>", methods=["GET", "POST"])
@signed_in
def correct_party(case_id: str, party_id: str) -> ResponseReturnValue:
    """Correct a party's name or side."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    seen = visible(Party, actor) & (Party.case_id == case_id)
    party = find(Party, party_id, seen)
    stored = {
        "side": party.side,
        "kind": party.kind,
        "name": actor.ring.text(party, "name"),
        "version": str(stamp(party)),
    }
    form = forms.PartyForm(data=stored) if request.method == "GET" else forms.PartyForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.correct_party(
                find(Party, party_id, seen),
                case=case,
                side=form.side.data,
                kind=form.kind.data,
                name=form.name.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(url_for("cases.show", case_id=case.id, _anchor="parties"), 303)
    stale = bool(form.version.errors or form.form_errors)
    if stale:
        form.version.data = stored["version"]  # the second sending replaces what stands beside it
    return render_template(
        "cases/party.html",
        case=case,
        party=party,
        form=form,
        stored=stored if stale else None,
        objection=policy.may_correct_party(actor, case),
    )


@bp.route("/<case_id>/notes", methods=["GET", "POST"])
@signed_in
def add_note(case_id: str) -> ResponseReturnValue:
    """Write an internal note."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.NoteForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.add_note(case, body=form.body.data, kind=form.kind.data, by=actor, at=now())
            return redirect(url_for("cases.show", case_id=case.id, _anchor="notes"), 303)
    return render_template("cases/note.html", case=case, form=form, objection=policy.may_note(actor, case))


@bp.route("/<case_id>/letters", methods=["GET", "POST"])
@signed_in
def record_letter(case_id: str) -> ResponseReturnValue:
    """Record one piece of correspondence."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.LetterForm()
    back = url_for("cases.show", case_id=case.id, _anchor="letters")
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            fields = ("direction", "medium", "on", "party", "subject", "body")
            operations.record_letter(case, **{name: form[name].data for name in fields}, by=actor, at=now())
            return redirect(back, 303)
    return render_template(
        "cases/plain.html",
        case=case,
        form=form,
        title=_("Record correspondence"),
        lead=_("What came and what went. The paper itself goes in as evidence, or as a filing of its stage."),
        back=back,
        objection=policy.may_record_letter(actor, case),
    )


@bp.route("/<case_id>/tasks", methods=["GET", "POST"])
@signed_in
def give_task(case_id: str) -> ResponseReturnValue:
    """Give somebody of the team something to do."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    form = forms.TaskForm([(member.id, member.name) for member in queries.holders_of(case)])
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            for_member = db.session.get(Member, form.for_member.data)
            if for_member is None:
                raise RuleBroken(N_("Choose one."), field="for_member")
            operations.give_task(
                case, what=form.what.data, for_member=for_member, due_on=form.due_on.data, by=actor, at=now()
            )
            return redirect(url_for("cases.show", case_id=case.id, _anchor="tasks"), 303)
    return render_template("cases/task.html", case=case, form=form, objection=policy.may_give_task(actor, case))


@bp.post("/<case_id>/tasks/<task_id>/done")
@signed_in
def finish_task(case_id: str, task_id: str) -> ResponseReturnValue:
    """Mark a task as done."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    back = url_for("cases.show", case_id=case.id, _anchor="tasks")
    with refusing_to(back), transaction():
        task = find(Task, task_id, visible(Task, actor) & (Task.case_id == case_id))
        operations.finish_task(task, by=actor, at=now())
    return redirect(back, 303)
