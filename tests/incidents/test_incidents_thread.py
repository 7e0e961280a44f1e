"""Questions and answers on an incident: several rounds, each answer to its question, what waits on the desks."""

import pytest

from caseflow.incidents import operations, queries
from caseflow.incidents.thread import exchanges, unanswered
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken


def _ask(incident, question, by):
    with transaction():
        return operations.ask(incident, question=question, by=by, at=now())


def _answer(incident, text, by, question=None):
    with transaction():
        operations.answer(incident, text=text, question=question, by=by, at=now())


def _said(incident, actor):
    db.session.expire_all()
    return [
        (actor.ring.text(one.question, "body"), one.answer and actor.ring.text(one.answer, "body"))
        for one in exchanges(incident)
    ]


def test_an_incident_goes_back_to_review_when_the_last_question_has_its_answer(people, log):
    incident = log(state="submitted")
    _ask(incident, "Which day?", people.aigul)
    second = _ask(incident, "Which door?", people.marat)
    assert len(queries.unanswered(people.dana, [incident])[incident.id]) == 2

    _answer(incident, "The left one.", people.dana, second)
    assert incident.state == "information_asked"
    assert _said(incident, people.dana) == [("Which day?", None), ("Which door?", "The left one.")]
    _answer(incident, "On the sixth.", people.dana)
    assert incident.state == "submitted"
    _ask(incident, "Of which month?", people.aigul)

    assert incident.state == "information_asked"
    assert _said(incident, people.aigul) == [
        ("Which day?", "On the sixth."), ("Which door?", "The left one."), ("Of which month?", None)
    ]  # fmt: skip


def test_a_question_is_answered_once(people, log):
    incident = log(state="submitted")
    first = _ask(incident, "Which day?", people.aigul)
    _ask(incident, "Which door?", people.aigul)
    _answer(incident, "On the sixth.", people.dana, first)
    with pytest.raises(RuleBroken) as refused:
        _answer(incident, "On the seventh.", people.dana, first)
    assert refused.value.field == "text"
    assert len(unanswered(incident)) == 1


def test_what_waits_stands_on_the_desk_of_who_was_asked_and_of_who_asks(people, log, visit):
    incident = log(state="submitted")
    first = _ask(incident, "Which day was it?", people.aigul)
    _ask(incident, "Which door was it?", people.aigul)
    dana = visit(people.dana)

    desk = dana.open("/")
    assert "Which day was it?" in desk
    assert "Which door was it?" in desk
    assert incident.reference in visit(people.aigul).open("/")
    assert "Waiting for an answer" in visit(people.aigul).open("/")
    assert "Which day was it?" not in visit(people.timur).open("/")

    page = f"/incidents/{incident.id}/answer?question={first.id}"
    assert "Which day was it?" in dana.open(page)
    assert dana.fill(page, text="The sixth.").status_code == 303
    desk = dana.open("/")
    assert "Which day was it?" not in desk
    assert "Which door was it?" in desk
    shown = dana.open(f"/incidents/{incident.id}")
    assert "The sixth." in shown
    assert "waits for an answer" in shown
