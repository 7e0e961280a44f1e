"""The application for a WSGI server and for `flask --app wsgi`."""

from caseflow.app import create_app
from caseflow.kernel.settings import Settings

app = create_app(Settings.from_environment())
