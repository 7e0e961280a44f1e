"""What one unlocked member can open, for the length of one request or command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import inspect, select

from caseflow.access.actor import Actor
from caseflow.access.trust import anchor, keys_ever
from caseflow.kernel.db import db, in_transaction, transaction_number
from caseflow.kernel.errors import NotPermitted
from caseflow.kernel.words import N_
from caseflow.keys.models import Grant, SafeEpoch
from caseflow.keys.told import told_epochs
from caseflow.vault.errors import Damaged
from caseflow.vault.grants import (
    GrantContext,
    SafeContext,
    SafeSecrets,
    SealedGrant,
    open_grant,
    quick_open,
    quick_wrap,
    unchain,
)
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.keys import MemberKeys, MemberPublic
from caseflow.vault.texts import TextKey, TextPlace, open_text, seal_text

EPOCH_BYTES = 4
TAKEN = N_("The key to this was taken from you while you were writing. Nothing was saved.")
UNTRUSTED = N_(
    "The keys of who gave you this do not count until a coordinator has vouched for them anew. Tell the operator to run “flask keys trust”."
)


class NoGrant(LookupError):
    """The member holds no grant for this safe; a page that gets here forgot its scope."""


def demand_told(secrets: SafeSecrets, epoch: int, told: Mapping[int, str | None]) -> None:
    """Raise `Damaged` when these are not the keys of which the ledger tells; the oldest rows do not tell which."""
    if epoch not in told:
        raise Damaged("The grant gives keys of which the ledger does not tell.")
    recipient = told.get(epoch)
    if recipient is not None and secrets.recipient != recipient:
        raise Damaged("The grant gives other keys than those the safe was made with.")


class MemberKeyring:
    """Opens safes through the member's grants and keeps them open while it lives."""

    def __init__(self, member_id: str, keys: MemberKeys, instance: str) -> None:
        self.member_id = member_id
        self.keys = keys
        self.instance = instance
        self._current: dict[str, int] = {}
        self._looked: dict[str, int] = {}  # safe -> number of the transaction in which its epoch was looked up
        self._open: dict[tuple[str, int], SafeSecrets] = {}
        self._fresh: dict[str, bytes] = {}
        self._texts: dict[tuple[str, int], TextKey] = {}
        self._links: dict[tuple[str, int], bytes] = {}
        self._linked: set[str] = set()

    def __repr__(self) -> str:
        return f"<MemberKeyring of {self.member_id}>"

    @property
    def public(self) -> bytes:
        """Return the public half of the member's keys (64 bytes)."""
        return self.keys.public.to_bytes()

    # -- safes

    def context(self, safe_id: str, epoch: int, reason: str, member_id: str | None = None) -> GrantContext:
        """Return what a grant of this safe to this member is bound to."""
        member = member_id or self.member_id
        return GrantContext(instance=self.instance, safe=safe_id, epoch=epoch, member=member, reason=reason)

    def hold(self, safe_id: str, epoch: int, secrets: SafeSecrets) -> None:
        """Put the secrets of a safe that this member has just made or renewed on the ring."""
        self._current[safe_id] = epoch
        self._looked[safe_id] = transaction_number()
        self._open[safe_id, epoch] = secrets

    def prepare(self, rows: Iterable[Any]) -> None:
        """Open the safes of `rows` (anything with `safe_id`, or safe ids) with at most two queries.

        Within an act their epochs are looked up once more: only under its lock nobody renews a safe meanwhile.
        """
        wanted = {row if isinstance(row, str) else row.safe_id for row in rows}
        wanted = {safe_id for safe_id in wanted if not self._is_sure(safe_id)}
        if not wanted:
            return
        self.forget(wanted)
        mine = select(Grant).where(Grant.member_id == self.member_id, Grant.safe_id.in_(wanted))
        self.take(db.session.scalars(mine))

    def take(self, found: Iterable[Any]) -> None:
        """Open grants of this member (rows, or their columns) that a query brought along; at most two queries."""
        grants = [grant for grant in found if not self._is_sure(grant.safe_id)]
        slow = {grant.grantor_id for grant in grants if grant.quick is None}
        signers = keys_ever(slow) if slow else {}
        told = told_epochs({grant.safe_id for grant in grants if grant.quick is None}) if slow else {}
        for grant in grants:
            context = self.context(grant.safe_id, grant.epoch, grant.reason)
            if grant.quick is not None:
                secrets = quick_open(grant.quick, self.keys, context)
            else:
                secrets = self._open_grant(grant, context, signers.get(grant.grantor_id, []))
                demand_told(secrets, grant.epoch, told.get(grant.safe_id, {}))
                self._fresh[grant.id] = quick_wrap(secrets, self.keys, context)
            self.hold(grant.safe_id, grant.epoch, secrets)

    def _open_grant(self, grant: Any, context: GrantContext, signers: list[bytes]) -> SafeSecrets:
        # Until a safe is renewed, its grants may carry the signature of a key that the grantor has replaced since.
        sealed = SealedGrant(grant.wrapped, grant.signature)
        for number, signer in enumerate(signers, 1):
            try:
                return open_grant(
                    sealed, keys=self.keys, context=context, grantor_public=MemberPublic.from_bytes(signer)
                )
            except Damaged:
                if number == len(signers):
                    raise
        if anchor() is None:
            raise NotPermitted(UNTRUSTED, about=f"safes:{grant.safe_id}")
        raise Damaged("The grant is from somebody whose keys are not known.")

    def current(self, safe_id: str) -> tuple[int, SafeSecrets]:
        """Return the present epoch of a safe and its secrets, for what is sealed or wrapped now.

        Within an act it is looked up under its lock: while the request waited for it somebody may have left the safe.
        Raises `NoGrant` without a grant, `NotPermitted` when the key was taken meanwhile.
        """
        had = safe_id in self._looked
        self.prepare([safe_id])
        epoch = self._current.get(safe_id)
        if epoch is None and had:
            raise NotPermitted(TAKEN, about=f"safes:{safe_id}")
        if epoch is None:
            raise NoGrant(safe_id)
        return epoch, self._open[safe_id, epoch]

    def _is_sure(self, safe_id: str) -> bool:
        """Tell whether the epoch that is known of a safe holds until the present act ends; outside of one, any does."""
        return safe_id in self._current and transaction_number() in (0, self._looked[safe_id])

    def holds(self, safe_id: str) -> bool:
        """Tell whether this member can open the safe."""
        self.prepare([safe_id])
        return safe_id in self._current

    def renew(self, safe_id: str) -> bool:
        """Look the grant up once more: somebody may have left the safe since it was opened. Tell whether it is held."""
        self._current.pop(safe_id, None)
        return self.holds(safe_id)

    def forget(self, safe_ids: Iterable[str]) -> None:
        """Look the grants of these safes up anew when they are needed: between two acts somebody may have renewed them."""
        for safe_id in safe_ids:
            self._current.pop(safe_id, None)

    def at_epoch(self, safe_id: str, epoch: int) -> SafeSecrets:
        """Return the secrets of an epoch, found by walking the chain back from the newest that is known."""
        newest = self._current.get(safe_id, -1)
        if newest < epoch:
            self._current.pop(safe_id, None)  # it has been renewed since
            newest, _secrets = self.current(safe_id)
        secrets = self._open[safe_id, newest]
        while newest > epoch:
            if (safe_id, newest - 1) not in self._open:
                link = self._link(safe_id, newest)
                if link is None:
                    raise NoGrant(f"{safe_id} at epoch {epoch}")
                before = unchain(link, secrets, self.chain_context(safe_id, newest))
                self._open[safe_id, newest - 1] = before
            newest -= 1
            secrets = self._open[safe_id, newest]
        if newest != epoch:
            raise NoGrant(f"{safe_id} at epoch {epoch}")
        return secrets

    def _link(self, safe_id: str, epoch: int) -> bytes | None:
        # A list of titles from before several withdrawals must not ask once for each row: one query fetches the ways
        # back of all safes that are open now.
        if (safe_id, epoch) not in self._links:
            renewed = {safe for safe, newest in self._current.items() if newest > 1} - self._linked | {safe_id}
            query = select(SafeEpoch.safe_id, SafeEpoch.epoch, SafeEpoch.previous_sealed)
            for safe, number, link in db.session.execute(query.where(SafeEpoch.safe_id.in_(renewed))):
                if link is not None:
                    self._links[safe, number] = link
            self._linked |= renewed
        return self._links.get((safe_id, epoch))

    def chain_context(self, safe_id: str, epoch: int) -> SafeContext:
        """Return what the link from `epoch` back to the one before is bound to."""
        return SafeContext(instance=self.instance, safe=safe_id, epoch=epoch)

    def remember(self) -> None:
        """Store the quick wraps of grants opened for the first time; call it inside a transaction."""
        for grant_id, quick in self._fresh.items():
            grant = db.session.get(Grant, grant_id)
            if grant is not None and grant.quick is None:
                grant.quick = quick
        self._fresh.clear()

    @property
    def has_news(self) -> bool:
        """Tell whether `remember` has something to store."""
        return bool(self._fresh)

    # -- texts

    def seal(self, row: Any, **values: str | None) -> None:
        """Seal each value into the column `<name>_sealed` of `row`; an empty value is stored as nothing.

        Only within the act that stores it (`RuntimeError` otherwise): at any other moment a safe may be renewed.
        """
        if not in_transaction():
            raise RuntimeError("what is sealed belongs into the act that stores it")
        epoch, _secrets = self.current(row.safe_id)
        key = self._text_key(row.safe_id, epoch)
        for name, value in values.items():
            sealed = None
            if value or not _nullable(row, f"{name}_sealed"):
                place = self._place(row.__tablename__, name, row.id, row.safe_id, epoch)
                sealed = epoch.to_bytes(EPOCH_BYTES) + seal_text(key, value or "", place=place)
            setattr(row, f"{name}_sealed", sealed)

    def text(self, row: Any, field_name: str) -> str:
        """Return the text of `<field_name>_sealed` of `row`; '' when nothing is stored."""
        sealed: bytes | None = getattr(row, f"{field_name}_sealed")
        if sealed is None:
            return ""
        return self._open_text(sealed, row.__tablename__, field_name, row.id, row.safe_id)

    def seal_note(self, safe_id: str, note: bytes, *, row: str) -> bytes:
        """Seal the opening of ledger row `row` for the holders of the safe."""
        epoch, _secrets = self.current(safe_id)
        place = self._place("events", "opening", row, safe_id, epoch)
        return epoch.to_bytes(EPOCH_BYTES) + seal_text(self._text_key(safe_id, epoch), note.decode(), place=place)

    def open_note(self, safe_id: str, sealed: bytes, *, row: str) -> bytes:
        """Open what `seal_note` made."""
        return self._open_text(sealed, "events", "opening", row, safe_id).encode()

    def _open_text(self, sealed: bytes, table: str, column: str, row: str, safe_id: str) -> str:
        epoch = int.from_bytes(sealed[:EPOCH_BYTES])
        place = self._place(table, column, row, safe_id, epoch)
        return open_text(self._text_key(safe_id, epoch), sealed[EPOCH_BYTES:], place=place)

    def _text_key(self, safe_id: str, epoch: int) -> TextKey:
        key = self._texts.get((safe_id, epoch))
        if key is None:
            key = self._texts[safe_id, epoch] = TextKey(self.at_epoch(safe_id, epoch).text_key)
        return key

    def _place(self, table: str, column: str, row: str, safe_id: str, epoch: int) -> TextPlace:
        return TextPlace(instance=self.instance, table=table, column=column, row=row, safe=safe_id, epoch=epoch)

    # -- files and signatures

    def file_identity(self, safe_id: str, epoch: int) -> FileIdentity:
        """Return the age identity that opens the headers written at `epoch` of the safe."""
        return FileIdentity.from_bytes(self.at_epoch(safe_id, epoch).identity_secret)

    def sign(self, message: bytes, *, purpose: str) -> bytes:
        """Return the member's Ed25519 signature (64 bytes)."""
        return self.keys.sign(message, purpose=purpose)


def ring_of(actor: Actor) -> MemberKeyring:
    """Return the keyring of `actor`; raise `RuntimeError` where a job or command acts without one."""
    ring = actor.ring
    assert isinstance(ring, MemberKeyring)
    return ring


def _nullable(row: Any, column: str) -> bool:
    return bool(inspect(type(row)).columns[column].nullable)
