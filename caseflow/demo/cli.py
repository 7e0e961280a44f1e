"""Commands that build and show the demo network."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from caseflow.access.actor import ROLE_NAMES
from caseflow.access.trust import anchor
from caseflow.demo import cast
from caseflow.kernel.db import db
from caseflow.network.models import Network

group = AppGroup("demo", help="The invented network for trying things out.")


@group.command("build")
def build() -> None:
    """Build the demo network, unless this installation has a network already."""
    name = db.session.scalar(select(Network.name))
    if name == cast.NETWORK and anchor() is None:
        from caseflow.demo.people import renew_trust

        renew_trust()
    if name is not None:
        click.echo("The network is there already; nothing was built.")
        return
    from caseflow.demo import build as builder  # loads every room, which `accounts` need not wait for

    click.echo("Building the demo network: people, incidents, sealed evidence, cases … (about half a minute)")
    made = builder.build()
    click.echo(
        f"Built: {made['incidents']} incidents, {made['cases']} cases, {made['files']} evidence files, "
        f"{made['precedents']} precedents."
    )


@group.command("accounts")
def accounts() -> None:
    """Print whom to sign in as; nothing when the network is not the demo one."""
    if db.session.scalar(select(Network.name)) != cast.NETWORK:
        click.echo("This is not the demo network; sign in with your own account.")
        return
    click.echo("\nSign in as (everybody is invented):\n")
    for person in cast.SHOWN:
        role = _(ROLE_NAMES[person.role])
        click.echo(f"  {person.email:<22} {person.passphrase:<28} {role}: {_(person.note)}")
