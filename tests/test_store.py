"""The database: migrations, transactions, the outbox, the people's tables. On both kinds."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, select, text

from comments_service.config.settings import Settings
from comments_service.domain.personal_data import DECLARED, IMPERSONAL, PERSONAL
from comments_service.errors import Unavailable, WrongDatabase
from comments_service.store import comments, day_keys, links, locks, outbox, publication
from comments_service.store.engine import Store, open_store
from comments_service.store.migrations import upgrade
from comments_service.store.problems import Problem
from comments_service.store.schema import comment, metadata
from comments_service.store.schema import outbox as outbox_table

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def a_comment_row(n: int) -> dict[str, object]:
    return {
        "id": f"{n:026d}",
        "thread": "hola",
        "kind": "comment",
        "lang": "es",
        "received_at": n,
        "head_revision": 1,
    }


class TestMigrating:
    def test_makes_exactly_the_tables_of_the_schema(self, store: Store) -> None:
        with store.read() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []

    def test_again_changes_nothing(self, store: Store) -> None:
        version = text("SELECT version_num FROM alembic_version")
        with store.write() as connection:
            connection.execute(insert(comment), a_comment_row(1))
            rows = connection.execute(select(comment)).all()
            before = connection.execute(version).all()
        upgrade(store)
        with store.read() as connection:
            assert connection.execute(version).all() == before
            assert connection.execute(select(comment)).all() == rows
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []

    def test_refuses_a_database_from_the_future_and_leaves_it_alone(self, store: Store) -> None:
        with store.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(WrongDatabase, match="newer version of Tertulia \\(9999\\)"):
            upgrade(store)
        with store.read() as connection:
            assert (
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                == "9999"
            )

    def test_says_that_a_file_is_no_database(self, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("Querida vecina: " * 100)
        with pytest.raises(WrongDatabase, match="cannot be opened: file is not a database"):
            upgrade(open_store(f"sqlite:///{tmp_path / 'letter.txt'}"))

    def test_does_not_tell_the_password_of_an_unreachable_database(self) -> None:
        address = Settings(database_url="postgresql://a:secret@127.0.0.1:1/b").database
        with pytest.raises(WrongDatabase, match="127.0.0.1:1/b cannot be opened") as caught:
            upgrade(open_store(address))
        assert "secret" not in str(caught.value)


class TestPersonalData:
    def test_every_column_is_declared_once(self) -> None:
        columns = {
            f"{table.name}.{column.name}"
            for table in metadata.tables.values()
            for column in table.columns
        }
        assert columns == PERSONAL.keys() | IMPERSONAL
        assert len(PERSONAL) == sum(len(data.columns) for data in DECLARED)
        assert not PERSONAL.keys() & IMPERSONAL


class TestWriting:
    def test_an_error_leaves_nothing(self, store: Store) -> None:
        with pytest.raises(KeyError), store.write() as connection:
            connection.execute(insert(comment), a_comment_row(1))
            raise KeyError
        with store.read() as connection:
            assert connection.execute(select(comment.c.id)).all() == []

    def test_sqlite_survives_a_power_cut(self, tmp_path: Path) -> None:
        store = open_store(f"sqlite:///{tmp_path / 'x.sqlite3'}")
        with store.read() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        store.close()

    def test_what_somebody_else_holds_is_unavailable_not_broken(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("comments_service.store.engine.BUSY_SECONDS", 0.05)
        address = Settings(database_url=database_url).database
        holder, other = open_store(address), open_store(address)
        with holder.write() as held:
            comments.next_number(held, "hola", "comments", 0)
            with pytest.raises(Unavailable), other.write() as connection:
                comments.next_number(connection, "hola", "comments", 0)
        with other.write() as connection:
            assert comments.next_number(connection, "hola", "comments", 0) == 2
        holder.close()
        other.close()

    def test_many_threads_lose_no_row(self, store: Store) -> None:
        def work(start: int) -> None:
            for n in range(start, start + 10):
                with store.write() as connection:
                    connection.execute(insert(comment), a_comment_row(n))

        threads = [threading.Thread(target=work, args=(10 * n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with store.read() as connection:
            assert len(connection.execute(select(comment.c.id)).all()) == 80


NO_SPACE = Problem("%(file)s could not be written: the disk is full.", {"file": "a/b.md"})


class TestNumbers:
    def test_count_from_one_within_each_thread_and_series(self, store: Store) -> None:
        with store.write() as connection:
            given = [
                comments.next_number(connection, thread, series, 0)
                for thread, series in [
                    ("a", "comments"),
                    ("a", "comments"),
                    ("b", "comments"),
                    ("a", "linkbacks"),
                ]
            ]
        assert given == [1, 2, 1, 1]

    def test_start_above_what_the_files_hold(self, store: Store) -> None:
        with store.write() as connection:
            given = [
                comments.next_number(connection, "a", "comments", floor) for floor in (12, 12, 20)
            ]
        assert given == [13, 14, 21]

    def test_are_never_given_twice_by_two_threads(self, store: Store) -> None:
        given: list[int] = []

        def work() -> None:
            for _ in range(10):
                with store.write() as connection:
                    given.append(comments.next_number(connection, "a", "comments", 0))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given) == list(range(1, 41))


class TestOutbox:
    @pytest.fixture(autouse=True)
    def _comments(self, store: Store) -> None:
        with store.write() as connection:
            for n in (1, 2):
                connection.execute(insert(comment), a_comment_row(n))

    def claim(self, store: Store, owner: str = "a", now: datetime = NOW) -> list[outbox.Row]:
        with store.write() as connection:
            return outbox.claim(connection, owner, now)

    def add(self, store: Store, n: int, now: datetime = NOW) -> None:
        with store.write() as connection:
            outbox.add(connection, outbox.Job.PUBLISH, f"{n:026d}", 1, now)

    def test_a_claimed_row_is_nobody_elses(self, store: Store) -> None:
        self.add(store, 1)
        assert [row.revision for row in self.claim(store)] == [1]
        assert self.claim(store, "b") == []

    def test_a_claim_ends_with_its_lease(self, store: Store) -> None:
        self.add(store, 1)
        self.claim(store)
        assert len(self.claim(store, "b", NOW + outbox.LEASE)) == 1

    def test_a_released_claim_is_free_at_once(self, store: Store) -> None:
        self.add(store, 1)
        self.claim(store)
        with store.write() as connection:
            outbox.release(connection)
        assert len(self.claim(store, "b")) == 1

    def test_a_finished_row_never_comes_back(self, store: Store) -> None:
        self.add(store, 1)
        (row,) = self.claim(store)
        with store.write() as connection:
            outbox.finish(connection, row, NOW)
            assert outbox.queue(connection) == outbox.Queue(0, None, None)
        assert self.claim(store, now=NOW + timedelta(days=30)) == []

    def test_a_row_that_was_put_off_waits_twice_as_long_each_time(self, store: Store) -> None:
        self.add(store, 1)
        now, pauses = NOW, []
        for _ in range(12):
            (row,) = self.claim(store, now=now)
            with store.write() as connection:
                outbox.put_off(connection, row, NO_SPACE, now)
                assert outbox.queue(connection) == outbox.Queue(1, NOW, NO_SPACE)
                available = connection.execute(select(outbox_table.c.available_at)).scalar_one()
            pauses.append(available - int(now.timestamp()))
            now += timedelta(seconds=pauses[-1])
        assert pauses[:4] == [5, 10, 20, 40]
        assert pauses[-1] == 15 * 60

    def test_what_was_put_off_is_due_again_when_a_person_asks(self, store: Store) -> None:
        self.add(store, 1)
        (row,) = self.claim(store)
        with store.write() as connection:
            outbox.put_off(connection, row, NO_SPACE, NOW)
        assert self.claim(store) == []
        with store.write() as connection:
            assert outbox.hurry(connection, NOW) == 1
        assert len(self.claim(store)) == 1

    def test_a_finished_job_can_be_asked_for_again(self, store: Store) -> None:
        self.add(store, 1)
        (row,) = self.claim(store)
        with store.write() as connection:
            outbox.finish(connection, row, NOW)
            outbox.ask_again(connection, outbox.Job.PUBLISH, row.comment_id, 1, NOW)
        assert [each.comment_id for each in self.claim(store)] == [row.comment_id]

    def test_asking_again_for_what_waits_changes_nothing(self, store: Store) -> None:
        self.add(store, 1)
        self.claim(store)
        with store.write() as connection:
            outbox.ask_again(connection, outbox.Job.PUBLISH, f"{1:026d}", 1, NOW)
        assert self.claim(store, "b") == []

    def test_the_same_job_is_asked_for_once(self, store: Store) -> None:
        self.add(store, 1)
        with pytest.raises(Exception, match=r"(?i)unique"):
            self.add(store, 1)

    def test_rows_come_in_the_order_they_were_asked_for(self, store: Store) -> None:
        self.add(store, 2)
        self.add(store, 1)
        assert [row.comment_id[-1] for row in self.claim(store)] == ["2", "1"]


class TestManyIds:
    def test_are_found_whatever_their_number(self, store: Store) -> None:
        ids = [f"{n:026d}" for n in range(1, 1101)]
        with store.write() as connection:
            connection.execute(insert(comment), [a_comment_row(n) for n in range(1, 1101)])
            for many in (0, 1, 3, 512, 513, 1100):
                assert list(publication.kept_of(connection, ids[:many])) == ids[:many]

    def test_of_any_number_are_few_statements(self, store: Store) -> None:
        """Each is kept by SQLAlchemy and by the driver for as long as the server runs."""
        asked: set[str] = set()
        event.listen(
            store.engine,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_rest: asked.add(statement),
        )
        ids = [f"{n:026d}" for n in range(300)]
        with store.read() as connection:
            for many in range(1, 301):
                publication.kept_of(connection, ids[:many])
                publication.public_wordings(connection, ids[:many])
                outbox.of_comments(connection, ids[:many])
        assert len(asked) <= 3 * 10 + 1


class TestThePublishersLock:
    def test_is_held_by_one(self, store: Store, database_url: str) -> None:
        other = open_store(Settings(database_url=database_url).database)
        with locks.publishing(store) as first, locks.publishing(other) as second:
            assert (first, second) == (True, False)
        with locks.publishing(other) as then:
            assert then
        other.close()


class TestDayKeys:
    def test_a_day_has_one_key_and_the_next_another(self, store: Store) -> None:
        with store.write() as connection:
            today = day_keys.key_of_day(connection, NOW)
            assert day_keys.key_of_day(connection, NOW + timedelta(hours=13)) == today
            assert day_keys.key_of_day(connection, NOW + timedelta(hours=14)) != today

    def test_old_keys_are_deleted(self, store: Store) -> None:
        with store.write() as connection:
            old = day_keys.key_of_day(connection, NOW - timedelta(days=9))
            kept = day_keys.key_of_day(connection, NOW - timedelta(days=7))
            day_keys.forget(connection, NOW)
            assert day_keys.key_of_day(connection, NOW - timedelta(days=9)) != old
            assert day_keys.key_of_day(connection, NOW - timedelta(days=7)) == kept


class TestOneTimeLinks:
    def test_work_once_and_only_the_newest(self, store: Store) -> None:
        until = NOW + timedelta(hours=1)
        with store.write() as connection:
            links.put_link(connection, "first-admin", "old", until)
            links.put_link(connection, "first-admin", "new", until)
            assert not links.use_link(connection, "first-admin", "old", NOW)
            assert links.use_link(connection, "first-admin", "new", NOW)
            assert not links.use_link(connection, "first-admin", "new", NOW)

    def test_end_with_their_term(self, store: Store) -> None:
        with store.write() as connection:
            links.put_link(connection, "first-admin", "token", NOW)
            assert not links.link_is_valid(connection, "first-admin", "token", NOW)

    def test_leave_no_token_in_the_database(self, store: Store) -> None:
        with store.write() as connection:
            links.put_link(connection, "first-admin", "token-in-the-clear", NOW)
            held = connection.execute(text("SELECT * FROM one_time_link")).one()
        assert "token-in-the-clear" not in str(held)
