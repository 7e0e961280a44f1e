"""A case comes into being, is described, and takes in the incidents it grew from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from caseflow.access import cases as policy
from caseflow.access.actor import Actor, demand
from caseflow.cases import rules
from caseflow.cases.checks import ask_people
from caseflow.cases.models import Case, IncidentLink
from caseflow.cases.operations.team import settle
from caseflow.cases.position import keep
from caseflow.incidents import operations as incidents_room
from caseflow.incidents.models import Incident
from caseflow.kernel.counters import next_number
from caseflow.kernel.db import db
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.ledger import operations as ledger
from caseflow.network.rules import article
from caseflow.web.forms import unchanged


def open_case(
    *,
    title: str,
    objective: str | None = None,
    legal_issue: str | None = None,
    articles: Collection[str] = (),
    confidentiality: str = "normal",
    incidents: Iterable[Incident] = (),
    by: Actor,
    at: datetime,
) -> Case:
    """Open a case in a safe of its own and take `incidents` into it.

    Raises `NotPermitted` for whoever is no coordinator, `RuleBroken` at `title`, `articles` or `confidentiality`, and
    what taking an incident into a case refuses.
    """
    demand(policy.may_open(by), about="cases:")
    _check(title=title, articles=articles, confidentiality=confidentiality)
    year = at.astimezone(ZoneInfo(by.timezone)).year
    safe = keys.new_safe("case", by=by, at=at)
    case = Case(
        safe_id=safe.id,
        reference=rules.reference(year, next_number(f"case {year}")),
        state="open",
        articles=_ordered(articles),
        confidentiality=confidentiality,
        by_id=by.member_id,
        opened_at=at,
        changed_at=at,
    )
    by.ring.seal(case, title=title, objective=objective, legal_issue=legal_issue)
    db.session.add(case)
    db.session.flush()
    taken = [_link(case, incident, by=by, at=at) for incident in incidents]
    ledger.record(
        "cases.open_case",
        by=by,
        at=at,
        about=case,
        public={"reference": case.reference, "articles": case.articles, "incidents": [i.reference for i in taken]},
        details={"title": title},
    )
    settle(case, by=by, at=at)
    return case


def edit(
    case: Case,
    *,
    title: str,
    objective: str | None,
    legal_issue: str | None,
    articles: Collection[str],
    confidentiality: str,
    seen: int | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Describe a case anew; `seen` is the version that was on the screen.

    Raises `RuleBroken` at `version` when somebody changed it since, or at `title`, `articles`, `confidentiality`.
    """
    demand(policy.may_edit(by, case), about=ledger.name_of(case))
    unchanged(case, seen)
    _check(title=title, articles=articles, confidentiality=confidentiality)
    before = {name: by.ring.text(case, name) for name in ("title", "objective", "legal_issue")}
    after = {"title": title, "objective": objective or "", "legal_issue": legal_issue or ""}
    changed = {name: text for name, text in after.items() if text != before[name]}
    if changed:
        by.ring.seal(case, **changed)
    case.articles, case.confidentiality, case.changed_at = _ordered(articles), confidentiality, at
    db.session.flush()
    ledger.record(
        "cases.edit",
        by=by,
        at=at,
        about=case,
        public={"articles": case.articles, "confidentiality": confidentiality, "changed": sorted(changed)},
        details={"before": {name: before[name] for name in changed}, "after": changed} if changed else None,
    )


def link_incident(case: Case, *, incident: Incident, by: Actor, at: datetime) -> None:
    """Take one more incident into a case: its counsel can read it from now on.

    Raises `RuleBroken` at `incident` when it is in the case already, and what taking it into a case refuses.
    """
    demand(policy.may_link_incident(by, case), about=ledger.name_of(case))
    if any(link.incident_id == incident.id for link in case.links):
        raise RuleBroken(N_("This incident is in the case already."), field="incident", about=ledger.name_of(case))
    _link(case, incident, by=by, at=at)
    keep(case.id, changed_at=at)
    ledger.record("cases.link_incident", by=by, at=at, about=case, public={"incident": incident.reference})
    settle(case, by=by, at=at)


def _link(case: Case, incident: Incident, *, by: Actor, at: datetime) -> Incident:
    case.links.append(IncidentLink(case_id=case.id, incident_id=incident.id, by_id=by.member_id, at=at))
    db.session.flush()
    incidents_room.take_to_case(incident, by=by, at=at)
    ask_people(case, [incident], at=at)
    return incident


def _check(*, title: str, articles: Collection[str], confidentiality: str) -> None:
    if not title.strip():
        raise RuleBroken(N_("Give the case a title by which the team will know it."), field="title")
    if any(article(code) is None for code in articles):
        raise RuleBroken(N_("Choose articles from the list."), field="articles")
    if confidentiality not in rules.CONFIDENTIALITY:
        raise RuleBroken(N_("Choose one."), field="confidentiality")


def _ordered(articles: Collection[str]) -> list[str]:
    return sorted(set(articles))
