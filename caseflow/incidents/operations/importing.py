"""A list of incidents comes in: read, tried, written in parts that nobody sees, and shown as a whole, or taken back.

No act takes long: a part of a hundred rows is one transaction, so that others wait for a second at most. What a part
wrote is in the state "importing", for which no reader has a scope; the last act makes all of a run drafts at once. A
process that dies leaves whole parts, and the run goes on with the next one or is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, entries, imports
from caseflow.incidents.imports import Row
from caseflow.incidents.lists import layout, reading
from caseflow.incidents.models import (
    Act,
    Incident,
    Involvement,
    Person,
    Source,
)
from caseflow.incidents.runs import ImportedKey, ImportPart, ImportRun
from caseflow.kernel.counters import next_numbers
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member

KEPT = timedelta(days=7)
ONE_AT_A_TIME = N_("A list of yours is being brought in. Let it finish, or take it back first.")
NOT_NOW = N_("This run has moved on since you opened the page. Look at what it says now.")
_WHY = unscoped("the rows of one run, which nobody sees yet or any more")


def begin_import(
    *, source: bytes, name: str, table: Mapping[str, Any], rows: Sequence[Row], by: Actor, at: datetime
) -> ImportRun:
    """Keep a list, sealed to `by`, for choosing what its columns mean; what she had only chosen before is forgotten.

    Raises `RuleBroken` while another run of hers is half written.
    """
    demand(policy.may_import(by), about="incidents:")
    mine = ImportRun.member_id == by.member_id
    if db.session.scalar(select(ImportRun.id).where(mine, ImportRun.state == "running").limit(1)):
        raise RuleBroken(ONE_AT_A_TIME)
    for run_id in db.session.scalars(select(ImportRun.id).where(mine, ImportRun.state.in_(("read", "checked")))).all():
        _forget(run_id)
    codes = layout.guessed(table["headings"], imports.chosen_before(by))
    told = {**table, "name": name, "codes": codes}
    run = ImportRun(
        member_id=by.member_id, state="read", source_sealed=imports.seal(source, by),
        told_sealed=imports.seal(told, by), rows=0, written=0, begun_at=at, changed_at=at,
    )  # fmt: skip
    db.session.add(run)
    db.session.flush()
    db.session.add_all(imports.as_parts(run, rows, by))
    ledger.record("incidents.begin_import", by=by, at=at, about=run, public={"rows": len(rows)})
    return run


def read_again(run: ImportRun, *, table: Mapping[str, Any], rows: Sequence[Row], by: Actor, at: datetime) -> None:
    """Keep the rows of the same file as they are when it is read in another encoding, or another of its sheets."""
    demand(policy.may_import(by), about=ledger.name_of(run))
    _demand_state(run, "read", "checked")
    before = imports.told_of(run, by)
    codes = layout.guessed(table["headings"], imports.chosen_before(by))
    run.told_sealed = imports.seal({**table, "name": before["name"], "codes": codes}, by)
    run.state, run.changed_at = "read", at
    db.session.execute(delete(ImportPart).where(ImportPart.run_id == run.id))
    db.session.add_all(imports.as_parts(run, rows, by))
    ledger.record("incidents.begin_import", by=by, at=at, about=run, public={"rows": len(rows)})


def keep_verdicts(
    run: ImportRun, *, codes: Sequence[str], rows: Sequence[Row], compared: bool = True, by: Actor, at: datetime
) -> None:
    """Keep what each column means and what a dry run found about every row; `compared`: with all that is there."""
    demand(policy.may_import(by), about=ledger.name_of(run))
    _demand_state(run, "read", "checked")
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("new", "known", "wrong")}
    alike = sum(row.verdict == "new" and bool(row.about) for row in rows)
    found = {"codes": list(codes), "counts": {**counts, "alike": alike}, "compared": compared}
    run.told_sealed = imports.seal({**imports.told_of(run, by), **found}, by)
    run.state, run.rows, run.changed_at = "checked", counts["new"], at
    db.session.execute(delete(ImportPart).where(ImportPart.run_id == run.id))
    db.session.add_all(imports.as_parts(run, rows, by))
    ledger.record("incidents.check_import", by=by, at=at, about=run, public=counts)


def go_on_importing(run: ImportRun, *, by: Actor, at: datetime) -> bool:
    """Write the next part of a run whose dry run found nothing wrong; tell whether another one is left.

    With the last part everything becomes visible. An incident that came in by another way meanwhile is passed over.
    """
    demand(policy.may_import(by), about=ledger.name_of(run))
    _demand_state(run, "checked", "running")
    told = imports.told_of(run, by)
    if told["counts"]["wrong"]:
        raise RuleBroken(
            N_("Rows with errors are left. Correct them in the file and bring it in again: all or nothing.")
        )
    run.state, run.source_sealed, run.changed_at = "running", None, at
    left = select(ImportPart).where(ImportPart.run_id == run.id, ImportPart.written.is_(False))
    part = db.session.scalar(left.order_by(ImportPart.number).limit(1))
    if part is not None:
        _write([row for row in imports.opened_part(part, by) if row.verdict == "new"], told["codes"], run, by=by, at=at)
        part.written = True
        db.session.flush()
    if db.session.scalar(select(func.count()).select_from(left.subquery())):
        return True
    _show(run, told, by=by, at=at)
    return False


def undo_import(run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Take a run back: nothing of it is ever seen. Of what was written an empty row stays, and the ledger's words."""
    demand(policy.may_import(by), about=ledger.name_of(run))
    _demand_state(run, "read", "checked", "running")
    _take_back(run, by=by, at=at)


