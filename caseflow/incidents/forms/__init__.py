"""What people send about incidents, by what it is about."""

from caseflow.incidents.forms.afterwards import InterventionForm, LinkForm, RiskForm
from caseflow.incidents.forms.checklists import checklist_form
from caseflow.incidents.forms.choices import LANGUAGES, kinds_in_groups
from caseflow.incidents.forms.consent import ConsentForm, ConsentSheetForm, SourceForm, WithdrawalForm
from caseflow.incidents.forms.judging import JudgementForm
from caseflow.incidents.forms.people import ActForm, InvolvementForm, NewActForm, PersonForm
from caseflow.incidents.forms.review import AnswerForm, QuestionForm, ReasonForm, ReferralForm, VerificationForm
from caseflow.incidents.forms.telling import QuickForm, WhatForm, WhereForm

__all__ = [
    "LANGUAGES",
    "ActForm",
    "AnswerForm",
    "ConsentForm",
    "ConsentSheetForm",
    "InterventionForm",
    "InvolvementForm",
    "JudgementForm",
    "LinkForm",
    "NewActForm",
    "PersonForm",
    "QuestionForm",
    "QuickForm",
    "ReasonForm",
    "ReferralForm",
    "RiskForm",
    "SourceForm",
    "VerificationForm",
    "WhatForm",
    "WhereForm",
    "WithdrawalForm",
    "checklist_form",
    "kinds_in_groups",
]
