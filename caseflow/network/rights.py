"""Who may do what, as the page and the README print it: the predicates of `access`, seen through who holds which key."""

from __future__ import annotations

from caseflow.access import table
from caseflow.access.actor import Role
from caseflow.keys.rules import Facts, entitled

MARKS = ("<!-- roles -->", "<!-- /roles -->")


def rows() -> list[table.Row]:
    """Return the table of roles and acts."""
    return table.rows(_holds)


def markdown() -> str:
    """Return the table as it stands in the README between `MARKS`."""
    return table.markdown(rows())


def _holds(role: Role, kind: str, own: bool) -> bool:
    """Tell whether a member of `role` holds the safe of a thing of `kind` that is hers, or is not."""
    me, safe, case = table.ME, "s", "c"
    serves = own and role is Role.LAWYER
    facts = Facts(
        able=frozenset({me}),
        coordinators=frozenset({me} if role is Role.COORDINATOR else ()),
        logged={safe: me} if kind == table.INCIDENT and own and role is Role.DOCUMENTER else {},
        counsel={safe if kind == table.CASE else case: frozenset({me})} if serves and kind != table.REVIEW else {},
        cases_of={safe: frozenset({case})} if kind == table.INCIDENT else {},
        scorers={safe: frozenset({me})} if kind == table.REVIEW and own else {},
    )
    return me in entitled(facts, safe)
