"""F17: readers, staff and a person with Git at work while the program is killed again and again.

    python -m tests.faults.soak [--seconds 1800] [--mode clone] [--seed N]

Five comments a second; a kill every 5 to 20 seconds; a commit of staff's, pushed, every 30.
The last third has no kills: memory and open files must stay flat there. At the end every
invariant must hold. Prints the seed and what was measured; ends with 1 when anything is wrong.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.faults.clients import Reader
from tests.faults.editor import Editor
from tests.faults.invariants import settle
from tests.faults.service import RESTART_SECONDS, Program, running
from tests.faults.traffic import Traffic
from tests.faults.world import World, make_world

SUBMITS_A_SECOND = 5.0
STAFF_EVERY = 30.0
MORE_MEMORY = 1.25
MORE_FILES = 8


@dataclass
class Every(threading.Thread):
    """Calls ``act`` again and again, ``pause()`` seconds apart, until told to end."""

    act: Callable[[], object]
    pause: Callable[[], float]
    over: threading.Event = field(default_factory=threading.Event)
    count: int = 0
    problem: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        due = time.monotonic() + self.pause()
        while not self.over.wait(max(0.0, due - time.monotonic())):
            due = max(due, time.monotonic() - 5) + self.pause()
            try:
                self.act()
                self.count += 1
            except BaseException as error:  # told by finish()
                self.problem = error
                return

    def finish(self) -> None:
        self.over.set()
        self.join(180)
        if self.problem:
            raise self.problem


@dataclass
class Sizes:
    """Resident memory in kB and open files of the worker, as time goes by."""

    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def look(self, program: Program) -> None:
        for pid in program.workers[:1]:
            try:
                status = Path("/proc", str(pid), "status").read_text()
                files = len(list(Path("/proc", str(pid), "fd").iterdir()))
            except OSError:
                return
            self.memory.append(int(status.split("VmRSS:")[1].split()[0]))
            self.files.append(files)

    def problems(self) -> list[str]:
        """What grew between the second and the last quarter."""
        quarter = len(self.memory) // 4
        if quarter < 2:
            return []
        found = []
        early, late = self.memory[quarter : 2 * quarter], self.memory[-quarter:]
        if median(late) > MORE_MEMORY * median(early):
            found.append(f"memory grew from {median(early)} to {median(late)} kB")
        early, late = self.files[quarter : 2 * quarter], self.files[-quarter:]
        if median(late) > median(early) + MORE_FILES:
            found.append(f"open files grew from {median(early)} to {median(late)}")
        return found


def soak(world: World, seconds: float, seed: int) -> list[str]:
    """Everything that went wrong."""
    dice = random.Random(seed)
    sizes = Sizes()
    with running(world, command="up") as program:
        traffic = Traffic(world, program.port, random.Random(dice.random()), pause=0.3)
        traffic.staff.sign_in(program.administrator_link())
        reader = Reader(world, program.port, random.Random(dice.random()))
        editor = Editor(world, random.Random(dice.random()))
        readers = Every(reader.write, lambda: 1 / SUBMITS_A_SECOND)
        staff = Every(editor.note_something_else, lambda: min(STAFF_EVERY, seconds / 5))
        for thread in (traffic, readers, *([staff] if world.mode == "clone" else [])):
            thread.start()
        kills = kill_again_and_again(program, seconds * 2 / 3, dice)
        until = time.monotonic() + seconds / 3
        while time.monotonic() < until:
            sizes.look(program)
            time.sleep(min(5.0, seconds / 60))
        for each in (traffic, readers, *([staff] if world.mode == "clone" else [])):
            each.finish()
        print(
            f"{world.mode}: {seconds:.0f} s, {kills} kills, {readers.count} comments beside"
            f" {dict(traffic.done)}, {staff.count} commits of staff's"
        )
        print(
            f"memory {sizes.memory[:1]} -> {sizes.memory[-1:]} kB, open files"
            f" {sizes.files[:1]} -> {sizes.files[-1:]}, longest start {max(program.starts):.1f} s"
        )
        wrong = [str(each) for each in settle(world, 180)]
        if max(program.starts) > RESTART_SECONDS:
            wrong.append(f"a start took {max(program.starts):.1f} s")
        return [*wrong, *sizes.problems()]


def kill_again_and_again(program: Program, seconds: float, dice: random.Random) -> int:
    until, kills = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, dice.uniform(5, 20), seconds / 3))
        (program.kill if dice.random() < 0.5 else program.cut_power)()
        program.command = dice.choice(["up", "serve"])
        program.start()
        kills += 1
    return kills


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--mode", default="clone")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="tertulia-soak-") as folder:
        world = make_world(Path(folder), options.mode)
        wrong = soak(world, options.seconds, options.seed)
        if wrong:
            print(world.log.read_text("utf-8", "replace")[-8000:])
    print("\n".join(wrong) or "every invariant holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
