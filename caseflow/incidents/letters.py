"""Letters about incidents: a reference, what kind of thing waits, and an address. Never a title, a name or a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urljoin

from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.access.actor import Role
from caseflow.incidents.models import Incident, Notice
from caseflow.kernel import mail
from caseflow.kernel.db import db
from caseflow.kernel.settings import current
from caseflow.network import queries as network
from caseflow.network.models import Member

Wording = Callable[[str, str], tuple[str, str]]


def about_submission(incident: Incident, *, at: datetime) -> None:
    """Tell every coordinator but the one who logged it that an incident waits for review."""
    for member in network.able(Role.COORDINATOR):
        if member.id != incident.by_id:
            _write(member, incident, "submitted", _submitted, at=at)


def about_question(incident: Incident, *, at: datetime) -> None:
    """Tell whoever logged the incident that something is asked of her."""
    _write(db.session.get_one(Member, incident.by_id), incident, "asked", _asked, at=at)


def about_answer(incident: Incident, *, asked_by: str, at: datetime) -> None:
    """Tell the coordinator who asked (a member id) that the answer is there."""
    _write(db.session.get_one(Member, asked_by), incident, "answered", _answered, at=at)


def about_referral(incident: Incident, *, to: str, at: datetime) -> None:
    """Tell a member (an id) that another organisation offers her an incident."""
    _write(db.session.get_one(Member, to), incident, "offered", _offered, at=at)


def about_decision(incident: Incident, *, to: str, at: datetime) -> None:
    """Tell whoever referred (a member id) that it was decided on the other side."""
    _write(db.session.get_one(Member, to), incident, "decided", _decided, at=at)


def about_outcome(incident: Incident, *, by: str, at: datetime) -> None:
    """Tell whoever answers for the incident to which state it came, unless she led it there herself (`by`, an id)."""
    if incident.by_id != by:
        _write(db.session.get_one(Member, incident.by_id), incident, incident.state, _decided_here, at=at)


def _decided_here(reference: str, address: str) -> tuple[str, str]:
    return (
        _("%(reference)s was decided about", reference=reference),
        _(
            "What was decided about incident %(reference)s, and why, stands on its page.\n\n%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _offered(reference: str, address: str) -> tuple[str, str]:
    return (
        _("%(reference)s is offered to you", reference=reference),
        _(
            "Another organisation refers incident %(reference)s to you. Read it there and accept or reject it.\n\n"
            "%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _decided(reference: str, address: str) -> tuple[str, str]:
    return (
        _("What you referred as %(reference)s was decided", reference=reference),
        _(
            "The answer of the other organisation stands on the page of incident %(reference)s.\n\n%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _submitted(reference: str, address: str) -> tuple[str, str]:
    return (
        _("%(reference)s waits for review", reference=reference),
        _(
            "Incident %(reference)s was submitted and waits for review.\n\n%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _asked(reference: str, address: str) -> tuple[str, str]:
    return (
        _("A question about %(reference)s", reference=reference),
        _(
            "A coordinator needs one more thing to review incident %(reference)s. The question stands on its page; when "
            "you have answered there, it goes back to review.\n\n%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _answered(reference: str, address: str) -> tuple[str, str]:
    return (
        _("Your question about %(reference)s was answered", reference=reference),
        _(
            "The answer stands on the page of incident %(reference)s.\n\n%(address)s",
            reference=reference,
            address=address,
        ),
    )


def _write(member: Member, incident: Incident, kind: str, wording: Wording, *, at: datetime) -> None:
    """Note that `member` is to be told, and write to her if she wants letters at once."""
    if member.departure is not None:
        return
    how, _hour = network.letter_choice(member.id)
    told_at = None if how == "daily" else at
    db.session.add(Notice(member_id=member.id, incident_id=incident.id, kind=kind, at=at, told_at=told_at))
    if how != "at_once":
        return
    with force_locale(member.language):
        subject, body = wording(
            incident.reference, urljoin(current().url.rstrip("/") + "/", f"incidents/{incident.id}")
        )
    mail.write(member.email, subject, body, at=at)
