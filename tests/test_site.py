"""The built site: manifest, pages, building beside the live site, changing places."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.errors import BuildFailed, CannotStart, UnknownThread
from comments_service.site import build as building
from comments_service.site import swap as swapping
from comments_service.site.build import build, told
from comments_service.site.manifest import ManifestReader, ThreadInfo
from comments_service.site.swap import recover, swap
from comments_service.usecases.public_site import BuiltHere

ID = "01hzz3v7q8f5m2k9d4c6b8a7xy"
OTHER_ID = "01hzz3v7q8f5m2k9d4c6b8a7xz"
DIGEST = "0123456789abcdef"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: exchanges in one step")


def info(**given: Any) -> dict[str, Any]:
    """What the manifest says about one thread, as ``plugins/comments`` writes it."""
    return {
        "kind": "article",
        "categories": ["Participación"],
        "authors": ["Ana"],
        "title": {"es": "Hola", "eu": "Kaixo"},
        "excerpt": {"es": "Un saludo"},
        "urls": {"es": "/2026/11/hola/", "eu": "/eu/2026/11/kaixo/"},
        "open": True,
        "closes_at": None,
        "aliases": [],
    } | given


@pytest.fixture
def manifest(tmp_path: Path) -> "Manifest":
    return Manifest(tmp_path / "threads.json")


class Manifest:
    """A ``threads.json`` that tests rewrite. Each time gets an mtime of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0

    def say(self, *keys: str, **threads: dict[str, Any]) -> None:
        all_threads = {key: info() for key in keys} | threads
        self.write(json.dumps({"format": 1, "threads": all_threads}))

    def write(self, text: str) -> None:
        self.path.write_text(text, "utf-8")
        self.written += 1
        os.utime(self.path, ns=(self.written, self.written))


