"""Making and upgrading the tables with Alembic, on SQLite and PostgreSQL.

Migrations expand first and contract later, so that old nodes keep running.
"""

import threading
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from ...errors import N_, Unavailable, WrongDatabase
from ..engine import Store

_ALONE = threading.Lock()
"""Alembic keeps what it works on in its module: two threads must not be at it at once."""


def upgrade(store: Store) -> None:
    """Bring the tables to this version; nothing happens when they are.

    Raises WrongDatabase when they are of a newer version or not ours, and when the
    database cannot be reached.
    """
    config = _config()
    try:
        with store.write() as connection:
            current = MigrationContext.configure(connection).get_current_heads()
            if current == (newest(),):
                return
            _refuse_the_future(current, config, store)
            config.attributes["connection"] = connection
            with _ALONE:
                command.upgrade(config, "head")
    except (DatabaseError, Unavailable) as error:
        reason = error.__cause__ if isinstance(error, Unavailable) else error
        raise WrongDatabase(
            N_("The database %(url)s cannot be opened: %(why)s"),
            url=_shown(store),
            why=str(getattr(reason, "orig", reason)).splitlines()[0],
        ) from error


def revision_of(connection: Connection) -> str | None:
    """The schema revision that the database has; None before its first table."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """The schema revision that this program works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def knows(revision: str) -> bool:
    """Whether this program can make the tables of a revision."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return any(script.revision == revision for script in scripts)


def make(connection: Connection, revision: str) -> None:
    """Make the tables as they were at a revision, in the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _refuse_the_future(current: tuple[str, ...], config: Config, store: Store) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if unknown := set(current) - known:
        raise WrongDatabase(
            N_(
                "The database %(url)s was written by a newer version of Tertulia (%(version)s)."
                " Install that version, or restore an older backup. Nothing was changed."
            ),
            url=_shown(store),
            version=", ".join(sorted(unknown)),
        )


def _shown(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=True)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
