"""The letter that goes to a member whenever something happens to her second factor: what and when, nothing else."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.kernel import mail
from caseflow.kernel.words import N_
from caseflow.network.models import Member

SECOND_FACTOR, ACCOUNT = N_("Your second factor in caseflow"), N_("Your account in caseflow")


def tell(member: Member, what: str, *, at: datetime, subject: str = SECOND_FACTOR) -> None:
    """Write to `member`, in her language, that `what` happened; both sentences are ours and marked for translation."""
    with force_locale(member.language):
        heading = _(subject)
        body = _(
            "%(what)s\n\nIf you know why, there is nothing to do. If not, call somebody who coordinates your network now.",
            what=_(what),
        )
    mail.write(member.email, heading, body, at=at)
