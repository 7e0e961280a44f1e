"""What people send about deadlines."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField

from caseflow.web.forms import Form, Text, required

WHY = _l("Say why, in a sentence.")


class ChangeForm(Form):
    """Another last day, and why."""

    last_day = DateField(_l("Last day"), [required(_l("Enter the day."))])
    reason = Text(_l("Reason"), [required(WHY)], most=2000, description=_l("It is sealed with the case."))


class DeclineForm(Form):
    """Why a deadline does not run."""

    reason = Text(_l("Reason"), [required(WHY)], most=2000, description=_l("It is sealed with the case."))
