"""A member's key pair: made with her passphrase, confirmed by a coordinator, opened when she signs in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes

from sqlalchemy import delete, select

from caseflow.access import network as policy
from caseflow.access import trust
from caseflow.access.actor import Actor, demand
from caseflow.access.presence import demand_present
from caseflow.kernel.announce import on
from caseflow.kernel.db import db, leave_no_trace
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.instance import instance
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys.derivation import derive_in_turn
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Identity, KeyConfirmation, OrganisationWrap, Reopening, RetiredIdentity
from caseflow.keys.operations.organisation import wrap_for_organisation
from caseflow.keys.passphrases import objection_to
from caseflow.ledger import operations as ledger
from caseflow.ledger.models import Event, told_in
from caseflow.ledger.signers import is_signed_by
from caseflow.vault.errors import VaultError
from caseflow.vault.fields import fields
from caseflow.vault.keys import MemberKeys, MemberPublic, fingerprint, verify
from caseflow.vault.passphrases import (
    FAST_FOR_TESTS,
    STANDARD,
    Derived,
    KdfParameters,
    unwrap_seed,
    verifier,
    wrap_seed,
)
from caseflow.vault.recovery import RecoveryCode

_RECIPIENT = "recovery-recipient"


@dataclass(frozen=True)
class Prepared:
    """A passphrase on which the slow derivation has been done, before the transaction that uses it."""

    passphrase: str = field(repr=False)
    salt: bytes
    parameters: KdfParameters
    derived: Derived = field(repr=False)


def prepare(passphrase: str) -> Prepared | None:
    """Do the slow part of setting a passphrase while no transaction is open, so that nobody waits for it.

    Returns None for a passphrase that will be refused in any case.
    """
    if objection_to(passphrase) is not None:
        return None
    salt, parameters = token_bytes(16), _parameters()
    return Prepared(passphrase, salt, parameters, derive_in_turn(passphrase, salt, parameters))


def make_identity(
    member_id: str,
    *,
    passphrase: str,
    known: tuple[str, ...],
    by: Actor | None,
    at: datetime,
    prepared: Prepared | None = None,
) -> tuple[MemberKeys, RecoveryCode]:
    """Make the key pair of a new member; return it with the recovery code that is shown once.

    `known` are her name and address, which a passphrase must not consist of. Raises `RuleBroken` at `passphrase`.
    """
    objection = objection_to(passphrase, known=known)
    if objection is not None:
        raise RuleBroken(objection, field="passphrase", about=f"members:{member_id}")
    keys, code = MemberKeys.generate(), RecoveryCode.generate()
    identity = Identity(
        member_id=member_id,
        epoch=1,
        public=keys.public.to_bytes(),
        seed_for_recovery=code.wrap_seed(keys.seed, member_id),
        recovery_recipient=code.age_identity.recipient,
        recipient_signature=_sign_recipient(keys, member_id, code),
        made_at=at,
        **_wrapped(keys, passphrase, member_id, 1, prepared),
    )
    db.session.add(identity)
    db.session.flush()
    public = {"fingerprint": fingerprint(keys.public), "key": keys.public.to_bytes().hex()}
    ledger.record("keys.make_identity", by=by, at=at, about=f"members:{member_id}", public=public)
    wrap_for_organisation(member_id, keys, by=by, at=at)
    return keys, code


def confirm(member_id: str, *, by: Actor, at: datetime) -> KeyConfirmation:
    """Sign that the present key of the member is hers, in her role. The caller has asked who may and compared the words."""
    identity, role = db.session.get_one(Identity, member_id), trust.role_of(member_id)
    stale = db.session.get(KeyConfirmation, member_id)
    if stale is not None:
        db.session.delete(stale)
        db.session.flush()
    confirmation = KeyConfirmation(
        member_id=member_id,
        public=identity.public,
        role=role,
        by_id=by.member_id,
        at=at,
        signature=by.ring.sign(trust.confirmed_words(member_id, role, identity.public), purpose=trust.PURPOSE),
    )
    db.session.add(confirmation)
    db.session.flush()
    # The whole key stands in the ledger, so that what it signed can be checked when it was replaced long ago.
    eight = fingerprint(MemberPublic.from_bytes(identity.public))
    public = {"fingerprint": eight, "key": identity.public.hex(), "role": str(role)}
    ledger.record("keys.confirm", by=by, at=at, about=f"members:{member_id}", public=public)
    return confirmation


def renew_trust(*, by: Actor, at: datetime) -> None:
    """Sign all confirmed keys of the network once more, and make the own key the anchor of all others.

    For an installation whose anchor file is lost or that is older than it: who calls this has compared every member's
    words, role and address with what she knows, also of former keys, for the database is all they are taken from.
    """
    demand_present(replace(by, confirmed=False))  # whether her own key counts is what this act decides
    demand(policy.may_see_members(by))
    for word in db.session.scalars(select(KeyConfirmation)):
        role = trust.role_of(word.member_id)
        word.role, word.by_id, word.at = role, by.member_id, at
        word.signature = by.ring.sign(trust.confirmed_words(word.member_id, role, word.public), purpose=trust.PURPOSE)
        public = {"key": word.public.hex(), "role": str(role)}
        ledger.record("keys.confirm", by=by, at=at, about=f"members:{word.member_id}", public=public)
    for before in trust.former_keys():
        before.role, before.confirmed_by_id = trust.role_of(before.member_id), by.member_id
        words = trust.confirmed_words(before.member_id, before.role, before.public)
        before.confirmation = by.ring.sign(words, purpose=trust.PURPOSE)
    db.session.flush()
    trust.set_anchor(by.member_id, ring_of(by).keys.public.to_bytes())
    ledger.record("keys.renew_trust", by=by, at=at, about=f"members:{by.member_id}")


def unlock(identity: Identity | None, passphrase: str, *, stranger: bool = False) -> MemberKeys | None:
    """Return the member's keys if the passphrase is hers, else None. An unknown account costs the same time.

    Raises `Busy` when too many wait before her; a `stranger` finds fewer places.
    """
    parameters = KdfParameters.from_bytes(identity.kdf) if identity else _parameters()
    derived = derive_in_turn(passphrase, identity.salt if identity else bytes(16), parameters, stranger=stranger)
    pepper = current().pepper()
    expected = identity.verifier if identity else bytes(32)
    if not hmac.compare_digest(verifier(derived.a, pepper), expected) or identity is None:
        return None
    seed = unwrap_seed(identity.seed_wrapped, derived.k, pepper, identity.member_id, identity.epoch)
    return MemberKeys.from_seed(seed)


def is_latest(identity: Identity) -> bool:
    """Tell whether this is the wrap of the last passphrase that the ledger tells of: an older one could be put back."""
    verbs = Event.verb.in_(("keys.change_passphrase", "keys.replace_identity"))
    rows = select(Event.public).where(Event.subject == f"members:{identity.member_id}", verbs, Event.result == "done")
    return all(int(told.get("epoch", 0)) <= identity.epoch for told in db.session.scalars(rows))


def unlock_by_code(identity: Identity | None, code: str) -> MemberKeys | None:
    """Return the member's keys if the recovery code is hers, else None. An unknown account costs the same time."""
    sealed, member = (identity.seed_for_recovery, identity.member_id) if identity else (bytes(1 + 12 + 32 + 16), "")
    try:
        seed = RecoveryCode.parse(code).unwrap_seed(sealed, member)
    except (VaultError, ValueError):
        return None
    return MemberKeys.from_seed(seed) if identity else None


