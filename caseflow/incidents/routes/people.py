"""Step 3 of logging: the people, what was done to them, and by whom."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor
from caseflow.access.safes import visible
from caseflow.incidents import checks, duplicates, forms, operations, queries, rules
from caseflow.incidents.models import Act, Incident, Involvement, Person
from caseflow.incidents.routes import bp
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.network.rules import articles
from caseflow.web.forms import Form
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import refusing_to, showing_refusals, transaction
from caseflow.web.words import language


@bp.get("/<incident_id>/people")
@signed_in
def people(incident_id: str) -> ResponseReturnValue:
    """Everybody in the incident, and what was done to them; after somebody was added, what looks like this incident."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    alike = duplicates.candidates(actor, incident).found if "added" in request.args else []
    return render_template("incidents/people.html", incident=incident, alike=alike, **_rights(actor, incident))


@bp.route("/<incident_id>/people/new", methods=["GET", "POST"])
@signed_in
def add_person(incident_id: str) -> ResponseReturnValue:
    """Add a person or a group."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    form = forms.PersonForm()
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            person = operations.add_person(incident, **_person_of(form), by=actor, at=now())
            return redirect(_to_people(incident, person.id, added="1"), 303)
    return render_template(
        "incidents/person.html", incident=incident, person=None, form=form, objection=policy.may_add(actor, incident)
    )


@bp.route("/<incident_id>/people/<person_id>", methods=["GET", "POST"])
@signed_in
def correct_person(incident_id: str, person_id: str) -> ResponseReturnValue:
    """Correct what is written about a person."""
    actor = current_actor()
    incident = find(Incident, incident_id, policy.visible_to(actor))
    person = find(Person, person_id, visible(Person, actor) & (Person.incident_id == incident.id))
    texts = {name: actor.ring.text(person, name) for name in ("name", "pseudonym", "contact", "details")}
    form = forms.PersonForm(
        data={**texts, "kind": person.kind, "size": person.size, "version": str(checks.stamp(person))}
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.correct_person(person, **_person_of(form), seen=form.seen_version, by=actor, at=now())
            return redirect(_to_people(incident, person.id), 303)
    return render_template(
        "incidents/person.html",
        incident=incident,
        person=person,
        form=form,
        judged=[one for one in duplicates.judgements_of(actor, incident) if one.here == person],
        stored=person if is_stale(form, person) else None,
        objection=policy.may_edit(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.route("/<incident_id>/acts/new", methods=["GET", "POST"])
@signed_in
def add_act(incident_id: str) -> ResponseReturnValue:
    """Add what was done to somebody: first the kind, which suggests the articles, then the rest."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    kind = _kind(request.args.get("kind", ""))
    victim = request.args.get("victim", "")
    given = {"kind": kind.code, "articles": list(kind.articles)} if kind else {}
    form = forms.NewActForm(named_people(actor, incident), data={"victim": victim, **given})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            act = operations.add_act(incident, **_act_of(form, actor, incident), by=actor, at=now())
            if form.actor_kind.data:
                operations.add_involvement(act, **_involvement_of(form, actor, incident), by=actor, at=now())
            return redirect(_to_people(incident, act.victim_id), 303)
    chosen = kind or _kind(form.kind.data or "")
    return render_template(
        "incidents/act.html" if incident.people and (chosen or form.is_submitted()) else "incidents/act_kind.html",
        incident=incident,
        act=None,
        form=form,
        articles=_boxes(form, chosen),
        objection=policy.may_add(actor, incident),
    )


@bp.route("/<incident_id>/acts/<act_id>", methods=["GET", "POST"])
@signed_in
def correct_act(incident_id: str, act_id: str) -> ResponseReturnValue:
    """Correct what was done."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    act = find(Act, act_id, visible(Act, actor) & (Act.incident_id == incident.id))
    form = forms.ActForm(
        named_people(actor, incident),
        data={
            "victim": act.victim_id,
            "kind": act.kind,
            "articles": act.articles,
            "method": act.method or "",
            "stated_reason": actor.ring.text(act, "stated_reason"),
            "consequences": actor.ring.text(act, "consequences"),
            "victim_status": act.victim_status or "",
            "version": str(checks.stamp(act)),
        },
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            seen = form.seen_version
            operations.correct_act(act, **_act_of(form, actor, incident), seen=seen, by=actor, at=now())
            return redirect(_to_people(incident, act.victim_id), 303)
    chosen = _kind(form.kind.data or "")
    return render_template(
        "incidents/act.html",
        incident=incident,
        act=act,
        form=form,
        articles=_boxes(form, chosen),
        stored=act if is_stale(form, act) else None,
        objection=policy.may_edit(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.route("/<incident_id>/acts/<act_id>/by/new", methods=["GET", "POST"])
@signed_in
def add_involvement(incident_id: str, act_id: str) -> ResponseReturnValue:
    """Add somebody who took part in an act."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    act = find(Act, act_id, visible(Act, actor) & (Act.incident_id == incident.id))
    form = forms.InvolvementForm(named_people(actor, incident))
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            operations.add_involvement(act, **_involvement_of(form, actor, incident), by=actor, at=now())
            return redirect(_to_people(incident, act.victim_id), 303)
    return render_template(
        "incidents/involvement.html",
        incident=incident,
        act=act,
        involvement=None,
        form=form,
        objection=policy.may_add(actor, incident),
    )


