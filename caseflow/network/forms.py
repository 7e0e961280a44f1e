"""What a coordinator types about members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields import SelectChoice

from caseflow.access.actor import ROLE_NAMES, Role
from caseflow.network.leaving import NOBODY, Duty
from caseflow.network.queries import organisations
from caseflow.web.forms import Form, Line, at_most, choose, optional, required
from caseflow.web.words import language

LANGUAGE_NAMES = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))


class InviteForm(Form):
    """Whom to invite, as what, from where."""

    name = Line(_l("Name"), [required()], most=120)
    email = StringField(_l("E-mail address"), [required(), at_most(320)])
    role = SelectField(_l("Role"), [choose()])
    organisation = SelectField(_l("Organisation"), [choose()])
    language = SelectField(
        _l("Language of the letter"), [choose()], choices=[SelectChoice(*name) for name in LANGUAGE_NAMES]
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.role.choices = [SelectChoice(str(role), _(ROLE_NAMES[role])) for role in Role]
        self.organisation.choices = [SelectChoice(house.id, house.name) for house in organisations()]
        if not self.is_submitted():
            self.language.data = language()


class OrganisationForm(Form):
    """A member organisation."""

    name = Line(_l("Name"), [required()], most=120)


class LettersForm(Form):
    """How letters about the work come."""

    how = RadioField(_l("Letters about incidents"), [choose()])
    hour = SelectField(
        _l("Hour of the daily letter"),
        [optional()],
        choices=[SelectChoice(str(hour), f"{hour:02d}:00") for hour in range(24)],
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.how.choices = [
            SelectChoice("at_once", _("Each at once")),
            SelectChoice("daily", _("One a day")),
            SelectChoice("never", _("None")),
        ]


class ConfirmKeyForm(Form):
    """The words that the member reads out."""

    words = StringField(_l("The eight words that she reads to you"), [required(), at_most(200)])


class LeaveForm(Form):
    """Who takes over from a member who leaves; the fields for her duties are put there by `leave_form`."""

    others = SelectField(_l("Everything for which nobody is chosen below goes to"), [optional()])


def leave_form(duties: Sequence[Duty], names: Mapping[str, str]) -> LeaveForm:
    """Return the form that asks who takes each of `duties`; `names` are the members who may take one."""
    asked = type("LeaveForm", (LeaveForm,), {duty.key: SelectField("", [optional()]) for duty in duties})
    form: LeaveForm = asked()
    form.others.choices = [SelectChoice("", _("nobody in particular")), *_people(set(names), names)]
    for duty in duties:
        field = form[duty.key]
        label = duty.reference or ngettext("%(num)s incident", "%(num)s incidents", duty.count)
        field.label.text = _("%(thing)s goes to", thing=label)
        nobody = (
            [SelectChoice(NOBODY, _("nobody: it is left without counsel"))] if duty.may_lapse and duty.needed else []
        )
        first = _("Choose …") if duty.needed else _("the others in the case carry it on")
        field.choices = [SelectChoice("", first), *_people(duty.takers, names), *nobody]
    return form


def chosen(form: LeaveForm, duties: Sequence[Duty]) -> dict[str, str]:
    """Return duty -> who takes it, as the form says: her own choice first, else who takes everything, if she can."""
    others = str(form.others.data or "")
    own = {duty.key: str(form[duty.key].data or "") for duty in duties}
    return {duty.key: own[duty.key] or (others if others in duty.takers else "") for duty in duties}


def _people(ids: Collection[str], names: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(key, names[key]) for key in sorted(ids, key=lambda key: names[key])]


class ReopenForm(Form):
    """A new passphrase of one's own, twice."""

    passphrase = PasswordField(_l("Choose a new passphrase"), [required(), at_most(1024)])
    again = PasswordField(_l("The new passphrase again"), [required(), at_most(1024)])

    def validate_again(self, field: PasswordField) -> None:
        """Refuse two that differ."""
        if field.data != self.passphrase.data:
            raise ValidationError(_("The two passphrases differ."))
