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
    left = queries.waiting()
    if left.safes or left.files:
        since = f" since {left.since:%Y-%m-%d %H:%M} UTC" if left.since else ""
        click.echo(
            f"Waiting to be renewed: {left.safes} safes and {left.files} files{since}. Access has changed already."
        )
    if found:
        raise click.ClickException(f"{len(found)} things are wrong among {grants} grants for {safes} safes.")
    click.echo(f"All is well: {grants} grants for {safes} safes, each for who is entitled to it and no other.")
