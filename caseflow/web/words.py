"""Languages, dates and numbers as the reader knows them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from caseflow.access.actor import ROLE_NAMES, Role
from caseflow.kernel.clock import now
from caseflow.kernel.settings import LANGUAGES, current
from caseflow.web.gate import current_actor_or_none

THEMES = ("auto", "light", "dark")


def choose_language() -> str:
    """Return the language of this answer: chosen, else the member's, else the browser's, else the installation's."""
    if not has_request_context():
        return current().language
    chosen = request.cookies.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    actor = current_user.actor if current_user.is_authenticated else None  # behind the lock screen, too
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    best: str | None = request.accept_languages.best_match(LANGUAGES)
    return best or current().language


def choose_zone() -> str:
    """Return the IANA zone in which this reader sees times."""
    actor = current_actor_or_none()
    return actor.timezone if actor else current().timezone


def language() -> str:
    """Return the language code of the present answer."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def date_label(day: date | None, form: str = "medium") -> str:
    """Return a legal date in the reader's language; '' for none."""
    return date_words(day, language(), form) if day else ""


@lru_cache(maxsize=8192)
def date_words(day: date, lang: str, form: str = "medium") -> str:
    """Return a legal date in `lang`: for lists, which ask for the language once and not for each row."""
    return str(format_date(day, form, locale=lang))


def time_label(moment: datetime | None, form: str = "medium") -> str:
    """Return a moment in the reader's zone and language; '' for none."""
    if moment is None:
        return ""
    words: str = format_datetime(moment.astimezone(ZoneInfo(choose_zone())), form, locale=language())
    return words.removesuffix(":00") if form == "medium" and words.count(":") == 2 else words


def time_tag(moment: datetime | None) -> Markup:
    """Return a `<time>` element with day, hour and minute."""
    if moment is None:
        return Markup("")
    local = moment.astimezone(ZoneInfo(choose_zone()))
    day = format_date(local.date(), "medium", locale=language())
    return Markup('<time datetime="{}">{}, {:02d}:{:02d}</time>').format(
        moment.isoformat(timespec="seconds"), day, local.hour, local.minute
    )


def clock_label(moment: datetime | None) -> str:
    """Return hour and minute of a moment in the reader's zone; '' for none."""
    return moment.astimezone(ZoneInfo(choose_zone())).strftime("%H:%M") if moment else ""


def number_label(number: float) -> str:
    """Return a number with the reader's separators."""
    return str(format_decimal(number, locale=language()))


def size_label(size: int) -> str:
    """Return a file size in bytes as people read it."""
    value = float(size)
    for unit in (_("bytes"), _("KB"), _("MB"), _("GB")):
        if value < 1024 or unit == _("GB"):
            return f"{number_label(round(value, 0 if value >= 10 or unit == _('bytes') else 1))} {unit}"
        value /= 1024
    return ""


def today_here() -> date:
    """Return today's date where the reader is."""
    return now().astimezone(ZoneInfo(choose_zone())).date()


def text(row: Any, field: str) -> str:
    """Return a sealed text of `row` for whoever is signed in: the template's way to read."""
    actor = current_actor_or_none()
    return actor.ring.text(row, field) if actor else ""


def chosen_theme() -> str:
    """Return auto, light or dark."""
    theme = request.cookies.get("theme", "auto")
    return theme if theme in THEMES else "auto"


def role_name(role: Role) -> str:
    """Return a role as the reader calls it."""
    return str(_(ROLE_NAMES[role]))


def _catalogue() -> Any:
    """Return the catalogue of this answer's language.

    A page says fifty things, and the library looks up language and catalogue anew for each. They are kept beside its
    own note of the language, so that a letter written in another language in between still reads in that.
    """
    noted = g.get("_flask_babel")
    if noted is None:
        return get_translations()
    found = getattr(noted, "catalogue", None)
    if found is None or found[0] is not getattr(noted, "babel_locale", None):
        found = noted.catalogue = (get_locale(), get_translations())
    return found[1]


def _say(text: str, **values: Any) -> Markup:
    """Return a text of a template in the reader's language, its values escaped: Jinja's own `_`, by the short way."""
    said = Markup(_catalogue().ugettext(text))  # noqa: S704 -- our own sentences
    return said % values if "%" in said else said


def init(app: Flask) -> None:
    """Attach languages and formats to `app`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations())
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    Babel(app, locale_selector=choose_language, timezone_selector=choose_zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
        npgettext=lambda context, one, many, number: _catalogue().unpgettext(context, one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _say
    app.jinja_env.globals.update(
        date_label=date_label,
        time_label=time_label,
        time_tag=time_tag,
        clock_label=clock_label,
        number_label=number_label,
        size_label=size_label,
        today_here=today_here,
        text=text,
        language=language,
        current_language=language,
        current_theme=chosen_theme,
        today=today_here,
        role_name=role_name,
    )


def translations() -> str:
    """Return the folder of the catalogues."""
    from importlib.resources import files

    return str(files("caseflow").joinpath("translations"))
