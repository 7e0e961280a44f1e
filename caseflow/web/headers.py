"""What every answer says to the browser: run nothing but ours, keep nothing, frame nothing."""

from __future__ import annotations

from secrets import token_urlsafe

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


def csp_nonce() -> str:
    """Return the nonce of this answer."""
    if "csp_nonce" not in g:
        g.csp_nonce = token_urlsafe(16)
    return str(g.csp_nonce)


class _Sessions(SecureCookieSessionInterface):
    """Flask's sessions, kept away from files of ours: those are the same for everybody, whatever cookies come along."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session and say that the answer depends on it, unless the answer is such a file."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init(app: Flask) -> None:
    """Attach the headers to `app`."""
    app.session_interface = _Sessions()
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_add)


def _add(response: Response) -> Response:
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self'; media-src 'self'; "
            "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    elif "v" in request.args and response.status_code in (200, 304):  # the address changes with the content
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
