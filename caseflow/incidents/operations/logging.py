"""An incident comes into being in a safe of its own, and says what happened, where and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from caseflow.access import incidents as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import checks, rules
from caseflow.incidents.models import Incident
from caseflow.kernel.counters import next_number
from caseflow.kernel.db import db
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.network.models import Member
from caseflow.web.forms import unchanged

SEALED = ("title", "narrative", "place")


def log(
    *,
    title: str,
    narrative: str | None,
    region: str,
    began_on: date | None,
    began_precision: str,
    ended_on: date | None = None,
    ended_precision: str | None = None,
    place: str | None = None,
    learned_on: date | None = None,
    learned_how: str | None = None,
    language: str,
    by: Actor,
    at: datetime,
) -> Incident:
    """Log an incident as a draft in a safe of its own, which `by` and the coordinators hold.

    `region` may be '' and the precision 'unknown' while nobody has said; `submit` asks for the region. Raises
    `RuleBroken` at the field that cannot be.
    """
    demand(policy.may_log(by), about="incidents:")
    sealed = _sealed(title=title, narrative=narrative, place=place)
    facts = _facts(
        region=region,
        began_on=began_on,
        began_precision=began_precision,
        ended_on=ended_on,
        ended_precision=ended_precision,
        learned_on=learned_on,
        learned_how=learned_how,
        language=language,
        today=checks.today_for(by, at),
    )
    year = checks.today_for(by, at).year
    safe = keys.new_safe("incident", by=by, at=at)
    house = db.session.scalars(select(Member.organisation_id).where(Member.id == by.member_id)).one()
    incident = Incident(
        safe_id=safe.id,
        reference=f"IN-{year}-{next_number(f'incident {year}'):04d}",
        state="draft",
        by_id=by.member_id,
        organisation_id=house,
        logged_at=at,
        changed_at=at,
        **facts,
    )
    by.ring.seal(incident, **sealed)
    db.session.add(incident)
    keys.settle([safe.id], by=by, at=at)
    public = {"reference": incident.reference, "region": incident.region}
    ledger.record("incidents.log", by=by, at=at, about=incident, public=public, details=sealed)
    return incident


def edit(
    incident: Incident,
    *,
    title: str,
    narrative: str | None,
    region: str,
    began_on: date | None,
    began_precision: str,
    ended_on: date | None = None,
    ended_precision: str | None = None,
    place: str | None = None,
    learned_on: date | None = None,
    learned_how: str | None = None,
    language: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Say anew what happened, where and when; `seen` is the version that was on the screen.

    Raises `RuleBroken` at `version` when it was changed since, and at the field that cannot be.
    """
    demand(policy.may_edit(by, incident), about=ledger.name_of(incident))
    unchanged(incident, seen)
    sealed = _sealed(title=title, narrative=narrative, place=place)
    facts = _facts(
        region=region,
        began_on=began_on,
        began_precision=began_precision,
        ended_on=ended_on,
        ended_precision=ended_precision,
        learned_on=learned_on,
        learned_how=learned_how,
        language=language,
        today=checks.today_for(by, at),
        present_how=incident.learned_how,
    )
    before = {name: by.ring.text(incident, name) for name in SEALED}
    texts = {name: text for name, text in sealed.items() if text != before[name]}
    changed = {name: value for name, value in facts.items() if value != getattr(incident, name)}
    if not texts and not changed:
        return
    by.ring.seal(incident, **texts)
    for name, value in changed.items():
        setattr(incident, name, value)
    incident.changed_at = at
    ledger.record(
        "incidents.edit",
        by=by,
        at=at,
        about=incident,
        public={"changed": sorted([*texts, *changed])},
        details={"before": {name: before[name] for name in texts}, "after": texts} if texts else None,
    )


def _sealed(*, title: str, narrative: str | None, place: str | None) -> dict[str, str]:
    missing = N_("Give it a title by which you will know it: a few words.")
    return {
        "title": checks.words(title, field="title", most=checks.LINE, missing=missing),
        "narrative": checks.words(narrative, field="narrative", most=checks.STORY),
        "place": checks.words(place, field="place", most=checks.LINE),
    }


def _facts(
    *,
    region: str,
    began_on: date | None,
    began_precision: str,
    ended_on: date | None,
    ended_precision: str | None,
    learned_on: date | None,
    learned_how: str | None,
    language: str,
    today: date,
    present_how: str | None = None,
) -> dict[str, Any]:
    checks.span(
        began_on=began_on,
        began=began_precision,
        ended_on=ended_on,
        ended=ended_precision,
        learned_on=learned_on,
        today=today,
    )
    return {
        "region": checks.region_code(region),
        "began_on": began_on,
        "began_precision": began_precision,
        "ended_on": ended_on,
        "ended_precision": ended_precision,
        "learned_on": learned_on,
        "learned_how": checks.code_or_none(
            learned_how, rules.choosable("learned_how", present_how), field="learned_how"
        ),
        "language": checks.language(language),
    }
