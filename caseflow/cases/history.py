"""What happened in a case, told from the ledger of its safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.ledger import queries as ledger
from caseflow.ledger.models import Event
from caseflow.ledger.words import phrase, tell
from caseflow.network import queries as network

tell(
    {
        "cases.open_case": N_("opened the case"),
        "cases.edit": N_("described the case anew"),
        "cases.link_incident": N_("linked an incident"),
        "cases.assign_counsel": N_("made %(member)s counsel"),
        "cases.end_counsel": N_("ended the assignment of %(member)s"),
        "cases.change_role": N_("gave %(member)s another role"),
        "cases.hand_over": N_("handed a lawyer's whole load over to %(member)s"),
        "cases.record_mandate": N_("recorded a mandate of %(member)s"),
        "cases.add_party": N_("entered a party"),
        "cases.correct_party": N_("corrected a party"),
        "cases.check_name": N_("compared a name with those of the network"),
        "cases.resolve_conflict": N_("decided about a possible conflict"),
        "cases.add_note": N_("wrote a note"),
        "cases.give_task": N_("gave a task"),
        "cases.finish_task": N_("finished a task"),
        "cases.record_letter": N_("recorded correspondence"),
        "cases.link_cases": N_("linked the case with another"),
        "cases.unlink_cases": N_("took a link with another case back"),
        "cases.answer_selection": N_("answered what is asked before a case is taken"),
        "cases.estimate": N_("said what the case may come to"),
        "cases.keep_longer": N_("set how long the closed case is kept"),
        "cases.archive": N_("put the case into the archive"),
        "cases.unarchive": N_("took the case out of the archive"),
        "cases.begin_bundle": N_("began a bundle for a court"),
        "cases.end_bundle": N_("made a bundle for a court"),
        "cases.draw_paper": N_("drew a letter or a filing"),
        "cases.close": N_("closed the case"),
        "cases.reopen": N_("reopened the case"),
    }
)


@dataclass(frozen=True)
class Told:
    """One line of the history: when, who, what, and whether it was refused."""

    seq: int
    at: datetime
    who: str
    what: str
    about: str
    refused: bool


def told(actor: Actor, case: Case, *, limit: int | None = None) -> list[Told]:
    """Return what happened in the safe of `case`, newest first, in the reader's language; two queries."""
    query = ledger.of_safe(actor, case.safe_id)
    return in_words(list(db.session.scalars(query.limit(limit) if limit else query)))


def in_words(events: Sequence[Event]) -> list[Told]:
    """Return ledger rows as lines that a person reads; one query for the names."""
    members = [event.public.get("member") for event in events]
    names = network.names_of([*(event.actor_id for event in events), *members])
    lines = []
    for event in events:
        whom = names.get(event.public.get("member") or "", _("somebody"))
        codes = [event.public.get(key) for key in ("reference", "incident", "rule") if event.public.get(key)]
        lines.append(
            Told(
                seq=event.seq,
                at=event.at,
                who=names.get(event.actor_id or "", _("The system")),
                what=_(phrase(event.verb)) % {"member": whom},
                about=" ".join(str(code) for code in codes),
                refused=event.result != "done",
            )
        )
    return lines
