"""What people send about remedies."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField

from caseflow.remedies import rules
from caseflow.web.forms import Form, Line, Text, choose, not_in_future, optional, required
from caseflow.web.words import language


class MeasureForm(Form):
    """One measure that a decision ordered."""

    kind = SelectField(_l("Kind of measure"), [choose()])
    what = Text(_l("What was ordered"), [required()], most=4000)
    addressee = Line(_l("Who is to do it"), [optional()])
    due_on = DateField(_l("Due"), [optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kinds = rules.measure_kinds()
        self.kind.choices = [("", _("Choose one")), *((kind, kinds[kind].in_language(language())) for kind in kinds)]


class FollowUpForm(Form):
    """What became of a measure."""

    on = DateField(_l("Found on"), [required(), not_in_future])
    state = SelectField(_l("State"), [choose()])
    grade = SelectField(_l("Grade of the Human Rights Committee"), [optional()])
    note = Text(_l("What was done, and how you know"), [required()], most=8000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        states, grades = rules.measure_states(), rules.grades()
        lang = language()
        self.state.choices = [("", _("Choose one")), *((key, states[key].in_language(lang)) for key in states)]
        self.grade.choices = [("", _("None")), *((key, f"{key} – {grades[key].in_language(lang)}") for key in grades)]
