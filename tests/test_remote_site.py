"""A site that something else builds: seen over HTTP, its list of articles fetched, its build
started by a signed call. The far end is a real server."""

import base64
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from comments_service import signing
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.states import Visibility
from comments_service.errors import CannotWrite, SiteUnreachable, UnknownThread
from comments_service.site.build import build
from comments_service.site.manifest import ManifestReader
from comments_service.site.rules import RulesReader
from comments_service.store.people import Person, add_person, by_login
from comments_service.usecases import public_site, remote_manifest
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.public_site import (
    BuiltHere,
    PublicSite,
    SeenOverHttp,
    open_public_site,
    site_folder,
)
from comments_service.usecases.remote_build import start_build
from comments_service.usecases.remote_manifest import refresh_manifest, site_problem
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from tests.support.far_end import FarEnd, Handler, far_end
from tests.support.fixtures import SITE_TOML, Clock, rules_json, threads_json
from tests.support.ids import new_id

ID = "01hzz3v7q8f5m2k9d4c6b8a7xy"
OTHER_ID = "01hzz3v7q8f5m2k9d4c6b8a7xz"
DIGEST = "0123456789abcdef"
URL = "/2026/11/hola/"
SECRET = "whsec_" + base64.b64encode(b"una clave de pruebas").decode()
TOKEN = "c4n4ry-t0k3n"


@pytest.fixture
def there() -> Iterator[FarEnd]:
    with far_end() as server:
        yield server


def a_page(*elements: str) -> bytes:
    head = '<!doctype html><link rel="canonical" href="https://blog.example.org/">'
    return (head + "".join(elements)).encode()


def an_element(comment_id: str = ID, digest: str = DIGEST) -> str:
    return f'<article class="comment" id="comment-{comment_id}" data-digest="{digest}"><p>Hola'


class TestBothWaysOfLooking:
    """The same questions, once of the files and once of a server that sends them."""

    @pytest.fixture(params=["files", "http"])
    def site(self, request: pytest.FixtureRequest, tmp_path: Path, there: FarEnd) -> "Site":
        return Site(tmp_path, there, over_http=request.param == "http")

    def test_find_a_comment_in_exactly_this_wording(self, site: "Site") -> None:
        site.put(a_page(an_element()))
        assert site.look.shows(URL, ID, DIGEST)
        assert not site.look.shows(URL, ID, "f" * 16)
        assert not site.look.shows(URL, OTHER_ID, DIGEST)
        assert not site.look.shows(URL, ID, "")

    def test_find_that_a_comment_is_gone(self, site: "Site") -> None:
        site.put(a_page(an_element()))
        assert site.look.lacks(URL, OTHER_ID)
        assert not site.look.lacks(URL, ID)

    def test_find_an_older_wording_neither_shown_nor_gone(self, site: "Site") -> None:
        site.put(a_page(an_element(digest="f" * 16)))
        assert not site.look.shows(URL, ID, DIGEST)
        assert not site.look.lacks(URL, ID)

    def test_find_an_element_without_a_digest_not_gone(self, site: "Site") -> None:
        site.put(a_page(f'<p id="comment-{ID}">'))
        assert not site.look.lacks(URL, ID)

    @pytest.mark.parametrize(
        "text",
        [
            f'id="comment-{ID}" data-digest="{DIGEST}"',
            f'&lt;article id="comment-{ID}" data-digest="{DIGEST}"&gt;',
            f'<a title="&quot; id=&quot;comment-{ID}&quot; data-digest=&quot;{DIGEST}&quot;">',
        ],
    )
    def test_are_not_misled_by_what_a_reader_wrote(self, site: "Site", text: str) -> None:
        site.put(a_page(an_element(OTHER_ID), f"<p>{text}</p>"))
        assert not site.look.shows(URL, ID, DIGEST)
        assert site.look.lacks(URL, ID)

    def test_find_a_page_that_is_gone(self, site: "Site") -> None:
        assert site.look.comments(URL) is None
        assert not site.look.shows(URL, ID, DIGEST)
        assert site.look.lacks(URL, ID)

    def test_find_a_page(self, site: "Site") -> None:
        site.put(a_page())
        assert site.look.comments(URL) is not None


