"""The pages of cases over plain HTTP: who sees what, the work on one page, wrong input answered in words."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

from caseflow.cases import operations, queries
from caseflow.cases.models import Case, Counsel, Note, Party, Task
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.ledger.models import Event
from caseflow.ledger.words import phrase
from tests.incidents.visiting import sheet_in
from tests.storage import only, statements, stored

UNKNOWN = "0000000000000000"
SECRET = "CANARY-TITLE-OF-THE-CASE"


# -- who sees what


def test_a_list_shows_the_cases_whose_keys_one_holds_and_no_others(people, matter, visit):
    matter("Leila carries this")
    matter("Yerlan carries this", counsel=(people.yerlan,))
    page = visit(people.leila).open("/cases/")
    assert "Leila carries this" in page
    assert "Yerlan carries this" not in page
    assert all(title in visit(people.aigul).open("/cases/") for title in ("Leila carries this", "Yerlan carries this"))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/history",
        "/description",
        "/counsel",
        "/incidents",
        "/parties",
        "/notes",
        "/tasks",
        "/closure",
        "/reopening",
    ],
)
def test_a_foreign_case_answers_like_one_that_does_not_exist(people, matter, visit, path):
    case = matter()
    assert visit(people.leila).get(f"/cases/{case.id}{path}").status_code == (200)
    foreign = [visit(who).get(f"/cases/{case.id}{path}") for who in (people.yerlan, people.dana)]
    unknown = visit(people.leila).get(f"/cases/{UNKNOWN}{path}")
    assert {answer.status_code for answer in (*foreign, unknown)} == {404}


def test_what_belongs_to_another_case_is_not_found_through_ones_own(people, matter, member, visit):
    mine, other = matter(), matter(counsel=(people.leila, people.yerlan))
    with transaction():
        task = operations.give_task(other, what="Theirs", for_member=member(people.yerlan), by=people.aigul, at=now())
    visitor = visit(people.aigul)
    sheet = visitor.sheet(f"/cases/{other.id}", f"/cases/{other.id}/tasks/{task.id}/done")
    counsel = next(c.id for c in stored(Counsel, Counsel.case_id == other.id))
    for path in (f"/cases/{mine.id}/tasks/{task.id}/done", f"/cases/{mine.id}/counsel/{counsel}/end"):
        assert visitor.post(path, sheet.values).status_code == 404
    assert only(Task).done_at is None


def test_a_documenter_is_told_reference_and_stage_of_the_case_and_nothing_more(people, log, matter, visit):
    incident = log()
    case = matter(SECRET, incidents=[incident], objective="CANARY-OBJECTIVE")
    visitor = visit(people.dana)
    page = visitor.open(f"/incidents/{incident.id}")
    assert case.reference in page
    assert "No proceeding yet" in page
    assert "CANARY" not in page
    assert f"/cases/{case.id}" not in page
    assert visitor.get(f"/cases/{case.id}").status_code == 404
    assert 'href="/cases/"' not in page


def test_counsel_reaches_the_case_from_its_incident(people, log, matter, visit):
    incident = log()
    case = matter(incidents=[incident])
    assert f"/cases/{case.id}" in visit(people.leila).open(f"/incidents/{incident.id}")


def test_a_case_is_offered_for_a_verified_incident_and_the_reason_is_given_for_another(people, log, visit):
    ready, early = log(), log(verified=False)
    with transaction():
        from caseflow.incidents import operations as incidents

        incidents.submit(early, by=people.dana, at=now())
    visitor = visit(people.aigul)
    assert f"/cases/open?incident={ready.id}" in visitor.open(f"/incidents/{ready.id}")
    page = visitor.open(f"/incidents/{early.id}")
    assert f"/cases/open?incident={early.id}" not in page
    assert "Only a verified incident goes into a case." in page


# -- the work, by forms


def test_a_case_grows_from_an_incident_to_its_closure_by_forms(people, log, visit):
    incident = log(title="Beaten at the station")
    coordinator = visit(people.aigul)
    sheet = coordinator.sheet(f"/cases/open?incident={incident.id}")
    assert sheet.values["title"] == "Beaten at the station"
    assert sheet.values["incidents"] == incident.id
    answer = coordinator.send(sheet, title="Who must prove the contrary", articles=["ICCPR:7", "CAT:12"])
    case = only(Case)
    assert answer.status_code == 303
    assert answer.location == f"/cases/{case.id}"
    assert case.articles == ["CAT:12", "ICCPR:7"]

    coordinator.fill(f"/cases/{case.id}/counsel", member=people.leila.member_id, role="lead")
    lawyer = visit(people.leila)
    here = f"/cases/{case.id}"
    lawyer.fill(f"{here}/parties", side="client", kind="individual", name="A. Zh.")
    lawyer.fill(f"{here}/notes", body="First talk with the client.")
    lawyer.fill(f"{here}/tasks", what="Get the file", for_member=people.leila.member_id, due_on="2026-03-27")
    page = lawyer.open(here)
    for words in ("Who must prove the contrary", "Beaten at the station", "A. Zh.", "First talk", "Get the file"):
        assert words in page
    assert lawyer.press(here, f"{here}/tasks/{only(Task).id}/done").status_code == 303
    assert only(Task).done_at is not None

    second = log(title="The same unit again")
    coordinator.fill(f"{here}/incidents", incident=second.id)
    assert "The same unit again" in lawyer.open(here)
    coordinator.press(here, f"{here}/counsel/{only(Counsel).id}/end")
    assert lawyer.get(here).status_code == 404

    coordinator.fill(f"{here}/closure", outcome="won", reason="The verdict was annulled.")
    page = coordinator.open(here)
    assert "The case is closed: Won" in page
    assert "The verdict was annulled." in page
    coordinator.fill(f"{here}/reopening", reason="Execution is to be followed.")
    assert only(Case).state == "open"


def test_a_case_is_opened_from_nothing_too(people, visit):
    answer = visit(people.aigul).fill("/cases/open", title="From nothing")
    assert answer.status_code == 303
    assert only(Case).state == "open"


def test_who_may_not_do_something_reads_why_in_place_of_the_form(people, matter, visit):
    case = matter()
    lawyer = visit(people.leila)
    for path in ("/cases/open", f"/cases/{case.id}/counsel", f"/cases/{case.id}/incidents"):
        assert "Cases are opened and staffed by a coordinator." in lawyer.open(path)
    assert "A case is closed by a coordinator." in lawyer.open(f"/cases/{case.id}/closure")


def test_what_may_not_be_done_is_refused_though_the_form_was_hidden(people, matter, visit):
    case = matter()
    lawyer = visit(people.leila)
    sheet = lawyer.sheet(f"/cases/{case.id}/notes")
    answer = lawyer.post(f"/cases/{case.id}/closure", {**sheet.values, "outcome": "won"})
    assert answer.status_code == 403
    assert "A case is closed by a coordinator." in answer.text
    assert only(Case).state == "open"
    refusals = [event for event in stored(Event) if event.result == "refused"]
    assert refusals[-1].verb == "cases.close"
    assert refusals[-1].subject == f"cases:{case.id}"


# -- wrong input


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("open", {"title": "", "legal_issue": "KEPT-TEXT"}, "Fill this in."),
        ("open", {"title": "KEPT-TEXT", "articles": ["ICCPR:999"]}, "not a valid choice"),
        ("open", {"title": "KEPT-TEXT", "incidents": [UNKNOWN]}, "not a valid choice"),
        ("{case}/counsel", {"member": "", "role": "lead"}, "Choose one."),
        ("{case}/counsel", {"member": UNKNOWN, "role": "lead"}, "Not a valid choice"),
        ("{case}/incidents", {"incident": ""}, "Choose one."),
        ("{case}/parties", {"side": "client", "kind": "body", "name": " "}, "Fill this in."),
        ("{case}/parties", {"side": "", "kind": "body", "name": "KEPT-TEXT"}, "Choose one."),
        ("{case}/notes", {"body": "\x00 \x07"}, "Write the note first."),
        ("{case}/tasks", {"what": "KEPT-TEXT", "for_member": ""}, "Choose one."),
        ("{case}/tasks", {"what": "KEPT-TEXT", "for_member": "", "due_on": "31.31.2026"}, "Not a valid date"),
        ("{case}/tasks", {"what": "x" * 301, "for_member": ""}, "Use at most 300 characters."),
        ("{case}/closure", {"outcome": "", "reason": "KEPT-TEXT"}, "Choose one."),
    ],
)
def test_a_wrong_field_is_named_with_what_to_do_and_the_typed_text_is_kept(people, matter, visit, path, typed, words):
    case = matter()
    answer = visit(people.aigul).fill("/cases/" + path.format(case=case.id), **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert "error-summary" in answer.text
    if "KEPT-TEXT" in typed.values():
        assert "KEPT-TEXT" in answer.text
    assert (stored(Party), stored(Note), stored(Task), only(Case).state) == ([], [], [], "open")


def test_a_form_sent_twice_acts_once_and_leads_to_the_same_place(people, visit):
    visitor = visit(people.aigul)
    sheet = visitor.sheet("/cases/open")
    first, second = (visitor.send(sheet, title="Once") for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location == f"/cases/{only(Case).id}"


def test_a_stale_description_shows_what_is_stored_beside_what_was_typed_and_can_be_sent_again(people, matter, visit):
    case = matter("At first")
    lawyer = visit(people.leila)
    sheet = lawyer.sheet(f"/cases/{case.id}/description")
    visit(people.marat).fill(f"/cases/{case.id}/description", title="By Marat")
    answer = lawyer.send(sheet, title="By Leila")
    assert answer.status_code == 422
    assert "By Marat" in answer.text
    assert "By Leila" in answer.text
    again = sheet_in(answer.text, f"/cases/{case.id}/description")
    assert lawyer.send(again).status_code == 303
    assert people.fresh(people.leila).ring.text(only(Case), "title") == "By Leila"


def test_what_people_typed_is_shown_as_text_and_never_as_markup(people, matter, member, visit):
    case = matter("<script>alert(1)</script> & more")
    with transaction():
        operations.add_note(case, body="<b>bold</b>", by=people.leila, at=now())
    for path in ("/cases/", f"/cases/{case.id}"):
        page = visit(people.leila).open(path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
        assert "<script>alert" not in page
        assert "<b>bold" not in page


# -- long lists


def test_a_list_and_a_case_page_ask_as_much_for_thirty_rows_as_for_one(people, matter, member, visit, log):
    case = matter("The first")
    busy = matter("Busy", counsel=(people.leila, people.yerlan))
    with transaction():
        for number in range(30):
            operations.add_note(busy, body=f"Note {number}", by=people.leila, at=now())
            operations.give_task(busy, what="T", for_member=member(people.yerlan), by=people.aigul, at=now())
            operations.add_party(busy, side="client", kind="body", name="N", by=people.leila, at=now())
    with transaction():
        operations.add_note(case, body="Only one", by=people.leila, at=now())
        operations.give_task(case, what="T", for_member=member(people.leila), by=people.aigul, at=now())
        operations.add_party(case, side="client", kind="body", name="N", by=people.leila, at=now())
    few, many = visit(people.yerlan), visit(people.aigul)
    for number in range(30):
        matter(f"Case {number}", counsel=())
    counts = {}
    for visitor, path in (
        (few, "/cases/"),
        (many, "/cases/"),
        (many, f"/cases/{case.id}"),
        (many, f"/cases/{busy.id}"),
    ):
        visitor.open(path)
        with statements() as seen:
            visitor.open(path)
        counts[visitor is many, path] = len(seen)
    # A coordinator's list also asks for the names of the filter.
    assert counts[True, "/cases/"] == counts[False, "/cases/"] + 1
    assert counts[True, f"/cases/{case.id}"] == counts[True, f"/cases/{busy.id}"]


def test_titles_from_before_many_withdrawals_open_with_one_query_more(people, matter, visit):
    cases = [matter(f"Old title {number}", counsel=(people.leila,)) for number in range(6)]
    for case in cases:
        with transaction():
            operations.end_counsel(case.counsel[0], by=people.aigul, at=now())
    visitor = visit(people.marat)
    visitor.open("/cases/")
    with statements() as seen:
        page = visitor.open("/cases/")
    assert all(f"Old title {number}" in page for number in range(6))
    assert len([s for s in seen if "safe_epochs" in s]) == 1


def test_every_case_is_on_exactly_one_page_of_a_long_list(people, matter, visit, monkeypatch):
    monkeypatch.setattr(queries, "PER_PAGE", 4)
    queries._page.cache_clear()
    moment = now()
    for number in range(10):
        case = matter(f"Case {number}", counsel=())
        with transaction():
            case.changed_at = moment - timedelta(minutes=number // 3)  # some changed at the same moment
    visitor, path, shown = visit(people.aigul), "/cases/", []
    while path:
        page = visitor.open(path)
        shown += re.findall(r'<a href="/cases/([0-9a-z]{16})">', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following and following[1].replace("&amp;", "&")
    queries._page.cache_clear()
    assert len(shown) == len(set(shown)) == 10


@pytest.mark.parametrize("after", ["x", "1e400~a", "nan~abc", "1700000000.0~", "~", "-1~zz", "9" * 40 + "~a"])
def test_a_place_in_the_list_that_nobody_gave_is_passed_over(people, matter, visit, after):
    matter("Still here")
    assert visit(people.leila).get(f"/cases/?after={after}").status_code == 200


def test_filters_narrow_the_list(people, matter, visit, log):
    from caseflow.proceedings import operations as proceedings

    at_court, idle = matter("At court"), matter("Idle", counsel=())
    closed = matter("Closed one")
    with transaction():
        began = now().date() - timedelta(9)
        proceedings.open_proceeding(
            at_court, procedure="kz_civil", stage="appeal", began_on=began, by=people.leila, at=now()
        )
        operations.close(closed, outcome="lost", by=people.aigul, at=now())
    visitor = visit(people.aigul)

    def titles(query):
        page = visitor.open(f"/cases/?{query}")
        return {title for title in ("At court", "Idle", "Closed one") if f">{title}<" in page}

    assert titles("") == {"At court", "Idle"}
    assert titles("state=closed") == {"Closed one"}
    assert titles("state=all") == {"At court", "Idle", "Closed one"}
    assert titles("stage=kz_civil.appeal") == {"At court"}
    assert titles("stage=none.") == {"Idle"}
    assert titles("counsel=none") == {"Idle"}
    assert titles(f"counsel={people.leila.member_id}") == {"At court"}
    assert titles("stage=kz_civil.nothing") == set()
    assert "No case fits" in visitor.open("/cases/?stage=kz_civil.nothing")
    assert idle.reference in visitor.open("/cases/")


def test_empty_lists_say_what_belongs_there_and_how_to_begin(people, visit):
    assert "No case is open yet" in visit(people.aigul).open("/cases/")
    assert "You are not counsel in a case yet" in visit(people.leila).open("/cases/")


# -- the history


def test_the_history_tells_what_happened_in_words(people, matter, visit):
    case = matter()
    page = visit(people.leila).open(f"/cases/{case.id}/history")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "Aigul Sarsen opened the case CF-2026-0001" in text
    assert "Aigul Sarsen made Leila Akhmet counsel" in text
    assert "Aigul Sarsen gave a key to Leila Akhmet" not in text or "renewed" not in text


def test_every_act_of_these_rooms_is_told_in_a_phrase_of_its_own():
    package = Path(queries.__file__).parents[1]
    verbs = set()
    for room in ("cases", "proceedings", "deadlines"):
        for path in (package / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record":
                    first = node.args[0]
                    assert isinstance(first, ast.Constant)
                    verbs.add(first.value)
    assert len(verbs) > 20
    assert {verb for verb in verbs if phrase(verb) == verb.rpartition(".")[2].replace("_", " ")} == set()
