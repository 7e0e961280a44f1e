"""What a decision ordered is followed measure by measure."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.access import remedies as policy
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, find, transaction
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.ledger.models import Event
from caseflow.remedies import operations
from caseflow.remedies.models import Measure
from tests.cast import cast, signed_in_client
from tests.matter import decided


@pytest.fixture
def world(app):
    with app.app_context():
        people = cast(app)
        matter = decided(people)
        with transaction():
            measure = operations.order_measure(
                matter.decision, kind="compensation", what="Pay two million tenge", by=people.leila, at=now()
            )
        yield app, people, matter, measure


def follow(measure, by, **changes):
    given = {"on": today(), "state": "partial", "grade": "B", "note": "Half was paid.", **changes}
    with transaction():
        return operations.follow_up(measure, **given, by=by, at=now())


def test_a_finding_changes_state_and_grade_and_is_in_the_ledger(world):
    _app, people, _matter, measure = world
    follow(measure, people.leila)
    again = find(Measure, measure.id, policy.visible_to(people.aigul))
    assert (again.state, again.grade) == ("partial", "B")
    assert people.aigul.ring.text(again.follow_ups[0], "note") == "Half was paid."
    assert "remedies.follow_up" in set(db.session.scalars(select(Event.verb)))


def test_others_do_not_see_it(world):
    _app, people, _matter, measure = world
    for stranger in (people.dana, people.yerlan):
        with pytest.raises(NotFound):
            find(Measure, measure.id, policy.visible_to(stranger))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": today() + timedelta(days=2)}, "on"),
        ({"state": "done somehow"}, "state"),
        ({"grade": "Z"}, "grade"),
        ({"note": "  "}, "note"),
    ],
)
def test_a_finding_that_cannot_be_is_refused_at_its_field(world, changes, field):
    _app, people, _matter, measure = world
    with pytest.raises(RuleBroken) as broken:
        follow(measure, people.leila, **changes)
    assert broken.value.field == field
    assert find(Measure, measure.id, policy.visible_to(people.leila)).follow_ups == []


def test_an_earlier_finding_does_not_come_after_a_later_one(world):
    _app, people, _matter, measure = world
    follow(measure, people.leila)
    with pytest.raises(RuleBroken, match="later finding"):
        follow(measure, people.leila, on=today() - timedelta(days=3))


def test_a_measure_is_not_due_before_its_decision(world):
    _app, people, matter, _measure = world
    with pytest.raises(RuleBroken) as broken, transaction():
        operations.order_measure(
            matter.decision,
            kind="release",
            what="Release him",
            due_on=matter.decision.decided_on - timedelta(days=1),
            by=people.leila,
            at=now(),
        )
    assert broken.value.field == "due_on"


def test_the_page_keeps_what_was_typed_and_names_the_field(world):
    app, people, _matter, measure = world
    app.config["WTF_CSRF_ENABLED"] = False
    client = signed_in_client(app, people.leila)
    answer = client.post(f"/remedies/{measure.id}", data={"on": "2999-01-01", "state": "full", "note": "Typed by hand"})
    assert answer.status_code == 422
    assert "Typed by hand" in answer.text
    assert "in the future" in answer.text
