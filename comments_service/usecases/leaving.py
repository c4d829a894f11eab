"""When what a decision causes may leave: so long it can be undone."""

from datetime import datetime, timedelta

from .blog import Blog


def leaves_at(blog: Blog, now: datetime) -> datetime:
    """Of a decision of now."""
    return now + timedelta(seconds=blog.settings.undo_seconds)
