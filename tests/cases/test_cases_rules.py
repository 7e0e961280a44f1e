"""The tables of cases."""

import pytest

from caseflow.cases import rules

TABLES = {
    "CASE_STATES": ("state", 12),
    "CONFIDENTIALITY": ("confidentiality", 16),
    "COUNSEL_ROLES": ("role", 12),
    "PARTY_SIDES": ("side", 12),
    "PARTY_KINDS": ("kind", 12),
    "CASE_OUTCOMES": ("outcome", 24),
    "SELECTION": ("question", 40),
}


@pytest.mark.parametrize(("table", "width"), [(name, width) for name, (_, width) in TABLES.items()])
def test_every_code_fits_its_column_and_has_words_of_its_own_in_every_language(table, width):
    labels = getattr(rules, table)
    assert all(len(code) <= width for code in labels)
    for locale in ("en", "ru", "kk"):
        words = [label.in_language(locale) for label in labels.values()]
        assert all(words)
        assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("year", "number", "reference"),
    [(2026, 12, "CF-2026-0012"), (2026, 1, "CF-2026-0001"), (2027, 10000, "CF-2027-10000")],
)
def test_a_case_is_called_by_its_year_and_number(year, number, reference):
    assert rules.reference(year, number) == reference


@pytest.mark.parametrize(("state", "tone"), [("open", "info"), ("closed", "neutral")])
def test_only_an_open_case_draws_the_eye(state, tone):
    assert rules.state_tone(state) == tone
