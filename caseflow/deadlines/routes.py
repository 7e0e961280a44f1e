"""The list of dates, and what counsel decides on each."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.access import cases as cases_policy
from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor, Role
from caseflow.cases.models import Case
from caseflow.deadlines import forms, ics, month, operations, queries
from caseflow.deadlines.models import CalendarFeed, Deadline
from caseflow.deadlines.shown import Shown, shown
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, find
from caseflow.kernel.errors import NotFound
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.web.gate import current_actor, public, signed_in
from caseflow.web.navigation import entry
from caseflow.web.pages import refusing_to, safe_next, showing_refusals, transaction

bp = Blueprint("deadlines", __name__, url_prefix="/deadlines")
entry(N_("Dates"), "deadlines.index", order=35, icon="deadline", roles=(Role.LAWYER, Role.COORDINATOR))

GROUPS = (
    ("overdue", N_("Overdue")),
    ("today", N_("Today")),
    ("week", N_("Within a week")),
    ("later", N_("Later")),
)


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Every date of one's open cases: overdue, today, this week, later."""
    actor = current_actor()
    dates = queries.dates_of(actor)
    groups = [(key, title, [(dated, _shown(dated, actor)) for dated in getattr(dates, key)]) for key, title in GROUPS]
    return render_template("deadlines/index.html", groups=[group for group in groups if group[2]], more=dates.more)


@bp.post("/<deadline_id>/confirm")
@signed_in
def confirm(deadline_id: str) -> ResponseReturnValue:
    """Confirm a proposed deadline."""
    actor = current_actor()
    deadline, _case = _found(deadline_id, actor)
    back = _back(deadline)
    with refusing_to(back), transaction():
        operations.confirm(deadline, by=actor, at=now())
        flash(_("The deadline is confirmed. You will be reminded."), "ok")
    return redirect(back, 303)


@bp.post("/<deadline_id>/met")
@signed_in
def meet(deadline_id: str) -> ResponseReturnValue:
    """Mark a confirmed deadline as met."""
    actor = current_actor()
    deadline, _case = _found(deadline_id, actor)
    back = _back(deadline)
    with refusing_to(back), transaction():
        operations.meet(deadline, by=actor, at=now())
    return redirect(back, 303)


@bp.route("/<deadline_id>/change", methods=["GET", "POST"])
@signed_in
def change(deadline_id: str) -> ResponseReturnValue:
    """Set another last day, with the reason."""
    actor = current_actor()
    deadline, case = _found(deadline_id, actor)
    form = forms.ChangeForm()
    if not form.is_submitted():
        form.last_day.data, form.version.data = deadline.last_day, str(deadline.version)
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.change(
                deadline,
                last_day=form.last_day.data,
                reason=form.reason.data,
                seen=form.seen_version,
                by=actor,
                at=now(),
            )
            return redirect(_back(deadline), 303)
    stale = bool(form.form_errors)
    if stale:
        form.version.data = str(deadline.version)
    return render_template(
        "deadlines/change.html",
        case=case,
        one=shown(actor, case, deadline),
        form=form,
        stale=stale,
        objection=policy.may_decide(actor, case, deadline),
    )


@bp.route("/<deadline_id>/decline", methods=["GET", "POST"])
@signed_in
def decline(deadline_id: str) -> ResponseReturnValue:
    """Decide that a deadline does not run, with the reason."""
    actor = current_actor()
    deadline, case = _found(deadline_id, actor)
    form = forms.DeclineForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.decline(deadline, reason=form.reason.data, by=actor, at=now())
            return redirect(_back(deadline), 303)
    objection = policy.may_decide(actor, case, deadline)
    one = shown(actor, case, deadline)
    return render_template("deadlines/decline.html", case=case, one=one, form=form, objection=objection)


def _shown(dated: queries.Dated, actor: Actor) -> Shown | None:
    return shown(actor, dated.case, dated.deadline) if dated.deadline else None


def _found(deadline_id: str, actor: Actor) -> tuple[Deadline, Case]:
    deadline = find(Deadline, deadline_id, policy.visible_to(actor))
    return deadline, find(Case, deadline.case_id, cases_policy.visible_to(actor))


