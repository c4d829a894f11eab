"""F13: the build is killed, a template is broken, the site lies there half: readers keep the
old site until there is a whole new one, and nobody has to do anything for it.
"""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from comments_service.usecases import status
from comments_service.usecases.showing import build_site
from tests.faults import in_database
from tests.faults.direct import Direct, now, opened
from tests.faults.invariants import assert_holds
from tests.faults.service import descendants
from tests.faults.trials import Series, series
from tests.faults.world import World


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Series:
    return series(tmp_path_factory.mktemp("build"), "off", random.Random(3))


def site_of(world: World) -> dict[str, bytes]:
    return {
        str(path.relative_to(world.output)): path.read_bytes()
        for path in world.output.rglob("*")
        if path.is_file()
    }


def is_pelican(pid: int) -> bool:
    try:
        return b"pelican" in Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return False


def test_a_killed_pelican_leaves_the_old_site_and_the_next_build_brings_all(
    trials: Series, dice: random.Random
) -> None:
    world = trials.again()
    before = site_of(world)
    beside = world.output.with_name(".output.next")
    over, killed = threading.Event(), []

    def kill_pelican() -> None:
        written = dice.randrange(len(before) // 2)
        while not over.is_set():
            pids = [pid for pid in descendants(os.getpid()) if is_pelican(pid)]
            if pids and sum(path.is_file() for path in beside.rglob("*")) >= written:
                with suppress(ProcessLookupError):
                    os.kill(pids[0], signal.SIGKILL)
                    killed.append(pids[0])
                return
            time.sleep(0.001)

    with opened(world, dice) as direct:
        for _ in range(3):
            killer = threading.Thread(target=kill_pelican)
            killer.start()
            direct.hurry()
            over.set()
            killer.join()
            over.clear()
            assert site_of(world) == before
            assert in_database.waiting(world) > 0
            assert status.alarms(direct.blog, now()).queue.problem, "nobody is told"
        assert len(killed) == 3
        direct.drain()
        assert_holds(world, "Pelican was killed", 5)


def test_a_broken_template_leaves_the_old_site_until_it_is_mended(
    trials: Series, dice: random.Random
) -> None:
    world = trials.again()
    before = site_of(world)
    template = world.blog / "theme" / "templates" / "article.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% extends 'base.html' %}{% block content %}{{ article.")
    with opened(world, dice) as direct:
        direct.hurry()
        direct.hurry()
        problem = status.alarms(direct.blog, now()).queue.problem
        if site_of(world) != before:
            pytest.fail("a template of the blog's own was not used, or the site is half")
        assert problem, "nobody is told"
        assert "TemplateSyntaxError" in problem.detail, problem.detail
        template.unlink()
        direct.drain()
        assert_holds(world, "a template was broken", 5)


def test_pages_that_disappeared_from_the_site_come_back_with_the_next_comment(
    trials: Series, dice: random.Random
) -> None:
    world = trials.again()
    with opened(world, dice) as direct:
        direct.drain()
        (world.output / "2026/11/hola/index.html").unlink()
        direct.approve(direct.write("hola"))
        direct.drain()
        assert_holds(world, "a page was lost", 5)


@pytest.mark.parametrize("left", [".output.next", ".output.old"])
def test_what_a_build_left_half_done_is_cleared_away(
    trials: Series, dice: random.Random, left: str
) -> None:
    world = trials.again()
    half = world.output.with_name(left)
    half.mkdir()
    (half / "index.html").write_text("half")
    with opened(world, dice) as direct:
        direct.drain()
        assert_holds(world, f"{left} was left", 5)


def test_a_death_between_two_renames_is_healed(trials: Series, dice: random.Random) -> None:
    world = trials.again()
    world.output.rename(world.output.with_name(".output.old"))
    with opened(world, dice) as direct:
        rebuilt(direct)
        direct.drain()
        assert_holds(world, "the site was aside", 5)


def rebuilt(direct: Direct) -> None:
    """As a start does."""
    build_site(direct.blog, now=now())
