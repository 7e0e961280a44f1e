"""The sign-in page, the lock screen, joining by invitation, recovery, one's own account."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from caseflow.entrance import operations, sessions
from caseflow.entrance.forms import JoinForm, PassphraseForm, RecoveryForm, SignInForm, UnlockForm
from caseflow.entrance.models import MemberSession
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys.models import Grant, Identity
from caseflow.network import operations as network
from caseflow.network.models import Member, Network
from caseflow.vault.keys import MemberPublic, fingerprint
from caseflow.web.forms import Form, land
from caseflow.web.gate import current_actor, public, signed_in
from caseflow.web.pages import safe_next, transaction

bp = Blueprint("entrance", __name__)


@bp.route("/sign-in", methods=["GET", "POST"])
@public("the sign-in page itself")
def sign_in() -> ResponseReturnValue:
    """Sign in with address and passphrase."""
    if current_user.is_authenticated and not current_user.locked:
        return redirect(safe_next(request.args.get("next"), url_for("desk.home")))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            value = operations.sign_in(
                form.email.data, form.passphrase.data, address=_address(), agent=_agent(), at=now()
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            answer = redirect(safe_next(request.args.get("next"), url_for("desk.home")), 303)
            sessions.set_cookie(answer, value)  # type: ignore[arg-type]
            return answer
    founded = db.session.scalar(select(Network.name))
    return render_template("entrance/sign_in.html", form=form, network=founded)


@bp.route("/unlock", methods=["GET", "POST"])
@public("the lock screen; it opens only what its own session locked")
def unlock() -> ResponseReturnValue:
    """Type the passphrase again after the session was idle, and go on where one was."""
    onward = safe_next(request.values.get("onward") or request.args.get("next"), url_for("desk.home"))
    if not current_user.is_authenticated:
        return redirect(url_for("entrance.sign_in", next=onward), 303)
    if not current_user.locked:
        return redirect(onward, 303)
    form = UnlockForm()
    names = request.form.getlist("typed_name")
    typed = list(zip(names, request.form.getlist("typed_value"), strict=False))
    if form.validate_on_submit():
        member = db.session.get_one(Member, current_user.actor.member_id)
        try:
            value = operations.unlock(_session(), member, form.passphrase.data, address=_address(), at=now())
        except RuleBroken as broken:
            _show(form, broken)
        else:
            if typed:
                page = render_template("entrance/go_on.html", typed=typed, onward=onward)
                answer = cast("ResponseReturnValue", _with_cookie(page, value))
                return answer
            back = redirect(onward, 303)
            sessions.set_cookie(back, value)  # type: ignore[arg-type]
            return back
    return render_template("entrance/unlock.html", form=form, typed=typed, onward=onward)


@bp.post("/lock")
@signed_in
def lock() -> ResponseReturnValue:
    """Lock the session now."""
    sessions.lock(_session())
    return redirect(url_for("entrance.unlock"), 303)


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End this session."""
    with transaction():
        operations.sign_out(_session(), by=current_actor(), at=now())
    answer = redirect(url_for("entrance.sign_in"), 303)
    sessions.set_cookie(answer, None)  # type: ignore[arg-type]
    return answer


@bp.route("/join/<token>", methods=["GET", "POST"])
@public("the link of an invitation; its token is the key")
def join(token: str) -> ResponseReturnValue:
    """Accept an invitation: choose a passphrase, get the recovery code."""
    invitation = network.open_invitation(token, at=now())
    form = JoinForm()
    if form.validate_on_submit() and _same(form, form.passphrase.data, form.again):
        try:
            with kernel_db.transaction():
                invitation = network.open_invitation(token, at=now())
                member, pair, code = network.accept(invitation, passphrase=form.passphrase.data, at=now())
                value = sessions.begin(member, pair, agent=_agent(), at=now())
            words = fingerprint(pair.public)
            page = render_template("entrance/joined.html", code=str(code), words=words, member=member)
            return cast("ResponseReturnValue", _with_cookie(page, value))
        except RuleBroken as broken:
            _show(form, broken)
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
    actor, session = current_actor(), _session()
    member = db.session.get_one(Member, actor.member_id)
    form = PassphraseForm()
    if form.validate_on_submit() and _same(form, form.new.data, form.again):
        try:
            operations.change_passphrase(
                member,
                old=form.old.data,
                new=form.new.data,
                session=session,
                by=actor,
                address=_address(),
                at=now(),
            )
        except RuleBroken as broken:
            _show(form, broken)
        else:
            flash(_("The new passphrase is set. Your other sessions have ended."), "ok")
            return redirect(url_for("entrance.account"), 303)
    identity = db.session.get_one(Identity, member.id)
    mine = select(MemberSession).where(MemberSession.member_id == member.id).order_by(MemberSession.started_at.desc())
    return render_template(
        "entrance/account.html",
        form=form,
        member=member,
        words=fingerprint(MemberPublic.from_bytes(identity.public)),
        sessions=list(db.session.scalars(mine)),
        here=session.sid_hash,
        safes=len(db.session.scalars(select(Grant.id).where(Grant.member_id == member.id)).all()),
    )


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """End all other sessions of this member."""
    with transaction():
        operations.sign_out_elsewhere(_session(), by=current_actor(), at=now())
    flash(_("Your other sessions have ended."), "ok")
    return redirect(url_for("entrance.account"), 303)


def _session() -> MemberSession:
    return cast(MemberSession, g.member_session)


def _address() -> str:
    return request.remote_addr or "unknown"


def _agent() -> str:
    return request.user_agent.string or ""


def _show(form: Form, broken: RuleBroken) -> None:
    g.answer_status = 429 if isinstance(broken, operations.TooMany) else 422
    land(form, broken)


def _same(form: Form, chosen: str, again: object) -> bool:
    if getattr(again, "data", None) == chosen:
        return True
    land(form, RuleBroken(_("The two passphrases differ."), field="again"))
    g.answer_status = 422
    return False


def _with_cookie(page: str, value: str) -> object:
    from flask import make_response

    answer = make_response(page)
    sessions.set_cookie(answer, value)
    return answer


