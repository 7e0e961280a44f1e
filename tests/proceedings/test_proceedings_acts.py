"""Acts before courts: allowed moves, days that can be, and the events they tell the deadlines."""

from datetime import UTC, date, datetime, timedelta

import pytest

from caseflow.cases import operations as cases
from caseflow.kernel.announce import _listeners
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.proceedings import operations, rules
from caseflow.proceedings.models import Decision, Filing, Hearing, Proceeding, Stage
from caseflow.proceedings.way import usual_way
from tests.storage import only, stored

FEBRUARY, MARCH_6 = date(2026, 2, 2), date(2026, 3, 6)
TOMORROW = date(2026, 3, 21)


@pytest.fixture
def told():
    """Collect what proceedings announce: (event, day)."""
    heard = []

    def listen(code, on, **_facts):
        heard.append((code, on))

    _listeners["proceedings.event"].append(listen)
    yield heard
    _listeners["proceedings.event"].remove(listen)


def test_a_proceeding_begins_at_the_first_stage_of_its_procedure_and_moves_the_case_there(people, matter):
    case = matter()
    with transaction():
        operations.open_proceeding(case, procedure="kz_civil", began_on=FEBRUARY, by=people.leila, at=now())
    assert (case.procedure, case.stage) == ("kz_civil", "claim")
    assert only(Stage).position == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"procedure": "kz_feudal"}, "procedure"),
        ({"stage": "heaven"}, "stage"),
        ({"court": "kz-nowhere"}, "court"),
        ({"began_on": TOMORROW}, "began_on"),
    ],
)
def test_a_proceeding_is_not_opened_with_wrong_particulars(people, matter, changes, field):
    case = matter()
    particulars = {"procedure": "kz_criminal", "stage": "first_instance", "began_on": FEBRUARY, **changes}
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.open_proceeding(case, **particulars, by=people.leila, at=now())
    assert refused.value.field == field
    assert stored(Proceeding) == []


MOVES = [
    ("statement", "investigation", None),
    ("statement", "appeal", "The procedure knows no such move from this stage."),
    ("investigation", "indictment", None),
    ("first_instance", "appeal", None),
    ("first_instance", "cassation", "The procedure knows no such move from this stage."),
    ("first_instance", "first_instance", "The proceeding is at this stage already."),
    ("first_instance", "suspended", None),
    ("first_instance", "withdrawn", None),
    ("appeal", "first_instance", None),  # sent back
    ("appeal", "investigation", "The procedure knows no such move from this stage."),
    ("cassation", "appeal", None),  # sent back
    ("exhausted", "suspended", "The proceeding has ended."),
]


@pytest.mark.parametrize(("here", "there", "words"), MOVES)
def test_only_moves_that_the_procedure_knows_are_made(people, matter, trial, here, there, words):
    proceeding = trial(matter(), stage=here)
    if words is None:
        with transaction():
            operations.move(proceeding, stage=there, began_on=MARCH_6, by=people.leila, at=now())
        assert [stage.stage for stage in stored(Stage)] == [here, there]
    else:
        with pytest.raises(RuleBroken) as refused, transaction():
            operations.move(proceeding, stage=there, began_on=MARCH_6, by=people.leila, at=now())
        assert (refused.value.message, refused.value.field) == (words, "stage")
        assert [stage.stage for stage in stored(Stage)] == [here]


def test_a_remand_opens_a_new_stage_and_leaves_what_was_decided_as_it_was(people, matter, trial):
    case = matter()
    proceeding = trial(case)
    by = {"by": people.leila, "at": now()}
    with transaction():
        operations.record_decision(proceeding.stages[0], outcome="conviction", decided_on=date(2026, 2, 10), **by)
        appeal = operations.move(proceeding, stage="appeal", began_on=date(2026, 2, 20), **by)
        operations.record_decision(appeal, outcome="remanded", decided_on=MARCH_6, **by)
        operations.move(proceeding, stage="first_instance", began_on=date(2026, 3, 10), **by)
    assert [(stage.position, stage.stage) for stage in proceeding.stages] == [
        (1, "first_instance"), (2, "appeal"), (3, "first_instance"),
    ]  # fmt: skip
    assert [d.outcome for d in proceeding.stages[0].decisions] == ["conviction"]
    assert proceeding.stages[2].decisions == []
    assert case.stage == "first_instance"


