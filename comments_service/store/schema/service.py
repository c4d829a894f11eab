"""What the service has to do and knows of itself: outbox, builds, facts, keys of the day."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .base import BigId, metadata

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

day_key = Table(
    "day_key",
    metadata,
    Column("day", Integer, primary_key=True),  # days since 1970, UTC
    Column("key", LargeBinary(32), nullable=False),
)
