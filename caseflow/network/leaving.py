"""What somebody else is to take over from a member who leaves: asked of the rooms above, which know their duties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caseflow.kernel.announce import announce
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network.models import Member

NOBODY = "nobody"  # said so: it is left without anybody


@dataclass(frozen=True)
class Duty:
    """One thing to hand over: `key` names it in the form, `row` and `reference` show it, `takers` (ids) may take it.

    A duty that is `needed` is not passed over in silence: a taker is named or, where `may_lapse`, `NOBODY`.
    """

    key: str
    reference: str
    takers: frozenset[str]
    needed: bool = True
    may_lapse: bool = False
    row: Any = None
    count: int = 1


def duties_of(member: Member) -> list[Duty]:
    """Return what would be without anybody if the member left now."""
    found: list[Duty] = []
    announce("network.duties_asked", member=member, duties=found)
    return found


def demand_taken(duties: Sequence[Duty], hand_over: Mapping[str, str], *, about: str) -> None:
    """Raise `RuleBroken` at the first duty for which no possible taker was named."""
    for duty in duties:
        taker = hand_over.get(duty.key, "")
        if taker in duty.takers or (taker == NOBODY and duty.may_lapse) or (taker == "" and not duty.needed):
            continue
        words = N_("Choose who takes this over.") if taker == "" else N_("This person cannot take it over.")
        raise RuleBroken(words, field=duty.key, about=about)
