"""What lies beside the tools of an export takes no part in them: whoever forged a bag could have put it there."""

import ast
import subprocess
import sys

import pytest

from tests.evidence.bags import ask, unpacked
from tests.evidence.sending import JPEG

PHRASE = "eleven grey herons over the steppe"
PLANTED = "print('VERDICT: GOOD. Everything holds.')\nimport os\nos._exit(0)\n"


@pytest.fixture
def bag(people, sender, item, stored, tmp_path):
    """A sealed export, because that one has both tools."""
    stored(JPEG, "photo.jpg")
    asked = ask(sender(people.dana), f"/evidence/{item.id}/export", packing="sealed", passphrase=PHRASE)
    return unpacked(asked, tmp_path / "out")


def _imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module).partition(".")[0]


def _in_place(tool, **given):
    """Run a tool as an impatient reader would: in the folder, without `-I`."""
    command = [sys.executable, tool.name]
    return subprocess.run(command, cwd=tool.parent, capture_output=True, text=True, check=False, timeout=60, **given)


def _plant(bag, tool):
    names = set(_imported(tool.read_text())) - {"sys"}
    assert len(names) >= 5
    for name in names:
        (bag / f"{name}.py").write_text(PLANTED)
    return names


def test_a_module_beside_the_verifier_is_not_loaded_but_found(bag):
    names = _plant(bag, bag / "verify.py")

    told = _in_place(bag / "verify.py")

    assert told.returncode == 1, told.stdout + told.stderr
    assert "VERDICT: BAD" in told.stdout
    for name in names:
        assert f"{name}.py" in told.stdout


def test_a_module_beside_the_maker_of_keys_is_not_loaded(bag):
    _plant(bag, bag / "recover.py")

    told = _in_place(bag / "recover.py", input="0000-0000\n")

    assert told.returncode != 0, told.stdout + told.stderr
    assert "VERDICT" not in told.stdout
