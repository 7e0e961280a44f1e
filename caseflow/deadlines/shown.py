"""A deadline as a page draws it: its day, its name, why it is that day, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from caseflow.access import deadlines as policy
from caseflow.access.actor import Actor
from caseflow.cases.models import Case
from caseflow.deadlines import rules
from caseflow.deadlines.models import Deadline
from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.web.words import date_label, language

STATES = {
    "proposed": (N_("to be confirmed"), "warn"),
    "confirmed": (N_("confirmed"), "info"),
    "met": (N_("met"), "ok"),
    "declined": (N_("does not run"), "neutral"),
}
KINDS = {
    "party": N_("Ours to keep"),
    "authority": N_("The authority's to keep"),
    "own_duty": N_("Our duty"),
}


@dataclass(frozen=True)
class Shown:
    """One deadline, ready for a template."""

    row: Deadline
    title: str
    forum: str
    kind: str
    why: str
    state: str
    tone: str
    soft: bool
    verified: bool
    moved: bool
    may_decide: str | None
    may_meet: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether it still runs."""
        return self.row.state in ("proposed", "confirmed")


def shown(actor: Actor, case: Case, deadline: Deadline) -> Shown:
    """Return `deadline` of `case` in the reader's language; nothing is opened and nothing asked of the database."""
    lang = language()
    state, tone = STATES[deadline.state]
    try:
        rule = rules.rule(deadline.rule)
        title, forum, kind = rule.title.to(lang), rule.forum.to(lang), str(_(KINDS.get(rule.kind, rule.kind)))
        soft, verified = rule.soft, rule.is_verified
    except rules.UnknownRule:
        title, forum, kind, soft, verified = deadline.rule, "", "", False, False
    return Shown(
        row=deadline,
        title=title,
        forum=forum,
        kind=kind,
        why=_why(deadline, lang),
        state=str(_(state)),
        tone=tone,
        soft=soft,
        verified=verified,
        moved=deadline.last_day != deadline.counted_last_day,
        may_decide=policy.may_decide(actor, case, deadline),
        may_meet=policy.may_meet(actor, case, deadline),
    )


def _why(deadline: Deadline, lang: str) -> str:
    try:
        words = rules.explain(deadline.rule, deadline.trigger_on, lang)
        again = rules.last_day(deadline.rule, deadline.trigger_on)
    except RuleBroken:
        words, again = str(_("The rule it was counted by is no longer in the table.")), deadline.counted_last_day
    if again != deadline.counted_last_day:
        # The rule or the calendar was corrected after this deadline was counted: what was promised stays, and is said.
        words += " " + _(
            "When it was proposed, the rule and calendar of that day gave %(date)s.",
            date=date_label(deadline.counted_last_day, "long"),
        )
    if deadline.last_day != deadline.counted_last_day:
        words += " " + _("The team has set %(date)s instead.", date=date_label(deadline.last_day, "long"))
    return words
