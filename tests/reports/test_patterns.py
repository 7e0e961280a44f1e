"""What recurs becomes a cluster for those who hold the safes, and a rounded number for everybody else."""

import re
from datetime import date, timedelta

import pytest

from caseflow.incidents import operations
from caseflow.incidents.queries import Asked
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import transaction
from caseflow.reports import queries, rules
from tests.cast import cast
from tests.counting import queries_of
from tests.incidents.visiting import Visitor

UNITS = ("Линейный отдел полиции", "линейный отдел полиции", "Lineinyi otdel politsii", "Another unit")


def _fact(incident, *articles, actor="police", waits=False):
    return rules.Fact(incident, articles, actor, "KZ-75", None, waits, graded=False)


def test_acts_under_one_article_by_one_kind_of_actor_make_a_cluster_and_count_incidents():
    found = rules.clusters([
        _fact("a", "ICCPR:9(1)", "CAT:1", waits=True), _fact("a", "ICCPR:9(3)"), _fact("b", "ICCPR:9"),
        _fact("c", "ICCPR:9(1)"), _fact("d", "ICCPR:9", actor="judge"),
    ])  # fmt: skip
    assert [(one.article, one.actor, sorted(one.incidents)) for one in found] == [
        ("ICCPR:9", "police", ["a", "b", "c"])
    ]
    assert found[0].is_candidate
    assert found[0].articles == {"ICCPR:9(1)", "ICCPR:9(3)", "ICCPR:9"}


def test_a_cluster_without_a_verified_incident_is_no_candidate():
    (found,) = rules.clusters([_fact(name, "CAT:1") for name in "abcd"])
    assert not found.is_candidate


@pytest.mark.parametrize(
    ("spans", "labels", "numbers", "left_out"),
    [
        ([], [], [], 0),
        ([((2026, 1, 5),) * 2, ((2026, 8, 1),) * 2], ["1/26", "2/26", "3/26"], [1, 0, 1], 0),
        ([((2026, 1, 5),) * 2, ((2026, 1, 1), (2026, 12, 31))], ["1/26", "2/26", "3/26", "4/26"], [1, 0, 0, 0], 1),
        ([((2022, 1, 1), (2022, 12, 31)), ((2025, 2, 1),) * 2], ["2022", "2023", "2024", "2025"], [1, 0, 0, 1], 0),
    ],
)
def test_time_is_cut_as_finely_as_the_dates_allow(spans, labels, numbers, left_out):
    days = [(date(*first), date(*last)) for first, last in spans]
    found, out = rules.over_time(days)
    assert ([period.label for period, _n in found], [n for _p, n in found], out) == (labels, numbers, left_out)


@pytest.mark.parametrize(("number", "shown"), [(0, None), (1, None), (4, None), (5, 5), (9, 5), (10, 10), (104, 100)])
def test_numbers_for_those_without_keys_are_rounded_down_and_small_ones_are_not_shown(number, shown):
    assert rules.blurred(number) == shown


def test_rounded_numbers_end_with_the_last_quarter():
    assert rules.counted_until(date(2026, 11, 23)) == date(2026, 10, 1)
    assert rules.counted_until(date(2026, 1, 1)) == date(2026, 1, 1)


@pytest.fixture
def world(app):
    """Yield the application, its people and four incidents of Dana's alike; one verified, one a draft beside them."""
    with app.app_context():
        people = cast(app)
        found = []
        for number, unit in enumerate((*UNITS, "a draft's unit")):
            at = now() - timedelta(days=120)
            with transaction():
                incident = operations.log(
                    title=f"Beaten {number}", narrative="In the evening.", region="KZ-75" if number else "KZ-10",
                    began_on=today() - timedelta(days=130 + 200 * number), began_precision="day", place="Абай көшесі",
                    language="ru", by=people.dana, at=at,
                )  # fmt: skip
                person = operations.add_person(incident, kind="individual", name="X", by=people.dana, at=at)
                act = operations.add_act(
                    incident, victim=person, kind="torture", articles=["CAT:1"], by=people.dana, at=at
                )
                operations.add_involvement(act, actor_kind="police", unit=unit, by=people.dana, at=at)
                if number < len(UNITS):
                    operations.submit(incident, by=people.dana, at=at)
            found.append(incident)
        with transaction():
            operations.verify(found[0], grade="likely", reason="It agrees.", by=people.aigul, at=now())
        yield app, people, found


def test_a_coordinator_sees_clusters_and_opens_a_case_from_one(world):
    app, people, incidents = world
    facts, cut = queries.facts(people.aigul, Asked(), "")
    assert not cut
    (cluster,) = rules.clusters(facts)
    assert cluster.incidents == {incident.id for incident in incidents[:4]}
    facts, _cut = queries.facts(people.aigul, Asked(), "unit")
    (unit,) = rules.clusters(facts)
    assert unit.number == 3  # however the unit is spelled
    assert rules.clusters(queries.facts(people.aigul, Asked(region="KZ-10"), "")[0]) == []
    visitor = Visitor(app, people.aigul)

    page = visitor.open("/patterns/?by=unit")

    assert f"like={unit.like}" in page
    assert UNITS[0] not in [line for line in page.split('"') if line.startswith("/patterns")]
    page = visitor.open(f"/patterns/cluster?by=unit&article=CAT:1&actor=police&like={unit.like}")
    assert incidents[0].reference in page
    assert incidents[3].reference not in page
    assert f'value="{incidents[0].id}" checked' in page
    page = visitor.open(f"/cases/open?article=CAT:1&incident={incidents[0].id}")
    assert f'value="{incidents[0].id}" checked' in page
    assert re.search(r'value="CAT:1" (checked|selected)', page)


def test_who_holds_no_keys_sees_no_small_number_and_no_cluster(world):
    app, people, _incidents = world
    visitor = Visitor(app, people.leila)
    page = visitor.open("/patterns/")
    assert "Not enough for numbers yet" in page
    visitor.open("/patterns/cluster?article=CAT:1&actor=police", 403)


def test_what_many_incidents_share_is_shown_to_all_in_rounded_numbers(world, monkeypatch):
    app, people, _incidents = world
    monkeypatch.setattr(rules, "FEWEST", 3)
    monkeypatch.setattr(rules, "counted_until", lambda day: day + timedelta(days=1))
    found = queries.counts(today(), "Asia/Almaty")
    assert found.regions == {"KZ-10": None, "KZ-75": 3}
    assert found.actors == {"police": 3}  # four incidents, the draft is not counted
    page = Visitor(app, people.dana).open("/patterns/")
    assert "Beaten" not in page
    assert "&lt;3" in page


def test_clusters_take_one_statement_however_much_there_is(world):
    app, people, _incidents = world
    aigul = people.fresh(people.aigul)
    assert queries_of(app, lambda: queries.facts(aigul, Asked(), "")) == 1
