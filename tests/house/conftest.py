"""What the tests over all routes and all pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.world import World, build


@pytest.fixture(scope="session")
def _world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(tmp_path_factory.mktemp("world"), sqlite_template)


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    """Yield the network in which everything exists twice; form tokens are not asked for unless a test says so."""
    _world.app.config["WTF_CSRF_ENABLED"] = False
    yield _world
    _world.app.config["WTF_CSRF_ENABLED"] = True
