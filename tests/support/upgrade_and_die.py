"""Upgrade a blog, and end like a killed process when the Nth step begins.

python -m tests.support.upgrade_and_die BLOG DATABASE NTH; exit code 0: there were fewer.
"""

import os
import sys
from datetime import UTC, datetime

from comments_service.config.settings import Settings
from comments_service.usecases.upgrade import upgrade


def main(folder: str, database: str, nth: int) -> None:
    seen = 0

    def tell(_message: str) -> None:
        nonlocal seen
        seen += 1
        if seen == nth:
            os._exit(9)

    settings = Settings(blog=folder, database_url=database, site_url="http://localhost:8000")
    now = datetime(2026, 11, 20, 9, 0, nth, tzinfo=UTC)
    upgrade(settings, settings.var_folder / "backups", now, tell)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