class Site:
    """One page, as a file or behind a server."""

    def __init__(self, folder: Path, there: FarEnd, *, over_http: bool) -> None:
        self.output = folder / "output"
        self.there = there
        self.look: PublicSite = BuiltHere(self.output)
        if over_http:
            self.look = SeenOverHttp(there.url, folder / "var" / "site" / "pages")

    def put(self, html: bytes) -> None:
        self.there.page(URL, html)
        file = self.output / URL.strip("/") / "index.html"
        file.parent.mkdir(parents=True)
        file.write_bytes(html)


class TestLookingOverHttp:
    def test_asks_for_each_page_once_in_a_run(self, there: FarEnd, tmp_path: Path) -> None:
        there.page(URL, a_page(an_element()), '"1"')
        site = SeenOverHttp(there.url, tmp_path / "cache")
        for _ in range(3):
            assert site.shows(URL, ID, DIGEST)
            assert site.lacks(URL, OTHER_ID)
            assert site.comments("/weg/") is None
        assert there.paths() == [URL, "/weg/"]

    def test_in_a_later_run_sends_the_etag_and_knows_the_page(
        self, there: FarEnd, tmp_path: Path
    ) -> None:
        there.page(URL, a_page(an_element()), '"1"')
        for _ in range(2):
            site = SeenOverHttp(there.url, tmp_path / "cache")
            assert site.shows(URL, ID, DIGEST)
            assert site.lacks(URL, OTHER_ID)
        assert [each.headers.get("If-None-Match") for each in there.asked] == [None, '"1"']
        there.page(URL, a_page(an_element(OTHER_ID)), '"2"')
        assert not SeenOverHttp(there.url, tmp_path / "cache").shows(URL, ID, DIGEST)

    def test_remembers_no_text_of_a_page(self, there: FarEnd, tmp_path: Path) -> None:
        there.page(URL, a_page(an_element(), "Aitor dice algo"), '"1"')
        assert SeenOverHttp(there.url, tmp_path / "cache").shows(URL, ID, DIGEST)
        (kept,) = (tmp_path / "cache").iterdir()
        assert "Aitor" not in kept.read_text()

    @pytest.mark.parametrize("kept", ["", "{", "[]", '{"etag": "\\"1\\""}', '{"etag": 1, "x": {}}'])
    def test_asks_anew_when_what_it_remembers_is_broken(
        self, there: FarEnd, tmp_path: Path, kept: str
    ) -> None:
        there.page(URL, a_page(an_element()), '"1"')
        assert SeenOverHttp(there.url, tmp_path).shows(URL, ID, DIGEST)
        next(tmp_path.iterdir()).write_text(kept)
        assert SeenOverHttp(there.url, tmp_path).shows(URL, ID, DIGEST)

    def test_forgets_a_page_that_is_gone(self, there: FarEnd, tmp_path: Path) -> None:
        there.page(URL, a_page(an_element()), '"1"')
        assert SeenOverHttp(there.url, tmp_path).shows(URL, ID, DIGEST)
        there.status(URL, 410)
        assert SeenOverHttp(there.url, tmp_path).lacks(URL, ID)
        assert list(tmp_path.iterdir()) == []

    def test_keeps_its_memory_small(
        self, there: FarEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(public_site, "MAX_KEPT_PAGES", 3)
        for n in range(6):
            there.page(f"/{n}/", a_page(), '"1"')
            assert SeenOverHttp(there.url, tmp_path).comments(f"/{n}/") is not None
        assert len(list(tmp_path.iterdir())) == 3

    def test_goes_on_without_a_memory(self, there: FarEnd, tmp_path: Path) -> None:
        there.page(URL, a_page(an_element()), '"1"')
        (tmp_path / "file").touch()
        assert SeenOverHttp(there.url, tmp_path / "file" / "cache").shows(URL, ID, DIGEST)

    @pytest.mark.parametrize("status", [302, 403, 500, 503])
    def test_claims_nothing_when_the_site_does_not_answer(
        self, there: FarEnd, tmp_path: Path, status: int
    ) -> None:
        there.status(URL, status, a_page(an_element()))
        site = SeenOverHttp(there.url, tmp_path)
        with pytest.raises(SiteUnreachable):
            site.shows(URL, ID, DIGEST)
        with pytest.raises(SiteUnreachable):
            site.lacks(URL, ID)
        with pytest.raises(SiteUnreachable):
            site.comments(URL)
        assert len(there.asked) == 1

    def test_takes_no_notice_of_closure_for_a_page_without_the_comment(
        self, there: FarEnd, tmp_path: Path
    ) -> None:
        there.page(URL, b"<!doctype html><h1>Volvemos pronto</h1>")
        site = SeenOverHttp(there.url, tmp_path)
        assert not site.shows(URL, ID, DIGEST)
        with pytest.raises(SiteUnreachable, match="something else"):
            site.lacks(URL, ID)

    def test_asks_a_dead_site_only_three_times_in_a_run(
        self, there: FarEnd, tmp_path: Path
    ) -> None:
        site = SeenOverHttp(there.url, tmp_path)
        for n in range(10):
            there.status(f"/{n}/", 503)
            with pytest.raises(SiteUnreachable):
                site.comments(f"/{n}/")
        assert len(there.asked) == 3

    def test_works_below_a_path_of_its_host(self, there: FarEnd, tmp_path: Path) -> None:
        there.page("/blog" + URL, a_page(an_element()))
        assert SeenOverHttp(f"{there.url}/blog", tmp_path).shows(URL, ID, DIGEST)

    @pytest.mark.parametrize("url", ["@example.org/", "//example.org/", "/../../etc/", "/a?b#c"])
    def test_asks_no_other_host(self, there: FarEnd, tmp_path: Path, url: str) -> None:
        assert SeenOverHttp(there.url, tmp_path).comments(url) is None
        assert len(there.asked) == 1


class TestWhereTheSiteIs:
    def test_is_the_output_when_this_machine_builds(self, tmp_path: Path) -> None:
        settings = Settings(blog=tmp_path)
        assert isinstance(open_public_site(settings, "http://localhost"), BuiltHere)
        assert site_folder(settings) == tmp_path / "output"

    def test_is_the_web_when_something_else_does(self, tmp_path: Path) -> None:
        settings = elsewhere(tmp_path)
        assert isinstance(open_public_site(settings, "http://localhost"), SeenOverHttp)
        assert site_folder(settings) == tmp_path / "var" / "site"


def elsewhere(folder: Path, **given: object) -> Settings:
    return Settings(
        blog=folder,
        build="webhook",
        build_webhook="http://localhost/start",
        **given,  # type: ignore[arg-type]
    )


class TestFetchingTheListOfArticles:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return elsewhere(tmp_path)

    @pytest.fixture
    def reader(self, settings: Settings, there: FarEnd) -> ManifestReader:
        return ManifestReader(
            site_folder(settings) / "threads.json",
            believed=settings.var_folder / "believed.json",
            fetched_from=there.url,
        )

    def put(self, there: FarEnd, *keys: str, etag: str | None = '"1"') -> None:
        there.page("/threads.json", threads_json(*keys).encode(), etag)
        there.page("/build-report.json", b'{"format": 1, "faults": []}', etag)
        there.page("/rules.json", rules_json((1, 1, "2026-01-15", "Respeto")).encode(), etag)

    @pytest.mark.parametrize("sent", [b"", b"<!doctype html>", b'{"format": 1, "rules": [{}]}'])
    def test_brings_the_rules_and_keeps_the_last_good_ones(
        self, settings: Settings, there: FarEnd, clock: Clock, sent: bytes
    ) -> None:
        self.put(there, "hola")
        refresh_manifest(settings, there.url, clock())
        rules = RulesReader(site_folder(settings) / "rules.json")
        assert rules.version((1, 1))
        there.page("/rules.json", sent, '"2"')
        clock.forward(minutes=1)
        assert refresh_manifest(settings, there.url, clock())
        again = RulesReader(site_folder(settings) / "rules.json")
        assert again.version((1, 1))

    def test_makes_its_conversations_known(
        self, settings: Settings, reader: ManifestReader, there: FarEnd, clock: Clock
    ) -> None:
        with pytest.raises(UnknownThread):
            reader.thread("hola")
        assert there.url in str(reader.problem)
        self.put(there, "hola")
        assert refresh_manifest(settings, there.url, clock())
        assert reader.thread("hola").key == "hola"
        assert reader.problem is None
        report = json.loads((site_folder(settings) / "build-report.json").read_bytes())
        assert report == {"format": 1, "faults": []}

    def test_is_done_at_most_every_30_seconds(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        self.put(there, "hola")
        done = []
        for _ in range(7):
            done.append(refresh_manifest(settings, there.url, clock()))
            clock.forward(seconds=10)
        assert done == [True, False, False, True, False, False, True]
        assert len(there.asked) == 9

    def test_goes_on_when_the_clock_was_set_back(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        self.put(there, "hola")
        assert refresh_manifest(settings, there.url, clock())
        clock.forward(days=-3)
        assert refresh_manifest(settings, there.url, clock())

    def test_sends_it_only_when_it_changed(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        self.put(there, "hola")
        refresh_manifest(settings, there.url, clock())
        file = site_folder(settings) / "threads.json"
        before = file.stat()
        clock.forward(minutes=1)
        refresh_manifest(settings, there.url, clock())
        assert [each.headers.get("If-None-Match") for each in there.asked][3:] == ['"1"'] * 3
        self.put(there, "hola", etag=None)  # no ETag, but the same bytes
        clock.forward(minutes=1)
        refresh_manifest(settings, there.url, clock())
        assert file.stat() == before

    def test_asks_without_the_etag_when_the_file_is_not_what_came(
        self, settings: Settings, reader: ManifestReader, there: FarEnd, clock: Clock
    ) -> None:
        self.put(there, "hola")
        refresh_manifest(settings, there.url, clock())
        (site_folder(settings) / "threads.json").write_bytes(b"")
        clock.forward(minutes=1)
        refresh_manifest(settings, there.url, clock())
        assert reader.thread("hola").key == "hola"

    @pytest.mark.parametrize(
        "sent", [b"", b"<!doctype html>", b'{"format": 2, "threads": {}}', b'{"format": 1, "thr']
    )
    def test_keeps_the_last_good_one_when_what_comes_is_none(
        self, settings: Settings, reader: ManifestReader, there: FarEnd, clock: Clock, sent: bytes
    ) -> None:
        self.put(there, "hola")
        refresh_manifest(settings, there.url, clock())
        there.page("/threads.json", sent, '"2"')
        clock.forward(minutes=1)
        with pytest.raises(SiteUnreachable, match="cut short"):
            refresh_manifest(settings, there.url, clock())
        assert reader.thread("hola").key == "hola"
        assert reader.problem is None

    def test_is_put_off_longer_with_each_failure_and_told_after_two(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        pauses = []
        for n in range(8):
            with pytest.raises(SiteUnreachable, match="no list of articles"):
                refresh_manifest(settings, there.url, clock())
            assert (site_problem(settings) is not None) is (n >= 1)
            began = clock()
            while not there.asked.clear() and not self._asks(settings, there, clock):
                clock.forward(seconds=10)
            pauses.append((clock() - began) / timedelta(seconds=1))
            clock.forward(minutes=20)
        assert pauses[0] == 60
        assert pauses[1:] == sorted(pauses[1:])
        assert pauses[-1] == 600
        self.put(there, "hola")
        assert refresh_manifest(settings, there.url, clock())
        assert site_problem(settings) is None

    @pytest.mark.parametrize("behaves", ["hangs", "is too large", "is closed"])
    def test_that_fails_is_told_in_the_same_words_later(
        self,
        settings: Settings,
        there: FarEnd,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
        behaves: str,
    ) -> None:
        monkeypatch.setattr(remote_manifest, "FETCH_SECONDS", 0.2)
        monkeypatch.setattr(remote_manifest, "MAX_MANIFEST_BYTES", 100)
        there.status("/threads.json", 503)
        if behaves == "hangs":
            there.raw("/threads.json", hold=True)
        if behaves == "is too large":
            there.page("/threads.json", b"x" * 1000)
        for _ in range(2):
            clock.forward(minutes=20)
            with pytest.raises(SiteUnreachable) as raised:
                refresh_manifest(settings, there.url, clock())
        assert str(site_problem(settings)) == str(raised.value)

    def _asks(self, settings: Settings, there: FarEnd, clock: Clock) -> bool:
        """Whether the site would be asked now; its failure counts."""
        state = site_folder(settings) / "fetched.json"
        before = state.read_bytes()
        try:
            return refresh_manifest(settings, there.url, clock())
        except SiteUnreachable:
            state.write_bytes(before)
            return True

    @pytest.mark.parametrize("sent", [None, b"<!doctype html>", b"[]"])
    def test_needs_no_report(
        self, settings: Settings, there: FarEnd, clock: Clock, sent: bytes | None
    ) -> None:
        self.put(there, "hola")
        refresh_manifest(settings, there.url, clock())
        there.does.pop("/build-report.json")
        if sent is not None:
            there.page("/build-report.json", sent)
        clock.forward(minutes=1)
        assert refresh_manifest(settings, there.url, clock())
        assert not (site_folder(settings) / "build-report.json").exists()

    def test_on_a_full_disk_leaves_what_there_was(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        self.put(there, "hola")
        site_folder(settings).parent.mkdir()
        site_folder(settings).write_text("a file in the folder's place")
        with pytest.raises(CannotWrite):
            refresh_manifest(settings, there.url, clock())

    def test_is_not_done_when_this_machine_builds(
        self, tmp_path: Path, there: FarEnd, clock: Clock
    ) -> None:
        assert not refresh_manifest(Settings(blog=tmp_path), there.url, clock())
        assert there.asked == []


class TestWhatAPersonBelieved:
    """A manifest that lost most of its threads, over restarts and in several processes."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        (tmp_path / "threads.json").write_text(threads_json("a", "b", "c"))
        return tmp_path / "threads.json"

    def reader(self, path: Path) -> ManifestReader:
        return ManifestReader(path, believed=path.with_name("believed.json"))

    def shrink(self, path: Path) -> None:
        path.with_name("new").write_text(threads_json("a"))
        path.with_name("new").replace(path)

    def test_is_not_asked_away_by_a_restart(self, path: Path) -> None:
        assert self.reader(path).thread("c").key == "c"
        self.shrink(path)
        after = self.reader(path)
        assert "disappeared" in str(after.problem)
        assert after.thread("c").key == "c"

    def test_stays_in_force_after_a_restart(self, path: Path) -> None:
        self.reader(path).thread("a")
        self.shrink(path)
        self.reader(path).believe()
        after = self.reader(path)
        assert after.problem is None
        with pytest.raises(UnknownThread):
            after.thread("c")

    def test_holds_for_another_process_at_once(self, path: Path) -> None:
        one, other = self.reader(path), self.reader(path)
        for each in (one, other):
            each.thread("c")
        self.shrink(path)
        assert one.problem
        assert other.problem
        one.believe()
        assert other.problem is None
        with pytest.raises(UnknownThread):
            other.thread("c")

    def test_is_only_what_was_shown_to_that_person(self, path: Path) -> None:
        one = self.reader(path)
        one.thread("c")
        self.shrink(path)
        one.believe()
        path.write_text(threads_json("z"))
        assert "disappeared" in str(self.reader(path).problem)

    def test_outlives_a_site_that_is_not_there_at_the_start(self, path: Path) -> None:
        self.reader(path).thread("c")
        path.unlink()
        after = self.reader(path)
        assert after.thread("c").key == "c"
        assert after.problem

    @pytest.mark.parametrize("kept", ["", "{", '{"format": 2}'])
    def test_is_nothing_when_its_file_is_broken(self, path: Path, kept: str) -> None:
        path.with_name("believed.json").write_text(kept)
        reader = self.reader(path)
        assert reader.thread("c").key == "c"
        assert reader.problem is None

    def test_that_cannot_be_kept_is_said(self, path: Path) -> None:
        reader = ManifestReader(path, believed=path / "impossible" / "believed.json")
        assert reader.thread("c").key == "c"
        self.shrink(path)
        with pytest.raises(CannotWrite):
            reader.believe()

    def test_leaves_no_half_file_for_long(self, path: Path) -> None:
        left = path.with_name(".believed.json.abc")
        left.touch()
        os.utime(left, (0, 0))
        self.reader(path).thread("c")
        assert not left.exists()
        assert path.with_name("believed.json").stat().st_mode & 0o077 == 0


class TestStartingABuildElsewhere:
    @pytest.fixture
    def settings(self, tmp_path: Path, there: FarEnd) -> Settings:
        there.status("/start", 204)
        return Settings(
            blog=tmp_path,
            build="webhook",
            build_webhook=f"{there.url}/start",
            build_ref="principal",
            build_secret=SecretStr(SECRET),
            build_token=SecretStr(TOKEN),
        )

    def test_names_the_branch_and_nothing_else(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        start_build(settings, "a" * 40, clock(), "build-1")
        (asked,) = there.asked
        assert (asked.method, asked.path) == ("POST", "/start")
        assert json.loads(asked.body) == {"ref": "principal"}
        assert asked.headers["Content-Type"] == "application/json"
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["tertulia-head"] == "a" * 40

    def test_is_signed_so_that_a_receiver_can_tell(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        start_build(settings, None, clock(), "build-1")
        (asked,) = there.asked
        assert verifies(SECRET, asked.headers, asked.body)
        assert not verifies(SECRET, asked.headers, asked.body + b" ")
        assert not verifies("whsec_AAAA", asked.headers, asked.body)
        assert asked.headers["webhook-timestamp"] == str(int(clock().timestamp()))

    def test_again_bears_the_same_id(self, settings: Settings, there: FarEnd, clock: Clock) -> None:
        for _ in range(2):
            start_build(settings, "a" * 40, clock(), "build-1")
            clock.forward(minutes=1)
        assert {each.headers["webhook-id"] for each in there.asked} == {"build-1"}
        assert len({each.headers["webhook-signature"] for each in there.asked}) == 2

    def test_needs_neither_key_nor_token(
        self, settings: Settings, there: FarEnd, clock: Clock
    ) -> None:
        plain = settings.model_copy(update={"build_secret": None, "build_token": None})
        start_build(plain, None, clock(), "build-1")
        (asked,) = there.asked
        assert asked.headers["webhook-signature"] is None
        assert asked.headers["Authorization"] is None

    @pytest.mark.parametrize(
        ("status", "says"),
        [
            (401, "token"),
            (403, "token"),
            (404, "branch"),
            (422, "branch"),
            (302, "302"),
            (429, "429"),
            (500, "500"),
        ],
    )
    def test_that_is_refused_is_told_without_a_secret(
        self, settings: Settings, there: FarEnd, clock: Clock, status: int, says: str
    ) -> None:
        there.status("/start?token=c4n4ry-t0k3n", status, b"c4n4ry-t0k3n")
        with_token = settings.model_copy(
            update={"build_webhook": f"{there.url}/start?token={TOKEN}"}
        )
        with pytest.raises(SiteUnreachable, match=says) as raised:
            start_build(with_token, None, clock(), "build-1")
        assert str(there.port) in str(raised.value)
        assert not [secret for secret in (TOKEN, SECRET) if secret in repr(raised.value)]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("build_secret", "whsec_c4n4ry-t0k3n*"),
            ("build_token", "c4n4ry-t0k3n\r\nX-Other: 1"),
            ("build_token", "c4n4ry-t0k3ñ"),
            ("build_token", "  "),
        ],
    )
    def test_with_an_unusable_secret_names_the_setting_alone(
        self, settings: Settings, there: FarEnd, clock: Clock, name: str, value: str
    ) -> None:
        wrong = settings.model_copy(update={name: SecretStr(value)})
        with pytest.raises(SiteUnreachable, match=f"TERTULIA_{name.upper()}") as raised:
            start_build(wrong, None, clock(), "build-1")
        assert "c4n4ry" not in str(raised.value)
        assert raised.value.__cause__ is None
        assert there.asked == []

    def test_without_an_address_is_told(self, tmp_path: Path, clock: Clock) -> None:
        with pytest.raises(SiteUnreachable):
            start_build(Settings(blog=tmp_path), None, clock(), "build-1")


@pytest.mark.slow
class TestPublishingWhenACiBuilds:
    """The whole way: a decision, the call, a real build elsewhere, the public page."""

    @pytest.fixture
    def blog(self, tmp_path: Path, there: FarEnd, clock: Clock) -> Iterator[Blog]:
        folder = a_buildable_blog(tmp_path / "blog")
        there.folder = tmp_path / "public"

        def ci(handler: Handler) -> None:
            build(
                folder,
                tmp_path / "public",
                site_url=there.url,
                production=True,
                strict=False,
                lock=tmp_path / "lock",
                log=tmp_path / "log",
                now=clock(),
            )
            handler.say(201)

        there.does["/start"] = ci
        settings = elsewhere(folder, site_url=there.url)
        settings = settings.model_copy(update={"build_webhook": f"{there.url}/start"})
        opened = open_blog(settings)
        yield opened
        opened.store.close()

    def approved(self, blog: Blog, clock: Clock) -> Case:
        form = Form(author="Aitor", body="Hola.")
        sent = submit(blog, "hola", form, address="", comment_id=new_id(clock()), now=clock())
        return approve(blog, sent.case.id, 1, by=a_moderator(blog, clock), now=clock())

    def test_says_published_only_when_the_public_page_shows_it(
        self, blog: Blog, there: FarEnd, clock: Clock
    ) -> None:
        start_build(blog.settings, None, clock(), "first")
        tick(blog, clock)
        case = self.approved(blog, clock)
        ci = there.does.pop("/start")
        there.status("/start", 503)
        tick(blog, clock)
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        there.does["/start"] = ci
        for _ in range(5):
            clock.forward(minutes=20)
            tick(blog, clock)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED
        page = (there.folder or Path()).joinpath("2026/11/hola/index.html").read_text("utf-8")
        assert page.count(f'id="comment-{case.comment_id}"') == 1
        assert not (blog.settings.blog / "output").exists()

    def test_takes_no_comment_before_the_site_is_there(
        self, blog: Blog, there: FarEnd, clock: Clock
    ) -> None:
        tick(blog, clock)
        with pytest.raises(UnknownThread):
            self.approved(blog, clock)
        start_build(blog.settings, None, clock(), "first")
        clock.forward(minutes=2)
        tick(blog, clock)
        assert self.approved(blog, clock).thread == "hola"


def a_buildable_blog(folder: Path) -> Path:
    """One article; what a production build needs."""
    (folder / "content" / "articles").mkdir(parents=True)
    (folder / "content" / "comments").mkdir()
    (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
    (folder / "content" / "articles" / "hola.md").write_text(
        "Title: Hola\nDate: 2026-11-01 10:00\nCategory: Escucha\nSlug: hola\n\nUn texto.\n"
    )
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(Path(__file__).parent.parent / name, folder / name)
    return folder


def a_moderator(blog: Blog, clock: Clock) -> Person:
    with blog.store.write() as connection:
        add_person(
            connection,
            clock(),
            login="ada",
            name="Ada Ejemplo",
            position="Gestora de comunidad",
            department="Participación",
            language="es",
            role="admin",
            password_hash="-",
        )
        person = by_login(connection, "ada")
    assert person
    return person


class TestASignature:
    def test_is_the_one_of_the_specification(self) -> None:
        """Worked out apart, with nothing but the standard library."""
        body, secret = b'{"test": 2432232314}', "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + body
        key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        found = signing.webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        assert found == f"v1,{expected}"
        assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_takes_any_other_text_as_the_key_itself(self) -> None:
        assert signing.webhook_key("mi clave") == b"mi clave"
        assert signing.webhook_key("x whsec_AAAA") == b"x whsec_AAAA"

    @pytest.mark.parametrize("secret", ["whsec_*", "whsec_A", "whsec_ñ"])
    def test_refuses_base64_that_is_none(self, secret: str) -> None:
        with pytest.raises(ValueError, match=r"base64|ASCII"):
            signing.webhook_key(secret)


def verifies(secret: str, headers: object, body: bytes) -> bool:
    """What a receiver does (Standard Webhooks, "Verifying signatures")."""
    get = headers.get  # type: ignore[attr-defined]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{get('webhook-id')}.{get('webhook-timestamp')}.".encode() + body
    expected = hmac.digest(key, signed, hashlib.sha256)
    return any(
        version == "v1" and hmac.compare_digest(base64.b64decode(value), expected)
        for version, _, value in (each.partition(",") for each in get("webhook-signature").split())
    )
