"""The README says what is so: the map, the settings, the commands, the roles."""

import re
from dataclasses import fields

import pytest

from caseflow.kernel.settings import Settings
from tests.house.reading import ROOT

CODE = re.compile(r"`([^`]+)`")
SERVER = {"CASEFLOW_WORKERS", "PORT"}
"""What caseflow/gunicorn_conf.py reads."""


def readme() -> str:
    """Return the README."""
    return (ROOT / "README.md").read_text("utf-8")


def table(name: str) -> list[list[str]]:
    """Return the cells of the table between `<!-- name -->` and `<!-- /name -->`, without its head."""
    found = re.search(rf"<!-- {name} -->(.*?)<!-- /{name} -->", readme(), re.DOTALL)
    assert found, f"README.md has no <!-- {name} --> … <!-- /{name} -->"
    rows = [line.strip().strip("|").split("|") for line in found.group(1).splitlines() if line.strip().startswith("|")]
    assert len(rows) > 2, f"the table {name} is empty"
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_map_leads_to_what_exists():
    rows = table("map")
    wrong = [row[0] for row in rows if not CODE.findall(row[-1])]
    assert not wrong, f"no path to open for: {wrong}"
    paths = [path for row in rows for path in CODE.findall(row[-1])]
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing, f"the map leads nowhere: {missing}"


def test_the_settings_table_names_every_setting_and_no_other():
    listed = [CODE.findall(row[0])[0] for row in table("settings")]
    known = {field.metadata["env"] for field in fields(Settings) if "env" in field.metadata}
    assert set(listed) - SERVER == known
    assert len(listed) == len(set(listed))


def test_every_make_command_it_names_exists():
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", readme(), re.DOTALL))
    named = set(re.findall(r"\bmake ([a-z]+)", code))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named
    assert not named - targets, f"no such targets: {named - targets}"


def test_every_file_it_links_to_exists():
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", readme())
    missing = [link for link in links if not (ROOT / link).exists()]
    assert not missing, f"broken links: {missing}"


@pytest.mark.parametrize("role", ["documenter", "lawyer", "coordinator"])
def test_the_roles_are_told_with_their_acts(role):
    found = re.search(r"<!-- roles -->(.*?)<!-- /roles -->", readme(), re.DOTALL)
    assert found, "README.md has no <!-- roles --> … <!-- /roles -->"
    assert role in found.group(1).lower()
