"""Disks that are full or that forbid writing: a small tmpfs in a folder's place."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.skips import need

FILLER = ".filler"


@cache
def may_mount() -> bool:
    """Whether this process may mount a tmpfs."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"],
        capture_output=True,
    )
    return done.returncode == 0


@dataclass(frozen=True)
class Disk:
    """A mounted tmpfs."""

    folder: Path

    def fill(self, leave: int = 0) -> None:
        """Write until nothing more goes in; then free ``leave`` bytes."""
        file = os.open(self.folder / FILLER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        size, part = 0, 1 << 16
        while part:
            try:
                size += os.write(file, b"\0" * part)
            except OSError:
                part //= 2
        os.ftruncate(file, max(0, size - leave))
        os.close(file)

    def free(self) -> None:
        (self.folder / FILLER).unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: str = "8m") -> Iterator[Disk]:
    """A tmpfs in the place of ``folder``, with what the folder held; put back at the end."""
    need(may_mount(), "the right to mount a tmpfs", "run the tests as root")
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f"{folder.name}-aside")
    shutil.copytree(folder, aside, symlinks=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        _copy(aside, folder)
        shutil.rmtree(aside)
        yield Disk(folder)
        Disk(folder).free()
        shutil.copytree(folder, aside, symlinks=True)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    _copy(aside, folder)
    shutil.rmtree(aside)


@contextmanager
def full_disk(folder: Path, leave: int = 0) -> Iterator[None]:
    """``folder`` has no room while this lasts."""
    with small_disk(folder) as disk:
        disk.fill(leave)
        yield
        disk.free()


def _copy(source: Path, target: Path) -> None:
    for each in source.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.copytree(each, target / each.name, symlinks=True)
        else:
            shutil.copy2(each, target / each.name, follow_symlinks=False)
