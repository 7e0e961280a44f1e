"""Cases: a coordinator opens and staffs them, counsel work in them, others do not know them."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from caseflow.access.actor import Actor, Objection, unready
from caseflow.access.safes import visible
from caseflow.cases.models import Case, ConflictCheck, Counsel, Task
from caseflow.kernel.words import N_

BY_COORDINATOR = N_("Cases are opened and staffed by a coordinator.")
CASE_CLOSED = N_("The case is closed. A coordinator can reopen it.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition a case must meet to exist for `actor`."""
    return visible(Case, actor)


def is_counsel(actor: Actor, case: Case) -> bool:
    """Tell whether `actor` is counsel in `case` now."""
    return any(c.member_id == actor.member_id and c.until is None for c in case.counsel)


def may_open(actor: Actor) -> Objection:
    """Return why `actor` may not open a case, or None."""
    return unready(actor) or (None if actor.is_coordinator else BY_COORDINATOR)


def may_assign_counsel(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not assign counsel in `case`, or None."""
    if not actor.is_coordinator:
        return unready(actor) or BY_COORDINATOR
    return unready(actor) or (CASE_CLOSED if case.state == "closed" else None)


def may_end_counsel(actor: Actor, counsel: Counsel) -> Objection:
    """Return why `actor` may not end this assignment, or None."""
    if counsel.until is not None:
        return N_("This assignment has ended already.")
    return unready(actor) or (None if actor.is_coordinator else BY_COORDINATOR)


def may_change_role(actor: Actor, counsel: Counsel) -> Objection:
    """Return why `actor` may not let somebody be counsel in another role, or None."""
    return may_end_counsel(actor, counsel)


def may_hand_over(actor: Actor) -> Objection:
    """Return why `actor` may not see who carries how much and hand it over, or None."""
    return unready(actor) or (None if actor.is_coordinator else BY_COORDINATOR)


def may_record_mandate(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record a mandate in `case`, or None."""
    return may_work_in(actor, case)


def may_link_incident(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not link an incident to `case`, or None."""
    return may_assign_counsel(actor, case)


def may_work_in(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record anything in `case`, or None: counsel and coordinators may, while it is open."""
    if not (actor.is_coordinator or is_counsel(actor, case)):
        return N_("Only counsel in the case and coordinators record anything in it.")
    return unready(actor) or (CASE_CLOSED if case.state == "closed" else None)


def may_edit(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not change the description of `case`, or None."""
    return may_work_in(actor, case)


def may_note(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not write a note in `case`, or None."""
    return may_work_in(actor, case)


def may_give_task(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not give a task in `case`, or None."""
    return may_work_in(actor, case)


def may_finish_task(actor: Actor, case: Case, task: Task) -> Objection:
    """Return why `actor` may not mark `task` as done, or None."""
    if task.done_at is not None:
        return N_("This task is done already.")
    return may_work_in(actor, case)


def may_add_party(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not add a party to `case`, or None."""
    return may_work_in(actor, case)


def may_correct_party(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not correct a party of `case`, or None."""
    return may_work_in(actor, case)


def may_check_conflicts(actor: Actor) -> Objection:
    """Return why `actor` may not have names compared with all others in the network, or None."""
    return unready(actor) or (None if actor.is_coordinator else N_("Only coordinators hold all keys that this takes."))


def may_resolve_conflict(actor: Actor, check: ConflictCheck) -> Objection:
    """Return why `actor` may not decide about what a check found, or None."""
    if check.state not in ("possible", "resolved"):
        return unready(actor) or N_("Nothing was found that is to be decided.")
    return may_check_conflicts(actor)


def may_relate(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not say how `case` stands to another, or None."""
    return may_work_in(actor, case)


def may_join(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not join `case` into another or sever one from it, or None."""
    return may_assign_counsel(actor, case)


def may_select(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not answer what is asked before `case` is taken, or None."""
    return may_work_in(actor, case)


def may_estimate(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not say what `case` may come to, or None."""
    return may_work_in(actor, case)


def may_record_letter(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not record correspondence in `case`, or None."""
    return may_work_in(actor, case)


def may_draw_paper(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not draw a letter or a filing from what is in `case`, or None."""
    return may_work_in(actor, case)


def may_bundle(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not make a bundle or a dossier of `case`, or None."""
    return may_work_in(actor, case)


def may_archive(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not put `case` into the archive or take it out, or None."""
    if case.state != "closed":
        return unready(actor) or N_("Only a closed case goes to the archive.")
    return unready(actor) or (None if actor.is_coordinator else N_("A case is put into the archive by a coordinator."))


def may_close(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not close `case`, or None."""
    if case.state == "closed":
        return N_("The case is closed already.")
    if not actor.is_coordinator:
        return unready(actor) or N_("A case is closed by a coordinator.")
    return unready(actor)


def may_reopen(actor: Actor, case: Case) -> Objection:
    """Return why `actor` may not reopen `case`, or None."""
    if case.state != "closed":
        return N_("The case is open.")
    return unready(actor) or (None if actor.is_coordinator else N_("A case is reopened by a coordinator."))
