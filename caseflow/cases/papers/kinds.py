"""What each paper asks, and what it says, in three languages.

Sources: Civil Code of Kazakhstan art. 167 (power of attorney); Criminal Procedure Code of 04.07.2014, edition of 16.09.2025,
art. 106 (complaint to the investigating judge) and ch. 48 (appeal); the model complaint form of OHCHR and the heading of its
decisions. Not legal advice: a lawyer answers for what she files.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from caseflow.kernel.words import InLanguages as L


@dataclass(frozen=True)
class Field:
    """One thing a paper asks: a `line`, a `text` or a `day`."""

    name: str
    kind: str
    label: L
    needed: bool = True
    default: L | None = None


@dataclass(frozen=True)
class Block:
    """One part of a paper: `to`, `title`, `p`, `list` (one item a line), `facts` (label and value), `sign`.

    In `words` a name in braces is replaced by what was typed; a block of which everything asked is empty is left out.
    """

    kind: str
    words: L
    label: L | None = None


@dataclass(frozen=True)
class Kind:
    """A paper: its name, what it asks in order, what it says in order."""

    code: str
    label: L
    fields: tuple[Field, ...]
    blocks: tuple[Block, ...]


def _same(text: str) -> L:
    return L(text, text, text)


_CASE_NUMBER = Field("number", "line", L("Case number", "Номер дела", "Іс нөмірі"), needed=False)
_ENCLOSED = Field(
    "enclosed",
    "text",
    L("Enclosed, one a line", "Приложения, по одному в строке", "Қосымшалар, әр жолда біреуі"),
    needed=False,
)
_ON = Field("on", "day", L("Date of the paper", "Дата документа", "Құжат күні"))
_SIGNER = Field("signer", "line", L("Who signs", "Кто подписывает", "Кім қол қояды"))
_SIGNED = Block("sign", L("{on}\n{signer}", "{on}\n{signer}", "{on}\n{signer}"))
_LIST_OF_ENCLOSED = Block("list", _same("{enclosed}"), L("Enclosed:", "Приложения:", "Қосымшалар:"))

POWER = Kind(
    "power_of_attorney",
    L("Power of attorney", "Доверенность", "Сенімхат"),
    (
        Field("place", "line", L("Place", "Место выдачи", "Берілген жері")),
        _ON,
        Field("principal", "line", L("Who gives it", "Доверитель", "Сенім білдіруші")),
        Field("principal_id", "line", L("Her IIN or document, address", "ИИН или документ, адрес доверителя", "ЖСН немесе құжаты, мекенжайы"), needed=False),
        Field("attorney", "line", L("To whom", "Поверенный", "Сенім білдірілген адам")),
        Field("attorney_id", "line", L("Her IIN, licence, address", "ИИН, лицензия, адрес поверенного", "ЖСН, лицензиясы, мекенжайы"), needed=False),
        Field(
            "powers", "text", L("What she may do, one a line", "Полномочия, по одному в строке", "Өкілеттіктері, әр жолда біреуі"),
            default=L(
                "act in all courts, law-enforcement and State bodies of the Republic of Kazakhstan\nsign and file statements, complaints, motions and appeals, and withdraw them\n"
                "read the file and make extracts and copies\nreceive decisions and other documents\nsubmit communications to treaty bodies and special procedures of the United Nations and act before them",
                "представлять мои интересы во всех судах, правоохранительных и иных государственных органах Республики Казахстан\nподписывать и подавать заявления, жалобы, ходатайства, апелляционные и кассационные жалобы и отзывать их\n"
                "знакомиться с материалами дела, делать выписки и снимать копии\nполучать решения и иные документы\nобращаться в договорные органы и специальные процедуры Организации Объединённых Наций и действовать в них от моего имени",
                "Қазақстан Республикасының барлық соттарында, құқық қорғау және өзге де мемлекеттік органдарында мүддемді білдіру\nөтініштерге, шағымдарға, өтінішхаттарға, апелляциялық және кассациялық шағымдарға қол қою, оларды беру және кері қайтарып алу\n"
                "іс материалдарымен танысу, үзінді жасау және көшірме алу\nшешімдер мен өзге құжаттарды алу\nБіріккен Ұлттар Ұйымының шарттық органдары мен арнайы рәсімдеріне жүгіну және оларда менің атымнан әрекет ету",
            ),
        ),
        Field("until", "day", L("Valid until", "Действует до", "Жарамды мерзімі"), needed=False),
        Field("may_delegate", "line", L("Sub-delegation", "Передоверие", "Қайта сенім білдіру"), default=L("without the right to delegate", "без права передоверия", "қайта сенім білдіру құқығынсыз")),
    ),
    (
        Block("title", L("Power of attorney", "Доверенность", "Сенімхат")),
        Block("p", _same("{place}, {on}")),
        Block("p", L("I, {principal}", "Я, {principal}", "Мен, {principal}")),
        Block("p", _same("{principal_id}")),
        Block("p", L("by this power of attorney authorise {attorney}", "настоящей доверенностью уполномочиваю: {attorney}", "осы сенімхатпен мына адамға уәкілдік беремін: {attorney}")),
        Block("p", _same("{attorney_id}")),
        Block("list", _same("{powers}"), L("to:", "совершать следующие действия:", "мынадай әрекеттер жасауға:")),
        Block("p", L("The power of attorney is valid until {until}.", "Доверенность действительна до {until}.", "Сенімхат {until} дейін жарамды.")),
        Block("p", L("It is given {may_delegate}.", "Доверенность выдана {may_delegate}.", "Сенімхат {may_delegate} берілді.")),
        Block("sign", _same("{on}\n{principal}")),
    ),
)  # fmt: skip

APPEAL = Kind(
    "appeal",
    L("Appeal", "Апелляционная жалоба", "Апелляциялық шағым"),
    (
        Field("court", "line", L("To which court", "В какой суд", "Қай сотқа")),
        Field("through", "line", L("Through which court", "Через какой суд", "Қай сот арқылы"), needed=False),
        _CASE_NUMBER,
        Field("person", "line", L("Whose appeal it is", "Чья жалоба", "Кімнің шағымы")),
        Field("capacity", "line", L("In which capacity", "Процессуальное положение", "Іс жүргізу мәртебесі")),
        Field("decision", "line", L("Against what: decision and court", "Что обжалуется: решение и суд", "Не шағымдалады: шешім және сот")),
        Field("decided_on", "day", L("Of which day", "От какого числа", "Қай күнгі")),
        Field("served_on", "day", L("Served on", "Вручено", "Тапсырылған күні"), needed=False),
        Field("decided", "text", L("What was decided", "Что решил суд", "Сот не шешті")),
        Field("grounds", "text", L("Grounds, one a line", "Доводы, по одному в строке", "Уәждер, әр жолда біреуі")),
        Field("norms", "line", L("Norms relied on", "Нормы", "Нормалар"), needed=False),
        Field("requests", "text", L("What is asked, one a line", "Просьба, по одной в строке", "Өтініш, әр жолда біреуі"),
              default=L("annul the decision", "отменить обжалуемое решение", "шағымдалған шешімнің күшін жою")),
        _ENCLOSED, _ON, _SIGNER,
    ),
    (
        Block("to", L("{court}\n{through}", "{court}\n{through}", "{court}\n{through}")),
        Block("to", L("from {person}\n{capacity}", "от {person}\n{capacity}", "{person}\n{capacity}")),
        Block("to", L("Case No. {number}", "Дело № {number}", "№ {number} іс")),
        Block("title", L("Appeal", "Апелляционная жалоба", "Апелляциялық шағым")),
        Block("p", L("against {decision} of {decided_on}", "на {decision} от {decided_on}", "{decision}, {decided_on}")),
        Block("p", L("A copy was served on {served_on}.", "Копия вручена {served_on}.", "Көшірмесі {served_on} тапсырылды.")),
        Block("p", _same("{decided}")),
        Block("list", _same("{grounds}"), L("I do not agree with the decision, for these reasons:", "С решением не согласен(на) по следующим основаниям:", "Мына негіздер бойынша шешіммен келіспеймін:")),
        Block("p", L("Norms relied on: {norms}.", "Нормы: {norms}.", "Нормалар: {norms}.")),
        Block("list", _same("{requests}"), L("I ask the court to:", "Прошу суд:", "Соттан сұраймын:")),
        _LIST_OF_ENCLOSED, _SIGNED,
    ),
)  # fmt: skip

COMPLAINT = Kind(
    "complaint_106",
    L("Complaint to the investigating judge (CPC art. 106)", "Жалоба следственному судье (ст. 106 УПК)", "Тергеу судьясына шағым (ҚПК 106-бап)"),
    (
        Field("court", "line", L("To which court", "В какой суд", "Қай сотқа")),
        _CASE_NUMBER,
        Field("person", "line", L("Who complains", "Заявитель", "Шағымданушы")),
        Field("capacity", "line", L("In which capacity, contacts", "Положение, контакты", "Мәртебесі, байланысы")),
        Field("body", "line", L("Of whose act or omission: body and official", "На чьи действия: орган и должностное лицо", "Кімнің әрекетіне: орган және лауазымды адам")),
        Field("act", "text", L("What is contested: act, omission or decision, and its date", "Что обжалуется: действие, бездействие или решение, дата", "Не шағымдалады: әрекет, әрекетсіздік немесе шешім, күні")),
        Field("learned_on", "day", L("Learned of it on", "Стало известно", "Білген күні")),
        Field("prosecutor", "text", L("Complaint to the prosecutor: when, and the answer", "Жалоба прокурору: когда и каков ответ", "Прокурорға шағым: қашан және жауабы"), needed=False),
        Field("facts", "text", L("Facts", "Обстоятельства", "Мән-жайлар")),
        Field("rights", "text", L("Rights and norms that were violated, one a line", "Нарушенные права и нормы, по одной в строке", "Бұзылған құқықтар мен нормалар, әр жолда біреуі")),
        Field("requests", "text", L("What is asked, one a line", "Просьба, по одной в строке", "Өтініш, әр жолда біреуі"),
              default=L(
                  "find the act (omission, decision) unlawful\noblige the prosecutor to remedy the violation",
                  "признать действие (бездействие, решение) незаконным\nобязать прокурора устранить допущенное нарушение",
                  "әрекетті (әрекетсіздікті, шешімді) заңсыз деп тану\nжол берілген бұзушылықты жоюды прокурорға міндеттеу",
              )),
        _ENCLOSED, _ON, _SIGNER,
    ),
    (
        Block("to", L("Investigating judge\n{court}", "Следственному судье\n{court}", "Тергеу судьясына\n{court}")),
        Block("to", L("from {person}\n{capacity}", "от {person}\n{capacity}", "{person}\n{capacity}")),
        Block("to", L("Pre-trial investigation No. {number}", "Досудебное расследование № {number}", "№ {number} сотқа дейінгі тергеп-тексеру")),
        Block("title", L("Complaint under article 106 of the Criminal Procedure Code", "Жалоба в порядке статьи 106 Уголовно-процессуального кодекса", "Қылмыстық-процестік кодекстің 106-бабы тәртібімен шағым")),
        Block("p", L("I complain of {body}.", "Обжалую действия (бездействие, решение): {body}.", "Шағым жасалатын орган, лауазымды адам: {body}.")),
        Block("p", _same("{act}")),
        Block("p", L("I learned of it on {learned_on}.", "Мне стало известно об этом {learned_on}.", "Бұл туралы {learned_on} білдім.")),
        Block("p", _same("{prosecutor}")),
        Block("p", _same("{facts}")),
        Block("list", _same("{rights}"), L("Violated were:", "Нарушены:", "Бұзылғаны:")),
        Block("p", L(
            "Under article 106(7) it is for the official to show that the contested act is lawful.",
            "Согласно части 7 статьи 106 обязанность доказать законность обжалуемого возлагается на должностное лицо.",
            "106-баптың 7-бөлігіне сәйкес шағымдалған әрекеттің заңдылығын дәлелдеу лауазымды адамға жүктеледі.",
        )),
        Block("list", _same("{requests}"), L("On the ground of article 106 I ask to:", "На основании статьи 106 прошу:", "106-бап негізінде сұраймын:")),
        _LIST_OF_ENCLOSED, _SIGNED,
    ),
)  # fmt: skip


def _line(name: str, label: L, *, needed: bool = False, default: L | None = None) -> Field:
    return Field(name, "line", label, needed=needed, default=default)


# The fields in the heading of OHCHR's decisions, which the model form asks for, too.
_HEADING = (
    _line("committee", L("Committee", "Комитет", "Комитет"), needed=True,
          default=L("Human Rights Committee", "Комитет по правам человека", "Адам құқықтары жөніндегі комитет")),
    _line("submitted_by", L("Submitted by", "Сообщение представлено", "Хабарламаны ұсынған"), needed=True),
    _line("represented_by", L("Represented by counsel", "Представлено адвокатом", "Адвокат арқылы ұсынылған")),
    _line("victim", L("Alleged victim", "Предполагаемая жертва", "Болжамды жәбірленуші"), needed=True),
    _line("state", L("State party", "Государство-участник", "Қатысушы мемлекет"), needed=True,
          default=L("Kazakhstan", "Казахстан", "Қазақстан")),
    Field("on", "day", L("Date of communication", "Дата сообщения", "Хабарлама күні")),
    _line("subject", L("Subject matter", "Тема сообщения", "Хабарлама тақырыбы"), needed=True),
    _line("procedural", L("Procedural issues", "Процедурные вопросы", "Рәсімдік мәселелер")),
    _line("substantive", L("Substantive issues", "Вопросы существа", "Мәні бойынша мәселелер"), needed=True),
    _line("articles", L("Articles of the treaty", "Статьи договора", "Шарт баптары"), needed=True),
    _line("protocol", L("Articles of the Optional Protocol", "Статьи Факультативного протокола", "Факультативтік хаттама баптары")),
    _line("remedies", L("Domestic remedies exhausted", "Исчерпанные внутренние средства", "Сарқылған ішкі құралдар")),
    _line("elsewhere", L("The same matter elsewhere", "Тот же вопрос в других процедурах", "Сол мәселе басқа рәсімдерде"),
          default=L("not submitted to another international procedure", "не представлялся в другие международные процедуры", "басқа халықаралық рәсімге ұсынылмаған")),
    _line("identity", L("Identity of the author", "Личность автора", "Автордың жеке басы"),
          default=L("may be disclosed to the State party", "может быть раскрыта государству-участнику", "қатысушы мемлекетке ашылуы мүмкін")),
)  # fmt: skip

UN_COVER = Kind(
    "un_cover",
    L("Cover of a communication to a UN body", "Титульный лист сообщения в орган ООН", "БҰҰ органына хабарламаның титул парағы"),
    (*_HEADING, _ENCLOSED, _SIGNER),
    (
        Block("to", L(
            "Petitions and Urgent Actions Section\nOffice of the United Nations High Commissioner for Human Rights\n1211 Geneva 10, Switzerland",
            "Секция петиций и неотложных действий\nУправление Верховного комиссара ООН по правам человека\n1211 Женева 10, Швейцария",
            "Өтініштер және шұғыл әрекеттер секциясы\nБҰҰ Адам құқықтары жөніндегі Жоғарғы комиссарының басқармасы\n1211 Женева 10, Швейцария",
        )),
        Block("title", L("Communication to the {committee}", "Сообщение: {committee}", "Хабарлама: {committee}")),
        *(Block("facts", _same(f"{{{field.name}}}"), field.label) for field in _HEADING if field.name != "committee"),
        _LIST_OF_ENCLOSED, _SIGNED,
    ),
)  # fmt: skip

KINDS = MappingProxyType({kind.code: kind for kind in (POWER, APPEAL, COMPLAINT, UN_COVER)})
