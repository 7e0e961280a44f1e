"""The pages of this room.

`adding` takes evidence in, `resuming` by parts, `taking` shows it and hands it out, `looking` looks into it, `exporting` packs it.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("evidence", __name__, url_prefix="/evidence")

from caseflow.evidence.routes import adding, exporting, looking, resuming, taking  # noqa: E402 -- they hang their pages on bp

__all__ = ["adding", "bp", "exporting", "looking", "resuming", "taking"]
