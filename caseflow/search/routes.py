"""The search page."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from caseflow.kernel.words import N_
from caseflow.search import queries
from caseflow.web.forms import clean
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import entry

bp = Blueprint("search", __name__)
entry(N_("Search"), "search.index", order=70, icon="search")

KINDS = {"incident": N_("Incident"), "case": N_("Case"), "precedent": N_("Precedent")}


@bp.route("/search", methods=["GET", "POST"])
@signed_in
def index() -> ResponseReturnValue:
    """Search what one may read. The words are posted: in an address they would stand in logs and histories."""
    words = clean(request.form.get("q", ""))[:200]
    found = queries.search(current_actor(), words)
    return render_template("search/index.html", words=words, found=found, kinds=KINDS)
