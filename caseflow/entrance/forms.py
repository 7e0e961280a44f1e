"""What people type at the entrance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField

from caseflow.web.forms import Form, Line, at_most, clean, required


class SignInForm(Form):
    """Address and passphrase."""

    email = StringField(_l("E-mail address"), [required(), at_most(320)], filters=[clean])
    passphrase = PasswordField(_l("Passphrase"), [required(), at_most(1024)])


class UnlockForm(Form):
    """The passphrase again."""

    passphrase = PasswordField(_l("Passphrase"), [required(), at_most(1024)])


class JoinForm(Form):
    """A passphrase of one's own, twice."""

    passphrase = PasswordField(_l("Choose a passphrase"), [required(), at_most(1024)])
    again = PasswordField(_l("The passphrase again"), [required(), at_most(1024)])


class RecoveryForm(Form):
    """Recovery code and new passphrase."""

    email = StringField(_l("E-mail address"), [required(), at_most(320)], filters=[clean])
    code = StringField(_l("Recovery code"), [required(), at_most(120)])
    passphrase = PasswordField(_l("Choose a new passphrase"), [required(), at_most(1024)])
    again = PasswordField(_l("The new passphrase again"), [required(), at_most(1024)])


class PassphraseForm(Form):
    """Old and new passphrase."""

    old = PasswordField(_l("Your present passphrase"), [required(), at_most(1024)])
    new = PasswordField(_l("Choose a new passphrase"), [required(), at_most(1024)])
    again = PasswordField(_l("The new passphrase again"), [required(), at_most(1024)])


class NewCodeForm(Form):
    """The passphrase, before a new recovery code is shown."""

    passphrase = PasswordField(_l("Your present passphrase"), [required(), at_most(1024)])


class SecondStepForm(Form):
    """A code of the app or a backup code; or what a passkey answered, which a script puts there."""

    code = StringField(_l("Code"), [at_most(60)])
    response = HiddenField()

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Ask for one of the two."""
        fine = bool(super().validate(extra_validators))
        if fine and not (self.code.data or "").strip() and not self.response.data:
            self.code.errors = [*self.code.errors, _("Fill this in.")]
            return False
        return fine


class ProveForm(Form):
    """The passphrase once more."""

    passphrase = PasswordField(_l("Passphrase"), [required(), at_most(1024)])


class AppForm(Form):
    """The first code of an app that is being set up; its seed travels along, sealed."""

    offer = HiddenField()
    code = StringField(_l("Code that the app shows"), [required(), at_most(20)])
    passphrase = PasswordField(_l("Your present passphrase"), [at_most(1024)])  # only for the first factor


class PasskeyForm(Form):
    """A name for a new passkey; what the browser answered, a script puts there."""

    name = Line(_l("Name for this passkey"), [required()], most=60)
    passphrase = PasswordField(_l("Your present passphrase"), [at_most(1024)])
    response = HiddenField()
