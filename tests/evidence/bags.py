"""How tests make an export through the page, unpack it, look at it and break it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from caseflow.evidence.export import verify
from tests.evidence.sending import Sender
from tests.pages import token

PHRASE = "eleven grey herons over the steppe"


def ask(sender: Sender, path: str, **fields: Any) -> Any:
    """Send the form of an export as a browser does; readable and for the network itself unless `fields` say so."""
    wanted = {"purpose": "inside", "packing": "readable", "csrf_token": token(sender.client, path), **fields}
    return sender.client.post(path, data=wanted)


def unpacked(answer: Any, folder: Path) -> Path:
    """Unpack an export and return its folder."""
    assert answer.status_code == 200, answer.text[:2000]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
        tops = {name.partition("/")[0] for name in packed.namelist()}
    (top,) = tops
    return folder / top


def run(tool: Path, *arguments: str, **given: Any) -> subprocess.CompletedProcess[str]:
    """Run a tool out of a bag with Python alone: no site packages, no environment."""
    command = [sys.executable, "-I", "-S", str(tool), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={}, timeout=60, **given)


def verdicts(path: Path, key: str | None = None) -> set[str]:
    """Return the verdicts of verify.py, in this process."""
    return {one.verdict for one in verify.check(str(path), key)[0]}


def value(bag: Path, name: str) -> Any:
    """Return a JSON file of the bag."""
    return json.loads((bag / name).read_text())


def events(bag: Path) -> list[dict[str, Any]]:
    """Return the lines of the custody."""
    return [json.loads(line) for line in (bag / "data/ledger/events.jsonl").read_text().splitlines()]


def list_anew(bag: Path) -> None:
    """Write both manifests as somebody would who changed a file and wants nobody to see it."""
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        listed = [line.split("  ", 1)[1] for line in (bag / name).read_text().splitlines()]
        lines = [
            f"{hashlib.sha256((bag / one).read_bytes()).hexdigest()}  {one}\n" for one in listed if (bag / one).exists()
        ]
        (bag / name).write_text("".join(lines))


def copy(bag: Path, folder: Path) -> Path:
    """Return a copy of a bag that may be broken."""
    target = folder / "copy"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(bag, target)
    return target
