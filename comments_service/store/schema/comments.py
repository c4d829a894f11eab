"""Comments with their wordings, their cases and the record of what happened to them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from .base import BigId, metadata

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
Index(
    "ix_comment_reports",
    comment.c.id,
    sqlite_where=text("kind = 'report'"),
    postgresql_where=text("kind = 'report'"),
)
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
Index(
    "ix_revision_spam",
    revision.c.comment_id,
    sqlite_where=text("decision = 'spam'"),
    postgresql_where=text("decision = 'spam'"),
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
    Column("assigned_to", Integer, ForeignKey("person.id")),  # who looks after it
    Column("unsealed", Integer, nullable=False, server_default="1"),  # newer than the last seal
    Column("unindexed", Integer, nullable=False, server_default="1"),  # search lacks its news
    Column("claimed_by", Integer, ForeignKey("person.id")),  # who is looking at it
    Column("claimed_until", BigInteger),
    Column("topic_id", Integer, ForeignKey("topic.id")),
    Column("department_id", Integer, ForeignKey("department.id")),  # to which it is passed on
    Column("risk", Integer, nullable=False, server_default="0"),
    Column("resolve_by", BigInteger),  # a final answer, as the institution promised itself
    Column("me_too", Integer, nullable=False, server_default="0"),  # want the same answered
    Column("channel", String(12), nullable=False, server_default="form"),
    # When the clocks look at it next, and at once after each event; NULL: nothing runs out.
    Column("look_at", BigInteger, server_default="0"),
    # Of its words, and of its name in its conversation: what is equal is found by them.
    Column("text_key", String(16)),
    Column("name_key", String(16)),
    sqlite_autoincrement=True,  # a number is never used twice
)

Index("ix_cases_address", case.c.address_id)
Index("ix_cases_code_hash", case.c.code_hash, unique=True)
Index(
    "ix_cases_under_review",
    case.c.id,
    sqlite_where=text("attention = 'under_review'"),
    postgresql_where=text("attention = 'under_review'"),
)
Index("ix_cases_assigned_to", case.c.assigned_to)
Index("ix_cases_claimed_by", case.c.claimed_by)
Index(
    "ix_cases_unsealed",
    case.c.id,
    sqlite_where=text("unsealed = 1"),
    postgresql_where=text("unsealed = 1"),
)
Index(
    "ix_cases_unindexed",
    case.c.id,
    sqlite_where=text("unindexed = 1"),
    postgresql_where=text("unindexed = 1"),
)
_IS_OPEN = "attention NOT IN ('answered', 'closed')"
Index(
    "ix_cases_open",
    case.c.id,
    sqlite_where=text(_IS_OPEN),
    postgresql_where=text(_IS_OPEN),
)
Index(
    "ix_cases_due",
    case.c.answer_by,
    case.c.id,
    sqlite_where=text(_IS_OPEN),
    postgresql_where=text(_IS_OPEN),
)
Index(
    "ix_cases_look_at",
    case.c.look_at,
    case.c.id,
    sqlite_where=text("look_at IS NOT NULL"),
    postgresql_where=text("look_at IS NOT NULL"),
)
Index(
    "ix_cases_department",
    case.c.department_id,
    sqlite_where=text("department_id IS NOT NULL"),
    postgresql_where=text("department_id IS NOT NULL"),
)
Index(
    "ix_cases_mine",
    case.c.assigned_to,
    case.c.id,
    sqlite_where=text(f"assigned_to IS NOT NULL AND {_IS_OPEN}"),
    postgresql_where=text(f"assigned_to IS NOT NULL AND {_IS_OPEN}"),
)
Index(
    "ix_cases_referred",
    case.c.id,
    sqlite_where=text("attention = 'referred'"),
    postgresql_where=text("attention = 'referred'"),
)
Index(
    "ix_cases_text_key",
    case.c.text_key,
    sqlite_where=text("text_key IS NOT NULL"),
    postgresql_where=text("text_key IS NOT NULL"),
)
Index(
    "ix_cases_name_key",
    case.c.name_key,
    sqlite_where=text("name_key IS NOT NULL"),
    postgresql_where=text("name_key IS NOT NULL"),
)
# Others who want the same answered: once for each network and day.
me_too = Table(
    "me_too",
    metadata,
    Column("case_id", BigId, ForeignKey("cases.id"), primary_key=True),
    Column("network", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)

Index("ix_me_too_at", me_too.c.at)
# A comment that a department was asked about. Its question is the text of the event; ``draft``:
# what somebody there began to write. The link's key is made of id and generation.
referral = Table(
    "referral",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("case_id", BigId, ForeignKey("cases.id"), nullable=False),
    Column("department_id", Integer, ForeignKey("department.id"), nullable=False),
    Column("asked_by", Integer, ForeignKey("person.id"), nullable=False),
    Column("asked_seq", Integer, nullable=False),  # of the event that holds the question
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("asked_at", BigInteger, nullable=False),
    Column("due_on", Integer, nullable=False),  # days since 1970
    Column("extended", Integer, nullable=False, server_default="0"),
    Column("draft", Text, nullable=False, server_default=""),
    Column("draft_by", String(200), nullable=False, server_default=""),
    Column("drafted_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("outcome", String(12)),  # answered | returned | moved | taken_back | ended
    sqlite_autoincrement=True,  # an old link never leads to a new one
)

Index("ix_referral_case", referral.c.case_id)
Index(
    "ix_referral_open",
    referral.c.department_id,
    sqlite_where=text("closed_at IS NULL"),
    postgresql_where=text("closed_at IS NULL"),
)
# Somebody whose comments are not taken for a while. value: keyed hash of an e-mail address or
# of a network of the day.
ban = Table(
    "ban",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("case_id", BigId, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # address | network
    Column("value", String(64), nullable=False),
    Column("rule", Integer),
    Column("rule_version", Integer),
    Column("reason", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Integer, ForeignKey("person.id"), nullable=False),
    Column("lifted_at", BigInteger),
)

Index("ix_ban_value", ban.c.kind, ban.c.value)
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
Index("ix_event_at", event.c.at, event.c.case_id, event.c.seq)
event_text = Table(
    "event_text",
    metadata,
    Column("case_id", BigId, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("text", Text, nullable=False),
)
