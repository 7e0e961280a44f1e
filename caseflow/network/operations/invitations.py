"""How somebody comes in: an invitation by mail, answered with a passphrase of her own."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import urljoin

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from caseflow.access import network as policy
from caseflow.access.actor import ROLE_NAMES, Actor, Role, demand
from caseflow.kernel import mail
from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.operations.approvals import COORDINATOR
from caseflow.ledger import operations as ledger
from caseflow.network.models import Invitation, Member, Organisation
from caseflow.network.queries import hash_of
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberKeys
from caseflow.vault.recovery import RecoveryCode

VALID_FOR = timedelta(days=7)
_ADDRESS = re.compile(r"[^@\s<>\"',;:\\()\[\]]{1,64}@[^@\s<>\"',;:\\()\[\]]{1,190}\.[^@\s.]{2,60}")


def clean_email(text: str) -> str:
    """Return the address in its one stored form; raise `RuleBroken` at `email` when it is none."""
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise RuleBroken(N_("This is not an e-mail address. It looks like name@example.org."), field="email")
    return address


def clean_name(text: str, field: str) -> str:
    """Return a name without surrounding or control characters; raise `RuleBroken` at `field` when nothing is left."""
    name = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C").strip()
    if not name:
        raise RuleBroken(N_("Write a name here."), field=field)
    if len(name) > 120:
        raise RuleBroken(N_("Use at most 120 characters."), field=field)
    return name


def invite(
    *, email: str, name: str, role: Role, organisation: Organisation, language: str, by: Actor, at: datetime
) -> tuple[Invitation, str]:
    """Invite somebody and promise the letter; return the invitation and the link in it, which is nowhere else.

    A coordinator is invited by two: the letter goes when another has approved, and until then the link is ''. An
    earlier open invitation to the same address is replaced. Raises `RuleBroken` at `email` for a present member.
    """
    demand(policy.may_invite(by), about="invitations:")
    email, name = clean_email(email), clean_name(name, "name")
    if db.session.scalar(select(Member.id).where(func.lower(Member.email) == email)) is not None:
        raise RuleBroken(N_("Somebody with this address has an account already."), field="email")
    for earlier in db.session.scalars(select(Invitation).where(Invitation.email == email, _open())):
        earlier.withdrawn_at = at
    invitation = Invitation(
        email=email,
        name=name,
        role=role,
        organisation_id=organisation.id,
        language=language,
        token_hash=hash_of(token_urlsafe(24)),  # of a link that nobody gets; the letter's own takes its place
        by_id=by.member_id,
        at=at,
        expires_at=at + VALID_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    ledger.record("network.invite", by=by, at=at, about=invitation, public={"role": str(role)})
    if role is Role.COORDINATOR:
        subject, facts = ledger.name_of(invitation), facts_of(invitation)
        if keys.ask_approval(COORDINATOR, subject, facts=facts, by=by, at=at).verdict is None:
            return invitation, ""
    return invitation, send_invitation(invitation, by=by, at=at)


def send_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> str:
    """Promise the letter of an invitation and return the link in it. Raises `RuleBroken` while it takes an approval."""
    demand(policy.may_invite(by), about=ledger.name_of(invitation))
    if invitation.role is Role.COORDINATOR:
        keys.use_approval(COORDINATOR, ledger.name_of(invitation), facts=facts_of(invitation), by=by, at=at)
    token = token_urlsafe(24)
    invitation.token_hash, invitation.expires_at = hash_of(token), at + VALID_FOR
    link = urljoin(current().url.rstrip("/") + "/", f"join/{token}")
    with force_locale(invitation.language):
        subject = _("You are invited to caseflow")
        body = _(
            "You are invited to work in caseflow as: %(role)s.\n\n"
            "Open this address within seven days and choose a passphrase:\n%(link)s\n\n"
            "If you did not expect this letter, do not open the address and tell the person who coordinates your network.",
            role=_(ROLE_NAMES[invitation.role]),
            link=link,
        )
    mail.write(invitation.email, subject, body, at=at)
    ledger.record("network.send_invitation", by=by, at=at, about=invitation)
    return link


def facts_of(invitation: Invitation) -> bytes:
    """Return what a second coordinator approves: who is to become a coordinator, byte for byte."""
    return fields("caseflow/v1/coordinator", invitation.email, invitation.name, invitation.organisation_id)


def withdraw_invitation(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Make the link of an open invitation useless."""
    demand(policy.may_withdraw_invitation(by, invitation), about=ledger.name_of(invitation))
    invitation.withdrawn_at = at
    ledger.record("network.withdraw_invitation", by=by, at=at, about=invitation)


def open_invitation(token: str, *, at: datetime) -> Invitation:
    """Return the open invitation that `token` belongs to; raise `NotFound` for any other token."""
    query = select(Invitation).where(Invitation.token_hash == hash_of(token), _open(), Invitation.expires_at > at)
    invitation = db.session.scalar(query)
    if invitation is None:
        raise NotFound(about="invitations:")
    return invitation


def accept(
    invitation: Invitation, *, passphrase: str, at: datetime, prepared: keys.Prepared | None = None
) -> tuple[Member, MemberKeys, RecoveryCode]:
    """Turn the invitation into a member with keys of her own; return the recovery code, which is shown once.

    She can sign in at once and holds nothing until a coordinator has confirmed her key. Raises `RuleBroken` at
    `passphrase`.
    """
    if db.session.scalar(select(Member.id).where(func.lower(Member.email) == invitation.email)) is not None:
        raise RuleBroken(N_("Somebody with this address has an account already."), about=ledger.name_of(invitation))
    member = Member(
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        organisation_id=invitation.organisation_id,
        language=invitation.language,
        timezone=current().timezone,
        joined_at=at,
    )
    db.session.add(member)
    db.session.flush()
    pair, code = keys.make_identity(
        member.id, passphrase=passphrase, known=(member.name, member.email), by=None, at=at, prepared=prepared
    )
    invitation.accepted_at = at
    public = {"invitation": invitation.id, "role": str(member.role)}
    ledger.record("network.accept", by=None, at=at, about=member, public=public)
    return member, pair, code


def _open() -> ColumnElement[bool]:
    return Invitation.accepted_at.is_(None) & Invitation.withdrawn_at.is_(None)
