"""What a case can be: its states, roles, sides and outcomes, and what to ask before taking one."""

from __future__ import annotations

from types import MappingProxyType

from caseflow.kernel.words import InLanguages

CASE_STATES = MappingProxyType(
    {
        "open": InLanguages("Open", "Ведется", "Жүргізілуде"),
        "closed": InLanguages("Closed", "Закрыто", "Жабылды"),
    }
)

# How many may read a case does not change with its confidentiality; how far it is spoken of does.
CONFIDENTIALITY = MappingProxyType(
    {
        "normal": InLanguages(
            "Normal: the team and coordinators",
            "Обычная: команда дела и координаторы",
            "Қалыпты: іс тобы мен үйлестірушілер",
        ),
        "restricted": InLanguages(
            "Restricted: nothing outside the team without the lead's word",
            "Ограниченная: за пределы команды только с согласия ведущего",
            "Шектеулі: топтан тысқары тек жетекшінің келісімімен",
        ),
        "strict": InLanguages(
            "Strict: minors, sexual violence, people at risk",
            "Строгая: несовершеннолетние, сексуальное насилие, люди под угрозой",
            "Қатаң: кәмелетке толмағандар, жыныстық зорлық-зомбылық, қауіптегі адамдар",
        ),
    }
)

COUNSEL_ROLES = MappingProxyType(
    {
        "lead": InLanguages("Lead counsel", "Ведущий адвокат или юрист", "Жетекші адвокат немесе заңгер"),
        "co_counsel": InLanguages("Co-counsel", "Второй адвокат или юрист", "Екінші адвокат немесе заңгер"),
        "local": InLanguages("Local counsel", "Местный адвокат или юрист", "Жергілікті адвокат немесе заңгер"),
        "monitor": InLanguages("Follows the case", "Наблюдает за делом", "Істі бақылайды"),
    }
)

MANDATE_KINDS = MappingProxyType(
    {
        "power_of_attorney": InLanguages("Power of attorney", "Доверенность", "Сенімхат"),
        "notice": InLanguages(
            "Advocate's written notice of defence (representation)",
            "Письменное уведомление о защите (представительстве)",
            "Қорғау (өкілдік ету) туралы жазбаша хабарлама",
        ),
        "agreement": InLanguages(
            "Agreement on legal aid", "Договор об оказании юридической помощи", "Заң көмегін көрсету туралы шарт"
        ),
        "appointment": InLanguages("Appointed by the State", "Назначение от государства", "Мемлекет тағайындауы"),
        "authority": InLanguages(
            "Authority to act before a UN body",
            "Полномочие на представительство в органе ООН",
            "БҰҰ органында өкілдік ету өкілеттігі",
        ),
    }
)

PARTY_SIDES = MappingProxyType(
    {
        "client": InLanguages("Client", "Клиент", "Клиент"),
        "opposing": InLanguages("Opposing party", "Противная сторона", "Қарсы тарап"),
        "third": InLanguages("Third party", "Третье лицо", "Үшінші тұлға"),
    }
)

PARTY_KINDS = MappingProxyType(
    {
        "individual": InLanguages("Individual", "Физическое лицо", "Жеке тұлға"),
        "body": InLanguages("Organisation or authority", "Организация или орган", "Ұйым немесе орган"),
    }
)

# What a coordinator decides about a possible conflict, and what is shown of a name until she has.
CONFLICT_VERDICTS = MappingProxyType(
    {
        "another": InLanguages("Somebody else of this name", "Другое лицо с тем же именем", "Аттас басқа адам"),
        "no_conflict": InLanguages(
            "The same, but no conflict", "То же лицо, но конфликта нет", "Сол адам, бірақ қайшылық жоқ"
        ),
        "consented": InLanguages(
            "A conflict; those concerned were told and agreed",
            "Конфликт; затронутые лица извещены и согласны",
            "Қайшылық бар; мүдделі тұлғалар хабардар және келіседі",
        ),
        "screened": InLanguages(
            "A conflict; the people concerned are kept apart",
            "Конфликт; причастные сотрудники разведены",
            "Қайшылық бар; қатысты қызметкерлер бөлек жұмыс істейді",
        ),
        "conflict": InLanguages(
            "A conflict: this may not go on as it is",
            "Конфликт: так продолжать нельзя",
            "Қайшылық: осылай жалғастыруға болмайды",
        ),
    }
)
CONFLICT_STATES = MappingProxyType(
    {
        "waiting": InLanguages(
            "waits until a coordinator is here", "ждёт, пока войдёт координатор", "үйлестіруші кіргенше күтеді"
        ),
        "clear": InLanguages("no conflict found", "конфликт не найден", "қайшылық табылмады"),
        "possible": InLanguages(
            "possible conflict, ask the coordinator",
            "возможен конфликт, спросите координатора",
            "қайшылық болуы мүмкін, үйлестірушіден сұраңыз",
        ),
        "resolved": InLanguages("resolved", "решено", "шешілді"),
    }
)
CONFLICT_TONES = MappingProxyType({"waiting": "neutral", "clear": "ok", "possible": "warn", "resolved": "info"})

CASE_OUTCOMES = MappingProxyType(
    {
        "won": InLanguages("Won", "Выиграно", "Ұтты"),
        "partly_won": InLanguages("Partly won", "Выиграно частично", "Ішінара ұтты"),
        "lost": InLanguages("Lost", "Проиграно", "Ұтылды"),
        "settled": InLanguages("Settled", "Окончено соглашением сторон", "Тараптардың келісімімен аяқталды"),
        "withdrawn": InLanguages("Withdrawn by the client", "Отозвано клиентом", "Клиент кері қайтарып алды"),
        "joined": InLanguages("Joined into another case", "Присоединено к другому делу", "Басқа іске біріктірілді"),
        "not_taken": InLanguages("Not taken to court", "Не доведено до суда", "Сотқа жеткізілмеді"),
        "handed_over": InLanguages(
            "Handed over to others", "Передано другой организации или адвокату", "Басқа ұйымға немесе адвокатқа берілді"
        ),
    }
)

