"""What people send about incidents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from caseflow.incidents import rules
from caseflow.incidents.checks import ENTRY, LINE, STORY
from caseflow.incidents.fields import DateAsKnown, Day
from caseflow.network.rules import articles, regions
from caseflow.web.forms import Form, Line, Number, Text, choose, not_in_future, optional, required
from caseflow.web.words import language

Choices = list[SelectChoice]

LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
ENDINGS = {
    "none": _l("It was over on the same day"),
    "until": _l("It lasted until:"),
    "unknown": _l("It goes on, or its end is not known"),
}


def offered(pairs: Iterable[tuple[str, Any]], empty: Any = None, *, group: str | None = None) -> Choices:
    """Return pairs of value and label as choices, after an empty one with the words `empty`."""
    first = [] if empty is None else [("", empty)]
    return [SelectChoice(value, str(label), optgroup=group) for value, label in [*first, *pairs]]


def named(codes: Iterable[Any], empty: Any = None, *, group: str | None = None) -> Choices:
    """Return coded terms as choices in the reader's language, after an empty one with the words `empty`."""
    lang = language()
    return offered([(one.code, one.label.in_language(lang)) for one in codes], empty, group=group)


class WhatForm(Form):
    """Step 1: what happened."""

    title = Line(
        _l("Title"),
        [required(_l("Give it a title by which you will know it: a few words."))],
        most=LINE,
        description=_l("A few words by which you will know it. It is sealed, like everything you write here."),
    )
    narrative = Text(
        _l("What happened"),
        [optional()],
        most=STORY,
        description=_l(
            "In the order in which it happened: who did what to whom, where, and what came after. You can go on later."
        ),
    )
    language = RadioField(_l("Language of the text"), [choose()], choices=offered(LANGUAGES.items()))


WHEN = {
    "today": _l("Today"),
    "yesterday": _l("Yesterday"),
    "earlier": _l("On another day:"),
    "unknown": _l("Not known yet"),
}


class QuickForm(Form):
    """What must be noted now: one page, and one box that has to be filled in."""

    story = Text(
        _l("What happened?"),
        [required(_l("Write what you know, in your own words: one sentence is enough."))],
        most=STORY,
        description=_l("In any words, in the order in which it comes. It is sealed as soon as you press the button."),
    )
    who = Line(
        _l("To whom?"),
        [optional()],
        most=LINE,
        description=_l("One person or one group: a name, or a word by which you will know them. Others can follow."),
    )
    when = RadioField(_l("When?"), [choose()], default="today")
    day = Day(_l("The day"), [optional(), not_in_future])
    region = SelectField(_l("Region"), [optional()])
    place = Line(_l("Exact place"), [optional()], most=LINE)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.when.choices = offered(WHEN.items())
        self.region.choices = named(regions(), _("Choose a region"))

    def validate_when(self, field: RadioField) -> None:
        """A day that was written is meant; one that was promised must be there."""
        if self.day.data is not None:
            field.data = "earlier"
        elif field.data == "earlier" and not self.day.errors:
            raise ValidationError(_("Write the day, or choose “Not known yet”."))

    def moment(self, today: date) -> tuple[date | None, str]:
        """Return the day and its precision as an incident keeps them; `today` is the day where she is."""
        days = {"today": today, "yesterday": today - timedelta(days=1), "earlier": self.day.data}
        found = days.get(self.when.data)
        return found, "day" if found is not None else "unknown"


class WhereForm(Form):
    """Step 2: where and when, and how it reached you."""

    region = SelectField(_l("Region"), [optional()])
    place = Line(
        _l("Exact place"),
        [optional()],
        most=LINE,
        description=_l("Settlement, street, building, office. It is sealed; the region alone is used for overviews."),
    )
    began_on = DateAsKnown(_l("When did it begin?"))
    ending = RadioField(_l("And when did it end?"), [optional()], default="none")
    ended_on = DateAsKnown(_l("Last day"))
    learned_on = Day(_l("When did it reach you?"), [optional(), not_in_future])
    learned_how = SelectField(_l("How did it reach you?"), [optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.region.choices = named(regions(), _("Choose a region"))
        self.ending.choices = offered(ENDINGS.items())
        self.learned_how.choices = named(rules.learned_how(), _("Not said"))

    def validate_ending(self, field: RadioField) -> None:
        """An end that was chosen needs its date, and a date that was written is meant."""
        day, _precision = self.ended_on.data
        if day is not None and field.data != "until":
            field.data = "until"
        if field.data == "until" and day is None and not self.ended_on.process_errors:
            self.ended_on.process_errors = [_("Write the last day, as far as it is known.")]

    @property
    def end(self) -> tuple[date | None, str | None]:
        """Return date and precision of the end; (None, None) when it ended as it began."""
        if self.ending.data == "until":
            day, precision = self.ended_on.data
            return day, precision
        return None, "unknown" if self.ending.data == "unknown" else None


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
        super().__init__(**kwargs)
        self.actor_kind.choices = named(rules.actor_kinds(), _("Choose one"))
        self.degree.choices = named(rules.degrees(), _("Not known"))
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
        super().__init__(**kwargs)
        lang = language()
        self.victim.choices = offered(people, _("Choose one"))
        self.kind.choices = kinds_in_groups()
        self.articles.choices = offered([(one.code, one.label(lang)) for one in articles()])
        self.method.choices = named(rules.methods(), _("Not known, or none"))
        self.victim_status.choices = named(rules.victim_statuses(), _("Not known"))


class NewActForm(ActForm, InvolvementForm):
    """A new act with the first who took part in it."""

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(people, **kwargs)
        self.actor_kind.validators = [optional()]
        self.actor_kind.flags.required = False
        self.actor_kind.choices = named(rules.actor_kinds(), _("Not said yet"))


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
        super().__init__(**kwargs)
        self.connection.choices = named(rules.connections(), _("Choose one"))
        self.reliability.choices = named(rules.reliabilities())


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


def kinds_in_groups() -> Choices:
    """Return the kinds of act in their groups, for a select; the group is the right that is at stake."""
    lang = language()
    grouped = offered([], _("Choose one"))
    for group in rules.act_groups():
        grouped += named(rules.act_kinds(group.code), group=group.label.in_language(lang))
    return grouped