def test_a_suspended_proceeding_goes_on_where_it_was_and_nowhere_else(people, matter, trial):
    proceeding = trial(matter())
    by = {"by": people.leila, "at": now()}
    with transaction():
        operations.move(proceeding, stage="suspended", began_on=MARCH_6, **by)
    with pytest.raises(RuleBroken, match="goes on at the stage at which it was suspended"), transaction():
        operations.move(proceeding, stage="appeal", began_on=MARCH_6, **by)
    with transaction():
        operations.move(proceeding, stage="first_instance", began_on=MARCH_6, **by)
    assert [stage.stage for stage in proceeding.stages] == ["first_instance", "suspended", "first_instance"]


def test_a_stage_does_not_begin_before_the_one_before_it_or_tomorrow(people, matter, trial):
    proceeding = trial(matter())
    for day, words in ((FEBRUARY - timedelta(1), "began later"), (TOMORROW, "in the future")):
        with pytest.raises(RuleBroken, match=words) as refused, transaction():
            operations.move(proceeding, stage="appeal", began_on=day, by=people.leila, at=now())
        assert refused.value.field == "began_on"


def test_a_move_from_an_old_screen_is_refused(people, matter, trial):
    proceeding = trial(matter())
    seen = proceeding.version
    with transaction():
        operations.move(proceeding, stage="appeal", began_on=MARCH_6, seen=seen, by=people.leila, at=now())
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.move(proceeding, stage="cassation", began_on=MARCH_6, seen=seen, by=people.aigul, at=now())
    assert refused.value.field == "version"


DECISIONS = [
    ({"decided_on": FEBRUARY - timedelta(1)}, "decided_on", "This stage began later"),
    ({"decided_on": TOMORROW}, "decided_on", "in the future"),
    ({"served_on": TOMORROW}, "served_on", "in the future"),
    ({"in_force_on": TOMORROW}, "in_force_on", "in the future"),
    ({"served_on": MARCH_6 - timedelta(1)}, "served_on", "served on the day it was made or later"),
    ({"in_force_on": MARCH_6 - timedelta(1)}, "in_force_on", "into force on the day it was made or later"),
    ({"outcome": "granted"}, "outcome", "does not end like that"),
    ({"articles_violated": ["ICCPR:999"]}, "articles_violated", "from the list"),
    ({"articles_violated": ["CAT:1"], "articles_not_violated": ["CAT:1"]}, "articles_not_violated", "either found"),
]


@pytest.mark.parametrize(("changes", "field", "words"), DECISIONS)
def test_a_decision_that_cannot_be_is_refused_in_words(people, matter, trial, changes, field, words):
    stage = trial(matter()).stages[0]
    particulars = {"outcome": "conviction", "decided_on": MARCH_6, **changes}
    with pytest.raises(RuleBroken, match=words) as refused, transaction():
        operations.record_decision(stage, **particulars, by=people.leila, at=now())
    assert refused.value.field == field
    assert stored(Decision) == []


def test_a_decision_tells_what_happened_on_which_day(people, matter, trial, told):
    stage = trial(matter()).stages[0]
    told.clear()
    served = date(2026, 3, 12)
    with transaction():
        decision = operations.record_decision(
            stage, outcome="conviction", decided_on=MARCH_6, served_on=served, holding="H", by=people.leila, at=now()
        )
    assert told == [("verdict_pronounced", MARCH_6), ("verdict_copy_served_custody", served)]
    assert people.fresh(people.leila).ring.text(decision, "holding") == "H"


