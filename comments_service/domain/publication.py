"""What is to be done about one comment's file: derived, never remembered.

Compared are what the database wants readers to see, what the file is where it counts (HEAD,
or the folder when no Git is used) and what it was when the service looked last. The
repository wins for what is public, the database for everything else; a withdrawal wins
over both.
"""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """NOTHING: the file is as it should be, or is not to be. WRITE: write what is wanted.

    TAKE_IN: staff's wording is what readers see from now on. REMOVED: staff took the file
    away, so the comment is withdrawn. LEAVE: it cannot be read; say so and touch nothing.
    """

    NOTHING = "nothing"
    WRITE = "write"
    TAKE_IN = "take_in"
    REMOVED = "removed"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One comment on its three sides. Digests are of whole files, 16 hex digits.

    wanted: of what the database wants to stand there; None: no file.
    withdrawn: the reader or the institution withdrew it, so ``wanted`` is a tombstone.
    known: what stood there when the service looked last; None: nothing ever did.
    is_current: ``known`` holds the wording that is wanted, whoever wrote those bytes.
    found: what stands there now; None: no file. readable: it parses.
    is_ours: ``found`` is exactly how the service writes a wording newer than the known one:
        it died between writing and noting it.
    """

    wanted: str | None
    withdrawn: bool
    known: str | None
    is_current: bool
    found: str | None
    readable: bool = True
    is_ours: bool = False


def act(of: Compared) -> Act:
    """What to do about the file."""
    if of.found is None:
        return _about_nothing(of)
    if of.found == of.wanted:
        return Act.NOTHING
    if of.withdrawn:
        return Act.WRITE if of.wanted else Act.LEAVE
    if not of.readable:
        return Act.LEAVE
    if of.wanted is None:
        return Act.TAKE_IN
    if of.is_ours:
        return Act.WRITE
    if of.found == of.known:
        return Act.NOTHING if of.is_current else Act.WRITE
    return Act.TAKE_IN


def _about_nothing(of: Compared) -> Act:
    if of.wanted is None or of.withdrawn:
        return Act.NOTHING
    return Act.WRITE if of.known is None else Act.REMOVED
