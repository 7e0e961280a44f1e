"""The form of a checklist, made of its questions."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY
from caseflow.incidents.forms.choices import named
from caseflow.web.forms import Form, Text, optional
from caseflow.web.words import language


def checklist_form(kind: rules.ChecklistKind) -> type[Form]:
    """Return the form of a checklist: an answer and a note for each question, all of which may stay empty."""
    lang = language()
    answers = named(rules.checklist_answers().values(), _("Not answered"))
    fields: dict[str, Any] = {}
    for one in kind.questions:
        label = one.label.in_language(lang)
        fields[f"answer_{one.code}"] = SelectField(label, [optional()], choices=answers, description=one.source)
        fields[f"note_{one.code}"] = Text(_l("What is known about it"), [optional()], most=ENTRY)
    return type("ChecklistForm", (Form,), fields)
