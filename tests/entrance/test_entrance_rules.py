"""What a browser says about itself."""

import pytest

from caseflow.entrance.rules import browser_of, network_of

LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 15; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) YaBrowser/25.8 Chrome/138.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (LINUX, "Chrome, Linux"),
        (PHONE, "Yandex Browser, Android"),
        (IPHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox, Windows"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("x" * 500, "x" * 40),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(agent, words):
    assert browser_of(agent) == words


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_tries_are_counted_for_what_one_machine_may_have(address, counted):
    assert network_of(address) == counted
