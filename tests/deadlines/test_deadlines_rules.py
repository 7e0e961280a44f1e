"""The last days, worked out from the articles and the calendar and written down before the code was run on them."""

from datetime import date, datetime, timedelta, timezone

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from caseflow.deadlines import rules
from caseflow.deadlines.rules import NoFixedTerm, OutsideValidity, Override, Roll, RuleDisabled, Unit, UnknownRule
from caseflow.kernel.words import InLanguages

WORKED = [
    # rule, event, last day, why
    ("KZ-CPC-418", "2026-03-06", "2026-03-26", "15th day is Saturday, Nauryz 21-23, days off 24-25"),
    ("KZ-CPC-106-A", "2026-04-24", "2026-05-12", "15th day is Victory Day on a Saturday, Monday 11 May off"),
    ("KZ-KOAP-832", "2026-12-06", "2026-12-17", "10th day is Independence Day"),
    ("KZ-CIV-403", "2026-01-31", "2026-03-02", "short month, then the weekend"),
    ("KZ-APPC-168-3", "2026-04-30", "2026-05-19", "10 working days; 1, 7 and 11 May off"),
    ("COE-ECHR-4M", "2026-06-10", "2026-10-10", "Saturday stands"),
    ("UN-HRC-FU-180", "2026-07-24", "2027-01-20", "180 calendar days"),
    ("KZ-CPC-418", "2026-01-05", "2026-01-20", "a Tuesday"),
    ("KZ-CPC-418", "2026-01-09", "2026-01-26", "Saturday moves to Monday"),
    ("KZ-CPC-418", "2026-01-10", "2026-01-26", "Sunday moves to Monday"),
    ("KZ-CPC-418", "2025-12-17", "2026-01-05", "New Year, 2 January, weekend"),
    ("KZ-CPC-418", "2025-12-23", "2026-01-08", "Orthodox Christmas"),
    ("KZ-CPC-418", "2026-02-21", "2026-03-10", "8 March on a Sunday, 9 March off"),
    ("KZ-CPC-418", "2026-03-09", "2026-03-26", "24 March is a day off for Nauryz"),
    ("KZ-CPC-418", "2026-04-16", "2026-05-04", "1 May on a Friday, weekend"),
    ("KZ-CPC-418", "2026-04-22", "2026-05-08", "7 May; Friday 8 May is a working day in 2026"),
    ("KZ-CPC-418", "2026-05-12", "2026-05-28", "Kurban-ait"),
    ("KZ-CPC-418", "2026-06-21", "2026-07-07", "Capital Day on a Monday"),
    ("KZ-CPC-418", "2026-08-15", "2026-08-31", "30 August is a plain Sunday since 2026"),
    ("KZ-CPC-418", "2025-08-15", "2025-09-02", "30 August 2025, Constitution Day on a Saturday, Monday off"),
    ("KZ-CPC-418", "2026-10-10", "2026-10-27", "Republic Day on a Sunday, Monday off"),
    ("KZ-CPC-418", "2026-12-01", "2026-12-17", "Independence Day"),
    ("KZ-CPC-418", "2024-02-14", "2024-02-29", "leap day is a Thursday"),
    ("KZ-CPC-418", "2024-04-19", "2024-05-04", "a Saturday on which all worked for 8 May"),
    ("KZ-CPC-418", "2024-04-23", "2024-05-10", "8 May moved day off, 9 May Victory Day"),
    ("KZ-CPC-418", "2024-12-21", "2025-01-05", "a Sunday on which all worked for 3 January"),
    ("KZ-CPC-418", "2024-12-19", "2025-01-05", "3 January off, Saturday off, Sunday a working day"),
    ("KZ-CPC-418-CUST", "2026-11-06", "2026-11-23", "Saturday"),
    ("KZ-CPC-422", "2026-05-26", "2026-06-10", "a Wednesday"),
    ("KZ-CPC-107", "2026-03-18", "2026-03-26", "third day is 21 March"),
    ("KZ-CPC-107", "2026-04-28", "2026-05-04", "third day is 1 May"),
    ("KZ-CPC-107", "2026-06-01", "2026-06-04", "a Thursday"),
    ("KZ-CPC-106-A", "2026-07-31", "2026-08-17", "Saturday 15 August"),
    ("KZ-CPC-106-B", "2026-09-11", "2026-09-28", "Saturday 26 September"),
    ("KZ-CPC-106-C", "2026-03-06", "2026-04-06", "silence to 21 March, 15 days more end on a Sunday"),
    ("KZ-CPC-106-C", "2026-04-01", "2026-05-04", "silence to 16 April, 15 days more end on 1 May"),
    ("KZ-CPC-106-HEAR", "2026-05-06", "2026-05-12", "third day is 9 May"),
    ("KZ-CPC-105-REPLY", "2026-03-16", "2026-03-26", "seventh day is 23 March"),
    ("KZ-CPC-105-REPLY", "2026-06-08", "2026-06-15", "a Monday"),
    ("KZ-CPC-99-MOTION", "2026-12-13", "2026-12-17", "third day is 16 December"),
    ("KZ-CPC-109", "2026-01-02", "2026-01-08", "fifth day is 7 January"),
    ("KZ-CPC-102-TERM", "2025-03-21", "2026-03-26", "a year later is Nauryz"),
    ("KZ-CPC-102-TERM", "2024-02-29", "2025-02-28", "no 29 February in 2025; a Friday"),
    ("KZ-CPC-102-TERM", "2027-02-28", "2028-02-28", "not the leap day, the same number"),
    ("KZ-CPC-487-ADV", "2025-10-24", "2026-10-27", "Saturday, Republic Day, day off"),
    ("KZ-CPC-487-ADV", "2025-07-06", "2026-07-07", "Capital Day"),
    ("KZ-CPC-498-1-ADV", "2025-09-30", "2026-03-30", "a Monday"),
    ("KZ-CPC-498-1-ADV", "2025-08-31", "2026-03-02", "28 February on a Saturday"),
    ("KZ-CPC-498-1-ADV", "2026-05-16", "2026-11-16", "a Monday"),
    ("KZ-CPC-492", "2025-09-21", "2026-03-21", "the court's own term is not said to move"),
    ("KZ-CPC-39", "2025-11-01", "2026-05-04", "1 May"),
    ("KZ-CPC-40", "2026-01-31", "2026-02-28", "short month, a Saturday that stays"),
    ("KZ-CPC-41-NOTICE", "2026-12-02", "2026-12-16", "a holiday that stays"),
    ("KZ-CPC-131", "2026-03-20", "2026-03-22", "48 hours of detention run through Nauryz"),
    ("KZ-CIV-403", "2026-04-09", "2026-05-12", "same number of the next month, 9 May"),
    ("KZ-CIV-403", "2026-02-07", "2026-03-10", "Saturday, 8 March, day off"),
    ("KZ-CIV-403", "2026-03-31", "2026-04-30", "April has 30 days"),
    ("KZ-CIV-403", "2024-01-31", "2024-02-29", "leap February"),
    ("KZ-CIV-403", "2025-12-31", "2026-02-02", "31 January is a Saturday"),
    ("KZ-CIV-436", "2025-08-31", "2026-03-02", "28 February on a Saturday"),
    ("KZ-CIV-436", "2025-11-11", "2026-05-12", "11 May off"),
    ("KZ-CIV-126", "2026-09-26", "2026-10-27", "26 October off"),
    ("KZ-CIV-457", "2025-11-30", "2026-03-02", "28 February on a Saturday"),
    ("KZ-CIV-429", "2026-03-13", "2026-04-01", "five days to the 20th, 26 and 27, 30, 31, 1 April"),
    ("KZ-APPC-92", "2026-02-07", "2026-05-08", "7 May"),
    ("KZ-APPC-92-6M", "2025-09-23", "2026-03-26", "23 March"),
    ("KZ-APPC-99", "2026-12-01", "2026-12-30", "20 working days without 16 December"),
    ("KZ-APPC-136-1", "2026-02-28", "2026-03-30", "the 28th, not the end of March; a Saturday"),
    ("KZ-APPC-136-1", "2026-06-06", "2026-07-07", "Capital Day"),
    ("KZ-APPC-136-2", "2026-08-25", "2026-09-25", "a Friday"),
    ("KZ-APPC-136-3", "2021-03-22", "2026-03-26", "five years later is Nauryz"),
    ("KZ-APPC-136-3", "2024-02-29", "2029-02-28", "no leap day; a Wednesday"),
    ("KZ-APPC-136-3-1", "2026-01-15", "2026-04-15", "a Wednesday"),
    ("KZ-APPC-136-4", "2026-05-06", "2026-05-22", "8 May, then 12-15, then 18-22"),
    ("KZ-APPC-136-5", "2026-11-16", "2026-12-17", "Independence Day"),
    ("KZ-APPC-168", "2025-12-31", "2026-03-02", "28 February on a Saturday"),
    ("KZ-APPC-168", "2026-03-11", "2026-05-12", "11 May off"),
    ("KZ-APPC-168-3", "2026-10-16", "2026-11-02", "26 October off"),
    ("KZ-APPC-168-3", "2024-04-26", "2024-05-15", "Saturday 4 May counts, 1 and 7-9 May do not"),
    ("KZ-APPC-169", "2025-11-27", "2026-05-28", "Kurban-ait"),
    ("KZ-APPC-171", "2026-04-09", "2026-05-09", "the authority's term is not said to move"),
    ("KZ-KOAP-832", "2026-03-12", "2026-03-26", "10th day is 22 March"),
    ("KZ-KOAP-832", "2026-10-15", "2026-10-27", "10th day is Republic Day"),
    ("KZ-KOAP-854", "2026-01-31", "2026-04-30", "April has 30 days"),
    ("KZ-KOAP-835-ARREST", "2026-03-20", "2026-03-21", "one day, holiday or not"),
    ("KZ-CC-45", "2025-05-09", "2026-05-09", "whether it moves is unsettled: the earlier day"),
    ("KZ-CC-47", "2026-01-30", "2026-02-28", "short month, the earlier day"),
    ("UN-HRC-5Y", "2021-12-25", "2026-12-25", "UN terms know no holidays"),
    ("UN-HRC-5Y", "2024-02-29", "2029-02-28", "leap day"),
    ("UN-HRC-3Y", "2023-10-01", "2026-10-01", "three years"),
    ("UN-HRC-STATE-6M", "2026-08-31", "2027-02-28", "a Sunday that stands"),
    ("UN-HRC-AUTHOR", "2026-12-31", "2027-02-28", "a Sunday that stands"),
    ("UN-CERD-14", "2025-08-29", "2026-02-28", "a Saturday that stands"),
    ("UN-CRC-OP3", "2026-03-21", "2027-03-21", "a Sunday that stands"),
    ("COE-ECHR-4M", "2025-10-31", "2026-02-28", "a Saturday that stands"),
    ("COE-ECHR-4M", "2026-08-29", "2026-12-29", "a Tuesday"),
    ("COE-ECHR-GC", "2026-11-30", "2027-02-28", "a Sunday that stands"),
    ("COE-CM-6M", "2026-02-28", "2026-08-28", "the same number, not the end of August"),
    ("OAS-IACHR-6M", "2026-03-31", "2026-09-30", "September has 30 days"),
    ("EU-GDPR-33", "2026-05-08", "2026-05-11", "72 hours over the weekend"),
    ("EU-GDPR-12", "2026-01-31", "2026-02-28", "a Saturday that stands"),
    ("KZ-PD-BREACH", "2026-05-08", "2026-05-12", "one working day after Friday, 11 May off"),
]


