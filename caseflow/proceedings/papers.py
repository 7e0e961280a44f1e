"""The papers of a proceeding: which way they went, what they were, how they travelled."""

from __future__ import annotations

from types import MappingProxyType

from caseflow.kernel.words import InLanguages

DIRECTIONS = MappingProxyType(
    {
        "out": InLanguages("Filed by us", "Подано нами", "Біз тапсырдық"),
        "in": InLanguages("Received", "Получено", "Алынды"),
    }
)
KINDS = MappingProxyType(
    {
        "complaint": InLanguages("Complaint", "Жалоба", "Шағым"),
        "claim": InLanguages("Claim", "Иск", "Талап қою"),
        "motion": InLanguages("Motion", "Ходатайство", "Өтінішхат"),
        "appeal": InLanguages("Appeal", "Апелляционная жалоба", "Апелляциялық шағым"),
        "cassation": InLanguages("Cassation complaint", "Кассационная жалоба", "Кассациялық шағым"),
        "objection": InLanguages("Objection", "Возражение", "Қарсылық"),
        "observations": InLanguages("Observations", "Замечания", "Ескертпелер"),
        "communication": InLanguages(
            "Communication to a treaty body", "Сообщение в договорный орган", "Шарттық органға хабарлама"
        ),
        "amicus": InLanguages("Amicus brief", "Заключение amicus curiae", "Amicus curiae қорытындысы"),
        "expert_opinion": InLanguages("Expert opinion", "Заключение эксперта", "Сарапшының қорытындысы"),
        "letter": InLanguages("Letter", "Письмо", "Хат"),
        "reply": InLanguages("Reply", "Ответ", "Жауап"),
        "other": InLanguages("Other paper", "Другой документ", "Басқа құжат"),
    }
)
WAYS = MappingProxyType(
    {
        "court_cabinet": InLanguages("Online, Court Cabinet", "Онлайн, «Судебный кабинет»", "Онлайн, «Сот кабинеті»"),
        "e_otinish": InLanguages("Online, eOtinish", "Онлайн, eOtinish", "Онлайн, eOtinish"),
        "in_person": InLanguages("In person", "Лично", "Өзі келіп"),
        "post": InLanguages("By post", "Почтой", "Пошта арқылы"),
        "email": InLanguages("By e-mail", "По электронной почте", "Электрондық поштамен"),
        "through_custody": InLanguages(
            "Through the place of custody", "Через администрацию места содержания", "Ұстау орнының әкімшілігі арқылы"
        ),
        "in_hearing": InLanguages("In the hearing", "В заседании", "Отырыста"),
        "other": InLanguages("Another way", "Иным способом", "Басқа жолмен"),
    }
)