@bp.route("/<incident_id>/acts/<act_id>/by/<involvement_id>", methods=["GET", "POST"])
@signed_in
def correct_involvement(incident_id: str, act_id: str, involvement_id: str) -> ResponseReturnValue:
    """Correct who took part in an act."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    act = find(Act, act_id, visible(Act, actor) & (Act.incident_id == incident.id))
    involvement = find(Involvement, involvement_id, visible(Involvement, actor) & (Involvement.act_id == act.id))
    form = forms.InvolvementForm(
        named_people(actor, incident),
        data={
            "actor_kind": involvement.actor_kind,
            "degree": involvement.degree or "",
            "unit": actor.ring.text(involvement, "unit"),
            "person": involvement.person_id or "",
            "version": str(checks.stamp(involvement)),
        },
    )
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            values, seen = _involvement_of(form, actor, incident), form.seen_version
            operations.correct_involvement(involvement, **values, seen=seen, by=actor, at=now())
            return redirect(_to_people(incident, act.victim_id), 303)
    return render_template(
        "incidents/involvement.html",
        incident=incident,
        act=act,
        involvement=involvement,
        form=form,
        stored=involvement if is_stale(form, involvement) else None,
        objection=policy.may_edit(actor, incident),
        may_take_out=policy.may_take_out(actor, incident),
    )


@bp.post("/<incident_id>/people/<person_id>/out")
@signed_in
def take_out_person(incident_id: str, person_id: str) -> ResponseReturnValue:
    """Take a person out of a draft."""
    return take_out(incident_id, Person, person_id, back="people")


@bp.post("/<incident_id>/acts/<act_id>/out")
@signed_in
def take_out_act(incident_id: str, act_id: str) -> ResponseReturnValue:
    """Take an act out of a draft."""
    return take_out(incident_id, Act, act_id, back="people")


@bp.post("/<incident_id>/by/<involvement_id>/out")
@signed_in
def take_out_involvement(incident_id: str, involvement_id: str) -> ResponseReturnValue:
    """Take somebody who took part out of a draft."""
    return take_out(incident_id, Involvement, involvement_id, back="people")


def take_out(incident_id: str, model: Any, entry_id: str, *, back: str) -> ResponseReturnValue:
    """Take an entry of `model` out of a draft and return to the step `back`."""
    actor = current_actor()
    incident = queries.whole(actor, incident_id)
    where = url_for(f"incidents.{back}", incident_id=incident.id)
    with refusing_to(where), transaction():
        entry = find(model, entry_id, visible(model, actor) & (model.safe_id == incident.safe_id))
        operations.take_out_entry(incident, entry=entry, by=actor, at=now())
    flash(_("It is taken out of the draft."), "ok")
    return redirect(where, 303)


def named_people(actor: Actor, incident: Incident) -> list[tuple[str, str]]:
    """Return id and name (else pseudonym) of everybody in the incident, for a choice."""
    return [(one.id, actor.ring.text(one, "name") or actor.ring.text(one, "pseudonym")) for one in incident.people]


def person_in(incident: Incident, actor: Actor, person_id: str) -> Person:
    """Return a person of the incident; raise `NotFound` for any other."""
    return find(Person, person_id, visible(Person, actor) & (Person.incident_id == incident.id))


def is_stale(form: Form, row: Any) -> bool:
    """Tell whether `row` was changed since the form was opened; the next sending then counts as having seen it."""
    if not form.is_submitted() or form.seen_version in (None, checks.stamp(row)):
        return False
    form.version.data = str(checks.stamp(row))
    return True


def _kind(code: str) -> rules.ActKind | None:
    return next((kind for kind in rules.act_kinds() if kind.code == code), None)


def _boxes(form: forms.ActForm, kind: rules.ActKind | None) -> dict[str, Any]:
    """Return the articles as they are ticked off: what the kind suggests and what is ticked first, the rest by treaty."""
    lang = language()
    first = {*(kind.articles if kind else ()), *(form.articles.data or ())}
    options = {one.code: {"code": one.code, "label": one.label(lang)} for one in articles()}
    others: dict[str, list[dict[str, str]]] = {}
    for one in articles():
        if one.code not in first:
            others.setdefault(one.instrument.name.in_language(lang), []).append(options[one.code])
    return {"first": [option for code, option in options.items() if code in first], "others": list(others.items())}


def _rights(actor: Actor, incident: Incident) -> dict[str, Any]:
    return {"may_add": policy.may_add(actor, incident), "may_edit": policy.may_edit(actor, incident)}


def _person_of(form: forms.PersonForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("kind", "name", "pseudonym", "contact", "details", "size")}


def _act_of(form: forms.ActForm, actor: Actor, incident: Incident) -> dict[str, Any]:
    return {
        "victim": person_in(incident, actor, form.victim.data),
        "kind": form.kind.data,
        "articles": form.articles.data,
        "method": form.method.data or None,
        "stated_reason": form.stated_reason.data,
        "consequences": form.consequences.data,
        "victim_status": form.victim_status.data or None,
    }


def _involvement_of(form: Any, actor: Actor, incident: Incident) -> dict[str, Any]:
    return {
        "actor_kind": form.actor_kind.data,
        "degree": form.degree.data or None,
        "unit": form.unit.data,
        "person": person_in(incident, actor, form.person.data) if form.person.data else None,
    }


def _to_people(incident: Incident, person_id: str, added: str | None = None) -> str:
    step = "people" if incident.state in policy.OPEN_TO_CHANGE else "show"
    return url_for(f"incidents.{step}", incident_id=incident.id, _anchor=f"person-{person_id}", added=added)
