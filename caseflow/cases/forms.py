"""What people send about cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice

from caseflow.cases import rules
from caseflow.cases.papers.kinds import Kind
from caseflow.cases.rubric import CRITERIA
from caseflow.network.rules import articles
from caseflow.web.forms import Form, Line, Text, choose, optional, required
from caseflow.web.words import language

Choices = list[tuple[str, str]]


def named(labels: Mapping[str, Any]) -> Choices:
    """Return code and label in the reader's language."""
    lang = language()
    return [(code, label.to(lang)) for code, label in labels.items()]


def article_choices() -> Choices:
    """Return the articles a case can rely on, code and label."""
    lang = language()
    return [(found.code, found.label(lang)) for found in articles()]


class CaseForm(Form):
    """What a case is about."""

    title = Line(_l("Title"), [required()], description=_l("One line by which the team knows the case. It is sealed."))
    legal_issue = Text(
        _l("Legal issue"),
        [optional()],
        most=4000,
        description=_l("The question of law that a court should answer."),
    )
    objective = Text(
        _l("Strategic objective"), [optional()], most=4000, description=_l("What should change for everyone.")
    )
    articles = SelectMultipleField(_l("Articles relied on"), [optional()])
    confidentiality = RadioField(_l("Confidentiality"), [choose()], default="normal")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.articles.choices = article_choices()
        self.confidentiality.choices = named(rules.CONFIDENTIALITY)


