"""The answers of a checklist, as they are read: which question, what was answered, and how far it has come."""

from __future__ import annotations

import json
from dataclasses import dataclass

from caseflow.access.actor import Actor
from caseflow.incidents import rules
from caseflow.incidents.models import Act, Checklist

Answers = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Answered:
    """One checklist about one act: `answers` maps a question to the code of its answer (or '') and a note."""

    kind: rules.ChecklistKind
    answers: Answers

    @property
    def done(self) -> int:
        """Return how many questions have an answer."""
        return sum(1 for question in self.kind.questions if self.answers.get(question.code, ("", ""))[0])

    @property
    def total(self) -> int:
        """Return how many questions there are."""
        return len(self.kind.questions)


def answers_in(row: Checklist, actor: Actor) -> Answers:
    """Return what is sealed in a row."""
    found = json.loads(actor.ring.text(row, "answers"))
    return {question: (answer, note) for question, (answer, note) in found.items()}


def checklists_of(act: Act, actor: Actor) -> list[Answered]:
    """Return the checklists that fit an act, and those that were filled in about it."""
    rows = {row.kind: row for row in act.checklists}
    fitting = {one.code for one in rules.checklists_for(act.kind)}
    return [
        Answered(kind, answers_in(rows[kind.code], actor) if kind.code in rows else {})
        for kind in rules.checklists().values()
        if kind.code in fitting or kind.code in rows
    ]
