"""F05: another process holds the database; F02: what SQLite is told to put on the disk."""

import random
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from comments_service.store.engine import open_store
from tests.faults.clients import Reader, Staff, ask
from tests.faults.invariants import assert_holds
from tests.faults.service import running
from tests.faults.test_full_disks import post
from tests.faults.world import make_world

HELD_SECONDS = 15.0


class TestALockedDatabase:
    def test_is_answered_503_or_waited_for_and_loses_nothing(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, "off")
        with running(world, command="up") as program:
            staff = Staff(world, program.port, dice)
            staff.sign_in(program.administrator_link())
            reader = Reader(world, program.port, dice)
            first = reader.write()
            reference = next(
                act["reference"]
                for act in world.history.acts()
                if act["word"] == first and act["told"]
            )
            other = sqlite3.connect(
                world.blog / "var" / "tertulia.sqlite3", isolation_level=None, timeout=30
            )
            other.execute("BEGIN EXCLUSIVE")
            answers: list[int] = []
            threads = [
                threading.Thread(target=lambda: answers.append(post(program.port, world, dice)))
                for _ in range(4)
            ]
            threads.append(threading.Thread(target=lambda: staff.approve(first, reference)))
            begun = time.monotonic()
            for thread in threads:
                thread.start()
            page = ask(program.port, "GET", "/2026/11/hola/")
            assert page.status == 200, "readers cannot even read"
            time.sleep(HELD_SECONDS - (time.monotonic() - begun))
            other.execute("ROLLBACK")
            other.close()
            for thread in threads:
                thread.join(60)
                assert not thread.is_alive(), "a request found no end"
            assert set(answers) <= {303, 503}, answers
            assert 503 in answers, "nobody had to wait: the lock was none"
            reader.write()
            assert_holds(world, "the database was locked", 60)


class TestWhatIsPutOnTheDisk:
    @pytest.mark.parametrize("kind", ["write", "read"])
    def test_sqlite_waits_for_the_disk_at_each_commit(self, tmp_path: Path, kind: str) -> None:
        store = open_store(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        with getattr(store, kind)() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        store.close()
