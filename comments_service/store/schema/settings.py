"""What staff set on their screens: files for readers' pages, words ready to send, terms."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata

# A file below ``_site/`` of the comments as staff want it; text NULL: there is none. Digests are
# of whole files: the wanted one, the one last seen at HEAD, the one that was last written here,
# the one that the built site was made with.
site_file = Table(
    "site_file",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("text", Text),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", Integer, ForeignKey("person.id")),
    Column("digest", String(16)),
    Column("digest_head", String(16)),
    Column("digest_written", String(16)),
    Column("digest_seen", String(16)),
    Column("available_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text),  # JSON of ``store.problems``
)

# Words that answers begin from. department_id NULL: for everybody.
canned_reply = Table(
    "canned_reply",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("lang", String(8), nullable=False),
    Column("body", Text, nullable=False),
    Column("department_id", Integer, ForeignKey("department.id")),
    Column("changed_at", BigInteger, nullable=False),
    UniqueConstraint("name", "lang"),
)

# Words that screening points out; it never refuses a text for them.
term = Table(
    "term",
    metadata,
    Column("folded", String(80), primary_key=True),
    Column("written", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
