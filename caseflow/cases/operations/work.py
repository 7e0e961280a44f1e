"""The daily work in a case: parties, notes, tasks."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.checks import ask
from caseflow.cases.models import Case, CaseLetter, Note, Party, Task
from caseflow.cases.papers.kinds import KINDS
from caseflow.cases.position import keep
from caseflow.incidents.checks import unchanged
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys.models import Grant
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.network.names import fold


def add_party(case: Case, *, side: str, kind: str, name: str, by: Actor, at: datetime) -> Party:
    """Enter a person or body on one side of the case. Raises `RuleBroken` at `side`, `kind` or `name`."""
    demand(policy.may_add_party(by, case), about=ledger.name_of(case))
    _check_party(side=side, kind=kind, name=name)
    party = Party(safe_id=case.safe_id, case_id=case.id, side=side, kind=kind, by_id=by.member_id, at=at)
    by.ring.seal(party, name=name)
    case.parties.append(party)
    keep(case.id, changed_at=at)
    public = {"side": side, "kind": kind}
    ledger.record("cases.add_party", by=by, at=at, about=party, public=public, details={"name": name})
    ask(case, [f"party:{party.id}"], at=at)
    return party


def correct_party(
    party: Party,
    *,
    case: Case,
    side: str,
    kind: str,
    name: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct a name or let somebody stand on another side; it is compared anew. Raises as `add_party` does.

    `seen` is the `stamp` of what was on the screen; `RuleBroken` at `version` when somebody has corrected it since.
    """
    demand(policy.may_correct_party(by, case), about=ledger.name_of(party))
    unchanged(party, seen)
    _check_party(side=side, kind=kind, name=name)
    before = {"name": by.ring.text(party, "name"), "side": party.side, "kind": party.kind}
    if before == {"name": name, "side": side, "kind": kind}:
        return
    party.side, party.kind = side, kind
    by.ring.seal(party, name=name)
    keep(case.id, changed_at=at)
    public = {"side": side, "kind": kind}
    details = {"before": before, "after": {"name": name}}
    ledger.record("cases.correct_party", by=by, at=at, about=party, public=public, details=details)
    ask(case, [f"party:{party.id}"], at=at)


def _check_party(*, side: str, kind: str, name: str) -> None:
    _known(side, rules.PARTY_SIDES, "side")
    _known(kind, rules.PARTY_KINDS, "kind")
    _filled(name, "name")
    if not fold(name):
        raise RuleBroken(N_("A name has at least one letter."), field="name")


def add_note(case: Case, *, body: str, kind: str = "internal", by: Actor, at: datetime) -> Note:
    """Write a note of the team, internal or privileged. Raises `RuleBroken` at `body` or `kind`."""
    demand(policy.may_note(by, case), about=ledger.name_of(case))
    _filled(body, "body")
    _known(kind, rules.NOTE_KINDS, "kind")
    note = Note(safe_id=case.safe_id, case_id=case.id, kind=kind, by_id=by.member_id, at=at)
    by.ring.seal(note, body=body)
    case.notes.append(note)
    keep(case.id, changed_at=at)
    ledger.record("cases.add_note", by=by, at=at, about=note, details={"body": body})
    return note


def record_letter(
    case: Case,
    *,
    direction: str,
    medium: str,
    on: date,
    party: str,
    subject: str,
    body: str | None = None,
    by: Actor,
    at: datetime,
) -> CaseLetter:
    """Record one piece of correspondence. Raises `RuleBroken` at the field that cannot be, at `on` for a day to come."""
    demand(policy.may_record_letter(by, case), about=ledger.name_of(case))
    _known(direction, rules.DIRECTIONS, "direction")
    _known(medium, rules.MEDIA, "medium")
    _filled(party, "party")
    _filled(subject, "subject")
    if on > at.astimezone(ZoneInfo(by.timezone)).date():
        raise RuleBroken(N_("This day is still to come."), field="on", about=ledger.name_of(case))
    letter = CaseLetter(
        safe_id=case.safe_id, case_id=case.id, direction=direction, medium=medium, on=on, by_id=by.member_id, at=at
    )
    texts = {"party": party, "subject": subject, "body": body}
    by.ring.seal(letter, **texts)
    case.letters.append(letter)
    keep(case.id, changed_at=at)
    public = {"direction": direction, "medium": medium, "on": on.isoformat()}
    ledger.record("cases.record_letter", by=by, at=at, about=letter, public=public, details=texts)
    return letter


def draw_paper(case: Case, *, kind: str, language: str, by: Actor, at: datetime) -> None:
    """Note that a letter or a filing is drawn from what is in the case; it leaves with whoever draws it.

    Raises `RuleBroken` at `kind`.
    """
    demand(policy.may_draw_paper(by, case), about=ledger.name_of(case))
    _known(kind, KINDS, "kind")
    ledger.record("cases.draw_paper", by=by, at=at, about=case, public={"paper": kind, "language": language})


def give_task(
    case: Case, *, what: str, for_member: Member, due_on: date | None = None, by: Actor, at: datetime
) -> Task:
    """Give somebody who can read the case something to do in it. Raises `RuleBroken` at `what` or `for_member`."""
    demand(policy.may_give_task(by, case), about=ledger.name_of(case))
    _filled(what, "what")
    holds = select(Grant.id).where(Grant.safe_id == case.safe_id, Grant.member_id == for_member.id)
    if db.session.scalar(holds) is None:
        raise RuleBroken(N_("This person cannot read the case. Choose one of its team."), field="for_member")
    task = Task(safe_id=case.safe_id, case_id=case.id, due_on=due_on, for_id=for_member.id, by_id=by.member_id, at=at)
    by.ring.seal(task, what=what)
    case.tasks.append(task)
    keep(case.id, changed_at=at)
    public = {"for": for_member.id, "due_on": due_on.isoformat() if due_on else None}
    ledger.record("cases.give_task", by=by, at=at, about=task, public=public, details={"what": what})
    return task


def finish_task(task: Task, *, by: Actor, at: datetime) -> None:
    """Mark a task as done."""
    why = unscoped("the task was found in the scope of the actor; its case lies in the same safe")
    case = db.session.get_one(Case, task.case_id, execution_options=why)
    demand(policy.may_finish_task(by, case, task), about=ledger.name_of(task))
    task.done_at, task.done_by_id = at, by.member_id
    keep(case.id, changed_at=at)
    ledger.record("cases.finish_task", by=by, at=at, about=task)


def _filled(text: str, field: str) -> None:
    if not text.strip():
        raise RuleBroken(N_("Fill this in."), field=field)


def _known(code: str, codes: Container[str], field: str) -> None:
    if code not in codes:
        raise RuleBroken(N_("Choose one."), field=field)
