"""Ledger rows as lines that a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _

from caseflow.access.actor import Actor
from caseflow.access.facts import names_of
from caseflow.kernel.words import N_
from caseflow.ledger import queries
from caseflow.ledger.models import Event
from caseflow.ledger.words import fact, phrase

SHOWN = ("reference", "incident", "case", "rule", "code", "role", "state", "grade", "kind", "stage", "outcome", "epoch")
LABELS = {
    "reason": N_("Reason"),
    "question": N_("Question"),
    "answer": N_("Answer"),
    "text": N_("Text"),
    "body": N_("Text"),
    "title": N_("Title"),
    "name": N_("Name"),
    "pseudonym": N_("Pseudonym"),
    "contact": N_("Contact"),
    "details": N_("What else matters"),
    "narrative": N_("What happened"),
    "place": N_("Place"),
    "stated_reason": N_("Reason that was given"),
    "consequences": N_("Consequences"),
    "unit": N_("Body, unit, rank or name"),
    "who": N_("Who"),
    "witness": N_("Witness"),
    "legal_issue": N_("Legal issue"),
    "objective": N_("Strategic objective"),
    "what": N_("What is to be done"),
    "judge": N_("Judge or panel"),
    "holding": N_("Holding"),
    "result": N_("Result"),
    "note": N_("Note"),
    "said": N_("Text"),
    "before": N_("Before"),
    "after": N_("After"),
}
RESULTS = {
    "refused": (N_("refused"), "warn"),
    "failed": (N_("failed"), "danger"),
}


@dataclass(frozen=True)
class Line:
    """When, who, what, about what; `details` as label and text, opened for whoever holds the safe."""

    seq: int
    at: datetime
    who: str
    what: str
    subject: str
    facts: str
    why: str
    result: str
    details: list[tuple[str, str]] = field(default_factory=list)


def lines(events: Sequence[Event], *, reader: Actor | None = None) -> list[Line]:
    """Return ledger rows in the reader's language, in their order; with `reader` their sealed details are opened too.

    One query for the names; two more for the keys of all safes when details are opened.
    """
    names = names_of([*(e.actor_id for e in events), *(e.public.get("member") for e in events)])
    if reader is not None:
        reader.ring.prepare([e.safe_id for e in events if e.safe_id and e.opening_sealed is not None])
    return [_line(event, names, reader) for event in events]


def _line(event: Event, names: dict[str, str], reader: Actor | None) -> Line:
    public = event.public
    who = names.get(event.actor_id or "", "")
    member = names.get(str(public.get("member") or ""), _("somebody"))
    opened = queries.details_of(reader, event) if reader is not None else {}
    return Line(
        seq=event.seq,
        at=event.at,
        who=who or (_("The system") if event.actor_id is None else _("somebody")),
        what=_(phrase(event.verb)).replace("%(member)s", member),
        subject=event.subject,
        facts=", ".join(fact(key, public[key]) for key in SHOWN if public.get(key) not in (None, "")),
        why=_(str(public["why"])) if public.get("why") else "",
        result=event.result,
        details=[
            (_(LABELS[key]), words) for key, value in opened.items() if key in LABELS and (words := _plain(value))
        ],
    )


def _plain(value: object) -> str:
    # What people wrote is shown under its label. Codes and ids beside it say nothing to a reader and are left out.
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        told = ((LABELS[key], _plain(one)) for key, one in value.items() if key in LABELS)
        return ", ".join(f"{_(label)}: {words}" for label, words in told if words)
    return "" if value is None else str(value)
