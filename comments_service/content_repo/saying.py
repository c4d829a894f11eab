"""What may be said to Git: paths of comments, messages of ids. Nothing that a reader wrote.

A name with ``--upload-pack`` or ``Co-authored-by:`` in it never becomes an argument, and no
line of a message can be read as a trailer.
"""

import os
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ..commentfile import path_of
from ..config.site_files import is_site_file
from .git import Git

_MESSAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,()/\n-]*")


def refuse_message(message: str) -> None:
    """Raises ValueError unless the message holds ids and plain words alone."""
    if not _MESSAGE.fullmatch(message):
        raise ValueError(f"no message for a commit: {message!r}")


def checked(paths: Sequence[PurePosixPath]) -> list[PurePosixPath]:
    """The paths, each ``<thread>/<id>.md`` or a file of ``config.site_files``. Raises CannotWrite
    for anything else."""
    return [
        path
        if is_site_file(str(path))
        else path_of(str(path.parent), path.stem if path.suffix == ".md" else path.name)
        for path in paths
    ]


def listed(git: Git, names: Sequence[str], *options: str) -> list[str]:
    """What ``git ls-files`` tells of these files, for any number of them."""
    found: list[str] = []
    for at in range(0, len(names), 500):
        told = git.run("ls-files", "-z", *options, "--", *names[at : at + 500])
        found += [os.fsdecode(line) for line in told.split(b"\0")[:-1]]
    return found
