"""The sign-in page, the lock screen, joining by invitation, recovery, one's own account."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from caseflow.entrance import operations, sessions
from caseflow.entrance.forms import JoinForm, NewCodeForm, PassphraseForm, RecoveryForm, SignInForm, UnlockForm
from caseflow.entrance.models import MemberSession
from caseflow.entrance.rules import browser_of
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import operations as keys
from caseflow.keys.models import Grant, Identity
from caseflow.network import operations as network
from caseflow.network import queries
from caseflow.network.models import Member
from caseflow.vault.keys import MemberPublic, fingerprint
from caseflow.web.forms import Form, land
from caseflow.web.gate import current_actor, public, signed_in
from caseflow.web.pages import safe_next, transaction

bp = Blueprint("entrance", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public("the sign-in page itself")
def sign_in() -> ResponseReturnValue:
    """Sign in with address and passphrase."""
    onward, typed = _onward(), _typed()
    if current_user.is_authenticated and not current_user.locked and not typed:
        return redirect(onward, 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            value = operations.sign_in(
                form.email.data, form.passphrase.data, address=_address(), agent=_agent(), at=now()
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            return _go_on(onward, typed, value)
    return render_template("entrance/sign_in.html", form=form, typed=typed, onward=onward)


@bp.route("/unlock", methods=["GET", "POST"])
@public("the lock screen; it opens only what its own session locked")
def unlock() -> ResponseReturnValue:
    """Type the passphrase again after the session was idle, and go on where one was."""
    onward, typed = _onward(), _typed()
    if not current_user.is_authenticated:
        # The session ended behind the lock screen; what was typed goes on from the sign-in page instead.
        return render_template("entrance/sign_in.html", form=None, typed=typed, onward=onward)
    if not current_user.locked:
        return _go_on(onward, typed, None)
    form = UnlockForm()
    if form.validate_on_submit():
        member = db.session.get_one(Member, current_user.actor.member_id)
        try:
            value = operations.unlock(_session(), member, form.passphrase.data, address=_address(), at=now())
        except RuleBroken as broken:
            _show(form, broken)
        else:
            return _go_on(onward, typed, value)
    return render_template("entrance/unlock.html", form=form, typed=typed, onward=onward)


@bp.post("/lock")
@signed_in
def lock() -> ResponseReturnValue:
    """Lock the session now."""
    sessions.lock(_session())
    return redirect(url_for("entrance.unlock", next=safe_next(request.form.get("next"), "/")), 303)


@bp.post("/sign-out")
@public("a locked session is ended by its holder too, without the passphrase")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    if current_user.is_authenticated:
        with transaction():
            operations.sign_out(_session(), by=current_user.actor, at=now())
    answer = _response(redirect(url_for("entrance.sign_in"), 303))
    sessions.set_cookie(answer, None)
    return answer


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
    if form.validate_on_submit() and _same(form, form.passphrase.data, form.again):
        prepared = keys.prepare(form.passphrase.data)  # before the transaction: it takes a while
        try:
            with kernel_db.transaction():
                invitation = network.open_invitation(token, at=now())
                member, pair, code = network.accept(
                    invitation, passphrase=form.passphrase.data, at=now(), prepared=prepared
                )
                value = sessions.begin(member, pair, agent=_agent(), at=now())
        except RuleBroken as broken:
            _show(form, broken)
        else:
            words, home = fingerprint(pair.public), url_for("desk.home")
            page = render_template("entrance/joined.html", code=str(code), words=words, member=member, onward=home)
            return _with_cookie(page, value)
    return render_template("entrance/join.html", form=form, invitation=invitation)


@bp.route("/recover", methods=["GET", "POST"])
@public("whoever lost the passphrase cannot sign in; the recovery code is the key")
def recover() -> ResponseReturnValue:
    """Choose a new passphrase with the recovery code."""
    form = RecoveryForm()
    if form.validate_on_submit() and _same(form, form.passphrase.data, form.again):
        try:
            operations.reset_by_code(
                form.email.data, form.code.data, form.passphrase.data, address=_address(), at=now()
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            flash(_("The new passphrase is set and all sessions have ended. Sign in with it."), "ok")
            return redirect(url_for("entrance.sign_in"), 303)
    return render_template("entrance/recover.html", form=form)


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    """One's own key, sessions and passphrase."""
    form = PassphraseForm()
    if form.validate_on_submit() and _same(form, form.new.data, form.again):
        try:
            value = operations.change_passphrase(
                db.session.get_one(Member, current_actor().member_id),
                old=form.old.data,
                new=form.new.data,
                session=_session(),
                by=current_actor(),
                address=_address(),
                at=now(),
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            flash(_("The new passphrase is set. Your other sessions have ended."), "ok")
            return _with_cookie(redirect(url_for("entrance.account"), 303), value)
    return _account(form, NewCodeForm(formdata=None, prefix="code"))


@bp.post("/account/code")
@signed_in
def new_code() -> ResponseReturnValue:
    """Make a new recovery code and show it once."""
    form = NewCodeForm(prefix="code")
    member = db.session.get_one(Member, current_actor().member_id)
    if form.validate_on_submit():
        try:
            code = operations.renew_code(
                member, form.passphrase.data, by=current_actor(), address=_address(), at=now()
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            home = url_for("entrance.account")
            return render_template("entrance/joined.html", code=str(code), words=None, member=member, onward=home)
    return _account(PassphraseForm(formdata=None), form)


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """End all other sessions of this member."""
    with transaction():
        operations.sign_out_elsewhere(_session(), by=current_actor(), at=now())
    flash(_("Your other sessions have ended."), "ok")
    return redirect(url_for("entrance.account"), 303)


@bp.app_template_global("sign_in_form")
def sign_in_form() -> SignInForm:
    """Return an empty sign-in form, for a page that the gate shows in place of another."""
    return SignInForm(formdata=None)


@bp.app_template_global("unlock_form")
def unlock_form() -> UnlockForm:
    """Return an empty form of the lock screen, for a page that the gate shows in place of another."""
    return UnlockForm(formdata=None)


@bp.app_template_global("locked_name")
def locked_name() -> str:
    """Return whose screen is locked."""
    return str(current_user.actor.name) if current_user.is_authenticated else ""


@bp.app_template_global("network_name")
def network_name() -> str:
    """Return the name of the network; '' before it is founded."""
    home = queries.network()
    return home.name if home else ""


def _account(form: PassphraseForm, code_form: NewCodeForm) -> str:
    actor, here = current_actor(), _session().sid_hash
    member = db.session.get_one(Member, actor.member_id)
    identity = db.session.get_one(Identity, member.id)
    mine = select(MemberSession).where(MemberSession.member_id == member.id).order_by(MemberSession.started_at.desc())
    return render_template(
        "entrance/account.html",
        form=form,
        code_form=code_form,
        member=member,
        words=fingerprint(MemberPublic.from_bytes(identity.public)),
        sessions=list(db.session.scalars(mine.where(MemberSession.ends_at > now()))),
        here=here,
        safes=db.session.scalar(select(func.count(Grant.id)).where(Grant.member_id == member.id)),
    )


def _session() -> MemberSession:
    return cast(MemberSession, g.member_session)


def _address() -> str:
    return request.remote_addr or "unknown"


def _agent() -> str:
    return browser_of(request.user_agent.string or "")


def _onward() -> str:
    return safe_next(request.form.get("onward") or request.args.get("next"), url_for("desk.home"))


def _typed() -> list[tuple[str, str]]:
    return list(zip(request.form.getlist("typed_name"), request.form.getlist("typed_value"), strict=False))


def _go_on(onward: str, typed: list[tuple[str, str]], value: str | None) -> ResponseReturnValue:
    """Lead to where she was going; what she was sending is sent again from a page of its own, with a fresh token."""
    if typed:
        page: ResponseReturnValue = render_template("entrance/go_on.html", typed=typed, onward=onward)
    else:
        page = redirect(onward, 303)
    return page if value is None else _with_cookie(page, value)


def _show(form: Form, broken: RuleBroken) -> None:
    g.answer_status = 429 if isinstance(broken, operations.TooMany) else 422
    land(form, broken)


def _same(form: Form, chosen: str, again: object) -> bool:
    if getattr(again, "data", None) == chosen:
        return True
    land(form, RuleBroken(_("The two passphrases differ."), field="again"))
    g.answer_status = 422
    return False


def _response(page: ResponseReturnValue) -> Response:
    return make_response(page)


def _with_cookie(page: ResponseReturnValue, value: str) -> Response:
    answer = _response(page)
    sessions.set_cookie(answer, value)
    return answer
