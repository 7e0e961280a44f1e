"""What waits on every desk: what was typed and not sent."""

from __future__ import annotations

from caseflow.access.actor import Actor
from caseflow.entrance import kept
from caseflow.kernel.words import N_
from caseflow.web.navigation import Panel, panel


@panel("desk", order=5)
def typed_and_not_sent(_row: None, actor: Actor) -> Panel | None:
    """Show what the reader typed and did not send, wherever it was."""
    typed = kept.waiting(actor)
    return Panel("typed", N_("Typed and not sent"), "entrance/typed_panel.html", {"typed": typed}) if typed else None
