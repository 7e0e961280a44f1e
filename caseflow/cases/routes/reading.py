"""The list of cases and the case on one page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.access import cases as policy
from caseflow.cases import forms, history, queries
from caseflow.cases.models import Case
from caseflow.cases.routes import bp
from caseflow.cases.rubric import band_name, score
from caseflow.incidents import rules as incident_rules
from caseflow.kernel.db import find
from caseflow.network import queries as network
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import panels_of
from caseflow.web.words import date_words, language, today_here

LATEST = 6


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """The cases one may see, the last changed first."""
    actor = current_actor()
    listed = _one_of(request.args.get("state"), ("open", "closed", "archived", "all"), "open")
    asked = queries.Asked(
        state={"all": "", "archived": "closed"}.get(listed, listed),
        archive={"archived": "in", "closed": "out"}.get(listed, ""),
        stage=request.args.get("stage", "")[:90],
        counsel=request.args.get("counsel", "")[:20],
        after=_place(request.args.get("after", "")),
    )
    listing = queries.listing(actor, asked)
    given: dict[str, Any] = {key: value for key, value in request.args.items() if key in {"state", "stage", "counsel"}}
    last = listing.cases[-1] if listing.more else None
    here, lang = today_here(), language()
    rows = [
        (
            case.id,
            title,
            case.reference,
            case.state,
            (case.procedure, case.stage),
            ", ".join(listing.counsel[case.id]),
            case.next_on,
            date_words(case.next_on, lang) if case.next_on else "",
            _urgency(case, here),
        )
        for case, title in zip(listing.cases, listing.titles, strict=True)
    ]
    return render_template(
        "cases/index.html",
        listing=listing,
        rows=rows,
        places={(case.procedure, case.stage) for case in listing.cases},
        asked=asked,
        listed=listed,
        after=url_for("cases.index", **given, after=f"{last.changed_at.timestamp():.6f}~{last.id}") if last else None,
        newest=url_for("cases.index", **given) if asked.after else None,
        lawyers=queries.lawyers() if actor.is_coordinator else [],
        may_open=policy.may_open(actor),
    )


@bp.get("/<case_id>")
@signed_in
def show(case_id: str) -> ResponseReturnValue:
    """A case on one page."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    actor.ring.prepare([case])
    named = [
        case.by_id,
        *(counsel.member_id for counsel in case.counsel),
        *(note.by_id for note in case.notes),
    ]
    names = network.names_of([*named, *(who for task in case.tasks for who in (task.for_id, task.done_by_id))])
    scores = [
        {one: value for one, (value, _note) in json.loads(actor.ring.text(row, "values")).items()}
        for row in case.potentials
    ]
    return render_template(
        "cases/show.html",
        case=case,
        relations=queries.relations_of(actor, case),
        potentials=[score(values) for values in scores],
        band_name=band_name,
        names=names,
        panels=panels_of("case", case, actor),
        incidents=queries.linked_incidents(actor, case),
        incident_rules=incident_rules,
        history=history.told(actor, case, limit=LATEST),
        note_form=forms.NoteForm(),
        may={
            "edit": policy.may_edit(actor, case),
            "assign": policy.may_assign_counsel(actor, case),
            "link": policy.may_link_incident(actor, case),
            "work": policy.may_work_in(actor, case),
            "close": policy.may_close(actor, case),
            "reopen": policy.may_reopen(actor, case),
            "join": policy.may_join(actor, case),
            "archive": policy.may_archive(actor, case),
        },
        may_end={counsel.id: policy.may_end_counsel(actor, counsel) for counsel in case.counsel},
    )


@bp.get("/<case_id>/history")
@signed_in
def whole_history(case_id: str) -> ResponseReturnValue:
    """Everything the ledger tells of this case."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    return render_template("cases/history.html", case=case, history=history.told(actor, case))


def _urgency(case: queries.Listed, here: date) -> str:
    """Return the tone of a next date that is today or has passed; '' for every other."""
    if case.next_on is None or case.next_on > here or case.state != "open":
        return ""
    return "warn" if case.next_on == here else "danger"


def _one_of(value: str | None, known: tuple[str, ...], usual: str) -> str:
    return value if value in known else usual


def _place(after: str) -> tuple[datetime, str] | None:
    """Read where the page before ended; None when the address was tampered with."""
    seconds, _mark, case_id = after.partition("~")
    try:
        return (datetime.fromtimestamp(float(seconds), UTC), case_id[:20]) if case_id else None
    except (ValueError, OverflowError, OSError):
        return None
