"""What people type at the entrance."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField

from caseflow.web.forms import Form, at_most, required


class SignInForm(Form):
    """Address and passphrase."""

    email = StringField(_l("E-mail address"), [required(), at_most(320)])
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

    email = StringField(_l("E-mail address"), [required(), at_most(320)])
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
