"""Reminders: the right person on the right day, once, with nothing in them that a safe keeps."""

import json
from datetime import date, timedelta

import pytest

from caseflow.cases import operations as cases
from caseflow.deadlines import operations
from caseflow.deadlines.models import Deadline, Warning_
from caseflow.kernel import jobs
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.mail import Letter
from caseflow.ledger.models import Event
from caseflow.network.models import Member
from caseflow.proceedings import operations as proceedings
from tests.storage import only, stored

LAST = date(2026, 3, 26)
SECRET = "CANARY-TITLE"
LEILA, AIGUL, MARAT, YERLAN = (f"{name}@example.org" for name in ("leila", "aigul", "marat", "yerlan"))


@pytest.fixture
def verdict(people, matter, trial):
    """Return `verdict(case, confirmed=True)`: the appeal deadline of 26 March 2026 in a case."""

    def make(case, *, confirmed=True, actor=None):
        actor = actor or people.leila
        with transaction():
            proceeding = proceedings.open_proceeding(
                case, procedure="kz_criminal", stage="first_instance", began_on=date(2026, 2, 2), by=actor, at=now()
            )
            stage = proceeding.stages[0]
            holding = "CANARY-HOLDING"
            decided = date(2026, 3, 6)
            proceedings.record_decision(
                stage, outcome="conviction", decided_on=decided, holding=holding, by=actor, at=now()
            )
        deadline = only(Deadline, Deadline.case_id == case.id)
        if confirmed:
            with transaction():
                operations.confirm(deadline, by=actor, at=now())
        for letter in stored(Letter):
            with transaction():
                db.session.delete(letter)
        return deadline

    return make


def remind(on):
    """Run the reminders of a day; return the addresses written to, in order."""
    before = {letter.id for letter in stored(Letter)}
    with transaction():
        written = operations.remind(on=on, at=now())
    letters = [letter for letter in stored(Letter) if letter.id not in before]
    assert len(letters) == written
    return sorted(letter.to for letter in letters)


@pytest.mark.parametrize(
    ("left", "receivers"),
    [
        (15, []),
        (14, [LEILA]),
        (7, [LEILA]),
        (3, [LEILA]),
        (1, [LEILA]),
        (0, [LEILA]),
        (-1, [AIGUL, LEILA, MARAT]),  # the step of the day itself was never sent, so counsel gets it late
    ],
)
def test_counsel_is_warned_14_7_3_1_days_before_and_on_the_day_and_coordinators_once_it_is_overdue(
    matter, verdict, left, receivers
):
    verdict(matter(SECRET))
    assert remind(LAST - timedelta(days=left)) == receivers


def test_through_the_whole_time_each_step_is_one_letter(matter, verdict):
    verdict(matter(SECRET))
    days = {LAST - timedelta(days=left): remind(LAST - timedelta(days=left)) for left in range(20, -10, -1)}
    sent = {(LAST - day).days: who for day, who in days.items() if who}
    assert sent == {14: [LEILA], 7: [LEILA], 3: [LEILA], 1: [LEILA], 0: [LEILA], -1: [AIGUL, MARAT]}


def test_a_letter_names_reference_kind_and_date_and_nothing_that_a_safe_keeps(people, matter, verdict):
    case = matter(SECRET, objective="CANARY-OBJECTIVE")
    with transaction():
        cases.add_party(case, side="client", kind="individual", name="CANARY-NAME", by=people.leila, at=now())
    verdict(case)
    remind(date(2026, 3, 19))
    letter = only(Letter)
    assert letter.subject == "Deadline in CF-2026-0001: in 7 days"
    assert "– CF-2026-0001: Appeal against a verdict, March 26, 2026 (in 7 days)" in letter.body
    assert "http://127.0.0.1:8000/deadlines/" in letter.body
    text = letter.subject + letter.body + json.dumps([event.public for event in stored(Event)])
    for canary in ("CANARY", "Leila", "Akhmet", "Askar"):
        assert canary not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Апелляционная жалоба на приговор"),
        ("kk", "Үкімге апелляциялық шағым"),
        ("en", "Appeal against a verdict"),
    ],
)
def test_a_letter_is_in_the_language_of_its_reader(people, matter, verdict, member, language, words):
    verdict(matter())
    with transaction():
        db.session.get_one(Member, people.leila.member_id).language = language
    remind(date(2026, 3, 19))
    assert words in only(Letter).body


