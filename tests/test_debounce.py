"""Two hundred decisions in a minute make two builds at most."""

from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from comments_service.store import builds, facts, outbox
from comments_service.store.engine import Store, open_store
from comments_service.store.migrations import upgrade
from comments_service.usecases.tick import next_publishing
from tests.support.fixtures import Clock

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
EVERY = 0.25
"""Seconds between two looks of the worker."""


def begun(store: Store, asked: list[float], build_seconds: float) -> list[float]:
    """When builds begin, in seconds, for decisions at these times; each is shown by the first
    build that begins after it, which takes ``build_seconds``."""
    _empty(store)
    clock, started, left = Clock(START), [], sorted(asked)
    end = START + timedelta(seconds=max(asked) + 300)
    while clock.now < end:
        now = (clock.now - START).total_seconds()
        _ask(store, [left.pop(0) for each in list(left) if each <= now], START)
        with store.read() as connection:
            begins = next_publishing(connection, clock())
        if begins is not None and begins <= clock():
            started.append(now)
            _build(store, clock, build_seconds)
        elif begins is None and not left:
            break
        clock.forward(seconds=_until_something(now, begins, left))
    with store.read() as connection:
        assert outbox.queue(connection).count == 0, "everything is shown in the end"
    return started


def _until_something(now: float, begins: datetime | None, left: list[float]) -> float:
    """Seconds to the first look of the worker that may find something new."""
    begin = [] if begins is None else [(begins - START).total_seconds()]
    until = min([*begin, *left[:1]], default=now) - now
    return max(1, ceil(until / EVERY)) * EVERY


def _empty(store: Store) -> None:
    with store.write() as connection:
        for table in ("outbox", "build_run", "revision", "comment"):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def _ask(store: Store, times: list[float], start: datetime) -> None:
    with store.write() as connection:
        for each in times:
            count = connection.exec_driver_sql("SELECT count(*) FROM comment").scalar()
            name = f"{count:026}"
            connection.exec_driver_sql(
                "INSERT INTO comment (id, thread, kind, lang, received_at, head_revision)"
                f" VALUES ('{name}', 'hola', 'comment', 'es', 0, 1)"
            )
            at = start + timedelta(seconds=each)
            outbox.add(connection, outbox.Job.PUBLISH, name, 1, at)


def _build(store: Store, clock: Clock, seconds: float) -> None:
    with store.write() as connection:
        rows = outbox.claim(connection, "test", clock())
        number = builds.begin(connection, clock())
    clock.forward(seconds=seconds)
    with store.write() as connection:
        builds.end(connection, number, None, clock())
        for row in rows:
            outbox.finish(connection, row, clock())


def most_in_a_minute(started: list[float]) -> int:
    return max(sum(one <= each < one + 60 for each in started) for one in started)


class TestDecisions:
    @pytest.mark.parametrize("build_seconds", [0.5, 3, 20])
    @pytest.mark.parametrize(
        "asked",
        [
            pytest.param([n * 0.3 for n in range(200)], id="evenly"),
            pytest.param([n // 40 * 12 + n % 40 * 0.05 for n in range(200)], id="in bursts"),
            pytest.param([0.0] * 200, id="all at once"),
            pytest.param([0.0, *(59 + n * 0.005 for n in range(199))], id="at the end"),
        ],
    )
    def test_two_hundred_in_a_minute_make_two_builds_at_most(
        self, store: Store, asked: list[float], build_seconds: float
    ) -> None:
        started = begun(store, asked, build_seconds)
        assert sum(each < 60 for each in started) <= 2
        assert most_in_a_minute(started) <= 2
        assert len(started) <= 3

    def test_the_first_in_a_while_goes_at_once(self, store: Store) -> None:
        assert begun(store, [0, 300], 2) == [0, 300]

    def test_a_second_one_soon_after_waits_for_a_pause_only(self, store: Store) -> None:
        [first, second] = begun(store, [0, 10], 2)
        assert first == 0
        assert 10 < second < 20

    def test_none_waits_longer_than_a_minute_and_a_build(self, store: Store) -> None:
        asked = [n * 0.9 for n in range(300)]
        started = begun(store, asked, 5)
        for each in asked:
            shown = min(one for one in started if one >= each)
            assert shown - each <= 70


@pytest.mark.property
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_never_three_builds_begin_within_a_minute(database_url: str) -> None:
    store = open_store(database_url)
    upgrade(store)

    @given(
        st.lists(st.floats(0, 240, allow_nan=False), min_size=1, max_size=40),
        st.floats(0.1, 30, allow_nan=False),
    )
    def check(asked: list[float], build_seconds: float) -> None:
        started = begun(store, asked, build_seconds)
        note(f"began at {started}")
        assert most_in_a_minute(started) <= 2

    check()
    store.close()


class TestABlogOnTwoDatabases:
    def test_looks_at_the_files_when_nothing_was_decided_for_five_minutes(
        self, store: Store
    ) -> None:
        with store.write() as connection:
            facts.note(connection, facts.LOOKED, "", START)
            assert next_publishing(connection, START) is None
