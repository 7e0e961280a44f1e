"""One's own account: key, sessions, passphrase, recovery code."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from caseflow.entrance import operations, queries
from caseflow.entrance.forms import NewCodeForm, PassphraseForm
from caseflow.entrance.models import MemberSession
from caseflow.entrance.routes.blueprint import bp, same, session_here, show, with_cookie
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, find, scoped
from caseflow.kernel.errors import RuleBroken
from caseflow.keys.models import Grant, Identity
from caseflow.network.models import Member
from caseflow.vault.keys import MemberPublic, fingerprint
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import transaction


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    """One's own key, sessions and passphrase."""
    form = PassphraseForm()
    if form.validate_on_submit() and same(form, form.new.data, form.again):
        member = db.session.get_one(Member, current_actor().member_id)
        try:
            value = operations.change_passphrase(
                member,
                old=form.old.data,
                new=form.new.data,
                session=session_here(),
                by=current_actor(),
                at=now(),
            )
        except RuleBroken as broken:
            show(form, broken)
        else:
            flash(_("The new passphrase is set. Your other sessions have ended."), "ok")
            return with_cookie(redirect(url_for("entrance.account"), 303), value, member)
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
                member, form.passphrase.data, session=session_here(), by=current_actor(), at=now()
            )
        except RuleBroken as broken:
            show(form, broken)
        else:
            home = url_for("entrance.account")
            return render_template("entrance/joined.html", code=str(code), words=None, member=member, onward=home)
    return _account(PassphraseForm(formdata=None), form)


@bp.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    """End all other sessions of this member."""
    with transaction():
        operations.sign_out_elsewhere(session_here(), by=current_actor(), at=now())
    flash(_("Your other sessions have ended."), "ok")
    return redirect(url_for("entrance.account"), 303)


@bp.post("/account/sessions/<sid_hash>/end")
@signed_in
def end_session(sid_hash: str) -> ResponseReturnValue:
    """End one of this member's sessions."""
    actor = current_actor()
    session = find(MemberSession, sid_hash, scoped(MemberSession.member_id == actor.member_id))
    with transaction():
        operations.end_session(session, by=actor, at=now())
    flash(_("That session has ended."), "ok")
    return redirect(url_for("entrance.account"), 303)


def _account(form: PassphraseForm, code_form: NewCodeForm) -> str:
    actor = current_actor()
    member = db.session.get_one(Member, actor.member_id)
    identity = db.session.get_one(Identity, member.id)
    return render_template(
        "entrance/account.html",
        form=form,
        code_form=code_form,
        member=member,
        words=fingerprint(MemberPublic.from_bytes(identity.public)),
        sessions=[session for session in queries.sessions_of(member.id) if session.ends_at > now()],
        second_factor=queries.has_second_factor(member.id),
        codes_left=queries.backup_codes_left(member.id),
        this_session=session_here().sid_hash,
        safes=db.session.scalar(select(func.count(Grant.id)).where(Grant.member_id == member.id)),
    )
