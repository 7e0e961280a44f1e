"""Deadlines: proposed by events with their reason, decided on by counsel, kept as the next date of the case."""

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.cases import operations as cases
from caseflow.cases.models import Case
from caseflow.deadlines import operations, rules
from caseflow.deadlines.jobs import remind_daily
from caseflow.deadlines.models import Deadline
from caseflow.kernel import clock
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.ledger import queries as ledger
from caseflow.ledger.models import Event
from caseflow.proceedings import operations as proceedings
from tests.storage import only, stored

MARCH_6, MARCH_26 = date(2026, 3, 6), date(2026, 3, 26)


@pytest.fixture
def verdict(people, matter, trial):
    """Return `verdict(case)`: a conviction of 6 March 2026, and the deadline it started."""

    def make(case, *, on=MARCH_6):
        proceeding = trial(case)
        with transaction():
            proceedings.record_decision(
                proceeding.stages[0], outcome="conviction", decided_on=on, by=people.leila, at=now()
            )
        return only(Deadline, Deadline.case_id == case.id)

    return make


def test_a_verdict_of_6_march_2026_proposes_the_appeal_until_26_march_with_its_reason_in_words(matter, verdict):
    deadline = verdict(matter())
    assert (deadline.rule, deadline.state) == ("KZ-CPC-418", "proposed")
    assert (deadline.trigger_event, deadline.trigger_on) == ("verdict_pronounced", MARCH_6)
    assert deadline.last_day == deadline.counted_last_day == MARCH_26
    assert rules.explain(deadline.rule, deadline.trigger_on, "en") == (
        "15 days after 6 March 2026 is Saturday 21 March, Nauryz; next working day 26 March. CPC art. 418(1)"
    )
    assert deadline.rule_version == rules.rule("KZ-CPC-418").version
    assert deadline.calendar_version == rules.calendar_of("KZ").version


def test_the_internal_target_lies_three_working_days_before_the_last_day(matter, verdict):
    # 23 to 25 March are Nauryz, 21 and 22 a weekend: the third working day before 26 March is the 18th.
    assert verdict(matter()).target_day == date(2026, 3, 18)


def test_an_event_proposes_each_rule_once(people, matter, verdict):
    case = matter()
    deadline = verdict(case)
    with transaction():
        decision = find_decision(deadline)
        proceedings.record_service(decision, served_on=date(2026, 3, 12), by=people.leila, at=now())
    proposed = {d.rule: d.last_day for d in stored(Deadline)}
    assert proposed == {"KZ-CPC-418": MARCH_26, "KZ-CPC-418-CUST": date(2026, 3, 27)}


def find_decision(deadline):
    from caseflow.proceedings.models import Decision

    return only(Decision, Decision.id == deadline.trigger_id)


def test_a_rule_without_a_term_proposes_no_date(people, matter):
    case = matter()
    with transaction():
        proceeding = proceedings.open_proceeding(
            case, procedure="kz_criminal", stage="appeal", began_on=date(2026, 3, 2), by=people.leila, at=now()
        )
        proceedings.record_decision(
            proceeding.stages[0],
            outcome="unchanged",
            decided_on=MARCH_6,
            in_force_on=MARCH_6,
            by=people.leila,
            at=now(),
        )
    assert "KZ-CPC-487-FAV" not in {d.rule for d in stored(Deadline)}
    assert {d.rule for d in stored(Deadline)} >= {"KZ-CPC-487-ADV"}


# -- deciding


def test_a_proposed_deadline_is_confirmed_once_by_counsel(people, matter, verdict):
    deadline = verdict(matter())
    with pytest.raises(NotFound), transaction():
        operations.confirm(deadline, by=people.yerlan, at=now())
    with transaction():
        operations.confirm(deadline, by=people.leila, at=now())
    found = only(Deadline)
    assert (found.state, found.decided_by_id) == ("confirmed", people.leila.member_id)
    with pytest.raises(RuleBroken, match="confirmed already"), transaction():
        operations.confirm(found, by=people.aigul, at=now())


def test_another_day_needs_a_reason_and_keeps_the_counted_one(people, matter, verdict):
    deadline = verdict(matter())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.change(deadline, last_day=date(2026, 3, 27), reason=" ", by=people.leila, at=now())
    assert refused.value.field == "reason"
    with pytest.raises(RuleBroken, match="before the event") as refused, transaction():
        operations.change(deadline, last_day=date(2026, 3, 5), reason="R", by=people.leila, at=now())
    assert refused.value.field == "last_day"
    with transaction():
        operations.change(deadline, last_day=date(2026, 4, 3), reason="The court wrote so.", by=people.leila, at=now())
    found = only(Deadline)
    assert (found.state, found.last_day, found.counted_last_day) == ("confirmed", date(2026, 4, 3), MARCH_26)
    assert found.target_day == date(2026, 3, 31)
    assert people.fresh(people.leila).ring.text(found, "reason") == "The court wrote so."


