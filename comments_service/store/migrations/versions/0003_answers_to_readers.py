"""Addresses of readers, the mails that they get, what they were promised."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "address",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("lookup", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("stopped_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint("lookup", name=op.f("uq_address_lookup")),
    )
    op.add_column("comment", sa.Column("seal", sa.String(length=32)))
    op.create_index("ix_comment_seal", "comment", ["seal"], unique=True)
    _add_to_cases()
    op.create_table(
        "subscription",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("thread", sa.String(length=100), nullable=False),
        sa.Column("address_id", BIG_ID, nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.ForeignKeyConstraint(
            ["address_id"], ["address.id"], name=op.f("fk_subscription_address_id")
        ),
        sa.UniqueConstraint("thread", "address_id", name=op.f("uq_subscription_thread_address_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_address", "subscription", ["address_id"])
    _make_mail()


def _add_to_cases() -> None:
    to_address = sa.ForeignKey("address.id", name=op.f("fk_cases_address_id"))
    op.add_column("cases", sa.Column("address_id", BIG_ID, to_address), inline_references=True)
    op.add_column("cases", sa.Column("code_hash", sa.String(length=64)))
    for name in ("mails_stopped_at", "decide_by", "answer_by"):
        op.add_column("cases", sa.Column(name, sa.BigInteger()))
    op.create_index("ix_cases_address", "cases", ["address_id"])
    op.create_index("ix_cases_code_hash", "cases", ["code_hash"], unique=True)
    under_review = sa.text("attention = 'under_review'")
    op.create_index(
        "ix_cases_under_review",
        "cases",
        ["id"],
        sqlite_where=under_review,
        postgresql_where=under_review,
    )


def _make_mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("address_id", BIG_ID, nullable=False),
        sa.Column("case_id", BIG_ID),
        sa.Column("subscription_id", BIG_ID),
        sa.Column("cause", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("available_at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String(length=64)),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("outcome", sa.String(length=8)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.ForeignKeyConstraint(["address_id"], ["address.id"], name=op.f("fk_mail_address_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mail_case_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_mail_subscription_id")
        ),
        sa.UniqueConstraint(
            "kind", "address_id", "cause", name=op.f("uq_mail_kind_address_id_cause")
        ),
    )
    op.create_index(
        "ix_mail_waiting",
        "mail",
        ["available_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index("ix_mail_address", "mail", ["address_id", "done_at"])
    op.create_index("ix_mail_done", "mail", ["done_at"])
