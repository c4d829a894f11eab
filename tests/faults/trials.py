"""A world that is put back to the same state for each trial of a series.

The same folder every time: a private clone belongs to the address of its remote.
"""

import random
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from comments_service.usecases.showing import build_site
from tests.faults.direct import now, opened
from tests.faults.invariants import assert_holds
from tests.faults.world import World, make_world


@dataclass(frozen=True)
class Series:
    """world: what trials work in. kept: its state at the beginning of each."""

    world: World
    kept: Path

    def again(self) -> World:
        """The world as it was kept."""
        shutil.rmtree(self.world.root)
        shutil.copytree(self.kept, self.world.root, symlinks=True)
        return self.world


def series(folder: Path, mode: str, dice: random.Random, **more: str) -> Series:
    """A world with something published, and one of each kind waiting to be published:
    an approval, an answer, a correction, a withdrawal, an erasure."""
    folder.mkdir(exist_ok=True, parents=True)
    root = folder / "world"
    root.mkdir()
    world = make_world(root, mode, **more)
    with opened(world, dice) as direct:
        build_site(direct.blog, now=now())
        stays, corrected, withdrawn, erased = (
            direct.approve(direct.write("hola" if n % 2 else "otra")) for n in range(4)
        )
        direct.write()
        direct.reject(direct.write())
        direct.publish()
        assert_holds(world, "before any fault", 5)
        direct.approve(direct.write("hola"))
        direct.answer(stays)
        direct.revise(corrected)
        direct.withdraw(withdrawn)
        direct.erase(erased)
    kept = folder / "kept"
    shutil.copytree(root, kept, symlinks=True)
    return Series(replace(world), kept)
