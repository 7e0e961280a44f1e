"""Each desk shows what waits for its reader."""

from contextvars import Context

import pytest

from caseflow.cases import operations as cases
from caseflow.desk import queries
from caseflow.incidents import queries as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from tests.cast import cast, signed_in_client
from tests.matter import decided


@pytest.fixture
def world(app):
    with app.app_context():
        people = cast(app)
        yield app, people, decided(people)


def desk(app, reader):
    # A context of its own: within the test's application context Flask-Login would remember the reader before.
    answer = Context().run(signed_in_client(app, reader).get, "/")
    assert answer.status_code == 200
    return answer.text


def test_a_documenter_finds_what_she_handed_in(world):
    app, people, matter = world
    assert matter.incident.reference in desk(app, people.dana)
    assert matter.incident.reference not in desk(app, people.timur)
    assert matter.case.reference not in desk(app, people.dana)


def test_a_lawyer_finds_her_case_and_its_dates_with_their_reason(world):
    app, people, matter = world
    page = desk(app, people.leila)
    assert matter.case.reference in page
    assert "CPC art. 418(1)" in page
    assert matter.case.reference not in desk(app, people.yerlan)


def test_a_coordinator_finds_the_decision_nobody_proposed_and_cases_without_counsel(world):
    app, people, matter = world
    page = desk(app, people.aigul)
    assert f"/precedents/proposals/{matter.decision.id}" in page
    with transaction():
        lonely = cases.open_case(title="Nobody carries it", by=people.aigul, at=now())
    assert lonely.reference in desk(app, people.aigul)
    assert [case.id for case in queries.cases_without_counsel(people.aigul)] == [lonely.id]


def test_the_numbers_count_only_what_the_reader_can_open(world):
    _app, people, _matter = world
    assert incidents.counts_by_state(people.timur) == {}
    assert incidents.counts_by_state(people.dana) == {"taken_to_case": 1}
    assert dict(queries.pipeline(people.aigul))["cases"] == 1
    assert dict(queries.pipeline(people.yerlan))["cases"] == 0
    assert incidents.counts_by_region(people.aigul) == {"KZ-47": 1}
