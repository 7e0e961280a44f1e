"""The id of this network, which every row of the ledger and every sealed value is bound to."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import text

from caseflow.kernel.db import db, in_transaction


def instance() -> str:
    """Return the id of this network; '' before it is founded."""
    found = db.session.info.get("caseflow_instance") or current_app.extensions.get("caseflow_instance")
    if not found:
        found = db.session.execute(text("SELECT id FROM networks")).scalar() or ""
        if found and not in_transaction():
            # A network has one id for good; inside a transaction its founding could still be undone.
            current_app.extensions["caseflow_instance"] = found
    return str(found)
