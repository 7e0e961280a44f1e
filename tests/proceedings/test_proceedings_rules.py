"""Procedures, walked from their first stage to each end, and the courts before which they run."""

from collections import deque
from datetime import date

import pytest

from caseflow.deadlines import rules as deadlines
from caseflow.proceedings import rules
from caseflow.proceedings.rules import UnknownProcedure

IDS = [procedure.id for procedure in rules.procedures()]


def test_the_procedures_are_those_of_kazakhstan_the_un_and_strasbourg():
    assert [
        *("kz_criminal", "kz_civil", "kz_administrative", "kz_admin_offence", "kz_constitutional"),
        *("un_hrc", "un_cat", "un_cedaw", "un_cerd", "un_crpd", "un_crc", "wgad", "special_procedures", "ecthr"),
    ] == IDS
    assert [p.id for p in rules.procedures("COE")] == ["ecthr"]


def walk(procedure):
    """Return stage -> the way to it, by ordinary moves and remands from the first stage."""
    ways = {procedure.first.id: [procedure.first.id]}
    queue = deque(ways)
    while queue:
        here = queue.popleft()
        for there in rules.next_stages(procedure, here):
            if there.id not in ways:
                ways[there.id] = [*ways[here], there.id]
                if there.id not in {rules.SUSPENDED, rules.WITHDRAWN}:
                    queue.append(there.id)
    return ways


@pytest.mark.parametrize("procedure_id", IDS)
def test_a_walk_from_the_first_stage_reaches_every_stage_and_every_end(procedure_id):
    procedure = rules.procedure(procedure_id)
    ways = walk(procedure)
    assert set(ways) == {stage.id for stage in (*procedure.stages, *procedure.everywhere)}
    ends = [stage for stage in procedure.stages if stage.terminal]
    assert ends
    for end in ends:
        for here, there in zip(ways[end.id], ways[end.id][1:], strict=False):
            assert rules.may_move(procedure, here, there) is None


@pytest.mark.parametrize("procedure_id", IDS)
def test_from_every_stage_an_end_can_be_reached_without_withdrawing(procedure_id):
    procedure = rules.procedure(procedure_id)
    ending = {stage.id for stage in procedure.stages if stage.terminal}
    for _ in procedure.stages:
        ending |= {stage.id for stage in procedure.stages if ending & set(stage.next)}
    assert ending == {stage.id for stage in procedure.stages}


@pytest.mark.parametrize("procedure_id", IDS)
def test_any_stage_is_suspended_and_goes_on_where_it_was(procedure_id):
    procedure = rules.procedure(procedure_id)
    for stage in procedure.stages:
        if stage.kind == "end":
            assert rules.may_move(procedure, stage.id, "suspended") == "The proceeding has ended."
            continue
        assert rules.may_move(procedure, stage.id, "suspended") is None
        assert rules.may_move(procedure, stage.id, "withdrawn") is None
        assert rules.may_move(procedure, "suspended", stage.id, resumes=stage.id) is None
        other = next(other.id for other in procedure.stages if other.id != stage.id)
        refused = rules.may_move(procedure, "suspended", other, resumes=stage.id)
        assert refused == "A suspended proceeding goes on at the stage at which it was suspended."


@pytest.mark.parametrize("procedure_id", IDS)
def test_nothing_follows_a_withdrawal(procedure_id):
    assert rules.next_stages(procedure_id, "withdrawn") == ()
    first = rules.procedure(procedure_id).first.id
    assert rules.may_move(procedure_id, "withdrawn", first) == "The proceeding was withdrawn; open a new one."


MOVES = [
    # procedure, from, to, why not (None: allowed)
    ("kz_criminal", "first_instance", "appeal", None),
    ("kz_criminal", "first_instance", "cassation", "The procedure knows no such move from this stage."),
    ("kz_criminal", "appeal", "first_instance", None),
    ("kz_criminal", "investigation", "first_instance", "The procedure knows no such move from this stage."),
    ("kz_criminal", "judicial_complaint", "pretrial_review", None),
    ("kz_criminal", "pretrial_review", "cassation", "The procedure knows no such move from this stage."),
    ("kz_criminal", "exhausted", "new_circumstances", None),
    ("kz_civil", "appeal", "appeal", "The proceeding is at this stage already."),
    ("kz_civil", "cassation", "appeal", None),
    ("kz_administrative", "admin_complaint", "claim", None),
    ("kz_administrative", "admin_complaint", "first_instance", "The procedure knows no such move from this stage."),
    ("kz_admin_offence", "appeal", "protest", None),
    ("kz_constitutional", "apparatus_check", "application", None),
    ("kz_constitutional", "final_ruling", "session", "The procedure knows no such move from this stage."),
    ("un_hrc", "clarification_requested", "submitted", None),
    ("un_hrc", "submitted", "communicated", "The procedure knows no such move from this stage."),
    ("un_cat", "ready", "follow_up", None),
    ("ecthr", "judgment", "grand_chamber", None),
]


