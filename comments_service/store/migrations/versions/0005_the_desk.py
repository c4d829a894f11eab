"""The desk: who looks at a comment, what it is about, to whom it was passed on.

What search knows is no table of ours: the tick makes it anew wherever it is missing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("attention NOT IN ('answered', 'closed')")


def upgrade() -> None:
    _add_to_cases()
    _index_comments()
    _add_to_people()
    _make_tables()


def _add_to_cases() -> None:
    for name, target in (
        ("claimed_by", "person.id"),
        ("topic_id", "topic.id"),
        ("department_id", "department.id"),
    ):
        key = sa.ForeignKey(target, name=op.f(f"fk_cases_{name}"))
        op.add_column("cases", sa.Column(name, sa.Integer(), key), inline_references=True)
    for name, default in (("unindexed", "1"), ("risk", "0"), ("me_too", "0")):
        new = sa.Column(name, sa.Integer(), server_default=default, nullable=False)
        op.add_column("cases", new)
    op.add_column("cases", sa.Column("claimed_until", sa.BigInteger()))
    op.add_column("cases", sa.Column("resolve_by", sa.BigInteger()))
    op.add_column("cases", sa.Column("look_at", sa.BigInteger(), server_default="0"))
    channel = sa.Column("channel", sa.String(length=12), server_default="form", nullable=False)
    op.add_column("cases", channel)
    op.add_column("cases", sa.Column("text_key", sa.String(length=16)))
    op.add_column("cases", sa.Column("name_key", sa.String(length=16)))
    op.create_index("ix_cases_claimed_by", "cases", ["claimed_by"])
    is_mine = sa.text("assigned_to IS NOT NULL AND attention NOT IN ('answered', 'closed')")
    for name, columns, where in (
        ("ix_cases_mine", ["assigned_to", "id"], is_mine),
        ("ix_cases_referred", ["id"], sa.text("attention = 'referred'")),
        ("ix_cases_text_key", ["text_key"], sa.text("text_key IS NOT NULL")),
        ("ix_cases_name_key", ["name_key"], sa.text("name_key IS NOT NULL")),
        ("ix_cases_unindexed", ["id"], sa.text("unindexed = 1")),
        ("ix_cases_open", ["id"], IS_OPEN),
        ("ix_cases_look_at", ["look_at", "id"], sa.text("look_at IS NOT NULL")),
        ("ix_cases_due", ["answer_by", "id"], IS_OPEN),
        ("ix_cases_department", ["department_id"], sa.text("department_id IS NOT NULL")),
    ):
        op.create_index(name, "cases", columns, sqlite_where=where, postgresql_where=where)


def _index_comments() -> None:
    for name, table, column, where in (
        ("ix_comment_reports", "comment", "id", sa.text("kind = 'report'")),
        ("ix_revision_spam", "revision", "comment_id", sa.text("decision = 'spam'")),
    ):
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def _add_to_people() -> None:
    op.add_column("person", sa.Column("keys", sa.String(length=400)))
    op.add_column("person", sa.Column("notices", sa.String(length=8)))
    host = sa.Column("host", sa.String(length=255), server_default="", nullable=False)
    op.add_column("passkey", host)


def _make_tables() -> None:
    op.create_table(
        "me_too",
        sa.Column("case_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("network", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "network", name=op.f("pk_me_too")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_me_too_case_id")),
    )
    op.create_index("ix_me_too_at", "me_too", ["at"])
    _make_referrals()
    op.create_table(
        "ban",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.Integer()),
        sa.Column("rule_version", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ban_case_id")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_ban_created_by")),
    )
    op.create_index("ix_ban_value", "ban", ["kind", "value"])


def _make_referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("case_id", BIG_ID, nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_seq", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Integer(), nullable=False),
        sa.Column("extended", sa.Integer(), server_default="0", nullable=False),
        sa.Column("draft", sa.Text(), server_default="", nullable=False),
        sa.Column("draft_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("drafted_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(length=12)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_referral_department_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_referral_asked_by")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_case", "referral", ["case_id"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_referral_open",
        "referral",
        ["department_id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
