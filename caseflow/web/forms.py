"""What every form shares: the token, the version it was opened with, words for errors, no lost input."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField, validators
from wtforms.fields.core import Field

from caseflow.kernel.clock import today
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_

__all__ = ["Form", "Line", "Text", "at_most", "choose", "not_in_future", "optional", "required"]


class Number(IntegerField):
    """A whole number of up to nine digits; more are no number that anybody means."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises `ValueError` in words."""
        if valuelist and len(valuelist[0].strip()) > 9:
            self.data = None
            raise ValueError(_("This number is too long."))
        super().process_formdata(valuelist)


Typed = Callable[[], Any]
_typed: list[Typed] = []


def typed_again_with(load: Typed) -> None:
    """Set how a page finds what was typed on it before and never sent; the entrance gives its function here."""
    _typed[:] = [load]


class Form(FlaskForm):
    """Base of all forms. `version` carries the version of the row that was shown, for `unchanged`."""

    class Meta(FlaskForm.Meta):
        """A form that is opened begins with what was typed in it before, where its reader asks for that."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what the fields read in place of what is stored."""
            found = super().wrap_formdata(form, formdata)
            if found is None and formdata is not None and _typed and "kept" in request.args:
                return _typed[0]()
            return found

    version = HiddenField()

    def validate_on_submit(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Return whether the form was sent and holds; a form that does not hold is answered with 422."""
        fine = bool(super().validate_on_submit(extra_validators))
        if self.is_submitted() and not fine:
            g.answer_status = 422
        return fine

    @property
    def seen_version(self) -> int | None:
        """Return the version the person saw when she opened the form."""
        text = str(self.version.data or "")  # a form without the hidden field keeps the number it was made with
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def unchanged(row: Any, seen: int | None) -> None:
    """Raise `RuleBroken` when `row` was changed by somebody else since the form with version `seen` was opened."""
    if seen is not None and row.version != seen:
        raise RuleBroken(
            N_(
                "Somebody changed this after you opened it. Your text is kept below; what is stored now stands beside it."
            ),
            field="version",
            about=f"{row.__tablename__}:{row.id}",
        )


def clean(text: str | None) -> str:
    """Return typed text in one Unicode form, without control characters but line breaks, without outer spaces."""
    if not text:
        return ""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in plain if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


class Line(StringField):
    """One line of text."""

    def __init__(self, label: Any = None, extra: Iterable[Any] = (), *, most: int = 200, **kwargs: Any) -> None:
        super().__init__(label, [*extra, at_most(most)], filters=[clean], **kwargs)


class Text(TextAreaField):
    """Several lines of text."""

    def __init__(self, label: Any = None, extra: Iterable[Any] = (), *, most: int = 20_000, **kwargs: Any) -> None:
        super().__init__(label, [*extra, at_most(most)], filters=[clean], **kwargs)


class _Filled(validators.InputRequired):
    """Refuse what is missing, and what is nothing but spaces."""

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            field.errors[:] = []
            raise validators.StopValidation(self.message)


def required(message: Any = None) -> Any:
    """Ask for a value, in words."""
    return _Filled(message or _l("Fill this in."))


def optional() -> Any:
    """Let a field be empty."""
    return validators.Optional()


def choose(message: Any = None) -> Any:
    """Ask for a choice, in words."""
    return validators.InputRequired(message or _l("Choose one."))


def at_most(length: int) -> Any:
    """Refuse text longer than `length` characters."""
    return validators.Length(max=length, message=_l("Use at most %(max)d characters."))


def not_in_future(form: Any, field: Field) -> None:
    """Refuse a date after today."""
    if isinstance(field.data, date) and field.data > today():
        raise validators.ValidationError(_("This date is in the future. Enter the day on which it happened."))


def land(form: Form, broken: RuleBroken) -> None:
    """Put a broken rule at its field, or at the head of the form."""
    words = _(broken.message)
    field = form._fields.get(broken.field) if broken.field else None
    if field is None or broken.field == "version":
        form.form_errors.append(words)
    else:
        field.errors = [*field.errors, words]
