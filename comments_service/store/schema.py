"""The tables, as SQLAlchemy Core knows them; Alembic's migrations make them.

Texts are kept as the reader wrote them and made safe where they are shown. Times are
whole seconds of UTC as integers (seconds since 1970), the same on every database.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows only for a column of exactly its own type INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

NO_LANGUAGE = "und"
"""In ``comment.lang`` for a file that names no language (BCP 47)."""

_IN_FILES = (
    "kind IN ('changed_in_files', 'removed_in_files', 'restored_in_files', 'moved_in_files')"
)
"""Events of what staff did to comment files by hand."""

thread_counter = Table(
    "thread_counter",
    metadata,
    Column("thread", String(100), primary_key=True),
    Column("series", String(10), primary_key=True),  # comments | linkbacks
    Column("last_number", Integer, nullable=False),
)

comment = Table(
    "comment",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("thread", String(100), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("in_reply_to", String(26)),
    Column("answers", String(26)),
    Column("lang", String(8), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("head_revision", Integer, nullable=False),
    Column("public_revision", Integer),
    Column("number", Integer),
    Column("private", Integer, nullable=False, server_default="0"),
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_by", String(12)),  # reader | institution | repository
    Column("erased_at", BigInteger),
    Column("url", String(500)),
    Column("source", String(200)),
    Column("digest_head", String(16)),  # of its file where it counts: last seen at HEAD
    Column("revision_head", Integer),  # the wording that this file held; 0: a tombstone
    Column("digest_seen", String(16)),  # of the wording that the built page was found to show
    Column("network", String(64)),
    Column("fingerprint", String(64)),
    Column("seal", String(32)),  # of the form that it came by, single use
    CheckConstraint("length(id) = 26", "id_is_a_ulid"),
)
Index("ix_comment_thread", comment.c.thread, comment.c.id)
Index("ix_comment_fingerprint", comment.c.fingerprint, comment.c.received_at)
Index("ix_comment_seal", comment.c.seal, unique=True)
Index("ix_comment_network", comment.c.network, comment.c.received_at)

revision = Table(
    "revision",
    metadata,
    Column("comment_id", String(26), ForeignKey("comment.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("author", String(80), nullable=False),
    Column("body", Text, nullable=False),
    Column("markup", String(8), nullable=False),
    Column("position", String(200)),
    Column("department", String(200)),
    Column("created_at", BigInteger, nullable=False),
    Column("decision", String(10), nullable=False),
    Column("decided_at", BigInteger),
    Column("decided_by", Integer, ForeignKey("person.id")),
    Column("rule", Integer),
    Column("rule_version", Integer),
    Column("reason", Text),
    Column("notes", Text, nullable=False, server_default=""),  # codes of screening, by space
    Column("showable", Integer, nullable=False, server_default="1"),
    CheckConstraint("length(body) <= 8000", "body_is_whole"),
)
Index(
    "ix_revision_held",
    revision.c.created_at,
    revision.c.comment_id,
    sqlite_where=text("decision = 'held'"),
    postgresql_where=text("decision = 'held'"),
)

case = Table(
    "cases",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("comment_id", String(26), ForeignKey("comment.id"), nullable=False, unique=True),
    Column("attention", String(16), nullable=False),
    Column("link_generation", Integer, nullable=False, server_default="1"),
    Column("code_hash", String(64)),  # keyed hash of the short code
    Column("address_id", BigId, ForeignKey("address.id")),
    Column("mails_stopped_at", BigInteger),  # its reader wants no more mail about it
    Column("decide_by", BigInteger),  # what the reader was promised: read and decided
    Column("answer_by", BigInteger),  # and answered
    sqlite_autoincrement=True,  # a number is never used twice
)
Index("ix_cases_address", case.c.address_id)
Index("ix_cases_code_hash", case.c.code_hash, unique=True)

# An e-mail address that a reader gave. lookup: HMAC, to find it again; sealed: AES-256-GCM.
address = Table(
    "address",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("lookup", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("lang", String(8), nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),  # of its links
    Column("created_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("stopped_at", BigInteger),  # its owner wants no mail from here at all
)

# Somebody follows a conversation by e-mail; confirmed by a link, ended by another.
subscription = Table(
    "subscription",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("thread", String(100), nullable=False),
    Column("address_id", BigId, ForeignKey("address.id"), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),  # of its links
    Column("created_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("ended_at", BigInteger),
    UniqueConstraint("thread", "address_id"),
    sqlite_autoincrement=True,  # an old link never leads to a new one
)
Index("ix_subscription_address", subscription.c.address_id)

# Mails that wait and that were sent: kinds and ids, rendered when they leave.
mail = Table(
    "mail",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("kind", String(8), nullable=False),  # R1, R2, ... of ``domain.mails``
    Column("address_id", BigId, ForeignKey("address.id"), nullable=False),
    Column("case_id", BigId, ForeignKey("cases.id")),
    Column("subscription_id", BigId, ForeignKey("subscription.id")),
    Column("cause", String(64), nullable=False),  # what it tells of: one mail for each
    Column("asked_at", BigInteger, nullable=False),
    Column("available_at", BigInteger, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text),  # JSON of ``store.problems``
    Column("done_at", BigInteger),
    Column("outcome", String(8)),  # sent | dropped
    UniqueConstraint("kind", "address_id", "cause"),
)
Index(
    "ix_mail_waiting",
    mail.c.available_at,
    mail.c.id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)
Index("ix_mail_address", mail.c.address_id, mail.c.done_at)

event = Table(
    "event",
    metadata,
    Column("case_id", BigId, ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(40), nullable=False),  # reader | service | person:<id>
    Column("data", Text, nullable=False),  # JSON, sorted keys: codes, numbers, ids; never text
    Column("text_digest", String(64)),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

Index(
    "ix_event_in_files",
    event.c.at,
    event.c.kind,
    sqlite_where=text(_IN_FILES),
    postgresql_where=text(_IN_FILES),
)

event_text = Table(
    "event_text",
    metadata,
    Column("case_id", BigId, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("text", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("comment_id", String(26), ForeignKey("comment.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("asked_at", BigInteger, nullable=False, server_default="0"),
    Column("available_at", BigInteger, nullable=False),
    Column("owner", String(64)),
    Column("lease_until", BigInteger),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text),  # JSON of ``store.problems``
    Column("done_at", BigInteger),
    UniqueConstraint("kind", "comment_id", "revision"),
)
Index(
    "ix_outbox_waiting",
    outbox.c.available_at,
    outbox.c.id,
    sqlite_where=text("done_at IS NULL"),
    postgresql_where=text("done_at IS NULL"),
)

Index("ix_outbox_comment", outbox.c.comment_id, outbox.c.id)

build_run = Table(
    "build_run",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("problem", Text),  # JSON of ``store.problems``
)

# What the service knows of itself, a line each: ``store.facts`` names them.
fact = Table(
    "fact",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("position", String(200)),
    Column("department", String(200)),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

session = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
Index("ix_session_person", session.c.person_id)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("purpose", String(16), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

sign_in_try = Table(
    "sign_in_try",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("subject", String(80), nullable=False),  # keyed hash of account or network
    Column("at", BigInteger, nullable=False),
)
Index("ix_sign_in_try_subject", sign_in_try.c.subject, sign_in_try.c.at)

day_key = Table(
    "day_key",
    metadata,
    Column("day", Integer, primary_key=True),  # days since 1970, UTC
    Column("key", LargeBinary(32), nullable=False),
)
