"""Letters: written with the act that causes them, sent afterwards, once."""

from __future__ import annotations

import os
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from caseflow.kernel.clock import now
from caseflow.kernel.db import Base, Id, db, transaction
from caseflow.kernel.jobs import job, later
from caseflow.kernel.settings import current, is_loopback


class Letter(Id, Base):
    """One letter to one person. Its text holds references, kinds and dates only, never what a safe keeps."""

    __tablename__ = "letters"

    to: Mapped[str] = mapped_column("recipient", String(320))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


def write(to: str, subject: str, body: str, *, at: datetime, key: str | None = None) -> Letter | None:
    """Write a letter in the present transaction and promise its delivery; None when `key` was written before."""
    if key is not None and db.session.scalar(select(Letter.id).where(Letter.key == key)) is not None:
        return None
    letter = Letter(to=to, subject=subject, body=body, key=key, written_at=at)
    db.session.add(letter)
    db.session.flush()
    later("kernel.deliver", letter_id=letter.id)
    return letter


@job("kernel.deliver")
def deliver(letter_id: str) -> None:
    """Send the letter, unless it was sent; a server that refuses raises, and the outbox tries again."""
    letter = db.session.get(Letter, letter_id)
    if letter is None or letter.sent_at is not None:
        return
    settings = current()
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    # One id per letter, whatever the number of tries, so that a mail server can recognise a repetition.
    message["Message-ID"] = f"<{letter.id}@caseflow.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if settings.smtp_url:
        _send(message, settings.smtp_url)
    else:
        _file(message, settings.instance / "mail", letter.id)
    with transaction():
        letter.sent_at = now()
        letter.body = ""  # it may have held a link that lets somebody in; what was sent needs no copy here


def _send(message: EmailMessage, url: str) -> None:
    server = urlsplit(url)
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=20, context=ssl.create_default_context()
        )
    else:
        client = smtplib.SMTP(host, server.port or 25, timeout=20)
    with client:
        client.ehlo()
        if server.scheme != "smtps" and client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
        # Whoever stands on the way can take the offer out of the answer; and letters hold links that let somebody in.
        in_the_clear = not isinstance(client.sock, ssl.SSLSocket) and not is_loopback(host)
        if in_the_clear and (server.scheme != "smtp+clear" or server.username):
            raise smtplib.SMTPException("the mail server offers no encryption; no letter and no password is sent to it")
        if server.username:
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)


def _file(message: EmailMessage, folder: Path, name: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(message.as_bytes())
    draft.rename(folder / f"{name}.eml")
