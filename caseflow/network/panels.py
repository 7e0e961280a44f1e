"""What the network tells on other pages: a member's keys on her own page, what waits on the coordinators' desk."""

from __future__ import annotations

from flask_babel import gettext as _

from caseflow.access.actor import Actor
from caseflow.kernel.clock import now
from caseflow.kernel.words import N_
from caseflow.keys.queries import waiting
from caseflow.keys.rules import COORDINATOR, COUNSEL, LINKED, LOGGED, SCORER
from caseflow.network import queries
from caseflow.network.models import Member
from caseflow.web.navigation import Panel, panel

REASONS = {
    LOGGED: N_("answers for the incident"),
    COUNSEL: N_("counsel in the case"),
    LINKED: N_("counsel in a case that rests on it"),
    SCORER: N_("asked to score the decision"),
    COORDINATOR: N_("coordinator"),
}
WHERE = {
    "incident": ("incidents.show", "incident_id"),
    "case": ("cases.show", "case_id"),
    "review": ("precedents.review", "review_id"),
}


@panel("account", order=10)
@panel("member", order=10)
def keys_panel(member: Member, actor: Actor) -> Panel | None:
    """A member's keys: for herself and for coordinators."""
    if member.id != actor.member_id and not actor.is_coordinator:
        return None
    facts = queries.keys_of(member.id)
    mine = member.id == actor.member_id
    values = {"member": member, "facts": facts, "mine": mine, "reasons": REASONS}
    return Panel("keys", _("My keys") if mine else _("Her keys"), "network/keys_panel.html", values)


@panel("desk", order=10)
def waiting_panel(_row: object, actor: Actor) -> Panel | None:
    """What a coordinator has asked of another, and keys that wait to be renewed."""
    if not actor.is_coordinator:
        return None
    requests = [one for one in queries.open_requests(at=now()) if one.approval.asked_by_id != actor.member_id]
    left = waiting(actor.member_id)
    if not requests and not left.safes and not left.files:
        return None
    return Panel("keys", _("Keys and approvals"), "network/desk_panel.html", {"requests": requests, "left": left})


@panel("account", order=20)
def letters_panel(member: Member, _actor: Actor) -> Panel:
    """How letters about the work come."""
    how, hour = queries.letter_choice(member.id)
    words = {
        "at_once": _("Letters about incidents come at once."),
        "daily": _("One letter a day tells what is new, from %(hour)s on.", hour=f"{hour:02d}:00"),
        "never": _("No letters about incidents come."),
    }
    return Panel("letters", _("My letters"), "network/letters_panel.html", {"words": words[how]})
