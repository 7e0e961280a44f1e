"""What only a coordinator can say about the ledger, because she signs it: its key was renewed, a backup was restored."""

from __future__ import annotations

from typing import IO

import click

from caseflow.kernel.clock import now
from caseflow.kernel.settings import current
from caseflow.ledger import checkpoints
from caseflow.ledger.cli import group
from caseflow.network.cli.network import AS, PASSPHRASE_FILE, acting, actor_at


@group.command("renew-key")
@AS
@PASSPHRASE_FILE
@click.option("--yes", is_flag=True, help="The old key file has been put away.")
@click.option(
    "--before", help="Renew nothing, but vouch for this older verifier key, renewed when nobody signed for it."
)
def renew_key(coordinator: str, passphrase_file: IO[str] | None, *, yes: bool, before: str | None) -> None:
    """Sign checkpoints with a new key from now on, after the old one was lost or taken. Partners must get the new one."""
    place = current().ledger_key_path
    if before is None and (not yes or place.exists()):
        raise click.ClickException(f"Put {place} away first, then run this with --yes.")
    by = actor_at(coordinator, passphrase_file)
    with acting("ledger.renew_key", by=by):
        if before is None:
            key = checkpoints.renew_key(by=by, at=now())
        else:
            checkpoints.vouch_for_key(before, by=by, at=now())
            key = before
    click.echo(key)


@group.command("accept-restore")
@AS
@PASSPHRASE_FILE
@click.option("--yes", is_flag=True, help="Do not ask whether a backup was restored.")
def accept_restore(coordinator: str, passphrase_file: IO[str] | None, *, yes: bool) -> None:
    """Say that the database was restored from a backup: the ledger goes on from there, and tells so for good."""
    by = actor_at(coordinator, passphrase_file)
    if not yes:
        click.confirm("Was a backup restored, and do you know why? What was written after it is lost", abort=True)
    try:
        with acting("ledger.accept_restore", by=by):
            made = checkpoints.accept_restore(by=by, at=now())
    except (checkpoints.Rewritten, checkpoints.KeyMissing) as fault:
        raise click.ClickException(f"No checkpoint can be made: {fault}") from None
    click.echo(f"The ledger goes on from {made.size} rows. Tell the partners who keep a later checkpoint.")
