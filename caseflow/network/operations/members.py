"""What happens to a member: her key is confirmed, she chooses how things look, she leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.kernel.announce import announce, on
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import LANGUAGES
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.keys.operations.approvals import COORDINATOR, NEW_IDENTITY
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event, told_in
from caseflow.ledger.signers import member_keys, signer_of
from caseflow.network.leaving import NOBODY, demand_taken, duties_of
from caseflow.network.models import Departure, Invitation, LetterChoice, Member
from caseflow.network.operations.invitations import facts_of
from caseflow.vault.keys import MemberPublic, fingerprint

UNAPPROVED = N_("No second coordinator approved that she becomes a coordinator. Do not confirm; invite her anew.")


def confirm_key(member: Member, *, words: str, by: Actor, at: datetime) -> None:
    """Confirm the key of `member` after its eight words were compared; `words` is what she read out.

    Raises `RuleBroken` at `words` when they differ. She gets the keys of all safes she is entitled to with it; those of
    very many safes follow in `keys.settle_some`.
    """
    demand(policy.may_confirm_key(by, member), about=ledger.name_of(member))
    identity = db.session.get_one(Identity, member.id)
    if plain_words(words) != plain_words(fingerprint(MemberPublic.from_bytes(identity.public))):
        raise RuleBroken(
            N_(
                "These are not the eight words of this key. Ask the member to read them out again; do not confirm otherwise."
            ),
            field="words",
            about=ledger.name_of(member),
        )
    _demand_invited(member)
    _demand_second(member, by)
    keys.confirm(member.id, by=by, at=at)
    ledger.record("network.confirm_key", by=by, at=at, about=member)
    if member.role is Role.COORDINATOR:
        keys.ask_again_for_key(by=by, at=at)
    # A new coordinator lacks everything; somebody with a new key lacks what the key before it opened.
    keys.give_all(member.id, by=by, at=at)
    keys.settle_some(by=by, at=at)


def _invitation_of(member: Member) -> Invitation | None:
    accepted = Invitation.email == member.email, Invitation.accepted_at.is_not(None)
    return db.session.scalar(select(Invitation).where(*accepted).order_by(Invitation.accepted_at.desc()).limit(1))


def _demand_invited(member: Member) -> None:
    """Refuse a role that no coordinator's signed row gave the member: the column could have been changed.

    She invited her in it, or founded the network herself.
    """
    invitation = _invitation_of(member)
    invited = Event.subject == f"invitations:{invitation.id if invitation else ''}", Event.verb == "network.invite"
    founded = Event.actor_id == member.id, Event.verb == "network.found"
    done = select(Event).where(Event.result == "done", Event.seq >= 1, or_(and_(*invited), and_(*founded)))
    signers, roles = member_keys()[0], set()
    for event in db.session.scalars(done):
        signer = signer_of(event, signers)
        if signer is not None and signer.coordinator:
            roles.add(told_in(event.public).get("role", str(Role.COORDINATOR)))
    if roles != {str(member.role)}:
        raise RuleBroken(
            N_(
                "The ledger does not tell that a coordinator invited her in this role. Do not confirm; tell the operator."
            ),
            field="words",
            about=ledger.name_of(member),
        )


def _demand_second(member: Member, by: Actor) -> None:
    """Refuse a coordinator's key that no second coordinator approved, and that whoever asked for it also confirms it."""
    if member.role is not Role.COORDINATOR:
        return
    invitation = _invitation_of(member)
    approval = keys.was_used(NEW_IDENTITY, ledger.name_of(member))
    if approval is None and invitation is not None:
        approval = keys.was_used(COORDINATOR, ledger.name_of(invitation), facts=facts_of(invitation))
    if approval is None:
        raise RuleBroken(UNAPPROVED, field="words", about=ledger.name_of(member))
    if approval.verdict == "approved" and approval.asked_by_id == by.member_id:
        words = N_("You asked for this coordinator's key, so another coordinator compares the words and confirms it.")
        raise RuleBroken(words, field="words", about=ledger.name_of(member))


def end_membership(member: Member, *, hand_over: Mapping[str, str] | None = None, by: Actor, at: datetime) -> None:
    """End every access of `member` in one act: her sessions, her assignments and her keys.

    `hand_over` names for each of her duties (`leaving.duties_of`) the member who takes it, or `NOBODY`. Raises
    `RuleBroken` at a duty that nobody was named for. New epochs of many safes follow in `keys.settle_some`.
    """
    demand(policy.may_end_membership(by, member), about=ledger.name_of(member))
    duties, taken = duties_of(member), dict(hand_over or {})
    demand_taken(duties, taken, about=ledger.name_of(member))
    taken = {duty.key: taken.get(duty.key) or NOBODY for duty in duties}
    db.session.add(Departure(member_id=member.id, by_id=by.member_id, at=at))
    db.session.flush()
    safes = keys.take_all(member.id, by=by, at=at)
    announce("network.member_left", member=member, hand_over=taken, by=by, at=at)
    ledger.record("network.end_membership", by=by, at=at, about=member, public={"safes": safes})
    for taker in sorted(set(taken.values()) - {NOBODY}):
        keys.give_all(taker, by=by, at=at)
    keys.settle_some(by=by, at=at)


def set_preferences(member: Member, *, language: str | None, theme: str | None, by: Actor, at: datetime) -> None:
    """Keep how a member wants the pages to look and her letters to read."""
    if member.id != by.member_id:
        demand(N_("Everybody chooses her own language."), about=ledger.name_of(member))
    if language in LANGUAGES:
        member.language = language
    if theme in ("auto", "light", "dark"):
        member.theme = theme
    ledger.record("network.set_preferences", by=by, at=at, about=member)


def choose_letters(member: Member, *, how: str, hour: int, by: Actor, at: datetime) -> None:
    """Keep how a member wants letters about her work: at_once, daily from an `hour` (0 to 23) of her day, or never.

    Raises `RuleBroken` at `how` or `hour` for anything else.
    """
    if member.id != by.member_id:
        demand(N_("Everybody chooses her own letters."), about=ledger.name_of(member))
    if how not in ("at_once", "daily", "never"):
        raise RuleBroken(N_("Choose one."), field="how")
    if not 0 <= hour <= 23:
        raise RuleBroken(N_("Choose one."), field="hour")
    choice = db.session.get(LetterChoice, member.id)
    if choice is None:
        db.session.add(LetterChoice(member_id=member.id, how=how, hour=hour))
    else:
        choice.how, choice.hour = how, hour
    ledger.record("network.choose_letters", by=by, at=at, about=member, public={"how": how})


def plain_words(words: str) -> str:
    """Return eight words as they are compared: letters only, however they were typed."""
    return "".join(letter for letter in words.lower() if letter.isalpha())


@on("web.preferences")
def _keep_preferences(by: Actor, language: str | None, theme: str | None, at: datetime) -> None:
    set_preferences(db.session.get_one(Member, by.member_id), language=language, theme=theme, by=by, at=at)
