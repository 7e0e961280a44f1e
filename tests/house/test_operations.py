"""Every act asks whether it may, writes the ledger, and takes who and when; every route has a gate."""

import ast
from functools import cache

import pytest
from flask import Flask

from tests.house.reading import PACKAGE, tree

# Functions beside the acts that change nothing, or nothing that anybody answers for.
NO_ACTS = {
    "deadlines.kind_of": "reads a rule",
    "entrance.prove": "only compares the passphrase; the act it guards asks and records",
    "entrance.ask_passkey": "stores a random number for one browser; what is answered to it is recorded",
    "entrance.for_account": "says how tries count",
    "entrance.for_browser": "the same",
    "entrance.for_session": "the same",
    "entrance.limits_of": "the same",
    "entrance.forgive": "uncounts tries; the act that succeeded is recorded",
    "entrance.forgive_second": "the same",
    "entrance.sweep": "the clock locks and forgets sessions; what a member does about hers is recorded",
    "entrance.tell": "writes a letter about an act that is recorded",
    "entrance.throttle": "counts tries under keyed hashes; the first one too many is recorded",
    "entrance.throttle_second": "the same",
    "entrance.unlocked": "opens in memory",
    "evidence.discard": "removes sealed files whose act was undone, so nothing happened",
    "evidence.due_for_check": "reads",
    "evidence.head_anew": "part of settling a safe, which is recorded",
    "evidence.head_more": "part of settling a safe, which is recorded",
    "evidence.head_uploads_anew": "part of settling a safe, which is recorded",
    "evidence.keep_part": "notes how far a file has come; its beginning and the whole file are recorded",
    "evidence.still_held": "looks a grant up",
    "evidence.is_intact": "compares a checksum",
    "evidence.noted": "reads",
    "evidence.unreferenced": "reads",
    "keys.given": "reads",
    "keys.is_latest": "reads",
    "keys.is_genuine": "compares signatures",
    "keys.key_facts": "words that are signed",
    "keys.keys_by_organisation": "opens in memory; the act of the network around it records it",
    "keys.prepare": "derives a key and stores nothing",
    "keys.present_key": "reads",
    "keys.ripe": "reads",
    "keys.signed_recipient": "checks a signature",
    "keys.unlock": "opens in memory; the entrance records it",
    "keys.unlock_by_code": "opens in memory; the entrance records it",
    "keys.was_used": "compares signatures",
    "keys.who_can_decide": "reads",
    "ledger.name_of": "a name",
    "ledger.record": "writes the ledger itself",
    "ledger.record_many": "writes the ledger itself",
    "ledger.refused": "writes the ledger itself",
    "network.clean_email": "a pure check",
    "network.clean_name": "a pure check",
    "network.facts_of": "words that are signed",
    "network.identity_facts": "words that are signed",
    "network.open_invitation": "reads",
    "network.open_reopening": "reads",
    "network.plain_words": "a pure check",
    "network.recovery_facts": "words that are signed",
    "network.tell": "the same",
    "network.warn_of_request": "writes a letter about an act that is recorded",
    "precedents.counsel_of": "reads",
    "precedents.named": "words",
    "precedents.names_found": "reads a text",
    "proceedings.stage_suspended": "a pure check",
}
NOT_ASKED = {
    "incidents.import_terms": "a command of the operator; words for codes, nothing of a safe",
    "incidents.retire_term": "the same",
    "cases.began": "part of acts on the team, which have asked",
    "cases.ended": "part of acts on the team, which have asked",
    "cases.settle": "part of acts on the team, which have asked",
    "deadlines.propose_after_silence": "the clock acts; nobody is signed in at night",
    "deadlines.propose_for": "part of acts on proceedings, which have asked, and of the clock",
    "deadlines.remind": "the clock acts; nobody is signed in at night",
    "entrance.change_passphrase": "everybody changes her own; the old passphrase is what is asked for",
    "entrance.end_session": "everybody ends her own session; another's is refused",
    "entrance.finish": "the second factor is what is asked for",
    "entrance.prove_second": "the second factor is what is asked for",
    "entrance.renew_code": "everybody renews her own; the passphrase is what is asked for",
    "entrance.reset_by_code": "the recovery code is what is asked for",
    "entrance.sign_in": "the passphrase is what is asked for",
    "entrance.sign_out": "everybody ends her own session",
    "entrance.sign_out_elsewhere": "everybody ends her own sessions",
    "entrance.unlock": "the passphrase is what is asked for",
    "evidence.end_export": "how an export ended that begin_export has asked for",
    "evidence.note_damage": "a fault found while somebody who may read the file reads it",
    "evidence.note_check": "the result of a check that anybody who sees the file may start",
    "evidence.note_forgotten": "a command of the operator; sealed files only",
    "evidence.note_moved": "a command of the operator; sealed files only",
    "evidence.forget_uploads": "the clock acts on what nobody went on with",
    "incidents.forget_imports": "the clock acts on what nobody went on with",
    "evidence.sweep": "the clock acts on files that no row knows",
    "incidents.write_digests": "the clock acts; nobody is signed in",
    "keys.change_passphrase": "part of an act of the entrance, which has asked",
    "keys.confirm": "part of an act of the network, which has asked",
    "keys.make_identity": "part of joining and founding, which have asked",
    "keys.replace_identity": "part of an act of the network, which has asked",
    "keys.take_all": "part of acts of the network, which have asked",
    "keys.wrap_for_organisation": "everybody's own keys, when she opens them",
    "keys.renew_code": "part of an act of the entrance, which has asked",
    "network.accept": "the token of the invitation is what is asked for",
    "network.reopen": "the token of the link is what is asked for",
    "network.found": "there is nobody yet who could be asked",
    "precedents.load_public_decisions": "a command of the operator; public decisions only",
}
NOT_RECORDED = {
    "evidence.keep_findings": "what a look found that is recorded, as evidence.examine, before it opens the file",
    "cases.settle": "every key given or taken by it is recorded by keys.settle",
}
BY_NOBODY = {
    "incidents.import_terms": "the operator is no member",
    "incidents.retire_term": "the operator is no member",
    "deadlines.propose_after_silence": "the clock acts",
    "deadlines.remind": "the clock acts",
    "entrance.finish": "half a session says who it is; she is in only afterwards",
    "entrance.reset_by_code": "she is known only once the code has opened her keys",
    "entrance.sign_in": "she is known only once the passphrase has opened her keys",
    "entrance.unlock": "she is known only once the passphrase has opened her keys",
    "evidence.forget_uploads": "the clock acts",
    "evidence.note_forgotten": "the operator is no member",
    "evidence.note_moved": "the operator is no member",
    "incidents.forget_imports": "the clock acts",
    "evidence.sweep": "the clock acts",
    "incidents.write_digests": "the clock acts",
    "network.accept": "who joins is a member only afterwards",
    "network.reopen": "she is signed out: the token is all she has",
    "network.found": "the founder is a member only afterwards",
    "precedents.load_public_decisions": "the operator is no member",
}


