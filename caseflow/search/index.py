"""A member's index of what she may read: kept in segments sealed with her own keys, brought up to date when she searches.

A segment that names something she may not read any more reveals nothing: what is shown is always asked of the database
again, and opened with the keys she holds now.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select

from caseflow.access.actor import Actor
from caseflow.kernel.announce import on
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, in_transaction, transaction
from caseflow.keys.keyring import ring_of
from caseflow.network.names import fold
from caseflow.search import segments
from caseflow.search.models import SearchSegment
from caseflow.search.segments import Segment, Text
from caseflow.search.sources import Searched, id_of
from caseflow.vault.errors import VaultError
from caseflow.vault.indexes import open_index, seal_index

SECONDS = 3.0  # for which one request reads what is not in the index yet
AT_ONCE = 200
_FEW = segments.MOST // 2


@dataclass
class Index:
    """The segments of one kind, as they lie in the database, opened."""

    actor: Actor
    kind: str
    segments: dict[str, Segment]

    @classmethod
    def of(cls, actor: Actor, kind: str) -> Index:
        """Open the index of `actor`; what does not open, because her keys are others now, is left out and goes later."""
        rows = db.session.execute(
            select(SearchSegment.id, SearchSegment.sealed).where(
                SearchSegment.member_id == actor.member_id, SearchSegment.kind == kind
            )
        )
        found = {}
        for row, sealed in rows:
            ring = ring_of(actor)
            try:
                content = open_index(
                    ring.keys, sealed, instance=ring.instance, member=actor.member_id, place=f"{kind}:{row}"
                )
                found[row] = Segment(content)
            except (VaultError, segments.Malformed):
                continue
        return cls(actor, kind, found)

    def known(self) -> set[str]:
        """Return the key of every text in the index."""
        return set().union(*(segment.keys for segment in self.segments.values()))

    def matching(self, words: Sequence[tuple[str, ...]]) -> set[str]:
        """Return the keys of the texts that hold each of `words` in one of its spellings."""
        found: set[str] = set()
        for segment in self.segments.values():
            numbers = set(range(len(segment.keys)))
            for spellings in words:
                numbers &= segment.matching(spellings)
                if not numbers:
                    break
            found.update(segment.keys[number] for number in numbers)
        return found

    def add(self, texts: Sequence[Text], wanted: Collection[str]) -> None:
        """Store `texts`, together with those of segments in which few are left; `wanted` are the present keys."""
        present = frozenset(wanted)
        merged, gone = list(texts), []
        for row, segment in self.segments.items():
            if len(present.intersection(segment.keys)) < _FEW:
                merged += [text for text in segment.read() if text.key in present]
                gone.append(row)
        ring, at = ring_of(self.actor), now()
        with transaction():
            db.session.execute(delete(SearchSegment).where(self._mine(), SearchSegment.id.in_(gone)))
            db.session.execute(delete(SearchSegment).where(self._mine(), SearchSegment.id.not_in(list(self.segments))))
            for start in range(0, len(merged), segments.MOST):
                made = SearchSegment(member_id=self.actor.member_id, kind=self.kind, at=at)
                content = segments.write(merged[start : start + segments.MOST])
                place = f"{self.kind}:{made.id}"
                made.sealed = seal_index(
                    ring.keys, content, instance=ring.instance, member=self.actor.member_id, place=place
                )
                db.session.add(made)
                self.segments[made.id] = Segment(content)
        for row in gone:
            del self.segments[row]

    def _mine(self) -> ColumnElement[bool]:
        return (SearchSegment.member_id == self.actor.member_id) & (SearchSegment.kind == self.kind)


def brought_up_to_date(searched: Searched, actor: Actor, wanted: Sequence[str], until: float) -> tuple[Index, int]:
    """Return the index of one kind, and how many of the keys `wanted` it does not hold yet.

    Reads what is new or was changed, in batches, until the time `until` (of `time.monotonic`).
    """
    index = Index.of(actor, searched.kind)
    known = index.known()
    missing = [key for key in wanted if key not in known]
    texts: list[Text] = []
    while missing and time.monotonic() < until:
        batch, missing = missing[:AT_ONCE], missing[AT_ONCE:]
        named = searched.named(actor, [id_of(key) for key in batch])
        for key in batch:
            lines = named[id_of(key)].lines if id_of(key) in named else []
            texts.append(Text(key, frozenset(fold("\n".join(lines)).split())))
    if texts:
        index.add(texts, wanted)
    return index, len(missing)


@on("keys.taken")
def _forget(members: Sequence[str]) -> None:
    """What somebody could read until now is in no index any more; it is made anew of what is left to her."""
    assert in_transaction()
    db.session.execute(delete(SearchSegment).where(SearchSegment.member_id.in_(members)))
