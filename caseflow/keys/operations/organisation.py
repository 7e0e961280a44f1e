"""The organisation's recovery key: two coordinators put it into use, every member's seed gets a wrap to it, two use it."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from caseflow.access import network as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, leave_no_trace
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.kernel.words import N_
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Identity, OrganisationKey, OrganisationWrap
from caseflow.keys.operations.approvals import ORGANISATION_KEY, ask_approval, given, is_genuine, use_approval
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event
from caseflow.ledger.signers import member_keys, signer_of
from caseflow.vault.fields import fields
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.keys import MemberKeys, MemberPublic
from caseflow.vault.organisation import fingerprint_of, unwrap_with, wrap_to

log = logging.getLogger(__name__)
_ACTIVATED, _RETIRED = "keys.activate_organisation_key", "keys.retire_organisation_key"


def offer_organisation_key(public: bytes, *, shares: int, threshold: int, by: Actor, at: datetime) -> OrganisationKey:
    """Store the public half of a new recovery key; it comes into use when a second coordinator approves.

    Where there is none, at once, and the ledger says that it was one alone.
    """
    demand(policy.may_ask_approval(by))
    key = OrganisationKey(public=public, shares=shares, threshold=threshold, made_by_id=by.member_id, made_at=at)
    db.session.add(key)
    db.session.flush()
    told = {"fingerprint": fingerprint_of(public), "shares": shares, "threshold": threshold}
    ledger.record("keys.offer_organisation_key", by=by, at=at, about=key, public=told)
    asked = ask_approval(ORGANISATION_KEY, ledger.name_of(key), facts=key_facts(key), by=by, at=at)
    if asked.verdict is not None:
        activate_organisation_key(key, by=by, at=at)
    return key


def activate_organisation_key(key: OrganisationKey, *, by: Actor, at: datetime) -> None:
    """Put an approved key into use in place of the one before; members' seeds are wrapped to it as they sign in."""
    demand(policy.may_ask_approval(by), about=ledger.name_of(key))
    use_approval(ORGANISATION_KEY, ledger.name_of(key), facts=key_facts(key), by=by, at=at)
    for earlier in db.session.scalars(select(OrganisationKey).where(OrganisationKey.retired_at.is_(None))):
        if earlier.id != key.id:
            earlier.retired_at = at
    key.active_at = at
    _drop_wraps(but=key.id)
    told = {"fingerprint": fingerprint_of(key.public)}
    ledger.record("keys.activate_organisation_key", by=by, at=at, about=key, public=told)
    wrap_for_organisation(by.member_id, ring_of(by).keys, by=by, at=at)


def retire_organisation_key(*, by: Actor, at: datetime) -> int:
    """End the recovery key in use without a new one, when shares were lost or seen; return how many wraps went with it.

    One coordinator alone may: it takes a way in away and gives nobody any.
    """
    demand(policy.may_ask_approval(by), about="organisation_keys:")
    for key in db.session.scalars(select(OrganisationKey).where(OrganisationKey.retired_at.is_(None))):
        key.retired_at = at
    dropped = _drop_wraps()
    ledger.record("keys.retire_organisation_key", by=by, at=at, about="organisation_keys:", public={"wraps": dropped})
    return dropped


def _drop_wraps(*, but: str = "") -> int:
    # Whoever holds shares of an earlier key must find nothing here that they open.
    leave_no_trace()
    db.session.flush()
    return db.session.query(OrganisationWrap).filter(OrganisationWrap.key_id != but).delete(synchronize_session="fetch")


def ask_again_for_key(*, by: Actor, at: datetime) -> None:
    """Ask the first second coordinator to approve the key that one put into use alone; until then nothing is wrapped to it."""
    if present_key() is not None:
        return
    query = select(OrganisationKey).where(OrganisationKey.active_at.is_not(None), OrganisationKey.retired_at.is_(None))
    for key in db.session.scalars(query):
        ask_approval(ORGANISATION_KEY, ledger.name_of(key), facts=key_facts(key), by=by, at=at)


