"""A proxy that nobody told the program about: then every visitor seems to come from the proxy's own address."""

from __future__ import annotations

import logging

from flask import Flask, request

log = logging.getLogger(__name__)


def init(app: Flask) -> None:
    """Let `app`, which believes no proxy, write into the log once when a request came through one."""
    told: list[bool] = []

    @app.before_request
    def look() -> None:
        if not told and "X-Forwarded-For" in request.headers:
            told.append(True)
            log.warning(
                "A request came with X-Forwarded-For, but CASEFLOW_PROXIES is 0. If a reverse proxy stands in front, set it to "
                "the number of proxies: until then all visitors count as one address, and anybody's wrong tries keep "
                "out everybody. If none does, a visitor sent it, and nothing was made of it."
            )
