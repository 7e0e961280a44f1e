"""Whether somebody in a case may stand on another side elsewhere in the network: what is compared with what.

Nothing here tells anybody: `operations/conflicts.py` notes what was found in the safe that only coordinators hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from caseflow.access.actor import Actor
from caseflow.access.facts import everybody, names_of
from caseflow.cases.models import Case, Counsel, IncidentLink
from caseflow.cases.names import CASE, CLIENT, INCIDENT, OPPOSING, Key, Known
from caseflow.kernel.db import db, unscoped
from caseflow.network.names import alike, name_words

MEMBER, COUNSEL = "member", "counsel"
MOST_SEEN = 400  # matters of one's own that a page compares with
_WHY = unscoped("which incidents are in a case, and who is counsel, is asked for a case that was found")


@dataclass(frozen=True, order=True)
class Hit:
    """The same name elsewhere: in which matter (or `member`), as whom, on which sides, and whether that may be a conflict."""

    kind: str
    matter: str
    subject: str
    sides: tuple[str, ...]
    conflict: bool


def as_text(hits: Iterable[Hit]) -> str:
    """Return hits as they are kept."""
    return json.dumps([[one.kind, one.matter, one.subject, one.sides, one.conflict] for one in sorted(hits)])


def as_hits(text: str) -> list[Hit]:
    """Return what `as_text` wrote; none of ''."""
    rows = json.loads(text or "[]")
    return [Hit(kind, matter, subject, tuple(sides), conflict) for kind, matter, subject, sides, conflict in rows]


def serious(hits: Iterable[Hit]) -> set[Hit]:
    """Return those hits that may be a conflict."""
    return {hit for hit in hits if hit.conflict}


class Comparison:
    """Names that a reader knows, to be compared with those of one case after another."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._members = [(member, name_words(name)) for member, name in everybody().items()]

    @classmethod
    def with_own(cls, actor: Actor) -> Comparison:
        """Compare with the names in what `actor` holds herself, the last changed first, up to `MOST_SEEN` matters."""
        return cls(Known.seen_by(actor, most=MOST_SEEN))

    def of(self, case: Case, subject: str) -> set[Hit]:
        """Return where else somebody of the name of `subject` (`party:…`, `person:…`, `counsel:…`) stands."""
        own = own_matters(case)
        if subject.startswith(COUNSEL):
            return self._of_counsel(case, subject, own)
        name = next((one for key in own for one in self._known.names_of(key) if one.subject == subject), None)
        if name is None:
            return set()
        hits = self._alike(name.words, name.sides, own)
        return hits | {
            Hit(MEMBER, member, MEMBER, (COUNSEL,), True) for member, words in self._members if alike(name.words, words)
        }

    def _of_counsel(self, case: Case, subject: str, own: Collection[Key]) -> set[Hit]:
        """Find counsel herself among the names, and her clients' adversaries among those of this case."""
        counsel = next((one for one in case.counsel if one.id == subject.partition(":")[2]), None)
        if counsel is None:
            return set()
        words = name_words(names_of([counsel.member_id])[counsel.member_id])
        hits = self._alike(words, (COUNSEL,), ())
        hers = _carried_by(counsel.member_id) - set(own)
        for key in own:
            for name in self._known.names_of(key):
                hits |= {
                    hit for hit in self._alike(name.words, name.sides, own) if hit.conflict and hit_key(hit) in hers
                }
        return hits

    def _alike(self, words: Sequence[str], sides: Collection[str], but: Collection[Key]) -> set[Hit]:
        near = {found for word in words if len(word) > 1 for found in self._known.with_word(word)}
        return {
            Hit(*key, name.subject, name.sides, _clash(sides, name.sides))
            for key, name in near
            if key not in but and alike(words, name.words)
        }


def hit_key(hit: Hit) -> Key:
    """Return the matter a hit is in."""
    return hit.kind, hit.matter


def own_matters(case: Case) -> list[Key]:
    """Return a case and the incidents in it."""
    linked = select(IncidentLink.incident_id).where(IncidentLink.case_id == case.id)
    return [(CASE, case.id), *((INCIDENT, row) for row in db.session.scalars(linked, execution_options=_WHY))]


def _carried_by(member_id: str) -> set[Key]:
    """Return the cases in which somebody is or was counsel, and their incidents."""
    cases = select(Counsel.case_id).where(Counsel.member_id == member_id)
    linked = select(IncidentLink.incident_id).where(IncidentLink.case_id.in_(cases))
    found: set[Key] = {(CASE, row) for row in db.session.scalars(cases, execution_options=_WHY)}
    return found | {(INCIDENT, row) for row in db.session.scalars(linked, execution_options=_WHY)}


def _clash(one: Collection[str], other: Collection[str]) -> bool:
    if COUNSEL in one:
        return True  # whoever is counsel is to be nobody's party
    return (CLIENT in one and OPPOSING in other) or (OPPOSING in one and CLIENT in other)
