"""Settings: read once, and a wrong one is named."""

import stat

import pytest

from caseflow.kernel.settings import Settings, WrongSetting, secret_from


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASEFLOW_URL", "cases.example.org"),
        ("CASEFLOW_URL", "http://cases.example.org"),
        ("CASEFLOW_LANGUAGE", "de"),
        ("CASEFLOW_TIMEZONE", "Asia/Almati"),
        ("CASEFLOW_IDLE_MINUTES", "soon"),
        ("CASEFLOW_IDLE_MINUTES", "-1"),
        ("CASEFLOW_WORKER", "thread"),
        ("CASEFLOW_DATABASE_URL", "mysql://localhost/cases"),
        ("CASEFLOW_SMTP_URL", "mail.example.org:25"),
        ("CASEFLOW_REDIS_URL", "localhost:6379"),
        ("CASEFLOW_IDLE_MINUTS", "5"),
    ],
)
def test_a_wrong_setting_is_named(name, value):
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: value})


def test_an_empty_environment_is_a_working_installation():
    settings = Settings.from_environment({})
    assert settings.engine_url.startswith("sqlite:///")
    assert not settings.secure


def test_only_an_address_on_this_machine_may_be_without_encryption():
    assert Settings.from_environment({"CASEFLOW_URL": "http://localhost:8000"}).secure is False
    assert Settings.from_environment({"CASEFLOW_URL": "https://cases.example.org"}).secure is True


def test_postgresql_is_reached_through_the_driver_that_is_installed():
    settings = Settings.from_environment({"CASEFLOW_DATABASE_URL": "postgresql://caseflow@/caseflow"})
    assert settings.engine_url == "postgresql+psycopg://caseflow@/caseflow"


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "deep" / "pepper"
    first = secret_from(path)
    assert len(first) == 32
    assert secret_from(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["pepper"]


def test_a_secret_of_another_length_is_refused_with_its_path(tmp_path):
    path = tmp_path / "pepper"
    path.write_bytes(b"short")
    with pytest.raises(WrongSetting, match=str(path)):
        secret_from(path)
