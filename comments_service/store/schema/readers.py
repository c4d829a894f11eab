"""What readers asked for by e-mail: their addresses, what they follow, the mails they get."""

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
Index("ix_mail_done", mail.c.done_at)