def change_passphrase(
    identity: Identity,
    *,
    keys: MemberKeys,
    passphrase: str,
    known: tuple[str, ...],
    by: Actor | None,
    at: datetime,
    prepared: Prepared | None = None,
) -> None:
    """Wrap the same seed under a new passphrase. The caller ends the member's other sessions."""
    objection = objection_to(passphrase, known=known)
    if objection is not None:
        raise RuleBroken(objection, field="passphrase", about=f"members:{identity.member_id}")
    _demand_own(identity, keys)
    leave_no_trace()
    identity.epoch += 1
    for name, value in _wrapped(keys, passphrase, identity.member_id, identity.epoch, prepared).items():
        setattr(identity, name, value)
    _withdraw_links(identity.member_id, at=at)
    public = {"epoch": identity.epoch}
    ledger.record("keys.change_passphrase", by=by, at=at, about=f"members:{identity.member_id}", public=public)
    wrap_for_organisation(identity.member_id, keys, by=by, at=at)


def renew_code(identity: Identity, *, keys: MemberKeys, by: Actor | None, at: datetime) -> RecoveryCode:
    """Wrap the same seed under a new recovery code and return it, to be shown once; the code before opens nothing now."""
    _demand_own(identity, keys)
    leave_no_trace()
    code = RecoveryCode.generate()
    identity.seed_for_recovery = code.wrap_seed(keys.seed, identity.member_id)
    identity.recovery_recipient = code.age_identity.recipient
    identity.recipient_signature = _sign_recipient(keys, identity.member_id, code)
    _withdraw_links(identity.member_id, at=at)
    public = {"recipient": _hashed(code.age_identity.recipient)}
    ledger.record("keys.renew_code", by=by, at=at, about=f"members:{identity.member_id}", public=public)
    return code


