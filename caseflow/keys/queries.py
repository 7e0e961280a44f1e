"""Whether who holds a key is who should."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from caseflow.access.facts import gather, names_of
from caseflow.kernel.db import db
from caseflow.keys.models import Grant, Identity, KeyConfirmation, Safe, SafeEpoch
from caseflow.keys.rules import Facts, entitled
from caseflow.ledger.queries import instance
from caseflow.vault.errors import VaultError
from caseflow.vault.grants import GrantContext, SealedGrant, verify_grant
from caseflow.vault.keys import MemberPublic, verify

_BATCH = 400


def faults() -> Iterator[str]:
    """Yield a sentence for everything that is wrong with the grants; nothing when all is well.

    Every member who is entitled to a safe holds a grant, of the safe's present epoch and signed by somebody whose key
    is known; nobody else holds one. Nothing is opened for this.
    """
    publics = dict(db.session.execute(select(Identity.member_id, Identity.public)).all())
    names = names_of(publics)
    yield from _confirmations(publics, names)
    safes = list(db.session.scalars(select(Safe).order_by(Safe.id)))
    epochs: dict[str, set[int]] = {}
    for safe_id, epoch in db.session.execute(select(SafeEpoch.safe_id, SafeEpoch.epoch)):
        epochs.setdefault(safe_id, set()).add(epoch)
    for start in range(0, len(safes), _BATCH):
        batch = {safe.id: safe for safe in safes[start : start + _BATCH]}
        facts = Facts(**gather(batch)._asdict())
        held: dict[str, dict[str, Grant]] = {safe_id: {} for safe_id in batch}
        for grant in db.session.scalars(select(Grant).where(Grant.safe_id.in_(batch))):
            held[grant.safe_id][grant.member_id] = grant
        for safe_id, safe in batch.items():
            plan = entitled(facts, safe_id)
            for member in sorted(plan.keys() - held[safe_id].keys()):
                yield f"{names[member]} is entitled to safe {safe_id} ({plan[member]}) and holds no grant"
            for member in sorted(held[safe_id].keys() - plan.keys()):
                yield f"{names.get(member, member)} holds a grant of safe {safe_id} without being entitled to it"
            for grant in held[safe_id].values():
                yield from _grant(grant, safe, publics, names)
            if epochs.get(safe_id, set()) != set(range(1, safe.epoch + 1)):
                yield f"safe {safe_id} is at epoch {safe.epoch}, but not every epoch up to it is there"


def _grant(grant: Grant, safe: Safe, publics: dict[str, bytes], names: dict[str, str]) -> Iterator[str]:
    whose = f"the grant of {names.get(grant.member_id, grant.member_id)} for safe {safe.id}"
    if grant.epoch != safe.epoch:
        yield f"{whose} is of epoch {grant.epoch}, the safe is at {safe.epoch}"
    context = GrantContext(
        instance=instance(), safe=grant.safe_id, epoch=grant.epoch, member=grant.member_id, reason=grant.reason
    )
    if grant.member_id not in publics or grant.grantor_id not in publics:
        yield f"{whose} is to or from somebody without a key"
        return
    try:
        verify_grant(
            SealedGrant(grant.wrapped, grant.signature),
            member_public=MemberPublic.from_bytes(publics[grant.member_id]),
            context=context,
            grantor_public=MemberPublic.from_bytes(publics[grant.grantor_id]),
        )
    except VaultError:
        yield f"{whose} does not carry the signature of {names.get(grant.grantor_id, grant.grantor_id)}"


def _confirmations(publics: dict[str, bytes], names: dict[str, str]) -> Iterator[str]:
    for confirmation in db.session.scalars(select(KeyConfirmation).order_by(KeyConfirmation.member_id)):
        whose = f"the confirmation of {names.get(confirmation.member_id, confirmation.member_id)}'s key"
        if confirmation.by_id not in publics:
            yield f"{whose} is from somebody without a key"
            continue
        message = confirmation.member_id.encode() + confirmation.public
        try:
            by = MemberPublic.from_bytes(publics[confirmation.by_id])
            verify(by, message, confirmation.signature, purpose="confirm-key")
        except VaultError:
            yield f"{whose} does not carry the signature of {names[confirmation.by_id]}"
