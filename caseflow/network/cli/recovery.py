"""The organisation's offline recovery key, from a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

import click
from sqlalchemy import func, select

from caseflow.access.actor import Actor
from caseflow.kernel.clock import now
from caseflow.kernel.db import db
from caseflow.kernel.settings import current
from caseflow.keys import operations as keys
from caseflow.keys.cli import group
from caseflow.keys.models import OrganisationKey, OrganisationWrap
from caseflow.network import operations, queries
from caseflow.network.cli.network import AS, PASSPHRASE_FILE, acting, actor_at
from caseflow.network.models import Departure, Member
from caseflow.vault.errors import VaultError
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.identity import Recipient
from caseflow.vault.organisation import fingerprint_of, from_shares, shares_of
from caseflow.vault.shares import Share
from caseflow.vault.stream import unseal

_TOO_MANY = "The threshold cannot be larger than the number of shares."


def _counted(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how many shares there are and how many of them suffice."""
    shares = click.option(
        "--shares", type=click.IntRange(2, 16), default=3, show_default=True, help="How many shares are made."
    )
    threshold = click.option(
        "--threshold", type=click.IntRange(2, 16), default=2, show_default=True, help="How many of them suffice."
    )
    return shares(threshold(command))


def _parted(command: Callable[..., None]) -> Callable[..., None]:
    """Add those and the option where the shares go."""
    out = click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder for the shares, one file each; without it they are printed.",
    )
    return _counted(out(command))


_SHARES = click.option(
    "--share",
    "share_files",
    multiple=True,
    type=click.File("r", encoding="utf-8"),
    help="A file with one share; give it as often as there are shares. Without it the shares are asked for.",
)


@group.group("recovery")
def recovery() -> None:
    """The organisation's offline recovery key."""


@recovery.command("new")
@_parted
def new(shares: int, threshold: int, out: Path | None) -> None:
    """Make a recovery key on any machine, best one without network. Needs no database; take the public half to the server."""
    identity = _new_shares(shares, threshold, out)
    click.echo(
        f"On the server: flask keys recovery offer {identity.recipient} --shares {shares} --threshold {threshold} --as …"
    )


@recovery.command("offer")
@click.argument("recipient")
@_counted
@AS
@PASSPHRASE_FILE
def offer(recipient: str, shares: int, threshold: int, coordinator: str, passphrase_file: IO[str] | None) -> None:
    """Offer the public half of a recovery key that `recovery new` made elsewhere; the server never sees the private one."""
    try:
        public = Recipient.parse(recipient).public
    except VaultError as refusal:
        _fail(str(refusal))
    _offer(public, shares, threshold, actor_at(coordinator, passphrase_file))


@recovery.command("retire")
@AS
@PASSPHRASE_FILE
def retire(coordinator: str, passphrase_file: IO[str] | None) -> None:
    """End the recovery key in use without a new one, when shares were lost or seen by others."""
    actor = actor_at(coordinator, passphrase_file)
    with acting("keys.retire_organisation_key", by=actor):
        dropped = keys.retire_organisation_key(by=actor, at=now())
    click.echo(
        f"No recovery key is in use any more; the ways back of {dropped} members are gone. Old backups still have them."
    )


@recovery.command("make")
@AS
@_parted
@PASSPHRASE_FILE
def make(coordinator: str, shares: int, threshold: int, out: Path | None, passphrase_file: IO[str] | None) -> None:
    """Make a recovery key here and offer it: `new` and `offer` in one, for a server that you trust with its making.

    The private half exists only in the shares, which the server does not keep.
    """
    if threshold > shares:
        _fail(_TOO_MANY)
    actor = actor_at(coordinator, passphrase_file)
    identity = _new_shares(shares, threshold, out)
    _offer(identity.public, shares, threshold, actor)


def _new_shares(shares: int, threshold: int, out: Path | None) -> FileIdentity:
    """Make a key, write or print its shares, and tell its words; return it."""
    if threshold > shares:
        _fail(_TOO_MANY)
    if out is not None and out.resolve().is_relative_to(current().instance.resolve()):
        _fail("The shares do not belong into the folder of the installation. Name another, best on a removable disk.")
    identity = FileIdentity.generate()
    papers = [_paper(share, identity) for share in shares_of(identity, shares=shares, threshold=threshold)]
    if out is None:
        click.echo("\n".join(papers))
    else:
        _write(out, papers)
        click.echo(f"{shares} shares are written to {out}. Give each to another person and delete the folder.")
    click.echo(f"Files can be sealed to it: {identity.recipient}")
    return identity


def _offer(public: bytes, shares: int, threshold: int, actor: Actor) -> None:
    with acting("keys.offer_organisation_key", by=actor):
        key = keys.offer_organisation_key(public, shares=shares, threshold=threshold, by=actor, at=now())
        active = key.active_at is not None
    click.echo(f"The key's eight words: {fingerprint_of(public)}")
    if active:
        click.echo("It is in use: there is no second coordinator who could approve it, and the ledger says so.")
    else:
        click.echo(
            "It comes into use when another coordinator types the eight words of the papers on the page of members."
        )


