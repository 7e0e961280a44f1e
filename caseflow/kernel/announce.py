"""How a lower room lets higher rooms take part in its act, without knowing them.

`announce` calls the listeners in order, in the present transaction: what they refuse undoes the act as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Listener = Callable[..., None]
_listeners: dict[str, list[Listener]] = defaultdict(list)


def on(name: str) -> Callable[[Listener], Listener]:
    """Register a function to be called when `name` ("room.what_happened") is announced."""

    def register(listener: Listener) -> Listener:
        if listener not in _listeners[name]:
            _listeners[name].append(listener)
        return listener

    return register


def announce(name: str, **facts: Any) -> None:
    """Call every listener of `name` with `facts`."""
    for listener in _listeners[name]:
        listener(**facts)
