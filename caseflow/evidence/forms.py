"""What people say about a piece of evidence."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import MultipleFileField, PasswordField, RadioField, SelectField
from wtforms.fields import SelectChoice

from caseflow.web.forms import Form, Line, Text, at_most, choose, optional, required


class ItemForm(Form):
    """An item with its files; the files come last, so that the fields are known when they arrive."""

    title = Line(_l("What it is"), [required()], most=200, description=_l("For example: photograph of the injuries."))
    copy_or_original = RadioField(
        _l("Original or copy"),
        [choose()],
        choices=[
            SelectChoice("original", _l("Original: as it was made")),
            SelectChoice("copy", _l("Copy, scan or photograph of the original")),
        ],
        default="original",
    )
    obtained_how = Line(_l("How it was obtained"), [optional()])
    obtained_from = Line(_l("From whom"), [optional()])
    obtained_on = Line(_l("When"), [optional()], most=60, description=_l("Day and hour if known, with the time zone."))
    obtained_where = Line(_l("Where"), [optional()])
    tool = Line(_l("Device or program"), [optional()])
    source_url = Line(_l("Address of the source, if it was online"), [optional()], most=1000)
    details = Text(_l("Anything else about it"), [optional()], most=4000)
    files = MultipleFileField(_l("Files"))


class VersionForm(Form):
    """A further file of an item: another original, or a version made from one."""

    kind = SelectField(
        _l("What this file is"),
        [choose()],
        choices=[
            SelectChoice("original", _l("A further file as it was received")),
            SelectChoice("redacted", _l("Redacted version")),
            SelectChoice("anonymised", _l("Anonymised version")),
            SelectChoice("translated", _l("Translation")),
            SelectChoice("transcript", _l("Transcript")),
        ],
    )
    parent = SelectField(_l("Made from"), [optional()])
    files = MultipleFileField(_l("Files"))


class KeyForm(Form):
    """The passphrase once more, before a key leaves."""

    passphrase = PasswordField(_l("Your passphrase"), [required(), at_most(1024)])
