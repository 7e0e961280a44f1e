"""What people send about consent and sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY, LINE
from caseflow.incidents.fields import Day
from caseflow.incidents.forms.choices import LANGUAGES, keep_present, named, offered
from caseflow.web.forms import Form, Line, Text, choose, not_in_future, optional, required


class ConsentForm(Form):
    """Step 4: what a person allows."""

    person = SelectField(_l("Whose consent?"), [choose()])
    purpose = SelectMultipleField(_l("What does the person allow?"), [required(_l("Tick at least one."))])
    form = RadioField(_l("In what form?"), [choose()])
    language = RadioField(_l("In which language was it explained?"), [choose()], choices=offered(LANGUAGES.items()))
    given_on = Day(_l("Given on"), [required(_l("Enter the day on which it was given.")), not_in_future])
    until = Day(_l("Until"), [optional()], description=_l("Leave it empty when no end was agreed."))
    witness = Line(
        _l("Witness"),
        [optional()],
        most=LINE,
        description=_l("Who was present, or read it out. A spoken consent needs one."),
    )

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person.choices = offered(people, _("Choose one"))
        self.purpose.choices = named(rules.consent_purposes())
        self.form.choices = named(rules.consent_forms())


class ConsentSheetForm(Form):
    """The consent form for the pen: what is filled in already."""

    person = SelectField(_l("Whose consent?"), [optional()])
    purpose = SelectMultipleField(_l("What does the person allow?"), [optional()])
    until = Day(_l("Until"), [optional()], description=_l("Leave it empty when no end was agreed."))
    witness = Line(_l("Witness"), [optional()], most=LINE)
    language = RadioField(_l("Language of the form"), [choose()], choices=offered(LANGUAGES.items()))

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person.choices = offered(people, _("Nobody: a line for the pen"))
        self.purpose.choices = named(rules.consent_purposes())


class WithdrawalForm(Form):
    """The person took a consent back."""

    on = Day(_l("Withdrawn on"), [required(_l("Enter the day on which it was withdrawn.")), not_in_future])
    reason = Text(
        _l("How you learned of it"),
        [required(_l("Say how you learned of it. The person herself owes no reason."))],
        most=ENTRY,
        description=_l("The person herself owes no reason."),
    )


class SourceForm(Form):
    """Who says so."""

    connection = SelectField(_l("How is the source connected to what happened?"), [choose()])
    who = Text(
        _l("Who or what is it?"),
        [optional()],
        most=ENTRY,
        description=_l("A name, a document, a publication and its address. It is sealed."),
    )
    said_on = Day(_l("Said or written on"), [optional(), not_in_future])
    reliability = RadioField(_l("How far can it be relied on?"), [choose()])

    def __init__(self, **kwargs: Any) -> None:
        given = kwargs.get("data") or {}
        super().__init__(**kwargs)
        connections = named(rules.connections(), _("Choose one"))
        self.connection.choices = keep_present(connections, "connections", given.get("connection"))
        self.reliability.choices = named(rules.reliabilities())
