"""The tables, as SQLAlchemy Core knows them; Alembic's migrations make them.

Texts are kept as the reader wrote them and made safe where they are shown. Times are
whole seconds of UTC as integers (seconds since 1970), the same on every database.
"""

from sqlalchemy import Table

from .base import NO_LANGUAGE, BigId, metadata
from .comments import case, comment, event, event_text, revision, thread_counter
from .people import one_time_link, person, session, sign_in_try
from .readers import address, mail, subscription
from .service import build_run, day_key, fact, outbox

__all__ = [
    "NO_LANGUAGE",
    "BigId",
    "Table",
    "address",
    "build_run",
    "case",
    "comment",
    "day_key",
    "event",
    "event_text",
    "fact",
    "mail",
    "metadata",
    "one_time_link",
    "outbox",
    "person",
    "revision",
    "session",
    "sign_in_try",
    "subscription",
    "thread_counter",
]