def forget_imports(*, at: datetime) -> int:
    """Take back what nobody went on with for a week, and what who has left the network had begun; return how many."""
    gone = select(Departure.member_id)
    old = (ImportRun.changed_at < at - KEPT) | ImportRun.member_id.in_(gone)
    runs = list(db.session.scalars(select(ImportRun).where(ImportRun.state.in_(imports.OPEN), old)))
    for run in runs:
        _take_back(run, by=None, at=at)
    return len(runs)


def _write(rows: Sequence[Row], codes: Sequence[str], run: ImportRun, *, by: Actor, at: datetime) -> None:
    today = checks.today_for(by, at)
    there = imports.known([imports.key_of(row, codes) for row in rows], by)
    house = db.session.scalars(select(Member.organisation_id).where(Member.id == by.member_id)).one()
    found: list[reading.Told] = []
    for row in rows:
        key = imports.key_of(row, codes)
        if key in there:
            continue
        told, faults = reading.tell(reading.as_cells(codes, row.cells), key=key, language=by.language, today=today)
        if faults:
            raise RuleBroken(
                _("Row %(row)s: %(why)s", row=row.number, why=faults[0].why), told="A row of a list is wrong."
            )
        found.append(told)
    if not found:
        return
    # All safes, then all numbers, then all rows: the database is asked a few times for a part, not for each row of it.
    safes = keys.new_safes("incident", len(found), by=by, at=at)
    numbers = next_numbers(f"incident {today.year}", len(found))
    with db.session.no_autoflush:
        made = [
            _written(told, run, safe.id, f"IN-{today.year}-{number:04d}", house=house, by=by, at=at)
            for told, safe, number in zip(found, safes, numbers, strict=True)
        ]
    keys.settle([incident.safe_id for incident, _details in made], by=by, at=at)
    logged = [
        ledger.Fact(
            "incidents.log", incident, details,
            {"reference": incident.reference, "region": incident.region, "import": run.id},
        )
        for incident, details in made
    ]  # fmt: skip
    ledger.record_many(logged, by=by, at=at)
    run.written += len(made)


