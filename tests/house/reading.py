"""How the house tests read the tree: rooms, modules, and what each module imports, wherever in it the import stands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "caseflow"

FLOORS = (
    "kernel",
    "vault",
    "access",
    "web",
    "ledger",
    "keys",
    "network",
    "entrance",
    "evidence",
    "incidents",
    "cases",
    "proceedings",
    "deadlines",
    "remedies",
    "precedents",
    "search",
    "desk",
    "reports",
    "demo",
    "app",
)
"""The rooms from the cellar up: a room imports only what stands before it."""

OUTSIDE = ("wsgi", "tests", "bench", "migrations")
"""What stands around the house and is built on it, so no room may import it."""


@dataclass(frozen=True)
class Import:
    """One import: the full name of what is imported, and where."""

    name: str
    path: Path
    line: int

    def __str__(self) -> str:
        """Return the place, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.name}"


@cache
def modules() -> tuple[Path, ...]:
    """Return every Python file of the package."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def rooms() -> tuple[Path, ...]:
    """Return the folders of the rooms."""
    return tuple(sorted(path for path in PACKAGE.iterdir() if path.is_dir() and any(path.rglob("*.py"))))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of `path`."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    """Return the dotted name of the module at `path`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str | None:
    """Return the room of a dotted name, None when it is not in the package."""
    parts = name.split(".")
    return parts[1] if parts[0] == "caseflow" and len(parts) > 1 else None


def imports(path: Path) -> Iterator[Import]:
    """Yield every import of the module at `path`: at its top, in a function, for types only, or by name as a string.

    `from caseflow.cases import models` yields caseflow.cases.models, for what is imported may be a module.
    """
    here = name_of(path).split(".")
    package = here if path.name == "__init__.py" else here[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, path, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(f"{origin}.{alias.name}", path, node.lineno)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__", "find_spec"}:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Import(argument.value, path, node.lineno)


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", "") or getattr(node.func, "id", "")