class TestReadingTheManifest:
    def test_gives_what_the_plugin_wrote(self, manifest: Manifest) -> None:
        manifest.say(hola=info(closes_at="2027-01-31T23:59:59+01:00", aliases=["saludo"]))
        hola = ManifestReader(manifest.path).thread("hola")
        assert (hola.key, hola.kind, hola.open) == ("hola", "article", True)
        assert hola.title == {"es": "Hola", "eu": "Kaixo"}
        assert hola.excerpt == {"es": "Un saludo"}
        assert hola.urls["eu"] == "/eu/2026/11/kaixo/"
        assert (hola.categories, hola.authors) == (("Participación",), ("Ana",))
        assert hola.closes_at == datetime(2027, 1, 31, 22, 59, 59, tzinfo=UTC)
        assert hola.aliases == ("saludo",)

    def test_needs_no_excerpt_no_closing_date_and_no_list(self, manifest: Manifest) -> None:
        short = {key: info()[key] for key in ("kind", "title", "urls", "open")}
        manifest.say(hola=short)
        hola = ManifestReader(manifest.path).thread("hola")
        assert (hola.excerpt, hola.categories, hola.closes_at, hola.aliases) == ({}, (), None, ())
        made = ThreadInfo(key="hola", kind="article", title=hola.title, urls=hola.urls, open=True)
        assert made == hola

    def test_an_alias_leads_to_its_thread(self, manifest: Manifest) -> None:
        manifest.say(nuevo=info(aliases=["viejo"]))
        assert ManifestReader(manifest.path).thread("viejo").key == "nuevo"

    def test_an_alias_never_hides_a_thread_of_that_name(self, manifest: Manifest) -> None:
        manifest.say(hola=info(), otro=info(aliases=["hola"]))
        assert ManifestReader(manifest.path).thread("hola").key == "hola"

    @pytest.mark.parametrize("key", ["otro", "", "../hola", "hola/", "HOLA", "a" * 200])
    def test_refuses_a_thread_that_is_not_in_it(self, manifest: Manifest, key: str) -> None:
        manifest.say("hola")
        with pytest.raises(UnknownThread):
            ManifestReader(manifest.path).thread(key)

    def test_knows_nothing_before_the_first_build(self, manifest: Manifest) -> None:
        reader = ManifestReader(manifest.path)
        with pytest.raises(UnknownThread):
            reader.thread("hola")
        assert "has not been built" in str(reader.problem)
        manifest.say("hola")
        assert reader.thread("hola").key == "hola"
        assert reader.problem is None

    def test_reads_the_file_again_when_it_changed(self, manifest: Manifest) -> None:
        manifest.say(hola=info())
        reader = ManifestReader(manifest.path)
        assert reader.thread("hola").open
        manifest.say(hola=info(open=False))
        assert not reader.thread("hola").open

    def test_reads_no_byte_while_the_file_is_the_same(
        self, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        manifest.say("hola")
        reader = ManifestReader(manifest.path)
        reader.thread("hola")
        monkeypatch.setattr("comments_service.site.manifest._read", lambda *_: 1 / 0)
        assert reader.thread("hola").key == "hola"

    def test_looks_once_more_before_it_refuses(self, manifest: Manifest) -> None:
        """A new file of the same size, inode and time, as coarse clocks can give."""
        manifest.say("fijo", "hola")
        reader = ManifestReader(manifest.path)
        reader.thread("hola")
        manifest.written -= 1
        manifest.say("fijo", "alto")
        assert reader.thread("alto").key == "alto"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            '{"format": 1, "threads": {"hola": {"kind"',
            '{"format": 2, "threads": {}}',
            '{"threads": {}}',
            '{"format": 1}',
            '{"format": 1, "threads": []}',
            '{"format": 1, "threads": {"hola": null}}',
            '{"format": 1, "threads": {"hola": {}}}',
            json.dumps({"format": 1, "threads": {"../etc": info()}}),
            json.dumps({"format": 1, "threads": {"hola\n": info()}}),
            json.dumps({"format": 1, "threads": {"hola": info(urls={"es": "//evil.example/"})}}),
            json.dumps({"format": 1, "threads": {"hola": info(urls={"es": "javascript:1"})}}),
            json.dumps({"format": 1, "threads": {"hola": info(closes_at="2027-01-01T00:00:00")}}),
            "[" * 100_000,
            "\udcff",
        ],
    )
    def test_keeps_the_last_good_copy(self, manifest: Manifest, text: str) -> None:
        manifest.say("hola")
        reader = ManifestReader(manifest.path)
        reader.thread("hola")
        manifest.path.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert reader.thread("hola").key == "hola"
        assert "build the site again" in str(reader.problem)

    def test_keeps_it_when_the_file_is_gone_and_forgets_the_problem_when_it_is_back(
        self, manifest: Manifest
    ) -> None:
        manifest.say("hola")
        reader = ManifestReader(manifest.path)
        assert reader.problem is None
        manifest.path.unlink()
        assert reader.thread("hola").key == "hola"
        assert reader.problem is not None
        manifest.say("hola")
        assert reader.problem is None

    def test_keeps_it_when_the_file_may_not_be_read(self, manifest: Manifest) -> None:
        manifest.say("hola")
        reader = ManifestReader(manifest.path)
        reader.thread("hola")
        manifest.path.unlink()
        manifest.path.mkdir()
        assert reader.thread("hola").key == "hola"
        assert "cannot be read" in str(reader.problem)


MENUS = {"eu": {"home": "/", "archives": "/artxiboa/"}, "es": {"home": "/es/"}}


class TestTheMenu:
    def write(self, manifest: Manifest, menus: object) -> ManifestReader:
        whole = {"format": 1, "threads": {"hola": info()}, "menus": menus}
        manifest.path.write_text(json.dumps(whole), "utf-8")
        return ManifestReader(manifest.path)

    def test_is_that_of_the_language(self, manifest: Manifest) -> None:
        reader = self.write(manifest, MENUS)
        assert reader.menu("eu") == {"home": "/", "archives": "/artxiboa/"}
        assert reader.menu("es") == {"home": "/es/"}

    def test_is_empty_where_a_language_has_no_posts(self, manifest: Manifest) -> None:
        assert self.write(manifest, MENUS).menu("en") == {}

    def test_is_empty_where_the_site_says_nothing_of_it(self, manifest: Manifest) -> None:
        manifest.say("hola")
        assert ManifestReader(manifest.path).menu("es") == {}

    @pytest.mark.parametrize("menus", [{"es": {"home": "//evil.example/"}}, {"es": "/"}, [1]])
    def test_that_leads_elsewhere_makes_the_whole_unusable(
        self, manifest: Manifest, menus: object
    ) -> None:
        reader = self.write(manifest, menus)
        assert reader.menu("es") == {}
        assert "another version" in str(reader.problem)


