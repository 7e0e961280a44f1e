"""Dates as a calendar program reads them: iCalendar (RFC 5545), with nothing in it that a safe keeps.

A calendar lies with whoever runs the program, often a company abroad: an event says the reference of the case and that
there is a deadline or a hearing, never what about. Times stand in the zone of Almaty, which is written out, because
programs with old tables still believe in six hours there (until 1 March 2024) and would be an hour late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ALMATY = "Asia/Almaty"
OCTETS = 75  # RFC 5545 section 3.1: a longer line is folded
ZONE = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ALMATY}",
    "BEGIN:STANDARD",
    "DTSTART:20050315T000000",
    "TZOFFSETFROM:+0600",
    "TZOFFSETTO:+0600",
    "END:STANDARD",
    "BEGIN:STANDARD",
    "DTSTART:20240301T000000",
    "TZOFFSETFROM:+0600",
    "TZOFFSETTO:+0500",
    "END:STANDARD",
    "END:VTIMEZONE",
)
# A whole day begins at midnight: fifteen hours before it is nine in the morning of the day before.
BEFORE_A_DAY = ("-P6DT15H", "-P2DT15H", "-PT15H")
BEFORE_AN_HOUR = ("-P1D", "-PT2H")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a whole day (`on`) or an hour (`at`); `stamp` is when it was last decided, `turn` grows with each change."""

    uid: str
    title: str
    stamp: datetime
    on: date | None = None
    at: datetime | None = None
    tentative: bool = False
    turn: int = 0
    url: str = ""


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Return the calendar `name` with `entries`, the same bytes for the same entries."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//caseflow//dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        f"X-WR-TIMEZONE:{ALMATY}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *ZONE,
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(entry: Entry) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{entry.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"]
    if entry.at is not None:
        lines += [f"DTSTART;TZID={ALMATY}:{entry.at.astimezone(ZoneInfo(ALMATY)):%Y%m%dT%H%M%S}", "DURATION:PT1H"]
    elif entry.on is not None:
        lines += [f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"]
        lines.append("TRANSP:TRANSPARENT")
    lines += [f"SUMMARY:{_text(entry.title)}", f"SEQUENCE:{entry.turn}", "CLASS:PRIVATE"]
    lines.append(f"STATUS:{'TENTATIVE' if entry.tentative else 'CONFIRMED'}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    for before in BEFORE_A_DAY if entry.at is None else BEFORE_AN_HOUR:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(entry.title)}", f"TRIGGER:{before}"]
        lines.append("END:VALARM")
    return [*lines, "END:VEVENT"]


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> bytes:
    """Return the line with its end, broken where it is too long, never inside a letter."""
    folded, width = bytearray(), 0
    for letter in line:
        octets = letter.encode()
        if width + len(octets) > OCTETS:
            folded += b"\r\n "
            width = 1
        folded += octets
        width += len(octets)
    return bytes(folded) + b"\r\n"
