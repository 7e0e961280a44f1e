"""The steps of the story as the people in it take them: links, forms and buttons of the pages, nothing behind them.

Every step works with and without JavaScript, so each journey is told with the same ones.
"""

from __future__ import annotations

import email
import email.policy
import re
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Response, expect

from caseflow.kernel.clock import today
from tests.fixtures.servers import LiveServer

ZONE = "Asia/Almaty"
Typed = dict[str, "str | list[str] | list[Path] | Path"]


@dataclass
class Words:
    """What people type in the story; a journey that looks for leaks puts strings of its own here."""

    title: str = "A man beaten at the Medeu police station"
    narrative: str = "Two officers took him in the evening and beat him until he signed."
    place: str = "Gornaya street 12, second floor"
    person: str = "Askar Testov"
    pseudonym: str = "Client A"
    contact: str = "Through his sister, never in the evening"
    consequences: str = "Two broken ribs"
    unit: str = "Sergeant Petrenko"
    source: str = "His sister Gulnar"
    witness: str = "Mrs Omarova"
    exhibit: str = "What the doctor saw"
    details: str = "Found beside the door"
    question: str = "At what hour was the doctor called?"
    answer: str = "At ten in the evening, says the sister."
    verified: str = "The papers of the hospital agree with what he says."
    case: str = "Who has to explain injuries in custody"
    issue: str = "Must the court exclude the confession?"
    objective: str = "The state explains injuries, or the confession falls."
    party: str = "Department of police"
    note: str = "The client wants to go on."
    task: str = "Get the minutes of the hearing"
    number: str = "2-114"
    judge: str = "Judge Sadykova"
    result: str = "The doctor was heard."
    filing: str = "Motion to exclude the confession"
    holding: str = "The court did not look at the hospital papers."
    appeal: str = "The verdict is set aside; the confession is excluded."
    measure: str = "To pay two million tenge"
    proposed: str = "The burden of proof for injuries in custody"
    asked: str = "Who explains injuries that arose in custody?"
    held: str = "The state explains them; without an explanation the confession is excluded."
    significance: str = "Courts of the region follow it."
    scored: str = "The reasons are written out."
    published: str = "Injuries in custody: the state explains"


