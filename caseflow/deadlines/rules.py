"""Periods of law: which rules an event starts, their last day, and why. Start here; the work is done next door.

The rules stand in `data/rules.json`, each with its citation, what was read for it, and whether that was enough
(`verified_text`) or counsel has to look (`to_be_verified`). A rule that is to be verified is shown with its mark and
never alone proves that there is no deadline. Counting is in `counting.py`, days off in `calendars.py`, sentences in
`words.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from caseflow.deadlines.calendars import Calendar, DayOff, Override, calendar_of, corrected
from caseflow.deadlines.counting import (
    INTERNAL_MARGIN,
    Counted,
    Step,
    add_months,
    count,
    count_to_the_minute,
    internal_target,
)
from caseflow.deadlines.tables import (
    DeadlineRefusal,
    NoFixedTerm,
    OutsideValidity,
    Roll,
    Rule,
    RuleDisabled,
    Source,
    Start,
    Unit,
    UnknownRule,
    labels,
    read,
    table,
)
from caseflow.deadlines.words import period_words, sentence, sentence_without_term
from caseflow.kernel.words import N_, InLanguages

__all__ = [
    "INTERNAL_MARGIN",
    "WARNING_DAYS",
    "Calendar",
    "Counted",
    "DayOff",
    "DeadlineRefusal",
    "NoFixedTerm",
    "OutsideValidity",
    "Override",
    "Roll",
    "Rule",
    "RuleDisabled",
    "Source",
    "Start",
    "Step",
    "Unit",
    "UnknownRule",
    "add_months",
    "all_rules",
    "calendar_of",
    "corrected",
    "count",
    "count_to_the_minute",
    "event_label",
    "events",
    "explain",
    "fact_label",
    "facts_asked",
    "internal_target",
    "jurisdictions_reaching",
    "last_day",
    "period_label",
    "rule",
    "rules_started_by",
]

WARNING_DAYS = (14, 7, 3, 1, 0)  # counsel is warned so many days before the last day, and on it


def all_rules() -> tuple[Rule, ...]:
    """Return every rule in the order of the table, the disabled ones too."""
    return tuple(table().values())


def rule(rule_id: str) -> Rule:
    """Return one rule; raises `UnknownRule`."""
    found = table().get(rule_id)
    if found is None:
        raise UnknownRule(N_("There is no such rule."), about=rule_id)
    return found


def last_day(rule_id: str, trigger: date, calendar: Calendar | None = None) -> date:
    """Return the last day of the rule's period for an event on `trigger`; raises what `count` raises."""
    return count(rule(rule_id), trigger, calendar).last_day


def explain(rule_id: str, trigger: date, locale: str, calendar: Calendar | None = None) -> str:
    """Return one sentence, in en, ru or kk, that says how the last day follows from the event.

    A rule without a period says so. Raises `UnknownRule`, `OutsideValidity`, `RuleDisabled`.
    """
    found = rule(rule_id)
    if found.has_term or found.disabled:
        return sentence(count(found, trigger, calendar), locale)
    return sentence_without_term(found, locale)


def rules_started_by(
    event: str,
    *,
    jurisdiction: str | Collection[str] | None = None,
    procedure: str | None = None,
    facts: Collection[str] | None = None,
) -> list[Rule]:
    """Return the enabled rules that an event starts, in the order of the table.

    `procedure` is the procedure in which the event happened; rules bound to other procedures drop out, rules bound to
    none stay. `facts` are codes of `facts_asked`; None means that nothing is known yet, and every rule that might run
    is returned, because a deadline proposed for nothing costs less than one not seen.
    """
    wanted = {jurisdiction} if isinstance(jurisdiction, str) else jurisdiction
    return [
        candidate
        for candidate in table().values()
        if not candidate.disabled
        and (wanted is None or candidate.jurisdiction in wanted)
        and (procedure is None or not candidate.procedures or procedure in candidate.procedures)
        and any(_holds(start, event, facts) for start in candidate.starts)
    ]


def jurisdictions_reaching(state: str) -> frozenset[str]:
    """Return the jurisdictions whose rules matter for events in a state: KZ and UN for `KZ`, by its treaties."""
    return frozenset(read("rules.json")["states"].get(state, [state]))


def facts_asked(event: str, *, procedure: str | None = None) -> list[str]:
    """Return the codes of the facts on which it depends which rules an event starts, in the order of the table."""
    asked: dict[str, None] = {}
    for candidate in rules_started_by(event, procedure=procedure):
        for start in candidate.starts:
            if start.event == event:
                asked.update(dict.fromkeys(sorted(start.only_if | start.unless)))
    return list(asked)


def events() -> tuple[str, ...]:
    """Return the codes of all events that may start a rule."""
    return tuple(labels("events"))


def event_label(code: str) -> InLanguages:
    """Return what an event is called; raises KeyError for an unknown code."""
    return labels("events")[code]


def fact_label(code: str) -> InLanguages:
    """Return what a fact says, as the end of the question whether it is so; raises KeyError for an unknown code."""
    return labels("facts")[code]


def period_label(found: Rule, locale: str) -> str:
    """Return a rule's period in words, such as `10 рабочих дней`; '' when it has none."""
    return "" if found.period is None else period_words(found.period, found.unit, locale)


def _holds(start: Start, event: str, facts: Collection[str] | None) -> bool:
    if start.event != event:
        return False
    return facts is None or (start.only_if <= set(facts) and not start.unless & set(facts))