@pytest.mark.parametrize(("rule_id", "event", "last", "why"), WORKED)
def test_the_last_day_is_the_one_worked_out_by_hand(rule_id, event, last, why):
    assert rules.last_day(rule_id, date.fromisoformat(event)) == date.fromisoformat(last), why


def test_all_rules_are_there_and_whole():
    table = rules.all_rules()
    assert len(table) == 74
    for rule in table:
        for label in (rule.title, rule.forum, rule.trigger, rule.citation):
            assert all((label.en, label.ru, label.kk)), rule.id
        assert len({rule.title.en, rule.title.ru, rule.title.kk}) == 3, rule.id
        assert rule.kind in {"party", "authority", "own_duty"}
        assert rule.restorable in {None, "yes", "no", "court"}
        assert rule.status in {"verified_text", "to_be_verified"}
        assert rule.source.title
        assert len(rule.id) <= 40
        assert (rule.period is None) == (rule.unit in {Unit.NONE, Unit.FIXED_DATE, Unit.UNKNOWN}), rule.id
        for start in rule.starts:
            assert rules.event_label(start.event).kk
            assert all(rules.fact_label(fact).ru for fact in start.only_if | start.unless)


def test_custody_and_international_terms_never_move():
    moving = {rule.id for rule in rules.all_rules() if rule.roll is Roll.NEXT_WORKING_DAY and not rule.disabled}
    assert not {rule_id for rule_id in moving if not rule_id.startswith("KZ-")}
    assert "KZ-CPC-131" not in moving