def _written(
    told: reading.Told, run: ImportRun, safe: str, reference: str, *, house: str, by: Actor, at: datetime
) -> tuple[Incident, dict[str, Any]]:
    """Write one incident with everything its row says; return it with what the ledger seals about it."""
    today = checks.today_for(by, at)
    texts, facts = reading.facts_of(told.incident, today=today)
    incident = Incident(
        safe_id=safe, reference=reference, state="importing",
        by_id=by.member_id, organisation_id=house, logged_at=at, changed_at=at, **facts,
    )  # fmt: skip
    by.ring.seal(incident, **texts)
    key = ImportedKey(safe_id=safe, incident_id=incident.id, run_id=run.id, mark=imports.mark_of(told.key))
    by.ring.seal(key, key=told.key)
    details: dict[str, Any] = {**texts, "key": told.key, "people": [], "acts": [], "sources": []}
    parts: list[Any] = []
    people: dict[tuple[str, str], Person] = {}
    for one in told.acts:
        named = one["person"]["name"], one["person"]["pseudonym"]
        person = people.get(named)
        if person is None:
            person = people[named] = Person(safe_id=safe, incident_id=incident.id, position=len(people) + 1)
            details["people"].append(entries.fill_person(person, **one["person"], by=by))
            parts.append(person)
        if one["act"]["kind"]:
            act = Act(safe_id=safe, incident_id=incident.id, position=one["number"])
            noted = entries.fill_act(act, incident, victim=person, **one["act"], by=by)
            parts.append(act)
            for involved in one["involved"]:
                involvement = Involvement(safe_id=safe, act_id=act.id)
                noted.setdefault("involved", []).append(
                    entries.fill_involvement(involvement, incident, **involved, person=None, by=by)
                )
                parts.append(involvement)
            details["acts"].append(noted)
    for one in told.sources:
        source = Source(safe_id=safe, incident_id=incident.id)
        details["sources"].append(entries.fill_source(source, **one["source"], today=today, by=by))
        parts.append(source)
    db.session.add_all([incident, key, *parts])
    return incident, details


def _show(run: ImportRun, told: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    hers = select(ImportedKey.incident_id).where(ImportedKey.run_id == run.id)
    shown = update(Incident).where(Incident.id.in_(hers), Incident.state == "importing").values(state="draft")
    db.session.execute(shown, execution_options={**_WHY, "synchronize_session": False})
    kept = {name: told[name] for name in ("name", "headings", "codes", "counts")}
    run.state, run.changed_at, run.told_sealed = "done", at, imports.seal(kept, by)
    db.session.execute(delete(ImportPart).where(ImportPart.run_id == run.id))
    ledger.record("incidents.import_list", by=by, at=at, about=run, public={"incidents": run.written})


def _take_back(run: ImportRun, *, by: Actor | None, at: datetime) -> None:
    hers = select(ImportedKey.incident_id).where(ImportedKey.run_id == run.id)
    acts = select(Act.id).where(Act.incident_id.in_(hers))
    away = {**_WHY, "synchronize_session": False}
    for model, condition in (
        (Involvement, Involvement.act_id.in_(acts)), (Act, Act.incident_id.in_(hers)),
        (Source, Source.incident_id.in_(hers)), (Person, Person.incident_id.in_(hers)),
    ):  # fmt: skip
        db.session.execute(delete(model).where(condition), execution_options=away)
    emptied = update(Incident).where(Incident.id.in_(hers), Incident.state == "importing").values(
        state="undone", title_sealed=b"", narrative_sealed=None, place_sealed=None, region="", began_on=None,
        began_precision="unknown", ended_on=None, ended_precision=None, learned_on=None, learned_how=None,
    )  # fmt: skip
    db.session.execute(emptied, execution_options=away)
    db.session.execute(delete(ImportedKey).where(ImportedKey.run_id == run.id), execution_options=away)
    if run.state == "running":
        db.session.execute(delete(ImportPart).where(ImportPart.run_id == run.id))
        run.state, run.source_sealed, run.changed_at = "undone", None, at
        ledger.record("incidents.undo_import", by=by, at=at, about=run, public={"incidents": run.written})
        return
    ledger.record("incidents.undo_import", by=by, at=at, about=ledger.name_of(run), public={"incidents": 0})
    _forget(run.id)


def _forget(run_id: str) -> None:
    db.session.execute(delete(ImportPart).where(ImportPart.run_id == run_id))
    db.session.execute(delete(ImportRun).where(ImportRun.id == run_id))


def _demand_state(run: ImportRun, *states: str) -> None:
    if run.state not in states:
        raise RuleBroken(NOT_NOW)