CASE_LINKS = MappingProxyType(
    {
        "related": InLanguages("related to", "связано с", "байланысты"),
        "same_client": InLanguages("same client as", "тот же клиент, что в", "клиенті бірдей"),
        "same_issue": InLanguages("same legal issue as", "тот же правовой вопрос, что в", "құқықтық мәселесі бірдей"),
        "same_facts": InLanguages("same facts as", "те же факты, что в", "фактілері бірдей"),
        "parallel": InLanguages("runs elsewhere at the same time as", "параллельно с", "қатар жүретін іс"),
        "follows": InLanguages("continues", "продолжает", "жалғасы"),
    }
)
# Made by the acts of joining and severing, never chosen.
CASE_MOVES = MappingProxyType(
    {
        "joined_into": InLanguages("joined into", "присоединено к", "біріктірілген іс"),
        "severed_from": InLanguages("severed from", "выделено из", "бөліп шығарылған іс"),
    }
)
ALL_CASE_LINKS = MappingProxyType({**CASE_LINKS, **CASE_MOVES})
# The same link seen from the other case.
LINKS_BACK = MappingProxyType(
    {
        **CASE_LINKS,
        "follows": InLanguages("continued by", "продолжено в", "жалғасқан іс"),
        "joined_into": InLanguages("took in", "включило в себя", "қосып алған іс"),
        "severed_from": InLanguages("gave rise to", "из него выделено", "одан бөлінген іс"),
    }
)

DIRECTIONS = MappingProxyType(
    {"in": InLanguages("Received", "Получено", "Келген"), "out": InLanguages("Sent", "Отправлено", "Жіберілген")}
)
MEDIA = MappingProxyType(
    {
        "letter": InLanguages("Letter", "Письмо", "Хат"),
        "e_mail": InLanguages("E-mail", "Электронное письмо", "Электрондық хат"),
        "portal": InLanguages("Portal of a court or authority", "Портал суда или органа", "Сот немесе орган порталы"),
        "call": InLanguages("Call", "Звонок", "Қоңырау"),
        "meeting": InLanguages("Meeting", "Встреча", "Кездесу"),
        "by_hand": InLanguages("Handed over", "Вручено лично", "Қолма-қол берілген"),
    }
)

NOTE_KINDS = MappingProxyType(
    {
        "internal": InLanguages("Internal", "Внутренняя", "Ішкі"),
        "privileged": InLanguages("Privileged: between lawyer and client", "Адвокатская тайна", "Адвокаттық құпия"),
    }
)

SELECTION_DECISIONS = MappingProxyType(
    {
        "taken": InLanguages("The case is taken", "Дело берём", "Іс алынады"),
        "later": InLanguages("Not yet", "Пока нет", "Әзірге жоқ"),
        "refused": InLanguages("The case is not taken", "Дело не берём", "Іс алынбайды"),
    }
)

# Asked before a case is taken; each is answered in words, not ticked.
SELECTION = MappingProxyType(
    {
        "facts": InLanguages(
            "Are the facts clear and undisputed where it matters?",
            "Ясны ли факты и бесспорны ли они в главном?",
            "Фактілер анық па, ең маңыздысы даусыз ба?",
        ),
        "client": InLanguages(
            "Is the client willing, and informed of how long it takes and what it may bring upon her?",
            "Готов ли клиент и знает ли он, сколько это длится и чем это может для него обернуться?",
            "Клиент дайын ба, істің қанша уақытқа созылатынын және оған не әкелуі мүмкін екенін біле ме?",
        ),
        "evidence": InLanguages(
            "Is there evidence, and can it be kept?",
            "Есть ли доказательства и можно ли их сохранить?",
            "Дәлелдемелер бар ма, оларды сақтауға бола ма?",
        ),
        "exhaustion": InLanguages(
            "Which domestic remedies are to be exhausted, and by when?",
            "Какие внутренние средства правовой защиты нужно исчерпать и к какому сроку?",
            "Ішкі құқықтық қорғаудың қандай құралдарын және қай мерзімге дейін сарқу керек?",
        ),
        "coalition": InLanguages(
            "Who else works for the same change?",
            "Кто еще добивается тех же перемен?",
            "Осы өзгеріске тағы кім ұмтылады?",
        ),
        "costs": InLanguages(
            "Who pays, and what if the case is lost?",
            "Кто платит и что будет, если дело проиграно?",
            "Шығынды кім төлейді, іс ұтылса не болады?",
        ),
        "safety": InLanguages(
            "Is the client safe, and her family, and the team?",
            "В безопасности ли клиент, его семья и команда?",
            "Клиент, оның отбасы және іс тобы қауіпсіз бе?",
        ),
        "exit": InLanguages(
            "How does the case end if it must end early?",
            "Как завершить дело, если придется завершить его раньше?",
            "Ерте аяқтауға тура келсе, істі қалай аяқтау керек?",
        ),
    }
)


KEPT_YEARS = 5  # proposed when a case is closed; the network's own rules may say another day


def reference(year: int, number: int) -> str:
    """Return the reference of a case: `CF-2026-0012`."""
    return f"CF-{year}-{number:04d}"


def state_tone(state: str) -> str:
    """Return the tone in which a state of a case is shown."""
    return {"open": "info"}.get(state, "neutral")
