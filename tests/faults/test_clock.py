"""F08: the machine's clock jumps by a day, forwards and back, between any two steps: order
and numbers hold, nothing is published twice or never, links stay good.
"""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments_service.usecases.publish import publish
from comments_service.usecases.status import retry
from comments_service.usecases.tick import tick
from comments_service.usecases.track import known
from tests.faults import in_database
from tests.faults.direct import opened
from tests.faults.invariants import assert_holds
from tests.faults.trials import series
from tests.faults.world import MODES

DAY = timedelta(days=1)
JUMPS = (DAY, -DAY, timedelta(minutes=5), -timedelta(minutes=5), timedelta(0))


@pytest.mark.parametrize("mode", MODES)
def test_a_clock_that_jumps_between_any_two_steps(
    mode: str, tmp_path: Path, dice: random.Random
) -> None:
    world = series(tmp_path / "series", mode, dice).world
    off = timedelta(0)

    def clock() -> datetime:
        return datetime.now(UTC) + off

    def step(_name: str) -> None:
        nonlocal off
        off = dice.choice(JUMPS)

    with opened(world, dice) as direct:
        for _ in range(3):
            word = direct.approve(direct.write("hola"))
            direct.revise(word)
            for _ in range(4):
                retry(direct.blog, clock())
                publish(direct.blog, clock, step)
        off = timedelta(0)
        direct.drain()
        for act in list(world.history.acts()):
            if act["did"] == "submit" and act["told"]:
                # An erased one is not shown; its link is known all the same.
                assert known(direct.blog, act["reference"], act["token"])
        assert_holds(world, "a clock that jumps", 5)


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])
def test_what_was_decided_before_a_jump_is_published_soon_after_it(
    jump: timedelta, tmp_path: Path, dice: random.Random
) -> None:
    world = series(tmp_path / "series", "off", dice).world

    def clock() -> datetime:
        return datetime.now(UTC) + jump

    with opened(world, dice) as direct:
        direct.drain()
        direct.approve(direct.write("hola"))
        waited = timedelta(0)
        while in_database.waiting(world) and waited < timedelta(minutes=5):
            tick(direct.blog, lambda at=waited: clock() + at)  # type: ignore[misc]
            waited += timedelta(seconds=10)
        assert in_database.waiting(world) == 0, f"it still waits after {waited}"
        assert_holds(world, f"the clock jumped by {jump}", 5)
