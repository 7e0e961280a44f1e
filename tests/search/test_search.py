"""Search opens what the reader holds, and nothing else is found."""

import pytest

from caseflow.search import queries
from tests.cast import cast, signed_in_client
from tests.matter import decided
from tests.pages import send


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
    answer = send(client, "/search", q="<b>nothing</b>")
    assert answer.status_code == 200
    assert "<b>nothing" not in answer.text
    assert "Nothing you may read" in answer.text


def test_what_is_searched_for_stands_in_no_address(world):
    """Addresses are written down on the way: by the proxy, by the browser's history, by whoever shares the screen."""
    app, people, matter = world
    client = signed_in_client(app, people.dana)
    page = client.get("/search").text
    assert '<form class="toolbar" method="post" action="/search"' in page
    assert "What you search for is stored nowhere, unless you keep it." in page

    answer = send(client, "/search", q="station")

    assert (answer.status_code, answer.request.query_string) == (200, b"")
    assert matter.incident.reference in answer.text
    assert matter.incident.reference not in client.get("/search", query_string={"q": "station"}).text
