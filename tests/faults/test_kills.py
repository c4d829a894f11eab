"""F01, F12: killed (-9) at every named step, and at random moments, then started again.

No list of steps stands here: a run without a fault is recorded, and every step that it
reached is killed at. What the source names and no run reached is a failure too.
"""

import ast
import os
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.faults import in_database
from tests.faults.clients import Reader, Staff, ask, persist
from tests.faults.direct import opened
from tests.faults.invariants import assert_holds
from tests.faults.service import RESTART_SECONDS, Program, run, running
from tests.faults.traffic import Traffic
from tests.faults.trials import series
from tests.faults.world import MODES, ROOT, World, git, make_world
from tests.support.databases import fresh_database

KILLS = int(os.environ.get("FAULTS_KILLS", "20"))
ONLY_AT = os.environ.get("FAULTS_AT", "").split()
NOT_IN_THIS_MODE = {
    "off": ("commit.", "forget."),
    "here": ("commit.push", "forget."),
    "clone": (),
}
OF_THE_WEB = ("submit.", "decide.")
OF_MAILS = ("mail.",)
"""``test_mails.py`` dies there, with a mail server at the other end."""

OF_KEYS = ("rotate.",)
"""``tests/test_keys.py`` dies there: the service stands still meanwhile."""


def named_steps() -> set[str]:
    """Every name that the source gives to the hook."""
    found = set()
    for path in (ROOT / "comments_service").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else getattr(node.func, "id", "")
                )
                if name == "step" and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def reached(world: World) -> list[str]:
    """The steps that a recorded run reached, each once, in order of first arrival."""
    lines = world.steps.read_text("utf-8").splitlines()
    return list(dict.fromkeys(line.split(" ")[1] for line in lines))


class TestThePublisher:
    @pytest.mark.parametrize("mode", MODES)
    def test_killed_at_each_step_is_finished_by_the_next_run(
        self, mode: str, tmp_path: Path, dice: random.Random
    ) -> None:
        trials = series(tmp_path / "series", mode, dice)
        world = trials.again()
        assert run(world, "tick") == 0
        assert_holds(world, "recorded without a fault", 5)
        steps = reached(world)
        missing = {
            name
            for name in named_steps() - set(steps)
            if not name.startswith((*OF_THE_WEB, *OF_MAILS, *OF_KEYS, *NOT_IN_THIS_MODE[mode]))
        }
        assert not missing, f"no run reached {missing}"
        for step in ONLY_AT or steps:
            world = trials.again()
            assert run(world, "tick", fault=f"{step}:kill") == -9, f"{step} was not reached"
            assert reached(world)[-1] == step
            with opened(world, dice) as direct:
                begun = time.monotonic()
                direct.drain()
                assert time.monotonic() - begun < 60
            assert_holds(world, f"killed at {step}", 5)
        print(f"{mode}: killed at {len(steps)} steps: {', '.join(steps)}")

    @pytest.mark.parametrize("mode", ["here", "clone"])
    def test_killed_between_push_and_note_makes_no_second_commit(
        self, mode: str, tmp_path: Path, dice: random.Random
    ) -> None:
        trials = series(tmp_path / "series", mode, dice)
        world = trials.again()
        assert run(world, "tick", fault="record:kill") == -9
        before = world.files()
        heads = commits(world)
        with opened(world, dice) as direct:
            direct.publish()
        assert world.files() == before
        # Erasing rewrites a history of its own; it adds no commit that changes a file.
        assert commits(world) <= heads + (mode == "clone")
        assert_holds(world, "killed at record", 5)


def commits(world: World) -> int:
    assert world.repository
    return int(git(world.repository, "rev-list", "--count", world.head))


