"""The line before Argon2id: one run at a time, a few people waiting, and an answer at once for everybody beyond.

A run takes 64 MiB and about a fifth of a second of the processor, on as many cores as there are. The line is that of one
process: with several workers there are as many lines. It is shorter than the threads of a worker, so that a flood of sign-ins leaves threads for those who are in.
"""

from __future__ import annotations

from contextlib import ExitStack
from threading import BoundedSemaphore

from caseflow.kernel.errors import RuleBroken
from caseflow.kernel.words import N_
from caseflow.vault.passphrases import Derived, KdfParameters, derive

# One and not two: a run spreads its lanes over the threads that OpenSSL lends out, as many as there are cores. Two runs
# at once in one process find too few of them: then the second fails, or both wait for each other for ever.
AT_ONCE, WAITING, STRANGERS = 1, 8, 4
_at_once = BoundedSemaphore(AT_ONCE)
_places = BoundedSemaphore(AT_ONCE + WAITING)
_for_strangers = BoundedSemaphore(STRANGERS)


class Busy(RuleBroken):
    """Too many people sign in at this moment."""


def derive_in_turn(passphrase: str, salt: bytes, parameters: KdfParameters, *, stranger: bool = False) -> Derived:
    """Run Argon2id when it is this caller's turn. Raises `Busy` at `passphrase` when the line is full.

    A `stranger` may be anybody: they have four of the nine places, so that who is in, or was in this browser, has one.
    """
    with ExitStack() as held:
        for places in (_for_strangers, _places) if stranger else (_places,):
            if not places.acquire(blocking=False):
                raise Busy(
                    N_("Very many people are signing in at this moment. Try again in a few seconds."),
                    field="passphrase",
                )
            held.callback(places.release)
        with _at_once:
            return derive(passphrase, salt, parameters)