def test_service_and_force_can_be_recorded_later_once_and_are_told_then(people, matter, trial, told):
    proceeding = trial(matter())
    by = {"by": people.leila, "at": now()}
    with transaction():
        appeal = operations.move(proceeding, stage="appeal", began_on=MARCH_6, **by)
        decision = operations.record_decision(appeal, outcome="unchanged", decided_on=date(2026, 3, 16), **by)
    told.clear()
    with transaction():
        operations.record_in_force(decision, in_force_on=date(2026, 3, 16), **by)
    assert told == [("appellate_act_in_force", date(2026, 3, 16))]
    with pytest.raises(RuleBroken, match="recorded already"), transaction():
        operations.record_in_force(decision, in_force_on=date(2026, 3, 17), **by)
    with pytest.raises(RuleBroken, match="made or later"), transaction():
        operations.record_service(decision, served_on=date(2026, 3, 15), **by)
    with transaction():
        operations.record_service(decision, served_on=date(2026, 3, 18), **by)
    assert only(Decision).served_on == date(2026, 3, 18)


def test_a_hearing_may_be_to_come_but_has_no_result_before_it_is_held(people, matter, trial):
    stage = trial(matter()).stages[0]
    coming = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
    by = {"by": people.leila, "at": now()}
    with pytest.raises(RuleBroken, match="not been held yet") as refused, transaction():
        operations.record_hearing(stage, held_at=coming, result="Adjourned", **by)
    assert refused.value.field == "result"
    with transaction():
        hearing = operations.record_hearing(stage, held_at=coming, judge="S. O.", **by)
    with pytest.raises(RuleBroken, match="not been held yet"), transaction():
        operations.record_result(hearing, result="Adjourned", **by)
    with transaction():
        operations.record_result(hearing, result="Adjourned", by=people.leila, at=coming + timedelta(hours=2))
    with pytest.raises(RuleBroken, match="recorded already"), transaction():
        operations.record_result(hearing, result="Again", by=people.leila, at=coming + timedelta(hours=3))
    assert people.fresh(people.leila).ring.text(only(Hearing), "result") == "Adjourned"


def test_a_hearing_before_its_stage_is_refused(people, matter, trial):
    stage = trial(matter()).stages[0]
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.record_hearing(stage, held_at=datetime(2026, 2, 1, 6, tzinfo=UTC), by=people.leila, at=now())
    assert refused.value.field == "held_at"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"direction": "sideways"}, "direction"),
        ({"kind": "poem"}, "kind"),
        ({"how": "by pigeon"}, "how"),
        ({"title": " "}, "title"),
        ({"filed_on": TOMORROW}, "filed_on"),
    ],
)
def test_a_paper_that_cannot_be_is_refused(people, matter, trial, changes, field):
    stage = trial(matter()).stages[0]
    particulars = {"direction": "out", "kind": "motion", "filed_on": MARCH_6, "title": "T", **changes}
    with pytest.raises(RuleBroken) as refused, transaction():
        operations.record_filing(stage, **particulars, by=people.leila, at=now())
    assert refused.value.field == field
    assert stored(Filing) == []


def test_whoever_is_not_counsel_records_nothing_and_a_closed_case_takes_nothing(people, matter, trial):
    case = matter()
    proceeding = trial(case)
    with pytest.raises(NotFound), transaction():  # he does not even find the case
        operations.move(proceeding, stage="appeal", began_on=MARCH_6, by=people.yerlan, at=now())
    assert len(stored(Stage)) == 1
    with transaction():
        cases.close(case, outcome="lost", by=people.aigul, at=now())
    with pytest.raises(NotPermitted, match="The case is closed"), transaction():
        operations.move(proceeding, stage="appeal", began_on=MARCH_6, by=people.leila, at=now())


def test_the_usual_way_leads_by_instances_to_where_a_procedure_rests():
    def way(procedure, stage):
        return [found.id for found in usual_way(rules.procedure(procedure), stage)]

    assert way("kz_criminal", "investigation") == ["indictment", "first_instance", "appeal", "in_force"]
    assert way("kz_criminal", "in_force") == []
    assert way("kz_constitutional", "application")[-1] == "final_ruling"
    assert way("un_hrc", "draft")[-1] == "follow_up"
    assert way("kz_civil", "withdrawn") == []
    for procedure in rules.procedures():
        for stage in procedure.stages:
            ahead = usual_way(procedure, stage.id)
            assert len({s.id for s in ahead}) == len(ahead)