@pytest.mark.parametrize(("procedure_id", "here", "there", "objection"), MOVES)
def test_a_move_is_allowed_or_refused_in_words(procedure_id, here, there, objection):
    assert rules.may_move(procedure_id, here, there) == objection


def test_a_remand_is_told_from_an_ordinary_move():
    assert rules.is_remand("kz_criminal", "appeal", "first_instance")
    assert not rules.is_remand("kz_criminal", "first_instance", "appeal")


@pytest.mark.parametrize("procedure_id", IDS)
def test_every_name_is_there_in_three_languages(procedure_id):
    procedure = rules.procedure(procedure_id)
    named = [procedure, *procedure.stages, *(o for stage in procedure.stages for o in stage.outcomes)]
    for thing in named:
        assert all(rules.label(thing, locale) for locale in ("en", "ru", "kk"))
        assert len({rules.label(thing, locale) for locale in ("en", "ru", "kk")}) >= 2
    assert all(len(stage.id) <= 40 and all(len(o.id) <= 40 for o in stage.outcomes) for stage in procedure.stages)
    assert {o.tone for s in procedure.stages for o in s.outcomes} <= {"favourable", "partly", "unfavourable", "neutral"}


@pytest.mark.parametrize("procedure_id", IDS)
def test_every_event_announced_is_known_to_the_deadlines(procedure_id):
    for stage in rules.procedure(procedure_id).stages:
        for announcement in stage.announces:
            assert announcement.event in deadlines.events()
            assert announcement.on in {"began", "decided", "served", "in_force"}
            assert announcement.outcomes <= {outcome.id for outcome in stage.outcomes}


ANNOUNCED = [
    # procedure, stage, day, outcome, facts, rules of Kazakhstan and the UN that run from then
    ("kz_criminal", "first_instance", "decided", "conviction", set(), ["KZ-CPC-418"]),
    ("kz_criminal", "first_instance", "served", "conviction", {"in_custody"}, ["KZ-CPC-418-CUST"]),
    ("kz_criminal", "first_instance", "decided", "returned_to_prosecutor", set(), ["KZ-CPC-422"]),
    ("kz_criminal", "appeal", "in_force", "unchanged", {"worsens_position"}, ["KZ-CPC-487-ADV"]),
    ("kz_criminal", "appeal", "in_force", "remanded", set(), []),
    ("kz_criminal", "judicial_complaint", "decided", "complaint_dismissed", set(), ["KZ-CPC-107"]),
    ("kz_criminal", "pretrial_complaint", "began", None, set(), ["KZ-CPC-106-C", "KZ-CPC-105-REPLY"]),
    ("kz_criminal", "cassation", "began", None, set(), ["KZ-CPC-492"]),
    ("kz_civil", "first_instance", "decided", "refused", set(), ["KZ-CIV-403"]),
    ("kz_civil", "appeal", "in_force", "unchanged", set(), ["KZ-CIV-436"]),
    ("kz_civil", "appeal", "decided", "unchanged", {"norm_contested"}, ["KZ-CC-45"]),
    ("kz_administrative", "admin_complaint", "began", None, set(), ["KZ-APPC-99"]),
    ("kz_administrative", "admin_complaint", "served", "complaint_dismissed", set(), ["KZ-APPC-136-1"]),
    ("kz_administrative", "first_instance", "decided", "act_annulled", set(), ["KZ-APPC-168"]),
    ("kz_admin_offence", "first_instance", "served", "penalty_imposed", set(), ["KZ-KOAP-832"]),
    ("kz_constitutional", "apparatus_check", "served", "application_returned", set(), ["KZ-CC-47"]),
    (
        *("kz_constitutional", "session", "decided", "norm_unconstitutional", {"improves_position"}),
        ["KZ-CPC-501-FAV", "KZ-CIV-457"],
    ),
    ("un_hrc", "communicated", "began", None, set(), ["UN-HRC-STATE-6M"]),
    ("un_hrc", "author_comments", "began", None, set(), ["UN-HRC-AUTHOR"]),
    ("un_hrc", "ready", "served", "violation", set(), ["UN-HRC-FU-180"]),
    ("un_hrc", "ready", "served", "inadmissible", set(), []),
]


