"""The table of roles and acts, computed by asking every predicate about stand-ins of what is one's own and what is not.

The page "What may I do?" and the README show it, so neither can say anything else than the code does.

Seeing is decided by keys, on a floor above this one: `rows` is given the function that tells who holds which safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from caseflow.access import (
    cases,
    deadlines,
    entrance,
    evidence,
    incidents,
    network,
    precedents,
    proceedings,
    remedies,
    reports,
)
from caseflow.access.actor import Actor, Objection, Role
from caseflow.kernel.clock import now
from caseflow.kernel.words import N_

ME, OTHER = "me", "other"
INCIDENT, CASE, REVIEW = "incident", "case", "review"
YES, OWN, OTHERS, NO = "yes", "own", "others", "no"
WORDS = {
    YES: N_("yes"),
    OWN: N_("her own"),
    OTHERS: N_("those of others"),
    NO: N_("no"),
}
HEADINGS = {
    "": N_("In the network"),
    INCIDENT: N_("Incidents: a documenter's own are those she logged, a lawyer's own those of her cases"),
    CASE: N_("Cases: a lawyer's own are those in which she is counsel"),
    REVIEW: N_("Reviews of decisions: one's own are those one was asked to score"),
}
UNSEEN = N_("It does not exist for this role.")

Ask = Callable[[Actor, bool], Objection]
Holds = Callable[[Role, str, bool], bool]


@dataclass(frozen=True)
class Act:
    """Something one can do: its words, the kind of safe it happens in ('' for none), and how the predicate is asked."""

    words: str
    kind: str
    ask: Ask
    predicates: tuple[Callable[..., Any], ...]


@dataclass(frozen=True)
class Cell:
    """What one role may do: a key of `WORDS`, and the objection to what it may not, if any."""

    answer: str
    why: Objection


@dataclass(frozen=True)
class Row:
    """One act and the answer for each role."""

    words: str
    kind: str
    cells: Mapping[Role, Cell]


def _thing(**facts: Any) -> Any:
    """Return a stand-in for a row with just these facts."""
    return SimpleNamespace(**facts)


def _incident(actor: Actor, own: bool, state: str) -> Any:
    mine = own and not actor.is_lawyer
    return _thing(id="i", state=state, by_id=ME if mine else OTHER, safe_id="s")


def _case(own: bool, state: str = "open") -> Any:
    counsel = [_thing(member_id=ME if own else OTHER, until=None)]
    return _thing(id="c", state=state, counsel=counsel, safe_id="s")


def _review(own: bool, scores: Sequence[str] = ()) -> Any:
    return _thing(
        id="r",
        state="open",
        safe_id="s",
        scorers=[_thing(member_id=ME)] if own else [],
        scores=[_thing(scorer_id=who) for who in scores],
    )


def _member() -> Any:
    return _thing(id=OTHER, departure=None)


def _act(words: str, kind: str, ask: Ask, *predicates: Callable[..., Any]) -> Act:
    return Act(words, kind, ask, predicates)


def _in_case(words: str, *predicates: Callable[[Actor, Any], Objection]) -> Act:
    def ask(actor: Actor, own: bool) -> Objection:
        return next(filter(None, (may(actor, _case(own)) for may in predicates)), None)

    return Act(words, CASE, ask, predicates)


def _on_incident(words: str, state: str, *predicates: Callable[[Actor, Any], Objection]) -> Act:
    def ask(actor: Actor, own: bool) -> Objection:
        return next(filter(None, (may(actor, _incident(actor, own, state)) for may in predicates)), None)

    return Act(words, INCIDENT, ask, predicates)


def _plain(words: str, *predicates: Callable[[Actor], Objection]) -> Act:
    def ask(actor: Actor, _own: bool) -> Objection:
        return next(filter(None, (may(actor) for may in predicates)), None)

    return Act(words, "", ask, predicates)


_DEADLINE = _thing(state="confirmed")
_CONSENT = _thing(withdrawal=None)
_REQUEST = _thing(verdict=None, asked_by_id=OTHER, subject="")
_INVITATION = _thing(accepted_at=None, withdrawn_at=None)

ACTS: tuple[Act, ...] = (
    _plain(N_("Log an incident"), incidents.may_log),
    _plain(N_("Bring in a list of incidents"), incidents.may_import),
    _plain(N_("Take away as a list the incidents one sees"), incidents.may_export_list),
    _act(N_("See published precedents"), "", lambda _a, _o: None, precedents.visible_to),
    _plain(N_("Record that one decision cites another"), precedents.may_cite),
    _plain(N_("See in rounded numbers what the network has documented"), reports.may_see_counts),
    _plain(N_("See patterns across all incidents, with exact numbers"), reports.may_see_patterns),
    _plain(N_("Open a case"), cases.may_open),
    _act(N_("Have a private calendar address for one's own dates"), "", lambda a, _o: deadlines.may_have_feed(a),
         deadlines.may_have_feed),
    _act(N_("Have names compared with all others in the network, decide about possible conflicts"), "",
         lambda a, _o: cases.may_check_conflicts(a) or cases.may_resolve_conflict(a, _thing(state="possible")),
         cases.may_check_conflicts, cases.may_resolve_conflict),
    _plain(N_("See who carries how much, hand a lawyer's whole load over"), cases.may_hand_over),
    _plain(N_("See the members, invite people, enter organisations"), network.may_see_members, network.may_invite,
           network.may_add_organisation),
    _act(N_("Withdraw an invitation"), "", lambda a, _o: network.may_withdraw_invitation(a, _INVITATION),
         network.may_withdraw_invitation),
    _act(N_("Confirm a member's key"), "", lambda a, _o: network.may_confirm_key(a, _member()), network.may_confirm_key),
    _act(N_("End a membership"), "", lambda a, _o: network.may_end_membership(a, _member()), network.may_end_membership),
    _act(N_("Reset a member's second factor"), "", lambda a, _o: entrance.may_reset_second_factor(a, _member()),
         entrance.may_reset_second_factor),
    _act(N_("Let a member who lost everything begin with a new key"), "",
         lambda a, _o: network.may_start_new_identity(a, _member()), network.may_start_new_identity),
    _act(N_("Approve what another coordinator asks for"), "", lambda a, _o: network.may_decide(a, _REQUEST),
         network.may_decide),
    _act(N_("Ask for the organisation's recovery key to be used, with a second coordinator"), "",
         lambda a, _o: network.may_ask_approval(a) or network.may_use_organisation_key(a, _member()),
         network.may_ask_approval, network.may_use_organisation_key),
    _act(N_("Get the own keys back by the shares alone, when no coordinator can sign in"), "",
         lambda a, _o: network.may_regain(a, _thing(id=a.member_id, departure=None), seen=None, at=now()),
         network.may_regain),
    _plain(N_("Read the ledger of the network"), network.may_read_ledger),
    _plain(N_("Export the key of a safe"), evidence.may_export_key),
    _act(N_("Take a precedent of the network back"), "",
         lambda a, _o: precedents.may_withdraw(a, _thing(origin="own")), precedents.may_withdraw),
    _on_incident(N_("See an incident and its evidence"), "submitted"),
    _on_incident(N_("Change its text"), "draft", incidents.may_edit),
    _on_incident(N_("Take a mistaken entry out of it"), "draft", incidents.may_take_out),
    _on_incident(N_("Submit it"), "draft", incidents.may_submit),
    _on_incident(N_("Answer a question on it"), "information_asked", incidents.may_answer),
    _on_incident(N_("Add people, sources, consent and evidence"), "submitted", incidents.may_add, evidence.may_add,
                 evidence.may_go_on),
    _act(N_("Add a version of a file, take a copy of it"), INCIDENT,
         lambda a, _o: (
             evidence.may_add_version(a, _thing())
             or evidence.may_download(a, _thing())
             or evidence.may_examine(a, _thing())
             or evidence.may_copy(a, _thing())
         ),
         evidence.may_add_version, evidence.may_download, evidence.may_examine, evidence.may_copy),
    _on_incident(N_("Export its evidence"), "verified", evidence.may_export),
    _on_incident(N_("Judge whether it, or a person in it, is the same as another"), "submitted", incidents.may_judge),
    _act(N_("Record that consent was withdrawn"), INCIDENT, lambda a, _o: incidents.may_withdraw_consent(a, _CONSENT),
         incidents.may_withdraw_consent),
    _on_incident(N_("Review it, ask for more, decline it"), "in_review", incidents.may_review, incidents.may_ask,
                 incidents.may_decline),
    _on_incident(N_("Take it into review"), "submitted", incidents.may_take_into_review),
    _on_incident(N_("Verify it"), "in_review", incidents.may_verify),
    _on_incident(N_("Close it without a case"), "verified", incidents.may_close),
    _on_incident(N_("Refer parts of it to another organisation"), "verified", incidents.may_refer),
    _on_incident(N_("Accept or reject what another organisation referred"), "offered", incidents.may_decide_referral),
    _act(N_("Take back what was referred and not accepted"), INCIDENT,
         lambda a, _o: incidents.may_take_back(a, _thing(state="referred", referrals=[_thing(state="offered")])),
         incidents.may_take_back),
    _on_incident(N_("Take it into a case"), "verified", incidents.may_take_to_case),
    _in_case(N_("See a case and its evidence")),
    _in_case(N_("Export its evidence with that of its incidents"), evidence.may_export),
    _in_case(N_("Record what lets counsel act for the client"), cases.may_record_mandate),
    _in_case(N_("Describe it, write notes, add parties, give tasks"), cases.may_edit, cases.may_note, cases.may_add_party,
             cases.may_correct_party, cases.may_give_task, cases.may_record_letter, cases.may_relate, cases.may_work_in),
    _act(N_("Finish a task"), CASE, lambda a, o: cases.may_finish_task(a, _case(o), _thing(done_at=None)),
         cases.may_finish_task),
    _in_case(N_("Open proceedings, move them, record hearings, filings and decisions"), proceedings.may_open,
             proceedings.may_move, proceedings.may_record),
    _act(N_("Confirm, change or decline a deadline, mark it met"), CASE,
         lambda a, o: deadlines.may_decide(a, _case(o), _DEADLINE) or deadlines.may_meet(a, _case(o), _DEADLINE),
         deadlines.may_decide, deadlines.may_meet),
    _in_case(N_("Record what was ordered and whether it was done"), remedies.may_record, remedies.may_follow_up),
    _in_case(N_("Propose a decision as a precedent"), precedents.may_propose),
    _in_case(N_("Assign counsel, link an incident"), cases.may_assign_counsel, cases.may_link_incident),
    _act(N_("End an assignment, change its role"), CASE,
         lambda a, _o: cases.may_end_counsel(a, _thing(until=None)) or cases.may_change_role(a, _thing(until=None)),
         cases.may_end_counsel, cases.may_change_role),
    _in_case(N_("Make a bundle for a court, draw letters and filings"), cases.may_bundle, cases.may_draw_paper),
    _in_case(N_("Answer what is asked before it is taken, say what it may come to"), cases.may_select, cases.may_estimate),
    _in_case(N_("Join it into another, sever one from it"), cases.may_join),
    _in_case(N_("Close it"), cases.may_close),
    _act(N_("Put it into the archive"), CASE, lambda a, o: cases.may_archive(a, _case(o, "closed")), cases.may_archive),
    _act(N_("Reopen it"), CASE, lambda a, o: cases.may_reopen(a, _case(o, "closed")), cases.may_reopen),
    _act(N_("See a review"), REVIEW, lambda _a, _o: None),
    _act(N_("Score the decision, unless one was counsel"), REVIEW, lambda a, o: precedents.may_score(a, _review(o), ()),
         precedents.may_score),
    _act(N_("Ask somebody to score it"), REVIEW, lambda a, o: precedents.may_invite_scorer(a, _review(o)),
         precedents.may_invite_scorer),
    _act(N_("Publish it, once two people have scored"), REVIEW,
         lambda a, o: precedents.may_publish(a, _review(o, ("x", "y"))), precedents.may_publish),
)  # fmt: skip


def rows(holds: Holds) -> list[Row]:
    """Return every act with the answer for each role; `holds(role, kind, own)` tells who holds the safe of such a thing."""
    return [Row(act.words, act.kind, {role: _cell(act, role, holds) for role in Role}) for act in ACTS]


def _cell(act: Act, role: Role, holds: Holds) -> Cell:
    actor = Actor(ME, "", role)
    if not act.kind:
        objection = act.ask(actor, True)
        return Cell(NO if objection else YES, objection)
    own, foreign = (act.ask(actor, whose) if holds(role, act.kind, whose) else UNSEEN for whose in (True, False))
    if own is None:
        return Cell(YES, None) if foreign is None else Cell(OWN, foreign)
    return Cell(OTHERS, own) if foreign is None else Cell(NO, own)


def markdown(found: Sequence[Row]) -> str:
    """Return the table as the README shows it: English, one table for each heading."""
    lines: list[str] = []
    for kind, heading in HEADINGS.items():
        lines += [f"**{heading}**", "", "| | documenter | lawyer | coordinator |", "|---|---|---|---|"]
        for row in (row for row in found if row.kind == kind):
            words = (WORDS[row.cells[role].answer] for role in (Role.DOCUMENTER, Role.LAWYER, Role.COORDINATOR))
            lines.append(f"| {row.words} | {' | '.join(words)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
