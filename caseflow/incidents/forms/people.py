"""What people send about who is in an incident and what was done to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY, LINE
from caseflow.incidents.forms.choices import keep_present, kinds_in_groups, named, offered
from caseflow.network.rules import articles
from caseflow.web.forms import Form, Line, Number, Text, choose, optional
from caseflow.web.words import language


class PersonForm(Form):
    """Step 3: a person or a group."""

    kind = RadioField(_l("Who is it?"), [choose()], default="individual")
    name = Line(
        _l("Name"),
        [optional()],
        most=LINE,
        description=_l("As in a document, if you know it. Only who holds this incident reads it."),
    )
    pseudonym = Line(
        _l("Pseudonym"),
        [optional()],
        most=LINE,
        description=_l("Used in everything that leaves the network when the person has not consented to be named."),
    )
    size = Number(
        _l("Number of people in the group"),
        [optional(), NumberRange(2, 100_000_000, _l("Two or more; leave it empty if it is not known."))],
    )
    contact = Text(
        _l("How to reach the person safely"),
        [optional()],
        most=ENTRY,
        description=_l("Through whom, when, and what must not be done: do not call in the evening, do not write."),
    )
    details = Text(
        _l("What else matters"),
        [optional()],
        most=ENTRY,
        description=_l("Age, occupation, health, needs: only what the case will need."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = named(rules.person_kinds())


class InvolvementForm(Form):
    """Who took part in an act."""

    actor_kind = SelectField(_l("Who did it?"), [choose()])
    degree = SelectField(_l("In what way?"), [optional()])
    unit = Line(
        _l("Body, unit, rank or name"),
        [optional()],
        most=LINE,
        description=_l("As far as it is known: the department, the rank, what the person was called. It is sealed."),
    )
    person = SelectField(_l("Somebody of this incident"), [optional()])

    def __init__(self, people: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        given = kwargs.get("data") or {}
        super().__init__(**kwargs)
        kinds = named(rules.actor_kinds(), _("Choose one"))
        self.actor_kind.choices = keep_present(kinds, "actor_kinds", given.get("actor_kind"))
        degrees = named(rules.degrees(), _("Not known"))
        self.degree.choices = keep_present(degrees, "degrees", given.get("degree"))
        self.person.choices = offered(people, _("Nobody who is entered here"))


class ActForm(Form):
    """What was done to one person; a new act can name who did it in the same form."""

    victim = SelectField(_l("To whom was it done?"), [choose()])
    kind = SelectField(_l("What was done?"), [choose()])
    articles = SelectMultipleField(_l("Treaty articles"), [optional()])
    method = SelectField(_l("By what means?"), [optional()])
    stated_reason = Text(
        _l("The reason that was given"),
        [optional()],
        most=ENTRY,
        description=_l("What the authorities said or wrote, if anything."),
    )
    consequences = Text(
        _l("Consequences"), [optional()], most=ENTRY, description=_l("For body, mind, work, family, freedom.")
    )
    victim_status = SelectField(_l("The person now"), [optional()])

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        given = kwargs.get("data") or {}
        super().__init__(**kwargs)
        lang = language()
        self.victim.choices = offered(people, _("Choose one"))
        self.kind.choices = keep_present(kinds_in_groups(), "acts", given.get("kind"))
        self.articles.choices = offered([(one.code, one.label(lang)) for one in articles()])
        methods = named(rules.methods(), _("Not known, or none"))
        self.method.choices = keep_present(methods, "methods", given.get("method"))
        statuses = named(rules.victim_statuses(), _("Not known"))
        self.victim_status.choices = keep_present(statuses, "victim_statuses", given.get("victim_status"))


class NewActForm(ActForm, InvolvementForm):
    """A new act with the first who took part in it."""

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(people, **kwargs)
        self.actor_kind.validators = [optional()]
        self.actor_kind.flags.required = False
        self.actor_kind.choices = named(rules.actor_kinds(), _("Not said yet"))
