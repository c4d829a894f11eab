"""F04: the system refuses: input/output errors of the n-th call, a folder that may not be
written to, a hook that fails at each step. Nothing is lost or half-written, staff are told,
and the next run goes on.
"""

import os
import random
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from comments_service import commentfile
from comments_service.usecases import status
from comments_service.usecases.publish import publish
from tests.faults import in_database
from tests.faults.direct import now, opened
from tests.faults.invariants import assert_holds
from tests.faults.service import environment, program
from tests.faults.traced import strace
from tests.faults.trials import Series, series
from tests.faults.world import MODES, World
from tests.support.skips import need

CALLS = ("fsync,fdatasync", "rename,renameat,renameat2", "write,pwrite64")
TRIES = int(os.environ.get("FAULTS_ERRORS", "2"))
"""How many numbers n are tried of each kind of call, chosen at random."""


@pytest.fixture(scope="module", params=MODES)
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Series:
    return series(tmp_path_factory.mktemp("errors"), request.param, random.Random(5))


def tick_under(world: World, trace: Path, *injected: str) -> str:
    """One run of `tertulia tick` with a fault of the system; what strace saw."""
    subprocess.run(
        [*strace(trace, *injected), *program("tick", str(world.blog))],
        env=environment(world),
        cwd=world.blog,
        capture_output=True,
    )
    return trace.read_text("utf-8", "replace")


class TestAnErrorOfTheDisk:
    @pytest.mark.parametrize("names", CALLS)
    def test_at_the_nth_call_loses_nothing(
        self, names: str, trials: Series, tmp_path: Path, dice: random.Random
    ) -> None:
        world = trials.again()
        seen = tick_under(world, tmp_path / "trace")
        count = len(re.findall(rf"\b(?:{names.replace(',', '|')})\(", seen))
        assert count > 5, f"no {names} at all: {count}"
        tried = sorted(dice.sample(range(1, count + 1), min(TRIES, count)))
        for nth in tried:
            world = trials.again()
            # n counts for each process, so a program and its Git have one each.
            inject = f"inject={names}:error=EIO:when={nth}"
            tick_under(world, tmp_path / "trace", "-e", inject)
            for path, data in world.files().items():
                commentfile.loads(data, path)
            with opened(world, dice) as direct:
                direct.drain()
            assert_holds(world, f"EIO at {names} {nth} of {count}", 5)
        print(f"{trials.world.mode}: EIO at {names} {tried} of {count}")


class TestAFailingStep:
    def test_is_told_and_done_by_the_next_run(self, trials: Series, dice: random.Random) -> None:
        world = trials.again()
        names: list[str] = []
        with opened(world, dice) as direct:
            publish(direct.blog, now, names.append)
        for name in dict.fromkeys(names):
            world = trials.again()
            with opened(world, dice) as direct:

                def step(reached: str, fatal: str = name) -> None:
                    if reached == fatal:
                        raise OSError(5, "Input/output error")

                with suppress(OSError):  # the worker tells the log, and goes on with its next run
                    publish(direct.blog, now, step)
                direct.drain()
                assert_holds(world, f"a failure at {name}", 5)


class TestAFolderOfAnotherOwner:
    def test_is_told_and_publishing_goes_on_once_it_is_mended(
        self, trials: Series, dice: random.Random
    ) -> None:
        need(os.geteuid() == 0, "root, to give up its rights", "run the tests as root")
        world = trials.again()
        comments = world.settings().comments_folder
        theirs = [each for each in (comments, *comments.iterdir()) if each.name != ".git"]
        for folder in theirs:
            shutil.chown(folder, "nobody")
            folder.chmod(0o755)
        before = world.files()
        # Root's right to write everywhere is given up; all else stays.
        gone = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={gone}", f"--inh-caps={gone}"]
        for _ in range(2):
            done = subprocess.run(
                [*command, *program("tick", str(world.blog))],
                env=environment(world),
                cwd=world.blog,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stderr
        assert world.files() == before
        with opened(world, dice) as direct:
            alarms = status.alarms(direct.blog, now())
            assert in_database.waiting(world) > 0
            told = alarms.stopped or alarms.queue.problem
            assert told, "nobody is told"
            assert re.search("may not write|belongs to another user", told.message), told
            for folder in theirs:
                shutil.chown(folder, "root")
            direct.drain()
            assert_holds(world, "a folder of another owner", 5)
