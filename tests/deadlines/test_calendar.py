"""The month on a page, and the dates of a member in her calendar program."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from caseflow.access.actor import Actor
from caseflow.cases import operations as cases
from caseflow.deadlines import ics, queries
from caseflow.deadlines.models import Deadline
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.proceedings import operations as proceedings
from tests.storage import only

SECRET = "CANARY-TITLE"
SOON = date(2026, 3, 24)


@pytest.fixture
def dated(people, matter, trial):
    """A case of Leila's with an appeal's deadline to come and a hearing some days later at ten."""
    case = matter(SECRET)
    stage = trial(case).stages[0]
    with transaction():
        proceedings.record_decision(
            stage, outcome="conviction", decided_on=today("Asia/Almaty"), by=people.leila, at=now()
        )
        held = datetime.combine(SOON, datetime.min.time(), UTC) + timedelta(hours=5)
        proceedings.record_hearing(stage, held_at=held, place="CANARY-PLACE", by=people.leila, at=now())
    return case


def parsed(body):
    """Return the events of an answer, read by a parser that is not ours."""
    found = Calendar.from_ical(body)
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Asia/Almaty"]
    assert not found.errors
    return {str(event["UID"]).partition("-")[0]: event for event in found.walk("VEVENT")}


def address_in(answer):
    return re.search(r"<code>https?://[^/<]+(/[^<]+)</code>", answer.text)[1]


def test_a_calendar_program_reads_her_dates_at_a_secret_address_until_it_or_her_work_ends(people, dated, visit, app):
    leila = visit(people.leila)
    address = address_in(leila.press("/deadlines/calendar", "/deadlines/calendar/address"))

    def ask(path, **headers):
        with app.app_context():  # of its own, as a request from elsewhere has
            return app.test_client().get(path, headers=headers)

    answer = ask(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    events = parsed(answer.data)
    deadline = only(Deadline, Deadline.rule == "KZ-CPC-418")
    assert events["deadline"]["DTSTART"].dt == deadline.last_day
    assert str(events["deadline"]["SUMMARY"]) == f"{dated.reference}: deadline"
    assert str(events["deadline"]["STATUS"]) == "TENTATIVE"
    assert len(events["deadline"].walk("VALARM")) == 3
    tenth = events["hearing"]["DTSTART"].dt
    assert (tenth.date(), tenth.hour, tenth.utcoffset()) == (SOON, 10, timedelta(hours=5))
    assert b"CANARY" not in answer.data
    again = ask(address, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")

    with transaction():
        counsel = next(c for c in dated.counsel if c.member_id == people.leila.member_id)
        cases.end_counsel(counsel, by=people.aigul, at=now())
    assert parsed(ask(address).data) == {}

    other = address_in(leila.press("/deadlines/calendar", "/deadlines/calendar/address"))
    assert ask(address).status_code == 404
    assert ask(other).status_code == 200
    leila.press("/deadlines/calendar", "/deadlines/calendar/address/end")
    assert ask(other).status_code == 404
    assert ask("/deadlines/feed/anything.ics").status_code == 404


def test_the_month_shows_dates_and_days_off_and_one_deadline_leaves_as_a_file(people, dated, visit):
    leila, deadline = visit(people.leila), only(Deadline, Deadline.rule == "KZ-CPC-418")
    page = leila.get(f"/deadlines/calendar?month={deadline.last_day:%Y-%m}").text
    assert f"{dated.reference}: Appeal" in page
    assert "Nauryz" in leila.get("/deadlines/calendar?month=2026-03").text
    assert leila.get("/deadlines/calendar?month=nonsense").status_code == 200
    answer = leila.get(f"/deadlines/{deadline.id}.ics")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert parsed(answer.data)["deadline"]["DTSTART"].dt == deadline.last_day
    assert visit(people.yerlan).get(f"/deadlines/{deadline.id}.ics").status_code == 404


def test_long_and_odd_words_are_folded_and_escaped_as_the_format_asks():
    words = "Мерзім, күні; жол \\ " * 9 + "\nсоңы"
    body = ics.calendar(words, [ics.Entry("a@b", words, datetime(2026, 1, 2, tzinfo=UTC), on=date(2026, 12, 31))])
    assert max(len(line) for line in body.split(b"\r\n")) <= ics.OCTETS
    (event,) = parsed(body).values()
    assert str(event["SUMMARY"]) == words
    assert event["DTEND"].dt == date(2027, 1, 1)


def test_hours_in_almaty_are_right_before_and_after_the_clocks_changed():
    stamp = datetime(2026, 1, 2, tzinfo=UTC)
    moments = (datetime(2024, 2, 20, 4, tzinfo=UTC), datetime(2024, 3, 20, 5, tzinfo=UTC))
    for moment in moments:
        (event,) = parsed(ics.calendar("x", [ics.Entry("a@b", "x", stamp, at=moment)])).values()
        assert event["DTSTART"].dt.hour == 10
        assert event["DTSTART"].dt == moment


def test_the_address_of_who_has_left_shows_nothing(people, dated):
    from caseflow.deadlines import operations

    with transaction():
        secret = operations.make_feed(by=people.leila, at=now())
    assert isinstance(queries.reader_of(secret), Actor)
    from caseflow.keys.models import KeyConfirmation

    with transaction():
        db.session.delete(db.session.get(KeyConfirmation, people.leila.member_id))
    assert queries.reader_of(secret) is None
