"""A backup is tested by restoring it: under load, on both databases and from one to the other."""

import io
import json
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments_service import commentfile, ledger
from comments_service.cli import main
from comments_service.cli.alone import serve_alone
from comments_service.config.settings import Settings
from comments_service.domain.comments import Comment, Tombstone
from comments_service.errors import CannotStart, InvalidBackup, TertuliaError
from comments_service.store import checks, dump, locks, migrations
from comments_service.store.engine import Store, open_store
from comments_service.store.people import Person, by_login
from comments_service.usecases import archive, colleagues
from comments_service.usecases.archive import DATABASE, MANIFEST, Manifest, dumped
from comments_service.usecases.backup import Backup, back_up
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve
from comments_service.usecases.publish import publish
from comments_service.usecases.restore import Restored, restore, settings_in_place, verified
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import receipt_for, track
from comments_service.usecases.withdraw import erase
from tests.support.databases import fresh_database
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import form_of, hired
from tests.support.releases import expected, release

WAYS = [
    ("sqlite", "sqlite"),
    ("sqlite", "postgresql"),
    ("postgresql", "sqlite"),
    ("postgresql", "postgresql"),
]
Address = Callable[[str], str]


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Address]:
    """Makes an empty database of a kind."""
    with ExitStack() as stack:
        count = iter(range(100))

        def make(kind: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{tmp_path / f'base{next(count)}.sqlite3'}"
            return stack.enter_context(fresh_database(request.getfixturevalue("cluster")))

        yield make


def opened_release(folder: Path, database_url: str, erasures: Path) -> Blog:
    """A blog with posts, comments in all states and a built site, brought to this version."""
    given = release("0.1.0", folder, database_url)
    return open_blog(given.model_copy(update={"erasures": erasures}))


@pytest.fixture(scope="module")
def brought_here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such a blog on SQLite, as a trial has it: the database in ``var``."""
    folder = tmp_path_factory.mktemp("release") / "blog"
    url = f"sqlite:///{folder / 'var' / 'tertulia.sqlite3'}"
    opened_release(folder, url, folder.parent / "erasures.txt").store.close()
    return folder


@pytest.fixture
def blog(brought_here: Path, tmp_path: Path) -> Iterator[Blog]:
    """A copy of it."""
    folder = tmp_path / "blog"
    shutil.copytree(brought_here, folder, symlinks=True)
    (tmp_path / "apart").mkdir()
    opened = open_blog(
        Settings(
            blog=folder,
            database_url=f"sqlite:///{folder / 'var' / 'tertulia.sqlite3'}",
            site_url="http://localhost:8000",
            erasures=tmp_path / "apart" / "erasures.txt",
        )
    )
    yield opened
    opened.store.close()


@pytest.fixture
def made(blog: Blog, tmp_path: Path, clock: Clock) -> Backup:
    return back_up(blog.settings, tmp_path / "backups", clock())


def staff(blog: Blog) -> Person:
    with blog.store.read() as connection:
        person = by_login(connection, "ada")
    assert person
    return person


def elsewhere(blog: Blog, tmp_path: Path, url: str | None = None) -> Settings:
    """The settings of an empty machine, with the list of erasures kept apart."""
    folder = tmp_path / "machine" / "blog"
    folder.mkdir(parents=True, exist_ok=True)
    erasures = blog.settings.erasures
    url = url or f"sqlite:///{folder / 'var' / 'tertulia.sqlite3'}"
    return Settings(
        blog=folder, database_url=url, erasures=erasures, site_url="http://localhost:8000"
    )


def restored(settings: Settings, path: Path, clock: Clock, **given: object) -> Restored:
    with verified(path) as source:
        return restore(settings, source, clock(), **given)  # type: ignore[arg-type]


def rows_of(store: Store) -> bytes:
    out = io.BytesIO()
    with dump.snapshot(store) as connection:
        dump.write(connection, out, lambda _rows: None, everything=True)
    return out.getvalue()


def all_bytes(*folders: Path) -> bytes:
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    return b"\n".join(path.read_bytes() for path in files)


class Load:
    """Readers and staff who go on while the backup is made; remembers what was acknowledged."""

    def __init__(self, blog: Blog, clock: Clock) -> None:
        self.blog, self.clock = blog, clock
        self.acknowledged: dict[str, str] = {}
        self.failures: list[Exception] = []
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(4)]

    def __enter__(self) -> "Load":
        self.by = staff(self.blog)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _work(self, worker: int) -> None:
        count = 0
        while not self._end.wait(0.03):  # no faster: an hour of the clock never goes by
            count += 1
            address = f"198.51.{worker}.{count % 250}"
            body = f"Comentario {count} de {worker}"
            now = self.clock()
            form = Form(author=f"Lectora {worker}", body=body)
            try:
                comment_id = new_id(now)
                sent = submit(
                    self.blog, "el-mercado", form, address=address, comment_id=comment_id, now=now
                )
                self.acknowledged[sent.case.comment_id] = body
                if count % 3 == 0:
                    approve(self.blog, sent.case.id, 1, by=self.by, now=now)
            except Exception as error:
                self.failures.append(error)
                return


class TestTheDrill:
    """Backed up under load, erased, destroyed, restored on an empty machine."""

    @pytest.mark.parametrize("way", WAYS, ids=" to ".join)
    def test_brings_back_what_was_acknowledged_and_nothing_that_was_erased(
        self, way: tuple[str, str], address: Address, tmp_path: Path, clock: Clock
    ) -> None:
        (tmp_path / "apart").mkdir()
        blog = opened_release(
            tmp_path / "blog", address(way[0]), tmp_path / "apart" / "erasures.txt"
        )
        with Load(blog, clock) as load:
            while len(load.acknowledged) < 20 and not load.failures:
                load._end.wait(0.01)
            before = dict(load.acknowledged)
            made = back_up(blog.settings, tmp_path / "backups", clock())
            during = len(load.acknowledged) - len(before)
        assert load.failures == []
        assert during > 0, "readers had to wait for the backup"

        gone = expected("0.1.0")["anchors"]["/2026/10/el-parque-nuevo/"][:2]
        texts = [b"bancos** a la sombra", b"Nik ere bankuak", b"Miren Inventada"]
        clock.forward(hours=1)
        for comment_id in gone:
            erase(blog, comment_id, by=staff(blog), now=clock())
        blog.store.close()

        settings = elsewhere(blog, tmp_path, address(way[1]))
        done = restored(settings, made.path, clock)
        assert done.erased == 2
        assert all(each.before == each.after for each in done.comparison)
        assert made.manifest.counts == {each.name: each.before for each in done.comparison}

        again = open_blog(settings)
        rows = rows_of(again.store)
        for comment_id, body in before.items():
            assert comment_id.encode() in rows
            assert f'"{body}"'.encode() in rows
        here = rows + all_bytes(settings.blog)
        if way[1] == "sqlite":
            here += Path(settings.database.removeprefix("sqlite:///")).read_bytes()
        for text in texts:
            assert text in made.path.read_bytes()
            assert text not in here
        with again.store.read() as connection:
            assert checks.faults(connection) == []
        again.store.close()

    @pytest.mark.parametrize("way", [way for way in WAYS if way[0] != way[1]], ids=" to ".join)
    def test_publishes_on_from_there(
        self, way: tuple[str, str], address: Address, tmp_path: Path, clock: Clock
    ) -> None:
        blog = opened_release(tmp_path / "blog", address(way[0]), tmp_path / "erasures.txt")
        made = back_up(blog.settings, tmp_path / "backups", clock())
        gone = expected("0.1.0")["anchors"]["/2026/10/la-biblioteca/"]
        erase(blog, gone[0], by=None, now=clock())
        blog.store.close()
        settings = elsewhere(blog, tmp_path, address(way[1]))
        restored(settings, made.path, clock)
        again = open_blog(settings)
        clock.forward(hours=1)
        publish(again, clock)
        clock.forward(hours=1)
        publish(again, clock)
        page = (settings.output_folder / "2026/10/el-mercado/index.html").read_text("utf-8")
        for comment_id in expected("0.1.0")["pending"]:
            assert f'id="comment-{comment_id}"' in page
        library = (settings.output_folder / "2026/10/la-biblioteca/index.html").read_text("utf-8")
        assert "¿También en agosto?" not in library
        assert "Eskerrik asko." in library
        again.store.close()


class TestABackup:
    def test_is_for_its_owner_alone_and_whole_or_not_there(self, made: Backup) -> None:
        assert made.secrets
        for path in (made.path, made.secrets):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert sorted(made.path.parent.iterdir()) == [made.secrets, made.path]

    def test_holds_no_key_no_sign_in_and_no_network(self, blog: Blog, made: Backup) -> None:
        with tarfile.open(made.path) as tar:
            names = tar.getnames()
            database = tar.extractfile(DATABASE)
            assert database
            rows = [json.loads(line) for line in database]
        key = (blog.settings.var_folder / "secrets" / "master.key").read_bytes()
        assert key not in made.path.read_bytes()
        assert made.secrets
        assert key in made.secrets.read_bytes()
        assert not {row["table"] for row in rows} & dump.LEFT_OUT
        comments = [row["row"] for row in rows if row["table"] == "comment"]
        assert comments
        assert {row["network"] for row in comments} == {None}
        assert not [name for name in names if "secrets" in name or name.startswith("blog/var")]
        assert not [name for name in names if name.startswith("blog/output")]

    def test_holds_the_blog_and_the_comment_files_once(self, made: Backup) -> None:
        with tarfile.open(made.path) as tar:
            names = tar.getnames()
        assert len(names) == len(set(names))
        assert "blog/content/site.toml" in names
        assert "blog/pelicanconf.py" in names
        assert len([name for name in names if name.startswith("comments/el-parque/")]) == 3
        assert not [name for name in names if name.startswith("blog/content/comments")]

    def test_holds_no_old_comment_files_that_do_not_count(
        self, blog: Blog, tmp_path: Path, clock: Clock
    ) -> None:
        """They are left in the blog where Git got the comments elsewhere."""
        settings = blog.settings.model_copy(
            update={"comments_git": "clone", "comments_remote": str(tmp_path / "remote")}
        )
        (settings.comments_folder / "hola").mkdir(parents=True)
        (settings.comments_folder / "hola" / f"{new_id(clock())}.md").write_text("counts")
        made = back_up(settings, tmp_path / "backups", clock())
        with tarfile.open(made.path) as tar:
            names = tar.getnames()
        assert [name.split("/")[1] for name in names if name.startswith("comments/")] == ["hola"]
        assert not [name for name in names if name.startswith("blog/content/comments")]

    def test_names_links_that_it_leaves_out(self, blog: Blog, tmp_path: Path, clock: Clock) -> None:
        outside = tmp_path / "outside.txt"
        outside.write_text("nobody's business")
        (blog.settings.content_folder / "images" / "x.txt").symlink_to(outside)
        (blog.settings.content_folder / "linked").symlink_to(tmp_path)
        made = back_up(blog.settings, tmp_path / "backups", clock())
        assert [Path(path).name for path in made.left_out] == ["x.txt", "linked"]
        assert b"nobody's business" not in made.path.read_bytes()

    @pytest.mark.parametrize("place", ["output", "content/backups", "static", "repository/deep"])
    def test_never_lies_where_readers_or_git_could_find_it(
        self, blog: Blog, tmp_path: Path, clock: Clock, place: str
    ) -> None:
        (tmp_path / "repository" / ".git").mkdir(parents=True)
        folder = (tmp_path if place.startswith("repository") else blog.settings.blog) / place
        with pytest.raises(CannotStart, match="must not lie"):
            back_up(blog.settings, folder, clock())
        assert not list(tmp_path.rglob("*.tar"))

    def test_waits_for_the_publisher_but_not_for_ever(
        self, blog: Blog, tmp_path: Path, clock: Clock
    ) -> None:
        with locks.publishing(blog.store) as ours:
            assert ours
            with pytest.raises(CannotStart, match="being published"):
                back_up(blog.settings, tmp_path / "backups", clock(), wait_seconds=0.3)
        assert not list(tmp_path.rglob("*.tar*"))

    def test_that_fails_leaves_nothing_half(
        self, blog: Blog, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_arguments: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(ledger, "sync_folder", full)
        with pytest.raises(TertuliaError, match="No space left"):
            back_up(blog.settings, tmp_path / "backups", clock())
        assert list((tmp_path / "backups").iterdir()) == []


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], *, seal: bool) -> Path:
    """The backup with other members; ``seal``: by one who makes the manifest fit."""
    with tarfile.open(path) as tar:
        members = {}
        for member in tar.getmembers():
            content = tar.extractfile(member)
            assert content
            members[member.name] = content.read()
    change(members)
    if seal:
        fields = json.loads(members[MANIFEST])
        del fields["sha256"]
        hashes = {name: archive.hashlib.sha256(data).hexdigest() for name, data in members.items()}
        del hashes[MANIFEST]
        members[MANIFEST] = dumped(Manifest(**fields | {"members": hashes}))
    changed = path.with_name("changed.tar")
    with tarfile.open(changed, "w") as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return changed


class TestADamagedBackup:
    def refused(self, path: Path, blog: Blog, tmp_path: Path, clock: Clock) -> str:
        settings = elsewhere(blog, tmp_path)
        with pytest.raises(InvalidBackup) as error:
            restored(settings, path, clock)
        assert not [path for path in settings.blog.rglob("*") if path.is_file()]
        return str(error.value)

    @pytest.mark.parametrize("name", [DATABASE, "blog/content/site.toml", MANIFEST])
    def test_in_one_byte_is_refused_by_name(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, name: str
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            data = bytearray(members[name])
            data[len(data) // 2] ^= 1
            members[name] = bytes(data)

        told = self.refused(rewritten(made.path, change, seal=False), blog, tmp_path, clock)
        assert name in told or "manifest" in told

    @pytest.mark.parametrize("part", [0, 100, 0.3, 0.6, 0.8])
    def test_that_ends_early_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, part: float
    ) -> None:
        data = made.path.read_bytes()
        cut = int(part if part >= 1 else len(data) * part)
        torn = made.path.with_name("torn.tar")
        torn.write_bytes(data[:cut])
        self.refused(torn, blog, tmp_path, clock)

    def test_that_lost_a_member_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            del members["blog/content/site.toml"]

        told = self.refused(rewritten(made.path, change, seal=False), blog, tmp_path, clock)
        assert "blog/content/site.toml" in told

    @pytest.mark.parametrize(
        "name",
        [
            "../outside.txt",
            "/etc/tertulia",
            "blog/../../outside.txt",
            "blog/.git/hooks/post-commit",
            "blog/content/.git/config",
            "blog/.env",
            "blog/var/secrets/master.key",
            "blog/output/index.html",
            "blog/sitecustomize.py",
            "comments/../../outside.txt",
            "comments/a\\b.md",
            "secrets/master.key",
            "blog/content",
            "elsewhere",
        ],
    )
    def test_with_a_name_that_has_no_place_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, name: str
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            members[name] = b"x"

        told = self.refused(rewritten(made.path, change, seal=True), blog, tmp_path, clock)
        assert name in told
        assert not list(tmp_path.rglob("outside.txt"))

    @pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, b"S"])
    def test_with_a_link_or_a_device_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, kind: bytes
    ) -> None:
        with tarfile.open(made.path, "a") as tar:
            member = tarfile.TarInfo("blog/content/extra.md")
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
        assert "extra.md" in self.refused(made.path, blog, tmp_path, clock) or kind == b"S"

    def test_with_other_rows_than_it_counts_changes_nothing(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            members[DATABASE] = b"".join(members[DATABASE].splitlines(keepends=True)[:-1])

        settings = elsewhere(blog, tmp_path)
        with pytest.raises(InvalidBackup, match="event"):
            restored(settings, rewritten(made.path, change, seal=True), clock)
        store = open_store(settings.database)
        with store.read() as connection:
            assert dump.tables(connection) == []
        store.close()

    def test_with_a_changed_record_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            members[DATABASE] = members[DATABASE].replace(
                b'"approved","actor"', b'"rejected","actor"'
            )

        with pytest.raises(InvalidBackup, match="not sound"):
            restored(elsewhere(blog, tmp_path), rewritten(made.path, change, seal=True), clock)

    @pytest.mark.parametrize(
        "line", [b"{}", b"hola", b'{"table":"person","row":{"id":1}}', b"[1]", b"[" * 99_999]
    )
    def test_with_a_line_that_is_no_row_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, line: bytes
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            members[DATABASE] += line + b"\n"

        with pytest.raises(InvalidBackup, match="is no row"):
            restored(elsewhere(blog, tmp_path), rewritten(made.path, change, seal=True), clock)

    @pytest.mark.parametrize(
        "manifest",
        [b"[" * 300_000, b'{"a":' * 100_000, b"[]", b"null", b"9" * 5_000, b'"\\ud800"', b""],
        ids=["deep", "deeper", "list", "null", "number", "word", "empty"],
    )
    def test_by_a_hostile_manifest_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, manifest: bytes
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            members[MANIFEST] = manifest

        told = self.refused(rewritten(made.path, change, seal=False), blog, tmp_path, clock)
        assert "manifest" in told

    @pytest.mark.parametrize(
        "fields",
        [
            {"last_case": 10**30},
            {"last_case": "9"},
            {"last_case": True},
            {"tables": {"case": -1}},
            {"tables": "case"},
            {"counts": {"cases": 1.5}},
            {"schema": ["0001"]},
            {"version": {}},
            {"secrets_file": 7},
        ],
        ids=str,
    )
    def test_by_a_manifest_that_fits_but_says_nonsense_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock, fields: dict[str, object]
    ) -> None:
        def change(members: dict[str, bytes]) -> None:
            entry = json.loads(members[MANIFEST])
            del entry["sha256"]
            members[MANIFEST] = dumped(Manifest(**entry | fields))

        told = self.refused(rewritten(made.path, change, seal=False), blog, tmp_path, clock)
        assert "manifest" in told

    def test_of_another_backups_keys_is_refused(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        assert made.secrets
        made.secrets.write_bytes(made.secrets.read_bytes().replace(b"master.key", b"muster.key"))
        assert "does not belong" in self.refused(made.path, blog, tmp_path, clock)


class TestRestoring:
    def test_brings_back_every_file_and_every_row(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        settings = elsewhere(blog, tmp_path)
        restored(settings, made.path, clock)
        for path in blog.settings.content_folder.rglob("*"):
            if path.is_file():
                copy = settings.content_folder / path.relative_to(blog.settings.content_folder)
                assert copy.read_bytes() == path.read_bytes()
        key = settings.var_folder / "secrets" / "master.key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        again = open_blog(settings)
        for reference, token in expected("0.1.0")["links"].items():
            assert track(again, reference, token).case.reference == reference
        again.store.close()

    @pytest.mark.parametrize(("source", "target"), WAYS)
    def test_brings_back_who_stands_in_for_whom_whoever_came_first(
        self, source: str, target: str, tmp_path: Path, address: Address, clock: Clock
    ) -> None:
        apart = tmp_path / "apart" / "erasures.txt"
        apart.parent.mkdir()
        blog = opened_release(tmp_path / "blog", address(source), apart)
        ada = staff(blog)
        berta, carla = (hired(blog, ada, name, clock()) for name in ("Berta", "Carla"))
        ring = ((ada, berta), (berta, carla), (carla, ada))
        for who, substitute in ring:
            said = form_of(who, substitute=str(substitute.id))
            colleagues.change(blog, who.id, said, by=ada, now=clock())
        made = back_up(blog.settings, tmp_path / "backups", clock())
        settings = elsewhere(blog, tmp_path, address(target))
        restored(settings, made.path, clock)
        again = open_blog(settings)
        for who, substitute in ring:
            assert colleagues.person(again, who.id).substitute_id == substitute.id
        again.store.close()
        blog.store.close()

    def test_gives_no_case_a_number_that_a_lost_one_had(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        form = Form(author="Ane Irreal", body="Después de la copia.")
        lost = submit(blog, "el-mercado", form, address="", comment_id=new_id(clock()), now=clock())
        token = receipt_for(blog, lost.case).token
        settings = elsewhere(blog, tmp_path)
        restored(settings, made.path, clock)
        (settings.output_folder).mkdir()
        threads = blog.settings.output_folder / "threads.json"
        (settings.output_folder / "threads.json").write_bytes(threads.read_bytes())
        again = open_blog(settings)
        form = Form(author="Unai Supuesto", body="Tras la restauración.")
        next_one = submit(
            again, "el-mercado", form, address="", comment_id=new_id(clock()), now=clock()
        )
        assert next_one.case.id > lost.case.id
        assert receipt_for(again, next_one.case).token != token
        with pytest.raises(TertuliaError):
            track(again, lost.case.reference, token)
        again.store.close()

    def test_of_a_backup_of_an_earlier_release_brings_it_to_this_version(
        self, tmp_path: Path, database_url: str, clock: Clock
    ) -> None:
        old = release("0.1.0", tmp_path / "old", f"sqlite:///{tmp_path / 'old.sqlite3'}")
        made = back_up(old, tmp_path / "backups", clock())
        assert made.manifest.schema == "0001"
        folder = tmp_path / "new"
        folder.mkdir()
        settings = Settings(
            blog=folder, database_url=database_url, erasures=tmp_path / "erasures.txt"
        )
        done = restored(settings, made.path, clock)
        assert all(each.before == each.after for each in done.comparison)
        store = open_store(settings.database)
        with store.read() as connection:
            assert migrations.revision_of(connection) != "0001"
        store.close()

    def test_refuses_a_place_that_holds_something(
        self, blog: Blog, made: Backup, clock: Clock, tmp_path: Path
    ) -> None:
        with pytest.raises(CannotStart, match="--replace"):
            restored(blog.settings, made.path, clock)
        settings = elsewhere(blog, tmp_path, blog.settings.database_url)
        with pytest.raises(CannotStart, match="comments or people already"):
            restored(settings, made.path, clock)

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    def test_in_the_place_of_what_is_there_puts_that_aside(
        self, kind: str, address: Address, tmp_path: Path, clock: Clock
    ) -> None:
        blog = opened_release(tmp_path / "blog", address(kind), tmp_path / "erasures.txt")
        made = back_up(blog.settings, tmp_path / "backups", clock())
        form = Form(author="Ane Irreal", body="Después de la copia.")
        submit(blog, "el-mercado", form, address="", comment_id=new_id(clock()), now=clock())
        (blog.settings.content_folder / "articles" / "2026" / "otra.md").write_text("Otra")
        blog.store.close()
        done = restored(blog.settings, made.path, clock, replace=True)
        assert done.aside
        assert (done.aside / "content" / "articles" / "2026" / "otra.md").is_file()
        assert b"Despu" in all_bytes(done.aside)
        assert not (blog.settings.content_folder / "articles" / "2026" / "otra.md").exists()
        again = open_blog(blog.settings)
        assert b"Despu\\u00e9s" not in rows_of(again.store)
        again.store.close()

    def test_takes_a_list_of_erasures_from_elsewhere(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        gone = expected("0.1.0")["held"][0]
        ledger.append(tmp_path / "copy.txt", gone, clock())
        done = restored(elsewhere(blog, tmp_path), made.path, clock, erasures=tmp_path / "copy.txt")
        assert done.erased == 1
        assert ledger.ids(blog.settings.erasures_file) == [gone]

    def test_with_a_damaged_list_of_erasures_changes_nothing(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        blog.settings.erasures_file.write_text("hola\n")
        settings = elsewhere(blog, tmp_path)
        with pytest.raises(CannotStart, match="no erasure"):
            restored(settings, made.path, clock)
        assert not settings.content_folder.exists()

    def test_reads_the_settings_that_the_backup_holds(
        self, blog: Blog, tmp_path: Path, clock: Clock
    ) -> None:
        (blog.settings.blog / ".env").write_text("TERTULIA_PORT=8123\n")
        made = back_up(blog.settings, tmp_path / "backups", clock())
        folder = tmp_path / "machine"
        with verified(made.path) as source:
            with settings_in_place(folder, source):
                assert (folder / ".env").read_text() == "TERTULIA_PORT=8123\n"
            assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
            (folder / ".env").unlink()
            with suppress(RuntimeError), settings_in_place(folder, source):
                raise RuntimeError
        assert not (folder / ".env").exists()

    def test_takes_down_again_what_was_withdrawn_since(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        gone = expected("0.1.0")["anchors"]["/2026/10/el-parque-nuevo/"][0]
        ledger.append(blog.settings.erasures_file, gone, clock(), withdrawn=True)
        settings = elsewhere(blog, tmp_path)
        restored(settings, made.path, clock)
        was = (blog.settings.comments_folder / "el-parque" / f"{gone}.md").read_bytes()
        data = (settings.comments_folder / "el-parque" / f"{gone}.md").read_bytes()
        assert isinstance(commentfile.loads(was, f"el-parque/{gone}.md"), Comment)
        assert isinstance(commentfile.loads(data, f"el-parque/{gone}.md"), Tombstone)

    @pytest.mark.parametrize("above", [False, True], ids=["a checkout", "below a checkout"])
    def test_leaves_the_comment_files_that_git_has_as_they_are(
        self, blog: Blog, made: Backup, clock: Clock, above: bool
    ) -> None:
        settings = blog.settings.model_copy(update={"comments_git": "here"})
        (settings.blog.parent if above else settings.blog).joinpath(".git").mkdir()
        later = settings.comments_folder / "el-parque" / f"{new_id(clock())}.md"
        later.write_text("committed since")
        (settings.var_folder / "comments-from-backup" / "el-parque").mkdir(parents=True)
        (settings.var_folder / "comments-from-backup" / "el-parque" / "old.md").write_text("old")
        (settings.content_folder / "articles" / "otra.md").write_text("Otra")
        before = all_bytes(settings.comments_folder)
        blog.store.close()
        done = restored(settings, made.path, clock, replace=True)
        assert all_bytes(settings.comments_folder) == before
        assert done.comments == settings.var_folder / "comments-from-backup"
        assert not (done.comments / "el-parque" / "old.md").exists()
        assert all(each.before == each.after for each in done.comparison)
        assert done.aside
        assert (done.aside / "content" / "articles" / "otra.md").is_file()
        assert not (done.aside / "content" / "comments").exists()
        assert (settings.content_folder / "site.toml").is_file()
        assert not (settings.content_folder / "articles" / "otra.md").exists()

    def test_without_a_checkout_any_more_brings_the_comment_files_back(
        self, blog: Blog, made: Backup, tmp_path: Path, clock: Clock
    ) -> None:
        settings = elsewhere(blog, tmp_path).model_copy(update={"comments_git": "here"})
        assert restored(settings, made.path, clock).comments == settings.comments_folder
        assert all_bytes(settings.comments_folder) == all_bytes(blog.settings.comments_folder)

    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    def test_is_refused_while_another_node_serves(
        self, kind: str, address: Address, tmp_path: Path, clock: Clock
    ) -> None:
        blog = opened_release(tmp_path / "blog", address(kind), tmp_path / "erasures.txt")
        made = back_up(blog.settings, tmp_path / "backups", clock())
        rows, files = rows_of(blog.store), all_bytes(blog.settings.content_folder)
        with (
            locks.serving(blog.settings.database),
            pytest.raises(CannotStart, match="Stop all of them first"),
        ):
            restored(blog.settings, made.path, clock, replace=True)
        assert rows_of(blog.store) == rows
        assert all_bytes(blog.settings.content_folder) == files
        blog.store.close()


class TestTheCommands:
    def run(self, *words: object) -> str:
        done = CliRunner().invoke(
            main, [str(word) for word in words], env={"LC_ALL": "C"}, catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.output

    def test_tell_the_comparison(self, blog: Blog, tmp_path: Path) -> None:
        told = self.run("backup", tmp_path / "backups", "--blog", blog.settings.blog)
        assert "comments on the site: 4\n" in told
        path = next((tmp_path / "backups").glob("*.tar"))
        assert str(path) in told
        blog.store.close()
        folder = tmp_path / "machine"
        told = self.run("restore", path, "--blog", folder)
        assert "comments on the site: 4 = 4\n" in told
        assert "cases: 9 = 9\n" in told
        assert "Erased again: 0" in told
        assert "who wanted no more e-mails may get some" in told
        assert sqlite3.connect(folder / "var" / "tertulia.sqlite3")
        told = self.run("upgrade", "--blog", folder)
        assert "nothing is missing" in told

    def test_that_change_the_blog_are_refused_while_it_is_served(
        self, blog: Blog, made: Backup
    ) -> None:
        blog.store.close()
        before = all_bytes(blog.settings.content_folder)
        folder = blog.settings.blog
        with serve_alone(blog.settings.var_folder):
            for words in (["upgrade"], ["restore", str(made.path), "--replace"]):
                done = CliRunner().invoke(
                    main, [*words, "--blog", str(folder)], env={"LC_ALL": "C"}
                )
                assert done.exit_code == 1
                assert "being served already" in done.stderr
        assert all_bytes(blog.settings.content_folder) == before
