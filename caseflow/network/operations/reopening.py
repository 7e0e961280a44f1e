"""The way back for somebody who lost passphrase and recovery code: she herself chooses the new passphrase.

Either with a new key pair, which is confirmed by voice again before anything is granted to it, or, where the
organisation's recovery key was used, with her old one. The link alone restores no data: it comes by mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import urljoin

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.kernel import mail
from caseflow.kernel.announce import announce
from caseflow.kernel.db import db, leave_no_trace
from caseflow.kernel.errors import NotFound, RuleBroken
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity, Reopening
from caseflow.keys.operations.approvals import NEW_IDENTITY
from caseflow.keys.operations.waiting import SOLE_HOLDER
from caseflow.keys.queries import held_by_nobody_else
from caseflow.ledger import operations as ledger
from caseflow.network.models import Departure, Member
from caseflow.network.queries import actor_of, hash_of
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberKeys
from caseflow.vault.recovery import RecoveryCode
from caseflow.vault.reopening import open_seed_with, seal_seed_with

VALID_FOR = timedelta(days=7)
RECOVERED_FOR = timedelta(days=1)  # it is handed over, not sent; whoever saw it on a screen must not keep it
NEW, RECOVERED = "new", "recovered"


def start_new_identity(member: Member, *, by: Actor, at: datetime) -> Reopening | None:
    """Send a member the link by which she chooses a new passphrase and gets a new key pair.

    For a coordinator another one has to approve first, or three days have to pass where there is no other: then None.
    Nothing is taken from her before she opens the link.
    Raises `RuleBroken` when nobody else holds what she holds.
    """
    demand(policy.may_start_new_identity(by, member), about=ledger.name_of(member))
    if held_by_nobody_else(member.id):
        raise RuleBroken(SOLE_HOLDER, about=ledger.name_of(member))
    facts, subject = identity_facts(member), ledger.name_of(member)
    if member.role is Role.COORDINATOR and keys.ripe(NEW_IDENTITY, subject, facts=facts, by=by, at=at) is None:
        warn_of_request(member, at=at)
        if keys.ask_approval(NEW_IDENTITY, subject, facts=facts, by=by, at=at).verdict is None:
            return None
    return offer_new_identity(member, by=by, at=at)


def offer_new_identity(member: Member, *, by: Actor, at: datetime) -> Reopening:
    """Write the letter with the link. Raises `RuleBroken` while a coordinator's takes an approval."""
    demand(policy.may_see_members(by), about=ledger.name_of(member))
    if member.role is Role.COORDINATOR:
        keys.use_approval(NEW_IDENTITY, ledger.name_of(member), facts=identity_facts(member), by=by, at=at)
    reopening, link = _offer(member, NEW, None, by=by, at=at)
    with force_locale(member.language):
        subject = _("Your new key for caseflow")
        body = _(
            "Open this address within seven days and choose a new passphrase:\n%(link)s\n\n"
            "You get a new key. Then call a coordinator and read your eight new words to her; after that you can read "
            "again what is yours to read. Your old passphrase and your old recovery code open nothing any more.\n\n"
            "If you did not ask for this, do not open the address and tell a coordinator.",
            link=link,
        )
    mail.write(member.email, subject, body, at=at)
    ledger.record("network.start_new_identity", by=by, at=at, about=member)
    return reopening


def offer_recovered(member: Member, pair: MemberKeys, *, by: Actor, at: datetime) -> str:
    """Seal a member's recovered seed under a link for her and return it; who recovered it has asked who may."""
    demand(policy.may_see_members(by), about=ledger.name_of(member))
    _reopening, link = _offer(member, RECOVERED, pair, by=by, at=at)
    tell(
        member,
        N_(
            "The organisation's recovery key was used to open your account. A link by which you choose a new passphrase was made and is handed to you."
        ),
        at=at,
    )
    ledger.record("network.offer_recovered", by=by, at=at, about=member)
    return link


