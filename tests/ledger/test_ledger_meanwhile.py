"""A checkpoint that is made while the ledger is being verified does not look like a database that was put back."""

import threading

from caseflow.kernel.clock import now
from caseflow.kernel.db import db, transaction
from caseflow.ledger import checkpoints, verification
from tests.cast import cast
from tests.keys.test_keys_trust import log


def test_a_checkpoint_made_during_the_check_is_no_alarm(app_on_each, monkeypatch):
    app = app_on_each
    with app.app_context():
        people = cast(app)
        with transaction():
            checkpoints.make_checkpoint(now())
        db.session.remove()
        real = verification.member_keys

        def meanwhile():
            def act():
                with app.app_context():
                    log(people.fresh(people.dana))
                    with transaction():
                        checkpoints.make_checkpoint(now())  # as each export does, in a web process
                    db.session.remove()

            one = threading.Thread(target=act)
            one.start()
            one.join(30)
            return real()

        monkeypatch.setattr(verification, "member_keys", meanwhile)
        assert [str(fault) for fault in verification.faults()] == []
