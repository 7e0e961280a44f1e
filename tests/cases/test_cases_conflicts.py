"""Each name of a case is compared with all others in the network, and nobody learns more from it than she may know."""

import json
import time
from datetime import timedelta

import pytest

from caseflow.cases import operations
from caseflow.cases.checks import MOST_A_DAY, finding_of
from caseflow.cases.conflicts import Comparison, as_hits, serious
from caseflow.cases.models import ConflictCheck, ConflictFinding, KnownNames
from caseflow.cases.names import Known
from caseflow.incidents import operations as incidents
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.keys.models import Safe
from caseflow.ledger.models import Event
from caseflow.network import operations as network
from caseflow.network.names import alike, name_words
from tests.storage import holders, only, stored, wrong_grants


@pytest.fixture
def compare(people):
    def go(by=None, **given):
        by = people.fresh(by or people.aigul)
        known = Known.of(by, until=time.monotonic() + 30)
        with transaction():
            return operations.check_names(Comparison(known), by=by, at=now(), **given)

    return go


@pytest.fixture
def party(people):
    def enter(case, name, side="client", by=None):
        with transaction():
            made = operations.add_party(case, side=side, kind="individual", name=name, by=by or people.leila, at=now())
        return f"party:{made.id}"

    return enter


def state(subject):
    return only(ConflictCheck, ConflictCheck.subject == subject).state


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Қуандық Серік", "Kuandyk Serik", True),
        ("Тестов Аскар Маратович", "Askar Maratuly Testov", True),
        ("Тестов А. М.", "Askar Testov", True),
        ("A. Testov", "Тестова Аскар", False),
        ("Testov", "Askar Testov", False),
        ("Askar Testov", "Askar Nurov", False),
        ("A. B.", "Askar Bekov", False),
        ("<b>Аскар</b> «Тестов»", "Askar Testov b", True),
        ("", "", False),
    ],
)
def test_names_are_alike_across_scripts_orders_and_initials(one, other, same):
    assert alike(name_words(one), name_words(other)) is same
    assert alike(name_words(other), name_words(one)) is same


def test_a_client_who_is_somebody_elses_adversary_is_found_and_only_coordinators_learn_where(
    people, matter, compare, party
):
    theirs = matter("CANARY-OTHER", counsel=(people.yerlan,))
    party(theirs, "Тестов Аскар Маратович", "opposing", by=people.yerlan)
    mine = matter("Mine")
    asked = party(mine, "Askar Testov")
    assert state(asked) == "waiting"
    compare()
    check = only(ConflictCheck, ConflictCheck.subject == asked)
    assert check.state == "possible"
    finding = finding_of(check, people.fresh(people.marat))
    (hit,) = as_hits(people.fresh(people.marat).ring.text(finding, "hits"))
    assert (hit.matter, hit.sides, hit.conflict) == (theirs.id, ("opposing",), True)
    # The finding lies in a safe that counsel in neither case holds.
    assert holders(finding.safe_id) == {people.aigul.member_id, people.marat.member_id}
    assert finding_of(check, people.fresh(people.leila)) is None
    assert wrong_grants() == {}


def test_the_same_side_elsewhere_a_closed_matter_apart_and_ones_own_case_are_no_conflict(
    people, matter, compare, party
):
    theirs, mine = matter(counsel=(people.yerlan,)), matter()
    party(theirs, "Askar Testov", by=people.yerlan)
    asked = party(mine, "Аскар Тестов")
    twice = party(mine, "Askar Testov", "opposing")
    compare()
    assert state(asked) == "clear"
    assert state(twice) == "possible"  # against the client of the other case, not of its own


def test_people_of_incidents_count_on_the_side_on_which_they_stand(people, log, matter, compare, party):
    incident = log()  # its victim is Askar Testov
    case = matter(incidents=[incident])
    assert {check.subject.partition(":")[0] for check in stored(ConflictCheck)} == {"person", "counsel"}
    other = matter(counsel=(people.yerlan,))
    asked = party(other, "Аскар Тестов", "opposing", by=people.yerlan)
    compare()
    assert state(asked) == "possible"
    # Somebody who is entered later in an incident of the case, and who did it, is compared for the case, too.
    client = party(other, "Bolat Sadykov", by=people.yerlan)
    with transaction():
        culprit = incidents.add_person(incident, kind="individual", name="Болат Садыков", by=people.leila, at=now())
        part = {"actor_kind": "police", "person": culprit}
        incidents.add_involvement(incident.acts[0], **part, by=people.leila, at=now())
    assert state(f"person:{culprit.id}") == "waiting"
    compare(people.marat)
    assert (state(f"person:{culprit.id}"), state(client)) == ("possible", "possible")
    assert only(ConflictCheck, ConflictCheck.subject == f"person:{culprit.id}").case_id == case.id


