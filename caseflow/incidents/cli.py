"""Commands on incidents: the words by which acts, methods and actors are called."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from caseflow.incidents import operations, rules, typology
from caseflow.incidents.terms import EXTENSIBLE, acts, terms
from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.settings import current

group = AppGroup("incidents", help="Documented violations: the words they are coded with.")
words = AppGroup("terms", help="Terms of the network's own beside the shipped ones.")
group.add_command(words)
_listed = click.argument("listed", metavar="LIST", type=click.Choice(EXTENSIBLE))


@words.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what is wrong with the file and change nothing.")
def import_terms(file: Path, *, dry_run: bool) -> None:
    """Take the terms of a CSV file into the lists: all of them, or none when a row is wrong.

    Columns: list, code, en, ru, kk, and where wanted parent (the group of an act), articles, esf_code, retired.
    """
    with force_locale(current().language):
        read = typology.read_csv(file.read_bytes())
        for number, fault in read.faults:
            click.echo(f"{number}: {fault}", err=True)
        if read.faults:
            raise click.ClickException(f"{len(read.faults)} rows are wrong; nothing was changed.")
        if dry_run:
            click.echo(f"{len(read.terms)} terms are fine; nothing was changed.")
            return
        with transaction():
            done = operations.import_terms(read.terms, at=now())
    click.echo(f"{done.added} terms were added, {done.changed} changed, {done.same} were there already.")


@words.command("add")
@_listed
@click.argument("code")
@click.option("--en", required=True)
@click.option("--ru", required=True)
@click.option("--kk", required=True)
@click.option("--parent", default="", help="The group of an act, such as life or liberty.")
@click.option("--articles", default="", help='Treaty articles that it suggests, such as "ICCPR:7 CAT:1".')
@click.option("--esf-code", default="", help="The HURIDOCS code of the nearest term.")
def add_term(listed: str, code: str, en: str, ru: str, kk: str, parent: str, articles: str, esf_code: str) -> None:
    """Add one term to a list, or say its words anew."""
    given = {"list": listed, "code": code, "en": en, "ru": ru, "kk": kk, "parent": parent, "articles": articles}
    line = {**given, "esf_code": esf_code, "retired": ""}
    with force_locale(current().language):
        read = typology.from_one(line)
        if read.faults:
            raise click.ClickException(read.faults[0][1])
        with transaction():
            operations.import_terms(read.terms, at=now())
    click.echo(f"{listed}: {code} can be chosen.")


@words.command("retire")
@_listed
@click.argument("code")
@click.option("--back", is_flag=True, help="Let it be chosen again.")
def retire_term(listed: str, code: str, *, back: bool) -> None:
    """Take a term out of what can be chosen. What is called by it stays readable."""
    try:
        with transaction():
            operations.retire_term(listed, code, back=back, at=now())
    except RuleBroken as broken:
        raise click.ClickException(broken.message) from None
    click.echo(f"{listed}: {code} can be chosen again." if back else f"{listed}: {code} is retired.")


@words.command("list")
@click.option("--language", type=click.Choice(("en", "ru", "kk")), default="en")
def list_terms(language: str) -> None:
    """Print every term of the lists that can be added to."""
    for listed in EXTENSIBLE:
        for code, term in (acts() if listed == "acts" else terms(listed)).items():
            mark = " (retired)" if term.retired else ""
            click.echo(f"{listed}\t{code}\t{rules.label(listed, code, language)}{mark}")
