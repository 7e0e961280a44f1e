"""The sign-in page, the lock screen, signing out, joining by invitation, recovery."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from caseflow.entrance import browsers, operations, sessions
from caseflow.entrance.carried import Pairs, seal_typed
from caseflow.entrance.forms import JoinForm, RecoveryForm, SecondStepForm, SignInForm, UnlockForm
from caseflow.entrance.routes.blueprint import (
    address,
    agent,
    bp,
    carried,
    go_on,
    opened_here,
    same,
    sealed_here,
    session_here,
    show,
    where_to,
    with_cookie,
)
from caseflow.entrance.routes.second_step import ask_second
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import operations as keys
from caseflow.keys.models import Identity
from caseflow.network import operations as network
from caseflow.network import queries
from caseflow.network.models import Member
from caseflow.vault.keys import fingerprint
from caseflow.web.gate import public, signed_in
from caseflow.web.pages import safe_next, transaction


@bp.route("/sign-in", methods=["GET", "POST"])
@public("the sign-in page itself")
def sign_in() -> ResponseReturnValue:
    """Sign in with address and passphrase; with a second factor that is the first of two steps."""
    onward, typed, sealed = where_to(), carried(), sealed_here()
    if current_user.is_authenticated and not current_user.locked and not typed and not sealed:
        return redirect(onward, 303)
    if request.method == "GET" and sessions.load_half(request, at=now()) is not None:
        return redirect(url_for("entrance.second_step", next=onward), 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            entered = operations.sign_in(
                form.email.data,
                form.passphrase.data,
                address=address(),
                agent=agent(),
                at=now(),
                instead_of=session_here() if current_user.is_authenticated else None,
                marks=browsers.kept_by(request),
            )
        except RuleBroken as broken:
            show(form, broken)
        else:
            if not entered.half:
                there = (onward, typed) if typed else opened_here(entered.value, onward)
                return go_on(*there, entered.value, entered.member)
            half = sessions.half_of(entered.value, at=now()) if typed or sealed else None
            if half is None:
                return go_on(url_for("entrance.second_step", next=onward), [], entered.value)
            box = seal_typed(typed, onward, member=half.member.id, public=half.keys.public.to_bytes()) or sealed
            return with_cookie(ask_second(half, SecondStepForm(formdata=None), onward, box), entered.value)
    return render_template("entrance/sign_in.html", form=form, typed=typed, sealed=sealed, onward=onward)


@bp.route("/unlock", methods=["GET", "POST"])
@public("the lock screen; it opens only what its own session locked")
def unlock() -> ResponseReturnValue:
    """Type the passphrase again after the session was idle, and go on where one was."""
    onward, sealed = where_to(), sealed_here()
    if not current_user.is_authenticated:
        # The session ended behind the lock screen; what was typed goes on from the sign-in page instead.
        return render_template("entrance/sign_in.html", form=None, sealed=sealed, onward=onward)
    if not current_user.locked:
        return go_on(*opened_here(request.cookies.get(sessions.cookie_name(), ""), onward), None)
    form = UnlockForm()
    if form.validate_on_submit():
        member = db.session.get_one(Member, current_user.actor.member_id)
        try:
            value = operations.unlock(session_here(), member, form.passphrase.data, at=now())
        except RuleBroken as broken:
            show(form, broken)
        else:
            return go_on(*opened_here(value, onward), value, member)
    return render_template("entrance/unlock.html", form=form, sealed=sealed, onward=onward)


@bp.route("/screen")
@public("an open page asks whether it may still show what it shows; nothing else is told, and it is no sign of life")
def screen() -> ResponseReturnValue:
    """Tell for how many seconds the session stays open, and whose it is."""
    left = sessions.seconds_left() if current_user.is_authenticated and not current_user.locked else 0
    return {"left": left, "member": current_user.actor.member_id if left else ""}


@bp.post("/lock")
@signed_in
def lock() -> ResponseReturnValue:
    """Lock the session now."""
    sessions.lock(session_here())
    return redirect(url_for("entrance.unlock", next=safe_next(request.form.get("next"), "/")), 303)


@bp.post("/sign-out")
@public("a locked session is ended by its holder too, without the passphrase")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    if current_user.is_authenticated:
        with transaction():
            operations.sign_out(session_here(), by=current_user.actor, at=now())
    half = sessions.load_half(request, at=now())
    if half is not None:
        with transaction():
            operations.sign_out(half.row, by=None, at=now())
    return with_cookie(redirect(url_for("entrance.sign_in"), 303), None)


@bp.route("/join/<token>", methods=["GET", "POST"])
@public("the link of an invitation; its token is the key")
def join(token: str) -> ResponseReturnValue:
    """Accept an invitation: choose a passphrase, get the recovery code."""
    state = queries.invitation_state(token, at=now())
    if state in {"accepted", "withdrawn", "expired"}:
        g.answer_status = 410
        return render_template("entrance/spent.html", state=state)
    invitation = network.open_invitation(token, at=now())
    form = JoinForm()
    if form.validate_on_submit() and same(form, form.passphrase.data, form.again):
        try:
            prepared = keys.prepare(form.passphrase.data)  # before the transaction: it takes a while
            with kernel_db.transaction():
                invitation = network.open_invitation(token, at=now())
                member, pair, code = network.accept(
                    invitation, passphrase=form.passphrase.data, at=now(), prepared=prepared
                )
                value = sessions.begin(member, pair, agent=agent(), at=now())
        except RuleBroken as broken:
            show(form, broken)
        else:
            words, home = fingerprint(pair.public), url_for("desk.home")
            page = render_template("entrance/joined.html", code=str(code), words=words, member=member, onward=home)
            return with_cookie(page, value, member)
    return render_template("entrance/join.html", form=form, invitation=invitation)


@bp.route("/recover", methods=["GET", "POST"])
@public("whoever lost the passphrase cannot sign in; the recovery code is the key")
def recover() -> ResponseReturnValue:
    """Choose a new passphrase with the recovery code; a new code is shown once, for the old one is used up."""
    form = RecoveryForm()
    if form.validate_on_submit() and same(form, form.passphrase.data, form.again):
        try:
            member, code = operations.reset_by_code(
                form.email.data,
                form.code.data,
                form.passphrase.data,
                address=address(),
                at=now(),
                marks=browsers.kept_by(request),
            )
        except RuleBroken as broken:
            show(form, broken)
        else:
            flash(_("Your new passphrase is set and all your sessions have ended."), "ok")
            onward = url_for("entrance.sign_in")
            return render_template("entrance/joined.html", code=str(code), words=None, member=member, onward=onward)
    return render_template("entrance/recover.html", form=form)


@bp.app_template_global("sign_in_form")
def sign_in_form() -> SignInForm:
    """Return an empty sign-in form, for a page that the gate shows in place of another."""
    return SignInForm(formdata=None)


@bp.app_template_global("unlock_form")
def unlock_form() -> UnlockForm:
    """Return an empty form of the lock screen, for a page that the gate shows in place of another."""
    return UnlockForm(formdata=None)


@bp.app_template_global("sealed_typed")
def sealed_typed(typed: Pairs | None, onward: str) -> str:
    """Return what was being sent, sealed to whose session this is; '' when it is nobody's."""
    if not typed or not current_user.is_authenticated:
        return ""
    member = current_user.actor.member_id
    return seal_typed(typed, onward, member=member, public=db.session.get_one(Identity, member).public)


@bp.app_template_global("seconds_left")
def seconds_left() -> int:
    """Return for how long the page may show what it shows if nobody does anything."""
    return sessions.seconds_left()


@bp.app_template_global("locked_name")
def locked_name() -> str:
    """Return whose screen is locked."""
    return str(current_user.actor.name) if current_user.is_authenticated else ""


@bp.app_template_global("network_name")
def network_name() -> str:
    """Return the name of the network; '' before it is founded."""
    home = queries.network()
    return home.name if home else ""
