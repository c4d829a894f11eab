"""The people who work here: accounts and how they sign in, departments and their topics."""

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

# What a part of the institution is called, and where mail for it goes.
department = Table(
    "department",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("address_id", BigId, ForeignKey("address.id")),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)

# What readers write about, and who knows about it.
topic = Table(
    "topic",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("department_id", Integer, ForeignKey("department.id")),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
)

# ``department``: of an earlier release, for its nodes; the name is that of ``department_id``.
# An account whose password is not chosen yet has none: whoever has its link chooses it.
person = Table(
    "person",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("position", String(200)),
    Column("department", String(200)),
    Column("department_id", Integer, ForeignKey("department.id")),
    Column("language", String(8), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("address_id", BigId, ForeignKey("address.id")),  # where staff's notices go
    Column("hours", String(200)),  # JSON of ``domain.hours``: when the person works
    Column("away_from", Integer),  # days since 1970
    Column("away_until", Integer),  # the last day away
    Column("substitute_id", Integer, ForeignKey("person.id")),
    Column("totp_sealed", LargeBinary),  # the secret of the second factor, AES-256-GCM
    Column("totp_step", BigInteger),  # the last step of RFC 6238 that was used
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("left_at", BigInteger),  # gone for good: the name stays on what was signed
    Column("keys", String(400)),  # JSON of the keys of the tray; "": off; NULL: never asked
    Column("notices", String(8)),  # each | daily | none: mails of what arrives; NULL: by team
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", BigInteger),
)

# A passkey (WebAuthn). id: the credential's, base64url; public_key: COSE.
passkey = Table(
    "passkey",
    metadata,
    Column("id", String(1400), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("host", String(255), nullable=False, server_default=""),  # where alone it is valid
)

Index("ix_passkey_person", passkey.c.person_id)
# The same person at the institution's own sign-in (OpenID Connect): issuer and subject.
identity = Table(
    "identity",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

Index("ix_identity_person", identity.c.person_id)
# Half of a sign-in: the password was right and the code is awaited, or a challenge was given.
sign_in_step = Table(
    "sign_in_step",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("person_id", Integer, ForeignKey("person.id")),
    Column("data", Text, nullable=False),  # JSON: a challenge, a nonce, a state
    Column("expires_at", BigInteger, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    # password | code | recovery | passkey | institution: by what it was opened
    Column("factor", String(12), nullable=False, server_default="password"),
    Column("agent", String(80)),  # the browser in a few words
)

Index("ix_session_person", session.c.person_id)
one_time_link = Table(
    "one_time_link",
    metadata,
    Column("purpose", String(16), primary_key=True),  # of ``store.links``
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