@dataclass(eq=False)
class Person:
    """Somebody at a browser of her own."""

    page: Page
    url: str
    name: str = ""
    address: str = ""
    passphrase: str = ""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._look)

    def _look(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.request.method} {answer.url}: {answer.status}")

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        """Return the address of the page, without the server and the place in the page."""
        return urlsplit(self.page.url).path

    def open(self, path: str = "/", status: int = 200) -> str:
        """Open an address and return its path; fail when it answers otherwise."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}, not {status}"
        return self.path

    def follow(self, name: str | re.Pattern[str], within: Locator | None = None) -> str:
        """Follow the first link of that name and return where it led."""
        link = (within or self.main).get_by_role("link", name=name, exact=isinstance(name, str)).first
        with self.page.expect_navigation():
            link.click()
        return self.path

    def fill(self, typed: Typed, within: Locator | None = None) -> None:
        """Fill in controls by their names: text, choices, boxes, files."""
        form = within or self.main
        for name, value in typed.items():
            control = form.locator(f'[name="{name}"]:not([type=hidden])')
            kind = control.first.get_attribute("type")
            if kind == "file":
                control.set_input_files(value)  # type: ignore[arg-type]
            elif kind in {"radio", "checkbox"}:
                for one in value if isinstance(value, list) else [value]:
                    form.locator(f'[name="{name}"][value="{one}"]').check()
            elif form.locator(f'select[name="{name}"]').count():
                control.select_option(str(value))
            else:
                control.fill(str(value))

    def press(self, button: str, within: Locator | None = None) -> str:
        """Press a button that sends a form; return where that led, which must not be a page of mistakes."""
        with self.page.expect_navigation():
            (within or self.main).get_by_role("button", name=button, exact=True).first.click()
        expect(self.page.locator("[data-error-summary]")).to_have_count(0)
        return self.path

    def send(self, button: str, typed: Typed) -> str:
        """Fill in the form of the page and send it."""
        self.fill(typed)
        return self.press(button)

    def sees(self, text: str) -> None:
        """Demand that the page shows `text`."""
        expect(self.main.get_by_text(text).first).to_be_visible()

    def misses(self, text: str) -> None:
        """Demand that the page does not hold `text` at all."""
        assert text not in self.page.content()


def days_ago(number: int) -> date:
    return today(ZONE) - timedelta(days=number)


# The network


def found(server: LiveServer, person: Person) -> str:
    """Found the network by the command; return the recovery code it printed."""
    printed = server.flask(
        "network", "found", "--name", "Network of the story", "--organisation", "Bureau of the story",
        "--person", person.name, "--email", person.address, "--passphrase-file", "-", typed=person.passphrase + "\n",
    )  # fmt: skip
    code = re.search(r"Recovery code[^:]*: (\S.*)", printed)
    assert code, printed
    return code[1].strip()


def sign_in(person: Person) -> None:
    person.open("/sign-in")
    person.fill({"email": person.address, "passphrase": person.passphrase}, person.page.locator("body"))
    person.press("Sign in", person.page.locator("body"))


def invite(coordinator: Person, guest: Person, role: str) -> None:
    coordinator.open("/members")
    coordinator.follow("Invite somebody")
    coordinator.fill({"name": guest.name, "email": guest.address, "role": role, "language": "en"})
    coordinator.main.locator('select[name="organisation"]').select_option(index=0)
    coordinator.press("Send the invitation")
    coordinator.sees("The invitation goes to")


def letters(server: LiveServer, address: str, *, at_least: int = 1) -> list[tuple[str, str]]:
    """Return subject and text of the letters to `address`, once there are so many; the worker writes them after the act."""
    until = time.monotonic() + 20
    while True:
        found = []
        for path in sorted((server.instance / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if letter["To"] == address:
                found.append((str(letter["Subject"]), str(letter.get_content())))
        if len(found) >= at_least or time.monotonic() > until:
            assert len(found) >= at_least, f"{len(found)} letters to {address}"
            return found
        time.sleep(0.1)


def join(server: LiveServer, guest: Person) -> tuple[str, str]:
    """Follow the letter, choose a passphrase; return recovery code and the eight words."""
    _subject, text = letters(server, guest.address)[-1]
    link = re.search(r"https?://\S+/join/\S+", text)
    assert link, text
    guest.open(urlsplit(link[0]).path)
    body = guest.page.locator("body")
    guest.fill({"passphrase": guest.passphrase, "again": guest.passphrase}, body)
    with guest.page.expect_navigation():
        body.get_by_role("button", name="Join", exact=True).click()
    code = guest.page.locator("[data-recovery-code]").inner_text()
    words = guest.page.locator("[data-words]").inner_text()
    assert len(re.findall(r"[a-z]{5}", words)) == 8
    guest.follow("I have kept the code", body)
    guest.sees("Your key waits for confirmation")
    return code, words


def confirm_key(coordinator: Person, member: Person, words: str) -> None:
    coordinator.open("/members")
    row = coordinator.main.locator("tr", has_text=member.address)
    coordinator.follow("Confirm the key", row)
    coordinator.misses(words)
    coordinator.send("Confirm", {"words": words.replace("-", " ")})
    coordinator.sees(f"The key of {member.name} is confirmed")


def bring_in(server: LiveServer, coordinator: Person, guest: Person, role: str) -> str:
    """Invite, join, confirm; return the recovery code."""
    invite(coordinator, guest, role)
    code, words = join(server, guest)
    confirm_key(coordinator, guest, words)
    guest.open("/")
    expect(guest.page.locator("h1")).to_have_text("My desk")
    return code


# The incident


def log_incident(documenter: Person, words: Words) -> str:
    """Log an incident through the guided steps, up to its evidence; return the address of its page."""
    documenter.open("/")
    documenter.follow("Log an incident")
    documenter.send("Save and go on", {"title": words.title, "narrative": words.narrative, "language": "en"})
    incident = documenter.path.removesuffix("/where")
    documenter.send(
        "Save and go on",
        {
            "region": "KZ-75", "place": words.place, "began_on-year": "2026", "began_on-month": "3", "ending": "none",
            "learned_on": days_ago(40).isoformat(), "learned_how": "interview",
        },
    )  # fmt: skip
    documenter.follow("Add a person or a group")
    documenter.send(
        "Save",
        {"kind": "individual", "name": words.person, "pseudonym": words.pseudonym, "contact": words.contact},
    )
    documenter.follow("Add what was done")
    documenter.fill({"kind": "torture"})
    documenter.press("Go on")
    expect(documenter.main.locator('[name="articles"][value="CAT:1"]')).to_be_checked()
    documenter.send(
        "Save",
        {
            "method": "beating", "consequences": words.consequences, "actor_kind": "police", "degree": "carried_out",
            "unit": words.unit,
        },
    )  # fmt: skip
    documenter.sees(words.person)
    documenter.follow("Go on")
    documenter.follow("Record consent")
    documenter.send(
        "Save",
        {
            "purpose": ["lawyer", "submission"], "form": "oral", "language": "en",
            "given_on": days_ago(40).isoformat(), "witness": words.witness,
        },
    )  # fmt: skip
    documenter.follow("Add a source")
    documenter.send("Save", {"connection": "relative", "who": words.source, "reliability": "high"})
    documenter.follow("Go on")
    assert documenter.path == f"{incident}/evidence"
    return incident


def add_evidence(documenter: Person, incident: str, files: list[Path], words: Words, *, scripts: bool = True) -> str:
    """Add one exhibit with its files; return its address."""
    documenter.open(f"{incident}/evidence")
    documenter.follow("Add evidence")
    documenter.fill({"title": words.exhibit, "copy_or_original": "original", "details": words.details, "files": files})
    if scripts:
        documenter.main.get_by_role("button", name="Add it", exact=True).click()
        expect(documenter.page.locator("h1")).to_have_text(words.exhibit, timeout=100_000)
    else:
        documenter.press("Add it")
    for file in files:
        documenter.sees(file.name)
    return documenter.path


def submit(documenter: Person, incident: str) -> None:
    documenter.open(f"{incident}/evidence")
    documenter.sees("Everything that a review needs is there.")
    documenter.press("Submit for review")
    documenter.sees("is submitted")


def ask(coordinator: Person, words: Words) -> str:
    """Find the incident on the desk, read it, ask for one more fact; return its address."""
    coordinator.open("/")
    incident = coordinator.follow(words.title)
    coordinator.sees(words.narrative)
    coordinator.press("Take into review")
    coordinator.follow("Ask for more")
    coordinator.send("Ask", {"question": words.question})
    return incident


def answer(documenter: Person, words: Words) -> None:
    documenter.open("/")
    documenter.sees("Asked of you")
    documenter.follow(words.title)
    documenter.sees(words.question)
    documenter.follow("Answer the question")
    documenter.send("Send the answer", {"text": words.answer})


def verify(coordinator: Person, incident: str, words: Words) -> None:
    coordinator.open(incident)
    coordinator.sees(words.answer)
    coordinator.follow("Verify")
    coordinator.send("Verify", {"grade": "confirmed", "reason": words.verified})
    coordinator.sees(words.verified)


# The case


def open_case(coordinator: Person, incident: str, words: Words) -> str:
    """Open a case from the incident; return its address."""
    coordinator.open(incident)
    coordinator.follow(re.compile("Open a case"))
    coordinator.fill({"title": words.case, "legal_issue": words.issue, "objective": words.objective})
    coordinator.fill({"articles": ["CAT:1", "CAT:15"]})
    expect(coordinator.main.locator('[name="incidents"]').first).to_be_checked()
    case = coordinator.press("Open the case")
    coordinator.sees(words.case)
    return case


def assign(coordinator: Person, case: str, lawyer: Person) -> None:
    coordinator.open(f"{case}/counsel")
    choice = coordinator.main.locator('select[name="member"]')
    named = choice.locator("option", has_text=f"{lawyer.name}, Bureau of the story")
    choice.select_option(named.get_attribute("value"))
    coordinator.send("Assign", {"role": "lead"})
    coordinator.sees(f"Counsel: {lawyer.name}")


def open_proceeding(lawyer: Person, words: Words) -> str:
    """Find the case on the desk and open the criminal proceeding; return the address of the case."""
    lawyer.open("/")
    case = lawyer.follow(words.case)
    lawyer.follow("Open a proceeding")
    lawyer.send(
        "Open the proceeding",
        {
            "procedure": "kz_criminal", "stage": "kz_criminal.first_instance", "court": "kz-type-district",
            "number": words.number, "began_on": days_ago(30).isoformat(),
        },
    )  # fmt: skip
    return case


def work_in_case(lawyer: Person, case: str, words: Words) -> None:
    """Write what a case gathers beside the court: a note, a party, a task, a paper."""
    lawyer.open(case)
    lawyer.send("Keep the note", {"body": words.note})
    lawyer.open(f"{case}/parties")
    lawyer.send("Enter", {"side": "opposing", "kind": "body", "name": words.party})
    lawyer.open(f"{case}/tasks")
    lawyer.main.locator('select[name="for_member"]').select_option(label=lawyer.name)
    lawyer.send("Give the task", {"what": words.task, "due_on": (today(ZONE) + timedelta(days=3)).isoformat()})
    lawyer.follow("Enter a paper")
    lawyer.send(
        "Enter the paper",
        {"direction": "out", "kind": "motion", "title": words.filing, "filed_on": days_ago(20).isoformat()},
    )
    for text in (words.note, words.party, words.task, words.filing):
        lawyer.sees(text)


def hear(lawyer: Person, case: str, words: Words) -> None:
    lawyer.open(case)
    lawyer.follow("Enter a hearing")
    held = f"{days_ago(10).isoformat()}T11:00"
    lawyer.send("Enter the hearing", {"held_at": held, "judge": words.judge, "result": words.result})
    lawyer.sees(words.judge)


def decide(lawyer: Person, case: str, outcome: str, holding: str, *, on: date) -> None:
    lawyer.open(case)
    lawyer.follow("Record a decision")
    lawyer.send(
        "Record the decision",
        {"outcome": outcome, "decided_on": on.isoformat(), "holding": holding, "articles_violated": ["CAT:15"]},
    )
    lawyer.sees(holding)


def order_measure(lawyer: Person, case: str, words: Words) -> None:
    lawyer.open(case)
    lawyer.follow("Write down a measure")
    lawyer.send("Write it down", {"kind": "compensation", "what": words.measure})
    lawyer.sees(words.measure)


def confirm_deadline(lawyer: Person, case: str, title: str) -> tuple[date, str]:
    """Confirm the proposed deadline of that title; return its last day and the reason it gives in words."""
    lawyer.open(case)
    proposed = lawyer.main.locator("#dates li", has_text=title).first
    last = proposed.locator("time").first.get_attribute("datetime")
    assert last is not None
    proposed.locator("summary").first.click()
    why = proposed.locator(".why__text p").first.inner_text()
    lawyer.press("Confirm", proposed)
    lawyer.sees("The deadline is confirmed.")
    return date.fromisoformat(last), why


def appeal(lawyer: Person, case: str) -> None:
    lawyer.open(case)
    lawyer.follow("Next stage")
    lawyer.send("Begin this stage", {"stage": "appeal", "began_on": days_ago(1).isoformat()})


# The precedent


def propose(lawyer: Person, case: str, words: Words) -> str:
    """Propose the last decision as a precedent; return the address of its review."""
    lawyer.open(case)
    lawyer.main.get_by_role("link", name="Propose as a precedent").last.scroll_into_view_if_needed()
    with lawyer.page.expect_navigation():
        lawyer.main.get_by_role("link", name="Propose as a precedent").last.click()
    return lawyer.send(
        "Propose",
        {"title": words.proposed, "question": words.asked, "holding": words.held, "significance": words.significance},
    )


def ask_for_score(coordinator: Person, review: str, scorer: Person) -> None:
    coordinator.open(review)
    coordinator.follow("Ask for a score")
    coordinator.main.locator('select[name="member"]').select_option(label=f"{scorer.name}, Bureau of the story")
    coordinator.press("Ask")


def score(scorer: Person, review: str, words: Words, *, value: int) -> None:
    scorer.open(review)
    scorer.follow("Score it")
    notes = scorer.main.locator("textarea")
    names = [notes.nth(number).get_attribute("name") or "" for number in range(notes.count())]
    for name in names:
        scorer.fill({name: words.scored, name.removesuffix("_note"): str(value)})
    scorer.press("Keep my score")
    scorer.sees("Your score is kept.")


def publish(coordinator: Person, review: str, words: Words) -> str:
    """Publish the anonymised text; return the address of the precedent."""
    coordinator.open(review)
    coordinator.follow("Publish")
    precedent = coordinator.send("Publish the anonymised text", {"title": words.published})
    coordinator.sees(words.published)
    return precedent


def search(person: Person, words: str) -> None:
    """Search for what is there: the words are sent, and stand in no address."""
    person.open("/search")
    person.fill({"q": words})
    person.press("Search")
    person.sees("Where it says so")
    assert urlsplit(person.page.url).query == ""
