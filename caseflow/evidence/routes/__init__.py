"""The pages of this room.

`adding` takes evidence in, `resuming` by parts, `taking` shows it and hands it out, `looking` looks into it,
`copying` makes copies to share and shows them beside their origin, `exporting` packs it.
"""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.evidence.stores import StoreDown
from caseflow.kernel.db import db
from caseflow.web.errors import page

bp = Blueprint("evidence", __name__, url_prefix="/evidence")


@bp.app_errorhandler(StoreDown)
def _store_is_down(error: StoreDown) -> ResponseReturnValue:
    """Say that the store does not answer; that is no refusal, and no fault of a file."""
    db.session.rollback()
    return page(503, _(error.message))


from caseflow.evidence.routes import adding, copying, exporting, looking, resuming, taking  # noqa: E402 -- they hang their pages on bp

__all__ = ["adding", "bp", "copying", "exporting", "looking", "resuming", "taking"]
