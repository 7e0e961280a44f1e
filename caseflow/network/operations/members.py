"""What happens to a member: her key is confirmed, she chooses how things look, she leaves."""

from __future__ import annotations

from datetime import datetime

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.kernel.announce import announce, on
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import LANGUAGES
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member
from caseflow.vault.keys import MemberPublic, fingerprint


def confirm_key(member: Member, *, words: str, by: Actor, at: datetime) -> None:
    """Confirm the key of `member` after its eight words were compared; `words` is what she read out.

    Raises `RuleBroken` at `words` when they differ. A coordinator confirmed gets the keys of all safes with it.
    """
    demand(policy.may_confirm_key(by, member), about=ledger.name_of(member))
    identity = db.session.get_one(Identity, member.id)
    if _plain(words) != _plain(fingerprint(MemberPublic.from_bytes(identity.public))):
        raise RuleBroken(
            N_("These are not the eight words of this key. Ask the member to read them out again; do not confirm otherwise."),
            field="words",
            about=ledger.name_of(member),
        )
    keys.confirm(member.id, by=by, at=at)
    ledger.record("network.confirm_key", by=by, at=at, about=member)
    if member.role is Role.COORDINATOR:
        keys.settle_everything(by=by, at=at)


def end_membership(member: Member, *, by: Actor, at: datetime) -> None:
    """End every access of `member` in one act: her sessions, her assignments and her keys."""
    demand(policy.may_end_membership(by, member), about=ledger.name_of(member))
    db.session.add(Departure(member_id=member.id, by_id=by.member_id, at=at))
    db.session.flush()
    announce("network.member_left", member=member, by=by, at=at)
    ledger.record("network.end_membership", by=by, at=at, about=member)
    keys.settle_everything(by=by, at=at)


def set_preferences(member: Member, *, language: str | None, theme: str | None, by: Actor, at: datetime) -> None:
    """Keep how a member wants the pages to look and her letters to read."""
    if member.id != by.member_id:
        demand(N_("Everybody chooses her own language."), about=ledger.name_of(member))
    if language in LANGUAGES:
        member.language = language
    if theme in ("auto", "light", "dark"):
        member.theme = theme
    ledger.record("network.set_preferences", by=by, at=at, about=member)


def _plain(words: str) -> str:
    return "".join(letter for letter in words.lower() if letter.isalpha())


@on("web.preferences")
def _keep_preferences(by: Actor, language: str | None, theme: str | None, at: datetime) -> None:
    set_preferences(db.session.get_one(Member, by.member_id), language=language, theme=theme, by=by, at=at)
