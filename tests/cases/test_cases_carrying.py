"""Counsel: what she carries, what lets her act, and how a whole load goes to another in one act."""

from datetime import date, timedelta

import pytest

from caseflow.cases import operations
from caseflow.cases.carrying import loads
from caseflow.cases.models import Case, Counsel, Mandate, Task
from caseflow.deadlines import rules as deadline_rules
from caseflow.deadlines.models import Deadline
from caseflow.evidence.models import Item
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from tests.storage import holders, only, stored, wrong_grants

DAY = date(2026, 3, 10)


def mandate(case, by, **given):
    with transaction():
        particulars = {"kind": "power_of_attorney", "given_on": DAY, **given}
        return operations.record_mandate(case.counsel[0], **particulars, by=by, at=now())


def test_the_end_of_a_mandate_is_proposed_as_a_deadline_that_warns_in_time(people, matter):
    case = matter()
    made = mandate(case, people.leila, until=date(2027, 3, 21), scope="CANARY-SCOPE")
    proposed = only(Deadline)
    assert (proposed.rule, proposed.state, proposed.last_day) == ("CASE-MANDATE-ENDS", "proposed", date(2027, 3, 21))
    assert proposed.trigger_id == made.id
    assert proposed.target_day < proposed.last_day
    assert only(Case).next_on == date(2027, 3, 21)
    assert deadline_rules.explain("CASE-MANDATE-ENDS", date(2027, 3, 21), "en").startswith("Sunday 21 March, Nauryz")
    assert people.fresh(people.leila).ring.text(only(Mandate), "scope") == "CANARY-SCOPE"
    assert people.fresh(people.leila).ring.text(only(Item), "title") == "Power of attorney"


@pytest.mark.parametrize(
    ("given", "field"), [({"until": DAY - timedelta(1)}, "until"), ({"kind": "handshake"}, "kind")]
)
def test_a_mandate_that_ends_before_it_begins_or_is_of_no_kind_is_refused(people, matter, given, field):
    with pytest.raises(RuleBroken) as refused:
        mandate(matter(), people.leila, **given)
    assert refused.value.field == field
    assert stored(Item) == []
    assert mandate(matter(), people.leila, until=DAY).until == DAY  # a mandate for one day is one


def test_counsel_who_left_the_case_gets_no_mandate_and_a_stranger_records_none(people, matter):
    case = matter()
    with pytest.raises(NotPermitted):
        mandate(case, people.yerlan)
    with transaction():
        operations.end_counsel(case.counsel[0], by=people.aigul, at=now())
    with pytest.raises(RuleBroken, match="has ended"):
        mandate(case, people.aigul)


def test_a_whole_load_is_handed_over_in_one_act_with_keys_roles_and_tasks(people, matter, member, log):
    incident = log()
    first, both = matter(incidents=[incident]), matter(counsel=(people.yerlan, people.leila))
    done = matter("Closed")
    with transaction():
        operations.give_task(first, what="Call", for_member=member(people.leila), by=people.aigul, at=now())
        operations.close(done, outcome="won", by=people.aigul, at=now())
    carried = loads(people.aigul, [people.leila.member_id, people.yerlan.member_id], today=now().date())
    assert [(one.cases, one.leads, one.tasks) for one in carried.values()] == [(2, 1, 1), (1, 1, 0)]
    with transaction():
        moved = operations.hand_over(member(people.leila), to=member(people.yerlan), by=people.aigul, at=now())
    assert moved == 2
    for safe in (first.safe_id, both.safe_id, incident.safe_id):
        assert people.leila.member_id not in holders(safe)
        assert people.yerlan.member_id in holders(safe)
    assert people.leila.member_id in holders(done.safe_id)  # what is closed stays with who carried it
    assert wrong_grants() == {}
    serving = [(c.case_id, c.role) for c in stored(Counsel, Counsel.until.is_(None), Counsel.member_id == people.yerlan.member_id)]  # fmt: skip
    assert sorted(serving) == sorted([(first.id, "lead"), (both.id, "lead")])
    assert only(Task).for_id == people.yerlan.member_id
    with pytest.raises(RuleBroken, match="no open case"), transaction():
        operations.hand_over(member(people.leila), to=member(people.yerlan), by=people.aigul, at=now())


@pytest.mark.parametrize(("to", "words"), [("leila", "somebody else"), ("dana", "Only a lawyer")])
def test_a_load_goes_to_somebody_who_can_carry_it(people, matter, member, to, words):
    matter()
    with pytest.raises(RuleBroken, match=words) as refused, transaction():
        operations.hand_over(member(people.leila), to=member(getattr(people, to)), by=people.aigul, at=now())
    assert refused.value.field == "to"
    with pytest.raises(NotPermitted), transaction():
        operations.hand_over(member(people.leila), to=member(people.yerlan), by=people.leila, at=now())


def test_one_person_leads_and_roles_change_without_new_keys(people, matter, member):
    case = matter(counsel=(people.leila, people.yerlan))
    first, second = case.counsel
    with pytest.raises(RuleBroken, match="leads this case already") as refused, transaction():
        operations.change_role(second, role="lead", by=people.aigul, at=now())
    assert refused.value.field == "role"
    with transaction():
        operations.change_role(first, role="monitor", by=people.aigul, at=now())
        operations.change_role(second, role="lead", by=people.marat, at=now())
    assert [c.role for c in sorted(stored(Counsel), key=lambda c: c.id == second.id)] == ["monitor", "lead"]
    with pytest.raises(RuleBroken, match="leads this case already"), transaction():
        operations.assign_counsel(case, member=member(people.marat), role="lead", by=people.aigul, at=now())


def test_the_load_is_seen_where_counsel_is_assigned_and_a_mandate_goes_on_to_its_paper(people, matter, visit):
    case = matter("Carried")
    coordinator, lawyer = visit(people.aigul), visit(people.leila)
    free = matter("Free", counsel=())
    assert "1 open case, leads 1" in coordinator.open(f"/cases/{free.id}/counsel")
    here = f"/cases/{case.id}/counsel/{case.counsel[0].id}/mandates"
    sheet = lawyer.sheet(here)
    answer = lawyer.send(sheet, given_on="2026-03-10", until="2026-03-01")
    assert answer.status_code == 422
    assert "cannot end before it begins" in answer.text
    answer = lawyer.send(lawyer.sheet(here), given_on="2026-03-10", until="2027-03-10")
    assert answer.location == f"/evidence/{only(Item).id}/files"
    assert "Power of attorney" in lawyer.open(f"/cases/{case.id}")
    assert "Leila Akhmet" in coordinator.open("/cases/load")
    coordinator.fill(f"/cases/load/{people.leila.member_id}", to=people.yerlan.member_id)
    assert lawyer.get(f"/cases/{case.id}").status_code == 404
