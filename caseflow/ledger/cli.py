"""Checking the ledger from a terminal."""

from __future__ import annotations

from itertools import islice

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from caseflow.kernel.db import db
from caseflow.ledger import queries
from caseflow.ledger.models import Event

group = AppGroup("ledger", help="The ledger: what happened, append-only and chained.")
MOST = 100


@group.command("verify")
def verify() -> None:
    """Check every row against the chain and every signature against its signer's key; end with 1 when something is wrong."""
    found = list(islice(queries.faults(), MOST))
    number = db.session.scalar(select(func.count()).select_from(Event)) or 0
    for fault in found:
        click.echo(f"row {fault.seq}: {fault.what}")
    if found:
        more = f"at least {MOST}" if len(found) == MOST else str(len(found))
        raise click.ClickException(f"The ledger is broken in {more} places among {number} rows.")
    last = db.session.scalar(select(Event.chained).order_by(Event.seq.desc()).limit(1))
    click.echo(f"The ledger is whole: {number} rows" + (f", the last chain value is {last.hex()}." if last else "."))
