"""How many examples a property test takes: HYPOTHESIS_PROFILE=soak takes 10,000 of each.
And what makes the suite quick: where its files are, and which tests begin."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import once

# No deadline: two cores may be busy. No database: tests write nothing in the checkout; a
# failure prints the line that repeats it.
for name, examples in {"default": 200, "soak": 10_000}.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=False,
        print_blob=True,
        database=None,
    )
# What was decided leaves at once, but in the tests of undoing, which set their own.
os.environ.setdefault("TERTULIA_UNDO_SECONDS", "0")
once.install()
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes folders of its own there
LONGEST = (
    *("test_nobody_left", "test_demo", "test_packaging", "test_cli", "test_backup", "browser"),
    *(
        "test_conversations",
        "test_cutting",
        "test_recipes",
        "outside",
        "test_remote_site",
        "test_permissions",
        "build",
    ),
)
"""Files and folders whose tests take longest: they begin, so that no worker is left with them."""


def pytest_configure(config: pytest.Config) -> None:
    """Files that no test has to find after a power cut are in memory; trials of faults, which
    look at what reaches the disk, leave them where they are."""
    if config.option.markexpr != "faults" and _has_room(MEMORY):
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # read anew


def _has_room(memory: Path) -> bool:
    """Whether there is room for all that tests write, and scripts may be run from there."""
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 4 * 2**30:
        return False
    return not os.statvfs(memory).f_flag & os.ST_NOEXEC


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        at = (n for n, name in enumerate(LONGEST) if name in (*item.path.parts, item.path.stem))
        return next(at, len(LONGEST))

    items.sort(key=rank)
