"""The checklists for arrest, ill-treatment and death: what standards ask, answered as far as one can, sealed."""

import json

import pytest
from sqlalchemy import select

from caseflow.incidents import operations, queries, rules
from caseflow.incidents.answers import checklists_of
from caseflow.incidents.models import Checklist
from caseflow.incidents.panels import matter_of
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken

EVERYTHING = {"unscoped": "a test looks at what is stored"}


def rows():
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Checklist), execution_options=EVERYTHING))


def test_a_checklist_is_filled_in_over_days_and_shows_how_far_it_is(log, people, visit):
    incident = log()
    act = incident.acts[0]
    dana = visit(people.dana)
    path = f"/incidents/{incident.id}/acts/{act.id}/checklists/ill_treatment"
    assert path in dana.open(f"/incidents/{incident.id}")
    assert dana.fill(path, answer_severe="yes", note_severe="He could not stand for two days.").status_code == 303
    assert dana.fill(path, answer_purpose="yes").status_code == 303
    (row,) = rows()
    assert b"stand" not in row.answers_sealed
    assert b"severe" not in row.answers_sealed
    (one,) = checklists_of(queries.whole(people.dana, incident.id).acts[0], people.dana)
    assert (one.done, one.answers["severe"]) == (2, ("yes", "He could not stand for two days."))
    page = dana.open(f"/incidents/{incident.id}")
    assert "He could not stand for two days." in page
    assert f"2 of {one.total}" in page
    visit(people.timur).open(path, 404)
    assert dana.get(path.replace("ill_treatment", "unheard_of")).status_code == 404


def test_two_windows_do_not_overwrite_each_others_answers(log, people, visit):
    incident = log()
    dana = visit(people.dana)
    path = f"/incidents/{incident.id}/acts/{incident.acts[0].id}/checklists/ill_treatment"
    dana.fill(path, answer_intent="no")
    old = dana.sheet(path)
    dana.fill(path, answer_intent="yes", note_intent="A second witness says so.")
    refused = dana.send(old, answer_severe="yes")
    assert refused.status_code == 422
    assert "A second witness says so." in refused.text


def test_an_answer_outside_the_list_is_refused(log, people):
    act = log().acts[0]
    for kind, answers in (
        ("ill_treatment", {"severe": ("perhaps", "")}),
        ("ill_treatment", {"no_such_question": ("yes", "")}),
        ("no_such_list", {}),
    ):
        with pytest.raises(RuleBroken), transaction():
            operations.fill_checklist(act, kind=kind, answers=answers, by=people.dana, at=now())


def test_an_export_tells_the_coded_answers_and_no_note(log, people):
    incident = log()
    with transaction():
        operations.fill_checklist(
            incident.acts[0],
            kind="ill_treatment",
            answers={"severe": ("yes", "Askar screamed")},
            by=people.dana,
            at=now(),
        )
    facts = matter_of(incident, people.dana).facts
    assert facts["checklists"] == [{"act": "torture", "checklist": "ill_treatment", "answers": {"severe": "yes"}}]
    assert "Askar" not in json.dumps(facts)


def test_an_act_that_is_taken_out_of_a_draft_takes_its_answers_along(log, people):
    incident = log()
    with transaction():
        given = {"answers": {"severe": ("yes", "")}, "by": people.dana, "at": now()}
        operations.fill_checklist(incident.acts[0], kind="ill_treatment", **given)
    with transaction():
        operations.take_out_entry(incident, entry=incident.acts[0], by=people.dana, at=now())
    assert rows() == []


def test_every_checklist_fits_acts_that_exist_and_every_question_names_its_standard():
    known = {kind.code for kind in rules.act_kinds()}
    for one in rules.checklists().values():
        assert one.kinds <= known, one.code
        codes = [question.code for question in one.questions]
        assert len(set(codes)) == len(codes) >= 15
        for question in one.questions:
            texts = (question.label.en, question.label.ru, question.label.kk, question.source)
            assert all(text.strip() for text in texts), question.code
            assert all(text.endswith("?") for text in texts[:3]), question.code
