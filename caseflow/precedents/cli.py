"""Commands on the library."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from caseflow.kernel.clock import now
from caseflow.kernel.db import transaction
from caseflow.kernel.instance import instance
from caseflow.precedents import operations

group = AppGroup("precedents", help="The library of decisions.")


@group.command("load")
def load() -> None:
    """Put the shipped public decisions into the library; what is there stays."""
    if not instance():
        raise click.ClickException("There is no network yet: `flask network found` comes first.")
    with transaction():
        added = operations.load_public_decisions(at=now())
    click.echo(f"{added} public decisions were added to the library.")
