"""Copies of the articles and pages that the last good build could read.

The next build takes one where a file has become faulty (``plugins/tolerance.py``, which
reads them and never writes). A copy is written whole or not at all, once its build is in
place; it goes when its file is gone.

The folder is ``var/last-good``. A CI has no ``var`` of its own between two runs: its recipe
keeps this folder in the CI's cache. Without it every build is as tolerant, but a faulty file
has nothing to stand in for it and is left out.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..config import site_files

TEMPORARY = ".tmp"


class LastGood:
    """The copies for one blog. folder: need not exist; content: the blog's ``content``;
    comments: the folder of comments that builds read."""

    def __init__(self, folder: Path, content: Path, comments: Path) -> None:
        self._folder = folder.resolve()
        self._content = content
        self._settings = comments / site_files.SETTINGS
        self._notes = self._folder.with_name(f"{self._folder.name}.json")

    def environment(self) -> dict[str, str]:
        """What the child must know: where the copies are, and where to note what it read."""
        return {"TERTULIA_LAST_GOOD": str(self._folder), "TERTULIA_SOURCES": str(self._notes)}

    def begin(self) -> None:
        """Forget what an earlier build noted."""
        self._notes.unlink(missing_ok=True)

    def can_stand_in(self) -> bool:
        """Whether the build that failed might succeed without what changed since the last."""
        _, changed = self._noted()
        return bool(changed) and next(self._copies(), None) is not None

    def keep(self) -> None:
        """Copy what the build in place was made of.

        A file that changed meanwhile is left to the next build. A disk that is full spoils
        no build: the copies stay as they are.
        """
        good, _ = self._noted()
        with contextlib.suppress(OSError):
            self._keep_settings()
            for path, digest in good.items():
                self._keep(path, digest)
            for copy in list(self._copies()):
                if not (self._content / copy.relative_to(self._folder)).exists():
                    copy.unlink()

    def _keep(self, path: str, digest: str) -> None:
        if ".." in Path(path).parts:  # sources outside `content` have no copies
            return
        try:
            data = (self._content / path).read_bytes()
        except OSError:
            return
        if hashlib.sha256(data).hexdigest() == digest:
            self._copy(path, data)

    def _keep_settings(self) -> None:
        """What staff set, when it can be read; gone, it has no copy either."""
        if not self._settings.exists():
            (self._folder / site_files.GOOD_SETTINGS).unlink(missing_ok=True)
            return
        data = self._settings.read_bytes()
        if not site_files.faults_of(site_files.SETTINGS, data):
            self._copy(site_files.GOOD_SETTINGS, data)

    def _copy(self, path: str, data: bytes) -> None:
        copy = self._folder / path
        if copy.is_file() and copy.read_bytes() == data:
            return
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if copy.is_dir():
            shutil.rmtree(copy)
        new = copy.with_name(f".{copy.name}{TEMPORARY}")
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave an empty file of this name
        new.replace(copy)

    def _copies(self) -> Iterator[Path]:
        for path in self._folder.rglob("*"):
            if path.is_file() and path.name != site_files.GOOD_SETTINGS:
                yield path

    def _noted(self) -> tuple[dict[str, str], list[str]]:
        """Digests of the files that were read well, and which files had changed."""
        try:
            notes = json.loads(self._notes.read_text("utf-8"))
        except (OSError, ValueError):
            return {}, []
        return notes["good"], notes["changed"]