def test_rules_of_kyrgyzstan_are_switched_off():
    disabled = {rule.id for rule in rules.all_rules() if rule.disabled}
    assert disabled == {"KG-CPC-APP", "KG-CIV-APP", "KG-CASS"}
    for rule_id in disabled:
        with pytest.raises(RuleDisabled):
            rules.last_day(rule_id, date(2026, 3, 6))
        with pytest.raises(RuleDisabled):
            rules.explain(rule_id, date(2026, 3, 6), "en")


def test_soft_limits_are_the_two_of_the_human_rights_committee():
    assert {rule.id for rule in rules.all_rules() if rule.soft} == {"UN-HRC-5Y", "UN-HRC-3Y"}


def test_an_unknown_rule_is_refused_in_words():
    with pytest.raises(UnknownRule) as refused:
        rules.last_day("KZ-CPC-0", date(2026, 3, 6))
    assert refused.value.about == "KZ-CPC-0"
    assert refused.value.message == "There is no such rule."


@pytest.mark.parametrize("rule_id", ["KZ-CPC-102-OPEN", "UN-CAT-22", "UN-WGAD", "COE-ECHR-JS"])
def test_a_rule_without_a_period_gives_no_date(rule_id):
    with pytest.raises(NoFixedTerm):
        rules.last_day(rule_id, date(2026, 3, 6))


