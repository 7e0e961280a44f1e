"""One's second factor: the app, the passkeys, the backup codes; and a coordinator's reset of somebody else's."""

from __future__ import annotations

from typing import Any

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import true

from caseflow.access import entrance as policy
from caseflow.access import network as network_policy
from caseflow.access.actor import Actor, demand
from caseflow.entrance import factors, operations, passkeys, queries, rules
from caseflow.entrance.forms import AppForm, PasskeyForm
from caseflow.entrance.models import SecondFactor
from caseflow.entrance.routes.blueprint import bp, session_here, show, where_to, with_cookie
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find, scoped
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current
from caseflow.keys.keyring import ring_of
from caseflow.network.models import Member
from caseflow.network.queries import network
from caseflow.web.gate import current_actor, current_actor_or_none, entering, entering_actor, signed_in
from caseflow.web.pages import refusing_to, transaction


@bp.get("/account/second-factor")
@entering
def second_factor() -> ResponseReturnValue:
    """What one signs in with beside the passphrase; the first page of who must set it up and has not."""
    actor = entering_actor()
    return render_template(
        "entrance/second_factor.html",
        known=_known(actor),
        codes_left=queries.backup_codes_left(actor.member_id),
        must=actor.role in current().second_factor,
        owing=current_actor_or_none() is None,
        place=passkeys.place(),
        onward=where_to(),
    )


@bp.route("/account/second-factor/app", methods=["GET", "POST"])
@entering
def set_up_app() -> ResponseReturnValue:
    """Scan the square with an authenticator app and type the first code it shows."""
    actor, form = entering_actor(), AppForm()
    first = _first_prove(actor)
    if first is not None:
        return first
    asks = _asks(actor)
    if form.validate_on_submit() and (not asks or _is_sure(form, actor)):
        try:
            with transaction():
                made = operations.set_up_app(
                    form.offer.data or "", form.code.data, session=session_here(), sure=asks, by=actor, at=now()
                )
        except RuleBroken as broken:
            show(form, broken)
        else:
            flash(_("The app is set up. From now on you type its code after your passphrase."), "ok")
            return _done(made)
    given = {
        "member_id": actor.member_id,
        "email": db.session.get_one(Member, actor.member_id).email,
        "network": _network_name(),
        "sid_hash": session_here().sid_hash,
    }
    keys = ring_of(actor).keys
    offer = factors.offer_again(form.offer.data or "", keys, **given) or factors.offer(keys, **given)
    form.offer.data = offer.sealed
    return render_template(
        "entrance/set_up_app.html",
        form=form,
        asks=asks,
        offer=offer,
        square=_square(offer.address),
        onward=where_to(),
    )


@bp.route("/account/second-factor/passkey", methods=["GET", "POST"])
@entering
def add_passkey() -> ResponseReturnValue:
    """Name a passkey and let the browser make it."""
    actor, form, where = entering_actor(), PasskeyForm(), passkeys.place()
    first = _first_prove(actor)
    if first is not None:
        return first
    here, keys, asks = session_here().sid_hash, ring_of(actor).keys, _asks(actor)
    if form.validate_on_submit() and (not asks or _is_sure(form, actor)):
        with kernel_db.transaction():
            challenge = factors.take_challenge(here, factors.REGISTER, at=now())
        try:
            with transaction():
                made = operations.add_passkey(
                    form.response.data or "",
                    form.name.data,
                    challenge=challenge,
                    session=session_here(),
                    sure=asks,
                    by=actor,
                    at=now(),
                )
        except RuleBroken as broken:
            show(form, broken)
        else:
            flash(_("The passkey is registered. From now on you can use it after your passphrase."), "ok")
            return _done(made)
    options = None
    if where is not None:
        with kernel_db.transaction():
            challenge = operations.ask_passkey(factors.REGISTER, here, at=now())
        email = db.session.get_one(Member, actor.member_id).email
        mine = [passkey for _factor, passkey in factors.passkeys_of(keys, actor.member_id)]
        options = passkeys.to_register(
            where, challenge, member_id=actor.member_id, email=email, name=actor.name, known=mine
        )
    form.response.data = ""
    return render_template("entrance/add_passkey.html", form=form, asks=asks, options=options, onward=where_to())


