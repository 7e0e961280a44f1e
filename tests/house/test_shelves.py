"""Inside a room: routes, cli, jobs -> forms -> operations -> queries -> models -> rules; and some know no framework."""

import subprocess
import sys
from collections.abc import Iterable

import pytest

from tests.house.reading import FLOORS, PACKAGE, ROOT, imports, modules, name_of, rooms

SHELVES = {"rules": 0, "models": 1, "queries": 2, "operations": 3, "forms": 4, "jobs": 5, "cli": 5, "routes": 5}
FRAMEWORKS = ("flask", "sqlalchemy", "werkzeug", "wtforms")


def _shelf(name: str) -> str | None:
    parts = name.split(".")
    return parts[2] if len(parts) > 2 and parts[2] in SHELVES else None


def _resolved(name: str, known: Iterable[str]) -> str | None:
    # `caseflow.cases.models.Case` names something inside caseflow.cases.models.
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def _lifted(graph: dict[str, set[str]]) -> list[str]:
    """Return the ways, within one room, by which a shelf reaches a higher one, through modules on no shelf too."""
    ways: list[str] = []
    for start, shelf in ((name, _shelf(name)) for name in graph):
        if shelf is None:
            continue
        waiting, seen = [(start, start)], {start}
        while waiting:
            name, way = waiting.pop()
            for target in sorted(graph.get(name, ()) - seen):
                seen.add(target)
                reached = _shelf(target)
                if reached is None:
                    waiting.append((target, f"{way} -> {target}"))
                elif SHELVES[reached] > SHELVES[shelf]:
                    ways.append(f"{way} -> {target}")
    return ways


@pytest.mark.parametrize("room", [path.name for path in rooms()])
def test_a_shelf_takes_only_from_the_shelves_below_it(room):
    pages = {name_of(path): path for path in modules() if path.is_relative_to(PACKAGE / room)}
    graph = {
        name: {r for i in imports(path) if (r := _resolved(i.name, pages)) and r not in {name, f"caseflow.{room}"}}
        for name, path in pages.items()
    }
    ways = _lifted(graph)
    assert not ways, "shelves that take from above:\n" + "\n".join(ways)


def test_a_reach_upward_is_found_through_a_module_on_no_shelf():
    graph = {
        "caseflow.evidence.rules": {"caseflow.evidence.kinds"},
        "caseflow.evidence.kinds": {"caseflow.evidence.models"},
        "caseflow.evidence.operations.intake": {"caseflow.evidence.queries", "caseflow.evidence.forms"},
    }
    assert _lifted(graph) == [
        "caseflow.evidence.rules -> caseflow.evidence.kinds -> caseflow.evidence.models",
        "caseflow.evidence.operations.intake -> caseflow.evidence.forms",
    ]


def _frameless(room: str) -> list[str]:
    pages = [name_of(path) for path in modules() if path.is_relative_to(PACKAGE / room)]
    return pages if room == "vault" else [name for name in pages if _shelf(name) == "rules"]


@pytest.mark.parametrize("room", [room for room in FLOORS if (PACKAGE / room).is_dir() and _frameless(room)])
def test_rules_and_the_vault_know_no_framework(room):
    script = (
        "import sys, importlib\n"
        "for name in sys.argv[1].split():\n"
        "    importlib.import_module(name)\n"
        f"    found = [part for part in {FRAMEWORKS} if part in sys.modules]\n"
        "    if found: sys.exit(f'{name} brings in {found}')\n"
    )
    command = [sys.executable, "-c", script, " ".join(_frameless(room))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
