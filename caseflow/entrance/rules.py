"""What is true at an entrance without a computer: the codes of an app (RFC 6238), backup codes, names of browsers."""

from __future__ import annotations

import base64
import hmac
import secrets
import unicodedata
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from pyotp import TOTP

from caseflow.vault.recovery import ALPHABET, CYRILLIC, READ_AS

SEED_BYTES, DIGITS, STEP = 20, 6, 30  # what every authenticator app takes: RFC 6238 with SHA-1
EARLY_OR_LATE = 1  # a clock may be half a minute off, and a code is typed slowly
BACKUP_CODES, BACKUP_SYMBOLS = 10, 10  # 50 random bits each; five tries in a quarter of an hour
FRESH = timedelta(minutes=15)

# In this order: each browser also names those it descends from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """Return "Firefox, Windows" for a User-Agent header; its first word where nothing is recognised, '' for none."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), agent.split("/", maxsplit=1)[0][:40].strip())
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(word for word in (browser, system) if word)


def matching_step(seed: bytes, code: str, at: datetime) -> int | None:
    """Return the time step (Unix time / 30 s) whose code this is: the present one or one beside it; None for no match."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    app, now = TOTP(secret_text(seed), digits=DIGITS, interval=STEP), int(at.timestamp()) // STEP
    found = None
    for step in range(now - EARLY_OR_LATE, now + EARLY_OR_LATE + 1):
        if hmac.compare_digest(app.generate_otp(step), digits):
            found = step
    return found


def secret_text(seed: bytes) -> str:
    """Return the seed of an app as people type it where there is no camera: base32."""
    return base64.b32encode(seed).decode().rstrip("=")


def setup_address(seed: bytes, *, member: str, network: str) -> str:
    """Return the `otpauth:` address that the square for the camera holds."""
    return TOTP(secret_text(seed), digits=DIGITS, interval=STEP).provisioning_uri(name=member, issuer_name=network)


def new_backup_code() -> str:
    """Return a backup code as it is shown: two groups of five letters and digits."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(BACKUP_SYMBOLS))
    return f"{text[:5]}-{text[5:]}"


def read_backup_code(typed: str) -> str | None:
    """Return the ten symbols of a code as people type it (any case, spaces, dashes, look-alikes); None if it is none."""
    found = ""
    for letter in unicodedata.normalize("NFKC", typed[:100]).upper():
        if letter.isspace() or unicodedata.category(letter) == "Pd":
            continue
        symbol = CYRILLIC.get(letter, letter)
        found += READ_AS.get(symbol, symbol)
    return found if len(found) == BACKUP_SYMBOLS and set(found) <= set(ALPHABET) else None


def fresh(proven: datetime | None, at: datetime) -> bool:
    """Tell whether something was proven so shortly ago that it need not be proven again."""
    return proven is not None and timedelta(0) <= at - proven <= FRESH


def network_of(address: str) -> str:
    """Return an address as it is, of IPv6 its /64, and IPv4 that is written as IPv6 as IPv4; anything else unchanged."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
