"""What people send about precedents."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from caseflow.precedents import rules
from caseflow.web.forms import Form, Line, Text, choose, optional, required
from caseflow.web.words import language


class ProposalForm(Form):
    """A decision as a precedent: the question it answers and how."""

    title = Line(
        _l("Short title"),
        [required()],
        most=200,
        description=_l("As others will cite it, without names of private persons."),
    )
    question = Text(_l("Legal question"), [required()], most=4000)
    holding = Text(
        _l("Holding"),
        [required()],
        most=8000,
        description=_l("What was decided on that question, and on which grounds."),
    )
    significance = Text(_l("Why it matters"), [optional()], most=4000)


class PublicationForm(ProposalForm):
    """The anonymised text that the network will read."""


class ScorerForm(Form):
    """Whom to ask for a score."""

    member = SelectField(_l("Scorer"), [choose()])


class WithdrawalForm(Form):
    """Why a precedent is taken back."""

    reason = Line(_l("Reason"), [required()])


class CitationForm(Form):
    """One decision cites another."""

    cited = SelectField(_l("Decision cited"), [choose()])
    kind = SelectField(_l("How it is used"), [choose()])
    paragraph = Line(_l("Paragraph"), [optional()], most=40)

    def __init__(self, decisions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cited.choices = [("", _("Choose one")), *decisions]
        lang = language()
        self.kind.choices = [(kind, label.in_language(lang)) for kind, label in rules.CITATION_KINDS.items()]
