"""Using the organisation's recovery key for a member: one coordinator asks, another approves, the shares are joined."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.access import network as policy
from caseflow.access.actor import Actor, Role, demand
from caseflow.kernel import mail
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.models import Approval, Identity, OrganisationWrap
from caseflow.keys.operations.approvals import USE_KEY
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.network.operations.reopening import offer_recovered, warn_of_request
from caseflow.network.queries import able, coordinator_last_seen
from caseflow.vault.fields import fields
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.keys import MemberKeys


def ask_recovery(member: Member, *, by: Actor, at: datetime) -> Approval:
    """Ask that the organisation's recovery key be used for `member`. Raises `RuleBroken` when it would open nothing."""
    demand(policy.may_use_organisation_key(by, member), about=ledger.name_of(member))
    facts = recovery_facts(member)
    ledger.record("network.ask_recovery", by=by, at=at, about=member)
    warn_of_request(member, at=at)
    return keys.ask_approval(USE_KEY, ledger.name_of(member), facts=facts, by=by, at=at)


def recover(member: Member, identity: FileIdentity, *, by: Actor, at: datetime) -> str:
    """Open a member's keys with the joined recovery key and return the link by which she chooses her new passphrase.

    Raises `RuleBroken` without the approval of a second coordinator, a `VaultError` when the key does not open.
    """
    demand(policy.may_use_organisation_key(by, member), about=ledger.name_of(member))
    keys.use_approval(USE_KEY, ledger.name_of(member), facts=recovery_facts(member), by=by, at=at)
    pair = keys.keys_by_organisation(member.id, identity)
    link = offer_recovered(member, pair, by=by, at=at)
    ledger.record("network.recover", by=by, at=at, about=member)
    return link


def regain(member: Member, pair: MemberKeys, *, by: Actor, at: datetime) -> str:
    """Return the link by which a coordinator chooses a new passphrase, where no coordinator can sign in any more.

    `pair` are her keys, opened with the shares: nobody else approves, because nobody can, and whoever holds the shares
    and the database could open the same without this program. Every coordinator gets a letter. Raises `NotPermitted`
    while one of them still signs in.
    """
    demand(policy.may_regain(by, member, seen=coordinator_last_seen(), at=at), about=ledger.name_of(member))
    link = offer_recovered(member, pair, by=by, at=at)
    ledger.record("network.regain", by=by, at=at, about=member)
    for coordinator in able(Role.COORDINATOR):
        with force_locale(coordinator.language):
            subject = _("The recovery key was used without a second coordinator")
            body = _(
                "Because no coordinator had signed in for three days, the holders of the shares opened the keys of %(name)s "
                "at the server. If you do not know of it, talk to them and to the operator at once.",
                name=member.name,
            )
        mail.write(coordinator.email, subject, body, at=at)
    return link


def recovery_facts(member: Member) -> bytes:
    """Return what a second coordinator approves: whose keys are to be opened with which recovery key."""
    wrap, identity = db.session.get(OrganisationWrap, member.id), db.session.get_one(Identity, member.id)
    if wrap is None or wrap.public != identity.public:
        words = N_("This member has not signed in since the recovery key was made: it opens nothing of hers.")
        raise RuleBroken(words, about=ledger.name_of(member))
    return fields("caseflow/v1/use-organisation-key", member.id, identity.public, wrap.key_id)
