"""What one installation may decide, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from flask import current_app

from caseflow.kernel.buckets import WrongAddress, bucket_address

LANGUAGES = ("en", "ru", "kk")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ROOT = Path(__file__).resolve().parents[2]


def is_loopback(host: str) -> bool:
    """Tell whether `host`, a name or address in a setting, is this machine itself."""
    return host in _LOOPBACK


class WrongSetting(Exception):
    """A setting is missing or wrong; the text names it and says what it takes."""


def _setting(env: str, default: Any, takes: str, *, read: Callable[[str], Any] = str, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"env": env, "takes": takes, "read": read})


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def _words(text: str) -> frozenset[str]:
    return frozenset(filter(None, (word.strip() for word in text.split(","))))


def _optional_path(text: str) -> Path | None:
    return Path(text) if text else None


def _clamd(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if text and not text.startswith("/") and not (host and colon and port.isdigit()):
        raise ValueError
    return text


@dataclass(frozen=True)
class Settings:
    """Every setting with its environment name, its default and what it takes."""

    instance: Path = _setting("CASEFLOW_INSTANCE", _ROOT / "instance", "folder that this installation owns", read=Path)
    database_url: str = _setting(
        "CASEFLOW_DATABASE_URL", "", "`sqlite:///path` or `postgresql://…`; empty: SQLite in the instance folder"
    )
    url: str = _setting(
        "CASEFLOW_URL", "http://127.0.0.1:8000", "address people open; https unless it is this machine itself"
    )
    redis_url: str = _setting("CASEFLOW_REDIS_URL", "", "`redis://…` or `unix://…`; empty: jobs run in the web process")
    worker: str = _setting("CASEFLOW_WORKER", "inprocess", "`inprocess` or `none` (then run `flask jobs work`)")
    smtp_url: str = _setting(
        "CASEFLOW_SMTP_URL",
        "",
        "`smtp://user:password@host:port` (with STARTTLS, or on this machine), `smtps://…`; `smtp+clear://…` for a relay "
        "without encryption in a network of your own; empty: letters are written to instance/mail",
    )
    mail_from: str = _setting("CASEFLOW_MAIL_FROM", "caseflow <caseflow@localhost>", "sender of letters")
    language: str = _setting("CASEFLOW_LANGUAGE", "ru", "`en`, `ru` or `kk`: for visitors who have not chosen")
    timezone: str = _setting("CASEFLOW_TIMEZONE", "Asia/Almaty", "IANA zone in which times are shown")
    idle_minutes: int = _setting("CASEFLOW_IDLE_MINUTES", 15, "minutes until the lock screen", read=_count)
    session_hours: int = _setting("CASEFLOW_SESSION_HOURS", 10, "hours until a session ends", read=_count)
    second_factor: frozenset[str] = _setting(
        "CASEFLOW_SECOND_FACTOR",
        frozenset({"coordinator"}),
        "roles that sign in with a second factor, as `coordinator,lawyer`; empty: everybody may, nobody must",
        read=_words,
    )
    max_upload_mb: int = _setting("CASEFLOW_MAX_UPLOAD_MB", 20480, "largest evidence file, in MiB", read=_count)
    store_url: str = _setting(
        "CASEFLOW_STORE_URL",
        "",
        "where sealed files lie: `s3://key:secret@host:port/bucket?region=…&tls=yes`, or `file:///folder`; empty: "
        "instance/store",
        secret=True,
    )
    pepper_file: Path | None = _setting(
        "CASEFLOW_PEPPER_FILE",
        None,
        "32 secret bytes outside the database; default instance/pepper",
        read=_optional_path,
    )
    secret_file: Path | None = _setting(
        "CASEFLOW_SECRET_FILE", None, "key that signs form tokens; default instance/secret", read=_optional_path
    )
    ledger_key_file: Path | None = _setting(
        "CASEFLOW_LEDGER_KEY_FILE", None, "key that signs checkpoints; default instance/ledger-key", read=_optional_path
    )
    anchor_file: Path | None = _setting(
        "CASEFLOW_ANCHOR_FILE",
        None,
        "whose key all others are confirmed from; default instance/anchor",
        read=_optional_path,
    )
    tsa_url: str = _setting(
        "CASEFLOW_TSA_URL", "", "`https://…` of an RFC 3161 authority; empty: checkpoints get no time-stamp"
    )
    tsa_ca_file: Path | None = _setting(
        "CASEFLOW_TSA_CA_FILE", None, "PEM file with its roots; default: those of the system", read=_optional_path
    )
    clamd: str = _setting(
        "CASEFLOW_CLAMD", "", "path of clamd's socket, or `host:port`; empty: files are not scanned", read=_clamd
    )
    proxies: int = _setting("CASEFLOW_PROXIES", 0, "reverse proxies in front whose headers are believed", read=_count)
    testing: bool = False
    fast_kdf: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; raise `WrongSetting` that names the first one that is missing or wrong."""
        env = os.environ if environ is None else environ
        known = {f.metadata["env"] for f in fields(cls) if "env" in f.metadata}
        for name in env:
            if name.startswith("CASEFLOW_") and name not in known and name != "CASEFLOW_WORKERS":
                raise WrongSetting(f"{name} is not a setting. The settings are listed in README.md.")
        values: dict[str, Any] = {}
        for f in fields(cls):
            setting = f.metadata.get("env")
            if setting and setting in env:
                try:
                    values[f.name] = f.metadata["read"](env[setting].strip())
                except ValueError:
                    raise WrongSetting(f"{setting} is “{env[setting]}”, but takes: {f.metadata['takes']}.") from None
        settings = cls(**values)
        settings.check()
        return settings

    @classmethod
    def for_tests(cls, instance_dir: Path, database_url: str | None = None, **overrides: Any) -> Settings:
        """Return settings of a throw-away installation: English, a quick key derivation, no worker, no second factor."""
        given: dict[str, Any] = {
            "language": "en",
            "worker": "none",
            "second_factor": frozenset(),
            "testing": True,
            "fast_kdf": True,
            **overrides,
        }
        return cls(instance=instance_dir, database_url=database_url or "", **given)

    def check(self) -> None:
        """Raise `WrongSetting` for a value that cannot work."""
        address = urlsplit(self.url)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise WrongSetting(f"CASEFLOW_URL is “{self.url}”, but takes an address such as https://cases.example.org.")
        if address.scheme == "http" and not is_loopback(address.hostname):
            raise WrongSetting("CASEFLOW_URL must begin with https:// unless it names this machine itself.")
        if self.language not in LANGUAGES:
            raise WrongSetting(f"CASEFLOW_LANGUAGE is “{self.language}”, but takes en, ru or kk.")
        if self.timezone not in available_timezones():
            raise WrongSetting(f"CASEFLOW_TIMEZONE is “{self.timezone}”, which is not an IANA time zone.")
        if self.worker not in {"inprocess", "none"}:
            raise WrongSetting(f"CASEFLOW_WORKER is “{self.worker}”, but takes inprocess or none.")
        if self.database_url and not self.database_url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise WrongSetting("CASEFLOW_DATABASE_URL takes sqlite:///… or postgresql://… .")
        if self.smtp_url and urlsplit(self.smtp_url).scheme not in {"smtp", "smtps", "smtp+clear"}:
            raise WrongSetting("CASEFLOW_SMTP_URL takes smtp://…, smtps://… or smtp+clear://… .")
        if self.redis_url and urlsplit(self.redis_url).scheme not in {"redis", "rediss", "unix"}:
            raise WrongSetting("CASEFLOW_REDIS_URL takes redis://…, rediss://… or unix://… .")
        check_store_url(self.store_url, "CASEFLOW_STORE_URL")

        tsa = urlsplit(self.tsa_url)
        if self.tsa_url and (tsa.scheme not in {"http", "https"} or not tsa.hostname):
            raise WrongSetting("CASEFLOW_TSA_URL takes http://… or https://… .")

    @property
    def engine_url(self) -> str:
        """Return the SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{(self.instance / 'caseflow.db').resolve()}"
        if self.database_url.startswith("postgresql:"):
            return "postgresql+psycopg:" + self.database_url.removeprefix("postgresql:")
        return self.database_url

    @property
    def secure(self) -> bool:
        """Tell whether people reach the server over https, so that cookies can demand it."""
        return self.url.startswith("https://")

    @property
    def zone(self) -> ZoneInfo:
        """Return the default time zone."""
        return ZoneInfo(self.timezone)

    @property
    def store(self) -> Path:
        """Return the folder of sealed payloads; with a bucket, of what comes in by parts."""
        if self.store_url.startswith("file:"):
            return Path(unquote(urlsplit(self.store_url).path))
        return self.instance / "store"

    def pepper(self) -> bytes:
        """Return the 32 bytes that password guessing needs besides the database; made at first use, mode 0600."""
        return secret_from(self.pepper_file or self.instance / "pepper")

    def secret_key(self) -> bytes:
        """Return the key that signs form tokens and flash messages; it opens nothing that is sealed."""
        return secret_from(self.secret_file or self.instance / "secret")

    @property
    def ledger_key_path(self) -> Path:
        """Return where the 32 bytes of the key lie that signs checkpoints."""
        return self.ledger_key_file or self.instance / "ledger-key"

    @property
    def anchor_path(self) -> Path:
        """Return where the file lies that names the key from which all others are confirmed."""
        return self.anchor_file or self.instance / "anchor"

    def ledger_key(self) -> bytes:
        """Return the Ed25519 seed (32 bytes) that signs checkpoints; made at first use, mode 0600."""
        return secret_from(self.ledger_key_path)


def check_store_url(url: str, setting: str) -> None:
    """Raise `WrongSetting` for an address where no store can be; `setting` is what the words call it."""
    if url.startswith("file:"):
        address = urlsplit(url)
        if address.netloc or not address.path.startswith("/") or address.path == "/":
            raise WrongSetting(f"{setting} takes file:/// and a whole path, as file:///srv/caseflow/store.")
    elif url:
        try:
            bucket_address(url)
        except WrongAddress as wrong:  # its words hold nothing of the secret
            raise WrongSetting(f"{setting} {wrong}.") from None


def secret_from(path: Path) -> bytes:
    """Return the 32 secret bytes of `path`, making the file (mode 0600, atomically) when it is missing.

    Raises `WrongSetting` when it holds anything but 32 bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)  # a link fails where another process was first: then its secret counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    secret = path.read_bytes()
    if len(secret) != 32:
        raise WrongSetting(f"{path} must hold exactly 32 bytes; it holds {len(secret)}.")
    return secret


def current() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.extensions["caseflow_settings"]
    return found
