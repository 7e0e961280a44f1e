"""Commands on evidence."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from caseflow.evidence import jobs, moving, operations, store, stores
from caseflow.evidence.belonging import expected
from caseflow.evidence.examiner import running
from caseflow.evidence.models import File
from caseflow.evidence.operations import checking
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction, unscoped
from caseflow.kernel.settings import WrongSetting, check_store_url, current

WALLS = {
    "limits": "limits of memory, processor time and writing",
    "network": "a network without lines",
    "files": "no file but programs and libraries (Landlock)",
}
group = AppGroup("evidence", help="Sealed files: checking, sweeping, copying out.")


@group.command("verify")
def verify() -> None:
    """Re-read every sealed file against its hash; exit with 1 when one is missing or changed."""
    with _store_in_words():
        checked, damaged = jobs.check(most=10**9, everything=True)
        orphans = len(checking.unreferenced())
    click.echo(f"{checked} sealed files were checked; {damaged} are missing or changed.")
    if orphans:
        click.echo(
            f"{orphans} things older than a day lie in the store and belong to no row: “evidence sweep” removes them."
        )
    sys.exit(1 if damaged else 0)


@group.command("sweep")
def sweep() -> None:
    """Remove payloads older than a day that no row points to."""
    with _store_in_words():
        removed = jobs.sweep()
    click.echo(f"{removed} unreferenced payloads were removed.")


@group.command("store")
def show_store() -> None:
    """Say where sealed files lie, and try it: write, read back and remove something."""
    with _store_in_words():
        moving.try_out(store.here())
    click.echo(f"Sealed files lie in {store.here()}: writing, reading and removing work.")
    if store.here().kind != "folder":
        click.echo(f"What comes by parts waits in {store.disk()} until it is whole.")


@group.command("move")
@click.option("--to", "url", required=True, help="s3://…, file:///…, or “instance” for instance/store.")
def move(url: str) -> None:
    """Copy every sealed file to another store and verify it there. Run it again after a break; nothing is removed."""
    new = _store_at(url)
    with _store_in_words():
        moving.try_out(new)
        progress = moving.copy(store.here(), new, told=_telling("copied and verified"))
    if progress.copied or progress.damaged:
        with transaction():
            operations.note_moved(to=new.kind, copied=progress.copied, damaged=len(progress.damaged), at=now())
    click.echo(f"{progress.done - len(progress.damaged)} of {progress.files} sealed files are whole in {new}.")
    for file_id in progress.damaged:
        click.echo(f"MISSING OR CHANGED in {store.here()}, not copied: {file_id}")
    if progress.damaged:
        click.echo("Bring these back from the backup and run this again; or leave them, they are told of on the desk.")
    click.echo(
        "Files that came in meanwhile are not there yet. To change over: stop caseflow, run this once more (it takes "
        "what is new), set CASEFLOW_STORE_URL, and start caseflow. The old store stays as it is until “evidence forget-old”."
    )
    sys.exit(1 if progress.damaged else 0)


@group.command("forget-old")
@click.option("--of", "url", required=True, help="The store of before: s3://…, file:///…, or “instance”.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
def forget_old(url: str, yes: bool) -> None:
    """Remove sealed files from the store of before, each after it was found whole in the present one."""
    old = _store_at(url)
    if not yes:
        click.confirm(f"Remove from {old} what is whole in {store.here()}?", abort=True)
    with _store_in_words():
        progress = moving.forget(old, store.here(), told=_telling("compared"))
        moving.drop_journal(old)
    if progress.removed:
        with transaction():
            operations.note_forgotten(of=old.kind, removed=progress.removed, at=now())
    click.echo(f"{progress.removed} sealed files were removed from {old}.")
    for file_id in progress.damaged:
        click.echo(f"NOT WHOLE in {store.here()}, so it stays in {old}: {file_id}")
    sys.exit(1 if progress.damaged else 0)


def _store_at(url: str) -> stores.Store:
    url = "" if url == "instance" else url
    try:
        check_store_url(url, "The address")
    except WrongSetting as wrong:
        raise click.ClickException(str(wrong)) from None
    found = stores.at(url, current().instance / "store", largest=current().max_upload_mb)
    if (found.kind, str(found)) == (store.here().kind, str(store.here())):
        raise click.ClickException("That is the store that is in use.")
    return found


def _telling(done: str) -> moving.Told:
    last = -1

    def tell(progress: moving.Progress) -> None:
        nonlocal last
        percent = progress.done_size * 100 // max(progress.size, 1)
        if percent != last:
            last = percent
            click.echo(f"{percent} %: {progress.done} of {progress.files} files {done}", err=True)

    return tell


@contextmanager
def _store_in_words() -> Iterator[None]:
    try:
        yield
    except stores.StoreFull:
        raise click.ClickException("The store takes nothing more: there is no room. Nothing is half-done.") from None
    except stores.StoreDown:
        raise click.ClickException(
            "The store does not answer, or refuses (the log has its answer). Nothing is half-done; run this again."
        ) from None
    except moving.Busy:
        raise click.ClickException("Another move is under way.") from None


@group.command("sealed-copy")
@click.argument("file_id")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write it.")
def sealed_copy(file_id: str, out: Path) -> None:
    """Write a file as it is sealed, header and payload, which `age -d -i KEY` opens."""
    why = unscoped("the sealed bytes give nothing without the safe's key")
    file = db.session.get(File, file_id, execution_options=why)
    if file is None:
        raise click.ClickException("There is no such file.")
    with _store_in_words():
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
            while piece := payload.read(1024 * 1024):
                target.write(piece)
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
