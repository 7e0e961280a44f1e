"""The digest: once a day, to those who chose it, how many things wait or happened; no reference, no name, no text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access.facts import able_members
from caseflow.incidents.models import Incident, Notice
from caseflow.kernel import mail
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.keys.models import Grant
from caseflow.ledger import operations as ledger
from caseflow.ledger.words import tell
from caseflow.network.models import LetterChoice, Member

tell({"incidents.write_digests": N_("Digests were written")})
_WHY = unscoped("a digest goes to whoever holds the incident's grant; its writer opens nothing")


def write_digests(*, at: datetime) -> int:
    """Write to every member who chose a digest, once her hour has come and once a day where she is; return how many.

    Counted is what she was told since her last letter and may still open. Running it twice writes nothing twice.
    """
    able = able_members()
    waiting: dict[str, list[Notice]] = defaultdict(list)
    query = (
        select(Notice)
        .join(Incident, Incident.id == Notice.incident_id)
        .join(Grant, (Grant.safe_id == Incident.safe_id) & (Grant.member_id == Notice.member_id))
        .join(LetterChoice, LetterChoice.member_id == Notice.member_id)
        .where(LetterChoice.how == "daily", Notice.told_at.is_(None))
        .order_by(Notice.at)
    )
    for notice in db.session.scalars(query, execution_options=_WHY):
        if notice.member_id in able:
            waiting[notice.member_id].append(notice)
    choices = select(Member, LetterChoice.hour).join(LetterChoice, LetterChoice.member_id == Member.id)
    told = []
    for member, hour in db.session.execute(choices.where(Member.id.in_(list(waiting)))):
        here = at.astimezone(ZoneInfo(member.timezone))
        if here.hour < hour:
            continue
        with force_locale(member.language):
            subject, body = _letter(Counter(notice.kind for notice in waiting[member.id]), member, here)
        key = f"digest {member.id} {here.date().isoformat()}"
        if mail.write(member.email, subject, body, at=at, key=key) is None:
            continue  # she has had today's
        for notice in waiting[member.id]:
            notice.told_at = at
        told.append(member.id)
    if told:
        ledger.record("incidents.write_digests", by=None, at=at, about="letters:", public={"members": sorted(told)})
    return len(told)


def _letter(counts: Mapping[str, int], member: Member, here: datetime) -> tuple[str, str]:
    day = format_date(here.date(), "long", locale=member.language)
    link = urljoin(current().url.rstrip("/") + "/", "")
    lines = "\n".join(f"– {_line(kind, counts[kind])}" for kind in _ORDER if counts.get(kind))
    ending = _("What it is stands on your desk:\n%(link)s", link=link)
    none = _("This letter names no person and no matter. How often it comes you choose on your account's page.")
    return _("caseflow: what is new, %(day)s", day=day), f"{lines}\n\n{ending}\n\n{none}"


_ORDER = ("asked", "offered", "submitted", "answered", "decided", "verified", "declined", "closed", "taken_to_case")


def _line(kind: str, number: int) -> str:
    words = {
        "asked": ngettext("%(num)s question waits for your answer", "%(num)s questions wait for your answer", number),
        "offered": ngettext("%(num)s incident is offered to you", "%(num)s incidents are offered to you", number),
        "submitted": ngettext("%(num)s incident was submitted", "%(num)s incidents were submitted", number),
        "answered": ngettext(
            "%(num)s of your questions was answered", "%(num)s of your questions were answered", number
        ),
        "decided": ngettext("%(num)s referral was decided", "%(num)s referrals were decided", number),
        "verified": ngettext("%(num)s incident was verified", "%(num)s incidents were verified", number),
        "declined": ngettext("%(num)s incident was declined", "%(num)s incidents were declined", number),
        "closed": ngettext("%(num)s incident was closed", "%(num)s incidents were closed", number),
        "taken_to_case": ngettext("%(num)s incident went into a case", "%(num)s incidents went into a case", number),
    }
    return str(words[kind])
