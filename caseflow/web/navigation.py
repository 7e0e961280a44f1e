"""The main menu and the panels of a page, put together from what the rooms register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from caseflow.access.actor import Actor, Role
from caseflow.web.gate import current_actor_or_none


@dataclass(frozen=True)
class Entry:
    """One line of the menu: an endpoint, its label (English, translated when shown) and who sees it."""

    label: str
    endpoint: str
    roles: tuple[Role, ...]
    order: int
    icon: str


@dataclass(frozen=True)
class Link:
    """A menu entry as the template shows it."""

    label: str
    url: str
    current: bool
    icon: str
    count: int | None = None


@dataclass(frozen=True)
class Panel:
    """A part of somebody else's page: a title, the template that draws it and what that needs."""

    key: str
    title: str
    template: str
    values: dict[str, Any]

    def drawn(self) -> Markup:
        """Return the panel's template filled with its values: `{{ panel.drawn() }}`."""
        return Markup(render_template(self.template, **self.values))  # noqa: S704 -- templates escape what they show


_menu: list[Entry] = []
_panels: dict[str, list[tuple[int, Callable[[Any, Actor], Panel | None]]]] = defaultdict(list)


def entry(label: str, endpoint: str, *, order: int, icon: str = "file", roles: tuple[Role, ...] = tuple(Role)) -> None:
    """Put a page into the main menu of `roles`; `icon` names a drawing of static/icons/sprite.svg."""
    found = Entry(label, endpoint, roles, order, icon)
    if found not in _menu:
        _menu.append(found)


def navigation() -> list[Link]:
    """Return the main menu of whoever is signed in; empty for others."""
    actor = current_actor_or_none()
    if actor is None:
        return []
    here = (request.endpoint or "").split(".")[0]
    return [
        Link(_(e.label), address(e.endpoint), e.endpoint.split(".")[0] == here, e.icon)
        for e in sorted(_menu, key=lambda e: e.order)
        if actor.role in e.roles
    ]


def address(endpoint: str, **values: Any) -> str:
    """Return what `url_for` returns; templates ask for forty files of ours on each page, so those are remembered."""
    if endpoint == "static" and values.keys() == {"filename"} and not current_app.debug:
        return _file_address(request.script_root, values["filename"])
    if not values and endpoint[0] != ".":
        return _page_address(request.script_root, endpoint)
    return url_for(endpoint, **values)


@lru_cache(maxsize=256)
def _page_address(_script_root: str, endpoint: str) -> str:
    return url_for(endpoint)


@lru_cache(maxsize=256)
def _file_address(_script_root: str, filename: str) -> str:
    """Return the address of one of our files with a print of what is in it, so that a browser may keep it for good."""
    content = Path(current_app.static_folder or "", filename).read_bytes()
    return url_for("static", filename=filename, v=sha256(content).hexdigest()[:12])


def icon(name: str, label: str | None = None, size: str = "") -> Markup:
    """Return a drawing of static/icons/sprite.svg; `label` only where no word stands beside it."""
    return _icon(address("static", filename="icons/sprite.svg"), name, label, size)


@lru_cache(maxsize=1024, typed=True)  # a label that is marked as safe is not the same as one that is not
def _icon(sprite: str, name: str, label: str | None, size: str) -> Markup:
    kind = Markup('class="icon icon--{}"').format(size) if size else Markup('class="icon"')
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    drawing = '<svg {} viewBox="0 0 24 24" {} focusable="false"><use href="{}#{}"></use></svg>'
    return Markup(drawing).format(kind, said, sprite, name)  # noqa: S704 -- what is filled in is escaped


def panel(
    page: str, *, order: int
) -> Callable[[Callable[[Any, Actor], Panel | None]], Callable[[Any, Actor], Panel | None]]:
    """Register a function that draws a part of `page` ("case", "incident") for a row and an actor, or None."""

    def register(draw: Callable[[Any, Actor], Panel | None]) -> Callable[[Any, Actor], Panel | None]:
        if all(known is not draw for _order, known in _panels[page]):
            _panels[page].append((order, draw))
        return draw

    return register


def panels_of(page: str, row: Any, actor: Actor) -> list[Panel]:
    """Return the panels of `page` for `row` in order."""
    drawn = (draw(row, actor) for _order, draw in sorted(_panels[page], key=lambda known: known[0]))
    return [found for found in drawn if found is not None]
