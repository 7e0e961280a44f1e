"""What the network reads: an anonymised text, after two people have scored."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from caseflow.access import precedents as policy
from caseflow.access.actor import Actor, demand
from caseflow.kernel.db import db, find, leave_no_trace
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.ledger import operations as ledger
from caseflow.network.names import fold
from caseflow.precedents import queries, rules
from caseflow.precedents.models import Precedent, Review
from caseflow.web.forms import clean

NAMES = N_("The text names somebody from the case or its incidents.")  # whom, only the page says
NAMED = N_(
    "The text names somebody from the case or its incidents: %(names)s. Everybody in the network will read it; "
    "write it so that nobody can be recognised."
)


def publish(
    review: Review, *, title: str, question: str, holding: str, significance: str | None, by: Actor, at: datetime
) -> Precedent:
    """Publish the anonymised text of `review` to the network; from now on it is no secret.

    Raises `RuleBroken` at the field in which a person of the case, its parties or its incidents is named, in any
    script, and at an empty field.
    """
    demand(policy.may_publish(by, review), about=ledger.name_of(review))
    texts = {"title": title, "question": question, "holding": holding, "significance": significance or ""}
    for field in ("title", "question", "holding"):
        if not texts[field].strip():
            raise RuleBroken(N_("Fill this in."), field=field, about=ledger.name_of(review))
    names = queries.names_in_case(by, review.case_id)
    for field, value in texts.items():
        found = names_found(value, names)
        if found:
            raise RuleBroken(named(found), field=field, about=ledger.name_of(review), told=NAMES)
    # The scorers' difference is not averaged away: the network is told the more cautious of their bands.
    cautious = min(rules.score(chosen["values"]).total_percent for chosen in queries.scores_of(by, review).values())
    precedent = Precedent(
        origin="own",
        title=title,
        body=rules.library_body(review.body),
        number=review.reference,
        decided_on=review.decided_on,
        decided_precision="day",
        articles=review.articles,
        outcome=review.outcome,
        question=question,
        holding=holding,
        significance=significance or "",
        words={},
        unconfirmed=[],
        source="",
        band=rules.band(cautious),
        review_id=review.id,
        published_by_id=by.member_id,
        published_at=at,
    )
    review.state = "published"
    db.session.add(precedent)
    db.session.flush()
    ledger.record("precedents.publish", by=by, at=at, about=review, public={"precedent": precedent.id})
    return precedent


def withdraw(precedent: Precedent, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a published precedent of ours back; the reason, which may name who is recognisable in it, is sealed.

    So is what stood there, with it: in the open nothing of the text is kept. Raises `RuleBroken` at `reason` without one.
    """
    demand(policy.may_withdraw(by, precedent), about=ledger.name_of(precedent))
    if not reason.strip():
        raise RuleBroken(N_("Say why."), field="reason", about=ledger.name_of(precedent))
    precedent.withdrawn_at = at
    review = find(Review, precedent.review_id or "", policy.visible_reviews(by))
    stood = {name: getattr(precedent, name) for name in ("title", "question", "holding", "significance")}
    leave_no_trace()
    for name in stood:
        setattr(precedent, name, "")
    details = {"reason": clean(reason), "published": stood}
    ledger.record(
        "precedents.withdraw", by=by, at=at, about=review, public={"precedent": precedent.id}, details=details
    )


def named(found: list[str]) -> str:
    """Return the sentence that lists the names found."""
    from flask_babel import gettext as _

    return str(_(NAMED, names=", ".join(found)))


def names_found(text: str, names: list[str]) -> list[str]:
    """Return those of `names` whose parts (three letters or more) occur in `text` as words, in whatever script."""
    words = set(_words(text))
    found = []
    for name in names:
        parts = [part for part in _words(name) if len(part) >= 3]
        if any(word == part or (len(part) >= 5 and word.startswith(part)) for part in parts for word in words):
            found.append(name)
    return found


def _words(text: str) -> list[str]:
    """Return the folded words: courts write A.S.Akhmetov, and what shows nowhere (a soft hyphen) may stand in a name."""
    seen = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return [fold(word) for word in "".join(sign if _spells(sign) else " " for sign in seen).split()]


def _spells(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN" or sign in "'`\u00b4\u2018\u2019"