def test_a_rule_is_not_applied_before_it_was_in_force():
    assert rules.last_day("COE-ECHR-4M", date(2022, 2, 1)) == date(2022, 6, 1)
    with pytest.raises(OutsideValidity):
        rules.last_day("COE-ECHR-4M", date(2022, 1, 31))
    with pytest.raises(OutsideValidity):
        rules.last_day("KZ-APPC-169", date(2025, 6, 30))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1991, 12, 31), date(2100, 1, 1), date(9999, 12, 31)])
def test_a_day_out_of_reach_is_refused(day):
    with pytest.raises(OutsideValidity):
        rules.last_day("KZ-CPC-418", day)


def test_the_steps_say_why_each_day_was_passed():
    counted = rules.count(rules.rule("KZ-CPC-418"), date(2026, 3, 6))
    assert counted.raw_day == date(2026, 3, 21)
    assert counted.has_moved
    assert [(step.day.day, step.reason, step.name.en) for step in counted.steps] == [
        (21, "holiday", "Nauryz"),
        (22, "holiday", "Nauryz"),
        (23, "holiday", "Nauryz"),
        (24, "observed", "day off for Nauryz"),
        (25, "observed", "day off for Nauryz"),
    ]
    assert counted.rule_version == "2026-11-22"
    assert counted.calendar_version == "KZ holidays 0.109, overlay 2026-11-22"
    assert not counted.provisional


