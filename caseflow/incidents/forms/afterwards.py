"""What people send about risks, about what was done, and about links to other incidents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY, LINE
from caseflow.incidents.fields import DateAsKnown, Day
from caseflow.incidents.forms.choices import keep_present, named, offered
from caseflow.web.forms import Form, Line, Text, choose, optional, required


class RiskForm(Form):
    """What somebody has to fear because of this incident."""

    about = RadioField(_l("Who is at risk?"), [choose()])
    person = SelectField(_l("Somebody of this incident"), [optional()])
    level = RadioField(_l("How high is the risk?"), [choose()])
    threat = Text(
        _l("What is to be feared, and from whom?"),
        [required(_l("Say what is to be feared."))],
        most=ENTRY,
        description=_l("Threats that were made, what happened to others, who knows of the conversation."),
    )
    measures = Text(
        _l("What is done about it?"),
        [optional()],
        most=ENTRY,
        description=_l("How to keep in touch, who is told, where the person can go, what is not done."),
    )
    review_on = Day(
        _l("When is it looked at again?"),
        [required(_l("Enter the day on which it is looked at again."))],
        description=_l("It stands on your desk and on the coordinators' from a week before."),
    )

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.about.choices = named(rules.listed("risk_about"))
        self.level.choices = named(rules.listed("risk_levels"))
        self.person.choices = offered(people, _("Nobody who is entered here"))


class InterventionForm(Form):
    """What was done about an incident."""

    kind = SelectField(_l("What was done?"), [choose()])
    on = DateAsKnown(_l("When?"))
    party = Line(_l("By whom?"), [optional()], most=LINE, description=_l("The organisation or the person who did it."))
    addressee = Line(_l("To whom?"), [optional()], most=LINE, description=_l("The body, service or doctor it went to."))
    person = SelectField(_l("For whom?"), [optional()])
    details = Text(_l("What exactly"), [optional()], most=ENTRY)
    result = SelectField(_l("What came of it?"), [optional()])
    response = Text(
        _l("The answer"), [optional()], most=ENTRY, description=_l("What was replied or happened, and when.")
    )

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        given = kwargs.get("data") or {}
        super().__init__(**kwargs)
        kinds = named(rules.listed("intervention_kinds"), _("Choose one"))
        self.kind.choices = keep_present(kinds, "intervention_kinds", given.get("kind"))
        self.result.choices = named(rules.listed("intervention_results"), _("Not said"))
        self.person.choices = offered(people, _("Everybody in it"))


class LinkForm(Form):
    """How an incident stands to another one."""

    kind = SelectField(_l("How are they linked? This incident …"), [choose()])
    reference = Line(
        _l("Reference of the other incident"),
        [required(_l("Write the reference, such as IN-2026-0007."))],
        most=20,
        description=_l("Only incidents that you may open can be linked; the link is shown only to who may open both."),
    )
    note = Text(_l("Why do you think so?"), [optional()], most=ENTRY)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = named(rules.link_kinds(), _("Choose one"))
