"""Founding the network, and what a coordinator may do from a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import func, select

from caseflow.access.actor import Actor, Role
from caseflow.access.facts import able_members
from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.kernel.errors import NotPermitted, RuleBroken
from caseflow.kernel.settings import LANGUAGES, current
from caseflow.kernel.words import N_
from caseflow.keys import operations as keys
from caseflow.keys.keyring import MemberKeyring
from caseflow.keys.models import Identity
from caseflow.ledger import operations as ledger
from caseflow.network import operations, queries, rights
from caseflow.network.models import Departure, Member, Organisation
from caseflow.vault.errors import VaultError
from caseflow.vault.keys import MemberKeys, fingerprint

group = AppGroup("network", help="The network, its members and what they may do.")
PASSPHRASE_FILE = click.option(
    "--passphrase-file",
    type=click.File("r", encoding="utf-8"),
    help="Read the passphrase from the first line of this file (- for standard input) instead of asking for it.",
)


@group.command("found")
@click.option("--name", prompt="Name of the network", help="What the network is called.")
@click.option("--organisation", prompt="Your organisation", help="The first member organisation.")
@click.option("--person", prompt="Your name", help="The first coordinator.")
@click.option("--email", prompt="Your e-mail address", help="What she signs in with.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Her language; by default the installation's.")
@PASSPHRASE_FILE
def found(
    name: str, organisation: str, person: str, email: str, language: str | None, passphrase_file: IO[str] | None
) -> None:
    """Found the network with its first organisation and its first coordinator.

    Prints the recovery code once: write it down.
    """
    home = queries.network()
    if home is not None:
        raise click.ClickException(f"This installation has its network already: {home.name}. Invite people instead.")
    passphrase = read_passphrase(passphrase_file, twice=True)
    prepared = keys.prepare(passphrase)
    try:
        with transaction():
            founded = operations.found(
                network=name,
                organisation=organisation,
                email=email,
                name=person,
                passphrase=passphrase,
                language=language or current().language,
                timezone=current().timezone,
                at=now(),
                prepared=prepared,
            )
    except RuleBroken as broken:
        raise click.ClickException(_(broken.message)) from None
    ring = founded.actor.ring
    assert isinstance(ring, MemberKeyring)
    click.echo(f"{name} is founded. {founded.member.name} signs in at {current().url} with {founded.member.email}.")
    click.echo(f"Recovery code, shown this once; keep it on paper: {founded.recovery_code}")
    click.echo(f"Her eight words: {fingerprint(ring.keys.public)}")


@group.command("invite")
@click.option("--as", "coordinator", required=True, help="Address of the coordinator who invites.")
@click.option("--email", prompt="Her e-mail address", help="Whom to invite.")
@click.option("--person", prompt="Her name", help="Her name.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), prompt="Role", help="What she will do.")
@click.option("--organisation", help="Her organisation; by default the coordinator's.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of the letter; by default the installation's.")
@PASSPHRASE_FILE
def invite(
    coordinator: str,
    email: str,
    person: str,
    role: str,
    organisation: str | None,
    language: str | None,
    passphrase_file: IO[str] | None,
) -> None:
    """Invite somebody: the letter goes out, and the link in it is printed."""
    member, pair = open_member(coordinator, read_passphrase(passphrase_file))
    actor = queries.actor_of(member, pair)
    with acting("network.invite", by=actor):
        house = _organisation(organisation, member)
        invitation, link = operations.invite(
            email=email,
            name=person,
            role=Role(role),
            organisation=house,
            language=language or current().language,
            by=actor,
            at=now(),
        )
    if not link:
        click.echo(f"{invitation.name} is invited when another coordinator has approved it on the page of members.")
        return
    click.echo(f"{invitation.name} is invited until {invitation.expires_at:%Y-%m-%d}: {link}")


@group.command("rights")
@click.option("--markdown", is_flag=True, help="As the README shows it.")
def show_rights(*, markdown: bool) -> None:
    """Print who may do what, computed from the rules that decide."""
    if markdown:
        click.echo(rights.markdown(), nl=False)
        return
    for row in rights.rows():
        answers = ", ".join(f"{role}: {row.cells[role].answer}" for role in Role)
        click.echo(f"{row.words}: {answers}")


@contextmanager
def acting(verb: str, *, by: Actor | None) -> Iterator[None]:
    """Do an act in a transaction; a refusal is said in its own words and stands in the ledger."""
    try:
        with transaction():
            if by is not None and verb != "keys.renew_trust" and able_members().get(by.member_id) is not by.role:
                raise NotPermitted(N_("You are no member in this role any more."), about=f"members:{by.member_id}")
            yield
    except (RuleBroken, NotPermitted) as refusal:
        ledger.refused(verb, by=by, about=refusal.about or "", why=refusal.told)
        raise click.ClickException(_(refusal.message)) from None
    except VaultError as refusal:
        ledger.refused(verb, by=by, about="", why=N_("a key or a sealed text did not open"))
        raise click.ClickException(str(refusal)) from None


def read_passphrase(source: IO[str] | None, *, twice: bool = False) -> str:
    """Return the passphrase from the first line of `source`, or ask for it."""
    if source is not None:
        return source.readline().rstrip("\r\n")
    asked: str = click.prompt(
        "Passphrase", hide_input=True, confirmation_prompt="The passphrase again" if twice else False
    )
    return asked


AS = click.option("--as", "coordinator", required=True, help="Address of the coordinator who acts.")


def actor_at(coordinator: str, passphrase_file: IO[str] | None) -> Actor:
    """Return the actor that the person of this address is, with her passphrase."""
    return queries.actor_of(*open_member(coordinator, read_passphrase(passphrase_file)))


def open_member(email: str, passphrase: str) -> tuple[Member, MemberKeys]:
    """Return the member and her keys; the same answer for an unknown address, a wrong passphrase and one who left."""
    member = db.session.scalar(select(Member).where(func.lower(Member.email) == email.strip().lower()))
    identity = db.session.get(Identity, member.id) if member else None
    left = member is not None and db.session.get(Departure, member.id) is not None
    pair = keys.unlock(identity, passphrase)
    if member is None or pair is None or left:
        about = f"members:{member.id}" if member else "members:"
        ledger.refused("network.command", by=None, about=about, why=N_("wrong address or passphrase"))
        raise click.ClickException("The address and the passphrase do not belong together.")
    return member, pair


def _organisation(name: str | None, member: Member) -> Organisation:
    if name is None:
        return db.session.get_one(Organisation, member.organisation_id)
    house = db.session.scalar(select(Organisation).where(Organisation.name == name))
    if house is None:
        raise click.ClickException(f"There is no organisation called {name}.")
    return house