class TestAManifestThatLostMuch:
    def test_is_not_believed_when_more_than_half_is_gone(self, manifest: Manifest) -> None:
        manifest.say("a", "b", "c", "d", "e")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.say("d", "e", "f")
        assert reader.thread("a").key == "a"
        assert str(reader.problem).startswith("3 of 5 articles")
        with pytest.raises(UnknownThread):
            reader.thread("f")

    def test_is_believed_when_half_is_gone(self, manifest: Manifest) -> None:
        manifest.say("a", "b", "c", "d")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.say("c", "d")
        with pytest.raises(UnknownThread):
            reader.thread("a")
        assert reader.problem is None

    def test_is_believed_once_a_person_says_so(self, manifest: Manifest) -> None:
        manifest.say("a", "b", "c")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.say("c")
        assert reader.problem is not None
        reader.believe()
        assert reader.problem is None
        with pytest.raises(UnknownThread):
            reader.thread("a")
        manifest.say("c", "d")
        assert reader.thread("d").key == "d"

    def test_is_forgotten_when_the_next_build_is_whole(self, manifest: Manifest) -> None:
        manifest.say("a", "b", "c")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.say()
        assert reader.problem is not None
        manifest.say("a", "b", "c", "d")
        assert reader.thread("d").key == "d"
        assert reader.problem is None

    def test_has_not_lost_a_thread_that_lives_on_under_another_name(
        self, manifest: Manifest
    ) -> None:
        manifest.say("a", "b")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.say(c=info(aliases=["a"]), d=info(aliases=["b"]))
        assert reader.thread("a").key == "c"

    def test_a_person_cannot_make_a_broken_file_believed(self, manifest: Manifest) -> None:
        manifest.say("a")
        reader = ManifestReader(manifest.path)
        reader.thread("a")
        manifest.write("{")
        reader.believe()
        assert reader.thread("a").key == "a"
        assert reader.problem is not None


def test_many_request_threads_read_one_manifest_while_it_changes(manifest: Manifest) -> None:
    manifest.say("fijo", "hola")
    reader = ManifestReader(manifest.path)
    stop = threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            while not stop.is_set():
                assert reader.thread("fijo").key == "fijo"
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(50):
        manifest.say("fijo", f"otro-{number}")
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def page(output: Path, html: str, url: str = "/2026/11/hola/") -> Path:
    path = output / url.strip("/") / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, "utf-8")
    return output


