"""Duplicates among what a member may read, and judgements that something is the same, which can be taken back."""

import pytest

from caseflow.incidents import duplicates, operations, queries
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.reports import queries as reports
from tests.counting import queries_of


def person(incident, name, by):
    with transaction():
        return operations.add_person(incident, kind="individual", name=name, by=by, at=now())


def alike(actor, incident):
    db.session.rollback()
    return [one.incident.id for one in duplicates.candidates(actor, incident).found]


def test_candidates_are_found_across_scripts_among_what_one_may_read_and_no_others(log, people, visit):
    first, second = log(bare=True, region="KZ-10", began_on=None, began_precision="unknown"), log(bare=True)
    foreign = log(bare=True, by=people.timur, title="CANARY-foreign")
    person(first, "Қуандық Асқаров", people.dana)
    person(second, "Askarov Kuandyk", people.dana)
    person(foreign, "Куандык Аскаров", people.timur)
    assert alike(people.dana, first) == [second.id]
    assert set(alike(people.aigul, first)) == {second.id, foreign.id}
    dana = visit(people.dana)
    # On the step where she enters people she is told, and goes on all the same.
    page = dana.open(f"/incidents/{first.id}/people?added=1")
    assert second.reference in page
    assert f"/incidents/{first.id}/consent" in page
    page = dana.open(f"/incidents/{first.id}/duplicates")
    assert "the same name" in page
    assert "CANARY-foreign" not in page
    assert dana.get(f"/incidents/{first.id}/duplicates/{foreign.id}").status_code == 404


def test_the_same_person_is_judged_side_by_side_shown_on_both_pages_and_taken_back(log, people, visit):
    first, second = log(bare=True), log(bare=True)
    one, two = person(first, "Қуандық Асқаров", people.dana), person(second, "Kuandyk Askarov", people.dana)
    dana = visit(people.dana)
    path = f"/incidents/{first.id}/duplicates/{second.id}"
    side = dana.open(path)
    assert "Қуандық Асқаров" in side
    assert "Kuandyk Askarov" in side
    pair = {"what": f"{one.id}-{two.id}", "verdict": "same"}
    assert dana.fill(path, **pair).status_code == 422
    assert dana.fill(path, **pair, reason="One birthday.").status_code == 303
    assert dana.fill(path, **pair, reason="Again.").status_code == 422
    for incident in (first, second):
        assert "One birthday." in dana.open(f"/incidents/{incident.id}")
    db.session.rollback()
    db.session.expire_all()
    (judged,) = duplicates.judgements_of(people.dana, first)
    assert b"birthday" not in judged.row.reason_sealed
    refused = dana.get(f"/incidents/{second.id}/judgements/{'0' * 16}/out")
    assert refused.status_code == 404
    with pytest.raises(RuleBroken), transaction():
        operations.take_out_entry(queries.whole(people.dana, first.id), entry=one, by=people.dana, at=now())
    gone = dana.fill(f"/incidents/{second.id}/judgements/{judged.row.id}/out", reason="Another birthday.")
    assert gone.status_code == 303
    db.session.rollback()
    assert duplicates.judgements_of(people.dana, first) == []
    assert second.id in alike(people.dana, first)


def test_a_judgement_is_shown_only_to_who_holds_both_and_silences_the_candidate(log, people, visit):
    mine, foreign = log(state="submitted"), log(by=people.timur, state="submitted", title="CANARY-foreign")
    with transaction():
        operations.judge(mine, other=foreign, people=None, same=True, reason="CANARY-reason", by=people.aigul, at=now())
    assert "CANARY-reason" in visit(people.aigul).open(f"/incidents/{foreign.id}")
    assert [visit(one).open("/incidents/").count("logged more than once") for one in (people.aigul, people.dana)] == [
        2,
        0,
    ]
    assert alike(people.aigul, mine) == []
    for member, incident in ((people.dana, mine), (people.timur, foreign)):
        page = visit(member).open(f"/incidents/{incident.id}")
        assert "CANARY-reason" not in page
        assert duplicates.judgements_of(member, incident) == []


def test_nobody_judges_the_draft_of_another_and_nothing_is_judged_twice_or_with_itself(log, people):
    draft, mine = log(by=people.timur), log(state="submitted")
    with pytest.raises(NotPermitted), transaction():
        operations.judge(mine, other=draft, people=None, same=True, reason="x", by=people.aigul, at=now())
    with pytest.raises(RuleBroken), transaction():
        operations.judge(mine, other=mine, people=None, same=True, reason="x", by=people.dana, at=now())


def test_what_was_judged_not_to_be_the_same_is_not_offered_again_until_that_is_taken_back(log, people, visit):
    first, second = log(bare=True, began_on=None, began_precision="unknown"), log(bare=True)
    one, two = person(first, "Қуандық Асқаров", people.dana), person(second, "Kuandyk Askarov", people.dana)
    dana = visit(people.dana)
    path = f"/incidents/{first.id}/duplicates/{second.id}"
    assert alike(people.dana, first) == [second.id]
    for what, judged in ((f"{one.id}-{two.id}", "Not the same"), ("incident", "Not the same")):
        assert dana.fill(path, what=what, verdict="other", reason="Father and son.").status_code == 303
        assert judged in dana.open(f"/incidents/{second.id}")
        assert alike(people.dana, first) == []
        db.session.rollback()
        (row,) = (judged.row for judged in duplicates.judgements_of(people.dana, first))
        assert dana.fill(f"/incidents/{first.id}/judgements/{row.id}/out", reason="They are.").status_code == 303
        assert alike(people.dana, first) == [second.id]


def test_what_was_logged_twice_is_counted_once(log, people):
    first, second, third = (log(state="submitted") for _ in range(3))
    for one, other in ((first, second), (third, second)):
        with transaction():
            operations.judge(one, other=other, people=None, same=True, reason="One evening.", by=people.dana, at=now())
    assert reports.overview(people.aigul, queries.Asked()).total == 1
    counted = {fact.incident for fact in reports.facts(people.aigul, queries.Asked(), "")[0]}
    assert counted == {first.id}


def test_looking_for_duplicates_asks_the_database_equally_often_for_few_and_many(app, log, people):
    counts = []
    for more in (1, 3):
        for _ in range(more):
            log()
        incident = log()
        db.session.rollback()
        counts.append(queries_of(app, lambda incident=incident: duplicates.candidates(people.dana, incident)))
        assert len(duplicates.candidates(people.dana, incident).found) == sum((1, 3)[: len(counts)]) + len(counts) - 1
    assert counts[0] == counts[1]