def test_a_moved_day_off_names_the_day_it_was_moved_from():
    counted = rules.count(rules.rule("KZ-CPC-418"), date(2024, 4, 23))
    assert [step.name.en for step in counted.steps] == ["day off moved from 04.05.2024", "Victory Day"]


@pytest.mark.parametrize(
    ("event", "provisional"),
    [("2026-05-11", False), ("2026-05-12", True), ("2026-12-20", True), ("2027-05-01", True), ("2025-05-22", False)],
)
def test_a_date_resting_on_an_estimated_holiday_or_an_unknown_year_is_provisional(event, provisional):
    assert rules.count(rules.rule("KZ-CPC-418"), date.fromisoformat(event)).provisional is provisional


def test_an_installation_corrects_the_calendar_and_the_version_tells():
    order = Override(date(2026, 6, 19), "off", "Order No. 1", "https://example.org/1", InLanguages("a", "б", "в"))
    working = Override(date(2026, 6, 20), "working", "Order No. 1", "https://example.org/1")
    calendar = rules.corrected("KZ", [working, order])
    rule = rules.rule("KZ-CPC-418")
    assert rules.count(rule, date(2026, 6, 4)).last_day == date(2026, 6, 19)
    counted = rules.count(rule, date(2026, 6, 4), calendar)
    assert counted.last_day == date(2026, 6, 20)
    assert counted.calendar_version != rules.calendar_of("KZ").version
    assert len(counted.calendar_version) <= 80
    assert calendar.version == rules.corrected("KZ", [order, working]).version


def test_hours_end_at_the_minute_they_began():
    almaty = timezone(timedelta(hours=5))
    arrest = datetime(2026, 3, 20, 23, 10, tzinfo=almaty)
    assert rules.count_to_the_minute(rules.rule("KZ-CPC-131"), arrest) == datetime(2026, 3, 22, 23, 10, tzinfo=almaty)
    with pytest.raises(NoFixedTerm):
        rules.count_to_the_minute(rules.rule("KZ-CPC-418"), arrest)


@pytest.mark.parametrize(
    ("last", "target"),
    [
        ("2026-03-26", "2026-03-18"),
        ("2026-05-12", "2026-05-05"),
        ("2026-11-27", "2026-11-24"),
        ("2026-10-10", "2026-10-07"),
    ],
)
def test_the_internal_target_lies_three_working_days_before(last, target):
    assert rules.internal_target(date.fromisoformat(last)) == date.fromisoformat(target)


def test_the_sentence_of_the_verdict_in_three_languages():
    event = date(2026, 3, 6)
    assert rules.explain("KZ-CPC-418", event, "en") == (
        "15 days after 6 March 2026 is Saturday 21 March, Nauryz; next working day 26 March. CPC art. 418(1)"
    )
    assert rules.explain("KZ-CPC-418", event, "ru") == (
        "Через 15 дней после 6 марта 2026 года — суббота, 21 марта, Наурыз; следующий рабочий день — 26 марта. "
        "УПК, ст. 418(1)"
    )
    assert rules.explain("KZ-CPC-418", event, "kk") == (
        "2026 жылғы 6 наурыздан кейін 15 күн өткенде — 21 наурыз, сенбі, Наурыз мейрамы; "
        "келесі жұмыс күні — 26 наурыз. ҚПК, 418(1)-бап"
    )


