"""Last days worked out by hand from the articles and a paper calendar, each with its reason, and the code beside them.

`worked_dates.csv` was written before the code was run on it. A term that moves (CPC art. 48(4), GPK art. 123) ends on
the first working day; detention never moves (CPC art. 48(5)); bodies abroad count every day.
"""

import csv
from datetime import date
from pathlib import Path

import pytest

from caseflow.deadlines import rules

WORKED = list(csv.DictReader(Path(__file__).with_name("worked_dates.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("rule_id", sorted({row["rule"] for row in WORKED}))
def test_the_engine_counts_as_counsel_did_by_hand(rule_id):
    for row in (row for row in WORKED if row["rule"] == rule_id):
        counted = rules.last_day(rule_id, date.fromisoformat(row["event"]))
        assert counted.isoformat() == row["last_day"], row["why"]


def test_there_are_many_of_them_each_different_and_each_with_its_reason():
    assert len({(row["rule"], row["event"]) for row in WORKED}) == len(WORKED) >= 150
    assert all(row["why"] for row in WORKED)


def test_every_rule_with_a_term_has_a_worked_date_or_is_switched_off():
    from tests.deadlines.test_deadlines_rules import WORKED as SHORT

    worked = {row["rule"] for row in WORKED} | {row[0] for row in SHORT}
    assert worked == {rule.id for rule in rules.all_rules() if rule.has_term and not rule.disabled}