def tell(member: Member, what: str, *, at: datetime) -> None:
    """Write to `member`, in her language, that `what` (a sentence of ours, marked for translation) happened."""
    with force_locale(member.language):
        subject = _("Your account in caseflow")
        body = _(
            "%(what)s\n\nIf you know why, there is nothing to do. If not, call somebody who coordinates your network now.",
            what=_(what),
        )
    mail.write(member.email, subject, body, at=at)


def warn_of_request(member: Member, *, at: datetime) -> None:
    """Write to a coordinator that somebody asks for a way into her account: by signing in she shows that she needs none."""
    if member.role is not Role.COORDINATOR:
        return
    with force_locale(member.language):
        subject = _("Somebody asked for a new way into your account")
        body = _(
            "Another coordinator says that you lost your passphrase and your recovery code, and asks to let you begin anew. "
            "If that is not so, sign in within three days: where nobody else has to approve it, that alone stops it. Then "
            "talk to the coordinators of your network."
        )
    mail.write(member.email, subject, body, at=at)


def open_reopening(token: str, *, at: datetime) -> Reopening:
    """Return the link that is still good; raise `NotFound` for any other token."""
    query = select(Reopening).where(
        Reopening.token_hash == hash_of(token),
        Reopening.used_at.is_(None),
        Reopening.withdrawn_at.is_(None),
        Reopening.expires_at > at,
    )
    found = db.session.scalar(query)
    if found is None or db.session.get(Departure, found.member_id) is not None:
        raise NotFound(about="reopenings:")
    return found


def reopen(
    reopening: Reopening, *, token: str, passphrase: str, at: datetime, prepared: keys.Prepared | None = None
) -> tuple[Member, MemberKeys, RecoveryCode]:
    """Let the member choose her new passphrase; return her keys and the new recovery code, which is shown once.

    With a new key pair every grant of the old one ends here, and her sessions end in any case. Raises `RuleBroken` at
    `passphrase`.
    """
    member = db.session.get_one(Member, reopening.member_id)
    identity = db.session.get_one(Identity, member.id)
    known = (member.name, member.email)
    if reopening.kind == NEW:
        keys.take_all(member.id, by=None, at=at)
        pair, code = keys.replace_identity(
            identity, passphrase=passphrase, known=known, by=None, at=at, prepared=prepared
        )
    else:
        pair = MemberKeys.from_seed(open_seed_with(token, reopening.seed_sealed or b"", member.id))
        keys.change_passphrase(
            identity, keys=pair, passphrase=passphrase, known=known, by=None, at=at, prepared=prepared
        )
        code = keys.renew_code(identity, keys=pair, by=actor_of(member, pair), at=at)
    reopening.used_at, reopening.seed_sealed = at, None
    tell(member, N_("A new passphrase was chosen for your account by the link that was made for it."), at=at)
    announce("network.member_reopened", member=member, kind=reopening.kind, at=at)
    ledger.record("network.reopen", by=None, at=at, about=member, public={"kind": reopening.kind})
    return member, pair, code


def identity_facts(member: Member) -> bytes:
    """Return what a second coordinator approves: whose key is to be replaced, and which."""
    identity = db.session.get_one(Identity, member.id)
    return fields("caseflow/v1/new-identity", member.id, identity.public)


def _offer(member: Member, kind: str, pair: MemberKeys | None, *, by: Actor, at: datetime) -> tuple[Reopening, str]:
    open_ones = select(Reopening).where(Reopening.member_id == member.id, Reopening.used_at.is_(None))
    for earlier in db.session.scalars(open_ones.where(Reopening.withdrawn_at.is_(None))):
        earlier.withdrawn_at, earlier.seed_sealed = at, None
        leave_no_trace()
    token = token_urlsafe(32)
    reopening = Reopening(
        member_id=member.id,
        kind=kind,
        token_hash=hash_of(token),
        seed_sealed=seal_seed_with(token, pair.seed, member.id) if pair else None,
        by_id=by.member_id,
        at=at,
        expires_at=at + (VALID_FOR if kind == NEW else RECOVERED_FOR),
    )
    db.session.add(reopening)
    db.session.flush()
    return reopening, urljoin(current().url.rstrip("/") + "/", f"reopen/{token}")
