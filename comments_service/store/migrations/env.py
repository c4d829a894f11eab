"""Alembic's hook: runs the migrations inside the caller's transaction."""

from alembic import context

from comments_service.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
