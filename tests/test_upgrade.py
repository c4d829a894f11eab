"""A blog of every earlier release becomes one of this version: all of it, or nothing."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.states import Visibility
from comments_service.errors import CannotStart, WrongDatabase
from comments_service.store import cases, checks, copies, dump, locks, migrations
from comments_service.store.engine import Store, open_store
from comments_service.store.people import by_login
from comments_service.usecases import clocks, counts
from comments_service.usecases import upgrade as upgrading
from comments_service.usecases.backup import back_up
from comments_service.usecases.blog import open_blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.search import take_in
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import track
from comments_service.usecases.tray import Filters, View, tray
from comments_service.usecases.upgrade import Upgraded, upgrade
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.releases import SCHEMA_OF, expected, release

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=sorted(SCHEMA_OF))
def version(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def settings(version: str, tmp_path: Path, empty_database_url: str) -> Settings:
    """The blog of an earlier release, as it was left."""
    return release(version, tmp_path / "blog", empty_database_url)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings.database)
    yield opened
    opened.close()


def upgraded(settings: Settings, clock: Clock) -> Upgraded:
    return upgrade(settings, settings.var_folder / "backups", clock(), lambda _message: None)


def everything(store: Store, path: Path) -> bytes:
    """Every row there is, at whatever revision."""
    path.unlink(missing_ok=True)
    with path.open("wb") as file, dump.snapshot(store) as connection:
        dump.write(connection, file, lambda _rows: None, everything=True)
        schema = migrations.revision_of(connection)
    return f"{schema}\n".encode() + path.read_bytes()


def files_of(settings: Settings) -> dict[str, bytes]:
    """The whole blog but for what is made at run time."""
    return {
        str(path.relative_to(settings.blog)): path.read_bytes()
        for path in sorted(settings.blog.rglob("*"))
        if path.is_file() and not path.is_relative_to(settings.var_folder)
    }


class TestABlogOfAnEarlierRelease:
    def test_loses_nothing(self, settings: Settings, store: Store, clock: Clock) -> None:
        with store.read() as connection:
            before = checks.tallies(connection)
        done = upgraded(settings, clock)
        with store.read() as connection:
            assert checks.tallies(connection) == before
            assert checks.faults(connection) == []
        assert done.backup.is_file()
        assert done.before == "0001"
        assert {each.name: each.after for each in done.compared}["cases"] == before["cases"]
        assert all(each.before == each.after for each in done.compared if "." in each.name)
        with store.read() as connection:
            assert dump.last_case(connection) == 9, "the next case gets another number"

    def test_shows_the_same_comments_at_the_same_addresses(
        self, version: str, settings: Settings, clock: Clock
    ) -> None:
        upgraded(settings, clock)
        site = counts.of_site(settings.output_folder)
        assert site
        wanted = expected(version)["anchors"]
        assert site.posts == set(wanted)
        assert site.anchors == {f"{url}#comment-{x}" for url, ids in wanted.items() for x in ids}

    def test_publishes_what_was_waiting_and_keeps_private_links(
        self, version: str, settings: Settings, clock: Clock
    ) -> None:
        upgraded(settings, clock)
        known = expected(version)
        blog = open_blog(settings)
        try:
            clock.forward(hours=1)
            publish(blog, clock)
            site = counts.of_site(settings.output_folder)
            assert site
            shown = {anchor.rpartition("-")[2] for anchor in site.anchors}
            assert set(known["pending"]) <= shown
            assert not {*known["stuck"], *known["held"], *known["rejected"]} & shown
            for reference, token in known["links"].items():
                assert track(blog, reference, token).case.reference == reference
            assert case_of(blog, 6).visibility is Visibility.APPROVED
        finally:
            blog.store.close()

    def test_finds_its_old_comments_by_their_words_their_text_and_their_author(
        self, settings: Settings, clock: Clock
    ) -> None:
        upgraded(settings, clock)
        blog = open_blog(settings)
        try:
            with blog.store.read() as connection:
                ada = by_login(connection, "ada")
            assert ada

            def found(**filters: str) -> set[int]:
                asked = Filters(view=View.ALL, **filters)  # type: ignore[arg-type]
                page = tray(blog, asked, by=ada, own=None, is_team=True, now=clock())
                return {each.id for each in page.cases}

            take_in(blog)
            assert found(words="arboles bancos") == set()
            assert 1 in found(words="BANCOS")
            for words, person in (("¿Hay puestos libres?", "Nerea Supuesta"), ("Nuevo.", "Otra")):
                form = Form(author=person, body=words)
                new = new_id(clock())
                submit(blog, "el-mercado", form, address="", comment_id=new, now=clock())
            take_in(blog)
            assert found(like="2026-000007") == {7, 10}
            assert found(person="2026-000007") == {7, 10}
        finally:
            blog.store.close()

    def test_looks_once_at_every_old_case_for_what_ran_out(
        self, settings: Settings, store: Store, clock: Clock
    ) -> None:
        def to_look_at() -> list[int]:
            with store.read() as connection:
                return sorted(cases.to_look_at(connection, clock(), 99))

        upgraded(settings, clock)
        assert to_look_at() == list(range(1, 10))
        blog = open_blog(settings)
        clocks.run(blog, clock())
        blog.store.close()
        assert to_look_at() == []

    @pytest.mark.faults
    def test_can_be_upgraded_again(self, settings: Settings, clock: Clock) -> None:
        upgraded(settings, clock)
        clock.forward(minutes=1)
        done = upgraded(settings, clock)
        assert done.before == done.after
        assert all(each.before == each.after for each in done.compared)


class TestWhenSomethingGoesWrong:
    @pytest.fixture(
        params=["a post that cannot be read", "a lost page", "a lost comment", "a lost row"]
    )
    def broken(
        self, request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> str:
        articles = settings.content_folder / "articles" / "2026"
        if request.param == "a post that cannot be read":
            (settings.blog / "publishconf.py").write_text("raise SystemExit(3)\n")
            (settings.blog / "pelicanconf.py").write_text("raise SystemExit(3)\n")
            return "could not be built"
        if request.param == "a lost page":
            (articles / "la-biblioteca.md").unlink()
            return "/2026/10/la-biblioteca/"
        if request.param == "a lost comment":
            comment = next((settings.comments_folder / "el-parque").glob("*.md"))
            comment.unlink()
            return comment.stem
        real: Callable[[Store], None] = migrations.upgrade

        def careless(store: Store) -> None:
            real(store)
            with store.write() as connection:
                connection.exec_driver_sql("DELETE FROM outbox WHERE done_at IS NULL")

        monkeypatch.setattr(upgrading.migrations, "upgrade", careless)
        return "things that wait to be done"

    def test_everything_is_put_back_and_the_reason_told(
        self, settings: Settings, store: Store, clock: Clock, broken: str, tmp_path: Path
    ) -> None:
        rows, files = everything(store, tmp_path / "rows"), files_of(settings)
        with pytest.raises(CannotStart) as refused:
            upgraded(settings, clock)
        assert "everything is as it was before" in str(refused.value)
        assert broken in str(refused.value)
        assert everything(store, tmp_path / "rows") == rows
        with store.read() as connection:
            assert dump.last_case(connection) == 9, "the next case gets another number"
        assert files_of(settings) == files
        assert not list(settings.blog.glob(".output*"))

    def test_what_another_node_acknowledged_meanwhile_is_not_lost(
        self, settings: Settings, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        """The other one got past the lock: its connection was lost, or it is an older one."""
        other = open_blog(settings)
        given: list[Case] = []

        def tell(message: str) -> None:
            if "Building" not in message:
                return
            comment_id = new_id(clock())
            form = Form(author="Ane Irreal", body="Justo ahora.")
            sent = submit(other, "el-mercado", form, address="", comment_id=comment_id, now=clock())
            given.append(sent.case)
            for name in ("publishconf.py", "pelicanconf.py"):
                (settings.blog / name).write_text("raise SystemExit(3)\n")

        with pytest.raises(CannotStart, match="was not put back") as refused:
            upgrade(settings, tmp_path / "backups", clock(), tell)
        assert case_of(other, given[0].id).body == "Justo ahora."
        other.store.close()
        copy = settings.var_folder / "before-upgrade-20261120T100000Z"
        assert str(copy) in str(refused.value)
        assert copy.is_file()
        assert not list(settings.blog.glob(".output*"))


class TestItIsRefused:
    def test_while_another_node_serves_or_a_command_is_at_work(
        self, settings: Settings, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        rows = everything(store, tmp_path / "rows")
        with (
            locks.serving(settings.database),
            locks.serving(settings.database),
            pytest.raises(CannotStart, match="Stop all of them first"),
        ):
            upgraded(settings, clock)
        assert everything(store, tmp_path / "rows") == rows
        assert not (settings.var_folder / "backups").exists()

    def test_and_nobody_starts_to_serve_meanwhile(self, settings: Settings, clock: Clock) -> None:
        refused = []

        def tell(_message: str) -> None:
            with (
                pytest.raises(CannotStart, match="at work") as error,
                locks.serving(settings.database),
            ):
                pass
            refused.append(error)

        upgrade(settings, settings.var_folder / "backups", clock(), tell)
        assert len(refused) >= 4
        with locks.serving(settings.database):
            pass

    def test_while_comments_are_being_published(
        self, settings: Settings, store: Store, clock: Clock, tmp_path: Path
    ) -> None:
        rows = everything(store, tmp_path / "rows")
        with locks.publishing(store) as ours:
            assert ours
            with pytest.raises(CannotStart, match="being published"):
                upgraded(settings, clock)
        assert everything(store, tmp_path / "rows") == rows

    def test_for_a_database_of_a_newer_version(
        self, settings: Settings, store: Store, clock: Clock
    ) -> None:
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(WrongDatabase, match="newer"):
            upgraded(settings, clock)

    def test_where_there_is_no_blog_yet(self, tmp_path: Path, clock: Clock) -> None:
        empty = Settings(blog=tmp_path / "empty", database_url=f"sqlite:///{tmp_path / 'x'}")
        with pytest.raises(WrongDatabase):
            upgraded(empty, clock)


@pytest.mark.faults
class TestAKilledMigration:
    def test_leaves_the_old_tables_or_the_new_ones_at_every_statement(
        self, settings: Settings, store: Store, empty_database_url: str, tmp_path: Path
    ) -> None:
        before = everything(store, tmp_path / "rows")
        with store.read() as connection:
            counted = checks.tallies(connection)
        store.close()
        nth, code = 0, 9
        while code == 9:
            nth += 1
            command = [sys.executable, "-m", "tests.support.migrate_and_die", empty_database_url]
            code = subprocess.run([*command, str(nth)], cwd=ROOT, env=os.environ).returncode
            if code == 9:
                assert everything(store, tmp_path / "rows") == before, f"statement {nth}"
                store.close()
        assert code == 0
        assert nth > 10
        with store.read() as connection:
            assert checks.tallies(connection) == counted
            assert checks.faults(connection) == []


@pytest.mark.faults
class TestAKilledUpgrade:
    def test_leaves_the_site_that_readers_see_and_is_finished_by_the_next_one(
        self, settings: Settings, store: Store, empty_database_url: str, clock: Clock
    ) -> None:
        with store.read() as connection:
            before = checks.tallies(connection)
        store.close()
        files = files_of(settings)
        command = [sys.executable, "-m", "tests.support.upgrade_and_die", str(settings.blog)]
        for nth in range(1, 5):
            done = subprocess.run([*command, empty_database_url, str(nth)], cwd=ROOT)
            assert done.returncode == 9
            now = files_of(settings)
            assert {name: now[name] for name in files} == files, f"step {nth}"
            with store.read() as connection:
                assert checks.tallies(connection) == before
                assert checks.faults(connection) == []
            store.close()
        done_now = upgraded(settings, clock)
        assert all(each.before == each.after for each in done_now.compared)
        assert not list(settings.blog.glob(".output*"))
        assert not (settings.var_folder / "before-upgrade").exists()


class TestACopy:
    def test_puts_back_every_row(self, store: Store, tmp_path: Path) -> None:
        rows = everything(store, tmp_path / "rows")
        with store.read() as connection:
            last = dump.last_case(connection)
        taken = copies.take(store, tmp_path / "copy")
        migrations.upgrade(store)
        assert everything(store, tmp_path / "rows") != rows
        assert copies.put_back(store, taken)
        assert everything(store, tmp_path / "rows") == rows
        with store.read() as connection:
            assert dump.last_case(connection) == last

    def test_that_is_gone_changes_nothing(self, store: Store, tmp_path: Path) -> None:
        rows = everything(store, tmp_path / "rows")
        taken = copies.take(store, tmp_path / "copy")
        taken.path.unlink()
        with pytest.raises(FileNotFoundError):
            copies.put_back(store, taken)
        assert everything(store, tmp_path / "rows") == rows

    def test_and_the_backup_before_it_need_no_new_tables(
        self, settings: Settings, clock: Clock, tmp_path: Path
    ) -> None:
        made = back_up(settings, tmp_path / "backups", clock())
        assert made.manifest.schema == "0001"
        assert made.manifest.counts["comments.published"] == 4
