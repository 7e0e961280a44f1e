"""The pages of deadlines over plain HTTP."""

import re
from datetime import UTC, date, datetime

import pytest

from caseflow.deadlines import operations
from caseflow.deadlines.models import Deadline
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.proceedings import operations as proceedings
from tests.incidents.visiting import sheet_in
from tests.storage import only, statements, stored

WHY = "15 days after 6 March 2026 is Saturday 21 March, Nauryz; next working day 26 March. CPC art. 418(1)"
UNKNOWN = "0000000000000000"


@pytest.fixture
def verdict(people, trial):
    def make(case):
        stage = trial(case).stages[0]
        with transaction():
            proceedings.record_decision(
                stage, outcome="conviction", decided_on=date(2026, 3, 6), by=people.leila, at=now()
            )
        return only(Deadline, Deadline.case_id == case.id)

    return make


def test_a_proposed_deadline_says_why_it_is_that_day_and_is_confirmed_by_a_button(people, matter, verdict, visit):
    case = matter("On appeal")
    deadline = verdict(case)
    lawyer, here = visit(people.leila), f"/cases/{case.id}"
    page = lawyer.open(here)
    assert WHY in page
    assert "to be confirmed" in page
    assert f"Rule KZ-CPC-418 of {deadline.rule_version}" in page
    answer = lawyer.press(here, f"/deadlines/{deadline.id}/confirm")
    assert answer.location == f"{here}#dates"
    page = lawyer.open(here)
    assert "The deadline is confirmed. You will be reminded." in page
    assert "our target: Mar 18, 2026" in page
    assert lawyer.press(here, f"/deadlines/{deadline.id}/met").status_code == 303
    assert only(Deadline).state == "met"


def test_another_day_and_none_are_set_by_forms_with_a_reason_that_the_team_reads(people, matter, verdict, visit):
    case = matter()
    deadline = verdict(case)
    lawyer = visit(people.leila)
    lawyer.fill(f"/deadlines/{deadline.id}/change", last_day="2026-04-03", reason="The court wrote so.")
    page = visit(people.aigul).open(f"/cases/{case.id}")
    assert "The team has set April 3, 2026 instead." in page
    assert "The court wrote so." in page
    lawyer.fill(f"/deadlines/{deadline.id}/decline", reason="The client will not appeal.")
    assert only(Deadline).state == "declined"
    assert "The client will not appeal." in lawyer.open(f"/cases/{case.id}")
    assert "This deadline has been settled." in lawyer.open(f"/deadlines/{deadline.id}/change")


def test_the_list_of_dates_is_grouped_and_only_of_ones_own_cases(people, matter, verdict, visit):
    days = {"Overdue": date(2026, 3, 12), "Today": date(2026, 3, 20), "Within a week": date(2026, 3, 27)}
    for title, day in days.items():
        deadline = verdict(matter(f"Case {title}"))
        with transaction():
            operations.change(deadline, last_day=day, reason="R", by=people.leila, at=now())
    verdict(matter("Case later"))
    with transaction():
        later = only(Deadline, Deadline.state == "proposed")
        operations.change(later, last_day=date(2026, 5, 4), reason="R", by=people.leila, at=now())
    other = matter("Not hers", counsel=(people.yerlan,))
    with transaction():
        proceeding = proceedings.open_proceeding(
            other, procedure="kz_civil", began_on=date(2026, 3, 2), by=people.yerlan, at=now()
        )
        proceedings.record_hearing(
            proceeding.stages[0], held_at=datetime(2026, 3, 23, 5, tzinfo=UTC), by=people.yerlan, at=now()
        )
    page = visit(people.leila).open("/deadlines/")
    headings = [re.sub(r"<[^>]+>.*", "", h).strip() for h in re.findall(r"<h2>(.*?)</h2>", page, re.DOTALL)]
    assert headings == ["Overdue", "Today", "Within a week", "Later"]
    assert (
        page.index("Case Overdue")
        < page.index("Case Today")
        < page.index("Case Within a week")
        < page.index("Case later")
    )
    assert "8 days overdue" in page
    assert "Not hers" not in page
    assert "Hearing at 10:00" in visit(people.yerlan).open("/deadlines/")
    assert "No date is waiting" in visit(people.dana).open("/deadlines/")


