"""Coded terms as choices in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from caseflow.incidents import rules
from caseflow.web.words import language

Choices = list[SelectChoice]
LANGUAGES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


def offered(pairs: Iterable[tuple[str, Any]], empty: Any = None, *, group: str | None = None) -> Choices:
    """Return pairs of value and label as choices, after an empty one with the words `empty`."""
    first = [] if empty is None else [("", empty)]
    return [SelectChoice(value, str(label), optgroup=group) for value, label in [*first, *pairs]]


def named(codes: Iterable[Any], empty: Any = None, *, group: str | None = None) -> Choices:
    """Return coded terms as choices in the reader's language, after an empty one with the words `empty`."""
    lang = language()
    return offered([(one.code, one.label.in_language(lang)) for one in codes], empty, group=group)


def keep_present(choices: Choices, name: str, present: str | None) -> Choices:
    """Return `choices` with the term that is stored now, where it is retired and so no longer among them."""
    if not present or present not in rules.choosable(name, present) - rules.choosable(name):
        return choices
    words = _("%(term)s (no longer used)", term=rules.label(name, present, language()))
    return [*choices, SelectChoice(present, words)]


def kinds_in_groups() -> Choices:
    """Return the kinds of act in their groups, for a select; the group is the right that is at stake."""
    lang = language()
    grouped = offered([], _("Choose one"))
    for group in rules.act_groups():
        kinds = [kind for kind in rules.act_kinds(group.code) if not kind.retired]
        grouped += named(kinds, group=group.label.in_language(lang))
    return grouped
