"""The letter that goes to a member whenever something happens to her second factor: what and when, nothing else."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from caseflow.kernel import mail
from caseflow.network.models import Member


def tell(member: Member, what: str, *, at: datetime) -> None:
    """Write to `member`, in her language, that `what` (a sentence of ours, marked for translation) happened."""
    with force_locale(member.language):
        subject = _("Your second factor in caseflow")
        body = _(
            "%(what)s\n\nIf you know why, there is nothing to do. If not, call somebody who coordinates your network now.",
            what=_(what),
        )
    mail.write(member.email, subject, body, at=at)
