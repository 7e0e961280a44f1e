"""The second step of signing in, and showing once more that it is oneself before a second factor is changed."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.entrance import factors, operations, passkeys, queries, sessions
from caseflow.entrance.carried import seal_typed
from caseflow.entrance.forms import ProveForm, SecondStepForm
from caseflow.entrance.routes.blueprint import (
    address,
    bp,
    go_on,
    opened_here,
    sealed_here,
    session_here,
    show,
    where_to,
)
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys.keyring import ring_of
from caseflow.network.models import Member
from caseflow.vault.keys import MemberKeys
from caseflow.web.gate import ask_again_with, entering, entering_actor, public


@bp.route("/sign-in/second", methods=["GET", "POST"])
@public("the passphrase was right, and nobody is signed in before this step is done")
def second_step() -> ResponseReturnValue:
    """Type the code of the app, or use a passkey, after the passphrase."""
    onward, sealed = where_to(), sealed_here()
    half = sessions.load_half(request, at=now())
    if half is None:
        if sealed and not current_user.is_authenticated:
            g.answer_status = 401
            return render_template("entrance/sign_in.html", form=None, sealed=sealed, onward=onward)
        return redirect(url_for("entrance.sign_in", next=onward), 303)
    form = SecondStepForm()
    if form.validate_on_submit():
        answer = operations.Answer(code=form.code.data or "", passkey=form.response.data or "")
        try:
            value = operations.finish(half, answer, address=address(), at=now())
        except RuleBroken as broken:
            show(form, broken)
        else:
            return go_on(*opened_here(value, onward), value, half.member)
    return ask_second(half, form, onward, sealed)


def ask_second(half: sessions.Half, form: SecondStepForm, onward: str, sealed: str) -> str:
    """Return the page of the second step; a passkey gets a new challenge with it."""
    return _page(
        half.keys, half.member.id, half.row.sid_hash, form, action="entrance.second_step", onward=onward, sealed=sealed
    )


@bp.route("/account/prove", methods=["GET", "POST"])
@entering
def prove() -> ResponseReturnValue:
    """Show once more that it is oneself: by the second factor, or by the passphrase where there is none."""
    actor, onward, sealed = entering_actor(), where_to(), sealed_here()
    if not queries.has_second_factor(actor.member_id):
        return _prove_passphrase(onward, sealed)
    form = SecondStepForm()
    if form.validate_on_submit():
        answer = operations.Answer(code=form.code.data or "", passkey=form.response.data or "")
        try:
            value = operations.prove_second(session_here(), answer, by=actor, address=address(), at=now())
        except RuleBroken as broken:
            show(form, broken)
        else:
            return go_on(*opened_here(value, onward), value)
    return _ask_proof(onward, sealed, form)


def _ask_again(onward: str, typed: list[tuple[str, str]]) -> str:
    actor = entering_actor()
    public = ring_of(actor).keys.public.to_bytes()
    return _ask_proof(onward, seal_typed(typed, onward, member=actor.member_id, public=public))


def _ask_proof(onward: str, sealed: str, form: SecondStepForm | None = None) -> str:
    actor, here = entering_actor(), session_here().sid_hash
    form = form or SecondStepForm(formdata=None)
    return _page(
        ring_of(actor).keys, actor.member_id, here, form, action="entrance.prove", onward=onward, sealed=sealed
    )


ask_again_with(_ask_again)


def _prove_passphrase(onward: str, sealed: str) -> ResponseReturnValue:
    form, member = ProveForm(), db.session.get_one(Member, entering_actor().member_id)
    if form.validate_on_submit():
        try:
            value = operations.unlock(session_here(), member, form.passphrase.data, at=now())
        except RuleBroken as broken:
            show(form, broken)
        else:
            return go_on(*opened_here(value, onward), value)
    return render_template("entrance/prove.html", form=form, onward=onward, sealed=sealed)


def _page(
    keys: MemberKeys,
    member_id: str,
    sid_hash: str,
    form: SecondStepForm,
    *,
    action: str,
    onward: str,
    sealed: str,
) -> str:
    where, options = passkeys.place(), None
    known = [passkey for _factor, passkey in factors.passkeys_of(keys, member_id)] if where else []
    if where and known:
        with kernel_db.transaction():
            challenge = operations.ask_passkey(factors.ASK, sid_hash, at=now())
        options = passkeys.to_sign(where, challenge, known=known)
    return render_template(
        "entrance/second_step.html",
        form=form,
        options=options,
        has_app=any(factor.kind == queries.APP for factor in queries.factors_of(member_id)),
        action=action,
        onward=onward,
        sealed=sealed,
    )
