"""The pages of incidents over plain HTTP: who sees what, the five steps, and every wrong input answered in words."""

import re
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from flask import current_app
from sqlalchemy import event, select

from caseflow.cases import operations as cases
from caseflow.evidence.owners import owner_of
from caseflow.incidents import operations, queries
from caseflow.incidents.models import Act, Consent, Incident, Person, Source
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotFound
from caseflow.ledger.models import Event
from caseflow.network.models import Member
from tests.incidents.visiting import sheet_in

UNKNOWN = "0000000000000000"
EVERYTHING = {"unscoped": "a test looks at what is stored"}


def stored(model):
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(model), execution_options=EVERYTHING))


def only(model):
    (found,) = stored(model)
    return found


@contextmanager
def queries_of():
    """Count the statements that a block sends to the database."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


# -- who sees what


def test_a_documenter_sees_only_her_own_incidents(log, people, visit):
    log(by=people.dana, title="Dana saw this")
    hers = log(by=people.timur, title="Timur saw this")
    page = visit(people.dana).open("/incidents/")
    assert "Dana saw this" in page
    assert "Timur saw this" not in page
    assert "Timur saw this" in visit(people.timur).open("/incidents/")
    assert "Timur saw this" in visit(people.aigul).open(f"/incidents/{hers.id}")


def test_a_lawyer_sees_an_incident_once_it_is_in_a_case_of_hers(log, people, visit):
    incident = log(state="verified", title="Linked later")
    leila = visit(people.leila)
    leila.open(f"/incidents/{incident.id}", 404)
    assert "Linked later" not in leila.open("/incidents/")
    with transaction():
        case = cases.open_case(title="The case", incidents=[incident], by=people.aigul, at=now())
        cases.assign_counsel(
            case, member=db.session.get_one(Member, people.leila.member_id), role="lead", by=people.aigul, at=now()
        )
    assert "Linked later" in leila.open("/incidents/")
    page = leila.open(f"/incidents/{incident.id}")
    assert "He was taken there in the evening." in page
    visit(people.yerlan).open(f"/incidents/{incident.id}", 404)


def test_whoever_logged_it_is_told_reference_and_stage_of_the_case_and_no_more(log, people, visit):
    incident = log(state="verified")
    with transaction():
        case = cases.open_case(title="Secret strategy", incidents=[incident], by=people.aigul, at=now())
    page = visit(people.dana).open(f"/incidents/{incident.id}")
    assert case.reference in page
    assert "Secret strategy" not in page


READING = ("", "/what", "/where", "/people", "/people/new", "/acts/new", "/consent", "/consents/new", "/sources/new",
           "/evidence", "/question", "/answer", "/verification", "/declining", "/closure")  # fmt: skip


@pytest.mark.parametrize("path", READING)
def test_what_one_may_not_see_and_what_does_not_exist_answer_alike(log, people, visit, path):
    incident = log()
    stranger = visit(people.timur)
    foreign = stranger.get(f"/incidents/{incident.id}{path}")
    missing = stranger.get(f"/incidents/{UNKNOWN}{path}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    plain = re.compile(r'nonce="[^"]*"|name="(csrf_token|next)" value="[^"]*"|/unlock\?next=[^"]*|data-left="\d+"')
    assert plain.sub("", foreign.text) == plain.sub("", missing.text)
    visit(people.dana).open(f"/incidents/{incident.id}{path}")


@pytest.mark.parametrize("path", ["/incidents/", "/incidents/new", f"/incidents/{UNKNOWN}"])
def test_nobody_reads_incidents_signed_out(app, client, path):
    answer = client.get(path)
    assert answer.status_code == 303
    assert "sign-in" in answer.location or "sign_in" in answer.location


def test_an_entry_of_another_incident_is_not_found_under_this_one(log, people, visit):
    mine, other = log(), log()
    dana = visit(people.dana)
    for path in (f"people/{other.people[0].id}", f"acts/{other.acts[0].id}", f"acts/{other.acts[0].id}/by/new"):
        dana.open(f"/incidents/{mine.id}/{path}", 404)
        dana.open(f"/incidents/{other.id}/{path}")


def test_a_denied_look_stands_in_the_ledger(log, people, visit):
    incident = log()
    visit(people.timur).open(f"/incidents/{incident.id}", 404)
    last = db.session.scalars(select(Event).order_by(Event.seq.desc())).first()
    assert (last.result, last.subject, last.actor_id) == (
        "refused", f"incidents:{incident.id}", people.timur.member_id
    )  # fmt: skip


# -- the list


def test_the_list_takes_as_many_queries_for_thirty_incidents_as_for_one(log, people, visit):
    log()
    aigul = visit(people.aigul)
    aigul.open("/incidents/")
    with queries_of() as one:
        aigul.open("/incidents/")
    for number in range(29):
        log(title=f"Number {number}", by=people.timur if number % 2 else people.dana)
    aigul.open("/incidents/")
    with queries_of() as thirty:
        page = aigul.open("/incidents/")
    assert page.count("IN-") >= 30
    assert len(thirty) == len(one), "\n".join(set(thirty) - set(one))


def test_an_incident_page_takes_as_many_queries_for_nine_people_as_for_one(log, people, visit):
    incident = log()
    dana = visit(people.dana)
    dana.open(f"/incidents/{incident.id}")
    with queries_of() as few:
        dana.open(f"/incidents/{incident.id}")
    with transaction():
        for name in "BCDEFGHI":
            person = operations.add_person(incident, kind="individual", name=name, by=people.dana, at=now())
            act = operations.add_act(
                incident, victim=person, kind="arbitrary_arrest", articles=["ICCPR:9"], by=people.dana, at=now()
            )
            operations.add_involvement(act, actor_kind="police", by=people.dana, at=now())
    dana.open(f"/incidents/{incident.id}")
    with queries_of() as many:
        dana.open(f"/incidents/{incident.id}")
    # The first act makes one more kind of row; further people and acts make none.
    assert len(many) <= len(few) + 1


def test_the_pages_of_a_list_hold_each_incident_once_what_concerns_the_reader_first(log, people, visit):
    made = [log(bare=True, title=f"Number {number}") for number in range(60)]
    with transaction():  # the states as they are, without the steps to them; times that stand twice
        for number, one in enumerate(made):
            one.state = "verified" if number % 10 == 0 else "submitted" if number < 56 else "draft"
            one.changed_at = now() - timedelta(hours=number // 2)
            one.region = "KZ-10" if number % 3 else "KZ-75"
    for actor, order, counted in (
        (people.dana, queries.DOCUMENTERS_ORDER, "50"),
        (people.aigul, queries.REVIEWERS_ORDER, "50"),
    ):
        expected = sorted(made, key=lambda one: one.id, reverse=True)
        expected.sort(key=lambda one: (order.index(one.state), -one.changed_at.timestamp()))
        for query, kept in (
            ("", expected),
            ("state=submitted", [one for one in expected if one.state == "submitted"]),
            ("region=KZ-10", [one for one in expected if one.region == "KZ-10"]),
        ):
            shown, page = [], f"/incidents/?{query}"
            while page:
                said = visit(actor).open(page)
                shown += re.findall(r'<a href="/incidents/(\w+)">Number', said)
                following = re.search(r'rel="next" href="([^"]+)"', said)
                page = following.group(1).replace("&amp;", "&") if following else None
            assert shown == [one.id for one in kept], (actor.name, query)
        tab = re.search(r'state=submitted"[^>]*>Submitted <span class="count">(.*?)<', visit(actor).open("/incidents/"))
        assert tab.group(1) == counted


def test_a_coordinator_is_told_up_to_fifty_of_each_state(log, people, visit):
    for number in range(51):
        log(bare=True, title=f"Number {number}")
    log(state="submitted")
    for actor, told in ((people.aigul, ["51+", "1", "50+"]), (people.dana, ["52", "51", "1"])):
        assert re.findall(r'<span class="count">([^<]+)</span></a>', visit(actor).open("/incidents/")) == told


@pytest.mark.parametrize("after", ["x", "draft~x~y", "draft~9e99~y", "nonsense~1~y", "draft~1~", "draft~nan~y"])
def test_a_tampered_place_in_the_list_is_no_fault(log, people, visit, after):
    log(title="Still here")
    assert visit(people.dana).get(f"/incidents/?after={after}").status_code == 200


def test_the_list_is_narrowed_by_state_region_year_and_right(log, people, visit):
    log(title="Old arrest", began_on=date(2024, 5, 1), region="KZ-10")
    log(title="New torture", state="submitted")
    dana = visit(people.dana)
    for query, there, not_there in (
        ("state=draft", "Old arrest", "New torture"),
        ("region=KZ-75", "New torture", "Old arrest"),
        ("year=2024", "Old arrest", "New torture"),
    ):
        page = dana.open(f"/incidents/?{query}")
        assert there in page
        assert not_there not in page
    assert "New torture" in dana.open("/incidents/?right=ill_treatment_group")
    assert "New torture" not in dana.open("/incidents/?right=religion")


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "region=KZ-99", "year=99999999999", "year=٢٠٢٦", "right=x"],
)
def test_a_tampered_filter_is_no_fault(log, people, visit, query):
    log(title="Still here")
    assert "Still here" in visit(people.dana).open(f"/incidents/?{query}")


def test_what_concerns_the_reader_stands_first(log, people, visit):
    for state in ("verified", "submitted", "draft", "information_asked"):
        log(state=state, title=f"It is {state}")

    def order(page):
        return re.findall(r"It is (\w+)", page)

    assert order(visit(people.dana).open("/incidents/")) == ["information_asked", "draft", "submitted", "verified"]
    assert order(visit(people.aigul).open("/incidents/")) == ["submitted", "information_asked", "verified", "draft"]


def test_the_desks_get_what_waits_for_their_reader(log, people):
    waiting, asked = log(state="submitted"), log(state="information_asked")
    other = log(by=people.timur)
    assert [i.id for i in queries.waiting_for_review(people.aigul)] == [waiting.id]
    assert [i.id for i in queries.asked_of(people.dana)] == [asked.id]
    assert queries.asked_of(people.timur) == []
    mine = queries.mine_by_state(people.dana)
    assert {state: [i.id for i in found] for state, found in mine.items()} == {
        "information_asked": [asked.id], "submitted": [waiting.id]
    }  # fmt: skip
    assert queries.counts_by_state(people.dana) == {"information_asked": 1, "submitted": 1}
    assert queries.counts_by_state(people.aigul) == {"information_asked": 1, "submitted": 1, "draft": 1}
    assert queries.counts_by_region(people.aigul) == {"KZ-75": 2}
    assert other.id not in {i.id for found in mine.values() for i in found}


# -- the five steps


def test_an_incident_is_logged_in_five_steps_without_a_script(people, visit):
    dana = visit(people.dana)
    first = dana.fill(
        "/incidents/new", title="Beaten at the station", narrative="It was evening.\n\nThen night.", language="ru"
    )
    assert first.status_code == 303
    incident = only(Incident)
    assert (incident.state, incident.language, incident.began_precision) == ("draft", "ru", "unknown")
    assert first.location == f"/incidents/{incident.id}/where"

    where = dana.fill(
        first.location, region="KZ-47", place="Room 12", **{"began_on-year": "2026", "began_on-month": "3"},
        ending="until", **{"ended_on-year": "2026", "ended_on-month": "3", "ended_on-day": "9"},
        learned_on="2026-03-12", learned_how="interview",
    )  # fmt: skip
    assert where.location == f"/incidents/{incident.id}/people"
    incident = only(Incident)
    assert (incident.region, incident.began_on, incident.began_precision) == ("KZ-47", date(2026, 3, 1), "month")
    assert (incident.ended_on, incident.ended_precision) == (date(2026, 3, 9), "day")
    assert people.dana.ring.text(incident, "narrative") == "It was evening.\n\nThen night."

    home = f"/incidents/{incident.id}"
    assert "Nobody is entered yet" in dana.open(f"{home}/people")
    dana.fill(
        f"{home}/people/new", kind="individual", name="Askar Testov", pseudonym="A. T.", contact="Through his sister"
    )
    dana.fill(f"{home}/people/new", kind="group", name="The family", size="4")
    victim = stored(Person)[0]
    assert dana.open(f"{home}/acts/new?victim={victim.id}").count("<optgroup") >= 5
    act = f"{home}/acts/new?victim={victim.id}&kind=torture"
    sheet = dana.sheet(act)
    assert "ICCPR:7" in sheet.values["articles"]
    done = dana.send(
        sheet, articles=["ICCPR:7", "CAT:1", "ICCPR:9"], method="beating", consequences="Bruises", actor_kind="police",
        degree="carried_out", unit="Unit 5",
    )  # fmt: skip
    assert done.location == f"{home}/people#person-{victim.id}"
    act = only(Act)
    assert act.articles == ["CAT:1", "ICCPR:7", "ICCPR:9"]
    assert [part.actor_kind for part in act.involvements] == ["police"]
    dana.fill(f"{home}/acts/{act.id}/by/new", actor_kind="investigator", degree="ordered")
    assert len(only(Act).involvements) == 2

    consent = dana.fill(
        f"{home}/consents/new?person={victim.id}", purpose=["internal", "lawyer"], form="written", given_on="2026-03-12",
        witness="His sister",
    )  # fmt: skip
    assert consent.location == f"{home}/consent#consents"
    assert {given.purpose for given in stored(Consent)} == {"internal", "lawyer"}
    dana.fill(f"{home}/sources/new", connection="victim", reliability="likely", who="He himself", said_on="2026-03-12")
    assert "He himself" in dana.open(f"{home}/consent")

    page = dana.open(f"{home}/evidence")
    assert "Everything that a review needs is there." in page
    sent = dana.press(f"{home}/evidence", f"{home}/submission")
    assert sent.location == home
    assert only(Incident).state == "submitted"
    page = dana.open(home)
    for words in ("Beaten at the station", "Room 12", "Askar Testov", "Torture", "Bruises", "Unit 5", "March 2026"):
        assert words in page, words


def test_the_way_of_a_question_over_http(log, people, visit):
    incident = log(state="submitted")
    home = f"/incidents/{incident.id}"
    aigul, dana = visit(people.aigul), visit(people.dana)
    aigul.press(home, f"{home}/review")
    aigul.fill(f"{home}/question", question="On which day was it?")
    page = dana.open(home)
    assert "On which day was it?" in page
    assert "Answer the question" in page
    assert dana.fill(f"{home}/what", title="A clearer title").location == home
    dana.fill(f"{home}/answer", text="On the sixth of March.")
    assert "On the sixth of March." in aigul.open(home)
    aigul.fill(f"{home}/verification", grade="confirmed", reason="Two papers agree.")
    page = dana.open(home)
    assert "Verified" in page
    assert "Confirmed" in page
    assert "Two papers agree." in page
    assert "A clearer title" in page


def test_a_consent_is_withdrawn_on_its_page(log, people, visit):
    incident = log()
    with transaction():
        consent = operations.give_consent(
            incident, person=incident.people[0], purpose="internal", form="written", language="ru",
            given_on=date(2026, 3, 10), by=people.dana, at=now(),
        )  # fmt: skip
    home = f"/incidents/{incident.id}"
    page = f"{home}/consents/{consent.id}/withdrawal"
    visit(people.dana).fill(page, on=today().isoformat(), reason="She telephoned.")
    assert "withdrawn" in visit(people.aigul).open(home)
    assert "This consent has been withdrawn already." in visit(people.dana).open(page)


def test_an_entry_is_corrected_and_taken_out_over_http(log, people, visit):
    incident = log()
    home, dana = f"/incidents/{incident.id}", visit(people.dana)
    person, act = incident.people[0], incident.acts[0]
    assert dana.sheet(f"{home}/people/{person.id}").values["name"] == "Askar Testov"
    dana.fill(f"{home}/people/{person.id}", name="Askar Correct")
    assert "Askar Correct" in dana.open(home)
    sheet = dana.sheet(f"{home}/acts/{act.id}")
    assert sheet.values["articles"] == ["ICCPR:7", "CAT:1"] or set(sheet.values["articles"]) == {"ICCPR:7", "CAT:1"}
    dana.send(sheet, articles=["ICCPR:7"], kind="ill_treatment")
    assert (only(Act).kind, only(Act).articles) == ("ill_treatment", ["ICCPR:7"])
    kept = dana.press(f"{home}/people/{person.id}", f"{home}/people/{person.id}/out")
    assert "still names this person" in dana.open(kept.location)
    dana.press(f"{home}/acts/{act.id}", f"{home}/acts/{act.id}/out")
    assert stored(Act) == []


# -- wrong input, answered in words, with nothing lost

LONG = "Ұзақ " * 4001


@pytest.mark.parametrize(
    ("step", "given", "words"),
    [
        ("what", {"title": ""}, "Give it a title"),
        ("what", {"title": "\x00\x07"}, "Give it a title"),
        ("what", {"title": "x" * 201}, "at most 200"),
        ("what", {"narrative": LONG}, "at most 20000"),
        ("what", {"language": "fr"}, "Not a valid choice"),
        ("where", {"region": "KZ-99"}, "Not a valid choice"),
        ("where", {"place": "x" * 201}, "at most 200"),
        ("where", {"began_on-year": "", "began_on-month": "3"}, "Write the year as well"),
        ("where", {"began_on-year": "26"}, "four digits"),
        ("where", {"began_on-year": "two"}, "Use digits"),
        ("where", {"began_on-year": "2026", "began_on-month": "", "began_on-day": "7"}, "Choose the month"),
        ("where", {"began_on-year": "2026", "began_on-month": "2", "began_on-day": "30"}, "no such day"),
        ("where", {"began_on-year": "2099"}, "in the future"),
        ("where", {"ending": "until"}, "Write the last day"),
        ("where", {"ending": "until", "ended_on-year": "2025"}, "before the beginning"),
        ("where", {"ending": "forever"}, "Not a valid choice"),
        ("where", {"learned_on": "soon"}, "not a date"),
        ("where", {"learned_on": "2099-01-01"}, "in the future"),
        ("where", {"learned_on": "2026-03-01"}, "before it began"),
        ("people/new", {"name": ""}, "Write a name, or a pseudonym"),
        ("people/new", {"name": "B", "kind": "crowd"}, "Not a valid choice"),
        ("people/new", {"name": "B", "size": "many"}, "Not a valid integer"),
        ("people/new", {"name": "B", "size": "1" * 5000, "kind": "group"}, "too long"),
        ("people/new", {"name": "B", "size": "1", "kind": "group"}, "Two or more"),
        ("people/new", {"name": "B", "size": "5"}, "given for a group"),
        ("acts/new?kind=torture", {"victim": UNKNOWN}, "Not a valid choice"),
        ("acts/new?kind=torture", {"kind": "magic"}, "Not a valid choice"),
        ("acts/new?kind=torture", {"articles": ["ICCPR:777"]}, "is not a valid choice"),
        ("consents/new", {"purpose": None, "form": "written", "given_on": "2026-03-10"}, "Tick at least one"),
        ("consents/new", {"purpose": "internal", "form": "written", "given_on": ""}, "Enter the day"),
        ("consents/new", {"purpose": "internal", "form": "written", "given_on": "2099-01-01"}, "in the future"),
        ("consents/new", {"purpose": "internal", "form": "written", "given_on": "2026-03-01"}, "before the incident"),
        ("consents/new", {"purpose": "internal", "form": "oral", "given_on": "2026-03-10", "witness": ""}, "needs its witness"),
        ("consents/new", {"purpose": "internal", "form": "written", "given_on": "2026-03-10", "until": "2026-03-09"}, "beyond the day"),
        ("sources/new", {"connection": "", "reliability": "high"}, "Choose one"),
        ("sources/new", {"connection": "witness", "reliability": "high", "said_on": "2099-01-01"}, "in the future"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_beside_its_field_and_what_was_typed_stays(log, people, visit, step, given, words):
    incident = log()
    dana, path = visit(people.dana), f"/incidents/{incident.id}/{step}"
    before = len(stored(Event))
    typed = {"unit": "kept word"} if "acts" in step else {"witness": "kept word"} if "consents" in step else (
        {"who": "kept word"} if "sources" in step else {"contact": "kept word"} if "people" in step else (
            {"narrative": "kept word"} if step == "what" else {"place": "kept word"}
        )
    )  # fmt: skip
    answer = dana.fill(path, **{**typed, **given})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text
    (name, kept) = next(iter(typed.items()))
    assert str(given.get(name, kept))[:150] in answer.text
    assert 'aria-invalid="true"' in answer.text or "field--wrong" in answer.text
    assert {row.verb for row in stored(Event)[before:]} <= {f"incidents.{part}" for part in
        ("what", "where", "add_person", "add_act", "give_consent", "add_source")}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "given", "words"),
    [
        ("question", {"question": ""}, "Write what you need to know."),
        ("question", {"question": "x" * 4001}, "at most 4000"),
        ("verification", {"reason": "Kept reason"}, "Choose one"),
        ("verification", {"grade": "sure", "reason": "Kept reason"}, "Not a valid choice"),
        ("verification", {"grade": "likely", "reason": ""}, "Say why"),
        ("declining", {"reason": "\x00"}, "Say why"),
    ],
)
def test_a_judgement_without_its_words_is_refused_on_its_page(log, people, visit, path, given, words):
    incident = log(state="in_review")
    answer = visit(people.aigul).fill(f"/incidents/{incident.id}/{path}", **given)
    assert answer.status_code == 422
    assert words in answer.text
    if given.get("reason", "").startswith("Kept"):
        assert "Kept reason" in answer.text
    assert only(Incident).state == "in_review"


def test_a_step_that_is_not_open_shows_its_reason_in_place_of_the_form(log, people, visit):
    incident = log(state="submitted")
    for path, words in (
        ("what", "The text is fixed while it is reviewed."),
        ("answer", "Nothing has been asked."),
        ("closure", "Incidents are reviewed by a coordinator."),
    ):
        assert words in visit(people.dana).open(f"/incidents/{incident.id}/{path}")
    assert "Only the person who logged an incident" in visit(people.aigul).open(f"/incidents/{incident.id}/what")
    assert "Only a verified incident is closed" in visit(people.aigul).open(f"/incidents/{incident.id}/closure")


def test_sending_a_form_that_is_not_open_changes_nothing_and_says_why(log, people, visit):
    incident = log()
    dana = visit(people.dana)
    sheet = dana.sheet(f"/incidents/{incident.id}/what")
    with transaction():
        operations.submit(incident, by=people.dana, at=now())
    answer = dana.send(sheet, title="Too late")
    assert answer.status_code == 403
    assert "The text is fixed while it is reviewed." in answer.text
    assert people.dana.ring.text(only(Incident), "title") == "A man beaten at a police station"


def test_submitting_too_early_says_what_is_missing(people, visit):
    dana = visit(people.dana)
    dana.fill("/incidents/new", title="Only a title")
    home = f"/incidents/{only(Incident).id}"
    assert "Nobody is named" in dana.open(f"{home}/evidence")
    answer = dana.press(f"{home}/evidence", f"{home}/submission")
    assert answer.location == f"{home}/evidence"
    page = dana.open(answer.location)
    assert "It cannot be submitted yet. Nothing says what happened" in page
    assert only(Incident).state == "draft"


def test_a_stale_page_shows_what_is_stored_beside_what_was_typed_and_the_next_sending_counts(log, people, visit):
    incident = log()
    dana, path = visit(people.dana), f"/incidents/{incident.id}/what"
    first, second = dana.sheet(path), dana.sheet(path)
    assert dana.send(first, title="Saved in the first window").status_code == 303
    answer = dana.send(second, title="Typed in the second window")
    assert answer.status_code == 422
    assert "Somebody changed this after you opened it" in answer.text
    assert "What is stored now" in answer.text
    assert "Saved in the first window" in answer.text
    assert 'value="Typed in the second window"' in answer.text
    assert dana.send(sheet_in(answer.text, path)).status_code == 303
    assert people.dana.ring.text(only(Incident), "title") == "Typed in the second window"


@pytest.mark.parametrize("kind", ["people", "acts"])
def test_a_stale_entry_shows_both_as_well(log, people, visit, kind):
    incident = log()
    dana = visit(people.dana)
    row = incident.people[0] if kind == "people" else incident.acts[0]
    path, field = f"/incidents/{incident.id}/{kind}/{row.id}", "contact" if kind == "people" else "consequences"
    first, second = dana.sheet(path), dana.sheet(path)
    dana.send(first, **{field: "Stored words"})
    answer = dana.send(second, **{field: "Typed words"})
    assert answer.status_code == 422
    assert "This was changed after you opened it." in answer.text
    assert "Stored words" in answer.text
    assert "Typed words" in answer.text


def test_the_same_form_sent_twice_counts_once(log, people, visit):
    dana = visit(people.dana)
    sheet = dana.sheet("/incidents/new")
    first = dana.send(sheet, title="Sent twice")
    second = dana.send(sheet, title="Sent twice")
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location
    assert len(stored(Incident)) == 1
    home = f"/incidents/{only(Incident).id}"
    source = dana.sheet(f"{home}/sources/new")
    for _ in range(2):
        dana.send(source, connection="witness", reliability="high")
    assert len(stored(Source)) == 1


def test_a_form_without_its_token_is_refused(log, people, visit):
    incident = log()
    dana = visit(people.dana)
    for path in ("what", "people/new", "submission", "answer"):
        answer = dana.post(f"/incidents/{incident.id}/{path}", {"title": "No token"})
        assert answer.status_code == 400
    assert people.dana.ring.text(only(Incident), "title") == "A man beaten at a police station"


def test_a_person_of_another_incident_cannot_be_chosen(log, people, visit):
    mine, other = log(), log()
    answer = visit(people.dana).fill(f"/incidents/{mine.id}/acts/new?kind=torture", victim=other.people[0].id)
    assert answer.status_code == 422
    assert len(stored(Act)) == 2


def test_markup_in_a_text_is_shown_as_it_was_typed(log, people, visit):
    incident = log(title="<script>alert(1)</script>", narrative='"><img src=x onerror=y>')
    page = visit(people.dana).open(f"/incidents/{incident.id}")
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page


# -- nothing of it lies open on the disk


def test_no_word_of_an_incident_lies_open_in_the_instance_folder(log, people, visit, instance):
    canary = "kingfisher-at-the-weir"
    incident = log(title=f"{canary} title", narrative=f"{canary} narrative", place=f"{canary} place")
    home, dana = f"/incidents/{incident.id}", visit(people.dana)
    texts = {
        "people/new": {"name": canary, "pseudonym": canary, "contact": canary, "details": canary},
        "acts/new?kind=torture": {
            "victim": incident.people[0].id, "stated_reason": canary, "consequences": canary, "actor_kind": "police", "unit": canary,
        },
        "consents/new": {
            "person": incident.people[0].id, "purpose": "internal", "form": "written", "given_on": "2026-03-10", "witness": canary,
        },
        "sources/new": {"connection": "witness", "reliability": "high", "who": canary},
    }  # fmt: skip
    for step, given in texts.items():
        assert dana.fill(f"{home}/{step}", **given).status_code == 303, step
    dana.press(f"{home}/evidence", f"{home}/submission")
    aigul = visit(people.aigul)
    aigul.fill(f"{home}/question", question=canary)
    dana.fill(f"{home}/answer", text=canary)
    aigul.fill(f"{home}/verification", grade="likely", reason=canary)
    assert aigul.open(home).count(canary) >= 10
    found = [path for path in instance.parent.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]
    assert found == []
    assert any(path.name.endswith(("-wal", ".db", ".sqlite")) for path in instance.parent.rglob("*"))


def test_yesterday_is_no_future_in_any_zone_of_the_country(people, visit):
    dana = visit(people.dana)
    dana.fill("/incidents/new", title="Just now")
    path = f"/incidents/{only(Incident).id}/where"
    day = today() - timedelta(days=1)
    parts = {"began_on-year": day.year, "began_on-month": day.month, "began_on-day": day.day}
    assert dana.fill(path, **parts, learned_on=today().isoformat()).status_code == 303


def test_evidence_is_added_from_the_fifth_step_and_leads_back_to_it_while_it_is_a_draft(log, people, visit):
    incident = log()
    page = visit(people.dana).open(f"/incidents/{incident.id}/evidence")
    assert 'id="evidence"' in page
    with current_app.test_request_context():
        assert owner_of(incident.safe_id, people.dana).url.startswith(f"/incidents/{incident.id}/evidence")
        assert owner_of(incident.safe_id, people.aigul).url.startswith(f"/incidents/{incident.id}#")
        assert owner_of(incident.safe_id, people.aigul).row.id == incident.id
        with pytest.raises(NotFound):
            owner_of(incident.safe_id, people.timur)
