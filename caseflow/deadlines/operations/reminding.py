"""Reminders: one letter per person and run, with references, kinds and dates, and never what a safe keeps.

Nobody is signed in when they are written, so nothing is opened. A run that comes late sends the nearest step that is
due and was not sent; a run that comes twice sends nothing twice, because each warning is a row.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urljoin

from babel.dates import format_date
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from caseflow.access.actor import Role
from caseflow.access.facts import able_members
from caseflow.cases.models import Case, Counsel
from caseflow.deadlines import rules
from caseflow.deadlines.models import Deadline, Warning_
from caseflow.deadlines.next_dates import OPEN
from caseflow.deadlines.operations.silence import propose_after_silence
from caseflow.kernel import mail
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.settings import current
from caseflow.keys.models import Grant
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member

OVERDUE = "overdue"
_WHY = unscoped("a reminder goes to whoever holds the case's grant; its writer opens nothing")


@dataclass(frozen=True)
class _Warning:
    """One warning to write: of which deadline, in which case, at which step, `left` days before its last day."""

    deadline: Deadline
    reference: str
    step: str
    left: int


def remind(*, on: date, at: datetime) -> int:
    """Write the letters that are due on the day `on`; return how many.

    Counsel of an open case are warned 14, 7, 3 and 1 days before a deadline and on its day, coordinators once it is
    overdue; where nobody is counsel, coordinators get the early warnings too. A deadline that is proposed but not
    confirmed is marked so. Whoever holds no grant to the case now gets nothing. First, what the silence of an authority
    started is proposed.
    """
    propose_after_silence(on=on, at=at)
    waiting = _waiting(on)
    able = able_members()
    coordinators = {member for member, role in able.items() if role is Role.COORDINATOR}
    counsel, holders, told = _counsel(on), _holders(on), _told(on)
    letters: dict[str, list[_Warning]] = defaultdict(list)
    warned: dict[tuple[str, str], set[str]] = defaultdict(set)
    for deadline, reference in waiting:
        left = (deadline.last_day - on).days
        early = counsel.get(deadline.case_id, set()) or coordinators
        for step, receivers in ((_step(left), early), (OVERDUE, coordinators if left < 0 else set())):
            # The day is part of the step: a deadline moved to another day is warned of anew.
            key = f"{deadline.last_day.isoformat()}:{step}"
            for member in sorted(receivers & holders.get(deadline.safe_id, set()) & able.keys()):
                if (deadline.id, member, key) in told:
                    continue
                db.session.add(Warning_(deadline_id=deadline.id, member_id=member, step=key, at=at))
                warned[deadline.id, key].add(member)
                if not letters[member] or letters[member][-1].deadline is not deadline:
                    letters[member].append(_Warning(deadline, reference, key, left))
    members = _members(letters)
    for member_id, dues in letters.items():
        _write(members[member_id], dues, at=at)
    by_id = {deadline.id: deadline for deadline, _reference in waiting}
    ledger.record_many(
        [
            ledger.Fact("deadlines.remind", by_id[deadline_id], None, {"step": key, "members": sorted(receivers)})
            for (deadline_id, key), receivers in warned.items()
        ],
        by=None,
        at=at,
    )
    return len(letters)


def _step(left: int) -> str:
    """Return the nearest step that `left` days before the last day make due."""
    return str(min(days for days in rules.WARNING_DAYS if days >= left))


def _due(on: date) -> tuple[ColumnElement[bool], ...]:
    horizon = on + timedelta(days=max(rules.WARNING_DAYS))
    return (Deadline.state.in_(OPEN), Deadline.last_day <= horizon, Case.id == Deadline.case_id, Case.state == "open")


def _waiting(on: date) -> Sequence[tuple[Deadline, str]]:
    query = select(Deadline, Case.reference).where(*_due(on))
    ordered = query.order_by(Deadline.last_day, Case.reference, Deadline.id)
    return [(deadline, reference) for deadline, reference in db.session.execute(ordered, execution_options=_WHY)]


# What is due is asked for again inside each query: there may be more ids than a database takes as values.
def _counsel(on: date) -> dict[str, set[str]]:
    query = select(Counsel.case_id, Counsel.member_id).where(
        Counsel.case_id.in_(select(Deadline.case_id).where(*_due(on))), Counsel.until.is_(None)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, member in db.session.execute(query, execution_options=_WHY):
        found[case_id].add(member)
    return found


def _holders(on: date) -> dict[str, set[str]]:
    query = select(Grant.safe_id, Grant.member_id).where(Grant.safe_id.in_(select(Deadline.safe_id).where(*_due(on))))
    found: dict[str, set[str]] = defaultdict(set)
    for safe_id, member in db.session.execute(query, execution_options=_WHY):
        found[safe_id].add(member)
    return found


def _told(on: date) -> set[tuple[str, str, str]]:
    query = select(Warning_.deadline_id, Warning_.member_id, Warning_.step)
    due = query.where(Warning_.deadline_id.in_(select(Deadline.id).where(*_due(on))))
    return {(deadline, member, step) for deadline, member, step in db.session.execute(due, execution_options=_WHY)}


def _members(ids: Iterable[str]) -> dict[str, Member]:
    return {member.id: member for member in db.session.scalars(select(Member).where(Member.id.in_(list(ids))))}


def _write(member: Member, dues: Sequence[_Warning], *, at: datetime) -> None:
    with force_locale(member.language):
        first = dues[0]
        if len(dues) == 1:
            subject = _("Deadline in %(reference)s: %(when)s", reference=first.reference, when=_when(first.left))
        else:
            subject = ngettext("%(num)s deadline needs you", "%(num)s deadlines need you", len(dues))
        link = urljoin(current().url.rstrip("/") + "/", "deadlines/")
        body = "\n\n".join(
            (
                "\n".join(_line(due, member.language) for due in dues),
                _("Why each date is what it is, and what to do with it:\n%(link)s", link=link),
                _("This letter names no person and no matter. It is written to those who can open the case."),
            )
        )
    steps = "\n".join(sorted(f"{due.deadline.id} {due.step}" for due in dues))
    key = f"deadlines {member.id} {hashlib.sha256(steps.encode()).hexdigest()[:40]}"
    mail.write(member.email, subject, body, at=at, key=key)


def _line(due: _Warning, language: str) -> str:
    day = format_date(due.deadline.last_day, "long", locale=language)
    line = f"– {due.reference}: {kind_of(due.deadline.rule, language)}, {day} ({_when(due.left)})"
    return f"{line}. {_('Not confirmed yet: look at it.')}" if due.deadline.state == "proposed" else line


def kind_of(rule_id: str, language: str) -> str:
    """Return what a rule's deadline is called; the rule's code once a newer table has dropped it."""
    try:
        return rules.rule(rule_id).title.to(language)
    except rules.UnknownRule:
        return rule_id


def _when(left: int) -> str:
    if left < 0:
        return str(ngettext("%(num)s day overdue", "%(num)s days overdue", -left))
    if left == 0:
        return str(_("today"))
    if left == 1:
        return str(_("tomorrow"))
    return str(ngettext("in %(num)s day", "in %(num)s days", left))
