"""What a ring knew before an act had the lock is no reason to seal for it: the epoch is looked up in the act itself."""

import pytest

from caseflow.incidents import operations as incidents
from caseflow.incidents.models import Incident
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.errors import NotPermitted
from caseflow.keys import operations as keys
from caseflow.keys.keyring import EPOCH_BYTES, TAKEN
from caseflow.keys.models import Unsettled
from tests.cast import cast

WHY = unscoped("the test looks at everything")


@pytest.fixture
def people(app_on_each):
    with app_on_each.app_context():
        yield cast(app_on_each)
        db.session.remove()


@pytest.fixture
def incident(people):
    with transaction():
        return incidents.log(
            title="Detention", narrative="At night.", region="KZ-75", began_on=now().date(), began_precision="day",
            language="en", by=people.dana, at=now(),
        )  # fmt: skip


def _renewed(people, incident, *, without=None):
    """Let somebody leave the safe, so that it gets a new epoch; `without` loses her grant for good."""
    if without is not None:
        incident.by_id = people.aigul.member_id
    gone = (without or people.timur).member_id
    db.session.add(Unsettled(safe_id=incident.safe_id, member_id=gone, lost=True, at=now()))
    db.session.flush()
    keys.settle([incident.safe_id], by=people.fresh(people.aigul), at=now())


def _again(incident):
    return db.session.get_one(Incident, incident.id, execution_options=WHY)


def _epoch(sealed):
    return int.from_bytes(sealed[:EPOCH_BYTES])


def test_what_is_sealed_or_wrapped_in_an_act_is_for_the_epoch_of_that_moment(people, incident):
    ring = people.fresh(people.dana).ring
    assert ring.current(incident.safe_id)[0] == 1
    with transaction():
        _renewed(people, _again(incident))
    assert ring.current(incident.safe_id)[0] == 1, "a page that only reads asks no more than before"

    with transaction():
        ring.seal(_again(incident), title="What was learnt since")
        assert ring.current(incident.safe_id)[0] == 2

    assert _epoch(_again(incident).title_sealed) == 2
    assert people.fresh(people.aigul).ring.text(_again(incident), "title") == "What was learnt since"


def test_a_text_of_an_epoch_that_began_meanwhile_is_opened(people, incident):
    ring = people.fresh(people.dana).ring
    assert ring.text(_again(incident), "title") == "Detention"
    with transaction():
        _renewed(people, _again(incident))
        people.fresh(people.aigul).ring.seal(_again(incident), title="What was learnt since")
    assert ring.text(_again(incident), "title") == "What was learnt since"
    with transaction():
        assert ring.text(_again(incident), "narrative") == "At night."


def test_who_lost_the_key_meanwhile_seals_nothing_with_the_old_one(people, incident):
    ring = people.fresh(people.dana).ring
    ring.prepare([incident])
    with transaction():
        _renewed(people, _again(incident), without=people.dana)

    with pytest.raises(NotPermitted) as refused, transaction():
        ring.seal(_again(incident), title="What was learnt since")
    assert refused.value.message == TAKEN
    assert _epoch(_again(incident).title_sealed) == 1


def test_nothing_is_sealed_outside_of_an_act(people, incident):
    with pytest.raises(RuntimeError, match="belongs into the act"):
        people.dana.ring.seal(_again(incident), title="Later")
