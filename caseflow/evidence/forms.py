"""What people say about a piece of evidence."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField, PasswordField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from caseflow.evidence.export.contents import Asked
from caseflow.vault.errors import VaultError
from caseflow.vault.identity import Recipient
from caseflow.web.forms import Form, Line, Text, at_most, choose, optional, required

MIN_PASSPHRASE = 15


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
            SelectChoice("cleaned", _l("Without metadata")),
            SelectChoice("translated", _l("Translation")),
            SelectChoice("transcript", _l("Transcript")),
        ],
    )
    parent = SelectField(_l("Made from"), [optional()])
    files = MultipleFileField(_l("Files"))


class CopyForm(Form):
    """A copy to share: only without metadata, or also with parts blackened."""

    kind = RadioField(
        _l("Which copy?"),
        [choose()],
        choices=[
            SelectChoice(
                "cleaned", _l("Without metadata: what the file says of its device, place, author and programs goes")
            ),
            SelectChoice("redacted", _l("Redacted: what you mark is black, and nothing lies below it")),
        ],
    )
    boxes = Text(
        _l("Black boxes"),
        [optional()],
        most=20_000,
        description=_l(
            "One a line: page, left, top, width and height in per cent of the page. Draw on the page, and they are written here."
        ),
    )
    words = Text(
        _l("Words to blacken wherever they stand"),
        [optional()],
        most=4000,
        description=_l(
            "One a line; for a PDF that holds text. Look through the copy: words in pictures are not found."
        ),
    )


class TypedForm(Form):
    """A translation or a transcript that is written here."""

    kind = RadioField(
        _l("What is it?"),
        [choose()],
        choices=[SelectChoice("translated", _l("Translation")), SelectChoice("transcript", _l("Transcript"))],
    )
    language = SelectField(
        _l("Language"),
        [choose()],
        choices=[SelectChoice("ru", "Русский"), SelectChoice("kk", "Қазақша"), SelectChoice("en", "English")],
    )
    made_by = Line(_l("Who made it"), [optional()], description=_l("And whether the translator is sworn."))
    body = Text(_l("Text"), [required()], most=400_000)


class KeyForm(Form):
    """The passphrase once more, before a key leaves."""

    passphrase = PasswordField(_l("Your passphrase"), [required(), at_most(1024)])


class ExportForm(Form):
    """For whom an export is, and whether it leaves readable or sealed."""

    opens_anyway = False

    purpose = RadioField(
        _l("What it is for"),
        [choose()],
        choices=[
            SelectChoice("inside", _l("It stays within the network")),
            SelectChoice("lawyer", _l("It is handed to a named lawyer")),
            SelectChoice("submission", _l("It is submitted confidentially to a court or a UN body")),
        ],
    )
    packing = RadioField(
        _l("How the files leave"),
        [choose()],
        choices=[
            SelectChoice("sealed", _l("Sealed: only with a key can they be opened")),
            SelectChoice("readable", _l("Readable: whoever has the export can open them")),
        ],
        default="sealed",
    )
    passphrase = PasswordField(
        _l("Passphrase for a sealed export"),
        [optional(), at_most(1024)],
        description=_l("15 characters or more. Tell it to whoever is to open the export, not in the same letter."),
    )
    recipients = Text(
        _l("Sealed to these keys"),
        [optional()],
        most=4000,
        description=_l("Public keys of the program age, one a line; each begins with age1."),
    )
    versions = BooleanField(_l("With redacted, anonymised and translated versions"))

    def validate_passphrase(self, field: PasswordField) -> None:
        """Refuse a short passphrase, and a sealed export that nobody could open."""
        if self.packing.data != "sealed":
            return
        if field.data and len(field.data) < MIN_PASSPHRASE:
            raise ValidationError(_("Take at least 15 characters."))
        if not (field.data or (self.recipients.data or "").split() or self.opens_anyway):
            raise ValidationError(_("Nobody could open this export: give a passphrase or a key."))

    def validate_recipients(self, field: Text) -> None:
        """Refuse what is no public key of age."""
        for line in (field.data or "").split():
            try:
                Recipient.parse(line)
            except VaultError:
                raise ValidationError(_("This is not a public key of age: %(key)s", key=line[:80])) from None

    def asked(self, always: tuple[str, ...]) -> Asked:
        """Return what was asked for; a sealed export opens with the keys `always` in any case."""
        sealed = self.packing.data == "sealed"
        keys = dict.fromkeys([*always, *(self.recipients.data or "").split()])
        return Asked(
            purpose=self.purpose.data,
            sealed=sealed,
            versions=bool(self.versions.data),
            recipients=tuple(keys) if sealed else (),
            passphrase=unicodedata.normalize("NFC", self.passphrase.data or "") if sealed else "",
        )
