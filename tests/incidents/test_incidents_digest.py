"""Letters about incidents: each at once, one a day or none, as the member chose; a digest holds numbers and a link only."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from caseflow.incidents import operations, queries
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.mail import Letter
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.models import Member

MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # nine o'clock in Almaty


def _choose(actor, how, hour=8):
    with transaction():
        member = db.session.get_one(Member, actor.member_id)
        network.choose_letters(member, how=how, hour=hour, by=actor, at=MORNING)
    return member.email


def _letters(email):
    digests = Letter.subject.startswith("caseflow: ")
    return list(db.session.scalars(select(Letter).where(Letter.to == email, digests).order_by(Letter.written_at)))


def _digest(at):
    with transaction():
        return operations.write_digests(at=at)


@pytest.fixture
def told(people, log):
    """Return Dana's address after two questions and a verdict, of which she wants to hear once a day."""
    email = _choose(people.dana, "daily")
    with transaction():
        db.session.get_one(Member, people.dana.member_id).language = "ru"
    asked = [log(state="information_asked"), log(state="information_asked")]
    log(state="verified")
    return email, asked


def test_one_letter_a_day_counts_what_is_new_in_her_language_and_names_nothing(people, told):
    email, asked = told
    assert _digest(MORNING - timedelta(hours=2)) == 0  # seven o'clock where she is: not yet
    assert _digest(MORNING) == 1
    assert _digest(MORNING + timedelta(hours=3)) == 0
    assert len(db.session.scalars(select(Event).where(Event.verb == "incidents.write_digests")).all()) == 1

    (letter,) = _letters(email)
    assert "2 вопроса" in letter.body
    assert "1 инцидент" in letter.body
    assert "23 ноября 2026" in letter.subject
    for incident in asked:
        assert incident.reference not in letter.body + letter.subject
        assert incident.id not in letter.body
    with transaction():
        operations.answer(asked[0], text="A.", by=people.dana, at=MORNING)
        operations.ask(asked[0], question="B?", by=people.aigul, at=MORNING)
    assert _digest(MORNING + timedelta(hours=5)) == 0  # she has had today's
    assert _digest(MORNING + timedelta(days=1)) == 1
    assert "1 вопрос" in _letters(email)[-1].body


def test_no_digest_tells_of_what_she_may_not_open_any_more(people, log, elsewhere_again):
    email = _choose(people.timur, "daily")
    incident = log(state="verified")
    with transaction():
        operations.refer(
            incident, to=elsewhere_again, parts=("narrative",), people=[], reason="R.", by=people.aigul, at=MORNING
        )
    with transaction():
        operations.take_back(incident, by=people.aigul, at=MORNING)
    assert _digest(MORNING) == 0
    assert _letters(email) == []


@pytest.fixture
def elsewhere_again(people):
    """Return Timur, who works for another organisation."""
    from caseflow.network.models import Organisation

    with transaction():
        house = Organisation(name="Another house", region=None, since=MORNING)
        db.session.add(house)
        db.session.flush()
        timur = db.session.get_one(Member, people.timur.member_id)
        timur.organisation_id = house.id
    return timur


def test_letters_come_at_once_or_never_as_chosen(people, log):
    dana, aigul = _choose(people.dana, "never"), _choose(people.aigul, "at_once")
    incident = log(state="information_asked")
    told = list(db.session.scalars(select(Letter.to).where(Letter.subject.contains(incident.reference))))
    assert aigul in told
    assert dana not in told
    _choose(people.dana, "daily")
    assert _digest(MORNING) == 0  # what she did not want to hear of is not told later


@pytest.mark.parametrize(("how", "hour", "field"), [("hourly", 8, "how"), ("daily", 24, "hour")])
def test_what_cannot_be_chosen_is_refused(people, how, hour, field):
    with pytest.raises(RuleBroken) as refused:
        _choose(people.dana, how, hour)
    assert refused.value.field == field


def test_the_desk_tells_what_came_of_it_and_the_account_how_letters_come(people, log, visit):
    incident = log(state="submitted")
    with transaction():
        operations.decline(incident, reason="Not ours.", by=people.aigul, at=datetime.now(UTC))
    dana = visit(people.dana)
    assert "What came of it" in dana.open("/")
    assert dana.fill("/account/letters", how="daily", hour="7").status_code == 303
    assert "from 07:00 on" in dana.open("/account")
    db.session.rollback()
    since = datetime.now(UTC) - timedelta(days=1)
    assert [kind for _incident, kind, _at in queries.news_of(people.dana, since=since)] == ["declined"]
    assert queries.news_of(people.timur, since=since) == []
