"""What surrounds a case: others it is linked with, what was asked before, letters, notes of two kinds, its keeping."""

from datetime import date, timedelta

import pytest

from caseflow.cases import operations, queries
from caseflow.cases.models import Case, CaseLetter, CaseRelation, Closure, Party, Potential, Selection, Task
from caseflow.cases.rubric import CRITERIA
from caseflow.cases.rules import SELECTION
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.ledger.models import Event
from tests.storage import holders, only, stored, wrong_grants

TODAY = date(2026, 3, 20)


def link(case, other, by, kind="same_issue"):
    with transaction():
        return operations.link_cases(case, kind=kind, reference=other.reference.lower(), by=by, at=now())


def test_a_link_is_shown_from_both_sides_to_who_may_open_both_and_to_nobody_else(people, matter):
    mine, both, theirs = matter("Mine"), matter(counsel=(people.leila, people.yerlan)), matter(counsel=(people.yerlan,))
    link(mine, both, people.leila)
    assert [(one.kind, row.id) for one, row in queries.relations_of(people.leila, both)] == [("same_issue", mine.id)]
    assert queries.relations_of(people.yerlan, both) == []
    told = [event.public for event in stored(Event) if event.verb == "cases.link_cases"]
    assert told == [{}]
    for other, words in (
        (theirs, "No case that you may open"),
        (mine, "this case itself"),
        (both, "in this way already"),
    ):
        with pytest.raises(RuleBroken, match=words) as refused:
            link(mine, other, people.leila)
        assert refused.value.field == "reference"
    with pytest.raises(RuleBroken) as refused:
        link(mine, both, people.leila, kind="joined_into")
    assert refused.value.field == "kind"
    (row,) = stored(CaseRelation)
    with transaction():
        operations.unlink_cases(mine, link=row, reason="Not the same.", by=people.leila, at=now())
    assert stored(CaseRelation) == []


def test_a_joined_case_is_closed_and_the_other_takes_its_incidents_with_their_keys_and_its_parties(people, matter, log):
    incident = log()
    small, big = matter("Small", incidents=[incident]), matter("Big", counsel=(people.yerlan,))
    with transaction():
        for case, name in ((small, "Askar Testov"), (small, "A ministry"), (big, "Аскар Тестов")):
            operations.add_party(case, side="client", kind="individual", name=name, by=people.aigul, at=now())
    given = {"reference": big.reference, "reason": "The court joined them."}
    with pytest.raises(NotPermitted), transaction():
        operations.join(small, **given, by=people.leila, at=now())
    with transaction():
        operations.join(small, **given, by=people.aigul, at=now())
    assert (only(Case, Case.id == small.id).state, only(Closure).outcome) == ("closed", "joined")
    assert people.yerlan.member_id in holders(incident.safe_id)
    assert people.yerlan.member_id not in holders(small.safe_id)
    assert len(stored(Party, Party.case_id == big.id)) == 2  # Askar was there, in another script
    assert wrong_grants() == {}
    with pytest.raises(RuleBroken, match="No case that you may open"), transaction():
        operations.join(big, reference="CF-2026-9999", reason="R", by=people.aigul, at=now())


def test_what_is_severed_has_the_same_team_and_keeps_what_it_came_with(people, matter, log):
    incident, foreign = log(), log()
    case = matter("Whole", counsel=(people.leila, people.yerlan), incidents=[incident], confidentiality="strict")
    with transaction():
        party = operations.add_party(case, side="client", kind="individual", name="Dana B", by=people.leila, at=now())
    with pytest.raises(RuleBroken, match="not in the case"), transaction():
        operations.sever(case, title="T", reason="R", incidents=[foreign], by=people.aigul, at=now())
    with transaction():
        given = {"title": "Part", "reason": "Another defendant.", "incidents": [incident], "parties": [party.id]}
        made = operations.sever(case, **given, by=people.aigul, at=now())
    assert {c.member_id for c in made.counsel} == {people.leila.member_id, people.yerlan.member_id}
    assert (made.confidentiality, [one.incident_id for one in made.links]) == ("strict", [incident.id])
    assert people.fresh(people.yerlan).ring.text(only(Party, Party.case_id == made.id), "name") == "Dana B"
    assert [one.kind for one, _row in queries.relations_of(people.leila, case)] == ["severed_from"]
    assert wrong_grants() == {}


def test_to_take_a_case_takes_an_answer_to_each_question(people, matter):
    case = matter()
    answers = {code: f"Words on {code}" for code in SELECTION}
    with pytest.raises(RuleBroken) as refused, transaction():
        partly = {**answers, "safety": "  "}
        operations.answer_selection(case, answers=partly, decision="taken", by=people.leila, at=now())
    assert refused.value.field == "safety"
    with transaction():
        operations.answer_selection(case, answers={}, decision="later", by=people.leila, at=now())
        operations.answer_selection(case, answers=answers, decision="taken", by=people.marat, at=now())
    row = only(Selection)
    assert (row.decision, row.by_id) == ("taken", people.marat.member_id)
    assert b"Words" not in row.answers_sealed


