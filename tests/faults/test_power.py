"""F02: what a power cut would leave. Every answer comes after the disk has what it tells;
every file is on the disk before it takes its name, and its name is before it is noted.
"""

import random
import subprocess
from pathlib import Path

import pytest

from tests.faults.clients import Reader, Staff
from tests.faults.service import environment, program, running
from tests.faults.traced import Call, calls, strace
from tests.faults.trials import series
from tests.faults.world import make_world

SYNCS = ("fsync", "fdatasync")
WRITES = ("write", "pwrite64")


class TestAnAnswer:
    def test_comes_after_the_disk_has_the_comment_and_the_decision(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, "off")
        trace = tmp_path / "trace"
        with running(world, command="up", launcher=strace(trace)) as server:
            staff = Staff(world, server.port, dice)
            staff.sign_in(server.administrator_link())
            reader = Reader(world, server.port, dice)
            words = [reader.write() for _ in range(3)]
            for act in list(world.history.acts()):
                if act["word"] in words and act["told"]:
                    staff.approve(act["word"], act["reference"])
        answers = 0
        written: dict[int, bool] = {}
        for call in calls(trace):
            journal = call.path.endswith("-wal")
            if journal and call.name in WRITES:
                written[call.pid] = False  # not yet on the disk
            elif journal and call.name in SYNCS and call.worked:
                written[call.pid] = True
            elif call.name in ("sendto", "sendmsg", "write") and '"HTTP/1.1 303' in call.rest:
                answers += 1
                assert call.pid in written, f"an answer without a write: {call}"
                assert written.pop(call.pid), f"answered before the disk had it: {call}"
        assert answers >= 7, answers


class TestAFile:
    @pytest.mark.parametrize("mode", ["off", "here", "clone"])
    def test_is_on_the_disk_before_its_name_and_its_name_before_it_is_noted(
        self, mode: str, tmp_path: Path, dice: random.Random
    ) -> None:
        world = series(tmp_path / "series", mode, dice).world
        trace = tmp_path / "trace"
        done = subprocess.run(
            [*strace(trace), *program("tick", str(world.blog))],
            env=environment(world),
            cwd=world.blog,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        every = list(calls(trace))
        comments = str(world.settings().comments_folder)
        named = [
            c
            for c in every
            if c.name.startswith("rename")
            and c.names[-1:]
            and c.names[-1].startswith(comments)
            and c.names[-1].endswith(".md")
        ]
        assert len(named) >= 5, [c for c in every if c.name.startswith("rename")]
        for call in named:
            at = every.index(call)
            _was_on_disk(every[:at], call)
            _folder_follows(every[at:], call)
        if mode != "off":
            own = f"{world.clone if mode == 'clone' else world.blog}/.git"
            placed = [
                call
                for call in every
                if call.name in ("rename", "renameat", "renameat2", "link", "linkat")
                and call.worked
                and call.names[-1].startswith(own)
                and ("/objects/" in call.names[-1] or "/refs/heads/" in call.names[-1])
            ]
            assert placed, "no object and no reference of Git took its name"
            for call in placed:
                _was_on_disk(every[: every.index(call)], call)


def _was_on_disk(before: list[Call], call: Call) -> None:
    """The file's last write came before a sync of it."""
    source = call.names[0]
    own = [each for each in before if each.path == source]
    syncs = [n for n, each in enumerate(own) if each.name in SYNCS and each.worked]
    writes = [n for n, each in enumerate(own) if each.name in WRITES]
    assert syncs, f"{source} took its name without having been put on the disk"
    assert not writes or writes[-1] < syncs[-1], f"{source} was written after its sync"


def _folder_follows(after: list[Call], call: Call) -> None:
    """The folder is put on the disk before the database or Git notes anything."""
    folder = str(Path(call.names[-1]).parent)
    for each in after[1:]:
        if each.name in SYNCS and each.path == folder:
            return
        assert not (each.name in WRITES and "-wal" in each.path), f"{call} was noted too early"
    raise AssertionError(f"{folder} was not put on the disk")
