"""The way of an incident through review: submitted, asked about, answered, verified or declined, taken to a case or closed.

Every step follows the table of states and leaves a `Move` with its reason.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, letters, rules
from caseflow.incidents.entries import advance as _move
from caseflow.incidents.entries import touch
from caseflow.incidents.models import Incident, Message, Reply
from caseflow.incidents.readiness import gaps
from caseflow.incidents.thread import unanswered
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger

SAY_WHY = N_("Say why, in a sentence. The person who logged it reads this.")


def submit(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Hand an incident in for review; raise `RuleBroken` that names everything it lacks."""
    demand(policy.may_submit(by, incident), about=ledger.name_of(incident))
    lacking = gaps(incident, by)
    if lacking:
        missing = " ".join(_(gap.words) for gap in lacking)
        words = _("It cannot be submitted yet. %(missing)s", missing=missing)
        raise RuleBroken(words, about=ledger.name_of(incident), told=N_("It cannot be submitted yet."))
    _move(incident, "submitted", by=by, at=at)
    ledger.record("incidents.submit", by=by, at=at, about=incident, public={"reference": incident.reference})
    letters.about_submission(incident, at=at)


def take_into_review(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Take a submitted incident into review, so that colleagues see that somebody reads it."""
    demand(policy.may_take_into_review(by, incident), about=ledger.name_of(incident))
    _move(incident, "in_review", by=by, at=at)
    ledger.record("incidents.take_into_review", by=by, at=at, about=incident, public={"reference": incident.reference})


def ask(incident: Incident, *, question: str, by: Actor, at: datetime) -> Message:
    """Ask whoever logged the incident for more; its text opens to her again. Several questions may wait at once.

    Raises `RuleBroken` at `question` without words.
    """
    demand(policy.may_ask(by, incident), about=ledger.name_of(incident))
    missing = N_("Write what you need to know.")
    question = checks.words(question, field="question", most=checks.ENTRY, missing=missing)
    message = _say(incident, "question", question, by=by, at=at)
    if incident.state != "information_asked":
        _move(incident, "information_asked", by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.ask", by=by, at=at, about=incident, public=public, details={"question": question})
    letters.about_question(incident, at=at)
    return message


def answer(incident: Incident, *, text: str, question: Message | None = None, by: Actor, at: datetime) -> Message:
    """Answer one question, the oldest that waits unless it is named; after the last the incident goes back to review.

    Raises `RuleBroken` at `text` without words, or when the question has its answer already.
    """
    demand(policy.may_answer(by, incident), about=ledger.name_of(incident))
    missing = N_("Write the answer, or say that it cannot be found out.")
    text = checks.words(text, field="text", most=checks.ENTRY, missing=missing)
    waiting = unanswered(incident)
    if question is not None and question not in waiting:
        raise RuleBroken(N_("This question has been answered already."), field="text")
    message = _say(incident, "answer", text, by=by, at=at)
    asked = question or next(iter(waiting), None)
    if asked is not None:
        db.session.flush()
        incident.replies.append(
            Reply(safe_id=incident.safe_id, incident_id=incident.id, question_id=asked.id, answer_id=message.id)
        )
    if len(waiting) <= 1:
        _move(incident, "submitted", by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.answer", by=by, at=at, about=incident, public=public, details={"text": text})
    if asked is not None:
        letters.about_answer(incident, asked_by=asked.by_id, at=at)
    return message


def verify(incident: Incident, *, grade: str, reason: str, by: Actor, at: datetime) -> None:
    """Grade an incident that somebody else logged. Raises `RuleBroken` at `grade` or `reason`."""
    demand(policy.may_verify(by, incident), about=ledger.name_of(incident))
    checks.code(grade, rules.GRADES, field="grade")
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=SAY_WHY)
    incident.grade = grade
    _move(incident, "verified", reason=reason, by=by, at=at)
    public = {"reference": incident.reference, "grade": grade}
    ledger.record("incidents.verify", by=by, at=at, about=incident, public=public, details={"reason": reason})
    letters.about_outcome(incident, by=by.member_id, at=at)


def decline(incident: Incident, *, reason: str, by: Actor, at: datetime) -> None:
    """Decline an incident; raise `RuleBroken` at `reason` without one."""
    demand(policy.may_decline(by, incident), about=ledger.name_of(incident))
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=SAY_WHY)
    _move(incident, "declined", reason=reason, by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.decline", by=by, at=at, about=incident, public=public, details={"reason": reason})
    letters.about_outcome(incident, by=by.member_id, at=at)


def close(incident: Incident, *, reason: str, by: Actor, at: datetime) -> None:
    """Close a verified incident without a case; raise `RuleBroken` at `reason` without one."""
    demand(policy.may_close(by, incident), about=ledger.name_of(incident))
    reason = checks.words(reason, field="reason", most=checks.ENTRY, missing=SAY_WHY)
    _move(incident, "closed", reason=reason, by=by, at=at)
    public = {"reference": incident.reference}
    ledger.record("incidents.close", by=by, at=at, about=incident, public=public, details={"reason": reason})
    letters.about_outcome(incident, by=by.member_id, at=at)


def take_to_case(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Note that a verified incident went into a case; the cases room calls this for each case it goes into."""
    demand(policy.may_take_to_case(by, incident), about=ledger.name_of(incident))
    if incident.state != "taken_to_case":
        _move(incident, "taken_to_case", by=by, at=at)
        letters.about_outcome(incident, by=by.member_id, at=at)
    ledger.record("incidents.take_to_case", by=by, at=at, about=incident, public={"reference": incident.reference})


def _say(incident: Incident, kind: str, text: str, *, by: Actor, at: datetime) -> Message:
    message = Message(safe_id=incident.safe_id, kind=kind, by_id=by.member_id, at=at)
    by.ring.seal(message, body=text)
    incident.messages.append(message)
    touch(incident, at)
    return message
