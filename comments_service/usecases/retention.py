"""Personal data goes when its term is over (GDPR 5.1.e): the clocks of ``domain.personal_data``."""

from datetime import datetime, timedelta

import structlog

from ..domain.cases import SERVICE
from ..domain.comments import WithdrawnBy
from ..store import bans, facts, journal, me_too, retention
from .blog import Blog
from .withdraw import erase

EVERY = timedelta(hours=1)
AT_A_TIME = 100
MONTH = timedelta(days=30.5)
LOG_TEXTS = timedelta(days=2 * 365)
"""How long the journal keeps words and names, as ``domain.personal_data`` declares."""

log = structlog.get_logger()


def forget(blog: Blog, now: datetime) -> None:
    """Once an hour, erase refused comments and delete addresses whose term is over.

    A hundred at a time, so that a reader's comment never waits long for the database.
    Raises CannotWrite, Unavailable.
    """
    with blog.store.read() as connection:
        last = facts.noted_at(connection, facts.FORGOT)
        if last is not None and abs(now - last) < EVERY:
            return
    erased, addresses = _erase_overdue(blog, now), _delete_addresses(blog, now)
    with blog.store.write() as connection:
        journal.forget_texts(connection, now - LOG_TEXTS, AT_A_TIME)
        me_too.forget(connection, now)
        bans.forget(connection, now)
        facts.note(connection, facts.FORGOT, "", now)
    if erased or addresses:
        log.info("retention.forgot", comments=erased, addresses=addresses)


def _erase_overdue(blog: Blog, now: datetime) -> int:
    erased = 0
    for comment_id in _overdue(blog, now):
        if _overdue(blog, now, only=comment_id):  # its reader may have written meanwhile
            erase(blog, comment_id, reason=WithdrawnBy.INSTITUTION, who=SERVICE, now=now)
            erased += 1
    return erased


def _overdue(blog: Blog, now: datetime, *, only: str | None = None) -> list[str]:
    terms = blog.site.retention
    with blog.store.read() as connection:
        return retention.overdue(
            connection,
            unpublished_before=now - terms.unpublished_months * MONTH,
            spam_before=now - timedelta(days=terms.spam_days),
            limit=AT_A_TIME,
            only=only,
        )


def _delete_addresses(blog: Blog, now: datetime) -> int:
    before = now - blog.site.retention.address_months * MONTH
    with blog.store.write() as connection:
        idle = retention.idle_addresses(connection, before, AT_A_TIME)
        idle += retention.idle_addresses(connection, now - MONTH, AT_A_TIME, unconfirmed=True)
        for address_id in idle:
            retention.forget_address(connection, address_id)
    return len(idle)
