"""What people send while an incident is reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY
from caseflow.incidents.forms.choices import named, offered
from caseflow.web.forms import Form, Text, choose, optional, required


class QuestionForm(Form):
    """What the coordinator needs to know."""

    question = Text(
        _l("What do you need to know?"),
        [required(_l("Write what you need to know."))],
        most=ENTRY,
        description=_l("One thing at a time is answered soonest. The letter she gets says only that a question waits."),
    )


class AnswerForm(Form):
    """The documenter's answer."""

    text = Text(
        _l("Your answer"),
        [required(_l("Write the answer, or say that it cannot be found out."))],
        most=ENTRY,
        description=_l(
            "It goes back to review at once. You can also correct the text or add evidence before you answer."
        ),
    )


class ReasonForm(Form):
    """A step that needs its reason only."""

    reason = Text(
        _l("Reason"), [required(_l("Say why, in a sentence. The person who logged it reads this."))], most=ENTRY
    )


class ReferralForm(Form):
    """To whom an incident is referred, and which parts of it."""

    to = SelectField(_l("To whom?"), [choose()])
    parts = SelectMultipleField(_l("Which parts?"), [optional()])
    people = SelectMultipleField(_l("Which people, with what was done to them?"), [optional()])
    reason = Text(
        _l("Why is it better placed there?"),
        [required(_l("Say why it is better placed there. The person who logged it reads this."))],
        most=ENTRY,
        description=_l("It stays here, with this incident."),
    )
    note = Text(
        _l("Words to go with it"),
        [optional()],
        most=ENTRY,
        description=_l("The other organisation reads this. No names are taken out of it."),
    )

    def __init__(self, members: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to.choices = offered(members, _("Choose one"))
        self.parts.choices = [
            ("narrative", _("What happened, as it is written")),
            ("place", _("The exact place")),
            ("sources", _("The sources")),
        ]
        self.people.choices = list(people)


class VerificationForm(ReasonForm):
    """How far an incident is established."""

    grade = RadioField(_l("How far is it established?"), [choose()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.grade.choices = named(rules.grades())
