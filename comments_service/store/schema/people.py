"""The people who work here: accounts, sessions, one-time links, wrong passwords."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
)

from .base import BigId, metadata

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
