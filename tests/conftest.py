"""What every test may ask for. The fixtures stand in tests/fixtures, by what they are about."""

import gc
import os

import hypothesis

pytest_plugins = [
    "tests.fixtures.guards",
    "tests.fixtures.databases",
    "tests.fixtures.applications",
    "tests.fixtures.buckets",
    "tests.fixtures.ceph",
    "tests.fixtures.servers",
    "tests.fixtures.browsers",
]

# A developer's own settings must not reach a test.
for name in [name for name in os.environ if name.startswith("CASEFLOW_") or name in {"FLASK_APP", "GUNICORN_CMD_ARGS"}]:
    del os.environ[name]

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_finish() -> None:
    """Look for garbage rarely, and not among what was loaded before the first test: a tenth of the time of them all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