def test_several_deadlines_make_one_letter_the_most_urgent_first(people, matter, verdict):
    first, second = matter("A"), matter("B")
    verdict(first)
    other = verdict(second)
    with transaction():
        operations.change(other, last_day=date(2026, 3, 20), reason="R", by=people.leila, at=now())
    assert remind(date(2026, 3, 19)) == [LEILA]
    letter = only(Letter)
    assert letter.subject == "2 deadlines need you"
    assert letter.body.index("CF-2026-0002") < letter.body.index("CF-2026-0001")
    assert "(tomorrow)" in letter.body


def test_an_unconfirmed_deadline_is_warned_of_and_marked_so(matter, verdict):
    verdict(matter(), confirmed=False)
    assert remind(date(2026, 3, 12)) == [LEILA]
    assert "Not confirmed yet: look at it." in only(Letter).body


def test_a_second_run_writes_no_second_letter(matter, verdict):
    verdict(matter())
    assert remind(date(2026, 3, 19)) == [LEILA]
    assert remind(date(2026, 3, 19)) == []
    assert remind(date(2026, 3, 20)) == []
    assert len(stored(Warning_)) == 1


def test_after_days_of_downtime_only_the_nearest_step_is_sent(matter, verdict):
    verdict(matter())
    assert remind(LAST - timedelta(days=14)) == [LEILA]
    assert remind(LAST - timedelta(days=2)) == [LEILA]  # the server slept through the seventh and the third day
    assert remind(LAST - timedelta(days=1)) == [LEILA]
    assert [w.step for w in sorted(stored(Warning_), key=lambda w: w.step)] == [
        "2026-03-26:1", "2026-03-26:14", "2026-03-26:3",
    ]  # fmt: skip


def test_a_deadline_moved_to_another_day_is_warned_of_anew(people, matter, verdict):
    deadline = verdict(matter())
    assert remind(LAST - timedelta(days=7)) == [LEILA]
    with transaction():
        operations.change(deadline, last_day=date(2026, 4, 10), reason="R", by=people.leila, at=now())
    assert remind(date(2026, 4, 3)) == [LEILA]


@pytest.mark.parametrize("end", ["met", "declined", "closed"])
def test_what_is_met_or_declined_or_closed_is_not_warned_of(people, matter, verdict, end):
    case = matter()
    deadline = verdict(case, confirmed=end != "closed")
    with transaction():
        if end == "met":
            operations.meet(deadline, by=people.leila, at=now())
        elif end == "declined":
            operations.decline(deadline, reason="R", by=people.leila, at=now())
        else:
            cases.close(case, outcome="lost", by=people.aigul, at=now())
    assert remind(LAST) == []
    assert remind(LAST + timedelta(days=3)) == []


def test_who_is_no_longer_counsel_gets_nothing_and_who_took_over_does(people, matter, verdict, member):
    case = matter()
    verdict(case)
    with transaction():
        cases.assign_counsel(case, member=member(people.yerlan), role="co_counsel", by=people.aigul, at=now())
        leila = next(c for c in case.counsel if c.member_id == people.leila.member_id)
        cases.end_counsel(leila, by=people.aigul, at=now())
    assert remind(LAST) == [YERLAN]


def test_nothing_goes_to_counsel_who_holds_no_grant(people, matter, verdict):
    from sqlalchemy import delete

    from caseflow.keys.models import Grant

    case = matter()
    verdict(case)
    with transaction():
        lost = delete(Grant).where(Grant.member_id == people.leila.member_id, Grant.safe_id == case.safe_id)
        db.session.execute(lost)
    assert remind(LAST) == []


def test_where_nobody_is_counsel_coordinators_get_the_early_warnings(people, matter, verdict):
    case = matter(counsel=())
    verdict(case, actor=people.aigul)
    assert remind(LAST - timedelta(days=7)) == [AIGUL, MARAT]


def test_a_reminder_is_written_to_the_ledger_with_steps_and_members_only(people, matter, verdict):
    verdict(matter())
    remind(date(2026, 3, 19))
    event = only(Event, Event.verb == "deadlines.remind")
    assert event.role == "system"
    assert event.public == {"step": "2026-03-26:7", "members": [people.leila.member_id]}
    assert event.opening_sealed is None


