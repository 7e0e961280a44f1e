"""Settling waiting keys, and vouching for all of them anew, from a terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import IO

import click

from caseflow.kernel.clock import now
from caseflow.kernel.settings import current
from caseflow.keys import operations as keys
from caseflow.keys.cli import group
from caseflow.keys.queries import waiting
from caseflow.network import queries
from caseflow.network.cli.network import AS, PASSPHRASE_FILE, acting, actor_at, open_member, read_passphrase


@group.command("settle")
@AS
@PASSPHRASE_FILE
def settle(coordinator: str, passphrase_file: IO[str] | None) -> None:
    """Renew the keys that wait, in batches; it can be broken off and run again."""
    actor = actor_at(coordinator, passphrase_file)
    left = waiting(actor.member_id)
    with click.progressbar(length=left.safes + left.files, label="Renewing") as bar:
        while True:
            with acting("keys.settle_some", by=actor):
                done = keys.settle_some(by=actor, at=now())
            if not done:
                break
            bar.update(done)
    rest = waiting()
    if rest.safes or rest.files:
        click.echo(f"{rest.safes} safes and {rest.files} files wait for somebody else who holds them.")
    else:
        click.echo("Nothing waits: all keys are renewed.")


@group.command("trust")
@AS
@PASSPHRASE_FILE
@click.option("--yes", is_flag=True, help="Do not ask whether everything is as you know it.")
def renew_trust(coordinator: str, passphrase_file: IO[str] | None, *, yes: bool) -> None:
    """Vouch for the keys of all members and write the anchor file: after an update from before it, or when it is lost.

    Everything shown comes from the database. Compare it with what you have on paper or by voice before you say yes.
    """
    member, pair = open_member(coordinator, read_passphrase(passphrase_file))
    for person, words, left in queries.confirmed_people():
        gone = f", left on {left:%Y-%m-%d}" if left else ""
        click.echo(f"{person.name} <{person.email}>, {person.role}{gone}: {words}")
    for person, words, until in queries.former_people():
        click.echo(f"{person.name} <{person.email}>, {person.role}, a former key, until {until:%Y-%m-%d}: {words}")
    if not yes:
        asked = "Are these the members of your network, their roles and their eight words, also those of former keys?"
        click.confirm(asked, abort=True)
    by = replace(
        queries.actor_of(member, pair), confirmed=True
    )  # her own key counts for as little as any other until now
    with acting("keys.renew_trust", by=by):
        keys.renew_trust(by=by, at=now())
    click.echo(f"The keys count again. Keep a copy of {current().anchor_path} apart from the database.")