@pytest.mark.parametrize(
    ("rule_id", "locale", "part"),
    [
        ("KZ-CIV-403", "ru", "Через 1 месяц после"),
        ("KZ-APPC-168", "ru", "Через 2 месяца после"),
        ("UN-CERD-14", "ru", "Через 6 месяцев после"),
        ("UN-HRC-5Y", "ru", "Через 5 лет после"),
        ("UN-HRC-3Y", "ru", "Через 3 года после"),
        ("UN-CRC-OP3", "ru", "Через 1 год после"),
        ("KZ-CPC-107", "ru", "Через 3 дня после"),
        ("KZ-PD-BREACH", "ru", "Через 1 рабочий день после"),
        ("KZ-APPC-99", "ru", "Через 20 рабочих дней после"),
        ("KZ-CPC-131", "ru", "Через 48 часов после"),
        ("EU-GDPR-33", "ru", "Через 72 часа после"),
        ("KZ-CIV-403", "en", "1 month after"),
        ("KZ-APPC-168", "en", "2 months after"),
        ("KZ-PD-BREACH", "en", "1 working day after"),
        ("KZ-APPC-168", "kk", "кейін 2 ай өткенде"),
        ("KZ-APPC-99", "kk", "кейін 20 жұмыс күні өткенде"),
        ("KZ-CPC-106-C", "kk", "одан кейін тағы 15 күн өткенде"),
        ("KZ-CPC-106-C", "ru", "еще через 15 дней"),
    ],
)
def test_numbers_take_the_form_the_language_asks_for(rule_id, locale, part):
    assert part in rules.explain(rule_id, date(2026, 6, 10), locale)


@pytest.mark.parametrize(
    ("locale", "mark"), [("en", "(Not verified"), ("ru", "(Не проверено"), ("kk", "(Тексерілмеген")]
)
def test_an_unverified_rule_carries_its_mark(locale, mark):
    for rule in rules.all_rules():
        if not rule.disabled:
            assert (mark in rules.explain(rule.id, date(2026, 6, 10), locale)) is not rule.is_verified


def test_a_term_that_stays_on_a_day_off_says_so():
    assert "does not move" in rules.explain("COE-ECHR-4M", date(2026, 6, 10), "en")
    assert "the earlier day counts" in rules.explain("KZ-CC-45", date(2025, 5, 9), "en")


STARTED = [
    # event, procedure, facts, rules of Kazakhstan and the UN
    ("verdict_pronounced", "kz_criminal", set(), ["KZ-CPC-418"]),
    ("verdict_copy_served_custody", "kz_criminal", {"in_custody"}, ["KZ-CPC-418-CUST"]),
    ("appellate_act_in_force", "kz_criminal", {"worsens_position"}, ["KZ-CPC-487-ADV"]),
    ("appellate_act_in_force", "kz_criminal", {"improves_position"}, ["KZ-CPC-487-FAV"]),
    ("appellate_act_in_force", "kz_criminal", None, ["KZ-CPC-487-FAV", "KZ-CPC-487-ADV"]),
    ("appellate_act_in_force", "kz_civil", set(), ["KZ-CIV-436"]),
    ("appellate_act_in_force", "kz_administrative", set(), ["KZ-APPC-169"]),
    ("decision_final_form", "kz_civil", set(), ["KZ-CIV-403"]),
    ("decision_final_form", "kz_administrative", set(), ["KZ-APPC-168"]),
    ("decision_final_form", "kz_administrative", {"procurement_or_bailiff"}, ["KZ-APPC-168-3"]),
    ("admin_act_learned", "kz_administrative", set(), ["KZ-APPC-92"]),
    ("admin_act_learned", "kz_administrative", {"no_appeal_route_stated"}, ["KZ-APPC-92-6M"]),
    ("admin_act_served", "kz_administrative", {"no_pretrial_stage"}, ["KZ-APPC-136-1"]),
    ("admin_complaint_unanswered", "kz_administrative", set(), ["KZ-APPC-136-1"]),
    ("ruling_issued", "kz_criminal", set(), ["KZ-CPC-422"]),
    ("ruling_issued", "kz_civil", set(), ["KZ-CIV-429"]),
    ("ruling_served", "kz_admin_offence", set(), ["KZ-KOAP-832"]),
    ("detained", "kz_criminal", set(), ["KZ-CPC-131", "UN-WGAD"]),
    ("views_transmitted", "un_hrc", set(), ["UN-HRC-FU-180"]),
    ("breach_discovered", None, set(), ["KZ-PD-BREACH"]),
    (
        "remedies_exhausted",
        "kz_criminal",
        set(),
        ["UN-HRC-5Y", "UN-CAT-22", "UN-CEDAW-OP", "UN-CERD-14", "UN-CRPD-OP", "UN-CRC-OP3"],
    ),
]


