"""A list comes in: the file, what its columns mean, what would come of it, and the run itself, which goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import parse_options_header

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.evidence import uploads
from caseflow.evidence.examiner.tables import DELIMITERS, ENCODINGS
from caseflow.evidence.examiner.workbooks import ROWS as MOST_ROWS
from caseflow.evidence.routes.adding import body, check_token
from caseflow.incidents import imports, likeness, operations
from caseflow.incidents.checks import today_for
from caseflow.incidents.lists import forms, layout, trying, writing
from caseflow.incidents.routes import bp
from caseflow.incidents.runs import ImportRun
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.web.forms import clean
from caseflow.web.gate import current_actor, signed_in, streams
from caseflow.web.pages import refusing_to, showing_refusals, transaction
from caseflow.web.words import language

AT_A_TIME = 3.0  # seconds that one request writes before the page shows how far it is
SHOWN = 50
FIRST = ("wrong", "new", "known")  # what there is to do about comes first
BROKEN = N_("The line broke off before the file was whole. Send it again.")
NO_FILE = N_("Choose the file with the list.")
ENCODING_WORDS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1251": "Windows-1251",
    "kz-1048": "KZ-1048 (СТ РК 1048)",
}
DELIMITER_WORDS = {
    "comma": N_("Comma"),
    "semicolon": N_("Semicolon"),
    "tab": N_("Tabulator"),
    "bar": N_("Vertical bar"),
}


@bp.route("/import", methods=["GET", "POST"])
@streams
@signed_in
def import_list() -> ResponseReturnValue:
    """Bring in a list: the file itself, sealed to its member as soon as it is read."""
    actor = current_actor()
    objection = policy.may_import(actor)
    form = forms.ListForm(formdata=None)
    if request.method == "POST":
        form, name, source = _received()
        demand(objection, about="incidents:")
        if form.validate() and not form.files.errors:
            with showing_refusals(form):
                table, rows = _read(source, {})
                with transaction():
                    run = operations.begin_import(source=source, name=name, table=table, rows=rows, by=actor, at=now())
                    return redirect(url_for("incidents.import_run", run_id=run.id), 303)
        g.setdefault("answer_status", 422)
    runs = [] if objection else [(run, imports.told_of(run, actor)) for run in imports.runs_of(actor)]
    return render_template(
        "incidents/import.html", form=form, runs=runs, objection=objection, largest=imports.LARGEST // 1024 // 1024,
        most=MOST_ROWS,
    )  # fmt: skip


def _received() -> tuple[forms.ListForm, str, bytes]:
    """Read the form as it arrives, the file into memory: nothing of it ever lies on the disk."""
    mimetype, options = parse_options_header(request.headers.get("Content-Type"))
    fields: dict[str, str] = {}
    name, source, why = "", b"", NO_FILE
    if mimetype == "multipart/form-data":
        parts = uploads.FormParts(body(), options.get("boundary", ""))
        fields = parts.fields
        try:
            for sent in parts.files():
                check_token(fields.get("csrf_token"))
                if sent.filename:
                    name, pieces = clean(sent.filename)[:200], bytearray()
                    while (piece := sent.read(uploads.PIECE)) and len(pieces) <= imports.LARGEST:
                        pieces += piece
                    source, why = (b"", imports.TOO_LARGE) if len(pieces) > imports.LARGEST else (bytes(pieces), "")
                    break
        except (OSError, EOFError, ClientDisconnected):
            source, why = b"", BROKEN
    check_token(fields.get("csrf_token"))
    request.form = MultiDict(fields)  # type: ignore[assignment]  # the once-key is looked for there
    form = forms.ListForm(formdata=MultiDict(fields))
    if why:
        form.validate()
        form.files.errors = [_(why)]
    return form, name, source


def _read(source: bytes, options: dict[str, str]) -> tuple[dict[str, Any], list[imports.Row]]:
    db.session.rollback()  # reading takes a second or two: no transaction waits for it
    return imports.table_of(source, options)


@bp.route("/import/<run_id>", methods=["GET", "POST"])
@signed_in
def import_run(run_id: str) -> ResponseReturnValue:
    """One run: what its columns mean, what was found, how far it is."""
    actor = current_actor()
    run = imports.run_of(run_id, actor)
    told = imports.told_of(run, actor)
    if request.method == "POST":
        demand(policy.may_import(actor), about="incidents:")
        here = url_for("incidents.import_run", run_id=run.id)
        with refusing_to(here):
            if "again" in request.form:
                _read_again(run, actor)
            else:
                _try_out(run, told, actor)
        return redirect(here, 303)
    return render_template("incidents/import_run.html", run=run, told=told, **_shown(run, told, actor))


def _read_again(run: ImportRun, actor: Actor) -> None:
    options = {name: request.form.get(name, "")[:100] for name in ("encoding", "delimiter", "sheet")}
    if run.source_sealed is None:
        raise RuleBroken(operations.NOT_NOW)
    table, rows = _read(imports.source_of(run, actor), options)
    with transaction():
        operations.read_again(imports.run_of(run.id, actor), table=table, rows=rows, by=actor, at=now())


def _try_out(run: ImportRun, told: dict[str, Any], actor: Actor) -> None:
    known = set(layout.known_codes())
    codes = [request.form.get(f"column-{place}", "") for place in range(len(told["headings"]))]
    codes = [code if code in known else "" for code in codes]
    rows = list(imports.rows_of(run, actor))
    whole = trying.judge(rows, codes, told["headings"], actor=actor, today=today_for(actor, now()))
    with transaction():
        run = imports.run_of(run.id, actor)
        operations.keep_verdicts(run, codes=codes, rows=rows, compared=whole, by=actor, at=now())


def _shown(run: ImportRun, told: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return what the page of a run shows beside the run itself."""
    lang = language()
    groups = [(_("The incident"), [column.code for column in layout.of_group(layout.INCIDENT)])]
    for number in range(1, layout.ACTS + 1):
        words = _("What was done, and to whom") if number == 1 else _("What was done, and to whom: %(num)s", num=number)
        groups.append((words, [layout.numbered(column.code, number) for column in layout.of_group(layout.ACT)]))
    for number in range(1, layout.SOURCES + 1):
        words = _("Who says so") if number == 1 else _("Who says so: %(num)s", num=number)
        groups.append((words, [layout.numbered(column.code, number) for column in layout.of_group(layout.SOURCE)]))
    choices = [(words, [(code, layout.heading(code, lang)) for code in codes]) for words, codes in groups]
    told_rows = [row for row in imports.rows_of(run, actor) if row.about] if run.state == "checked" else []
    told_rows.sort(key=lambda row: FIRST.index(str(row.verdict)))
    return {
        "choices": choices,
        "encodings": [(code, ENCODING_WORDS[code]) for code in ENCODINGS],
        "delimiters": [(code, _(DELIMITER_WORDS[code])) for code in DELIMITERS],
        "sheets": [(name, name) for name in told.get("sheets", [])],
        "rows": told_rows[:SHOWN],
        "shown": SHOWN,
        "verdict": verdict_words,
        "in_common": in_common,
        "objection": policy.may_import(actor),
    }