class TestTheWeb:
    def test_killed_at_each_step_loses_nothing_that_it_told(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, "off")
        with running(world, command="up") as program:
            staff = Staff(world, program.port, dice)
            staff.sign_in(program.administrator_link())
            reader = Reader(world, program.port, dice)
            one_of_each(world, reader, staff)
            steps = [step for step in reached(world) if step.startswith(OF_THE_WEB)]
            missing = {s for s in named_steps() if s.startswith(OF_THE_WEB)} - set(steps)
            assert not missing, f"no run reached {missing}"
            for step in steps:
                program.cut_power()
                program.fault = f"{step}:kill"
                program.command = "serve"
                program.start()
                killed_once(program, world, reader, staff, step)
            assert max(program.starts) < RESTART_SECONDS, program.starts
            program.fault = None
            assert_holds(world, f"killed at each of {steps}")


def one_of_each(world: World, reader: Reader, staff: Staff) -> None:
    """Through each step of the web once."""
    word = reader.write()
    reference = next(
        a["reference"] for a in world.history.acts() if a["word"] == word and a["told"]
    )
    staff.approve(word, reference)
    word = reader.write()
    reference = next(
        a["reference"] for a in world.history.acts() if a["word"] == word and a["told"]
    )
    staff.answer(word, reference)


def killed_once(program: Program, world: World, reader: Reader, staff: Staff, step: str) -> None:
    """A reader and a member of staff at work while the worker dies at a step."""
    before = Counter(line.split(" ")[1] for line in world.steps.read_text().splitlines())[step]
    problems: list[BaseException] = []

    def work() -> None:
        try:
            one_of_each(world, reader, staff)
        except BaseException as error:  # told by the test's own thread
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        now = Counter(line.split(" ")[1] for line in world.steps.read_text().splitlines())[step]
        if now > before:
            break
        time.sleep(0.02)
    else:
        raise AssertionError(f"{step} was not reached")
    time.sleep(0.2)
    program.cut_power()
    program.fault = None
    program.start()
    thread.join(120)
    assert not thread.is_alive()
    assert not problems, problems


class TestAtRandomMoments:
    @pytest.mark.parametrize("mode", MODES)
    def test_everything_that_was_told_is_so(
        self, mode: str, tmp_path: Path, dice: random.Random, seed: int
    ) -> None:
        random_kills(tmp_path, mode, KILLS, dice, seed)

    def test_on_postgresql_too(
        self, cluster: str, tmp_path: Path, dice: random.Random, seed: int
    ) -> None:
        with fresh_database(cluster) as database:
            random_kills(tmp_path, "clone", KILLS, dice, seed, database_url=database)


def random_kills(
    folder: Path, mode: str, kills: int, dice: random.Random, seed: int, **more: str
) -> None:
    """Traffic while the program is killed again and again, in three ways."""
    root = folder / "world"
    root.mkdir()
    world = make_world(root, mode, **more)
    died: Counter[str] = Counter()
    with running(world, command="up") as program:
        traffic = Traffic(world, program.port, random.Random(dice.random()))
        traffic.staff.sign_in(program.administrator_link())
        traffic.start()
        for _ in range(kills):
            time.sleep(dice.uniform(0.05, 1.6))
            how = dice.choice(["worker", "group", "power"])
            at = (world.steps.read_text("utf-8").splitlines() or ["- start"])[-1].split(" ")[1]
            died[f"{how} after {at}"] += 1
            if how == "worker":
                program.kill_worker()
                wait_for_worker(program)
            else:
                (program.kill if how == "group" else program.cut_power)()
                program.command = dice.choice(["up", "serve"])
                program.start()
        traffic.finish()
        took = sorted(program.starts)
        print(f"{mode}: {kills} kills, seed {seed}, {dict(traffic.done)}; {dict(died)}")
        print(f"{mode}: starts {took[len(took) // 2]:.1f} s (median), {took[-1]:.1f} s (longest)")
        assert took[-1] < RESTART_SECONDS, f"a restart took {took[-1]:.1f} s"
        assert_holds(world, f"{kills} random kills, FAULTS_SEED={seed}")
        assert in_database.waiting(world) == 0


def wait_for_worker(program: Program) -> None:
    """Until gunicorn's new worker answers."""
    begun = time.monotonic()
    persist(lambda: ask(program.port, "GET", "/comentar/hola"), 60)
    program.starts.append(time.monotonic() - begun)
