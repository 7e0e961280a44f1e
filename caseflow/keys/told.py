"""Whether the ledger tells why somebody is to have a key: the facts themselves are rows that could have been slipped in.

Who logged an incident, who is counsel, which incident is in which case and who scores are readable columns, and keys
follow them by themselves. So before a key is given, the signed rows about those facts are asked for, by safe. Who signed
one had a key that counted at that row and the role that such an act takes, and the first row about a thing counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from caseflow.access.facts import gather
from caseflow.kernel.db import db
from caseflow.keys.rules import Facts, entitled
from caseflow.ledger.models import KEY_ACTS, Event, told_in
from caseflow.ledger.signers import Keys, member_keys, signer_of

_ABOUT_SAFES = (
    "incidents.log", "cases.open_case", "cases.link_incident", "cases.assign_counsel", "cases.end_counsel",
    "precedents.propose", "precedents.invite_scorer", "incidents.pass_on", "incidents.take_back",
)  # fmt: skip
_MAKING = ("incidents.log", "incidents.pass_on", "cases.open_case", "precedents.propose")
_COORDINATORS = frozenset({
    "cases.open_case", "cases.link_incident", "cases.assign_counsel", "precedents.invite_scorer", "incidents.hand_over",
    "incidents.pass_on", "incidents.take_back",
})  # fmt: skip
_OF_EPOCHS = ("keys.make_safe", "keys.withdraw")


@dataclass
class _Told:
    """What signed rows say, by safe."""

    references: dict[str, str] = field(default_factory=dict)
    logged: dict[str, str] = field(default_factory=dict)
    counsel: dict[str, dict[str, str]] = field(default_factory=dict)  # case's safe -> assignment -> member
    contains: dict[str, set[str]] = field(default_factory=dict)  # case's safe -> references of incidents
    case_of: dict[str, str] = field(default_factory=dict)  # review's safe -> reference of its case
    scorers: dict[str, set[str]] = field(default_factory=dict)
    ever: dict[str, set[str]] = field(default_factory=dict)  # safe -> who logged, took over, was counsel or scorer


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


def told_epochs(safes: Collection[str]) -> dict[str, dict[int, str | None]]:
    """Return safe -> epoch -> the `age1…` it was made with, of every epoch that the ledger tells of; older rows told none.

    The first row that counts: signed by whoever made the safe, and for a later epoch by a coordinator or somebody who
    had a right to the safe by then or earlier.
    """
    made = Event.subject.in_([f"safes:{safe}" for safe in safes]), Event.verb.in_(_OF_EPOCHS), Event.result == "done"
    events = list(db.session.scalars(select(Event).where(*made, Event.seq >= 1).order_by(Event.seq)))
    keys = member_keys()[0] if events else {}
    found: dict[str, dict[int, str | None]] = {}
    rights: dict[str, set[str]] = {}
    for event in events:
        safe, signer = event.subject.partition(":")[2], signer_of(event, keys)
        public = told_in(event.public)
        epoch = public.get("epoch", 1)
        if not isinstance(epoch, int) or epoch in found.get(safe, ()) or signer is None:
            continue
        if epoch > 1 and not signer.coordinator:
            rights = rights or _ever_entitled({one.subject.partition(":")[2] for one in events})
            if event.actor_id not in rights[safe]:
                continue
        found.setdefault(safe, {})[epoch] = public.get("recipient")
    return found


def is_renewal(event: Event, keys: Keys) -> bool:
    """Tell whether a row `keys.withdraw` counts: of a coordinator, or of somebody who had a right to the safe."""
    signer, safe = signer_of(event, keys), event.subject.partition(":")[2]
    return signer is not None and (signer.coordinator or event.actor_id in _ever_entitled([safe])[safe])


def _ever_entitled(safes: Collection[str]) -> dict[str, set[str]]:
    facts = gather(safes)
    told = _read({*safes, *(case for cases in facts.cases_of.values() for case in cases)})
    found = {}
    for safe in safes:
        cases = [case for case in facts.cases_of.get(safe, ()) if _is_in(told, safe, case)]
        found[safe] = set().union(*(told.ever.get(each, ()) for each in (safe, *cases)))
    return found


def _as_facts(told: _Told, safe: str, facts: Facts) -> Facts:
    """Return only those of the facts that are told as well."""
    claimed = facts.logged.get(safe)
    logged = {safe: claimed} if claimed is not None and claimed == told.logged.get(safe) else {}
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
    told, keys = _Told(), member_keys()[0]
    told_of = Event.safe_id.in_(safes), Event.verb.in_(_ABOUT_SAFES), Event.result == "done", Event.seq >= 1
    about = select(Event).where(*told_of)
    given = select(Event).where(KEY_ACTS, Event.verb == "incidents.hand_over", Event.result == "done")
    events = [*db.session.scalars(about), *db.session.scalars(given)]
    for event in sorted(events, key=lambda event: event.seq):
        signer = signer_of(event, keys)
        if signer is not None and (signer.coordinator or event.verb not in _COORDINATORS):
            _note(told, event)
    return told


def _note(told: _Told, event: Event) -> None:
    safe, public = event.safe_id or "", told_in(event.public)
    if event.verb in _MAKING and not _is_first(told, safe, str(public.get("reference"))):
        return
    match event.verb:
        case "incidents.log" | "incidents.pass_on" | "incidents.take_back":
            _answers(told, safe, event.actor_id if event.verb == "incidents.log" else public.get("member"))
        case "cases.open_case":
            told.contains.setdefault(safe, set()).update(map(str, public.get("incidents") or ()))
        case "cases.link_incident":
            told.contains.setdefault(safe, set()).add(str(public.get("incident")))
        case "cases.assign_counsel":
            _entitle(told, safe, str(public.get("member")))
            told.counsel.setdefault(safe, {}).setdefault(event.subject, str(public.get("member")))
        case "cases.end_counsel":
            told.counsel.get(safe, {}).pop(event.subject, None)
        case "precedents.propose":
            told.case_of[safe] = str(public.get("case"))
        case "precedents.invite_scorer":
            _entitle(told, safe, str(public.get("member")))
            told.scorers.setdefault(safe, set()).add(str(public.get("member")))
        case "incidents.hand_over":
            _hand_over(told, event.subject.partition(":")[2], str(public.get("member")))


def _answers(told: _Told, safe: str, member: object) -> None:
    if member is not None:  # of what is taken back two safes tell, and of one of them only who answers for it now
        _entitle(told, safe, str(member))
        told.logged[safe] = str(member)


def _is_first(told: _Told, safe: str, reference: str) -> bool:
    # What a safe is for is said once: whoever says it again has moved something of hers into somebody's safe.
    first = safe not in told.references
    told.references.setdefault(safe, reference)
    return first


def _hand_over(told: _Told, leaver: str, taker: str) -> None:
    for safe in [safe for safe, by in told.logged.items() if by == leaver]:
        _entitle(told, safe, taker)
        told.logged[safe] = taker


def _entitle(told: _Told, safe: str, member: str) -> None:
    told.ever.setdefault(safe, set()).add(member)
