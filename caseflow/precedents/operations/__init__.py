"""Acts on precedents: proposing and scoring a decision, publishing it, citing it, filling the library."""

from caseflow.precedents.operations.library import cite, load_public_decisions
from caseflow.precedents.operations.publication import publish, withdraw
from caseflow.precedents.operations.review import counsel_of, invite_scorer, propose, score

__all__ = ["cite", "counsel_of", "invite_scorer", "load_public_decisions", "propose", "publish", "score", "withdraw"]
