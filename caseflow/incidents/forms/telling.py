"""What people send about what happened, where and when; and the quick note."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import ValidationError

from caseflow.incidents import rules
from caseflow.incidents.checks import LINE, STORY
from caseflow.incidents.fields import DateAsKnown, Day
from caseflow.incidents.forms.choices import LANGUAGES, keep_present, named, offered
from caseflow.network.rules import regions
from caseflow.web.forms import Form, Line, Text, choose, not_in_future, optional, required

ENDINGS = {
    "none": _l("It was over on the same day"),
    "until": _l("It lasted until:"),
    "unknown": _l("It goes on, or its end is not known"),
}
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
        given = kwargs.get("data") or {}
        super().__init__(**kwargs)
        self.region.choices = named(regions(), _("Choose a region"))
        self.ending.choices = offered(ENDINGS.items())
        ways = named(rules.learned_how(), _("Not said"))
        self.learned_how.choices = keep_present(ways, "learned_how", given.get("learned_how"))

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
