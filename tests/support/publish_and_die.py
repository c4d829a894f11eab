"""Publish a blog's waiting comments, and end like a killed process just before a step.

python -m tests.support.publish_and_die BLOG DATABASE STEP NTH
"""

import os
import sys
from datetime import UTC, datetime

from comments_service.config.settings import Settings
from comments_service.usecases.blog import open_blog
from comments_service.usecases.publish import publish


def main(folder: str, database: str, fatal: str, nth: int) -> None:
    seen = 0

    def step(name: str) -> None:
        nonlocal seen
        seen += name == fatal
        if seen == nth and name == fatal:
            os._exit(9)

    settings = Settings(blog=folder, database_url=database, site_url="http://localhost:8000")
    publish(open_blog(settings), lambda: datetime(2026, 11, 20, 11, 0, tzinfo=UTC), step)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