def replace_identity(
    identity: Identity,
    *,
    passphrase: str,
    known: tuple[str, ...],
    by: Actor | None,
    at: datetime,
    prepared: Prepared | None = None,
) -> tuple[MemberKeys, RecoveryCode]:
    """Give a member who lost passphrase and code a new key pair; nobody has confirmed it yet, and it opens nothing.

    The caller has taken the grants of the old one. Raises `RuleBroken` at `passphrase`.
    """
    objection = objection_to(passphrase, known=known)
    if objection is not None:
        raise RuleBroken(objection, field="passphrase", about=f"members:{identity.member_id}")
    leave_no_trace()
    keys, code, before = MemberKeys.generate(), RecoveryCode.generate(), identity.public
    word = db.session.get(KeyConfirmation, identity.member_id)
    confirmed = word is not None and word.public == identity.public
    db.session.add(
        RetiredIdentity(
            member_id=identity.member_id,
            public=identity.public,
            role=word.role if word and confirmed else None,
            confirmed_by_id=word.by_id if word and confirmed else None,
            confirmation=word.signature if word and confirmed else None,
            retired_at=at,
        )
    )
    identity.epoch += 1
    identity.public, identity.made_at = keys.public.to_bytes(), at
    identity.seed_for_recovery = code.wrap_seed(keys.seed, identity.member_id)
    identity.recovery_recipient = code.age_identity.recipient
    identity.recipient_signature = _sign_recipient(keys, identity.member_id, code)
    for name, value in _wrapped(keys, passphrase, identity.member_id, identity.epoch, prepared).items():
        setattr(identity, name, value)
    db.session.execute(delete(KeyConfirmation).where(KeyConfirmation.member_id == identity.member_id))
    db.session.execute(delete(OrganisationWrap).where(OrganisationWrap.member_id == identity.member_id))
    db.session.flush()
    # The old key stands here, too, so that what it signed can still be checked.
    public = {
        "fingerprint": fingerprint(keys.public),
        "key": keys.public.to_bytes().hex(),
        "before": before.hex(),
        "epoch": identity.epoch,
    }
    ledger.record("keys.replace_identity", by=by, at=at, about=f"members:{identity.member_id}", public=public)
    wrap_for_organisation(identity.member_id, keys, by=by, at=at)
    return keys, code


def signed_recipient(identity: Identity, public: MemberPublic) -> str | None:
    """Return the `age1…` of the member's recovery code if she signed it with the keys of which `public` is the half.

    None also where her own row of the ledger tells of another code since: whoever has an old paper could put it back.
    """
    recipient, signature = identity.recovery_recipient, identity.recipient_signature
    if recipient is None or signature is None:
        return None
    try:
        verify(public, _recipient_words(identity.member_id, recipient), signature, purpose=_RECIPIENT)
    except VaultError:
        return None
    renewed = Event.verb == "keys.renew_code", Event.actor_id == identity.member_id, Event.result == "done"
    rows = select(Event).where(Event.subject == f"members:{identity.member_id}", *renewed, Event.seq >= 1)
    for row in db.session.scalars(rows.order_by(Event.seq.desc())):
        told = told_in(row.public).get("recipient")
        if told is not None and is_signed_by(row, public):
            return recipient if told == _hashed(recipient) else None
    return recipient


def _hashed(recipient: str) -> str:
    return sha256(recipient.encode("ascii")).hexdigest()


def _sign_recipient(keys: MemberKeys, member_id: str, code: RecoveryCode) -> bytes:
    return keys.sign(_recipient_words(member_id, code.age_identity.recipient), purpose=_RECIPIENT)


def _recipient_words(member_id: str, recipient: str) -> bytes:
    return fields("caseflow/v1/recovery-recipient", instance(), member_id, recipient)


def _withdraw_links(member_id: str, *, at: datetime) -> None:
    """Make links to this account useless: she has shown that she needs none, or takes her account back from somebody."""
    open_ones = select(Reopening).where(Reopening.member_id == member_id, Reopening.used_at.is_(None))
    for link in db.session.scalars(open_ones.where(Reopening.withdrawn_at.is_(None))):
        link.withdrawn_at, link.seed_sealed = at, None
        leave_no_trace()


@on("entrance.signed_in")
def _needs_no_link(by: Actor, at: datetime, **_facts: object) -> None:
    _withdraw_links(by.member_id, at=at)


def _demand_own(identity: Identity, keys: MemberKeys) -> None:
    if keys.public.to_bytes() != identity.public:
        raise RuleBroken(N_("These are not the keys of this account."), about=f"members:{identity.member_id}")


def _wrapped(
    keys: MemberKeys, passphrase: str, member_id: str, epoch: int, prepared: Prepared | None
) -> dict[str, object]:
    ready = prepared if prepared is not None and prepared.passphrase == passphrase else prepare(passphrase)
    if ready is None:
        raise ValueError("a refused passphrase is not wrapped under")
    pepper = current().pepper()
    return {
        "salt": ready.salt,
        "kdf": ready.parameters.to_bytes(),
        "verifier": verifier(ready.derived.a, pepper),
        "seed_wrapped": wrap_seed(keys.seed, ready.derived.k, pepper, member_id, epoch),
    }


def _parameters() -> KdfParameters:
    return FAST_FOR_TESTS if current().fast_kdf else STANDARD
