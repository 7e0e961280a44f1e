"""How tests make an export through the page, unpack it, look at it and break it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from caseflow.access.actor import Actor
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


def list_anew(bag: Path, *, all_of_it: bool = False) -> None:
    """Write both manifests as somebody would who changed a file and wants nobody to see it.

    With `all_of_it` whatever lies below data/ is listed, and counted.
    """
    if all_of_it:
        payload = sorted(path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file())
        (bag / "manifest-sha256.txt").write_text("".join(f"{'0' * 64}  {one}\n" for one in payload))
        size = sum((bag / one).stat().st_size for one in payload)
        info = (bag / "bag-info.txt").read_text()
        (bag / "bag-info.txt").write_text(re.sub(r"(?<=Oxum: ).*", f"{size}.{len(payload)}", info))
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        listed = [line.split("  ", 1)[1] for line in (bag / name).read_text().splitlines()]
        lines = [
            f"{hashlib.sha256((bag / one).read_bytes()).hexdigest()}  {one}\n" for one in listed if (bag / one).exists()
        ]
        (bag / name).write_text("".join(lines))


def sign_anew(bag: Path, by: Actor) -> None:
    """List whatever lies there and sign it, as only a member can who makes an export: with her own true key."""
    list_anew(bag, all_of_it=True)
    signature = by.ring.sign(hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).digest(), purpose="export")
    signed = {"v": 1, "member": by.member_id, "signature": signature.hex()}
    (bag / "signature.json").write_text(json.dumps(signed))


def copy(bag: Path, folder: Path) -> Path:
    """Return a copy of a bag that may be broken."""
    target = folder / "copy"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(bag, target)
    return target
