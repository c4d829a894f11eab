"""F07: the remote is down, hangs, lets nobody in, refuses by a hook, has no room: comments are
taken and decided on all the same, staff are told once, and all goes out when it answers again.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from comments_service.content_repo import clone
from comments_service.usecases import status
from comments_service.usecases.showing import build_site
from tests.faults import in_database
from tests.faults.direct import Direct, now, opened
from tests.faults.disks import full_disk
from tests.faults.far_end import FarEnd
from tests.faults.invariants import assert_holds
from tests.faults.world import git, make_world


@contextmanager
def hook(far: FarEnd, why: str) -> Iterator[None]:
    far.decline(why)
    yield
    far.decline(None)


@contextmanager
def mood(far: FarEnd, how: str) -> Iterator[None]:
    far.be(how)
    yield
    far.be("well")


@contextmanager
def moved_away(far: FarEnd) -> Iterator[None]:
    far.world.remote.rename(far.world.root / "away.git")
    yield
    (far.world.root / "away.git").rename(far.world.remote)


@contextmanager
def no_room(far: FarEnd) -> Iterator[None]:
    with full_disk(far.world.remote / "objects"):
        yield


@contextmanager
def lock(far: FarEnd) -> Iterator[None]:
    left = far.world.remote / "refs" / "heads" / "comments.lock"
    left.touch()
    yield
    assert left.exists(), "a lock was removed that is not the publisher's"
    left.unlink()


FAULTS: dict[str, Callable[[FarEnd], object]] = {
    "is down": lambda far: mood(far, "down"),
    "hangs": lambda far: mood(far, "hangs"),
    "lets nobody in": lambda far: mood(far, "refuses"),
    "is gone": moved_away,
    "refuses by a hook": lambda far: hook(far, "comments only on Mondays"),
    "has no room": no_room,
    "holds a lock that a cut left": lock,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("first_time", [True, False], ids=["before the first clone", "later"])
def test_the_remote(
    fault: str,
    first_time: bool,
    tmp_path: Path,
    dice: random.Random,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path / "world"
    root.mkdir()
    world = make_world(root, "clone")
    far = FarEnd(world)
    far.install(monkeypatch)
    monkeypatch.setattr(clone, "NETWORK_SECONDS", 2.0)
    monkeypatch.setattr(clone, "FIRST_FETCH_SECONDS", 2.0)
    with opened(world, dice) as direct:
        build_site(direct.blog, now=now())
        if not first_time:
            direct.approve(direct.write())
            direct.drain()
        with FAULTS[fault](far):  # type: ignore[attr-defined]
            tries = tried(direct, fault)
        monkeypatch.setattr(clone, "NETWORK_SECONDS", 60.0)
        assert tries == 1, f"staff were told {tries} times"
        direct.drain()
        assert not status.alarms(direct.blog, now()).stopped
        assert_holds(world, f"the remote {fault}", 5)
        assert git(world.remote, "fsck", "--full") is not None


def tried(direct: Direct, fault: str) -> int:
    """Readers and staff go on while the publisher tries four times; errors in the log."""
    with capture_logs() as log:
        for _ in range(4):
            direct.approve(direct.write())
            begun = time.monotonic()
            direct.hurry()
            assert time.monotonic() - begun < 30, "it waited without an end"
    assert in_database.waiting(direct.world) >= 4
    alarms = status.alarms(direct.blog, now())
    assert alarms.stopped or alarms.queue.problem, f"nobody is told that the remote {fault}"
    assert not FarEnd(direct.world).hanging(), "a process that hangs was left"
    return max(1, len([line for line in log if line["log_level"] == "error"]))