def present_key() -> OrganisationKey | None:
    """Return the recovery key that is in use and carries the signatures of those who approved it, else None.

    A row that somebody slipped into the database has no such signatures, and nobody's seed is wrapped to it. Nor to one
    that was ended or replaced: that is asked of the ledger, for its shares may be with a thief.
    """
    query = select(OrganisationKey).where(OrganisationKey.active_at.is_not(None), OrganisationKey.retired_at.is_(None))
    keys = {ledger.name_of(key): key for key in db.session.scalars(query)}
    key = keys.get(_put_into_use() or "") if keys else None
    if key is None:
        return None
    approvals = given(ORGANISATION_KEY, ledger.name_of(key), facts=key_facts(key))
    return key if any(is_genuine(approval, present=False) for approval in approvals) else None


def _put_into_use() -> str | None:
    """Return the recovery key that a coordinator last put into use by a signed row, unless one was ended after it."""
    names = [ledger.name_of(key) for key in db.session.scalars(select(OrganisationKey))]
    about = (
        Event.subject.in_([*names, "organisation_keys:"]),
        Event.verb.in_((_ACTIVATED, _RETIRED)),
        Event.result == "done",
    )
    signers = member_keys()[0]
    for event in db.session.scalars(select(Event).where(*about).order_by(Event.seq.desc())):
        signer = signer_of(event, signers)
        if signer is not None and signer.coordinator:
            return event.subject if event.verb == _ACTIVATED else None
    return None


def wrap_for_organisation(member_id: str, keys: MemberKeys, *, by: Actor | None, at: datetime) -> bool:
    """Wrap a member's seed to the recovery key in use, unless it is already; tell whether it was done."""
    key = present_key()
    if key is None:
        return False
    wrap = db.session.get(OrganisationWrap, member_id)
    public = keys.public.to_bytes()
    if wrap is not None and (wrap.key_id, wrap.public) == (key.id, public):
        return False
    wrapped = wrap_to(key.public, keys.seed, instance=instance(), member=member_id, member_public=keys.public)
    if wrap is None:
        db.session.add(OrganisationWrap(member_id=member_id, key_id=key.id, public=public, wrapped=wrapped, at=at))
    else:
        wrap.key_id, wrap.public, wrap.wrapped, wrap.at = key.id, public, wrapped, at
    db.session.flush()
    told = {"fingerprint": fingerprint_of(key.public)}
    ledger.record("keys.wrap_for_organisation", by=by, at=at, about=f"members:{member_id}", public=told)
    return True


def keys_by_organisation(member_id: str, identity: FileIdentity) -> MemberKeys:
    """Return a member's keys, opened with the joined recovery key.

    Raises `RuleBroken` when she has no wrap to it, a `VaultError` when it does not open.
    """
    about, key = f"members:{member_id}", present_key()
    wrap, own = db.session.get(OrganisationWrap, member_id), db.session.get(Identity, member_id)
    if wrap is None or own is None or key is None or (wrap.public, wrap.key_id) != (own.public, key.id):
        raise RuleBroken(
            N_("This member has not signed in since the recovery key was made: it opens nothing of hers."), about=about
        )
    public = MemberPublic.from_bytes(wrap.public)
    seed = unwrap_with(identity, wrap.wrapped, instance=instance(), member=member_id, member_public=public)
    keys = MemberKeys.from_seed(seed)
    if keys.public != public:
        raise RuleBroken(N_("What was wrapped are not the keys of this member."), about=about)
    return keys


def key_facts(key: OrganisationKey) -> bytes:
    """Return what a second coordinator approves: the public half and in how many shares the other half is kept."""
    return fields("caseflow/v1/organisation-key", key.public, key.shares, key.threshold)


@on("entrance.signed_in")
def _wrap_at_sign_in(by: Actor, at: datetime, **_facts: object) -> None:
    try:
        with db.session.begin_nested():
            wrap_for_organisation(by.member_id, ring_of(by).keys, by=by, at=at)
    except Exception:  # a key that cannot be used keeps nobody out
        log.exception("a seed could not be wrapped to the organisation's key at a sign-in")
