"""Finding words in the sealed texts that one member may read, and in the published precedents."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from caseflow.access.actor import Actor
from caseflow.incidents.queries import Asked, kinds_of
from caseflow.incidents.rules import act_groups, act_kinds
from caseflow.kernel.db import db
from caseflow.network.names import fold
from caseflow.precedents import queries as precedents
from caseflow.search import index, rules
from caseflow.search.rules import Sought, sought
from caseflow.search.sources import FACTS, SEARCHED, Searched, facts_of, id_of

MOST_SHOWN = 50
MOST_READ = 200  # texts that are opened to see whether they hold a phrase
MOST_COUNTED = 2000  # incidents found, up to which the rights that were violated are counted


@dataclass(frozen=True)
class Hit:
    """One thing found: which kind, its reference and title, where it opens, and the words around the match."""

    kind: str
    reference: str
    title: str
    url: str
    excerpt: list[tuple[str, bool]]


@dataclass
class Found:
    """The first hits of each kind, how many there are, what of them was counted, and what could not be read in time.

    `counts`: kind -> number; `at_least` when phrases were sought and not all texts were opened. `facets`: fact of
    incidents -> its value -> number. `left`: how many texts are not in the index yet.
    """

    hits: list[Hit] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    at_least: bool = False
    facets: dict[str, Counter[str]] = field(default_factory=dict)
    left: int = 0

    @property
    def total(self) -> int:
        """Return how many things were found."""
        return self.counts.total()


def search(actor: Actor, words: str, *, kind: str = "", asked: Asked | None = None) -> Found:
    """Return what `actor` may read that holds every one of `words`, in whatever script or case they were typed.

    `kind` narrows to one kind of thing, `asked` to incidents with these facts.
    """
    wanted, found = sought(words), Found()
    if not wanted:
        return found
    until = time.monotonic() + index.SECONDS
    narrow = asked or Asked()
    only = kind or ("incident" if narrow != Asked() else "")
    for searched in SEARCHED:
        if only in ("", searched.kind):
            _search(searched, actor, wanted, narrow, until, found)
    if only in ("", "precedent"):
        _precedents(actor, wanted, found)
    return found


def _search(searched: Searched, actor: Actor, wanted: Sought, asked: Asked, until: float, found: Found) -> None:
    keys = searched.keys(actor, asked)
    if not keys:
        return
    held, left = index.brought_up_to_date(searched, actor, keys, until)
    found.left += left
    matching = held.matching(wanted.words)
    hits = [key for key in keys if key in matching]
    shown, confirmed = _shown(searched, actor, hits, wanted)
    found.hits += shown
    found.counts[searched.kind] = confirmed
    found.at_least |= confirmed < len(hits)
    if searched.kind == "incident":
        found.facets = _facets(actor, hits)


def _shown(searched: Searched, actor: Actor, keys: list[str], wanted: Sought) -> tuple[list[Hit], int]:
    """Return the first hits, and how many there are: of phrases, how many were seen in what was opened."""
    shown: list[Hit] = []
    number = 0
    most = MOST_READ if wanted.phrases else MOST_SHOWN
    read = [id_of(key) for key in keys[:most]]
    named = searched.named(actor, read)
    for row in read:
        one = named.get(row)
        if one is None or not rules.holds(fold("\n".join(one.lines)), wanted):
            continue
        number += 1
        if len(shown) < MOST_SHOWN:
            shown.append(Hit(searched.kind, one.reference, one.title, one.url, rules.around(one.lines, wanted)))
    return shown, number if wanted.phrases else number + max(0, len(keys) - most)


def _facets(actor: Actor, keys: list[str]) -> dict[str, Counter[str]]:
    told = zip(*map(facts_of, keys), strict=True) if keys else [()] * len(FACTS)
    facets = {name: Counter(filter(None, values)) for name, values in zip(FACTS, told, strict=True)}
    facets["right"] = Counter()
    if len(keys) <= MOST_COUNTED:
        kinds = [set(found) for found in kinds_of(actor, [id_of(key) for key in keys]).values()]
        for group in act_groups():
            of_right = {kind.code for kind in act_kinds(group.code)}
            facets["right"][group.code] = sum(not found.isdisjoint(of_right) for found in kinds)
    return facets


def _precedents(actor: Actor, wanted: Sought, found: Found) -> None:
    for precedent in db.session.scalars(precedents.published(actor)):
        lines = [precedent.title, *_strings(precedent.words), precedent.question, precedent.holding]
        lines = [*lines, precedent.number, precedent.symbol or ""]
        if rules.holds(fold("\n".join(lines)), wanted):
            found.counts["precedent"] += 1
            if found.counts["precedent"] <= MOST_SHOWN:
                url = url_for("precedents.show", precedent_id=precedent.id)
                reference = precedent.symbol or precedent.number
                excerpt = rules.around([line for text in lines for line in text.splitlines()], wanted)
                found.hits.append(Hit("precedent", reference, precedent.title, url, excerpt))


def _strings(words: dict[str, Any]) -> Iterable[str]:
    for texts in words.values():
        yield from (text for text in texts.values() if isinstance(text, str))
