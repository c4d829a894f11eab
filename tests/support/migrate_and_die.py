"""Bring a database to this version, and end like a killed process before the Nth statement.

python -m tests.support.migrate_and_die DATABASE NTH; exit code 0: there were fewer.
"""

import os
import sys
from typing import Any

from sqlalchemy import Engine, event

from comments_service.config.settings import Settings
from comments_service.store.engine import open_store
from comments_service.store.migrations import upgrade


def main(database: str, nth: int) -> None:
    seen = 0

    def count(*_arguments: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            os._exit(9)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    upgrade(open_store(Settings(database_url=database).database))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
