"""What every page shares: tokens, doubles, refusals, headers, languages."""

import re
from hashlib import sha256

import pytest
from flask import redirect, render_template_string, request
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from caseflow.kernel.db import db
from caseflow.kernel.errors import NotFound, NotPermitted, RuleBroken
from caseflow.network.models import Member, Organisation
from caseflow.web.forms import Form, Line, clean, required, unchanged
from caseflow.web.gate import public
from caseflow.web.pages import Submission, paginate, refusing_to, safe_next, showing_refusals, transaction
from tests.cast import cast, signed_in_client
from tests.pages import send, token


@pytest.fixture
def people(app):
    with app.app_context():
        found = cast(app)
        db.session.remove()
    return found


@pytest.fixture
def aigul(app, people):
    return signed_in_client(app, people.aigul)


def _organisations(app):
    with app.app_context():
        return db.session.scalars(select(Organisation.name).order_by(Organisation.name)).all()


def test_a_form_sent_twice_counts_once(app, aigul):
    page = aigul.get("/members/organisations/new").text
    once = re.search(r'name="once" value="([0-9a-z]{16})"', page)[1]
    fields = {"csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1], "once": once, "name": "East"}
    first = aigul.post("/members/organisations/new", data=fields)
    second = aigul.post("/members/organisations/new", data=fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert second.location == first.location == "/members"
    assert "This was received already" in aigul.get("/members").text
    assert _organisations(app) == ["Bureau of the tests", "East"]


def test_a_form_that_was_refused_may_be_corrected_and_sent_again(app, aigul):
    page = aigul.get("/members/organisations/new").text
    once = re.search(r'name="once" value="([0-9a-z]{16})"', page)[1]
    key = token(aigul, "/members/organisations/new")
    for name, status in (("Bureau of the tests", 422), ("West", 303)):
        answer = aigul.post("/members/organisations/new", data={"csrf_token": key, "once": once, "name": name})
        assert answer.status_code == status
    assert "West" in _organisations(app)
    with app.app_context():
        assert db.session.get(Submission, once).led_to == "/members"


def test_a_form_from_elsewhere_or_without_a_token_is_refused_and_says_what_to_do(app, aigul):
    for given in ({}, {"csrf_token": "x"}, {"csrf_token": token(app.test_client())}):
        answer = aigul.post("/members/organisations/new", data={**given, "name": "East"})
        assert answer.status_code == 400
        assert "Reload the page" in answer.text
    assert "East" not in _organisations(app)


def test_a_broken_rule_lands_at_its_field_with_the_typed_text_kept(aigul):
    answer = send(aigul, "/members/organisations/new", name="Bureau of the tests")
    assert answer.status_code == 422
    assert 'value="Bureau of the tests"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert re.search(r'aria-describedby="[^"]*name-error"', answer.text)
    assert 'href="#name"' in answer.text, "the summary leads to the field"


class _Probe(Form):
    name = Line("Name", [required()])


@pytest.fixture
def probe(make_app, sqlite_url):
    """An application with a few routes that only refuse."""
    app = make_app(sqlite_url)

    def answer_with(raised):
        def view():
            raise raised

        return public("a route of the tests only")(view)

    def form_view():
        form = _Probe()
        if form.validate_on_submit():
            with showing_refusals(form), transaction():
                raise {"stale": StaleDataError("x"), "rule": RuleBroken("Not so.", field="name")}[form.name.data]
        return render_template_string("{{ form.name() }}{{ form.errors }}", form=form)

    def button_view():
        with refusing_to("/health"), transaction():
            raise RuleBroken("Not so.")

    def plain_view():
        with transaction():
            return redirect("/health", 303)

    app._got_first_request = False
    for name, raised in {
        "missing": NotFound(about="t:1"),
        "forbidden": NotPermitted("Only on Sundays."),
        "rule": RuleBroken("Only one at a time."),
        "fault": RuntimeError("a secret stands in this message"),
    }.items():
        app.add_url_rule(f"/probe/{name}", f"probe_{name}", answer_with(raised))
    for name, view in {"form": form_view, "button": button_view, "plain": plain_view}.items():
        app.add_url_rule(
            f"/probe/{name}", f"probe_{name}", public("a route of the tests only")(view), methods=["GET", "POST"]
        )
    return app


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("missing", 404, "There is nothing here"),
        ("forbidden", 403, "Only on Sundays."),
        ("rule", 409, "Only one at a time."),
        ("fault", 500, "Reference"),
        ("nothing-at-all", 404, "There is nothing here"),
    ],
)
def test_every_refusal_is_a_page_in_words(probe, path, status, words):
    answer = probe.test_client().get(f"/probe/{path}")
    assert answer.status_code == status
    assert words in answer.text
    assert answer.text.count("<h1") == 1
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_another_kind_of_request_is_told_so(probe):
    client = probe.test_client()
    assert client.post("/probe/missing", data={"csrf_token": token(client)}).status_code == 405


def test_a_form_keeps_its_text_when_somebody_was_faster(probe):
    client = probe.test_client()
    key = token(client)
    stale = client.post("/probe/form", data={"csrf_token": key, "name": "stale"})
    assert stale.status_code == 409
    assert 'value="stale"' in stale.text
    assert "Somebody changed this at the same moment" in stale.text
    rule = client.post("/probe/form", data={"csrf_token": key, "name": "rule"})
    assert rule.status_code == 422
    assert "Not so." in rule.text


def test_a_button_that_may_not_be_pressed_leads_back_with_the_reason(probe):
    client = probe.test_client()
    answer = client.post("/probe/button", data={"csrf_token": token(client)})
    assert (answer.status_code, answer.location) == (303, "/health")
    assert "Not so." in client.get("/sign-in").text