def test_reminders_go_out_by_mail_while_nobody_is_signed_in(make_app, sqlite_url, smtp_sink):
    from datetime import UTC, datetime

    from caseflow.kernel import clock
    from tests.cast import cast

    app = make_app(sqlite_url, smtp_url=smtp_sink.url)
    with app.app_context(), clock.at(datetime(2026, 3, 20, 5, tzinfo=UTC)):
        people = cast(app)
        with transaction():
            case = cases.open_case(title=SECRET, by=people.aigul, at=now())
            leila = db.session.get_one(Member, people.leila.member_id)
            cases.assign_counsel(case, member=leila, role="lead", by=people.aigul, at=now())
            proceeding = proceedings.open_proceeding(
                case,
                procedure="kz_criminal",
                stage="first_instance",
                began_on=date(2026, 2, 2),
                by=people.leila,
                at=now(),
            )
            proceedings.record_decision(
                proceeding.stages[0], outcome="conviction", decided_on=date(2026, 3, 6), by=people.leila, at=now()
            )
        jobs.drain()
        smtp_sink.letters.clear()
        jobs.promise_periodic()
        jobs.drain()
        assert [letter["To"] for letter in smtp_sink.letters] == [LEILA]
        assert SECRET not in smtp_sink.letters[0].as_string()
        # The same day again: the period is kept, and the command finds nothing left to say.
        jobs.promise_periodic()
        jobs.drain()
        answer = app.test_cli_runner().invoke(args=["deadlines", "remind", "--on", "2026-03-20"])
        assert answer.output == "0 letters were written for 2026-03-20.\n"
        jobs.drain()
        assert len(smtp_sink.letters) == 1


def test_a_letter_that_the_mail_server_puts_off_is_sent_later_once(make_app, sqlite_url, smtp_sink):
    from caseflow.kernel import clock, mail

    app = make_app(sqlite_url, smtp_url=smtp_sink.url)
    with app.app_context():
        smtp_sink.refusing = True
        with transaction():
            mail.write(LEILA, "S", "B", at=now(), key="one")
        jobs.drain()
        assert smtp_sink.letters == []
        smtp_sink.refusing = False
        with clock.at(now() + timedelta(hours=1)):
            jobs.drain()
            jobs.drain()
        assert len(smtp_sink.letters) == 1


def test_the_commands_explain_a_rule_and_list_them(app):
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["deadlines", "explain", "KZ-CPC-418", "2026-03-06", "--language", "en"])
    assert answer.output.splitlines()[1] == (
        "2026-03-26  15 days after 6 March 2026 is Saturday 21 March, Nauryz; next working day 26 March. CPC art. 418(1)"
    )
    assert runner.invoke(args=["deadlines", "explain", "NO-SUCH", "2026-03-06"]).exit_code == 1
    assert "There is no such rule" in runner.invoke(args=["deadlines", "explain", "NO-SUCH", "2026-03-06"]).output
    listed = runner.invoke(args=["deadlines", "rules", "--procedure", "kz_criminal", "--language", "en"]).output
    assert "KZ-CPC-418\t15 days\tCPC art. 418(1)\tAppeal against a verdict" in listed
    assert "KZ-CIV-403" not in listed


def test_the_silence_of_an_authority_proposes_our_own_term_once(people, matter):
    case = matter(SECRET)
    with transaction():
        proceedings.open_proceeding(
            case,
            procedure="kz_administrative",
            stage="admin_complaint",
            began_on=date(2026, 2, 20),
            by=people.leila,
            at=now(),
        )
    theirs = only(Deadline, Deadline.rule == "KZ-APPC-99")
    assert theirs.last_day == date(2026, 3, 26)
    with transaction():
        operations.remind(on=date(2026, 3, 26), at=now())
    assert [d.rule for d in stored(Deadline)] == ["KZ-APPC-99"]
    for day in (date(2026, 3, 27), date(2026, 3, 27), date(2026, 3, 30)):
        with transaction():
            operations.remind(on=day, at=now())
    ours = only(Deadline, Deadline.rule == "KZ-APPC-136-1")
    assert (ours.trigger_on, ours.last_day, ours.state) == (theirs.last_day, date(2026, 4, 27), "proposed")