def test_a_date_confirmed_from_the_list_leads_back_to_the_list(people, matter, verdict, visit):
    deadline = verdict(matter())
    answer = visit(people.leila).press("/deadlines/", f"/deadlines/{deadline.id}/confirm")
    assert answer.location == "/deadlines/"


def test_a_button_pressed_on_an_old_page_is_answered_in_words(people, matter, verdict, visit):
    deadline = verdict(matter())
    lawyer, path = visit(people.leila), f"/deadlines/{deadline.id}/confirm"
    sheet = lawyer.sheet("/deadlines/", path)
    visit(people.aigul).press("/deadlines/", path)
    assert lawyer.send(sheet).status_code == 303
    assert "This deadline has been confirmed already." in lawyer.open("/deadlines/")


@pytest.mark.parametrize("path", ["change", "decline"])
def test_foreign_and_unknown_deadlines_answer_404(people, matter, verdict, visit, path):
    deadline = verdict(matter())
    assert visit(people.leila).get(f"/deadlines/{deadline.id}/{path}").status_code == 200
    for who in (people.yerlan, people.dana):
        assert visit(who).get(f"/deadlines/{deadline.id}/{path}").status_code == 404
    assert visit(people.leila).get(f"/deadlines/{UNKNOWN}/{path}").status_code == 404


def test_a_foreign_deadline_is_not_confirmed(people, matter, verdict, visit):
    mine = verdict(matter())
    yerlans = visit(people.yerlan)
    other = matter(counsel=(people.yerlan,))
    sheet = yerlans.sheet(f"/cases/{other.id}/notes")
    for act in ("confirm", "met"):
        assert yerlans.post(f"/deadlines/{mine.id}/{act}", sheet.values).status_code == 404
    assert only(Deadline).state == "proposed"


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("change", {"last_day": "", "reason": "KEPT"}, "Enter the day."),
        ("change", {"last_day": "30.02", "reason": "KEPT"}, "Not a valid date value"),
        ("change", {"last_day": "2026-03-05", "reason": "KEPT"}, "cannot be before the event"),
        ("change", {"last_day": "2026-04-03", "reason": ""}, "Say why, in a sentence."),
        ("decline", {"reason": " "}, "Say why, in a sentence."),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_is_kept(people, matter, verdict, visit, path, typed, words):
    deadline = verdict(matter())
    answer = visit(people.leila).fill(f"/deadlines/{deadline.id}/{path}", **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert typed["reason"].strip() in answer.text
    assert only(Deadline).state == "proposed"


def test_a_stale_day_is_shown_beside_the_typed_one_and_can_be_sent_again(people, matter, verdict, visit):
    deadline = verdict(matter())
    lawyer, path = visit(people.leila), f"/deadlines/{deadline.id}/change"
    sheet = lawyer.sheet(path)
    visit(people.aigul).fill(path, last_day="2026-04-01", reason="By Aigul")
    answer = lawyer.send(sheet, last_day="2026-04-03", reason="By Leila")
    assert answer.status_code == 422
    assert "By Aigul" in answer.text
    assert "By Leila" in answer.text
    again = sheet_in(answer.text, path)
    assert lawyer.send(again).status_code == 303
    assert only(Deadline).last_day == date(2026, 4, 3)


def test_the_list_of_dates_asks_as_much_for_thirty_as_for_one(people, matter, verdict, visit):
    verdict(matter("One"))
    lawyer = visit(people.leila)
    lawyer.open("/deadlines/")
    with statements() as few:
        lawyer.open("/deadlines/")
    for number in range(29):
        verdict(matter(f"Case {number}"))
    lawyer.open("/deadlines/")
    with statements() as many:
        lawyer.open("/deadlines/")
    assert len(stored(Deadline)) == 30
    assert len(few) == len(many)


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Через 15 дней после 6 марта 2026 года"), ("kk", "15 күн өткенде")]
)
def test_the_reason_is_in_the_language_of_the_reader(people, matter, verdict, visit, language, words):
    case = matter()
    verdict(case)
    lawyer = visit(people.leila)
    lawyer.client.set_cookie("language", language, domain="localhost")
    assert words in lawyer.open(f"/cases/{case.id}")