def _back(deadline: Deadline) -> str:
    """Return where the reader came from: the list of dates, or the case."""
    usual = url_for("cases.show", case_id=deadline.case_id, _anchor="dates")
    return safe_next(request.form.get("next"), usual)


@bp.get("/calendar")
@signed_in
def calendar() -> ResponseReturnValue:
    """A month of one's deadlines and hearings, and one's address for a calendar program."""
    return _calendar(current_actor())


@bp.post("/calendar/address")
@signed_in
def make_feed() -> ResponseReturnValue:
    """Make one's calendar address, or another in place of it; it is shown this once."""
    actor = current_actor()
    with refusing_to(url_for("deadlines.calendar")), transaction():
        secret = operations.make_feed(by=actor, at=now())
    path = url_for("deadlines.feed", secret=secret)
    return _calendar(actor, address=current().url.rstrip("/") + path)


@bp.post("/calendar/address/end")
@signed_in
def end_feed() -> ResponseReturnValue:
    """End one's calendar address."""
    with refusing_to(url_for("deadlines.calendar")), transaction():
        operations.end_feed(by=current_actor(), at=now())
        flash(_("The address has ended. A calendar program that knows it gets nothing any more."), "ok")
    return redirect(url_for("deadlines.calendar"), 303)


@bp.get("/feed/<secret>.ics")
@public("a calendar program reads the dates of whoever made this secret address, and can end it")
def feed(secret: str) -> ResponseReturnValue:
    """The dates of a member for her calendar program: references and days, nothing that a safe keeps."""
    reader = queries.reader_of(secret)
    if reader is None:
        raise NotFound
    since = today(reader.timezone) - queries.KEPT_IN_FEED
    with force_locale(reader.language):
        entries = [_entry(dated) for dated in queries.dates_between(reader, since)]
        return _as_file(ics.calendar(_("Dates"), entries), "dates.ics")


@bp.get("/<deadline_id>.ics")
@signed_in
def one_as_file(deadline_id: str) -> ResponseReturnValue:
    """One deadline as a file for a calendar program."""
    deadline, case = _found(deadline_id, current_actor())
    entry = _entry(queries.Dated(deadline.last_day, case, deadline=deadline))
    return _as_file(ics.calendar(case.reference, [entry]), f"{case.reference}.ics", attached=True)


def _calendar(actor: Actor, *, address: str | None = None) -> ResponseReturnValue:
    here = today(actor.timezone)
    first = month.month_of(request.args.get("month", ""), here)
    before, after = month.neighbours(first)
    dates = queries.dates_between(actor, *month.span(first))
    return render_template(
        "deadlines/calendar.html",
        weeks=month.weeks_of(first, dates, here),
        weekdays=month.weekdays(),
        title=month.title_of(first),
        before=before,
        after=after,
        feed=db.session.get(CalendarFeed, actor.member_id),
        address=address,
        objection=policy.may_have_feed(actor),
    )


def _entry(dated: queries.Dated) -> ics.Entry:
    reference, url = dated.case.reference, current().url.rstrip("/") + url_for("cases.show", case_id=dated.case.id)
    if dated.hearing is not None:
        uid = f"hearing-{dated.hearing.id}@caseflow.invalid"
        return ics.Entry(uid, f"{reference}: {_('hearing')}", dated.hearing.held_at, at=dated.hearing.held_at, url=url)
    deadline = dated.deadline
    assert deadline is not None
    return ics.Entry(
        f"deadline-{deadline.id}@caseflow.invalid",
        f"{reference}: {_('met') if deadline.state == 'met' else _('deadline')}",
        deadline.met_at or deadline.decided_at or deadline.proposed_at,
        on=deadline.last_day,
        tentative=deadline.state == "proposed",
        turn=deadline.version,
        url=url,
    )


def _as_file(body: bytes, name: str, *, attached: bool = False) -> ResponseReturnValue:
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f"{'attachment' if attached else 'inline'}; filename={name}"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
