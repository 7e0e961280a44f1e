"""Patterns: what the network sees again and again, and which of it could become a test case."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from caseflow.access import incidents as incidents_policy
from caseflow.access import reports as policy
from caseflow.access.actor import Actor, demand
from caseflow.incidents import queries as incidents
from caseflow.incidents import rules as incident_rules
from caseflow.kernel.clock import today
from caseflow.kernel.errors import NotFound
from caseflow.kernel.settings import current
from caseflow.kernel.words import N_
from caseflow.network.rules import article_label, region_name, regions
from caseflow.reports import queries, rules
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.navigation import address, entry
from caseflow.web.words import language

bp = Blueprint("reports", __name__, url_prefix="/patterns")
entry(N_("Patterns"), "reports.index", order=45, icon="map")

MOST_SHOWN = 40
BY = {
    "": N_("Article and kind of actor"),
    "region": N_("… and region"),
    "unit": N_("… and unit"),
    "place": N_("… and exact place"),
    "year": N_("… and year"),
}


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What recurs: clusters with exact numbers for the coordinators, rounded numbers for everybody else."""
    actor = current_actor()
    if policy.may_see_patterns(actor) is not None:
        demand(policy.may_see_counts(actor))
        return _counts(actor)
    asked, by = _asked(), _by()
    facts, cut = queries.facts(actor, asked, by)
    found = rules.clusters(facts)
    lang = language()
    seen = queries.overview(actor, asked)
    return render_template(
        "reports/index.html",
        clusters=found[:MOST_SHOWN],
        more=max(len(found) - MOST_SHOWN, 0),
        candidates=sum(1 for cluster in found if cluster.is_candidate),
        cut=cut,
        by=by,
        ways=[(key, _(words)) for key, words in BY.items()],
        address=_address,
        trend=lambda cluster: _trend(actor, cluster),
        extra=lambda cluster: _extra(by, cluster.extra, cluster.shown),
        least=rules.CANDIDATE,
        **_seen(seen),
        asked=asked,
        right=request.args.get("right", ""),
        regions=[(one.code, one.label.in_language(lang)) for one in regions()],
        rights=[(group.code, group.label.in_language(lang)) for group in incident_rules.act_groups()],
        years=[(str(year), str(year)) for year in incidents.years(actor)],
        urls={one.code: _same("reports.index", region=one.code) for one in regions()},
    )


@bp.get("/cluster")
@signed_in
def cluster() -> ResponseReturnValue:
    """One cluster: its incidents, where and when they happened, and a way to a case from them."""
    actor = current_actor()
    demand(policy.may_see_patterns(actor))
    asked, by = _asked(), _by()
    given = request.args
    facts, cut = queries.facts(actor, asked, by)
    wanted = given.get("extra", "")
    if by in ("unit", "place"):  # what is sealed stands in no address: a row that holds it stands for it
        wanted = next((fact.extra for fact in facts if fact.like == given.get("like")), "")
    key = given.get("article", ""), given.get("actor", ""), wanted
    found = next((one for one in rules.clusters(facts, least=1) if (one.article, one.actor, one.extra) == key), None)
    if found is None or (by and not wanted):
        raise NotFound(about="reports:")
    rows = queries.listed(actor, found.incidents)
    free = {row.id for row in rows if incidents_policy.may_take_to_case(actor, row) is None}
    return render_template(
        "reports/cluster.html",
        cluster=found,
        title=article_label(found.article, language()),
        extra=_extra(by, found.extra, found.shown),
        cut=cut,
        trend=_trend(actor, found),
        rows=rows,
        free=free,
        units=queries.units_in(actor, rows, found.actor),
        places=queries.places_in(actor, rows),
        **_seen(queries.overview(actor, asked, found.incidents)),
    )


def _counts(actor: Actor) -> str:
    lang = language()
    found = queries.counts(today(current().timezone), current().timezone)

    def shown(numbers: dict[str, int | None], name: str = "") -> list[tuple[str, int]]:
        rows = [
            (str(incident_rules.label(name, code, lang)) if name else code, number)
            for code, number in numbers.items()
            if number
        ]
        return sorted(rows, key=lambda row: (-row[1], row[0])) if name else rows

    return render_template(
        "reports/counts.html",
        region_counts={code: number for code, number in found.regions.items() if number},
        region_names={one.code: region_name(one.code, lang) for one in regions()},
        rights=shown(found.rights, "acts"),
        actors=shown(found.actors, "actor_kinds"),
        years=shown(found.years),
        until=rules.counted_until(today(current().timezone)),
        objection=policy.may_see_patterns(actor),
        fewest=rules.FEWEST,
    )


def _seen(seen: queries.Overview) -> dict[str, object]:
    lang = language()
    return {
        "total": seen.total,
        "region_counts": seen.regions,
        "region_names": {one.code: region_name(one.code, lang) for one in regions()},
        "periods": [(period.label, number) for period, number in seen.periods],
        "quarterly": any(period.quarter for period, _number in seen.periods),
        "left_out": seen.left_out,
    }


def _asked() -> incidents.Asked:
    return incidents.chosen({name: request.args.get(name, "") for name in ("right", "region", "year")})


def _by() -> str:
    by = request.args.get("by", "")
    return by if by in rules.DIMENSIONS else ""


def _address(one: rules.Cluster) -> str:
    what = {"like": one.like} if one.like else {"extra": one.extra} if one.extra else {}
    return _same("reports.cluster", **what, article=one.article, actor=one.actor)


def _same(endpoint: str, **values: str) -> str:
    """Return an address that is narrowed as this page is."""
    kept = {name: request.args[name] for name in ("right", "region", "year", "by") if request.args.get(name)}
    return address(endpoint, **kept | values)


def _extra(by: str, extra: str, shown: str) -> str:
    return shown or (region_name(extra, language()) if by == "region" else extra)


def _trend(actor: Actor, one: rules.Cluster) -> tuple[int, int]:
    before, last, end = rules.last_two_years(today(actor.timezone))
    return one.within(last, end), one.within(before, last)
