"""Search opens what the reader holds, and nothing else is found."""

import pytest

from caseflow.search import queries
from tests.cast import cast, signed_in_client
from tests.matter import decided


@pytest.fixture
def world(app):
    with app.app_context():
        people = cast(app)
        yield app, people, decided(people)


@pytest.mark.parametrize("words", ["station", "STATION beaten", "Жумабеков", "zhumabekov", "жұмабеков", "IN-20"])
def test_words_and_names_are_found_across_scripts(world, words):
    app, people, matter = world
    with app.test_request_context():
        found = queries.search(people.dana, words)
    assert matter.incident.reference in {hit.reference for hit in found.hits}


@pytest.mark.parametrize("reader", ["timur", "yerlan"])
def test_what_a_member_may_not_read_is_not_found(world, reader):
    app, people, _matter = world
    with app.test_request_context():
        assert queries.search(getattr(people, reader), "station").hits == []


def test_counsel_finds_case_and_incident(world):
    app, people, matter = world
    with app.test_request_context():
        found = {hit.reference for hit in queries.search(people.leila, "burden").hits}
        found |= {hit.reference for hit in queries.search(people.leila, "station").hits}
    assert found == {matter.case.reference, matter.incident.reference}


def test_the_page_says_when_nothing_fits_and_escapes_what_was_typed(world):
    app, people, _matter = world
    client = signed_in_client(app, people.dana)
    answer = client.get("/search", query_string={"q": "<b>nothing</b>"})
    assert answer.status_code == 200
    assert "<b>nothing" not in answer.text
    assert "Nothing you may read" in answer.text