@pytest.mark.parametrize(("event", "procedure", "facts", "expected"), STARTED)
def test_an_event_starts_the_rules_that_belong_to_it(event, procedure, facts, expected):
    reach = rules.jurisdictions_reaching("KZ")
    started = rules.rules_started_by(event, jurisdiction=reach, procedure=procedure, facts=facts)
    assert [rule.id for rule in started] == expected


def test_every_event_starts_something_or_waits_for_a_disabled_rule():
    silent = [event for event in rules.events() if not rules.rules_started_by(event)]
    assert silent == ["verdict_copy_served"]


def test_the_facts_to_ask_follow_from_the_event():
    assert rules.facts_asked("verdict_pronounced", procedure="kz_criminal") == []
    assert rules.facts_asked("appellate_act_in_force", procedure="kz_criminal") == [
        "improves_position",
        "worsens_position",
    ]


def test_the_expiry_of_an_authoritys_term_is_itself_an_event():
    event = rules.rule("KZ-APPC-99").expiry_event
    assert [rule.id for rule in rules.rules_started_by(event)] == ["KZ-APPC-136-1"]


COUNTABLE = [rule for rule in rules.all_rules() if rule.has_term and not rule.disabled]
DAYS = st.dates(min_value=date(2025, 7, 1), max_value=date(2060, 12, 31))


@given(rule=st.sampled_from(COUNTABLE), day=DAYS, later=st.integers(0, 40))
def test_a_later_event_never_ends_earlier(rule, day, later):
    assert rules.count(rule, day).last_day <= rules.count(rule, day + timedelta(days=later)).last_day


@given(rule=st.sampled_from([rule for rule in COUNTABLE if rule.roll is Roll.NEXT_WORKING_DAY]), day=DAYS)
def test_a_term_that_moves_never_ends_on_a_day_off(rule, day):
    counted = rules.count(rule, day)
    assert rules.calendar_of(rule.calendar).is_working(counted.last_day)
    assert counted.raw_day <= counted.last_day <= counted.raw_day + timedelta(days=12)
    assert len(counted.steps) == (counted.last_day - counted.raw_day).days


@given(rule=st.sampled_from([rule for rule in COUNTABLE if rule.unit is Unit.WORKING_DAYS]), day=DAYS)
def test_working_days_are_counted_one_by_one(rule, day):
    counted = rules.count(rule, day)
    span = [day + timedelta(days=n) for n in range(1, (counted.last_day - day).days + 1)]
    assert sum(rules.calendar_of("KZ").is_working(each) for each in span) == rule.period
    assert len(counted.steps) == len(span) - rule.period


@given(
    rule=st.sampled_from([rule for rule in COUNTABLE if rule.unit in {Unit.MONTHS, Unit.YEARS}]),
    day=DAYS,
)
def test_months_end_on_the_same_number_or_on_the_last_of_a_shorter_month(rule, day):
    raw = rules.count(rule, day).raw_day
    assert raw.day == day.day or (raw.day < day.day and (raw + timedelta(days=1)).day == 1)


@given(rule=st.sampled_from(COUNTABLE), day=DAYS, locale=st.sampled_from(["en", "ru", "kk"]))
def test_the_sentence_names_the_last_day_and_the_citation(rule, day, locale):
    text = rules.explain(rule.id, day, locale)
    last = rules.last_day(rule.id, day)
    assert format_date(last, "d MMMM", locale=locale) in text
    assert rule.citation.to(locale) in text
    assert ("(Not verified" in text or locale != "en") or rule.is_verified


@given(day=st.dates(date(2020, 1, 1), date(2040, 12, 31)), margin=st.integers(0, 10))
def test_the_internal_target_is_a_working_day_that_many_working_days_earlier(day, margin):
    target = rules.internal_target(day, margin)
    calendar = rules.calendar_of("KZ")
    between = [target + timedelta(days=n) for n in range((day - target).days)]
    assert sum(calendar.is_working(each) for each in between) == margin
