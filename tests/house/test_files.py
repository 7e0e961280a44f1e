"""What no file may be, hold, or grow to."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.house.reading import PACKAGE, ROOT, modules, tree

TEMPLATES = ROOT / "templates"
LONGEST = 350
ONE_FILE = {"caseflow/evidence/export/verify.py"}  # it travels alone in every export and imports nothing
NAMELESS = {"util", "utils", "helper", "helpers", "common", "misc", "shared", "base", "stuff", "lib"}
MACHINE = re.compile(r"(?<![\w.:/-])/(?:home|root|work|Users|build|github)/[\w.-]+/")
# Written in parts, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join(
        re.escape(first + second)
        for first, second in [
            ("pypi", ".org"),
            ("python", "hosted.org"),
            ("npm", "js."),
            ("un", "pkg.com"),
            ("js", "delivr"),
            ("cdn", "js."),
            ("fonts.google", "apis"),
            ("fonts.g", "static"),
            ("crates", ".io"),
            ("docker", ".io"),
        ]
    )
)
LINK = re.compile(r"\{%-?\s*(include|import|extends|from)\s+([^%]*?)-?%\}", re.DOTALL)
QUOTED = re.compile(r"[\"']([^\"']+\.(?:html|txt|xml|svg))[\"']")


@cache
def texts() -> dict[str, str]:
    """Return every file of the tree that is or would be committed, if it is text, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:  # unpacked without its history
        paths = [path for path in ROOT.rglob("*") if not {".venv", ".git", "__pycache__", "instance"} & set(path.parts)]
    found = {}
    for path in paths:
        if path.is_file():
            try:
                found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return found


@cache
def templates() -> dict[str, str]:
    """Return the source of every template by its name."""
    return {str(p.relative_to(TEMPLATES)): p.read_text("utf-8") for p in sorted(TEMPLATES.rglob("*")) if p.is_file()}


@cache
def asked_for() -> tuple[set[str], set[str]]:
    """Return the template names that Python and templates write out, and patterns for those put together from parts."""
    names: set[str] = set()
    patterns: set[str] = set()
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.JoinedStr) and len(node.values) > 1:
                parts = [re.escape(v.value) if isinstance(v, ast.Constant) else r"[\w/-]+" for v in node.values]
                if re.search(r"\\\.(html|txt|xml|svg)$", parts[-1]):
                    patterns.add("".join(parts))
    for source in templates().values():
        for _word, rest in LINK.findall(source):
            names.update(QUOTED.findall(rest))
    return names, patterns


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _matches(pattern: re.Pattern[str], sources: dict[str, str]) -> list[str]:
    return [
        f"{name}:{_line(text, found.start())} {found.group(0)[:80]}"
        for name, text in sources.items()
        for found in pattern.finditer(text)
    ]


def test_no_module_is_named_after_nothing():
    nameless = [str(p.relative_to(ROOT)) for p in PACKAGE.rglob("*") if p.stem in NAMELESS and p.suffix in {"", ".py"}]
    assert not nameless, f"say what these are about: {nameless}"


def test_no_file_is_longer_than_a_reader_can_hold():
    pages = [*modules(), *(TEMPLATES / name for name in templates())]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in pages}
    long = {name: length for name, length in lengths.items() if length > LONGEST and name not in ONE_FILE}
    assert not long, f"divide by what they are about: {long}"


def test_every_template_is_used():
    names, patterns = asked_for()
    unused = [n for n in templates() if n not in names and not any(re.fullmatch(p, n) for p in patterns)]
    assert not unused, f"nothing renders or includes: {unused}"


def test_every_template_that_is_asked_for_exists():
    wanted = {
        node.args[0].value
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) == "render_template"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    for source in templates().values():
        for _word, rest in LINK.findall(source):
            wanted.update(QUOTED.findall(rest))
    missing = sorted(wanted - set(templates()))
    assert not missing, f"templates that do not exist: {missing}"


INLINE = [
    ("a style element", re.compile(r"<style\b", re.IGNORECASE)),
    ("a style attribute", re.compile(r"<[a-z][^<>]*?\sstyle\s*=", re.IGNORECASE)),
    ("an event attribute", re.compile(r"<[a-z][^<>]*?\son[a-z]+\s*=", re.IGNORECASE)),
    ("a script without a file", re.compile(r"<script\b(?![^>]*\b(?:src=|type=\"application/json\"))", re.IGNORECASE)),
    ("a javascript: address", re.compile(r"[\"']\s*javascript:", re.IGNORECASE)),
    ("a file of another host", re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//")),
]


def _markup(source: str) -> str:
    # Comments and expressions may hold any of it; blanks of the same length keep the line numbers.
    code = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
    return code.sub(lambda found: re.sub(r"[^\n]", " ", found.group(0)), source)


@pytest.mark.parametrize(("what", "pattern"), INLINE, ids=[what for what, _ in INLINE])
def test_no_template_holds_what_the_security_policy_forbids(what, pattern):
    found = _matches(pattern, {f"templates/{name}": _markup(source) for name, source in templates().items()})
    assert not found, f"{what}:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("markup", "number"),
    [
        ('<p style="x">', 1),
        ("<p\n  class=a\n onclick=b>", 1),
        ("<script>x</script>", 1),
        ('<script src="/a.js" defer></script>', 0),
        ('<script type="application/json" id="x">{}</script>', 0),
        ('<p class="style" data-on="x">the style = of on = it</p>', 0),
        ('<p {# style="x" #}>', 0),
        ('<img src="//elsewhere.example/a.png">', 1),
    ],
)
def test_inline_markup_is_recognised(markup, number):
    assert sum(bool(pattern.search(_markup(markup))) for _, pattern in INLINE) == number


def test_no_file_names_a_place_on_somebodys_machine():
    found = _matches(MACHINE, texts())
    assert not found, "\n".join(found)


def test_no_file_names_a_registry_or_a_content_network():
    found = _matches(HOSTS, texts())
    assert not found, "\n".join(found)


def test_the_locks_hold_a_hash_for_every_package():
    for lock in ("run", "dev"):
        path = Path(ROOT, "requirements", f"{lock}.txt")
        entries = re.split(r"\n(?=[a-z])", path.read_text("utf-8"))
        bare = [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
        assert not bare, f"{path.name}: {bare}"
        assert len(entries) > 20