def test_counsel_is_compared_as_a_person_and_by_her_other_cases(people, matter, member, compare, party):
    hers = matter()
    party(hers, "Askar Testov")
    case = matter(counsel=(people.yerlan,))
    party(case, "Тестов Аскар", "opposing", by=people.yerlan)
    named = matter(counsel=(people.yerlan,))
    asked = party(named, "Нурпеис Ерлан", "third", by=people.yerlan)
    compare()
    serving = {c.id: c for c in named.counsel}
    assert state(asked) == "possible"  # a party who is called like a member
    assert all(state(f"counsel:{one}") == "possible" for one in serving)
    (first,) = case.counsel
    assert state(f"counsel:{first.id}") == "possible"
    with transaction():
        joined = operations.assign_counsel(case, member=member(people.leila), role="local", by=people.aigul, at=now())
    compare()
    hits = as_hits(people.aigul.ring.text(finding_of(only(ConflictCheck, ConflictCheck.subject == f"counsel:{joined.id}"), people.aigul), "hits"))  # fmt: skip
    assert [hit.matter for hit in serious(hits)] == [hers.id]


def test_a_decision_holds_until_something_new_is_found_or_the_side_changes(people, matter, compare, party):
    theirs, mine = matter(counsel=(people.yerlan,)), matter()
    party(theirs, "Askar Testov", "opposing", by=people.yerlan)
    asked = party(mine, "Аскар Тестов")
    compare()

    def check():
        return only(ConflictCheck, ConflictCheck.subject == asked)

    row = check()
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.resolve_conflict(row, verdict="another", reason=" ", by=people.aigul, at=now())
    assert refused.value.field == "reason"
    with pytest.raises(NotPermitted), transaction():
        operations.resolve_conflict(row, verdict="another", reason="R", by=people.leila, at=now())
    with transaction():
        told = {"verdict": "another", "reason": "CANARY-REASON", "answer": "Another person."}
        operations.resolve_conflict(row, **told, by=people.aigul, at=now())
    assert people.fresh(people.leila).ring.text(check(), "answer") == "Another person."

    def correct(name, side, minutes):
        with transaction():
            given = {"case": mine, "kind": "individual", "by": people.leila, "at": now() + timedelta(minutes=minutes)}
            operations.correct_party(mine.parties[0], side=side, name=name, **given)

    correct("Аскар Тестов-", "client", 1)
    assert state(asked) == "waiting"
    compare()
    assert (check().state, check().verdict) == ("resolved", "another")
    party(matter(counsel=(people.yerlan,)), "A. Testov", "opposing", by=people.yerlan)
    correct("Аскар Тестов", "client", 2)
    compare()
    assert (check().state, check().verdict) == ("possible", None)
    correct("Аскар Тестов", "opposing", 3)
    compare()
    assert check().state == "clear"


def test_whoever_enters_many_names_waits_until_a_coordinator_has_looked(people, matter, compare):
    case = matter(counsel=(people.leila, people.yerlan))
    with transaction():
        for number in range(MOST_A_DAY + 1):
            name = f"Guess Number{number}"
            operations.add_party(case, side="client", kind="individual", name=name, by=people.leila, at=now())
    assert compare() == 0
    assert {check.state for check in stored(ConflictCheck)} == {"waiting"}
    assert compare(held_too=True) == MOST_A_DAY + 3
    with transaction():
        operations.add_party(case, side="client", kind="individual", name="One More", by=people.yerlan, at=now())
    assert compare() == 0  # in the same case somebody is still busy
    from caseflow.kernel import clock

    with clock.at(now() + timedelta(days=1, minutes=1)):
        assert compare() == 1


def test_only_coordinators_compare(people, matter, party):
    party(matter(), "Askar Testov")
    with pytest.raises(NotPermitted, match="hold all keys"), transaction():
        operations.check_names(Comparison.with_own(people.leila), by=people.leila, at=now())


def test_a_name_is_compared_when_a_coordinator_comes_in(people, matter, party, app):
    from caseflow.kernel.announce import announce

    asked = party(matter(), "Askar Testov")
    with transaction():
        announce("entrance.signed_in", by=people.fresh(people.leila), at=now())
    assert state(asked) == "waiting"
    with transaction():
        announce("entrance.signed_in", by=people.fresh(people.marat), at=now())
    assert state(asked) == "clear"


