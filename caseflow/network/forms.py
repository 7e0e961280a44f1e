"""What a coordinator types about members."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from caseflow.access.actor import ROLE_NAMES, Role
from caseflow.network.queries import organisations
from caseflow.web.forms import Form, Line, at_most, choose, required
from caseflow.web.words import language

LANGUAGE_NAMES = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))


class InviteForm(Form):
    """Whom to invite, as what, from where."""

    name = Line(_l("Name"), [required()], most=120)
    email = StringField(_l("E-mail address"), [required(), at_most(320)])
    role = SelectField(_l("Role"), [choose()])
    organisation = SelectField(_l("Organisation"), [choose()])
    language = SelectField(_l("Language of the letter"), [choose()], choices=[SelectChoice(*name) for name in LANGUAGE_NAMES])

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.role.choices = [SelectChoice(str(role), _(ROLE_NAMES[role])) for role in Role]
        self.organisation.choices = [SelectChoice(house.id, house.name) for house in organisations()]
        if not self.is_submitted():
            self.language.data = language()


class OrganisationForm(Form):
    """A member organisation."""

    name = Line(_l("Name"), [required()], most=120)


class ConfirmKeyForm(Form):
    """The words that the member reads out."""

    words = StringField(_l("The eight words that she reads to you"), [required(), at_most(200)])
