"""Checking the ledger, making checkpoints and giving proofs from a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from caseflow.kernel.db import db
from caseflow.ledger import checkpoints, exports, jobs
from caseflow.ledger.models import Checkpoint, Event
from caseflow.ledger.tree import RowsMissing
from caseflow.vault.errors import VaultError

group = AppGroup("ledger", help="The ledger: what happened, append-only, chained, with checkpoints and proofs.")
MOST = 100


@group.command("verify")
@click.option(
    "--afresh", is_flag=True, help="Verify every signature again, also where an earlier check found them good."
)
def verify(*, afresh: bool) -> None:
    """Check rows, chain, tree, checkpoints, time-stamps, signatures and triggers; end with 1 when something is wrong."""
    verdict = jobs.verify(afresh=afresh)
    for fault in verdict.faults[:MOST]:
        click.echo(str(fault))
    if verdict.faults:
        number = len(verdict.faults)
        raise click.ClickException(f"The ledger is broken in {number} places among {verdict.rows} rows.")
    made = f"{verdict.checkpoints} checkpoints, {verdict.stamps} time-stamps"
    last = f", {made}, the last chain value is {verdict.last.hex()}." if verdict.last else "."
    click.echo(f"The ledger is whole: {verdict.rows} rows{last}")


@group.command("checkpoint")
def checkpoint() -> None:
    """Sign how far the ledger is; end with 1 if it did not grow out of the last checkpoint."""
    made = _checkpoint()
    click.echo(f"The checkpoint of {made.size} rows has the root {made.root.hex()}.")


@group.command("key")
def key() -> None:
    """Write the verifier key, which a partner needs to check checkpoints."""
    try:
        click.echo(checkpoints.verifier_key())
    except checkpoints.KeyMissing as fault:
        raise _key_missing(fault) from None


@group.command("export")
@click.option("--since", type=click.IntRange(min=0), default=0, help="Size of the checkpoint that the partner has.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the files; default: all to stdout."
)
def export(since: int, out: Path | None) -> None:
    """Make a checkpoint and write it with the proof that the ledger only grew since an older one."""
    made = _checkpoint()
    if since > made.size:
        raise click.ClickException(f"The ledger has {made.size} rows, fewer than {since}.")
    if out is None:
        click.echo(exports.growth(made, since), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, content in exports.files(made, since).items():
        (out / name).write_bytes(content)
        click.echo(str(out / name))


@group.command("prove")
@click.argument("seq", type=click.IntRange(min=1))
def prove(seq: int) -> None:
    """Write the proof, as JSON, that row SEQ is under the last checkpoint."""
    event, last = db.session.get(Event, seq), checkpoints.latest_checkpoint()
    if event is None or last is None or last.size < seq:
        raise click.ClickException("This row is under no checkpoint yet; `flask ledger checkpoint` makes one.")
    click.echo(json.dumps(exports.proof(event, last), indent=2, ensure_ascii=False))


@group.command("check-export")
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True)
@click.option("--key", "text", required=True, help="The verifier key, as it was given by voice or on paper.")
def check_export(files: tuple[Path, ...], text: str) -> None:
    """Check checkpoints, growths and row proofs, oldest first: each alone and each against the one before."""
    try:
        for line in exports.check([path.read_bytes() for path in files], text):
            click.echo(line)
    except VaultError as fault:
        raise click.ClickException(str(fault)) from None


def _checkpoint() -> Checkpoint:
    try:
        return jobs.checkpoint()
    except checkpoints.NothingYet:
        raise click.ClickException("Nothing has happened yet.") from None
    except checkpoints.KeyMissing as fault:
        raise _key_missing(fault) from None
    except (checkpoints.Rewritten, RowsMissing) as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)


def _key_missing(fault: checkpoints.KeyMissing) -> click.ClickException:
    return click.ClickException(f"The key of the earlier checkpoints is not at {fault}. Bring it back, or `renew-key`.")