def test_what_a_coordinator_knows_is_kept_sealed_brought_up_to_date_and_forgotten_with_her_keys(
    people, matter, compare, party, member
):
    party(matter(), "Canaryname Testov")
    compare(people.marat)
    kept = only(KnownNames)
    assert b"canaryname" not in kept.sealed
    party(matter(), "Another Name")
    fresh = Known.of(people.fresh(people.marat), until=time.monotonic() + 5)
    words = {name.words for key in fresh.wanted for name in fresh.names_of(key)}
    assert {("kanariname", "testov"), ("another", "name")} == words
    assert Known.of(people.fresh(people.marat), until=time.monotonic() - 1).left == 0
    assert len(stored(KnownNames)) == 1
    with transaction():
        network.end_membership(member(people.marat), by=people.aigul, at=now())
    assert stored(KnownNames, KnownNames.member_id == people.marat.member_id) == []


def test_what_the_ledger_and_the_rows_tell_names_no_other_matter(people, matter, compare, party):
    theirs, mine = matter(counsel=(people.yerlan,)), matter()
    party(theirs, "Askar Testov", "opposing", by=people.yerlan)
    party(mine, "Аскар Тестов")
    compare()
    told = [event for event in stored(Event) if event.verb == "cases.check_name"]
    assert all(set(event.public) == {"result"} and theirs.id not in json.dumps(event.public) for event in told)
    for row in (*stored(ConflictFinding), *stored(ConflictCheck)):
        assert all(theirs.id.encode() not in value for value in vars(row).values() if isinstance(value, bytes))
    (safe,) = stored(Safe, Safe.kind == "coordinators")
    assert all(row.safe_id == safe.id for row in stored(ConflictFinding))


def test_the_pages_tell_each_reader_what_she_may_know(people, matter, party, visit):
    theirs, mine = matter("CANARY-OTHER", counsel=(people.yerlan,)), matter("Mine")
    party(theirs, "Askar Testov", "opposing", by=people.yerlan)
    asked = party(mine, "Аскар <b>Тестов")
    lawyer, coordinator = visit(people.leila), visit(people.aigul)
    assert "waits until a coordinator is here" in lawyer.open(f"/cases/{mine.id}")
    assert "1 name waits" not in lawyer.open("/")
    assert "wait to be compared" in coordinator.open("/")
    page = coordinator.open("/cases/conflicts")
    assert "Аскар &lt;b&gt;Тестов" in page
    check = only(ConflictCheck, ConflictCheck.subject == asked)
    for path in (f"/cases/{mine.id}", f"/cases/{mine.id}/conflicts", f"/cases/{mine.id}/conflicts/{check.id}"):
        page = lawyer.open(path)
        assert "CANARY-OTHER" not in page
        assert theirs.reference not in page
    assert "possible conflict, ask the coordinator" in lawyer.open(f"/cases/{mine.id}/conflicts")
    here = f"/cases/{mine.id}/conflicts/{check.id}"
    page = coordinator.open(here)
    assert "CANARY-OTHER" in page
    assert "Yerlan Nurpeis" in page
    coordinator.fill(here, verdict="another", reason="CANARY-REASON", answer="Not the same person.")
    page = lawyer.open(f"/cases/{mine.id}/conflicts")
    assert "Not the same person." in page
    assert "CANARY" not in page
    # Where the reader holds both matters herself she sees it at once, without a coordinator.
    own = matter("Also hers")
    party(own, "Askar Testov", "opposing")
    assert "Also hers" in lawyer.open(f"/cases/{mine.id}/conflicts")


def test_of_two_who_correct_a_party_at_once_the_second_is_shown_what_is_stored(people, matter, party, visit):
    case = matter()
    one = party(case, "Askar Testov").partition(":")[2]
    first, second = visit(people.leila), visit(people.aigul)
    sheets = [visitor.sheet(f"/cases/{case.id}/parties/{one}") for visitor in (first, second)]
    assert first.send(sheets[0], name="Askar Testov-Nur").status_code == 303
    answer = second.send(sheets[1], side="third")
    assert answer.status_code == 422
    assert "What is stored now: Askar Testov-Nur, Client" in answer.text
    from tests.incidents.visiting import sheet_in

    again = sheet_in(answer.text, f"/cases/{case.id}/parties/{one}")
    assert second.send(again, side="third").status_code == 303
    assert case.parties[0].id == one
