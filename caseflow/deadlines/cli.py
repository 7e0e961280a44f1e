"""Commands on deadlines: reminders, and the rules as the engine reads them."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from caseflow.deadlines import operations, rules
from caseflow.kernel.clock import now, today
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import LANGUAGES, current

group = AppGroup("deadlines", help="Deadlines: reminders and the rules behind them.")
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_language = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=None,
    help="Language of the words; the installation's if left out.",
)


@group.command("remind")
@click.option("--on", type=_DAY, default=None, help="The day to remind for; today if left out.")
def remind(on: datetime | None) -> None:
    """Write the reminders that are due; running it twice writes nothing twice."""
    day = on.date() if on else today(current().timezone)
    with transaction():
        letters = operations.remind(on=day, at=now())
    click.echo(f"{letters} letters were written for {day.isoformat()}.")


@group.command("explain")
@click.argument("rule")
@click.argument("day", type=_DAY)
@_language
def explain(rule: str, day: datetime, language: str | None) -> None:
    """Say the last day of RULE for an event on DAY, and why."""
    words = language or current().language
    try:
        found = rules.rule(rule)
        why = rules.explain(rule, day.date(), words)
        last = rules.count(found, day.date()).last_day if found.has_term else None
    except RuleBroken as refused:
        raise click.ClickException(f"{rule}: {refused.message}") from None
    click.echo(f"{rule}: {found.title.to(words)}")
    click.echo(f"{last.isoformat() if last else '–'}  {why}")


@group.command("rules")
@click.option("--procedure", default=None, help="Only rules of this procedure, such as kz_criminal.")
@_language
def list_rules(procedure: str | None, language: str | None) -> None:
    """List the rules with their periods, citations and whether their text was read."""
    words = language or current().language
    for found in rules.all_rules():
        if procedure and procedure not in found.procedures:
            continue
        marks = [] if found.is_verified else ["to be verified"]
        marks += ["switched off"] if found.disabled else []
        period = rules.period_label(found, words) or str(found.unit).replace("_", " ")
        click.echo("\t".join((found.id, period, found.citation.to(words), found.title.to(words), ", ".join(marks))))
