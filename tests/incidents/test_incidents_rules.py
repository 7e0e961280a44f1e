"""The typology of acts, the short lists, the table of states, and dates as far as they are known."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.incidents import rules
from caseflow.incidents.rules import ImpreciseDate, IncidentState
from caseflow.network.rules import article

COLUMNS = {  # list -> widest code that its column stores
    "person_kinds": 12,
    "methods": 40,
    "actor_kinds": 40,
    "degrees": 40,
    "connections": 40,
    "reliabilities": 24,
    "victim_statuses": 40,
    "learned_how": 24,
    "consent_purposes": 40,
    "consent_forms": 24,
    "grades": 12,
    "precisions": 8,
    "link_kinds": 40,
}


@pytest.mark.parametrize(("name", "width"), COLUMNS.items())
def test_every_term_has_a_name_in_each_language_and_a_code_that_fits(name, width):
    found = getattr(rules, name)()
    assert len({term.code for term in found}) == len(found)
    for term in found:
        assert len(term.code) <= width
        assert all((term.label.en, term.label.ru, term.label.kk))
    for language in ("en", "ru", "kk"):
        labels = [term.label.to(language) for term in found]
        assert len(set(labels)) == len(labels)


def test_the_typology_has_groups_and_kinds():
    assert len(rules.act_groups()) == 18
    kinds = rules.act_kinds()
    assert len(kinds) == 57
    assert [kind.code for kind in rules.act_kinds("assembly")] == [
        "assembly_ban",
        "assembly_dispersal",
        "assembly_penalty",
    ]
    assert [kind.code for kind in rules.act_kinds("other")] == ["other"]
    assert sum(len(rules.act_kinds(group.code)) for group in rules.act_groups()) == len(kinds)


def test_every_kind_of_act_suggests_articles_that_exist():
    for kind in (*rules.act_groups(), *rules.act_kinds()):
        assert len(kind.code) <= 40
        assert kind.parent is None or rules.act_kind(kind.parent).parent is None
        assert all(article(code) for code in kind.articles), kind.code
        assert kind.articles or kind.code == "other"
        assert kind.esf_code is None or (kind.esf_code.isdigit() and len(kind.esf_code) == 14)
        assert all((kind.label.en, kind.label.ru, kind.label.kk))


@pytest.mark.parametrize(
    ("code", "articles"),
    [
        ("torture", ("ICCPR:7", "CAT:1", "CAT:2")),
        ("arbitrary_arrest", ("ICCPR:9(1)", "ICCPR:9(2)")),
        ("fair_trial_witnesses", ("ICCPR:14(3)(e)",)),
        ("assembly_dispersal", ("ICCPR:21",)),
        ("refoulement", ("CAT:3", "ICCPR:7")),
    ],
)
def test_an_act_suggests_the_articles_it_touches(code, articles):
    assert rules.act_kind(code).articles == articles


def test_likely_and_unlikely_are_not_exchanged_in_translation():
    assert rules.GRADES["likely"].ru == "Вероятно"
    assert rules.GRADES["unlikely"].ru == "Маловероятно"
    assert rules.GRADES["unlikely"].kk == "Ықтималдығы аз"


ALLOWED = {
    ("draft", "submitted"),
    *(("submitted", s) for s in ("in_review", "information_asked", "verified", "declined", "referred")),
    *(("in_review", s) for s in ("information_asked", "verified", "declined", "referred")),
    ("information_asked", "submitted"),
    *(("verified", s) for s in ("taken_to_case", "referred", "closed")),
    ("referred", "in_review"),
    *(("offered", s) for s in ("draft", "declined")),
}


@pytest.mark.parametrize("state", list(IncidentState))
@pytest.mark.parametrize("new_state", list(IncidentState))
def test_a_state_follows_only_where_the_table_says_so(state, new_state):
    assert rules.may_become(state, new_state) is ((str(state), str(new_state)) in ALLOWED)


def test_every_state_is_named_and_reached_from_a_draft_or_an_offer():
    assert set(rules.STATE_NAMES) == set(rules.STATES) == set(rules.MOVES)
    reached = {"draft", "offered"}
    for _ in rules.STATES:
        reached |= {str(new) for state in reached for new in rules.MOVES[state]}
    assert reached == set(rules.STATE_NAMES)
    assert {rules.state_tone(state) for state in rules.STATES} == {"neutral", "info", "ok", "warn", "accent"}


DATES = [
    # value, precision, earliest, latest, en, ru, kk
    ("2026-03-06", "day", "2026-03-06", "2026-03-06", "6 March 2026", "6 марта 2026 г.", "2026 жылғы 6 наурыз"),
    ("2026-02-01", "month", "2026-02-01", "2026-02-28", "February 2026", "февраль 2026 г.", "2026 жылғы ақпан"),
    ("2024-02-17", "month", "2024-02-01", "2024-02-29", "February 2024", "февраль 2024 г.", "2024 жылғы ақпан"),
    ("2025-12-01", "month", "2025-12-01", "2025-12-31", "December 2025", "декабрь 2025 г.", "2025 жылғы желтоқсан"),
    ("2026-01-01", "year", "2026-01-01", "2026-12-31", "2026", "2026 год", "2026 жыл"),
    (
        *("2026-03-06", "about", "2026-02-19", "2026-03-21"),
        *("about 6 March 2026", "около 6 марта 2026 г.", "шамамен 2026 жылғы 6 наурыз"),
    ),
]


@pytest.mark.parametrize(("value", "precision", "earliest", "latest", "en", "ru", "kk"), DATES)
def test_a_date_says_as_much_as_is_known(value, precision, earliest, latest, en, ru, kk):
    known = ImpreciseDate(date.fromisoformat(value), precision)
    assert known.earliest == date.fromisoformat(earliest)
    assert known.latest == date.fromisoformat(latest)
    assert [known.label(locale).lower() for locale in ("en", "ru", "kk")] == [en.lower(), ru.lower(), kk.lower()]


def test_an_unknown_date_has_no_bounds():
    unknown = ImpreciseDate(None, "unknown")
    assert unknown.earliest is None
    assert unknown.latest is None
    assert [unknown.label(locale) for locale in ("en", "ru", "kk")] == [
        "date not known",
        "дата неизвестна",
        "күні белгісіз",
    ]


@pytest.mark.parametrize(("value", "precision"), [(None, "day"), (date(2026, 3, 6), "unknown"), (None, "sometime")])
def test_a_date_that_contradicts_its_precision_is_refused(value, precision):
    with pytest.raises(ValueError):
        ImpreciseDate(value, precision)


@given(st.dates(), st.sampled_from(["day", "month", "year", "about"]))
def test_a_date_lies_between_its_bounds(value, precision):
    known = ImpreciseDate(value, precision)
    assert known.earliest <= value <= known.latest
    assert known.latest - known.earliest <= timedelta(days=365)


@pytest.mark.parametrize(
    ("given_purpose", "needed", "enough"),
    [
        ("public_named", "public_anonymous", True),
        ("public_anonymous", "public_named", False),
        ("public_named", "lawyer", False),
        ("submission", "submission", True),
        ("internal", "submission", False),
    ],
)
def test_a_consent_covers_its_own_purpose_only(given_purpose, needed, enough):
    assert rules.covers(given_purpose, needed) is enough


def test_a_code_is_named_in_the_readers_language():
    assert rules.label("methods", "beating", "ru") == "Избиение"
    assert rules.label("acts", "torture", "kk") == "Азаптау"
    assert rules.label("methods", None, "ru") == ""
