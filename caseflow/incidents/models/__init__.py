"""The rows of incidents."""

from caseflow.incidents.models.facts import (
    Act,
    Checklist,
    Consent,
    ConsentWithdrawal,
    Incident,
    IncidentRelation,
    Intervention,
    Involvement,
    Judgement,
    NetworkTerm,
    Person,
    Risk,
    Source,
)
from caseflow.incidents.models.review import HandOver, Message, Move, Notice, Referral, Reply

__all__ = [
    "Act",
    "Checklist",
    "Consent",
    "ConsentWithdrawal",
    "HandOver",
    "Incident",
    "IncidentRelation",
    "Intervention",
    "Involvement",
    "Judgement",
    "Message",
    "Move",
    "NetworkTerm",
    "Notice",
    "Person",
    "Referral",
    "Reply",
    "Risk",
    "Source",
]
