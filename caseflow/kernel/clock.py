"""The only place that asks the machine for the time, so that a test can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set: datetime | None = None


def now() -> datetime:
    """Return the present moment, aware, in UTC, whole microseconds."""
    return _set if _set is not None else datetime.now(UTC)


def today(zone: str = "Asia/Almaty") -> date:
    """Return the calendar date in `zone` (an IANA name) at the present moment."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) for as long as the block runs."""
    global _set  # noqa: PLW0603 -- one clock for the process is the point
    before, _set = _set, moment.astimezone(UTC)
    try:
        yield
    finally:
        _set = before