@cache
def functions() -> dict[str, ast.FunctionDef]:
    """Return every function of the operations of all rooms, as `room.name`."""
    return {
        f"{path.relative_to(PACKAGE).parts[0]}.{node.name}": node
        for path in sorted([*PACKAGE.glob("*/operations.py"), *PACKAGE.glob("*/operations/*.py")])
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
    }


def acts() -> dict[str, ast.FunctionDef]:
    """Return the public functions that are acts."""
    return {
        name: node
        for name, node in functions().items()
        if not name.partition(".")[2].startswith("_") and name not in NO_ACTS
    }


def called(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return what a function calls, also through the other functions of its room's operations."""
    room, found = name.partition(".")[0], set()
    for call in ast.walk(functions()[name]):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            found.add(f"{call.func.value.id}.{call.func.attr}")
        elif isinstance(call.func, ast.Name):
            found.add(call.func.id)
            inner = f"{room}.{call.func.id}"
            if inner in functions() and inner not in seen:
                found |= called(inner, seen | {name})
    return found


def _lacking(rule) -> set[str]:
    return {name for name, node in acts().items() if not rule(name, node)}


def _compare(lacking: set[str], excused: dict[str, str], words: str) -> None:
    assert not lacking - excused.keys(), f"{words}: {sorted(lacking - excused.keys())}"
    assert not excused.keys() - lacking, f"these need no exception any more: {sorted(excused.keys() - lacking)}"


def test_every_act_asks_whether_it_may():
    _compare(_lacking(lambda name, _: "demand" in called(name)), NOT_ASKED, "call demand(policy.may_…) first")


def test_every_act_writes_the_ledger():
    _compare(
        _lacking(lambda name, _: {"ledger.record", "ledger.record_many"} & called(name)),
        NOT_RECORDED,
        "call ledger.record",
    )


def test_every_act_takes_who_and_when():
    def taken(node: ast.FunctionDef, name: str) -> bool:
        return name in {argument.arg for argument in node.args.kwonlyargs}

    _compare(_lacking(lambda _, node: taken(node, "by")), BY_NOBODY, "take `by` by keyword")
    _compare(_lacking(lambda _, node: taken(node, "at")), {}, "take `at` by keyword")


def test_no_act_commits():
    sinners = [
        name
        for name in functions()
        # The entrance derives keys between its transactions, and a refusal is written after its act was undone.
        if name.partition(".")[0] not in {"entrance", "ledger"}
        and {"db.session.commit", "session.commit", "transaction", "kernel_db.transaction"} & called(name)
        and name not in NO_ACTS
    ]
    assert not sinners


def test_only_the_kernel_commits():
    sinners = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        if path != PACKAGE / "kernel" / "db.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "commit" and ast.unparse(node.value).endswith("session")
    ]
    assert not sinners


def test_every_exception_is_about_something_and_says_why():
    for excused in (NO_ACTS, NOT_ASKED, NOT_RECORDED, BY_NOBODY):
        assert not excused.keys() - functions().keys(), "these functions are gone"
        assert all(excused.values())


def test_every_route_says_who_may_open_it(app):
    for name, view in app.view_functions.items():
        gate = getattr(view, "gate", "")
        assert gate == "signed in" or len(gate.removeprefix("public: ").split()) >= 4, f"{name}: {gate!r}"


def test_an_application_with_a_route_without_a_gate_does_not_start():
    from caseflow.web.gate import demand_gates

    app = Flask("bare")
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuntimeError, match="open"):
        demand_gates(app)


def test_only_a_few_routes_are_public(app):
    public = {name for name, view in app.view_functions.items() if getattr(view, "gate", "") != "signed in"}
    assert public == {
        "static", "web.health", "web.preferences", "entrance.sign_in", "entrance.second_step",
        "entrance.unlock", "entrance.screen", "entrance.sign_out",
        "entrance.join", "entrance.recover", "network.reopen", "deadlines.feed",
    }  # fmt: skip
