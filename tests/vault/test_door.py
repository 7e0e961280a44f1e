"""The vault loads neither Flask nor SQLAlchemy, and its encodings are unambiguous."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import caseflow.vault
from caseflow.vault.errors import Damaged, VaultError, WrongKey
from caseflow.vault.fields import fields

VALUES = st.lists(st.one_of(st.text(max_size=8), st.binary(max_size=8), st.integers(0, 2**63 - 1)), max_size=6)


def test_the_vault_loads_neither_flask_nor_sqlalchemy() -> None:
    modules = [f"caseflow.vault.{module.name}" for module in pkgutil.iter_modules(caseflow.vault.__path__)]
    assert len(modules) > 15
    program = f"import sys, {', '.join(modules)}; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"flask", "sqlalchemy", "werkzeug", "jinja2", "flask_sqlalchemy"} & set(done.stdout.split())
    assert "cryptography" in done.stdout.split()


def test_the_two_refusals_are_told_apart() -> None:
    assert issubclass(WrongKey, VaultError)
    assert issubclass(Damaged, VaultError)
    assert not issubclass(WrongKey, Damaged)


@given(VALUES, VALUES)
def test_no_two_sequences_of_values_share_an_encoding(
    one: list[str | bytes | int], other: list[str | bytes | int]
) -> None:
    assert (fields(*one) == fields(*other)) == ([(type(v), v) for v in one] == [(type(v), v) for v in other])


@pytest.mark.parametrize("value", [-1, 2**63, True, None, 1.5])
def test_what_has_no_encoding_is_an_error_of_the_caller(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        fields(value)  # type: ignore[arg-type]
