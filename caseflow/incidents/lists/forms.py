"""What people send about lists."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField

from caseflow.incidents.forms.choices import offered
from caseflow.web.forms import Form, choose


class ListForm(Form):
    """A file with a list of incidents."""

    files = FileField(_l("The file with the list"))


class ExportListForm(Form):
    """In which form incidents leave as a list, and for what."""

    kind = RadioField(
        _l("In what form"),
        [choose()],
        choices=offered(
            {
                "xlsx": _l("Workbook (XLSX), for Excel and LibreOffice"),
                "csv": _l("Plain text (CSV)"),
                "json": _l("For a program (JSON), with its whole structure"),
            }.items()
        ),
        default="xlsx",
    )
    purpose = RadioField(
        _l("What it is for"),
        [choose()],
        choices=offered(
            {
                "inside": _l("It stays within the network"),
                "lawyer": _l("It is handed to a named lawyer"),
                "submission": _l("It is submitted confidentially to a court or a UN body"),
            }.items()
        ),
    )
