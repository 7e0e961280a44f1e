"""Whether two incidents, or two people in them, are the same, and why one thinks so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from caseflow.incidents.checks import ENTRY
from caseflow.web.forms import Form, Text, choose, required

WHOLE = "incident"
SAME, OTHER = "same", "other"


class JudgementForm(Form):
    """Two incidents, or one person of each, and the reason."""

    what = RadioField(_l("Whom or what do you compare?"), [choose()])
    verdict = RadioField(_l("Your judgement"), [choose()])
    reason = Text(_l("Why do you think so?"), [required(_l("Say why you think so."))], most=ENTRY)

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.verdict.choices = [(SAME, _("They are the same")), (OTHER, _("They are not the same"))]
        self.what.choices = [(WHOLE, _("The two incidents")), *people]
