"""The other side: one look into one file, in a process of its own that ends with it.

It is started as `python -I child.py <what it may>`, finds the file's bytes behind an open handle, and prints one JSON
object. What goes wrong is said by a code, never with words from the file.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

LOOKS = {
    "picture": ("pictures", "preview"),
    "about": ("documents", "about"),
    "text": ("documents", "text"),
    "ocr": ("pictures", "read_letters"),
    "contents": ("archives", "contents"),
    "sound": ("sounds", "sound"),
    "table": ("tables", "table"),
    "clean": ("copies", "clean"),
    "redact": ("copies", "redact"),
    "page": ("copies", "page"),
}
"""What can be asked, and where it is answered; only that is loaded, so that a look begins soon."""
PACKAGE = Path(__file__).resolve().parents[2]


def main() -> None:
    """Raise the walls, look, answer."""
    asked = json.loads(sys.argv[1])
    sys.path.insert(0, str(PACKAGE.parent))
    from caseflow.evidence.examiner import walls

    standing = walls.raise_walls(seconds=asked["seconds"], readable=[str(PACKAGE), *asked["readable"]])
    answer = {"walls": standing, **_looked(asked)}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _looked(asked: dict[str, Any]) -> dict[str, Any]:
    from caseflow.evidence.examiner.given import Given, Refused

    try:
        if asked["part"] == "walls":
            return {}
        place, name = LOOKS[asked["part"]]
        look = getattr(import_module(f"caseflow.evidence.examiner.{place}"), name)
        found: dict[str, Any] = look(
            Given(asked["handle"], asked["media_type"], asked["tools"], asked.get("options") or {})
        )
    except Refused as refusal:
        return {"stopped": refusal.code}
    except MemoryError:
        return {"stopped": "memory"}
    except Exception:  # noqa: BLE001 -- whatever a stranger's file breaks is an answer, and its words stay here
        return {"stopped": "damaged"}
    return found


if __name__ == "__main__":
    main()