def test_each_of_the_team_says_what_a_case_may_come_to_and_sees_the_others_afterwards(people, matter, visit):
    case = matter()
    values, notes = {one.id: 2 for one in CRITERIA}, {one.id: "CANARY-WHY" for one in CRITERIA}
    with transaction():
        operations.estimate(case, values=values, notes=notes, by=people.marat, at=now())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.estimate(case, values={**values, "novelty": 5}, notes=notes, by=people.leila, at=now())
    assert refused.value.about
    lawyer = visit(people.leila)
    here = f"/cases/{case.id}/potential"
    assert "CANARY-WHY" not in lawyer.open(here)
    sheet = lawyer.sheet(here)
    mine = {one.id: "4" for one in CRITERIA} | {f"{one.id}_note": "Mine" for one in CRITERIA}
    assert lawyer.send(sheet, **mine).status_code == 303
    page = lawyer.open(here)
    assert "CANARY-WHY" in page
    assert "apart" in page
    assert len(stored(Potential)) == 2


def test_letters_are_recorded_with_their_day_and_none_from_tomorrow(people, matter, visit):
    case = matter()
    told = {"direction": "in", "medium": "portal", "party": "CANARY-COURT", "subject": "CANARY-SUBJECT"}
    with pytest.raises(RuleBroken, match="still to come") as refused, transaction():
        operations.record_letter(case, **told, on=TODAY + timedelta(1), by=people.leila, at=now())
    assert refused.value.field == "on"
    lawyer = visit(people.leila)
    lawyer.fill(f"/cases/{case.id}/letters", **told, on="2026-03-19", body="They <b>postponed</b> it.")
    page = lawyer.open(f"/cases/{case.id}")
    assert "CANARY-SUBJECT" in page
    assert "&lt;b&gt;postponed" in page
    assert b"CANARY" not in b"".join(v for v in vars(only(CaseLetter)).values() if isinstance(v, bytes))


def test_a_privileged_note_says_so_and_a_task_says_who_did_it(people, matter, member, visit):
    case = matter()
    visit(people.leila).fill(f"/cases/{case.id}/notes", body="Between us", kind="privileged")
    assert "privileged" in visit(people.marat).open(f"/cases/{case.id}")
    with transaction():
        operations.add_note(case, body="Among us all", by=people.leila, at=now())
    dossier = visit(people.leila).open(f"/cases/{case.id}/dossier")
    assert "Among us all" in dossier
    assert "Between us" not in dossier
    with transaction():
        task = operations.give_task(case, what="T", for_member=member(people.leila), by=people.aigul, at=now())
        operations.finish_task(task, by=people.marat, at=now())
    assert only(Task).done_by_id == people.marat.member_id


def test_a_closed_case_goes_to_the_archive_and_is_told_of_when_its_day_has_passed(people, matter, visit):
    case = matter("Kept for years")
    with pytest.raises(NotPermitted, match="Only a closed case"), transaction():
        operations.archive(case, by=people.aigul, at=now())
    with pytest.raises(RuleBroken) as refused, transaction():
        day = TODAY - timedelta(1)
        operations.close(case, outcome="won", keep_until=day, by=people.aigul, at=now())
    assert refused.value.field == "keep_until"
    coordinator = visit(people.aigul)
    sheet = coordinator.sheet(f"/cases/{case.id}/closure")
    assert sheet.values["keep_until"] == "2031-03-20"
    coordinator.send(sheet, outcome="won")
    with transaction():
        operations.archive(case, by=people.aigul, at=now())
    lists = {kind: "Kept for years" in coordinator.open(f"/cases/?state={kind}") for kind in ("open", "closed", "archived", "all")}  # fmt: skip
    assert lists == {"open": False, "closed": False, "archived": True, "all": True}
    with pytest.raises(RuleBroken, match="in the archive already"), transaction():
        operations.archive(case, by=people.aigul, at=now())
    assert "Kept long enough" not in coordinator.open("/")
    with clock.at(now() + timedelta(days=5 * 366)):
        later = visit(people.aigul)
        assert "Kept for years" in later.open("/")
        later.fill(f"/cases/{case.id}/keeping", until="2040-01-01", reason="The Committee still follows it up.")
        assert "Kept for years" not in later.open("/")
    with transaction():
        operations.unarchive(case, by=people.aigul, at=now())
        operations.reopen(case, reason="New facts.", by=people.aigul, at=now())
    assert stored(Closure) == []
