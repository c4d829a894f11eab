"""People, departments and how they sign in; the log and its seals; what staff set.

The department that a person's row named becomes a row of its own. The column of the name
stays for nodes of the earlier release, which read it, and is written by nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSEALED = sa.text("unsealed = 1")


def upgrade() -> None:
    _make_departments()
    _add_to_people()
    _make_ways_to_sign_in()
    _add_to_cases()
    _make_log()
    _make_settings()


def _make_departments() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address_id", BIG_ID),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_department_address_id")
        ),
        sa.UniqueConstraint("name", name=op.f("uq_department_name")),
    )
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("department_id", sa.Integer()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_topic_department_id")
        ),
        sa.UniqueConstraint("name", name=op.f("uq_topic_name")),
    )


def _add_to_people() -> None:
    for name, kind, target in (
        ("department_id", sa.Integer(), "department.id"),
        ("address_id", BIG_ID, "address.id"),
        ("substitute_id", sa.Integer(), "person.id"),
    ):
        key = sa.ForeignKey(target, name=op.f(f"fk_person_{name}"))
        op.add_column("person", sa.Column(name, kind, key), inline_references=True)
    op.add_column("person", sa.Column("hours", sa.String(length=200)))
    op.add_column("person", sa.Column("away_from", sa.Integer()))
    op.add_column("person", sa.Column("away_until", sa.Integer()))
    op.add_column("person", sa.Column("totp_sealed", sa.LargeBinary()))
    op.add_column("person", sa.Column("totp_step", sa.BigInteger()))
    op.add_column("person", sa.Column("left_at", sa.BigInteger()))
    op.execute(
        "INSERT INTO department (name, created_at) SELECT department, MIN(created_at) FROM person"
        " WHERE department IS NOT NULL GROUP BY department"
    )
    op.execute(
        "UPDATE person SET department_id ="
        " (SELECT department.id FROM department WHERE department.name = person.department)"
    )


def _make_ways_to_sign_in() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.String(length=1400), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id")),
    )
    op.create_index("ix_passkey_person", "passkey", ["person_id"])
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identity")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_person_id")),
    )
    op.create_index("ix_identity_person", "identity", ["person_id"])
    op.create_table(
        "sign_in_step",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_step")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_step_person_id")
        ),
    )
    factor = sa.Column("factor", sa.String(length=12), server_default="password", nullable=False)
    op.add_column("session", factor)
    op.add_column("session", sa.Column("agent", sa.String(length=80)))


def _add_to_cases() -> None:
    to_person = sa.ForeignKey("person.id", name=op.f("fk_cases_assigned_to"))
    op.add_column(
        "cases", sa.Column("assigned_to", sa.Integer(), to_person), inline_references=True
    )
    unsealed = sa.Column("unsealed", sa.Integer(), server_default="1", nullable=False)
    op.add_column("cases", unsealed)
    op.create_index("ix_cases_assigned_to", "cases", ["assigned_to"])
    op.create_index(
        "ix_cases_unsealed", "cases", ["id"], sqlite_where=UNSEALED, postgresql_where=UNSEALED
    )


def _make_log() -> None:
    op.create_table(
        "journal",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.String(length=64)),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_table(
        "journal_text",
        sa.Column("journal_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("journal_id", name=op.f("pk_journal_text")),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["journal.id"], name=op.f("fk_journal_text_journal_id")
        ),
    )
    op.create_table(
        "log_seal",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_seal")),
    )
    op.create_table(
        "log_head",
        sa.Column("seal_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seal_id", "case_id", name=op.f("pk_log_head")),
        sa.ForeignKeyConstraint(["seal_id"], ["log_seal.id"], name=op.f("fk_log_head_seal_id")),
    )
    op.create_index("ix_log_head_case", "log_head", ["case_id", "seal_id"])
    op.create_index("ix_event_at", "event", ["at", "case_id", "seq"])


def _make_settings() -> None:
    op.create_table(
        "site_file",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Integer()),
        sa.Column("digest", sa.String(length=16)),
        sa.Column("digest_head", sa.String(length=16)),
        sa.Column("digest_written", sa.String(length=16)),
        sa.Column("digest_seen", sa.String(length=16)),
        sa.Column("available_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_site_file")),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_site_file_changed_by")
        ),
    )
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer()),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_canned_reply_department_id")
        ),
        sa.UniqueConstraint("name", "lang", name=op.f("uq_canned_reply_name_lang")),
    )
    op.create_table(
        "term",
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("written", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_term")),
    )
