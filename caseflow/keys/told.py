"""Whether the ledger tells why somebody is to have a key: the facts themselves are rows that could have been slipped in.

Who logged an incident, who is counsel, which incident is in which case and who scores are readable columns, and keys
follow them by themselves. So before a key is given, the signed rows about those facts are asked for. They are looked
for by safe, the signature and the role of who signed are checked, and the first row about a thing counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from caseflow.access.actor import Role
from caseflow.access.trust import Vouched, vouched
from caseflow.kernel.db import db
from caseflow.keys.rules import Facts, entitled
from caseflow.ledger.models import KEY_ACTS, Event
from caseflow.ledger.queries import event_row_bytes
from caseflow.ledger.rules import leaf_of
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberPublic, verify

_ABOUT_SAFES = (
    "incidents.log", "cases.open_case", "cases.link_incident", "cases.assign_counsel", "cases.end_counsel",
    "precedents.propose", "precedents.invite_scorer",
)  # fmt: skip
_COORDINATORS = frozenset({"cases.open_case", "cases.link_incident", "cases.assign_counsel", "precedents.invite_scorer"})


@dataclass
class _Told:
    """What signed rows say, by safe."""

    references: dict[str, str] = field(default_factory=dict)
    logged: dict[str, str] = field(default_factory=dict)
    takers: set[str] = field(default_factory=set)
    counsel: dict[str, dict[str, str]] = field(default_factory=dict)  # case's safe -> assignment -> member
    contains: dict[str, set[str]] = field(default_factory=dict)  # case's safe -> references of incidents
    case_of: dict[str, str] = field(default_factory=dict)  # review's safe -> reference of its case
    scorers: dict[str, set[str]] = field(default_factory=dict)


def untold(members: Mapping[str, Collection[str]], facts: Facts) -> dict[str, set[str]]:
    """Return safe -> those of its `members` whose right to it follows from nothing that the ledger tells; few queries.

    That somebody is a coordinator is told by the confirmation of her key.
    """
    asked = {safe: set(found) - set(facts.coordinators) for safe, found in members.items()}
    asked = {safe: found for safe, found in asked.items() if found}
    if not asked:
        return {}
    told = _read({*asked, *(case for safe in asked for case in facts.cases_of.get(safe, ()))})
    doubted = {safe: found - entitled(_as_facts(told, safe, facts), safe).keys() for safe, found in asked.items()}
    return {safe: found for safe, found in doubted.items() if found}


def _as_facts(told: _Told, safe: str, facts: Facts) -> Facts:
    """Return only those of the facts that are told as well."""
    logged = {}
    claimed = facts.logged.get(safe)
    if claimed is not None and (claimed == told.logged.get(safe) or claimed in told.takers):
        logged[safe] = claimed
    cases = [case for case in facts.cases_of.get(safe, ()) if _is_in(told, safe, case)]
    serving = {
        case: set(told.counsel.get(case, {}).values()) & set(facts.counsel.get(case, ())) for case in {safe, *cases}
    }
    scorers = told.scorers.get(safe, set()) & set(facts.scorers.get(safe, ()))
    return Facts(facts.able, facts.coordinators, logged, serving, {safe: cases}, {safe: scorers})


def _is_in(told: _Told, safe: str, case: str) -> bool:
    of_review = told.case_of.get(safe)
    if of_review is not None:
        return of_review == told.references.get(case)
    return told.references.get(safe) in told.contains.get(case, ())


def _read(safes: Collection[str]) -> _Told:
    told = _Told()
    keys: dict[str, list[Vouched]] = {}
    for key in vouched():
        keys.setdefault(key.member, []).append(key)
    about = select(Event).where(Event.safe_id.in_(safes), Event.verb.in_(_ABOUT_SAFES), Event.result == "done")
    given = select(Event).where(KEY_ACTS, Event.verb == "incidents.hand_over", Event.result == "done")
    for query in (about, given):
        for event in db.session.scalars(query.order_by(Event.seq)):
            if _is_signed(event, keys):
                _note(told, event)
    return told


def _note(told: _Told, event: Event) -> None:
    safe, public = event.safe_id or "", event.public
    if event.verb in ("incidents.log", "cases.open_case"):
        told.references.setdefault(safe, str(public.get("reference")))
    match event.verb:
        case "incidents.log":
            told.logged.setdefault(safe, str(event.actor_id))
        case "cases.open_case":
            told.contains.setdefault(safe, set()).update(public.get("incidents", ()))
        case "cases.link_incident":
            told.contains.setdefault(safe, set()).add(str(public.get("incident")))
        case "cases.assign_counsel":
            told.counsel.setdefault(safe, {}).setdefault(event.subject, str(public.get("member")))
        case "cases.end_counsel":
            told.counsel.get(safe, {}).pop(event.subject, None)
        case "precedents.propose":
            told.case_of.setdefault(safe, str(public.get("case")))
        case "precedents.invite_scorer":
            told.scorers.setdefault(safe, set()).add(str(public.get("member")))
        case "incidents.hand_over":
            told.takers.add(str(public.get("member")))


def _is_signed(event: Event, keys: Mapping[str, list[Vouched]]) -> bool:
    """Tell whether the row is what its actor signed, and she had the role that such an act takes."""
    leaf = leaf_of(event_row_bytes(event))
    if event.signature is None or leaf != event.leaf:
        return False
    wanted = {Role.COORDINATOR} if event.verb in _COORDINATORS | {"incidents.hand_over"} else set(Role)
    for key in keys.get(event.actor_id or "", ()):
        if key.role not in wanted:
            continue
        try:
            verify(MemberPublic.from_bytes(key.public), leaf, event.signature, purpose="ledger")
        except VaultError:
            continue
        return True
    return False
