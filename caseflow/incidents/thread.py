"""Questions to the documenter and her answers: which answer belongs to which question, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass

from caseflow.incidents.models import Incident, Message


@dataclass(frozen=True)
class Exchange:
    """One question, and its answer once there is one."""

    question: Message
    answer: Message | None


def exchanges(incident: Incident) -> list[Exchange]:
    """Return what was asked on `incident`, the oldest first, each with its answer."""
    said = {message.id: message for message in incident.messages}
    answers = {reply.question_id: said.get(reply.answer_id) for reply in incident.replies}
    return [Exchange(message, answers.get(message.id)) for message in incident.messages if message.kind == "question"]


def unanswered(incident: Incident) -> list[Message]:
    """Return the questions that wait for an answer, the oldest first."""
    return [one.question for one in exchanges(incident) if one.answer is None]