@recovery.command("status")
def status() -> None:
    """Say whether there is a recovery key, and for whom it would work."""
    key = keys.present_key()
    if key is None:
        offered = db.session.scalar(
            select(func.count()).select_from(OrganisationKey).where(OrganisationKey.active_at.is_(None))
        )
        click.echo(
            "No recovery key is in use." + (f" {offered} wait for approval or were not approved." if offered else "")
        )
        sys.exit(1)
    gone = select(Departure.member_id)
    members = dict(
        db.session.execute(select(Member.id, Member.name).where(Member.id.not_in(gone)).order_by(Member.name)).all()
    )
    wraps = select(OrganisationWrap.member_id).where(OrganisationWrap.key_id == key.id)
    wrapped = set(db.session.scalars(wraps)) & members.keys()
    click.echo(
        f"In use since {key.active_at:%Y-%m-%d}, {key.threshold} of {key.shares} shares, eight words: {fingerprint_of(key.public)}"
    )
    click.echo(f"It opens the keys of {len(wrapped)} of {len(members)} members.")
    for member in sorted(members.keys() - wrapped, key=lambda member: members[member]):
        click.echo(f"Not of {members[member]}: she has not signed in since it was made.")


@recovery.command("use")
@AS
@click.option("--member", "email", required=True, help="Address of the member who lost passphrase and recovery code.")
@_SHARES
@PASSPHRASE_FILE
def use(coordinator: str, email: str, share_files: tuple[IO[str], ...], passphrase_file: IO[str] | None) -> None:
    """Open a member's keys with the shares and print the link by which she herself chooses a new passphrase.

    Ask for it on her page first; another coordinator has to approve.
    """
    actor = actor_at(coordinator, passphrase_file)
    member, identity = _member(email), _joined(share_files)
    with acting("network.recover", by=actor):
        link = operations.recover(member, identity, by=actor, at=now())
    _give(link, member)


@recovery.command("regain")
@click.option(
    "--member", "email", required=True, help="Address of a coordinator who lost passphrase and recovery code."
)
@_SHARES
def regain(email: str, share_files: tuple[IO[str], ...]) -> None:
    """Open a coordinator's keys with the shares alone, when no coordinator can sign in any more.

    It is refused while one of them has signed in within three days, and every coordinator gets a letter.
    """
    member, identity = _member(email), _joined(share_files)
    with acting("network.regain", by=None):
        pair = keys.keys_by_organisation(member.id, identity)
        link = operations.regain(member, pair, by=queries.actor_of(member, pair), at=now())
    _give(link, member)


@recovery.command("open")
@click.argument("sealed", type=click.File("rb"))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the opened file goes."
)
@_SHARES
def open_sealed(sealed: IO[bytes], out: Path, share_files: tuple[IO[str], ...]) -> None:
    """Open a file that was sealed to the recovery key, such as a sealed export. Needs no database."""
    identity = _joined(share_files)
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            unseal(sealed, target, [identity])
    except FileExistsError:
        raise click.ClickException(f"{out} exists already.") from None
    except VaultError as refusal:
        out.unlink(missing_ok=True)
        _fail(str(refusal))
    click.echo(f"{out} holds the opened file.")


@recovery.command("join")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the key goes, for `age -d -i`."
)
@_SHARES
def join(out: Path, share_files: tuple[IO[str], ...]) -> None:
    """Write the private key as the `age` command reads it. Needs no database; do it on a machine without network."""
    identity = _joined(share_files)
    try:
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as target:
            target.write(f"# public key: {identity.recipient}\n{identity}\n")
    except FileExistsError:
        raise click.ClickException(f"{out} exists already.") from None
    click.echo(f"{out} holds the whole private key: delete it when you are done.")


def _member(email: str) -> Member:
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email.strip().lower()))
    if member is None:
        raise click.ClickException("There is no member with this address.")
    return member


def _give(link: str, member: Member) -> None:
    click.echo(f"Give this link to {member.name} yourself, not by mail. It is good for one day, once: {link}")


def _joined(files: tuple[IO[str], ...]) -> FileIdentity:
    """Read shares until they suffice. A wrong one is named by its place; nothing typed is repeated."""
    found: list[Share] = []
    try:
        if files:
            found = [Share.parse(_share_in(file)) for file in files]
        while not found or (not files and len({share.number for share in found}) < found[0].threshold):
            found.append(Share.parse(click.prompt(f"Share {len(found) + 1}", hide_input=True)))
        return from_shares(found)
    except VaultError as refusal:
        _fail(str(refusal))


def _share_in(file: IO[str]) -> str:
    return "".join(line for line in file.read(10_000).splitlines() if not line.startswith("#"))


def _paper(share: Share, identity: FileIdentity) -> str:
    return (
        f"# Recovery key, share {share.number} of {share.shares}; {share.threshold} of them open everything.\n"
        f"# Eight words: {fingerprint_of(identity.public)}\n"
        "# Keep it on paper, apart from the others, and tell nobody but your network's coordinators that you have it.\n"
        f"# Public half: {identity.recipient}\n"
        f"{share}\n"
    )


def _write(folder: Path, papers: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number, paper in enumerate(papers, 1):
        path = folder / f"share-{number}-of-{len(papers)}.txt"
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                out.write(paper)
        except FileExistsError:
            raise click.ClickException(f"{path} exists already. Nothing was made.") from None


def _fail(words: str) -> NoReturn:
    raise click.ClickException(words)
