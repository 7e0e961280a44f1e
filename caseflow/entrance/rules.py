"""What a browser says about itself, in words that its owner recognises. It is a hint for people and decides nothing."""

from __future__ import annotations

# In this order: each browser also names those it descends from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(agent: str) -> str:
    """Return "Firefox, Windows" for a User-Agent header; its first word where nothing is recognised, '' for none."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), agent.split("/", maxsplit=1)[0][:40].strip())
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(word for word in (browser, system) if word)
