"""Letters and filings, drawn from what is in the case: chosen, read through, drawn as a PDF that is kept nowhere."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from caseflow.access import cases as policy
from caseflow.cases import forms, operations
from caseflow.cases.models import Case
from caseflow.cases.papers import filling
from caseflow.cases.papers.kinds import KINDS
from caseflow.cases.routes import bp
from caseflow.kernel import db as kernel_db
from caseflow.kernel.clock import now
from caseflow.kernel.db import find
from caseflow.kernel.errors import NotFound
from caseflow.web.gate import current_actor, signed_in
from caseflow.web.pages import showing_refusals
from caseflow.web.words import language


@bp.get("/<case_id>/papers")
@signed_in
def papers(case_id: str) -> ResponseReturnValue:
    """Choose a letter or a filing, and its language."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    names = [(code, kind.label.to(language())) for code, kind in KINDS.items()]
    languages = {"ru": "Русский", "kk": "Қазақша", "en": "English"}
    objection = policy.may_draw_paper(actor, case)
    return render_template("cases/papers.html", case=case, kinds=names, languages=languages, objection=objection)


@bp.route("/<case_id>/papers/<kind>", methods=["GET", "POST"])
@signed_in
def draw_paper(case_id: str, kind: str) -> ResponseReturnValue:
    """Read through what a paper will say, then draw it. `?in=` is its language."""
    actor = current_actor()
    case = find(Case, case_id, policy.visible_to(actor))
    paper = KINDS.get(kind)
    if paper is None:
        raise NotFound(about="papers:")
    actor.ring.prepare([case])
    wanted = request.form.get("language") or request.args.get("in", "")
    lang = wanted if wanted in filling.LANGUAGES else language()
    if request.method == "GET":
        form = forms.paper_form(paper, lang, data={**filling.known(paper, case, actor, lang), "language": lang})
    else:
        form = forms.paper_form(paper, lang)
    if form.validate_on_submit():
        at = now()
        with showing_refusals(form), kernel_db.transaction():  # it may be drawn again from the same page
            operations.draw_paper(case, kind=kind, language=lang, by=actor, at=at)
        if not form.errors:
            drawn = filling.draw(paper, {field.name: form[field.name].data for field in paper.fields}, lang=lang, at=at)
            answer = Response(drawn, content_type="application/pdf")
            answer.headers["Content-Disposition"] = f'attachment; filename="{case.reference}-{kind}.pdf"'
            answer.headers["Cache-Control"] = "no-store"
            return answer
    title = paper.label.to(language())
    objection = policy.may_draw_paper(actor, case)
    return render_template("cases/paper.html", case=case, form=form, paper=paper, title=title, objection=objection)
