"""Incidents leave as a list: how many, in which form and for what is in the ledger before the first line goes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger


def export_list(
    *, count: int, form: str, purpose: str, scope: Mapping[str, str | int], by: Actor, at: datetime
) -> None:
    """Note that `by` takes `count` incidents away; `scope` is what the list was narrowed to, by codes."""
    demand(policy.may_export_list(by), about="incidents:")
    if not count:
        raise RuleBroken(N_("There is no incident to export."))
    public = {"count": count, "form": form, "purpose": purpose, "scope": dict(scope)}
    ledger.record("incidents.export_list", by=by, at=at, about="incidents:", public=public)