class TestAPageShowsAComment:
    @pytest.mark.parametrize(
        "tag",
        [
            f'<article id="comment-{ID}" data-digest="{DIGEST}">',
            f'<article data-digest="{DIGEST}" id="comment-{ID}">',
            f'<article class="a b"\n  id="comment-{ID}" hidden\n  data-digest="{DIGEST}"\n>',
            f'<li data-x="1" data-digest="{DIGEST}" lang="eu" id="comment-{ID}" >',
        ],
    )
    def test_by_a_tag_with_its_anchor_and_digest(self, tmp_path: Path, tag: str) -> None:
        page(tmp_path, f"<!doctype html><ol><li>{tag}Hola</article></ol>")
        assert BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)

    @pytest.mark.parametrize(
        "html",
        [
            "",
            f'<article id="comment-{ID}">',
            f'<article id="comment-{ID}" data-digest="ffffffffffffffff">',
            f'<article id="comment-{OTHER_ID}" data-digest="{DIGEST}">',
            f'<article id="comment-{ID}"><p data-digest="{DIGEST}">',
            f'<article data-id="comment-{ID}" data-digest="{DIGEST}">',
            f'<article id="comment-{ID}" data-digest="{DIGEST}',
            f'<a href="#comment-{ID}" data-digest="{DIGEST}">',
            f'<!-- id="comment-{ID}" data-digest="{DIGEST}" -->',
            f'</article id="comment-{ID}" data-digest="{DIGEST}">',
        ],
    )
    def test_by_nothing_less(self, tmp_path: Path, html: str) -> None:
        page(tmp_path, f"<html>{html}")
        assert not BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)

    @pytest.mark.parametrize(
        "text",
        [
            f'id="comment-{ID}" data-digest="{DIGEST}"',
            f'&lt;article id="comment-{ID}" data-digest="{DIGEST}"&gt;',
            f'a &lt; id="comment-{ID}" data-digest="{DIGEST}" >',
            f'<a href="http://e.org/?&quot; id=&quot;comment-{ID}&quot; '
            f'data-digest=&quot;{DIGEST}&quot;">',
            f'<a title="x id=comment-{ID} data-digest={DIGEST}">',
            f"<a title=\"x id='comment-{ID}' data-digest='{DIGEST}'\">",
        ],
    )
    def test_never_by_what_a_reader_wrote(self, tmp_path: Path, text: str) -> None:
        page(tmp_path, f'<article id="comment-{OTHER_ID}" data-digest="{DIGEST}"><p>{text}</p>')
        assert not BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)

    def test_after_a_link_to_it_and_after_its_older_wording(self, tmp_path: Path) -> None:
        page(
            tmp_path,
            f'<p id="comment-{ID}"><p id="comment-{ID}" data-digest="ffffffffffffffff">'
            f'<article id="comment-{ID}" data-digest="{DIGEST}">',
        )
        assert BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)

    def test_not_when_the_page_is_missing(self, tmp_path: Path) -> None:
        assert not BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)

    @pytest.mark.parametrize("url", ["/../secreto/", "/a/../../secreto/", "/fuera/", "/\0/"])
    def test_never_outside_the_site(self, tmp_path: Path, url: str) -> None:
        page(tmp_path, f'<p id="comment-{ID}" data-digest="{DIGEST}">', "/secreto/")
        (tmp_path / "output").mkdir()
        (tmp_path / "output" / "fuera").symlink_to(tmp_path / "secreto")
        assert not BuiltHere(tmp_path / "output").shows(url, ID, DIGEST)

    @pytest.mark.parametrize(("comment_id", "digest"), [(".*", DIGEST), (ID, ".*"), ("", "")])
    def test_not_for_what_is_no_id_and_no_digest(
        self, tmp_path: Path, comment_id: str, digest: str
    ) -> None:
        page(tmp_path, f'<article id="comment-{ID}" data-digest="{DIGEST}">')
        assert not BuiltHere(tmp_path).shows("/2026/11/hola/", comment_id, digest)

    def test_is_found_fast_in_a_large_page(self, tmp_path: Path) -> None:
        other = f'<article id="comment-{OTHER_ID}" data-digest="{DIGEST}"><p>{"a < b " * 10}</p>'
        last = f'<article id="comment-{ID}" data-digest="{DIGEST}">'
        page(tmp_path, other * 8_000 + f"<x{' y' * 200_000}" + last)
        start = time.process_time()
        assert BuiltHere(tmp_path).shows("/2026/11/hola/", ID, DIGEST)
        assert not BuiltHere(tmp_path).shows("/2026/11/hola/", ID, "f" * 16)
        assert time.process_time() - start < 0.5

    @given(text=st.text(st.sampled_from(f'<>"= \n-{ID[0]}ax') | st.characters(codec="utf-8")))
    def test_never_by_any_escaped_text_around_the_anchor(
        self, tmp_path_factory: pytest.TempPathFactory, text: str
    ) -> None:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        anchor = f' id="comment-{ID}" data-digest="{DIGEST}" '
        output = tmp_path_factory.getbasetemp() / "escaped"
        page(output, f"<p>{escaped}{anchor}{escaped}</p>")
        assert not BuiltHere(output).shows("/2026/11/hola/", ID, DIGEST)


def folder(path: Path, says: str) -> Path:
    path.mkdir()
    (path / "index.html").write_text(says)
    (path / "threads.json").write_text("{}")
    return path


def says(output: Path) -> str:
    return (output / "index.html").read_text()


def names(path: Path) -> list[str]:
    return [each.name for each in path.iterdir()]


