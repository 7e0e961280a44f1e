"""Measures, how far they were carried out, and the grade of a case."""

import pytest

from caseflow.remedies import rules


@pytest.mark.parametrize(("table", "width"), [("measure_kinds", 24), ("measure_states", 16), ("grades", 2)])
def test_every_code_fits_its_column_and_has_words_of_its_own_in_every_language(table, width):
    labels = getattr(rules, table)()
    assert all(len(code) <= width for code in labels)
    for locale in ("en", "ru", "kk"):
        words = [label.in_language(locale) for label in labels.values()]
        assert all(words)
        assert len(set(words)) == len(words)


def test_the_grades_are_those_of_the_committee():
    assert list(rules.grades()) == ["A", "B", "C", "D", "E"]


@pytest.mark.parametrize(
    ("measures", "individual", "general"),
    [
        ([], None, None),
        ([("release", "full")], "full", None),
        ([("release", "full"), ("compensation", "partial")], "partial", None),
        ([("release", "promised"), ("compensation", "not_started"), ("law", "full")], "not_started", "full"),
        ([("law", "full"), ("training", "contrary"), ("practice", "not_started")], None, "contrary"),
        ([("release", "moot"), ("law", "promised")], None, "promised"),
        ([("release", "moot"), ("apology", "full")], "full", None),
    ],
)
def test_a_case_is_graded_by_its_worst_individual_and_its_worst_general_measure(measures, individual, general):
    assert rules.case_grade(measures) == rules.CaseGrade(individual, general)


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        ("not_started", "neutral"),
        ("promised", "info"),
        ("partial", "warn"),
        ("full", "ok"),
        ("contrary", "danger"),
        ("moot", "neutral"),
    ],
)
def test_a_state_is_shown_in_its_tone(state, tone):
    assert state in rules.measure_states()
    assert rules.state_tone(state) == tone