def test_too_large_a_form_is_told_so(probe):
    client = probe.test_client()
    answer = client.post("/probe/form", data={"csrf_token": token(client), "name": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413


def test_a_file_in_an_ordinary_form_never_touches_the_disk(probe, monkeypatch):
    """Werkzeug would put a part above 500 KiB into a temporary file, in the clear."""
    import tempfile

    def refuse(*_given, **_more):
        raise AssertionError("a temporary file was made")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
        monkeypatch.setattr(f"werkzeug.formparser.{name}", refuse, raising=False)
    client = probe.test_client()
    parts = {'name="csrf_token"': token(client).encode(), 'name="name"': b"rule"}
    parts['name="file"; filename="photo.jpg"'] = b"x" * 1_000_000
    body = b"".join(
        b"--cut\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), value)
        for head, value in parts.items()
    )
    answer = client.post("/probe/form", data=body + b"--cut--\r\n", content_type="multipart/form-data; boundary=cut")
    assert answer.status_code == 422


def test_the_answers_forbid_what_nobody_needs(app, aigul):
    answer = aigul.get("/account")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert set(re.findall(r'<script nonce="([^"]+)"', answer.text)) == {nonce}
    assert not re.search(r"<script(?![^>]*nonce)", answer.text)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style", answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert aigul.get("/account").headers["Content-Security-Policy"] != policy


def test_a_browser_keeps_our_files_until_what_is_in_them_changes(client):
    page = client.get("/sign-in").text
    addresses = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert {a.split("?")[0] for a in addresses} >= {
        "/static/css/tokens.css",
        "/static/js/once.js",
        "/static/favicon.svg",
    }
    for address in addresses:
        answer = client.get(address)
        name, version = address.split("?v=")
        assert sha256(answer.data).hexdigest().startswith(version), name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
        answer.close()
    plain = client.get("/static/css/tokens.css")
    assert plain.headers["Cache-Control"] == "no-cache"
    plain.close()
    assert "immutable" not in client.get("/static/css/nothing.css?v=1").headers.get("Cache-Control", "")


def test_over_https_browsers_are_told_to_stay_there(make_app, sqlite_url):
    client = make_app(sqlite_url, url="https://cases.example.org").test_client()
    answer = client.get("/sign-in", base_url="https://cases.example.org")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_what_the_site_is_called_comes_from_the_proxys_host_only(make_app, sqlite_url):
    app = make_app(sqlite_url, proxies=1)
    app._got_first_request = False
    app.add_url_rule("/probe", "probe", public("a route of the tests only")(lambda: request.host))
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    assert app.test_client().get("/probe", headers=forwarded).text == "localhost"


def test_a_visitor_chooses_a_language_before_signing_in(app, people):
    client = app.test_client()
    answer = client.post("/preferences", data={"csrf_token": token(client), "language": "kk", "next": "/sign-in"})
    assert answer.location == "/sign-in"
    assert '<html lang="kk"' in client.get("/sign-in").text
    odd = client.post("/preferences", data={"csrf_token": token(client), "language": "xx", "next": "//evil.example"})
    assert odd.location == "/"


def test_a_members_choice_of_language_and_colours_is_kept_with_her_account(app, people, aigul):
    for fields in ({"language": "ru"}, {"theme": "dark"}):
        assert send(aigul, "/preferences", "/account", **fields, next="/account").status_code == 303
    page = aigul.get("/account").text
    assert '<html lang="ru"' in page
    assert 'data-theme="dark"' in page
    with app.app_context():
        member = db.session.get_one(Member, people.aigul.member_id)
        assert (member.language, member.theme) == ("ru", "dark")


@pytest.mark.parametrize(
    ("target", "led"),
    [
        ("/cases/x?page=2", "/cases/x?page=2"),
        ("", "/"),
        (None, "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("/\t//evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_only_paths_of_this_site_are_followed(target, led):
    assert safe_next(target, "/") == led


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  name \t", "name"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("e\u0301", "\u00e9"),
        (None, ""),
        ("\u0439 и\u0306", "\u0439 \u0439"),
    ],
)
def test_typed_text_is_cleaned_in_one_way(typed, kept):
    assert clean(typed) == kept


def test_a_version_that_has_moved_on_is_refused_beside_its_field():
    class Row:
        __tablename__, id, version = "cases", "x", 3

    unchanged(Row, 3)
    unchanged(Row, None)
    with pytest.raises(RuleBroken) as refused:
        unchanged(Row, 2)
    assert refused.value.field == "version"


@pytest.mark.parametrize(
    ("asked", "number"), [("1", 1), ("2", 2), ("99", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 50, 1), ("²", 1)]
)
def test_any_page_number_gives_a_page(app, people, asked, number):
    with app.test_request_context(f"/members?page={asked}"):
        page = paginate(select(Member).order_by(Member.name), per_page=2)
        assert page.number == number
        assert (page.total, page.pages) == (6, 3)
        assert (page.prev_url is None) == (number == 1)
        assert (page.next_url is None) == (number == 3)


def test_the_server_says_that_it_lives_and_nothing_else(client):
    answer = client.get("/health")
    assert answer.json == {"status": "ok"}


@pytest.mark.parametrize(("proxies", "lines"), [(0, 1), (1, 0)])
def test_a_proxy_that_nobody_told_of_is_written_into_the_log_once(make_app, sqlite_url, caplog, proxies, lines):
    client = make_app(sqlite_url, proxies=proxies).test_client()
    client.get("/health")
    assert "CASEFLOW_PROXIES" not in caplog.text
    for _time in range(3):
        assert client.get("/health", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200
    told = [record for record in caplog.records if "CASEFLOW_PROXIES is 0" in record.getMessage()]
    assert len(told) == lines
    assert "203.0.113.9" not in caplog.text