@pytest.mark.parametrize(("procedure_id", "stage", "on", "outcome", "facts", "expected"), ANNOUNCED)
def test_what_happens_at_a_stage_starts_the_right_deadlines(procedure_id, stage, on, outcome, facts, expected):
    started = [
        rule.id
        for event in rules.announced(procedure_id, stage, on, outcome)
        for rule in deadlines.rules_started_by(
            event, jurisdiction=deadlines.jurisdictions_reaching("KZ"), procedure=procedure_id, facts=facts
        )
    ]
    assert started == expected


def test_what_does_not_exist_is_refused_in_words():
    with pytest.raises(UnknownProcedure, match="There is no such procedure"):
        rules.procedure("kz_military")
    with pytest.raises(UnknownProcedure, match="This procedure has no such stage"):
        rules.procedure("kz_civil").stage("indictment")
    with pytest.raises(UnknownProcedure, match="This stage cannot end in this way"):
        rules.outcome("kz_civil", "first_instance", "conviction")
    with pytest.raises(UnknownProcedure, match="There is no such court"):
        rules.court("kz-regional-99")


def test_the_regions_each_have_one_regional_court():
    regional = [court for court in rules.courts() if court.level == "regional" and court.region]
    assert len(regional) == len({court.region for court in regional}) == 20


@pytest.mark.parametrize(
    ("on", "found"),
    [(date(2025, 6, 30), False), (date(2025, 7, 1), True), (date(2026, 3, 6), True)],
)
def test_the_cassation_courts_exist_since_july_2025(on, found):
    assert (rules.court("kz-cassation-criminal") in rules.courts("kz_criminal", on=on)) is found


def test_courts_are_narrowed_by_procedure_and_region():
    ids = [court.id for court in rules.courts("kz_administrative", region="KZ-75")]
    assert ids == ["kz-supreme", "kz-cassation-administrative", "kz-regional-75", "kz-type-administrative"]
    assert [court.id for court in rules.courts("un_cat")] == ["un-cat"]
    for procedure in rules.procedures():
        assert rules.courts(procedure.id), procedure.id
        assert procedure.body is None or rules.court(procedure.body)


@pytest.mark.parametrize(
    ("procedure_id", "others", "warned"),
    [
        ("un_hrc", [("wgad", True)], True),
        ("un_hrc", [("wgad", False)], False),
        ("un_hrc", [("special_procedures", True)], False),
        ("un_hrc", [("un_hrc", True)], False),
        ("un_cat", [("un_hrc", False)], True),
        ("un_cedaw", [("special_procedures", False), ("un_cat", True)], True),
        ("un_crpd", [], False),
        ("un_cerd", [("un_hrc", True)], False),
        ("kz_civil", [("un_hrc", True)], False),
    ],
)
def test_another_forum_hinders_as_the_treaty_says(procedure_id, others, warned):
    assert (rules.other_forum(procedure_id, others) is not None) is warned


@pytest.mark.parametrize(
    ("procedure_id", "facts_on", "warned"),
    [
        ("un_hrc", date(2009, 9, 29), True),
        ("un_hrc", date(2009, 9, 30), False),
        ("un_cat", date(2007, 3, 27), True),
        ("un_crc", date(2020, 1, 1), False),
        ("kz_criminal", date(1995, 1, 1), False),
    ],
)
def test_facts_before_the_acceptance_are_warned_of(procedure_id, facts_on, warned):
    assert (rules.facts_too_early(procedure_id, facts_on) is not None) is warned


def test_grounds_and_interim_states_are_named():
    assert len(rules.inadmissibility_grounds()) == 9
    assert list(rules.interim_states()) == ["requested", "granted", "refused", "lifted", "breached"]
