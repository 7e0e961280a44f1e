"""The search page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, fields, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.incidents.queries import Asked, chosen, order_for, years
from caseflow.incidents.rules import STATE_NAMES, act_groups
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.network.queries import organisations
from caseflow.network.rules import regions
from caseflow.search import queries, saved
from caseflow.search.saved import Typed
from caseflow.web.forms import clean
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import entry
from caseflow.web.words import language, number_label

bp = Blueprint("search", __name__)
entry(N_("Search"), "search.index", order=70, icon="search")

KINDS = {"incident": N_("Incidents"), "case": N_("Cases"), "item": N_("Evidence"), "precedent": N_("Precedents")}
ONE = {"incident": N_("Incident"), "case": N_("Case"), "item": N_("Evidence"), "precedent": N_("Precedent")}


@bp.route("/search", methods=["GET", "POST"])
@signed_in
def index() -> ResponseReturnValue:
    """Search what one may read. The words are posted: in an address they would stand in logs and histories."""
    actor, typed, problem = current_actor(), _typed(), ""
    if "keep" in request.form:
        try:
            with transaction():
                saved.save(typed, by=actor, at=now())
            flash(_("The search is kept, sealed to you."), "ok")
        except RuleBroken as broken:
            problem = broken.message
    found = queries.search(actor, typed.q, kind=typed.kind, asked=_asked(typed))
    return render_template(
        "search/index.html",
        typed=typed,
        found=found,
        problem=problem,
        kinds=[(kind, _(words)) for kind, words in KINDS.items()],
        one=ONE,
        choices=_choices(found),
        kept=saved.of(actor),
        given=[(one.name, getattr(typed, one.name)) for one in fields(typed)],
    )


@bp.post("/search/saved/<saved_id>/out")
@signed_in
def forget(saved_id: str) -> ResponseReturnValue:
    """Keep a search no longer."""
    with transaction():
        saved.forget(saved_id, by=current_actor())
    flash(_("The search is forgotten."), "ok")
    return redirect(url_for("search.index"), 303)


def _typed() -> Typed:
    given = {one.name: clean(request.form.get(one.name, ""))[:200] for one in fields(Typed)}
    asked = chosen(given)
    known = {
        "kind": given["kind"] in KINDS,
        "state": asked.state,
        "region": asked.region,
        "right": asked.kinds is not None,
        "year": asked.year,
        "organisation": any(house.id == given["organisation"] for house in organisations()),
    }
    return Typed(**{name: value if known.get(name, True) else "" for name, value in given.items()})


def _asked(typed: Typed) -> Asked:
    return replace(chosen(asdict(typed)), organisation=typed.organisation)


def _choices(found: queries.Found) -> dict[str, list[tuple[str, str]]]:
    """Return what incidents can be narrowed by, each with how many of what was found have it."""
    lang, actor = language(), current_actor()
    known: dict[str, Iterable[tuple[str, str]]] = {
        "state": [(state, _(STATE_NAMES[state])) for state in order_for(actor)],
        "region": [(one.code, one.label.in_language(lang)) for one in regions()],
        "right": [(group.code, group.label.in_language(lang)) for group in act_groups()],
        "year": [(str(year), str(year)) for year in years(actor)],
        "organisation": [(house.id, house.name) for house in organisations()],
    }
    return {name: _counted(choices, found.facets.get(name, Counter())) for name, choices in known.items()}


def _counted(choices: Iterable[tuple[str, str]], numbers: Counter[str]) -> list[tuple[str, str]]:
    return [(key, f"{words} ({number_label(numbers[key])})" if numbers.get(key) else words) for key, words in choices]
