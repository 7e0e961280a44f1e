"""The address of a bucket in an S3-compatible service, as an operator writes it into one setting."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_PLAIN = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_PARAMETERS = frozenset({"region", "tls", "ca", "style", "credentials", "profile"})


class WrongAddress(Exception):
    """What is wrong with an address, in words that never hold its secrets."""


@dataclass(frozen=True)
class BucketAddress:
    """Where a bucket is and how it is reached; without a key, file or profile boto3 looks where it always looks."""

    host: str
    bucket: str
    prefix: str = ""
    region: str = "us-east-1"
    tls: bool = True
    ca: Path | None = None
    style: str = "path"
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    credentials: Path | None = None
    profile: str | None = None

    @property
    def endpoint(self) -> str:
        """Return the address of the service."""
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def __str__(self) -> str:
        """Return the address without its secrets."""
        return f"s3://{self.host}/{self.bucket}/{self.prefix}".rstrip("/")


def bucket_address(url: str) -> BucketAddress:
    """Read `s3://key:secret@host:port/bucket/prefix?region=…&tls=…&ca=…&style=…&credentials=…&profile=…`.

    Raises `WrongAddress`, whose words hold nothing of the part that may be secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        given = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise WrongAddress("is no address such as s3://key:secret@host:port/bucket?region=…") from None
    bucket, _slash, prefix = parts.path.lstrip("/").partition("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket:
        raise WrongAddress("must name a host and a bucket: s3://key:secret@host:port/bucket?region=…")
    if unknown := sorted(given.keys() - _PARAMETERS):
        raise WrongAddress(f"knows no “{unknown[0]}”: it takes {', '.join(sorted(_PARAMETERS))}")
    if given.get("tls", "yes") not in _PLAIN:
        raise WrongAddress("takes tls=yes or tls=no")
    if given.get("style", "path") not in {"path", "virtual"}:
        raise WrongAddress("takes style=path or style=virtual")
    if (parts.username is None) != (parts.password is None) or parts.username == "" or parts.password == "":
        raise WrongAddress("must name both key and secret, or neither (then they come from a file or the environment)")
    if parts.username is not None and given.keys() & {"credentials", "profile"}:
        raise WrongAddress("names both a key and where to find one; leave one of them out")
    paths = {name: Path(given[name]) for name in ("ca", "credentials") if given.get(name)}
    for name, path in paths.items():
        if not path.is_file():
            raise WrongAddress(f"names a file that is not there: {name}={path}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return BucketAddress(
        host=host if port is None else f"{host}:{port}",
        bucket=unquote(bucket),
        prefix=f"{unquote(prefix).strip('/')}/" if prefix.strip("/") else "",
        region=given.get("region") or "us-east-1",
        tls=_PLAIN[given.get("tls", "yes")],
        ca=paths.get("ca"),
        style=given.get("style", "path"),
        key=None if parts.username is None else unquote(parts.username),
        secret=None if parts.password is None else unquote(parts.password),
        credentials=paths.get("credentials"),
        profile=given.get("profile") or None,
    )
