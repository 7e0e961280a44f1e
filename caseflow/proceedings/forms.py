"""What people send about proceedings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, DateTimeLocalField, RadioField, SelectField, SelectMultipleField

from caseflow.network.rules import articles
from caseflow.proceedings import papers, rules
from caseflow.proceedings.models import Proceeding, Stage
from caseflow.web.forms import Form, Line, Text, choose, not_in_future, optional, required
from caseflow.web.words import choose_zone, language

Choices = list[tuple[str, str]]
ON_WHICH_DAY = _l("Enter the day.")


def moment_of(typed: datetime | None) -> datetime | None:
    """Return a day and hour typed in the reader's zone as an aware moment."""
    return typed.replace(tzinfo=ZoneInfo(choose_zone())).astimezone(UTC) if typed else None


def court_choices(procedure: str | None = None) -> Choices:
    """Return the courts and bodies of a procedure, all without one."""
    lang = language()
    return [("", _("Not known yet")), *((court.id, court.name.to(lang)) for court in rules.courts(procedure))]


class _WithCourt(Form):
    """Where a stage runs and since when."""

    court = SelectField(_l("Court or body"), [optional()])
    number = Line(_l("Number of the case there"), [optional()], most=80)
    began_on = DateField(_l("Began on"), [required(ON_WHICH_DAY), not_in_future])


class OpeningForm(_WithCourt):
    """A new proceeding: which procedure; its stage is asked next, or is the first one."""

    procedure = SelectField(_l("Procedure"), [choose()])
    stage = SelectField(
        _l("Stage it is at"), [optional()], description=_l("Its first stage, if you leave this as it is.")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        lang = language()
        known = rules.procedures()
        self.procedure.choices = [("", _("Choose one")), *((p.id, p.name.to(lang)) for p in known)]
        self.stage.choices = {
            _("The first stage"): [("", _("The first stage of the procedure"))],
            **{p.name.to(lang): [(f"{p.id}.{s.id}", s.name.to(lang)) for s in p.stages] for p in known},
        }
        self.court.choices = court_choices()


class MoveForm(_WithCourt):
    """The next stage of a proceeding."""

    stage = RadioField(_l("Next stage"), [choose(_l("Choose the stage that begins."))])

    def __init__(self, proceeding: Proceeding, allowed: Iterable[rules.Stage], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        lang, present = language(), proceeding.stages[-1]
        self.stage.choices = [
            (
                s.id,
                _("%(stage)s (sent back)", stage=s.name.to(lang))
                if rules.is_remand(proceeding.procedure, present.stage, s.id)
                else s.name.to(lang),
            )
            for s in allowed
        ]
        self.court.choices = court_choices(proceeding.procedure)


class HearingForm(Form):
    """A sitting of the court."""

    held_at = DateTimeLocalField(_l("Day and hour"), [required(_l("Enter day and hour."))], format="%Y-%m-%dT%H:%M")
    is_open = BooleanField(_l("Open to the public"), default=True)
    place = Line(_l("Place"), [optional()], most=200)
    judge = Line(_l("Judge or panel"), [optional()], most=200)
    result = Text(_l("Result"), [optional()], most=4000, description=_l("Leave it empty while the hearing is to come."))


class ResultForm(Form):
    """How a hearing ended."""

    result = Text(_l("Result"), [required()], most=4000)


class FilingForm(Form):
    """A paper that went out or came in."""

    direction = RadioField(_l("Direction"), [choose()], default="out")
    kind = SelectField(_l("What it is"), [choose()])
    title = Line(_l("Title"), [required()], description=_l("It is sealed."))
    filed_on = DateField(_l("On which day"), [required(ON_WHICH_DAY), not_in_future])
    how = SelectField(_l("How it travelled"), [optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        lang = language()
        self.direction.choices = [(code, label.to(lang)) for code, label in papers.DIRECTIONS.items()]
        self.kind.choices = [("", _("Choose one")), *((code, label.to(lang)) for code, label in papers.KINDS.items())]
        self.how.choices = [("", _("Not known")), *((code, label.to(lang)) for code, label in papers.WAYS.items())]


class DecisionForm(Form):
    """What a court or body decided."""

    outcome = RadioField(_l("Outcome"), [choose(_l("Choose how this stage ended."))])
    decided_on = DateField(_l("Decided on"), [required(ON_WHICH_DAY), not_in_future])
    served_on = DateField(_l("Copy served on"), [optional(), not_in_future])
    in_force_on = DateField(_l("In force since"), [optional(), not_in_future])
    articles_violated = SelectMultipleField(_l("Articles found violated"), [optional()])
    articles_not_violated = SelectMultipleField(_l("Articles found not violated"), [optional()])
    holding = Text(
        _l("Holding"), [optional()], most=8000, description=_l("What was decided, and on which grounds. It is sealed.")
    )

    def __init__(self, stage: Stage, relied_on: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        lang, first = language(), set(relied_on)
        known = rules.procedure(stage.proceeding.procedure).outcomes(stage.stage)
        self.outcome.choices = [(outcome.id, outcome.name.to(lang)) for outcome in known]
        # The articles the case relies on come first: they are what a court most often finds on.
        rows = sorted(articles(), key=lambda article: article.code not in first)
        for field in (self.articles_violated, self.articles_not_violated):
            field.choices = [(article.code, article.label(lang)) for article in rows]


class ServiceForm(Form):
    """When a copy of the decision was served."""

    served_on = DateField(_l("Copy served on"), [required(ON_WHICH_DAY), not_in_future])


class InForceForm(Form):
    """When the decision came into force."""

    in_force_on = DateField(_l("In force since"), [required(ON_WHICH_DAY), not_in_future])
