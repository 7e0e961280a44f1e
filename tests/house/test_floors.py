"""A room imports only rooms on the floors below it; `access` may also look up at what the rooms above store."""

import pytest

from tests.house.reading import FLOORS, OUTSIDE, PACKAGE, ROOT, Import, imports, modules, name_of, room_of, rooms


def _forbidden(found: Import, room: str) -> bool:
    parts = found.name.split(".")
    if parts[0] in OUTSIDE:
        return True
    other = room_of(found.name)
    if other is None or other == room or other not in FLOORS:
        return False
    if room == "access" and parts[2:3] == ["models"]:
        return False
    return room not in FLOORS or FLOORS.index(other) >= FLOORS.index(room)


def test_every_room_stands_on_a_floor():
    unknown = [path.name for path in rooms() if path.name not in FLOORS]
    assert not unknown, f"rooms without a floor: {unknown}; give them one in tests/house/reading.py"


@pytest.mark.parametrize("room", [path.name for path in rooms()])
def test_a_room_imports_only_the_floors_below_it(room):
    pages = [path for path in modules() if room_of(name_of(path)) == room]
    found = [str(i) for path in pages for i in imports(path) if _forbidden(i, room)]
    assert not found, "imports that look up:\n" + "\n".join(found)


def test_what_lies_beside_the_rooms_imports_none_of_them():
    beside = [path for path in PACKAGE.glob("*.py") if path.stem != "app"]
    # How the server hands requests on belongs to `web`, wherever gunicorn wants its settings to lie.
    found = [
        str(i)
        for path in beside
        for i in imports(path)
        if (room := room_of(i.name)) and (path.stem, room) != ("gunicorn_conf", "web")
    ]
    assert not found, "only app.py knows the rooms:\n" + "\n".join(found)


def test_a_look_upward_is_found_wherever_it_stands(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.house.reading.ROOT", tmp_path)
    page = tmp_path / "caseflow" / "keys" / "operations.py"
    page.parent.mkdir(parents=True)
    page.write_text(
        "from typing import TYPE_CHECKING\n"
        "from ..vault import stream\n"
        "from caseflow.kernel import db\n"
        "if TYPE_CHECKING:\n    from caseflow.cases.models import Case\n"
        "def act():\n    from caseflow import cases\n    import caseflow.app\n"
        "    from ..desk import queries\n    import_module('caseflow.search')\n    from wsgi import app\n"
    )
    upward = {i.name for i in imports(page) if _forbidden(i, "keys")}
    assert upward == {
        "caseflow.cases.models.Case",
        "caseflow.cases",
        "caseflow.app",
        "caseflow.desk.queries",
        "caseflow.search",
        "wsgi.app",
    }
    assert not _forbidden(Import("caseflow.cases.models.Case", ROOT, 1), "access")
    assert _forbidden(Import("caseflow.cases.queries.open_cases", ROOT, 1), "access")
