"""Commands on evidence."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from caseflow.evidence import jobs, store
from caseflow.evidence.belonging import expected
from caseflow.evidence.examiner import running
from caseflow.evidence.models import File
from caseflow.evidence.operations import checking
from caseflow.kernel.db import db, unscoped
from caseflow.kernel.settings import current

WALLS = {
    "limits": "limits of memory, processor time and writing",
    "network": "a network without lines",
    "files": "no file but programs and libraries (Landlock)",
}
group = AppGroup("evidence", help="Sealed files: checking, sweeping, copying out.")


@group.command("verify")
def verify() -> None:
    """Re-read every sealed file against its hash; exit with 1 when one is missing or changed."""
    checked, damaged = jobs.check(most=10**9, everything=True)
    click.echo(f"{checked} sealed files were checked; {damaged} are missing or changed.")
    sys.exit(1 if damaged else 0)


@group.command("sweep")
def sweep() -> None:
    """Remove payloads older than a day that no row points to."""
    removed = jobs.sweep()
    click.echo(f"{removed} unreferenced payloads were removed.")


@group.command("sealed-copy")
@click.argument("file_id")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write it.")
def sealed_copy(file_id: str, out: Path) -> None:
    """Write a file as it is sealed, header and payload, which `age -d -i KEY` opens."""
    why = unscoped("the sealed bytes give nothing without the safe's key")
    file = db.session.get(File, file_id, execution_options=why)
    if file is None:
        raise click.ClickException("There is no such file.")
    try:
        payload = store.reading(file.payload)
    except FileNotFoundError:
        raise click.ClickException("The sealed file is not in the store; look at the backup.") from None
    sha256 = expected(file)
    if sha256 is None or not checking.is_intact(file.payload, sha256):
        payload.close()
        raise click.ClickException("This is not the file that the ledger noted when it came; look at the backup.")
    with payload, out.open("wb") as target:
        target.write(file.header)
        shutil.copyfileobj(payload, target, 1024 * 1024)
    click.echo(f"{out} holds the sealed file. The key of its safe opens it: age -d -i key.txt {out}")


@group.command("walls")
def walls() -> None:
    """Say which walls stand around a look into a file on this machine, and which programs it can use."""
    with running.in_memory(io.BytesIO(b"")) as handle:
        standing = running.look("walls", handle, "").get("walls", [])
    for name, meaning in WALLS.items():
        click.echo(f"{'stands' if name in standing else 'MISSING'}: {meaning}")
    for tool in ("ffmpeg", "tesseract"):
        click.echo(f"{tool}: {running.tools().get(tool, 'not found')}")
    click.echo(f"clamd: {current().clamd or 'not set (CASEFLOW_CLAMD)'}")
    sys.exit(0 if set(WALLS) <= set(standing) else 1)
