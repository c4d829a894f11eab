"""Who may work on a database at the same time, and that a lost connection is noticed."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from comments_service.config.settings import Settings
from comments_service.errors import CannotStart
from comments_service.store import locks
from comments_service.store.engine import Store, open_store
from tests.support.releases import release
from tests.support.service import Service
from tests.support.visitor import Visitor

HOLDER = """
import sys
from comments_service.store import locks
with locks.serving(sys.argv[1]):
    print(flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def database(database_url: str, store: Store) -> str:
    return Settings(database_url=database_url).database


def cut(store: Store) -> None:
    """End every other session, as a restart of PostgreSQL or a broken line does, and wait until
    each is gone: what it held is free only then.
    """
    with store.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
        ).all()


class TestThoseWhoServe:
    def test_are_many_and_keep_out_who_wants_to_be_alone(self, store: Store, database: str) -> None:
        with (
            locks.serving(database),
            locks.serving(database),
            pytest.raises(CannotStart, match="Another node"),
            locks.alone(store),
        ):
            pass
        with locks.alone(store):
            pass

    def test_wait_for_who_is_alone_to_end(self, store: Store, database: str) -> None:
        with locks.alone(store):
            with pytest.raises(CannotStart, match="at work"), locks.serving(database):
                pass
            with pytest.raises(CannotStart, match="Another node"), locks.alone(store):
                pass
        with locks.serving(database):
            pass

    def test_do_not_keep_the_publisher_out(self, store: Store, database: str) -> None:
        with locks.serving(database), locks.publishing(store) as ours:
            assert ours

    def test_that_are_killed_keep_nobody_out(self, store: Store, database: str) -> None:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        with holder:
            assert holder.stdout
            holder.stdout.readline()
            with pytest.raises(CannotStart), locks.alone(store):
                pass
            holder.kill()
            holder.wait()
        assert within(10, lambda: is_free(store))

    @pytest.mark.parametrize("url", ["sqlite:////nowhere/x", "postgresql+psycopg://127.0.0.1:9/x"])
    def test_leave_it_to_others_to_say_that_there_is_no_database(self, url: str) -> None:
        with locks.serving(url):
            pass


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestAShareWhoseConnectionIsLost:
    def test_is_taken_again(self, store: Store, database: str) -> None:
        share = locks.Share(database)
        share.take()
        cut(store)
        with locks.alone(store):  # nobody can hold what is lost
            pass
        assert share.keep()
        with pytest.raises(CannotStart), locks.alone(store):
            pass
        share.close()

    def test_is_told_when_an_upgrade_came_between(self, store: Store, database: str) -> None:
        share = locks.Share(database)
        share.take()
        cut(store)
        with locks.alone(store):
            assert not share.keep()
        assert share.keep()
        share.close()


class TestAShare:
    def test_is_kept_for_as_long_as_it_is_wanted(self, store: Store, database: str) -> None:
        share = locks.Share(database)
        share.take()
        assert all(share.keep() for _ in range(3))
        with pytest.raises(CannotStart), locks.alone(store):
            pass
        share.close()
        with locks.alone(store):
            pass


@pytest.mark.faults
@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
def test_a_server_is_known_to_the_database_until_it_ends(
    empty_database_url: str, tmp_path: Path
) -> None:
    settings = release("0.1.0", tmp_path / "blog", empty_database_url)
    store = open_store(settings.database)
    service = Service(settings.blog, environment={"TERTULIA_DATABASE_URL": empty_database_url})
    service.start()
    try:
        Visitor().get(f"{service.url}/servicio/estado")  # so it serves, and does not only begin
        held = shares(store)
        assert held
        cut(store)
        assert within(20, lambda: shares(store) - held), "it was not taken again"
        cut(store)
        with locks.alone(store):  # an upgrade that begins in that moment
            process = service.process
            assert process
            assert within(30, lambda: process.poll() is not None), "it serves on"
        assert "An upgrade or a restore is at work" in service.printed
    finally:
        service.stop()
        store.close()


def shares(store: Store) -> set[int]:
    """The sessions of PostgreSQL that hold it. Looked up, not tried: a try that succeeds is a
    lock, and the server would end."""
    locked = text(
        "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE datname = current_database() AND locktype = 'advisory' AND mode = 'ShareLock'"
    )
    with store.engine.connect() as connection:
        return set(connection.execute(locked).scalars())


def is_free(store: Store) -> bool:
    try:
        with locks.alone(store):
            return True
    except CannotStart:
        return False


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.1)
    return False


def test_no_two_locks_of_postgresql_have_the_same_number() -> None:
    numbers = [
        number
        for source in sorted(Path(locks.__file__).parent.glob("*.py"))
        for number in re.findall(
            r"^_[A-Z]+ = (0x7E[0-9A-F]+)", source.read_text("utf-8"), re.MULTILINE
        )
    ]
    assert len(numbers) > 5
    assert len(set(numbers)) == len(numbers)
