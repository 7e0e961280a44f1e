"""Puts the rooms together: the only module that knows them all."""

from __future__ import annotations

import logging
import os
from importlib import import_module
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from caseflow.kernel import db as kernel_db
from caseflow.kernel import jobs
from caseflow.kernel.db import db
from caseflow.kernel.settings import Settings
from caseflow.web import errors, gate, headers, navigation, pages, patience, proxies, words

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "kernel",
    "web",
    "ledger",
    "keys",
    "network",
    "entrance",
    "evidence",
    "incidents",
    "cases",
    "proceedings",
    "deadlines",
    "remedies",
    "precedents",
    "search",
    "desk",
    "reports",
    "demo",
)
FORM_BYTES = 2 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the application for `settings`. Raises `RuntimeError` for a route without a gate."""
    app = Flask("caseflow", template_folder=str(ROOT / "templates"), static_folder="web/static")
    _keep_private(settings.instance)
    app.extensions["caseflow_settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        TESTING=settings.testing,
        SESSION_COOKIE_NAME="__Host-caseflow-form" if settings.secure else "caseflow-form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=settings.secure,
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
    )
    if settings.proxies:
        # The name comes in Host, which the proxy sets: of X-Forwarded-Host it may not know.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    else:
        proxies.init(app)
    app.jinja_environment = pages.Environment
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    kernel_db.connect(app, settings.engine_url)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
    patience.init(app)  # before the tokens are looked for: that reads the whole form
    tokens = CSRFProtect(app)
    gate.init(app)
    words.init(app)
    pages.init(app)
    errors.init(app)
    headers.init(app)
    app.jinja_env.globals.update(
        navigation=navigation.navigation,
        panels_of=navigation.panels_of,
        url_for=navigation.address,
        icon_drawing=navigation.icon,
        current_actor=gate.current_actor_or_none,
    )
    for room in ROOMS:
        _open(app, room)
    import_module("caseflow.entrance.sessions").check_roles(settings.second_factor)
    sessions = import_module("caseflow.entrance.sessions")
    gate.load_with(sessions.load)
    app.view_functions["static"] = gate.public("style sheets, scripts and pictures of the pages")(
        app.view_functions["static"]
    )
    for view in gate.streaming_views(app):
        tokens.exempt(view)
    gate.demand_gates(app)
    logging.getLogger("caseflow").setLevel(logging.INFO)
    jobs.start(app, redis_url=settings.redis_url, worker=settings.worker)
    return app


def _keep_private(instance: Path) -> None:
    """Let nobody else on this machine read what the installation writes: the database, its journal, letters."""
    os.umask(0o077)
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = instance.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077:
        instance.chmod(0o700)


def _open(app: Flask, room: str) -> None:
    """Bring in the shelves of a room that stand in the way of requests, commands and announcements."""
    folder = Path(__file__).parent / room
    for shelf in ("models", "operations", "jobs", "panels", "routes", "cli"):
        if (folder / f"{shelf}.py").exists() or (folder / shelf).is_dir():
            module = import_module(f"caseflow.{room}.{shelf}")
            if shelf == "routes":
                app.register_blueprint(module.bp)
            if shelf == "cli":
                app.cli.add_command(module.group)
