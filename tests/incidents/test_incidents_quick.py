"""What must be noted now: one page, one box to fill in, and it is a draft like any other."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.incidents import rules
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import today
from caseflow.kernel.db import db


def noted():
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Incident), execution_options={"unscoped": "a test looks at what is stored"}).one()


def test_one_sentence_is_enough_to_keep_a_draft(people, visit):
    dana = visit(people.dana)
    assert 'href="/incidents/quick"' in dana.open("/")
    answer = dana.fill("/incidents/quick", story="Two men in a white car took him from the square.\nHis sister saw it.")
    incident = noted()
    assert answer.status_code == 303
    assert answer.location == f"/incidents/{incident.id}"
    assert incident.state == "draft"
    assert people.dana.ring.text(incident, "title") == "Two men in a white car took him from the square."
    assert people.dana.ring.text(incident, "narrative").endswith("His sister saw it.")
    assert (incident.began_on, incident.began_precision) == (today("Asia/Almaty"), "day")
    assert incident.people == []
    visit(people.timur).open(f"/incidents/{incident.id}", 404)


def test_a_note_says_to_whom_where_and_on_which_day(people, visit):
    day = today("Asia/Almaty") - timedelta(days=9)
    given = {"story": "Beaten", "who": "Askar", "day": day.isoformat(), "region": "KZ-75", "place": "Abay square"}
    answer = visit(people.dana).fill("/incidents/quick", **given)
    assert answer.status_code == 303, answer.text
    incident = noted()
    assert (incident.began_on, incident.region) == (day, "KZ-75")
    assert people.dana.ring.text(incident.people[0], "name") == "Askar"
    assert people.dana.ring.text(incident, "place") == "Abay square"


def test_another_day_must_be_written_and_none_need_be_known(people, visit):
    dana = visit(people.dana)
    refused = dana.fill("/incidents/quick", story="Beaten", when="earlier")
    assert refused.status_code == 422
    assert "Beaten" in refused.text
    dana.fill("/incidents/quick", story="Beaten", when="unknown")
    assert (noted().began_on, noted().began_precision) == (None, "unknown")


@pytest.mark.parametrize(
    ("story", "title"),
    [
        ("Short", "Short"),
        ("  \n\n Second line ", "Second line"),
        ("word " * 30, "word " * 13 + "word…"),
        ("x" * 200, "x" * 70),
    ],
)
def test_a_story_gives_its_title(story, title):
    assert rules.first_words(story) == title
