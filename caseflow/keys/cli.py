"""Checking the keys from a terminal."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from caseflow.kernel.db import db
from caseflow.keys import queries
from caseflow.keys.models import Grant, Safe

group = AppGroup("keys", help="Who holds the key to which safe.")


@group.command("check")
def check() -> None:
    """Check that who holds a key is who is entitled to it, for every safe; end with 1 when something is wrong."""
    found = list(queries.faults())
    for fault in found:
        click.echo(fault)
    safes, grants = (db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Safe, Grant))
    if found:
        raise click.ClickException(f"{len(found)} things are wrong among {grants} grants for {safes} safes.")
    click.echo(f"All is well: {grants} grants for {safes} safes, each for who is entitled to it and no other.")
