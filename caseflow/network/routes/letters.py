"""How a member wants the letters about her work."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.network import operations, queries
from caseflow.network.forms import LettersForm
from caseflow.network.models import Member
from caseflow.network.routes.blueprint import bp
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals, transaction


@bp.route("/account/letters", methods=["GET", "POST"])
@signed_in
def choose_letters() -> ResponseReturnValue:
    """Choose between a letter at once, one a day, and none."""
    actor = current_actor()
    how, hour = queries.letter_choice(actor.member_id)
    form = LettersForm(data={"how": how, "hour": str(hour)})
    if form.validate_on_submit():
        with showing_refusals(form), transaction():
            member = db.session.get_one(Member, actor.member_id)
            operations.choose_letters(
                member, how=form.how.data, hour=int(form.hour.data or queries.MORNING), by=actor, at=now()
            )
            flash(_("Your letters come as you have chosen."), "ok")
            return redirect(url_for("entrance.account"), 303)
    hints = {
        "daily": _("One letter with numbers and a link, on days on which there is something."),
        "never": _("Everything stands on your desk all the same."),
    }
    return render_template("network/letters.html", form=form, hints=hints)