class OpeningForm(CaseForm):
    """A new case and the incidents it grows from."""

    incidents = SelectMultipleField(_l("Incidents"), [optional()])

    def __init__(self, incidents: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.incidents.choices = list(incidents)


class CounselForm(Form):
    """Who becomes counsel, in which role."""

    member = SelectField(_l("Person"), [choose()])
    role = RadioField(_l("Role"), [choose()])

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.member.choices = [("", _("Choose one")), *people]
        self.role.choices = named(rules.COUNSEL_ROLES)


class RoleForm(Form):
    """Another role for somebody who is counsel already."""

    role = RadioField(_l("Role"), [choose()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.role.choices = named(rules.COUNSEL_ROLES)


class HandOverForm(Form):
    """Who carries a lawyer's cases from now on."""

    to = SelectField(_l("Who takes them over"), [choose()])

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to.choices = [("", _("Choose one")), *people]


class MandateForm(Form):
    """What lets counsel act for the client; the paper itself is sent on the next page."""

    kind = RadioField(_l("Kind"), [choose()], default="power_of_attorney")
    given_on = DateField(_l("Given on"), [required()])
    until = DateField(
        _l("Valid until"),
        [optional()],
        description=_l("Its last day. It is proposed as a deadline. Empty: no end is set."),
    )
    scope = Text(_l("What it covers"), [optional()], most=2000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = named(rules.MANDATE_KINDS)


class LinkForm(Form):
    """Which incident is taken into the case."""

    incident = SelectField(_l("Incident"), [choose()])

    def __init__(self, incidents: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.incident.choices = [("", _("Choose one")), *incidents]


class PartyForm(Form):
    """A person or body on one side."""

    side = RadioField(_l("Side"), [choose()])
    kind = RadioField(_l("Kind"), [choose()])
    name = Line(_l("Name"), [required()], description=_l("It is sealed; only the team of the case can read it."))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.side.choices = named(rules.PARTY_SIDES)
        self.kind.choices = named(rules.PARTY_KINDS)


class ConflictForm(Form):
    """What is decided about a possible conflict."""

    verdict = RadioField(_l("Decision"), [choose()])
    reason = Text(
        _l("Reason"),
        [required(_l("Say why, in a sentence."))],
        most=4000,
        description=_l("Only coordinators read it."),
    )
    answer = Text(
        _l("What the team is told"),
        [optional()],
        most=2000,
        description=_l("The team of this case reads it. Name no other matter and nobody in it."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.verdict.choices = named(rules.CONFLICT_VERDICTS)


class RelationForm(Form):
    """How the case stands to another."""

    kind = SelectField(_l("How"), [choose()])
    reference = Line(
        _l("Reference of the other case"), [required()], most=20, description=_l("For example CF-2026-0012.")
    )
    note = Line(_l("Note"), [optional()])

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [("", _("Choose one")), *named(rules.CASE_LINKS)]


class JoiningForm(Form):
    """Into which case this one is joined, and why."""

    reference = Line(
        _l("Reference of the other case"), [required()], most=20, description=_l("For example CF-2026-0012.")
    )
    reason = Text(_l("Reason"), [required(_l("Say why, in a sentence."))], most=4000)


class SeveringForm(Form):
    """What goes into a case of its own, and why."""

    title = Line(_l("Title of the new case"), [required()])
    incidents = SelectMultipleField(_l("Incidents"), [optional()])
    parties = SelectMultipleField(_l("Parties"), [optional()])
    reason = Text(_l("Reason"), [required(_l("Say why, in a sentence."))], most=4000)

    def __init__(self, incidents: Choices, parties: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.incidents.choices, self.parties.choices = incidents, parties


class BundleForm(Form):
    """Which exhibits go into a bundle, and in which language it speaks."""

    chosen = SelectMultipleField(_l("Exhibits"), [required(_l("Choose between 1 and 200 exhibits."))])
    language = SelectField(_l("Language of the index"), [choose()])

    def __init__(self, items: Choices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chosen.choices = items
        self.language.choices = [("ru", "Русский"), ("kk", "Қазақша"), ("en", "English")]


class LetterForm(Form):
    """One piece of correspondence."""

    direction = RadioField(_l("Direction"), [choose()])
    medium = SelectField(_l("By which way"), [choose()])
    on = DateField(_l("On"), [required()])
    party = Line(_l("From or to whom"), [required()])
    subject = Line(_l("About what"), [required()], most=300)
    body = Text(_l("What was said"), [optional()], most=20_000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.direction.choices = named(rules.DIRECTIONS)
        self.medium.choices = named(rules.MEDIA)


def paper_form(kind: Kind, lang: str, **given: Any) -> Form:
    """Return a form with everything that a letter or a filing asks, labelled in the reader's language."""
    reader = language()
    fields: dict[str, Any] = {"language": HiddenField(default=lang)}
    for asked in kind.fields:
        checks = [required() if asked.needed else optional()]
        label = asked.label.to(reader)
        if asked.kind == "day":
            fields[asked.name] = DateField(label, checks)
        else:
            fields[asked.name] = Line(label, checks, most=500) if asked.kind == "line" else Text(label, checks)
    form: Form = type("PaperForm", (Form,), fields)(**given)
    return form


def selection_form(**given: Any) -> Form:
    """Return a form with a text for each question asked before a case is taken, and the decision."""
    lang = language()
    fields: dict[str, Any] = {
        code: Text(label.to(lang), [optional()], most=4000) for code, label in rules.SELECTION.items()
    }
    fields["decision"] = RadioField(
        _l("Decision"), [choose()], choices=[SelectChoice(*pair) for pair in named(rules.SELECTION_DECISIONS)]
    )
    form: Form = type("SelectionForm", (Form,), fields)(**given)
    return form


def score_form() -> Form:
    """Return a form with a value and a note for each criterion of the rubric, in the reader's language."""
    lang = language()
    fields: dict[str, Any] = {}
    for criterion in CRITERIA:
        anchors = criterion.anchors
        fields[criterion.id] = RadioField(
            criterion.label.in_language(lang),
            [choose(_l("Choose a value from 0 to 4."))],
            choices=[
                SelectChoice(str(n), f"{n} – {anchors[n].in_language(lang)}" if n in anchors else str(n))
                for n in range(5)
            ],
            description=criterion.hint.in_language(lang),
        )
        fields[f"{criterion.id}_note"] = Text(
            _l("Reasons"), [required(_l("Give a reason for the value; a figure without one is not used."))], most=4000
        )
    form: Form = type("ScoreForm", (Form,), fields)()
    return form


class NoteForm(Form):
    """A note of the team."""

    body = Text(_l("Note"), [required(_l("Write the note first."))], most=10_000)
    kind = SelectField(
        _l("Kind of note"),
        [optional()],
        default="internal",
        description=_l("A privileged note never leaves this page, not in a dossier either."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = named(rules.NOTE_KINDS)


class TaskForm(Form):
    """Something to do, for one person of the team."""

    what = Line(_l("What is to be done"), [required()], most=300)
    for_member = SelectField(_l("Who does it"), [choose()])
    due_on = DateField(_l("Until"), [optional()])

    def __init__(self, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.for_member.choices = [("", _("Choose one")), *people]


class ClosureForm(Form):
    """How a case ended."""

    outcome = RadioField(_l("Outcome"), [choose()])
    reason = Text(_l("Reason"), [optional()], most=4000)
    keep_until = DateField(
        _l("To be kept until"),
        [optional()],
        description=_l("Nothing is deleted by itself: coordinators are told that day."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = named(rules.CASE_OUTCOMES)


class KeepingForm(Form):
    """Until when a closed case is kept, and why."""

    until = DateField(_l("To be kept until"), [required()])
    reason = Text(_l("Reason"), [required(_l("Say why, in a sentence."))], most=4000)


class ReopeningForm(Form):
    """Why a closed case is taken up again."""

    reason = Text(_l("Reason"), [required(_l("Say why, in a sentence."))], most=4000)
