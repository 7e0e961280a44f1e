"""The first reading of an export: every file that is to leave is read whole, and what is damaged is found."""

from __future__ import annotations

from caseflow.access.actor import Actor
from caseflow.evidence.export import contents, opening
from caseflow.evidence.export.bag import Checked
from caseflow.evidence.export.contents import Asked, Survey
from caseflow.kernel.db import db
from caseflow.kernel.settings import current
from caseflow.keys.keyring import ring_of
from caseflow.keys.models import Identity
from caseflow.keys.operations import present_key, signed_recipient
from caseflow.vault.identity import Identity as FileIdentity
from caseflow.vault.identity import Recipient

_WORK, _WORK_IN_TESTS = 18, 10


def own_recipient(actor: Actor) -> str | None:
    """Return the `age1…` of the actor's recovery code on paper, None for a code from before there was such a thing.

    Also None for one that she has not signed herself: the database could name anybody's.
    """
    identity, ring = db.session.get(Identity, actor.member_id), ring_of(actor)
    return signed_recipient(identity, ring.keys.public) if identity else None


def organisation_recipient() -> str | None:
    """Return the `age1…` of the organisation's offline recovery key, None where there is none in use."""
    key = present_key()
    return str(Recipient(key.public)) if key else None


def check(survey: Survey, asked: Asked, by: Actor) -> Checked:
    """Read every file that is to leave, and get ready to send it. Call it outside any transaction."""
    ring = ring_of(by)
    chosen = [(item, file) for item, file, what in survey.files(asked) if what in (contents.READABLE, contents.SEALED)]
    keys = {file.id: opening.opener(file, item.safe_id, ring) for item, file in chosen}
    db.session.rollback()
    recipients, note = list(asked.recipients), None
    if asked.sealed and asked.passphrase:
        # A key of the export's own stands between: the slow derivation is done once, not for each file.
        identity = FileIdentity.generate()
        recipients.append(identity.recipient)
        work = _WORK_IN_TESTS if current().fast_kdf else _WORK
        note = opening.sealed_note(f"{identity}\n", asked.passphrase, work_factor=work)
    ready: dict[str, opening.Ready | None] = {}
    for _item, file in chosen:
        key = keys[file.id]
        if key is None:
            ready[file.id] = None
        elif asked.sealed:
            ready[file.id] = opening.sealed(file, key, recipients)
        else:
            ready[file.id] = opening.readable(file, key)
    return Checked(asked, survey, ready, note)
