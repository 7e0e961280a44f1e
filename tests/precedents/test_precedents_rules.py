"""The rubric, the words of outcomes and citations, and the shipped decisions."""

import itertools
import re
from datetime import date

import pytest

from caseflow.network.rules import article
from caseflow.precedents import rules

LANGUAGES = ("en", "ru", "kk")
IDS = [criterion.id for criterion in rules.CRITERIA]
FACTS = {"title", "number", "symbol", "submitted_on", "decided_on", "articles", "outcome", "holding"}


def values(*figures):
    return dict(zip(IDS, figures, strict=True))


def test_the_rubric_asks_nine_questions_and_only_risk_subtracts():
    assert [(criterion.id, criterion.weight) for criterion in rules.CRITERIA] == [
        ("authority", 3),
        ("novelty", 3),
        ("reach", 3),
        ("reasoning", 2),
        ("use", 2),
        ("change", 3),
        ("remedy", 2),
        ("social", 1),
        ("risk", -3),
    ]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_question_says_in_every_language_what_its_lowest_and_highest_value_mean(locale):
    for criterion in rules.CRITERIA:
        assert {0, 4} <= set(criterion.anchors) <= set(range(5)), criterion.id
        words = [criterion.label, criterion.hint, *criterion.anchors.values()]
        assert all(text.in_language(locale) for text in words), criterion.id


@pytest.mark.parametrize(
    ("figures", "percent", "band"),
    [
        ((4, 4, 4, 4, 4, 4, 4, 4, 0), 100, "key"),
        ((4, 4, 4, 4, 4, 4, 4, 4, 4), 84, "key"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 0), 0, "3"),
        ((0, 0, 0, 0, 0, 0, 0, 0, 4), 0, "3"),
        ((2, 4, 2, 3, 1, 1, 3, 2, 1), 52, "1"),
        ((3, 3, 3, 3, 3, 2, 3, 2, 1), 65, "1"),
        ((4, 4, 4, 4, 1, 1, 1, 2, 0), 69, "1"),
        ((4, 4, 4, 4, 0, 2, 1, 1, 0), 69, "1"),
        ((4, 4, 4, 4, 0, 2, 1, 2, 0), 71, "key"),
        ((1, 1, 1, 1, 1, 1, 1, 4, 0), 28, "3"),
    ],
)
def test_values_come_to_a_percentage_of_what_can_be_reached(figures, percent, band):
    assert rules.score(values(*figures)) == rules.Total(percent, band)


def test_a_missing_value_is_not_taken_for_a_nought():
    with pytest.raises(KeyError):
        rules.score({"authority": 4})


@pytest.mark.parametrize(
    ("percent", "band"),
    [(100, "key"), (70, "key"), (69.5, "1"), (50, "1"), (49.9, "2"), (30, "2"), (29, "3"), (0, "3")],
)
def test_a_band_begins_at_its_lowest_percentage(percent, band):
    assert rules.band(percent) == band
    assert rules.band_name(band, "kk") != band


@pytest.mark.parametrize(
    ("criterion", "value", "note", "refused"),
    [
        ("novelty", 0, "Settled since 2019.", False),
        ("novelty", 4, "First ruling.", False),
        ("risk", 4, "Дурной прецедент.", False),
        ("novelty", None, "First ruling.", True),
        ("novelty", 5, "First ruling.", True),
        ("novelty", -1, "First ruling.", True),
        ("novelty", True, "First ruling.", True),
        ("novelty", 3, "  \n", True),
        ("novelty", 3, None, True),
        ("beauty", 3, "Well written.", True),
    ],
)
def test_a_value_from_nought_to_four_is_kept_with_its_reason_only(criterion, value, note, refused):
    assert (rules.objection_to_score(criterion, value, note) is not None) is refused


@pytest.mark.parametrize(
    ("scores", "apart"),
    [
        ([], []),
        ([(2, 2, 2, 2, 2, 2, 2, 2, 2)], []),
        ([(2, 2, 2, 2, 2, 2, 2, 2, 2), (3, 1, 2, 2, 2, 2, 2, 2, 2)], []),
        ([(2, 2, 2, 2, 2, 2, 2, 2, 2), (4, 1, 2, 2, 2, 2, 2, 2, 0)], ["authority", "risk"]),
        ([(1,) * 9, (2,) * 9, (3,) * 9], IDS),
    ],
)
def test_scorers_apart_by_two_or_more_disagree(scores, apart):
    assert [criterion.id for criterion in rules.disagreements(values(*score) for score in scores)] == apart


@pytest.mark.parametrize(
    ("kind", "name", "tone"),
    [
        ("follows", "следует", "ok"),
        ("applies", "применяет", "ok"),
        ("distinguishes", "отграничивает", "warn"),
        ("criticises", "критикует", "danger"),
        ("overrules", "отвергает", "danger"),
        ("cites", "упоминает", "neutral"),
        ("praises", "praises", "neutral"),
    ],
)
def test_a_citation_says_how_one_decision_uses_another(kind, name, tone):
    assert rules.citation_name(kind, "ru") == name
    assert rules.citation_tone(kind) == tone


@pytest.mark.parametrize(
    ("code", "locale", "name"),
    [
        ("CAT", "en", "Committee against Torture"),
        ("HRC", "ru", "Комитет по правам человека"),
        ("WGAD", "kk", "Озбырлықпен ұстау жөніндегі жұмыс тобы"),
        ("kz-supreme", "ru", "Верховный Суд Республики Казахстан"),
        ("first_instance", "ru", "Первая инстанция"),
        ("moon-court", "ru", "moon-court"),
    ],
)
def test_a_body_a_court_or_a_stage_has_its_name_and_anything_else_its_code(code, locale, name):
    assert rules.body_name(code, locale) == name


