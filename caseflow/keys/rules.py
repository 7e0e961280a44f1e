"""Who is entitled to which safe: one pure rule.

Source: the table of roles in the network's statute as the README prints it. A documenter holds the safes of the
incidents she logged or that were passed on to her; counsel hold their case, the incidents linked to it and the reviews of its decisions; a scorer
holds the review she was asked to score; every coordinator holds all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

LOGGED, COUNSEL, LINKED, SCORER, COORDINATOR = "logged", "counsel", "linked", "scorer", "coordinator"


@dataclass(frozen=True)
class Facts:
    """What is true about some safes; members and safes are ids."""

    able: Collection[str]
    coordinators: Collection[str]
    logged: Mapping[str, str]
    counsel: Mapping[str, Collection[str]]
    cases_of: Mapping[str, Collection[str]]
    scorers: Mapping[str, Collection[str]]


def entitled(facts: Facts, safe: str) -> dict[str, str]:
    """Return member -> reason for everyone who is to hold `safe`; nobody without a confirmed key is among them."""
    holders: dict[str, str] = dict.fromkeys(facts.coordinators, COORDINATOR)
    for member in facts.scorers.get(safe, ()):
        holders.setdefault(member, SCORER)
    for case_safe in facts.cases_of.get(safe, ()):
        for member in facts.counsel.get(case_safe, ()):
            holders[member] = LINKED
    for member in facts.counsel.get(safe, ()):
        holders[member] = COUNSEL
    if safe in facts.logged:
        holders[facts.logged[safe]] = LOGGED
    return {member: reason for member, reason in holders.items() if member in facts.able}