READER = """
import sys
from pathlib import Path
page, stop = map(Path, sys.argv[1:])
last = None
print("reading", flush=True)
while True:
    ending = stop.exists()
    now = page.read_text()
    if now != last:
        print(now)
    if ending:
        break
    last = now
"""


class TestChangingPlaces:
    def test_the_new_site_is_there_and_the_old_one_is_gone(self, tmp_path: Path) -> None:
        new, live = folder(tmp_path / "new", "new"), folder(tmp_path / "live", "old")
        swap(new, live)
        assert says(live) == "new"
        assert names(tmp_path) == ["live"]

    def test_the_first_site_needs_no_old_one(self, tmp_path: Path) -> None:
        swap(folder(tmp_path / "new", "new"), tmp_path / "live")
        assert says(tmp_path / "live") == "new"
        assert names(tmp_path) == ["live"]

    @LINUX
    def test_a_reader_finds_a_site_at_every_moment(self, tmp_path: Path) -> None:
        live = folder(tmp_path / "live", "site 0")
        reader = subprocess.Popen(
            [sys.executable, "-c", READER, live / "index.html", tmp_path / "stop"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(1, 301):
            swap(folder(tmp_path / "new", f"site {number}"), live)
        (tmp_path / "stop").touch()
        seen = reader.communicate(timeout=20)[0].splitlines()
        assert reader.returncode == 0
        assert seen[-1] == "site 300"
        assert [line for line in seen if not line.startswith("site ")] == []

    def test_two_renames_do_it_where_the_system_offers_no_exchange(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(swapping, "exchange", lambda *_: False)
        new, live = folder(tmp_path / "new", "new"), folder(tmp_path / "live", "old")
        swap(new, live)
        assert says(live) == "new"
        assert names(tmp_path) == ["live"]

    def test_the_old_site_is_back_when_the_second_rename_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(swapping, "exchange", lambda *_: False)
        live = folder(tmp_path / "live", "old")
        with pytest.raises(FileNotFoundError):
            swap(tmp_path / "never-made", live)
        assert says(live) == "old"

    def test_a_death_between_the_two_renames_is_healed(self, tmp_path: Path) -> None:
        folder(tmp_path / ".live.old", "old")
        recover(tmp_path / "live")
        assert says(tmp_path / "live") == "old"
        assert names(tmp_path) == ["live"]

    def test_a_death_before_the_removal_is_healed(self, tmp_path: Path) -> None:
        folder(tmp_path / ".live.old", "old")
        folder(tmp_path / "live", "new")
        recover(tmp_path / "live")
        assert says(tmp_path / "live") == "new"
        assert names(tmp_path) == ["live"]

    @LINUX
    def test_fails_loudly_where_an_exchange_is_offered(self, tmp_path: Path) -> None:
        live = folder(tmp_path / "live", "old")
        with pytest.raises(FileNotFoundError):
            swapping.exchange(tmp_path / "never-made", live)
        assert says(live) == "old"


CONF = """
SITENAME = "Prueba"
SITEURL = __import__("os").environ["TERTULIA_SITE_URL"]
THEME = "theme"
TIMEZONE = "UTC"
ARTICLE_PATHS = ["articles"]
DIRECT_TEMPLATES = ["index"]
CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = TAG_SAVE_AS = ""
AUTHORS_SAVE_AS = TAGS_SAVE_AS = CATEGORIES_SAVE_AS = ARCHIVES_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_RSS = None
STATIC_PATHS = ["threads.json"]
CACHE_CONTENT = False
PLUGIN_PATHS = ["local"]
PLUGINS = ["local_plugin"]
"""
PLUGIN = """
import os, time, warnings
from pathlib import Path
from pelican import signals

def slowly(pelican):
    warnings.warn("old name", DeprecationWarning)
    Path("environment").write_text("\\n".join(f"{k}={v}" for k, v in sorted(os.environ.items())))
    end = time.monotonic() + 20  # never longer than the test that asked for it
    while Path("wait").exists() and time.monotonic() < end:
        time.sleep(0.01)

def register():
    signals.finalized.connect(slowly)
"""


class Blog:
    """A blog of plain Pelican with one article and a theme of two templates."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.output = path / "output"
        self.lock = path / "var" / "build.lock"
        self.log = path / "var" / "build.log"
        self.write("pelicanconf.py", CONF)
        self.write("publishconf.py", "from pelicanconf import *\nSITENAME = 'En serio'\n")
        self.write("local/local_plugin.py", PLUGIN)
        self.write(
            "theme/templates/index.html", "{{ SITENAME }} {{ SITEURL }}: {{ articles[0].title }}"
        )
        self.write("theme/templates/article.html", "{{ article.content }}")
        self.write("content/articles/2026/hola.md", "Title: Hola\nDate: 2026-11-01\n\nHola.\n")
        self.write("content/threads.json", '{"format": 1, "threads": {}}')

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def build(self, **given: Any) -> None:
        build(
            self.path,
            self.output,
            **{
                "site_url": "http://localhost:8000",
                "production": False,
                "strict": False,
                "lock": self.lock,
                "log": self.log,
            }
            | given,
        )

    def start(self) -> "subprocess.Popen[bytes]":
        """The same build, begun by another process; returns when Pelican waits."""
        self.write("wait", "")
        (self.path / "environment").unlink(missing_ok=True)
        code = (
            "import sys; from pathlib import Path; from comments_service.site.build import build\n"
            "a, b, c, d = map(Path, sys.argv[1:])\n"
            "build(a, b, site_url='http://localhost:8000', production=False, strict=False,"
            " lock=c, log=d)"
        )
        child = subprocess.Popen(
            [sys.executable, "-c", code, self.path, self.output, self.lock, self.log]
        )
        wait_until((self.path / "environment").exists)
        return child

    def go_on(self) -> None:
        (self.path / "wait").unlink()

    @property
    def pelican(self) -> int:
        """The process that builds now, found by what it works on."""
        found = [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdigit()
            and f"-o\0{self.path}/.output.next".encode() in _command_line(process)
        ]
        assert len(found) == 1
        return found[0]

    @property
    def leftovers(self) -> list[str]:
        return [name for name in names(self.path) if name.startswith(".")]


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def wait_until(fact: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def blog(tmp_path: Path) -> Blog:
    return Blog(tmp_path / "blog")


class TestBuilding:
    def test_makes_the_site_and_says_what_pelican_said(self, blog: Blog) -> None:
        lines: list[str] = []
        blog.build(report=lines.append)
        assert says(blog.output) == "Prueba http://localhost:8000: Hola"
        assert (blog.output / "threads.json").is_file()
        assert len(lines) == 1
        assert lines[0].startswith("Done: Processed 1 article")
        assert blog.leftovers == []

    def test_leaves_nothing_of_the_old_site(self, blog: Blog) -> None:
        blog.build()
        (blog.output / "gone.html").write_text("of an article that was removed")
        blog.build(production=True)
        assert says(blog.output).startswith("En serio")
        assert not (blog.output / "gone.html").exists()
        assert blog.leftovers == []

    def test_follows_an_output_that_is_a_link(self, blog: Blog, tmp_path: Path) -> None:
        (tmp_path / "www").mkdir()
        blog.output.symlink_to(tmp_path / "www")
        blog.build()
        assert blog.output.is_symlink()
        assert says(tmp_path / "www").startswith("Prueba")

    def test_gives_pelican_the_address_and_the_instant_and_no_secret(
        self, blog: Blog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERTULIA_DATABASE_URL", "postgresql://u:secreto@db/t")
        monkeypatch.setenv("TERTULIA_NOW", "1999-01-01T00:00:00+00:00")
        blog.build(now=datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
        environment = (blog.path / "environment").read_text().splitlines()
        assert [line for line in environment if line.startswith("TERTULIA_")] == [
            "TERTULIA_NOW=2026-11-22T09:30:00+00:00",
            "TERTULIA_SITE_URL=http://localhost:8000",
        ]

    def test_lets_no_warning_of_a_library_through(
        self, blog: Blog, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONWARNINGS", "always")
        blog.build()
        assert capfd.readouterr() == ("", "")
        assert "old name" not in blog.log.read_text()

    def test_takes_a_warning_of_pelican_for_a_fault_only_when_strict(self, blog: Blog) -> None:
        blog.write("content/articles/a.md", "Title: A\nDate: 2026-11-02\n\n![](http://e.org/a.png)")
        blog.build()
        with pytest.raises(BuildFailed) as caught:
            blog.build(strict=True)
        assert "a.md" in caught.value.detail


class TestABlogThatCannotBeBuilt:
    def test_has_no_content(self, tmp_path: Path) -> None:
        with pytest.raises(CannotStart, match=r"no folder .*content.* is this a blog\?"):
            build(
                tmp_path,
                tmp_path / "output",
                site_url="http://localhost",
                production=False,
                strict=True,
                lock=tmp_path / "lock",
                log=tmp_path / "log",
            )

    def test_has_no_article(self, blog: Blog) -> None:
        (blog.path / "content/articles/2026/hola.md").unlink()
        with pytest.raises(CannotStart, match="no article in"):
            blog.build()

    def test_has_no_settings(self, blog: Blog) -> None:
        (blog.path / "publishconf.py").unlink()
        with pytest.raises(CannotStart, match=r"no file .*publishconf\.py"):
            blog.build(production=True)

    @pytest.mark.parametrize("output", [".", "..", "content", "var", "theme", "pelicanconf.py"])
    def test_names_an_output_that_holds_something_else(self, blog: Blog, output: str) -> None:
        (blog.path / "var").mkdir()
        (blog.path / "var" / "tertulia.sqlite3").write_text("all comments")
        blog.output = blog.path / output
        with pytest.raises(CannotStart, match="would remove"):
            blog.build()
        assert (blog.path / "var" / "tertulia.sqlite3").is_file()
        assert (blog.path / "pelicanconf.py").is_file()

    def test_keeps_its_own_files_in_the_site(self, blog: Blog) -> None:
        """``TERTULIA_VAR=output/var``: the first build would make it, the second remove it."""
        blog.build()
        with pytest.raises(CannotStart, match="would remove"):
            blog.build(lock=blog.output / "var" / "build.lock")


class TestAFailedBuild:
    @pytest.fixture(autouse=True)
    def _live(self, blog: Blog) -> None:
        blog.output.mkdir()
        (blog.output / "index.html").write_text("the old site")
        (blog.output / "threads.json").write_text("{}")

    def failure(self, blog: Blog, **given: Any) -> BuildFailed:
        with pytest.raises(BuildFailed) as caught:
            blog.build(**given)
        assert says(blog.output) == "the old site"
        assert blog.leftovers == []
        return caught.value

    def test_is_explained_by_the_line_that_matters(self, blog: Blog) -> None:
        blog.write("theme/templates/article.html", "{% if %}")
        error = self.failure(blog)
        assert "TemplateSyntaxError" in error.detail
        assert "Traceback" not in error.detail
        assert "Warning or error encountered" not in error.detail
        assert str(blog.log) in str(error)
        assert "Traceback" in blog.log.read_text()

    def test_names_a_wrong_line_of_the_settings(self, blog: Blog) -> None:
        blog.write("pelicanconf.py", "SITENAME = 'x\n")
        assert self.failure(blog).detail == (
            "SyntaxError: unterminated string literal (detected at line 1) (pelicanconf.py, line 1)"
        )

    def test_names_a_plugin_that_is_missing(self, blog: Blog) -> None:
        """Pelican alone would go on and end with 0."""
        blog.write("pelicanconf.py", CONF + 'PLUGINS = ["not_there"]\n')
        assert "not_there" in self.failure(blog).detail

    def test_names_an_article_that_cannot_be_read(self, blog: Blog) -> None:
        blog.write("content/articles/bad.md", "Title: Mal\nDate: ayer\n\nx\n")
        detail = self.failure(blog).detail
        assert "bad.md" in detail
        assert "\x1b" not in detail

    @pytest.mark.parametrize("missing", ["index.html", "threads.json"])
    def test_is_one_without_what_every_site_has(self, blog: Blog, missing: str) -> None:
        conf = {"index.html": "DIRECT_TEMPLATES = []\n", "threads.json": "STATIC_PATHS = []\n"}
        blog.write("pelicanconf.py", CONF + conf[missing])
        assert f"The new site has no {missing}" in str(self.failure(blog))

    def test_took_too_long(self, blog: Blog) -> None:
        blog.write("wait", "")
        assert "within 1.5 s" in str(self.failure(blog, max_seconds=1.5))

    def test_could_not_be_put_in_place(self, blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
        def busy(new: Path, live: Path) -> None:
            raise OSError(16, "Device or resource busy", str(live))

        monkeypatch.setattr(building, "swap", busy)
        assert "Device or resource busy" in self.failure(blog).detail

    def test_could_not_take_the_lock(self, blog: Blog) -> None:
        blog.write("var", "a file where the folder should be")
        assert "var" in self.failure(blog).detail


@LINUX
class TestABuildThatIsKilled:
    def test_leaves_the_old_site_and_the_next_one_works(self, blog: Blog) -> None:
        blog.build()
        before = says(blog.output)
        child = blog.start()
        child.kill()
        child.wait()
        assert says(blog.output) == before
        assert blog.leftovers == [".output.next"]
        (blog.path / ".output.next" / "stale.html").write_text("of the killed build")
        blog.write("content/articles/2026/otra.md", "Title: Otra\nDate: 2026-11-02\n\nOtra.\n")
        blog.go_on()
        blog.build()
        assert says(blog.output).endswith("Otra")
        assert not (blog.output / "stale.html").exists()
        assert blog.leftovers == []

    def test_takes_its_pelican_with_it_so_that_the_next_one_need_not_wait(self, blog: Blog) -> None:
        child = blog.start()
        pelican = blog.pelican
        child.kill()
        child.wait()
        wait_until(lambda: not _command_line(Path(f"/proc/{pelican}")), seconds=2)
        assert (blog.path / "wait").exists()  # it would have gone on

    @pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_fails_when_pelican_alone_was_stopped(self, blog: Blog, by: signal.Signals) -> None:
        """At SIGINT Pelican stops in the middle and ends with 0."""
        blog.write("wait", "")

        def stop() -> None:
            wait_until((blog.path / "environment").exists)
            os.kill(blog.pelican, by)

        killer = threading.Thread(target=stop)
        killer.start()
        with pytest.raises(BuildFailed) as caught:
            blog.build()
        killer.join()
        assert re.search("SIGKILL|SIGTERM|Keyboard interrupt", caught.value.detail)
        assert not blog.output.exists()

    def test_ends_pelican_at_ctrl_c(self, blog: Blog) -> None:
        child = blog.start()
        pelican = blog.pelican
        child.send_signal(signal.SIGINT)
        child.wait()
        wait_until(lambda: not Path(f"/proc/{pelican}").exists())
        assert not blog.output.exists()
        assert blog.leftovers == []


@LINUX
def test_a_second_builder_waits_for_the_first(blog: Blog) -> None:
    first = blog.start()
    ends: list[str] = []
    second = threading.Thread(target=lambda: (blog.build(), ends.append("second")))
    second.start()
    time.sleep(0.3)
    assert ends == []
    blog.go_on()
    assert first.wait() == 0
    second.join()
    assert ends == ["second"]
    assert says(blog.output).startswith("Prueba")
    assert blog.leftovers == []


class TestWhatPelicanPrinted:
    def test_loses_colours_and_tracebacks(self) -> None:
        assert told(
            "\x1b[31mUnable to read\x1b[0m a.md  \n\n"
            "Traceback (most recent call last):\n"
            '  File "x.py", line 1, in <module>\n'
            "    run()\n"
            "    ^^^^^\n"
            "KeyError: 'a'\n"
            "\n"
            "During handling of the above exception, another exception occurred:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "y.py", line 2, in run\n'
            "pelican.Error: no\n"
        ) == ["Unable to read a.md", "KeyError: 'a'", "pelican.Error: no"]

    def test_says_each_thing_once(self) -> None:
        assert told(
            "TemplateError: no\n"
            "Traceback (most recent call last):\n"
            "  File\n"
            "jinja2.exceptions.TemplateError: no\n"
        ) == ["TemplateError: no"]

    def test_keeps_the_general_line_when_there_is_no_better(self) -> None:
        general = "RuntimeError: Warning or error encountered"
        assert told(f"{general}\n") == [general]
        assert told(f"a.md is wrong\n{general}\n") == ["a.md is wrong"]
