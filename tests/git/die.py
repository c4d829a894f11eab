"""Publish one comment from a clone and be killed at a step: ``python die.py BLOG REMOTE STEP``."""

import os
import signal
import sys
from pathlib import Path

from comments_service.config.settings import Settings
from comments_service.content_repo import open_place, write
from tests.git.repositories import comment, path, tombstone

blog, remote, fatal = sys.argv[1:]
settings = Settings(blog=Path(blog), comments_git="clone", comments_remote=remote)


def step(name: str) -> None:
    if name == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


place = open_place(settings)
head = place.refresh(None)
if fatal.startswith("forget"):
    place.commit({path(1): write(place.folder, tombstone(1))}, "Withdraw 1", step, head)
    place.forget([path(1)], step)
else:
    place.commit({path(2): write(place.folder, comment(2), step)}, "Publish 1", step, head)
