"""Pages on which counsel records what happens before courts and bodies."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import cases as cases_policy
from caseflow.access import proceedings as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.cases.models import Case
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.proceedings import forms, operations, rules, words
from caseflow.proceedings.models import Decision, Hearing, Proceeding, Stage
from caseflow.proceedings.operations.stages import stage_suspended
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction
from caseflow.web.words import choose_zone

bp = Blueprint("proceedings", __name__, url_prefix="/proceedings")
for _told in (
    words.procedure_name,
    words.stage_name,
    words.outcome_name,
    words.outcome_tone,
    words.court_name,
    words.paper_name,
    words.paper_way,
    words.stage_options,
    words.stage_cells,
):
    bp.add_app_template_global(_told)


@bp.route("/open/<case_id>", methods=["GET", "POST"])
@signed_in
def open_proceeding(case_id: str) -> ResponseReturnValue:
    """Open a proceeding in a case."""
    actor = current_actor()
    case = find(Case, case_id, cases_policy.visible_to(actor))
    form = forms.OpeningForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            named, _point, stage = (form.stage.data or "").partition(".")
            if named and named != form.procedure.data:
                raise RuleBroken(N_("This stage belongs to another procedure."), field="stage")
            operations.open_proceeding(
                case,
                procedure=form.procedure.data,
                stage=stage or None,
                court=form.court.data,
                number=form.number.data,
                began_on=form.began_on.data,
                by=actor,
                at=now(),
            )
            return _back_to(case)
    return render_template("proceedings/open.html", case=case, form=form, objection=policy.may_open(actor, case))


@bp.route("/<proceeding_id>/next", methods=["GET", "POST"])
@signed_in
def move(proceeding_id: str) -> ResponseReturnValue:
    """Take a proceeding to its next stage: the moves that the procedure allows, the others with the reason."""
    actor = current_actor()
    proceeding = find(Proceeding, proceeding_id, policy.visible_to(actor))
    case = _case(proceeding.case_id, actor)
    procedure, present = rules.procedure(proceeding.procedure), proceeding.stages[-1]
    resumes = stage_suspended(proceeding)
    allowed = rules.next_stages(procedure, present.stage, resumes=resumes)
    refused = [
        (stage, reason)
        for stage in (*procedure.stages, *procedure.everywhere)
        if (reason := rules.may_move(procedure, present.stage, stage.id, resumes=resumes)) is not None
    ]
    form = forms.MoveForm(proceeding, allowed)
    if not form.is_submitted():
        form.version.data = str(proceeding.version)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.move(
                proceeding,
                stage=form.stage.data,
                court=form.court.data,
                number=form.number.data,
                began_on=form.began_on.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return _back_to(case)
    return render_template(
        "proceedings/move.html",
        case=case,
        proceeding=proceeding,
        present=present,
        refused=refused,
        form=form,
        objection=policy.may_move(actor, case),
    )


@bp.route("/stages/<stage_id>/hearings", methods=["GET", "POST"])
@signed_in
def record_hearing(stage_id: str) -> ResponseReturnValue:
    """Enter a hearing at a stage."""
    actor = current_actor()
    stage, case = _stage(stage_id, actor)
    form = forms.HearingForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            held_at = forms.moment_of(form.held_at.data)
            assert held_at is not None  # the form asks for it
            operations.record_hearing(
                stage,
                held_at=held_at,
                is_open=form.is_open.data,
                place=form.place.data,
                judge=form.judge.data,
                result=form.result.data,
                by=actor,
                at=now(),
            )
            return _back_to(case)
    return render_template(
        "proceedings/hearing.html", case=case, stage=stage, form=form, objection=policy.may_record(actor, case),
        zone=choose_zone(),
    )  # fmt: skip


@bp.route("/hearings/<hearing_id>/result", methods=["GET", "POST"])
@signed_in
def record_result(hearing_id: str) -> ResponseReturnValue:
    """Write down how a hearing ended."""
    actor = current_actor()
    hearing = find(Hearing, hearing_id, visible(Hearing, actor))
    case = _case(hearing.case_id, actor)
    form = forms.ResultForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.record_result(hearing, result=form.result.data, by=actor, at=now())
            return _back_to(case)
    return render_template(
        "proceedings/result.html", case=case, hearing=hearing, form=form, objection=policy.may_record(actor, case)
    )


@bp.route("/stages/<stage_id>/filings", methods=["GET", "POST"])
@signed_in
def record_filing(stage_id: str) -> ResponseReturnValue:
    """Enter a paper that went out or came in."""
    actor = current_actor()
    stage, case = _stage(stage_id, actor)
    form = forms.FilingForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.record_filing(
                stage,
                direction=form.direction.data,
                kind=form.kind.data,
                filed_on=form.filed_on.data,
                how=form.how.data,
                title=form.title.data,
                by=actor,
                at=now(),
            )
            return _back_to(case)
    return render_template(
        "proceedings/filing.html", case=case, stage=stage, form=form, objection=policy.may_record(actor, case)
    )


@bp.route("/stages/<stage_id>/decisions", methods=["GET", "POST"])
@signed_in
def record_decision(stage_id: str) -> ResponseReturnValue:
    """Enter what was decided at a stage."""
    actor = current_actor()
    stage, case = _stage(stage_id, actor)
    form = forms.DecisionForm(stage, case.articles)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.record_decision(
                stage,
                outcome=form.outcome.data,
                decided_on=form.decided_on.data,
                served_on=form.served_on.data,
                in_force_on=form.in_force_on.data,
                articles_violated=form.articles_violated.data,
                articles_not_violated=form.articles_not_violated.data,
                holding=form.holding.data,
                by=actor,
                at=now(),
            )
            flash(_("The decision is recorded. Look at the dates it starts and confirm them."), "ok")
            return _back_to(case)
    return render_template(
        "proceedings/decision.html", case=case, stage=stage, form=form, objection=policy.may_record(actor, case)
    )


@bp.route("/decisions/<decision_id>/service", methods=["GET", "POST"])
@signed_in
def record_service(decision_id: str) -> ResponseReturnValue:
    """Enter when a copy of the decision was served."""
    actor = current_actor()
    decision = find(Decision, decision_id, visible(Decision, actor))
    case = _case(decision.case_id, actor)
    form = forms.ServiceForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.record_service(decision, served_on=form.served_on.data, by=actor, at=now())
            return _back_to(case)
    return render_template(
        "proceedings/day.html", case=case, title=_("Copy served"), form=form, field=form.served_on,
        objection=policy.may_record(actor, case),
    )  # fmt: skip


@bp.route("/decisions/<decision_id>/in-force", methods=["GET", "POST"])
@signed_in
def record_in_force(decision_id: str) -> ResponseReturnValue:
    """Enter when the decision came into force."""
    actor = current_actor()
    decision = find(Decision, decision_id, visible(Decision, actor))
    case = _case(decision.case_id, actor)
    form = forms.InForceForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.record_in_force(decision, in_force_on=form.in_force_on.data, by=actor, at=now())
            return _back_to(case)
    return render_template(
        "proceedings/day.html", case=case, title=_("Decision in force"), form=form, field=form.in_force_on,
        objection=policy.may_record(actor, case),
    )  # fmt: skip


def _back_to(case: Case) -> ResponseReturnValue:
    return redirect(url_for("cases.show", case_id=case.id, _anchor="proceedings"), 303)


def _case(case_id: str, actor: Actor) -> Case:
    return find(Case, case_id, cases_policy.visible_to(actor))


def _stage(stage_id: str, actor: Actor) -> tuple[Stage, Case]:
    stage = find(Stage, stage_id, visible(Stage, actor))
    return stage, _case(stage.proceeding.case_id, actor)
