"""The tables, as SQLAlchemy Core knows them; Alembic's migrations make them.

Texts are kept as the reader wrote them and made safe where they are shown. Times are
whole seconds of UTC as integers (seconds since 1970), the same on every database.
"""

from sqlalchemy import Table

from .base import NO_LANGUAGE, metadata
from .comments import (
    ban,
    case,
    comment,
    event,
    event_text,
    me_too,
    referral,
    revision,
    thread_counter,
)
from .log import journal, journal_text, log_head, log_seal
from .people import (
    department,
    identity,
    one_time_link,
    passkey,
    person,
    recovery_code,
    session,
    sign_in_step,
    sign_in_try,
    topic,
)
from .readers import address, mail, subscription
from .service import build_run, day_key, fact, outbox
from .settings import canned_reply, site_file, term

__all__ = [
    "NO_LANGUAGE",
    "Table",
    "address",
    "ban",
    "build_run",
    "canned_reply",
    "case",
    "comment",
    "day_key",
    "department",
    "event",
    "event_text",
    "fact",
    "identity",
    "journal",
    "journal_text",
    "log_head",
    "log_seal",
    "mail",
    "me_too",
    "metadata",
    "one_time_link",
    "outbox",
    "passkey",
    "person",
    "recovery_code",
    "referral",
    "revision",
    "session",
    "sign_in_step",
    "sign_in_try",
    "site_file",
    "subscription",
    "term",
    "thread_counter",
    "topic",
]