def test_a_day_changed_on_another_screen_is_not_overwritten(people, matter, verdict):
    deadline = verdict(matter())
    seen = deadline.version
    with transaction():
        operations.confirm(deadline, by=people.aigul, at=now())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.change(deadline, last_day=date(2026, 4, 3), reason="R", seen=seen, by=people.leila, at=now())
    assert refused.value.field == "version"


def test_a_deadline_that_does_not_run_is_declined_with_a_reason(people, matter, verdict):
    deadline = verdict(matter())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.decline(deadline, reason="", by=people.leila, at=now())
    assert refused.value.field == "reason"
    with transaction():
        operations.decline(deadline, reason="The client will not appeal.", by=people.leila, at=now())
    with pytest.raises(NotPermitted, match="has been settled"), transaction():
        operations.confirm(deadline, by=people.leila, at=now())


def test_only_a_confirmed_deadline_is_met(people, matter, verdict):
    deadline = verdict(matter())
    with pytest.raises(NotPermitted, match="Only a confirmed deadline"), transaction():
        operations.meet(deadline, by=people.leila, at=now())
    with transaction():
        operations.confirm(deadline, by=people.leila, at=now())
        operations.meet(deadline, by=people.leila, at=now())
    assert only(Deadline).met_by_id == people.leila.member_id


def test_every_decision_is_in_the_ledger_and_its_reason_only_sealed(people, matter, verdict):
    deadline = verdict(matter())
    with transaction():
        operations.change(deadline, last_day=date(2026, 4, 3), reason="CANARY-WHY", by=people.leila, at=now())
    event = stored(Event, Event.verb == "deadlines.change")[0]
    assert event.public == {"rule": "KZ-CPC-418", "before": "2026-03-26", "last_day": "2026-04-03"}
    assert ledger.details_of(people.leila, event) == {"reason": "CANARY-WHY"}
    assert "CANARY" not in " ".join(str(e.public) for e in stored(Event))


# -- the next date of the case


def test_the_next_date_is_the_earliest_open_deadline_or_hearing(people, matter, verdict):
    case = matter()
    deadline = verdict(case)
    assert only(Case).next_on == MARCH_26
    stage = find_decision(deadline).stage
    with transaction():
        coming = datetime(2026, 3, 24, 5, 0, tzinfo=UTC)
        proceedings.record_hearing(stage, held_at=coming, by=people.leila, at=now())
    assert only(Case).next_on == date(2026, 3, 24)
    with transaction():
        operations.change(deadline, last_day=date(2026, 3, 23), reason="R", by=people.leila, at=now())
    assert only(Case).next_on == date(2026, 3, 23)
    with transaction():
        operations.meet(deadline, by=people.leila, at=now())
    assert only(Case).next_on == date(2026, 3, 24)


def test_a_hearing_that_has_passed_is_nobodys_next_date_but_a_missed_deadline_stays(people, matter, verdict):
    case = matter()
    stage = find_decision(verdict(case)).stage
    with transaction():
        proceedings.record_hearing(stage, held_at=now() + timedelta(days=1), by=people.leila, at=now())
    assert only(Case).next_on == date(2026, 3, 21)
    with clock.at(now() + timedelta(days=2)):
        remind_daily()
        assert only(Case).next_on == MARCH_26
    with clock.at(now() + timedelta(days=30)):
        remind_daily()
        assert only(Case).next_on == MARCH_26


def test_declining_the_last_date_leaves_none(people, matter, verdict):
    deadline = verdict(matter())
    with transaction():
        operations.decline(deadline, reason="None.", by=people.leila, at=now())
    assert only(Case).next_on is None


def test_a_case_is_not_closed_over_a_confirmed_deadline(people, matter, verdict):
    case = matter()
    deadline = verdict(case)
    with transaction():
        operations.confirm(deadline, by=people.leila, at=now())
    with pytest.raises(RuleBroken, match="A confirmed deadline still runs"), transaction():
        cases.close(case, outcome="lost", by=people.aigul, at=now())
    assert only(Case).state == "open"
    with transaction():
        operations.meet(deadline, by=people.leila, at=now())
        cases.close(case, outcome="lost", by=people.aigul, at=now())
    assert (only(Case).state, only(Case).next_on) == ("closed", None)


def test_a_closed_case_has_no_next_date_and_gets_it_back_when_it_is_reopened(people, matter, verdict):
    case = matter()
    verdict(case)  # proposed only: it does not hold the case open
    with transaction():
        cases.close(case, outcome="lost", by=people.aigul, at=now())
    assert only(Case).next_on is None
    with transaction():
        cases.reopen(case, reason="New counsel will appeal.", by=people.aigul, at=now())
    assert only(Case).next_on == MARCH_26