def verdict_words(row: imports.Row) -> str:
    """Return what was found about a row, in words."""
    if row.verdict == "new" and row.about:
        told = {"reference": row.about[0], "common": in_common(row)}
        return str(_("New, but it looks like %(reference)s: %(common)s", **told))
    if row.verdict == "new":
        return str(_("New"))
    if row.verdict == "known":
        return str(_("Already there: %(reference)s", reference=row.about[0]))
    faults = [_("Column “%(column)s”: %(why)s", column=column, why=why) if column else why for column, why in row.about]
    return str(_("Error. %(why)s", why=" ".join(faults)))


def in_common(row: imports.Row) -> str:
    """Return what a new row has in common with the incident that it looks like."""
    return ", ".join(_(likeness.WORDS[code]) for code in row.about[2])


@bp.post("/import/<run_id>/go")
@signed_in
def go_on_importing(run_id: str) -> ResponseReturnValue:
    """Write the next parts of a run for some seconds, then show how far it is."""
    actor = current_actor()
    here = url_for("incidents.import_run", run_id=run_id)
    until, left, act = time.monotonic() + AT_A_TIME, True, transaction
    with refusing_to(here):
        while left:
            db.session.expunge_all()  # what earlier parts wrote need not be looked at again
            with act():
                left = operations.go_on_importing(imports.run_of(run_id, actor), by=actor, at=now())
            act = kernel_db.transaction
            if time.monotonic() >= until:
                break
    if not left:
        run = imports.run_of(run_id, actor)
        done = ngettext("%(num)s incident is in, as a draft.", "%(num)s incidents are in, as drafts.", run.written)
        flash(done, "ok")
    return redirect(here, 303)


@bp.post("/import/<run_id>/undo")
@signed_in
def undo_import(run_id: str) -> ResponseReturnValue:
    """Take a run back; nothing of it is ever seen."""
    actor = current_actor()
    with refusing_to(url_for("incidents.import_list")), transaction():
        operations.undo_import(imports.run_of(run_id, actor), by=actor, at=now())
    flash(_("The list is taken back. No incident of it is there."), "ok")
    return redirect(url_for("incidents.import_list"), 303)


@bp.get("/import/<run_id>/verdicts.csv")
@signed_in
def import_verdicts(run_id: str) -> ResponseReturnValue:
    """What was found about every row, to be looked at beside the list."""
    actor = current_actor()
    run = imports.run_of(run_id, actor)
    codes = imports.told_of(run, actor)["codes"]

    def rows() -> Iterator[list[str]]:
        yield [_("Row"), layout.heading("key", language()), _("Verdict")]
        for row in imports.rows_of(run, actor):
            cells = {code: cell for code, cell in zip(codes, row.cells, strict=False) if code == "key"}
            yield [str(row.number), cells.get("key", ""), verdict_words(row) if row.verdict else ""]

    return sent(iter(list(writing.as_csv(rows(), locale=language()))), "verdicts", "csv")


@bp.get("/import/template.<form>")
@signed_in
def import_template(form: str) -> ResponseReturnValue:
    """An empty list with the headings that are understood, and one invented row."""
    if form not in ("csv", "xlsx"):
        form = "csv"
    codes = [column.code for column in layout.columns().values()]
    rows = [[layout.heading(code, language()) for code in codes], trying.example(codes, language())]
    lines = writing.as_csv(rows, locale=language()) if form == "csv" else writing.as_workbook(rows)
    return sent(iter(list(lines)), "caseflow-template", form)


def sent(pieces: Iterator[bytes], name: str, form: str) -> Response:
    """Return the answer that sends a list as it is written; the request is over by then."""
    answer = Response(pieces, content_type=writing.TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer
