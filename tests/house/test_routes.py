"""Who gets which answer where: one row for every method of every route, nothing by default.

A row says: signed out | our own, as documenter, lawyer, coordinator | the other team's, in the same order. Coordinators
hold every safe, so the other team's things are theirs too. Forms are sent filled in as in SENT, so that a 403 is the
right that was missing and a 404 the row that does not exist for that person. An address that means nothing answers
404 to everybody, or the same 403 where the whole page is closed to the role.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from werkzeug.routing import Rule

from caseflow.precedents.rules import CRITERIA
from tests.cast import PASSPHRASE
from tests.house.world import NOBODY, ROLES, Ids, World

ANOTHER = "eight loud rivers under the snow"
TEXT = {"title": "T", "question": "Q", "holding": "H", "significance": "S"}

ANSWERS = {
    "GET cases.add_note": "303 | 404 200 200 | 404 404 200",
    "POST cases.add_note": "401 | 404 303 303 | 404 404 303",
    "GET cases.add_party": "303 | 404 200 200 | 404 404 200",
    "POST cases.add_party": "401 | 404 303 303 | 404 404 303",
    "GET cases.assign_counsel": "303 | 404 200 200 | 404 404 200",
    "POST cases.assign_counsel": "401 | 404 422 303 | 404 404 303",
    "GET cases.close": "303 | 404 200 200 | 404 404 200",
    "POST cases.close": "401 | 404 403 422 | 404 404 422",
    "GET cases.answer_selection": "303 | 404 200 200 | 404 404 200",
    "POST cases.answer_selection": "401 | 404 303 303 | 404 404 303",
    "GET cases.estimate": "303 | 404 200 200 | 404 404 200",
    "POST cases.estimate": "401 | 404 303 303 | 404 404 303",
    "GET cases.link_cases": "303 | 404 200 200 | 404 404 200",
    "POST cases.link_cases": "401 | 404 303 303 | 404 404 303",
    "GET cases.record_letter": "303 | 404 200 200 | 404 404 200",
    "POST cases.record_letter": "401 | 404 303 303 | 404 404 303",
    "GET cases.join": "303 | 404 200 200 | 404 404 200",
    "POST cases.join": "401 | 404 403 422 | 404 404 422",
    "GET cases.sever": "303 | 404 200 200 | 404 404 200",
    "POST cases.sever": "401 | 404 403 303 | 404 404 303",
    "GET cases.unlink_cases": "303 | 404 200 200 | 404 404 200",
    "POST cases.unlink_cases": "401 | 404 303 303 | 404 404 303",
    "POST cases.archive": "401 | 404 403 403 | 404 404 403",
    "POST cases.unarchive": "401 | 404 403 403 | 404 404 403",
    "GET cases.bundle": "303 | 404 200 200 | 404 404 200",
    "POST cases.bundle": "401 | 404 303 303 | 404 404 303",
    "GET cases.dossier": "303 | 404 200 200 | 404 404 200",
    "GET cases.papers": "303 | 404 200 200 | 404 404 200",
    "GET cases.draw_paper": "303 | 404 200 200 | 404 404 200",
    "POST cases.draw_paper": "401 | 404 200 200 | 404 404 200",
    "GET cases.keep_longer": "303 | 404 200 200 | 404 404 200",
    "POST cases.keep_longer": "401 | 404 403 403 | 404 404 403",
    "GET cases.change_role": "303 | 404 200 200 | 404 404 200",
    "POST cases.change_role": "401 | 404 403 303 | 404 404 303",
    "GET cases.hand_over": "303 | 403 403 200 | 403 403 200",
    "POST cases.hand_over": "401 | 403 403 303 | 403 403 303",
    "GET cases.load": "303 | 403 403 200",
    "GET cases.record_mandate": "303 | 404 200 200 | 404 404 200",
    "POST cases.record_mandate": "401 | 404 303 303 | 404 404 303",
    "GET cases.check_names": "303 | 403 403 200",
    "POST cases.check_names": "401 | 403 403 303",
    "GET cases.conflicts_of_case": "303 | 404 200 200 | 404 404 200",
    "GET cases.correct_party": "303 | 404 200 200 | 404 404 200",
    "POST cases.correct_party": "401 | 404 303 303 | 404 404 303",
    "GET cases.resolve_conflict": "303 | 404 200 200 | 404 404 200",
    "POST cases.resolve_conflict": "401 | 404 403 303 | 404 404 303",
    "GET cases.edit": "303 | 404 200 200 | 404 404 200",
    "POST cases.edit": "401 | 404 303 303 | 404 404 303",
    "POST cases.end_counsel": "401 | 404 403 303 | 404 404 303",
    "POST cases.finish_task": "401 | 404 303 303 | 404 404 303",
    "GET cases.give_task": "303 | 404 200 200 | 404 404 200",
    "POST cases.give_task": "401 | 404 303 303 | 404 404 303",
    "GET cases.index": "303 | 200 200 200",
    "GET cases.link_incident": "303 | 404 200 200 | 404 404 200",
    "POST cases.link_incident": "401 | 404 422 303 | 404 404 422",
    "GET cases.open_case": "303 | 200 200 200",
    "POST cases.open_case": "401 | 403 403 303",
    "GET cases.reopen": "303 | 404 200 200 | 404 404 200",
    "POST cases.reopen": "401 | 404 403 403 | 404 404 403",
    "GET cases.show": "303 | 404 200 200 | 404 404 200",
    "GET cases.whole_history": "303 | 404 200 200 | 404 404 200",
    "GET deadlines.change": "303 | 404 200 200 | 404 404 200",
    "POST deadlines.change": "401 | 404 303 303 | 404 404 303",
    "POST deadlines.confirm": "401 | 404 303 303 | 404 404 303",
    "GET deadlines.decline": "303 | 404 200 200 | 404 404 200",
    "POST deadlines.decline": "401 | 404 303 303 | 404 404 303",
    "GET deadlines.calendar": "303 | 200 200 200",
    "POST deadlines.end_feed": "401 | 303 303 303",
    "GET deadlines.feed": "404 | 404 404 404",
    "GET deadlines.index": "303 | 200 200 200",
    "POST deadlines.make_feed": "401 | 200 200 200",
    "GET deadlines.one_as_file": "303 | 404 200 200 | 404 404 200",
    "POST deadlines.meet": "401 | 404 303 303 | 404 404 303",
    "GET desk.home": "303 | 200 200 200",
    "GET entrance.add_passkey": "303 | 200 200 200",
    "POST entrance.add_passkey": "401 | 422 422 422",
    "GET entrance.prove": "303 | 200 200 200",
    "POST entrance.prove": "401 | 303 303 303",
    "POST entrance.remove_factor": "401 | 404 404 404",
    "POST entrance.renew_backup_codes": "401 | 303 303 303",
    "POST entrance.reset_second_factor": "401 | 403 403 303",
    "GET entrance.second_factor": "303 | 200 200 200",
    "GET entrance.second_step": "303 | 303 303 303",
    "POST entrance.second_step": "303 | 303 303 303",
    "GET entrance.set_up_app": "303 | 200 200 200",
    "POST entrance.set_up_app": "401 | 422 422 422",
    "GET entrance.account": "303 | 200 200 200",
    "POST entrance.account": "401 | 303 303 303",
    "POST entrance.end_sessions": "401 | 303 303 303",
    "POST entrance.end_session": "401 | 404 404 404",
    "GET entrance.join": "200 | 200 200 200 | 200 200 200",
    "POST entrance.join": "200 | 200 200 200 | 200 200 200",
    "POST entrance.lock": "401 | 303 303 303",
    "POST entrance.keep": "401 | 400 400 400",
    "POST entrance.throw_away": "401 | 303 303 303",
    "POST entrance.new_code": "401 | 200 200 200",
    "GET entrance.recover": "200 | 200 200 200",
    "GET entrance.screen": "200 | 200 200 200",
    "POST entrance.recover": "422 | 422 422 422",
    "GET entrance.sign_in": "200 | 303 303 303",
    "POST entrance.sign_in": "303 | 303 303 303",
    "POST entrance.sign_out": "303 | 303 303 303",
    "GET entrance.unlock": "200 | 303 303 303",
    "POST entrance.unlock": "200 | 303 303 303",
    "GET evidence.add": "303 | 200 200 200 | 404 404 200",
    "POST evidence.add": "303 | 303 303 303 | 404 404 303",
    "GET evidence.add_files": "303 | 200 200 200 | 404 404 200",
    "POST evidence.add_files": "303 | 303 303 303 | 404 404 303",
    "PUT evidence.add_files": "303 | 201 201 201 | 404 404 201",
    "GET evidence.download": "303 | 200 200 200 | 404 404 200",
    "GET evidence.export_all": "303 | 200 200 200 | 404 404 200",
    "POST evidence.export_all": "401 | 200 200 200 | 404 404 200",
    "GET evidence.export_item": "303 | 200 200 200 | 404 404 200",
    "POST evidence.export_item": "401 | 200 200 200 | 404 404 200",
    "GET evidence.export_key": "303 | 200 200 200 | 404 404 200",
    "POST evidence.export_key": "401 | 403 403 200 | 404 404 200",
    "POST evidence.examine": "401 | 303 303 303 | 404 404 303",
    "GET evidence.picture": "303 | 200 200 200 | 404 404 200",
    "GET evidence.text": "303 | 200 200 200 | 404 404 200",
    "GET evidence.copies": "303 | 200 200 200 | 404 404 200",
    "POST evidence.copies": "401 | 303 303 303 | 404 404 303",
    "GET evidence.page": "303 | 200 200 200 | 404 404 200",
    "GET evidence.type_version": "303 | 200 200 200 | 404 404 200",
    "POST evidence.type_version": "401 | 303 303 303 | 404 404 303",
    "GET evidence.beside": "303 | 200 200 200 | 404 404 200",
    "GET evidence.sealed": "303 | 200 200 200 | 404 404 200",
    "POST evidence.uploads": "401 | 201 201 201 | 404 404 201",
    "PATCH evidence.upload": "401 | 204 404 404 | 404 404 404",
    "DELETE evidence.upload": "401 | 204 404 404 | 404 404 404",
    "GET evidence.show": "303 | 200 200 200 | 404 404 200",
    "POST incidents.accept": "401 | 303 404 403 | 404 404 403",
    "GET incidents.add_act": "303 | 200 200 200 | 404 404 200",
    "POST incidents.add_act": "401 | 303 303 303 | 404 404 303",
    "GET incidents.add_involvement": "303 | 200 200 200 | 404 404 200",
    "POST incidents.add_involvement": "401 | 303 303 303 | 404 404 303",
    "GET incidents.add_person": "303 | 200 200 200 | 404 404 200",
    "POST incidents.add_person": "401 | 303 303 303 | 404 404 303",
    "GET incidents.add_source": "303 | 200 200 200 | 404 404 200",
    "POST incidents.add_source": "401 | 303 303 303 | 404 404 303",
    "GET incidents.add_intervention": "303 | 200 200 200 | 404 404 200",
    "POST incidents.add_intervention": "401 | 303 303 303 | 404 404 303",
    "GET incidents.correct_intervention": "303 | 200 200 200 | 404 404 200",
    "POST incidents.correct_intervention": "401 | 303 303 303 | 404 404 303",
    "POST incidents.take_out_intervention": "401 | 303 404 403 | 404 404 403",
    "GET incidents.assess_risk": "303 | 200 200 200 | 404 404 200",
    "POST incidents.assess_risk": "401 | 303 303 303 | 404 404 303",
    "GET incidents.link_incidents": "303 | 200 200 200 | 404 404 200",
    "POST incidents.link_incidents": "401 | 303 422 303 | 404 404 303",
    "GET incidents.possible_duplicates": "303 | 200 200 200 | 404 404 200",
    "GET incidents.judge": "303 | 200 404 200 | 404 404 200",
    "POST incidents.judge": "401 | 303 404 403 | 404 404 403",
    "GET incidents.withdraw_judgement": "303 | 200 404 200 | 404 404 200",
    "POST incidents.withdraw_judgement": "401 | 303 404 303 | 404 404 303",
    "GET incidents.unlink_incidents": "303 | 200 404 200 | 404 404 200",
    "POST incidents.unlink_incidents": "401 | 303 404 303 | 404 404 303",
    "GET incidents.answer": "303 | 200 404 200 | 404 404 200",
    "POST incidents.answer": "401 | 303 404 403 | 404 404 403",
    "GET incidents.ask": "303 | 200 404 200 | 404 404 200",
    "POST incidents.ask": "401 | 403 404 303 | 404 404 403",
    "GET incidents.checklist": "303 | 200 200 200 | 404 404 200",
    "POST incidents.checklist": "401 | 303 303 303 | 404 404 303",
    "GET incidents.close": "303 | 200 404 200 | 404 404 200",
    "POST incidents.close": "401 | 403 404 303 | 404 404 403",
    "GET incidents.consent": "303 | 200 404 200 | 404 404 200",
    "GET incidents.consent_form": "303 | 200 200 200 | 404 404 200",
    "POST incidents.consent_form": "401 | 200 200 200 | 404 404 200",
    "GET incidents.correct_act": "303 | 200 404 200 | 404 404 200",
    "POST incidents.correct_act": "401 | 303 404 403 | 404 404 403",
    "GET incidents.correct_involvement": "303 | 200 404 200 | 404 404 200",
    "POST incidents.correct_involvement": "401 | 303 404 403 | 404 404 403",
    "GET incidents.correct_person": "303 | 200 404 200 | 404 404 200",
    "POST incidents.correct_person": "401 | 303 404 403 | 404 404 403",
    "GET incidents.correct_source": "303 | 200 404 200 | 404 404 200",
    "POST incidents.correct_source": "401 | 303 404 403 | 404 404 403",
    "GET incidents.decline": "303 | 200 404 200 | 404 404 200",
    "POST incidents.decline": "401 | 403 404 303 | 404 404 403",
    "GET incidents.evidence": "303 | 200 404 200 | 404 404 200",
    "GET incidents.export_list": "303 | 200 200 200",
    "POST incidents.export_list": "401 | 200 200 200",
    "GET incidents.import_list": "303 | 200 200 200",
    "POST incidents.import_list": "303 | 303 403 303",
    "GET incidents.import_run": "303 | 200 404 404 | 404 404 404",
    "POST incidents.import_run": "401 | 303 404 404 | 404 404 404",
    "GET incidents.import_template": "303 | 200 200 200",
    "GET incidents.import_verdicts": "303 | 200 404 404 | 404 404 404",
    "POST incidents.go_on_importing": "401 | 303 404 404 | 404 404 404",
    "POST incidents.undo_import": "401 | 303 404 404 | 404 404 404",
    "GET incidents.give_consent": "303 | 200 200 200 | 404 404 200",
    "POST incidents.give_consent": "401 | 303 303 303 | 404 404 303",
    "GET incidents.index": "303 | 200 200 200",
    "GET incidents.log": "303 | 200 200 200",
    "POST incidents.log": "401 | 303 403 303",
    "GET incidents.note": "303 | 200 200 200",
    "POST incidents.note": "401 | 303 403 303",
    "GET incidents.people": "303 | 200 404 200 | 404 404 200",
    "GET incidents.show": "303 | 200 200 200 | 404 404 200",
    "GET incidents.refer": "303 | 200 404 200 | 404 404 200",
    "POST incidents.refer": "401 | 403 404 303 | 404 404 422",
    "GET incidents.reject": "303 | 200 404 200 | 404 404 200",
    "POST incidents.reject": "401 | 303 404 403 | 404 404 403",
    "POST incidents.submit": "401 | 303 404 403 | 404 404 403",
    "POST incidents.take_back": "401 | 403 404 303 | 404 404 403",
    "POST incidents.take_into_review": "401 | 403 404 303 | 404 404 403",
    "POST incidents.take_out_act": "401 | 303 404 403 | 404 404 403",
    "POST incidents.take_out_consent": "401 | 303 404 403 | 404 404 403",
    "POST incidents.take_out_involvement": "401 | 303 404 403 | 404 404 403",
    "POST incidents.take_out_person": "401 | 303 404 403 | 404 404 403",
    "POST incidents.take_out_source": "401 | 303 404 403 | 404 404 403",
    "GET incidents.verify": "303 | 200 404 200 | 404 404 200",
    "POST incidents.verify": "401 | 403 404 303 | 404 404 403",
    "GET incidents.what": "303 | 200 404 200 | 404 404 200",
    "POST incidents.what": "401 | 303 404 403 | 404 404 403",
    "GET incidents.where": "303 | 200 404 200 | 404 404 200",
    "POST incidents.where": "401 | 303 404 403 | 404 404 403",
    "GET incidents.withdraw_consent": "303 | 200 200 200 | 404 404 200",
    "POST incidents.withdraw_consent": "401 | 303 303 303 | 404 404 303",
    "GET ledger.checkpoint": "303 | 403 403 404",
    "GET ledger.index": "303 | 403 403 200",
    "GET ledger.key": "303 | 403 403 404",
    "GET ledger.proof": "303 | 403 403 404",
    "GET ledger.time_stamp": "303 | 403 403 404",
    "GET network.add_organisation": "303 | 403 403 200",
    "POST network.add_organisation": "401 | 403 403 303",
    "GET network.choose_letters": "303 | 200 200 200",
    "POST network.choose_letters": "401 | 303 303 303",
    "GET network.confirm_key": "303 | 403 403 200 | 403 403 200",
    "POST network.confirm_key": "401 | 403 403 303 | 403 403 303",
    "POST network.approve": "401 | 403 403 303 | 403 403 303",
    "POST network.ask_recovery": "401 | 403 403 303 | 403 403 303",
    "POST network.decline": "401 | 403 403 303 | 403 403 303",
    "GET network.end_membership": "303 | 403 403 200 | 403 403 200",
    "POST network.end_membership": "401 | 403 403 303 | 403 403 303",
    "GET network.invite": "303 | 403 403 200",
    "POST network.invite": "401 | 403 403 303",
    "GET network.member": "303 | 403 403 200 | 403 403 200",
    "GET network.members": "303 | 403 403 200",
    "GET network.renewing": "303 | 200 200 200",
    "POST network.renewing": "401 | 200 200 200",
    "GET network.reopen": "200 | 200 200 200 | 200 200 200",
    "POST network.reopen": "200 | 200 200 200 | 200 200 200",
    "GET network.safes": "303 | 403 403 200 | 403 403 200",
    "GET network.show_rights": "303 | 200 200 200",
    "POST network.start_new_identity": "401 | 403 403 303 | 403 403 303",
    "POST network.withdraw_invitation": "401 | 403 403 303 | 403 403 303",
    "GET precedents.cite": "303 | 200 200 200 | 200 200 200",
    "POST precedents.cite": "401 | 403 303 303 | 403 303 303",
    "GET precedents.index": "303 | 200 200 200",
    "GET precedents.invite_scorer": "303 | 404 200 200 | 404 404 200",
    "POST precedents.invite_scorer": "401 | 404 403 303 | 404 404 303",
    "GET precedents.propose": "303 | 404 200 200 | 404 404 200",
    "POST precedents.propose": "401 | 404 303 303 | 404 404 303",
    "GET precedents.publish": "303 | 404 200 200 | 404 404 200",
    "POST precedents.publish": "401 | 404 403 403 | 404 404 403",
    "GET precedents.review": "303 | 404 200 200 | 404 404 200",
    "GET precedents.score": "303 | 404 200 200 | 404 404 200",
    "POST precedents.score": "401 | 404 403 303 | 404 404 303",
    "GET precedents.show": "303 | 200 200 200 | 200 200 200",
    "GET precedents.withdraw": "303 | 200 200 200 | 200 200 200",
    "POST precedents.withdraw": "401 | 403 403 303 | 403 403 303",
    "GET proceedings.move": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.move": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.open_proceeding": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.open_proceeding": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_decision": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_decision": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_filing": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_filing": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_hearing": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_hearing": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_in_force": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_in_force": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_result": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_result": "401 | 404 303 303 | 404 404 303",
    "GET proceedings.record_service": "303 | 404 200 200 | 404 404 200",
    "POST proceedings.record_service": "401 | 404 303 303 | 404 404 303",
    "GET remedies.order_measure": "303 | 404 200 200 | 404 404 200",
    "POST remedies.order_measure": "401 | 404 303 303 | 404 404 303",
    "GET remedies.show": "303 | 404 200 200 | 404 404 200",
    "POST remedies.show": "401 | 404 303 303 | 404 404 303",
    "GET reports.cluster": "303 | 403 403 404",
    "GET reports.index": "303 | 200 200 200",
    "GET search.index": "303 | 200 200 200",
    "POST search.index": "401 | 200 200 200",
    "POST search.forget": "401 | 303 303 303",
    "GET static": "200 | 200 200 200 | 200 200 200",
    "GET web.health": "200 | 200 200 200",
    "POST web.preferences": "303 | 303 303 303",
}

# What is typed into each form; "$name" stands for an id of the team whose thing it is, "@" for a file.
SENT: dict[str, dict[str, Any]] = {
    "cases.add_note": {"body": "Some words"},
    "cases.add_party": {"side": "client", "kind": "individual", "name": "Some words"},
    "cases.answer_selection": {"decision": "later"},
    "cases.estimate": {c.id: "3" for c in CRITERIA} | {f"{c.id}_note": "Because." for c in CRITERIA},
    "cases.join": {"reference": "$linkable_case", "reason": "Some words"},
    "cases.link_cases": {"kind": "same_issue", "reference": "$linkable_case"},
    "cases.record_letter": {"direction": "in", "medium": "letter", "on": "$today", "party": "X", "subject": "Y"},
    "cases.sever": {"title": "Some words", "reason": "Some words"},
    "cases.unlink_cases": {"reason": "Some words"},
    "cases.bundle": {"chosen": "$item_id", "language": "kk"},
    "cases.draw_paper": {
        "committee": "X",
        "submitted_by": "X",
        "victim": "X",
        "state": "X",
        "on": "$today",
        "subject": "X",
        "substantive": "X",
        "articles": "X",
        "signer": "X",
    },
    "cases.keep_longer": {"until": "2031-03-21", "reason": "Some words"},
    "cases.change_role": {"role": "local"},
    "cases.hand_over": {"to": "$marat"},
    "cases.record_mandate": {"kind": "power_of_attorney", "given_on": "$today"},
    "cases.correct_party": {"side": "opposing", "kind": "individual", "name": "Some words"},
    "cases.resolve_conflict": {"verdict": "another", "reason": "Some words"},
    "cases.assign_counsel": {"member": "$marat", "role": "co_counsel"},
    "cases.close": {"outcome": "won"},
    "cases.edit": {"title": "Some words", "confidentiality": "normal"},
    "cases.give_task": {"what": "Some words", "for_member": "$lawyer_id"},
    "cases.link_incident": {"incident": "$verified.incident_id"},
    "cases.open_case": {"title": "Some words", "confidentiality": "normal"},
    "cases.reopen": {"reason": "Some words"},
    "deadlines.change": {"last_day": "2030-01-15", "reason": "Some words"},
    "deadlines.decline": {"reason": "Some words"},
    "entrance.account": {"old": PASSPHRASE, "new": ANOTHER, "again": ANOTHER},
    "entrance.join": {"passphrase": ANOTHER, "again": ANOTHER},
    "entrance.prove": {"passphrase": PASSPHRASE},
    "entrance.new_code": {"code-passphrase": PASSPHRASE},
    "entrance.sign_in": {"email": "dana@example.org", "passphrase": PASSPHRASE},
    "entrance.recover": {"email": "dana@example.org", "code": "Some words", "passphrase": ANOTHER, "again": ANOTHER},
    "evidence.add": {"title": "Some words", "copy_or_original": "original", "file": "@"},
    "evidence.add_files": {"kind": "original", "file": "@"},
    "evidence.export_all": {"purpose": "inside", "packing": "readable"},
    "evidence.export_item": {"purpose": "inside", "packing": "readable"},
    "evidence.export_key": {"passphrase": PASSPHRASE},
    "incidents.add_act": {"victim": "$person_id", "kind": "torture", "articles": ["CAT:1"]},
    "incidents.correct_act": {"victim": "$person_id", "kind": "torture", "articles": ["CAT:1"]},
    "incidents.add_involvement": {"actor_kind": "police"},
    "incidents.correct_involvement": {"actor_kind": "police"},
    "incidents.add_person": {"kind": "individual", "name": "Some words"},
    "incidents.correct_person": {"kind": "individual", "name": "Some words"},
    "incidents.add_source": {"connection": "victim", "reliability": "high"},
    "incidents.correct_source": {"connection": "victim", "reliability": "high"},
    "incidents.checklist": {"answer_severe": "yes", "note_severe": "Some words"},
    "incidents.add_intervention": {"kind": "complaint", "party": "Some words"},
    "incidents.correct_intervention": {"kind": "complaint", "response": "Some words", "result": "refused"},
    "incidents.assess_risk": {"about": "victim", "level": "high", "threat": "Some words", "review_on": "2031-03-21"},
    "incidents.link_incidents": {"kind": "same_event", "reference": "$linkable"},
    "evidence.copies": {"kind": "cleaned"},
    "evidence.type_version": {"kind": "transcript", "language": "en", "body": "Some words"},
    "incidents.judge": {"what": "incident", "verdict": "same", "reason": "Some words"},
    "incidents.withdraw_judgement": {"reason": "Some words"},
    "incidents.unlink_incidents": {"reason": "Some words"},
    "incidents.answer": {"text": "Some words"},
    "incidents.ask": {"question": "Some words"},
    "incidents.close": {"reason": "Some words"},
    "incidents.decline": {"reason": "Some words"},
    "incidents.refer": {"to": "$elsewhere_id", "parts": ["narrative"], "reason": "Some words"},
    "incidents.reject": {"reason": "Some words"},
    "incidents.verify": {"reason": "Some words", "grade": "likely"},
    "incidents.give_consent": {
        "person": "$person_id",
        "purpose": ["lawyer"],
        "form": "written",
        "language": "en",
        "given_on": "$today",
    },
    "incidents.consent_form": {"person": "$person_id", "purpose": ["lawyer"], "language": "kk"},
    "incidents.withdraw_consent": {"on": "$today", "reason": "Some words"},
    "incidents.export_list": {"kind": "csv", "purpose": "inside"},
    "incidents.import_list": {"file": "@"},
    "incidents.log": {"title": "Some words", "language": "en"},
    "incidents.note": {"story": "Some words", "when": "today"},
    "incidents.what": {"title": "Some words", "language": "en"},
    "incidents.where": {"region": "KZ-75", "ending": "none"},
    "network.add_organisation": {"name": "x house"},
    "network.confirm_key": {"words": "$words"},
    "network.invite": {
        "name": "Some words",
        "email": "new@example.org",
        "role": "lawyer",
        "organisation": "$organisation",
        "language": "en",
    },
    "network.choose_letters": {"how": "daily", "hour": "9"},
    "network.reopen": {"passphrase": ANOTHER, "again": ANOTHER},
    "precedents.cite": {"cited": "$other_precedent", "kind": "cites"},
    "precedents.invite_scorer": {"member": "$colleague_id"},
    "precedents.propose": TEXT,
    "precedents.publish": TEXT,
    "precedents.score": {c.id: "3" for c in CRITERIA} | {f"{c.id}_note": "Because." for c in CRITERIA},
    "precedents.withdraw": {"reason": "Some words"},
    "proceedings.move": {"stage": "appeal", "began_on": "$today"},
    "proceedings.open_proceeding": {"procedure": "un_hrc", "began_on": "$today"},
    "proceedings.record_decision": {"outcome": "acquittal", "decided_on": "$today"},
    "proceedings.record_filing": {"direction": "out", "kind": "motion", "title": "Some words", "filed_on": "$today"},
    "proceedings.record_hearing": {"held_at": "2031-03-21T10:00"},
    "proceedings.record_in_force": {"in_force_on": "$today"},
    "proceedings.record_result": {"result": "Some words"},
    "proceedings.record_service": {"served_on": "$today"},
    "remedies.order_measure": {"kind": "compensation", "what": "Some words"},
    "remedies.show": {"on": "$today", "state": "partial", "note": "Some words"},
    "web.preferences": {"language": "kk"},
}

# Which of Dana's incidents: the state in which the act is due. Without an entry it is the one in Leila's case.
STATE = {
    **dict.fromkeys(
        ("what", "where", "people", "consent", "evidence", "submit", "correct_act", "correct_involvement", "correct_person",
         "correct_source", "take_out_act", "take_out_consent", "take_out_intervention", "take_out_involvement", "take_out_person",
         "take_out_source"),
        "draft",
    ),
    **dict.fromkeys(("take_into_review", "ask", "verify", "decline"), "submitted"),
    "answer": "asked",
    "close": "verified",
    "refer": "verified",
    **dict.fromkeys(("accept", "reject"), "offered"),
    "take_back": "referred",
}  # fmt: skip

# What a program says that sends a file by parts.
BY_PARTS = {
    "evidence.uploads": {"Upload-Length": "1000"},
    "evidence.upload": {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
}

# These hold when nothing is written: everything in them is optional.
MAY_BE_EMPTY = {"incidents.checklist", "incidents.where", "web.preferences"}


def rows_of(world: World) -> dict[str, Rule]:
    return {
        f"{method} {rule.endpoint}": rule
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(world: World, row: str, ids: Ids) -> str:
    rule = rows_of(world)[row]
    values = {name: value(row, name, ids) for name in rule.arguments}
    return world.app.url_map.bind("localhost").build(rule.endpoint, values)


def value(row: str, name: str, ids: Ids) -> str:
    room, _point, act = row.split()[1].partition(".")
    if act == "reopen" and room == "network" and name == "token":
        name = "reopening"
    if row == "GET evidence.beside":
        name = "version_file"  # only a version lies beside something
    if row.endswith(("evidence.copies", "evidence.page")):
        name = {"file_id": "image_file", "number": "page"}[name]
    if row == "POST deadlines.meet":
        name = "confirmed"  # only a confirmed deadline is met
    if act == "draw_paper" and name == "kind":
        return "un_cover"
    if act == "hand_over" and name == "member_id":
        name = "lawyer_id"
    known = ids.get(f"{STATE.get(act)}.{name}") if room == "incidents" else None
    return known or ids.get(name, NOBODY)


def body(row: str, ids: Ids, *, empty: bool = False) -> dict[str, Any]:
    method, endpoint = row.split()
    if method == "GET":
        return {}
    if method == "PUT":
        return {"data": b"raw bytes", "query_string": {"name": "raw.bin"}}
    if endpoint in BY_PARTS:
        return {"headers": {"Tus-Resumable": "1.0.0", **BY_PARTS[endpoint]}, "data": b"some bytes"}
    sent: dict[str, Any] = {}
    for name, typed in ({} if empty else SENT.get(endpoint, {})).items():
        if typed == "@":
            sent["files"] = (io.BytesIO(b"%PDF-1.4\na,b\nx,y\n"), "paper.pdf")  # a list, too, for who asks for one
        else:
            sent[name] = value(row, typed[1:], ids) if isinstance(typed, str) and typed.startswith("$") else typed
    if empty and endpoint in {"evidence.add", "evidence.add_files", "incidents.import_list"}:
        return {"data": sent, "content_type": "multipart/form-data"}
    return {"data": sent}


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    assert sorted(rows_of(world).keys() - ANSWERS.keys()) == [], "routes without a row"
    assert sorted(ANSWERS.keys() - rows_of(world).keys()) == [], "rows without a route"


@pytest.mark.parametrize("row", ANSWERS)
def test_each_answer_is_the_declared_one(world: World, row: str) -> None:
    out, own, *foreign = (part.split() for part in ANSWERS[row].split("|"))
    method = row.split(maxsplit=1)[0]
    declared: list[tuple[str, str, Ids, str]] = [("nobody", "own", world.own, out[0])]
    declared += [(role, "own", world.own, status) for role, status in zip(ROLES, own, strict=True)]
    if foreign:
        declared += [(role, "foreign", world.foreign, status) for role, status in zip(ROLES, foreign[0], strict=True)]
        elsewhere = dict.fromkeys(world.own, NOBODY)
        nothing = ["403" if (mine, theirs) == ("403", "403") and row.split()[1].startswith("network.") else "404"
                   for mine, theirs in zip(own, foreign[0], strict=True)]  # fmt: skip
        declared += [(role, "unknown", elsewhere, status) for role, status in zip(ROLES, nothing, strict=True)]

    given = {}
    for who, whose, ids, status in declared:
        answer = world.send(who, method, address(world, row, ids), **body(row, ids))
        given[f"{who}, {whose}"] = str(answer.status_code)
        if (
            who == "nobody"
            and status == "303"
            and not row.endswith(("sign_in", "sign_out", "preferences", "POST entrance.second_step"))
        ):
            assert answer.location.startswith("/sign-in?next="), row
        if who == "nobody" and status == "401" and row.split()[1] not in BY_PARTS:
            assert 'action="/sign-in"' in answer.text, row
        answer.close()
    assert given == {f"{who}, {whose}": status for who, whose, _ids, status in declared}


@pytest.mark.parametrize("endpoint", SENT)
def test_a_form_sent_empty_names_what_is_missing(world: World, endpoint: str) -> None:
    row = f"POST {endpoint}"
    own = ANSWERS[row].split("|")[1].split()
    expected = 303 if endpoint in MAY_BE_EMPTY else 422
    for member in (role for role, status in zip(ROLES, own, strict=True) if status in {"200", "303"}):
        role = "nobody" if endpoint == "entrance.sign_in" else member  # whoever is signed in is led on
        answer = world.send(role, "POST", address(world, row, world.own), **body(row, world.own, empty=True))
        assert answer.status_code == expected, role
        assert expected == 303 or 'class="field-error' in answer.text or 'role="alert"' in answer.text


@pytest.mark.parametrize("row", [row for row in ANSWERS if not row.startswith("GET")])
def test_nothing_is_done_without_the_token_of_a_page(world: World, row: str) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    for role in ROLES:
        answer = world.send(role, row.split(maxsplit=1)[0], address(world, row, world.own), **body(row, world.own))
        assert answer.status_code in {400, 404}, role
        assert answer.status_code == 400 or ANSWERS[row].split("|")[1].split()[ROLES.index(role)] == "404"
