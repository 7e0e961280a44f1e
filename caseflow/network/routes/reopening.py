"""The page behind the link for a member who lost passphrase and recovery code."""

from __future__ import annotations

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.keys import operations as keys
from caseflow.network import operations
from caseflow.network.forms import ReopenForm
from caseflow.network.models import Member
from caseflow.network.routes.blueprint import bp
from caseflow.vault.keys import fingerprint
from caseflow.web.forms import land
from caseflow.web.gate import public


@bp.route("/reopen/<token>", methods=["GET", "POST"])
@public("the link for who lost her passphrase; its token is the key")
def reopen(token: str) -> ResponseReturnValue:
    """Choose a new passphrase; the recovery code and, with a new key, the eight words are shown once."""
    reopening = operations.open_reopening(token, at=now())
    member, is_new = db.session.get_one(Member, reopening.member_id), reopening.kind == "new"
    form = ReopenForm()
    if form.validate_on_submit():
        prepared = keys.prepare(form.passphrase.data or "")  # before the transaction: it takes a while
        try:
            with kernel_db.transaction():
                reopening = operations.open_reopening(token, at=now())
                member, pair, code = operations.reopen(
                    reopening, token=token, passphrase=form.passphrase.data or "", at=now(), prepared=prepared
                )
        except RuleBroken as broken:
            land(form, broken)
            g.answer_status = 422
        else:
            flash(_("Your new passphrase is set and all your sessions have ended."), "ok")
            words, onward = fingerprint(pair.public) if is_new else None, url_for("entrance.sign_in")
            return render_template("entrance/joined.html", code=str(code), words=words, member=member, onward=onward)
    return render_template("network/reopen.html", form=form, member=member, is_new=is_new)
