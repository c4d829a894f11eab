"""What the publisher knows of files, history and builds; withdrawing and erasing."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_FILES = sa.text(
    "kind IN ('changed_in_files', 'removed_in_files', 'restored_in_files', 'moved_in_files')"
)


def upgrade() -> None:
    for column in (
        sa.Column("withdrawn_by", sa.String(length=12)),
        sa.Column("erased_at", sa.BigInteger()),
        sa.Column("url", sa.String(length=500)),
        sa.Column("source", sa.String(length=200)),
        sa.Column("digest_head", sa.String(length=16)),
        sa.Column("revision_head", sa.Integer()),
    ):
        op.add_column("comment", column)
    # What a page was seen to show stood in its file.
    op.execute(
        "UPDATE comment SET digest_head = digest_seen, revision_head = public_revision"
        " WHERE digest_seen IS NOT NULL"
    )
    asked = sa.Column("asked_at", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("outbox", asked)
    op.execute("UPDATE outbox SET asked_at = available_at, problem = NULL")
    op.create_index("ix_outbox_comment", "outbox", ["comment_id", "id"])
    op.create_index(
        "ix_event_in_files",
        "event",
        ["at", "kind"],
        sqlite_where=IN_FILES,
        postgresql_where=IN_FILES,
    )
    op.create_table(
        "build_run",
        sa.Column("id", BIG_ID, sa.Identity(always=False), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_build_run")),
    )
    op.create_table(
        "fact",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fact")),
    )
