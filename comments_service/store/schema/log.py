"""The log: what happened outside the cases, and the seals over all chains."""

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
)

from .base import BigId, metadata

# One chain, numbered without gaps: sign-ins, changes of rights and settings, addresses seen.
journal = Table(
    "journal",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    ),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(40), nullable=False),  # service | person:<id> | nobody
    Column("data", Text, nullable=False),  # JSON, sorted keys: codes, numbers, ids; never text
    Column("text_digest", String(64)),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

Index("ix_journal_at", journal.c.at)
journal_text = Table(
    "journal_text",
    metadata,
    Column("journal_id", BigId, ForeignKey("journal.id"), primary_key=True),
    Column("salt", LargeBinary(16), nullable=False),
    Column("text", Text, nullable=False),
)

# A seal covers the newest event of every chain that grew since the one before, and that one.
log_seal = Table(
    "log_seal",
    metadata,
    Column("id", BigId, Identity(), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("heads", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of the heads, in order
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

# case_id 0: the journal.
log_head = Table(
    "log_head",
    metadata,
    Column("seal_id", BigId, ForeignKey("log_seal.id"), primary_key=True),
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)

Index("ix_log_head_case", log_head.c.case_id, log_head.c.seal_id)
