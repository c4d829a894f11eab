"""The short code of a case, for whoever has paper and no link.

It is made from the link key, the case and its link's generation, so that a new private link
has a new code; the database holds a keyed hash of it.
"""

from datetime import UTC, datetime, timedelta

from .. import signing
from ..domain import codes
from ..domain.cases import Case
from ..errors import N_, Fault, InvalidComment, TooMany
from ..store import day_keys, follow, tries
from ..store.engine import Connection
from .blog import Blog
from .limits import network_of
from .track import Receipt, receipt_for

MAX_TRIES = 10
"""Wrong codes from one network in a day (UTC). There are 25 ** 12 codes."""

AT_ONCE = 500
DAY = timedelta(days=1)


_A_REFERENCE = N_(
    "That is the reference. The code has twelve letters and digits, like A7KD-93HM-PWX4. You find"
    " it on the receipt, below the private link."
)


def code_of(blog: Blog, case: Case) -> str:
    """The code of a case, as it is printed: in groups of four."""
    return codes.in_groups(_code(blog, case.id, case.link_generation))


def _code(blog: Blog, case_id: int, generation: int) -> str:
    parts = ["short code", str(case_id), str(generation)]
    return codes.spelled(int(signing.keyed_hash(blog.link_key, parts), 16))


def _hashed(blog: Blog, code: str) -> str:
    return signing.keyed_hash(blog.link_key, ["short code at rest", code])


def keep(blog: Blog, connection: Connection, case_id: int, generation: int) -> None:
    """Let the code of a case be found."""
    follow.keep_code(connection, case_id, _hashed(blog, _code(blog, case_id, generation)))


def fill(blog: Blog) -> int:
    """Do that for older cases, some at a time; how many."""
    with blog.store.read() as connection:
        lacking = follow.without_code(connection, AT_ONCE)
    if lacking:
        with blog.store.write() as connection:
            for case_id, generation in lacking:
                keep(blog, connection, case_id, generation)
    return len(lacking)


def find(blog: Blog, typed: str, *, address: str, now: datetime) -> Receipt:
    """The case of a code that somebody typed.

    Raises InvalidComment, alike for every wrong code and for every reference, and TooMany. A
    reference is never looked up.
    """
    if codes.is_reference(typed):
        raise InvalidComment(N_("There is a problem"), [Fault("code", _A_REFERENCE)])
    wanted = _hashed(blog, codes.read(typed))
    with blog.store.write() as connection:
        subject = _subject(connection, address, now)
        follow.one_at_a_time(connection, subject)
        today = now - (now - datetime.fromtimestamp(0, UTC)) % DAY
        is_much = tries.count_of(connection, subject, today) >= MAX_TRIES
        case = follow.by_code(connection, wanted)
        if case is None and not is_much:
            tries.note(connection, [subject], now)
    if is_much:
        left = today + DAY - now
        raise TooMany(
            int(left.total_seconds()) + 1,
            N_("Too many wrong codes came from your network today. Try again tomorrow."),
        )
    if case is None:
        fault = Fault("code", N_("We find no comment with this code. Look at it once more."))
        raise InvalidComment(N_("There is a problem"), [fault])
    return receipt_for(blog, case)


def _subject(connection: Connection, address: str, now: datetime) -> str:
    """The network under the key of the day, which is gone some days later."""
    key = day_keys.key_of_day(connection, now)
    return "code " + signing.keyed_hash(key, ["code", network_of(address)])