@bp.post("/account/second-factor/<factor_id>/remove")
@signed_in
def remove_factor(factor_id: str) -> ResponseReturnValue:
    """Take away one's own app or passkey."""
    actor, home = current_actor(), url_for("entrance.second_factor")
    factor = find(SecondFactor, factor_id, scoped(SecondFactor.member_id == actor.member_id))
    first = _first_prove(actor)
    if first is not None:
        return first
    with refusing_to(home), transaction():
        operations.remove_factor(factor, session=session_here(), by=actor, at=now())
    flash(_("It is removed."), "ok")
    return redirect(home, 303)


@bp.post("/account/second-factor/codes")
@signed_in
def renew_backup_codes() -> ResponseReturnValue:
    """Make new backup codes and show them once."""
    actor, home = current_actor(), url_for("entrance.second_factor")
    first = _first_prove(actor)
    if first is not None:
        return first
    with refusing_to(home), transaction():
        codes = operations.renew_backup_codes(session=session_here(), by=actor, at=now())
    return render_template("entrance/backup_codes.html", codes=codes, onward=home)


@bp.post("/members/<member_id>/second-factor/reset")
@signed_in
def reset_second_factor(member_id: str) -> ResponseReturnValue:
    """Take away the second factors of a member who has lost them."""
    actor, home = current_actor(), url_for("network.members")
    demand(network_policy.may_see_members(actor), about="members:")
    member = find(Member, member_id, true())
    if queries.has_second_factor(actor.member_id) and not rules.fresh(session_here().second_at, now()):
        return redirect(url_for("entrance.prove", next=home), 303)
    with refusing_to(home), transaction():
        operations.reset_second_factor(member, session=session_here(), by=actor, at=now())
    flash(_("The second factor of %(name)s is reset and her sessions have ended.", name=member.name), "ok")
    return redirect(home, 303)


@bp.app_template_global("resettable")
def resettable() -> Any:
    """Return `may(member)`: whether the reader may reset that member's second factor, and there is one."""
    having, actor = queries.who_has_second_factor(), current_actor()
    return lambda member: member.id in having and policy.may_reset_second_factor(actor, member) is None


def _first_prove(actor: Actor) -> ResponseReturnValue | None:
    """Return the way to the page on which she shows once more that it is she, unless she has done so lately."""
    session, has = session_here(), queries.has_second_factor(actor.member_id)
    if _asks(actor) or rules.fresh(session.second_at if has else session.started_at, now()):
        return None
    back = request.path if request.method == "GET" else url_for("entrance.second_factor")
    return redirect(url_for("entrance.prove", next=back), 303)


def _asks(actor: Actor) -> bool:
    """Tell whether the passphrase is typed with the first factor: or who copied a cookie could take the account with it.

    Not where she has just signed in and must set one up before anything opens.
    """
    return current_actor_or_none() is not None and not queries.has_second_factor(actor.member_id)


def _is_sure(form: AppForm | PasskeyForm, actor: Actor) -> bool:
    member = db.session.get_one(Member, actor.member_id)
    try:
        operations.prove(member, form.passphrase.data or "", session=session_here(), at=now())
    except RuleBroken as broken:
        show(form, broken)
        return False
    return True


def _done(made: operations.NewFactor) -> ResponseReturnValue:
    if not made.codes:
        return with_cookie(redirect(url_for("entrance.second_factor"), 303), made.value)
    page = render_template("entrance/backup_codes.html", codes=made.codes, onward=where_to())
    return with_cookie(page, made.value)


def _known(actor: Actor) -> list[tuple[SecondFactor, str]]:
    """Return one's factors, each with the name of the passkey ('' for an app, and for what other keys have sealed)."""
    names = {factor.id: passkey.name for factor, passkey in factors.passkeys_of(ring_of(actor).keys, actor.member_id)}
    return [(factor, names.get(factor.id, "")) for factor in queries.factors_of(actor.member_id)]


def _square(address: str) -> Markup:
    """Return the address as a square for a camera: dark on white in both themes, for cameras want it so."""
    drawn = segno.make(address, error="m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True)
    return Markup(drawn)  # noqa: S704 -- drawn by segno from modules; nothing typed stands in it


def _network_name() -> str:
    home = network()
    return home.name if home else "caseflow"