@pytest.mark.parametrize(
    ("outcome", "locale", "name", "tone"),
    [
        ("violation", "ru", "Нарушение", "ok"),
        ("partly", "en", "Violation in part", "warn"),
        ("no_violation", "kk", "Бұзушылық жоқ", "danger"),
        ("inadmissible", "ru", "Неприемлемо", "danger"),
        ("arbitrary", "en", "Detention arbitrary", "ok"),
        ("unknown", "en", "Not yet confirmed", "neutral"),
        ("conviction", "ru", "Обвинительный приговор", "danger"),
        ("sunshine", "ru", "sunshine", "neutral"),
    ],
)
def test_an_outcome_is_named_and_toned_as_the_applicant_sees_it(outcome, locale, name, tone):
    assert rules.outcome_name(outcome, locale) == name
    assert rules.outcome_tone(outcome) == tone


@pytest.mark.parametrize(
    ("day", "precision", "locale", "label"),
    [
        (date(2012, 5, 24), "day", "en", "May 24, 2012"),
        (date(2012, 5, 24), "month", "en", "May 2012"),
        (date(2012, 5, 24), "month", "ru", "май 2012\u202fг."),
        (date(2012, 5, 24), "year", "kk", "2012"),
        (None, "day", "en", ""),
    ],
)
def test_a_date_is_told_no_more_exactly_than_it_is_known(day, precision, locale, label):
    assert rules.decided_label(day, precision, locale) == label


def test_the_shipped_decisions_are_told_apart_by_number_and_by_symbol():
    decisions = rules.public_decisions()
    assert len(decisions) == 36
    assert len({decision.number for decision in decisions}) == 36
    symbols = [decision.symbol for decision in decisions if decision.symbol]
    assert len(set(symbols)) == len(symbols)


@pytest.mark.parametrize("decision", rules.public_decisions(), ids=lambda decision: decision.number)
def test_a_shipped_decision_is_whole_and_says_what_is_not_confirmed(decision):
    assert rules.body_name(decision.body, "en") != decision.body
    assert decision.outcome in {"violation", "partly", "no_violation", "inadmissible", "arbitrary", "unknown"}
    assert [code for code in decision.articles if article(code) is None] == []
    assert set(decision.unconfirmed) <= FACTS
    assert decision.source
    assert decision.decided_precision in {"day", "month", "year"}
    assert decision.decided_on
    assert decision.submitted_on is None or decision.submitted_on < decision.decided_on
    for text in (decision.title, decision.holding, decision.note):
        assert len({bool(text.in_language(locale)) for locale in LANGUAGES}) == 1, (
            "a text stands in all languages or none"
        )
    assert decision.title.en
    if decision.symbol and "/D/" in decision.symbol:
        assert decision.symbol.endswith(f"/D/{decision.number}")
    if decision.outcome == "unknown":
        assert "outcome" in decision.unconfirmed
    if "holding" in decision.unconfirmed:
        assert decision.holding.en


@pytest.mark.parametrize(
    ("number", "decided_on", "outcome", "unconfirmed"),
    [
        ("433/2010", "2012-05-24", "violation", {"symbol", "articles"}),
        ("441/2010", "2013-11-05", "violation", {"outcome", "holding"}),
        ("444/2010", "2012-06-01", "violation", set()),
        ("2131/2012", "2014-10-21", "violation", set()),
        ("2441/2014", "2018-10-25", "violation", set()),
        ("2311/2013", "2019-07-25", "unknown", {"outcome"}),
        ("2024/2011", "2011-10-31", "violation", {"decided_on", "articles", "outcome"}),
        ("2842/2016", "2017-03-28", "inadmissible", {"outcome", "articles"}),
        ("45/2012", "2015-07-13", "violation", {"symbol"}),
    ],
)
def test_a_known_decision_stands_as_it_was_published(number, decided_on, outcome, unconfirmed):
    (decision,) = (found for found in rules.public_decisions() if found.number == number)
    assert decision.decided_on == date.fromisoformat(decided_on)
    assert decision.outcome == outcome
    assert set(decision.unconfirmed) == unconfirmed


def test_an_anonymous_author_stays_anonymous():
    initials = {
        d.number: d.title.en for d in rules.public_decisions() if re.match(r"([A-Z][a-z]?\.){1,2} ", d.title.en)
    }
    assert initials == {
        "495/2012": "N.Z. v. Kazakhstan",
        "554/2013": "X. v. Kazakhstan",
        "2842/2016": "S.Sh. v. Kazakhstan",
    }


def test_a_shipped_citation_joins_two_shipped_decisions_the_earlier_one_cited():
    by_number = {decision.number: decision for decision in rules.public_decisions()}
    for citation in rules.public_citations():
        assert citation.kind in rules.CITATION_KINDS
        assert by_number[citation.cited].decided_on < by_number[citation.citing].decided_on


@pytest.mark.parametrize(
    ("names", "locale", "line"),
    [
        (["outcome"], "en", "outcome"),
        (["decided_on", "articles"], "ru", "дата решения, заявленные статьи"),
        (["symbol", "judge"], "kk", "құжат белгісі, judge"),
        ([], "en", ""),
    ],
)
def test_facts_to_be_checked_are_listed_in_one_line(names, locale, line):
    assert rules.fact_names(names, locale) == line


def test_every_fact_that_can_be_unconfirmed_has_a_name_in_every_language():
    for fact, locale in itertools.product(FACTS, ("ru", "kk")):
        assert rules.fact_names([fact], locale) != fact
