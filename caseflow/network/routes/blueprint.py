"""The room's blueprint, which its pages fill."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("network", __name__)
