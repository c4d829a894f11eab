"""Feeds that any reader can take, with ids that never change."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from tertulia_plugins.comments.feeds import path_of
from tertulia_plugins.feeds.atom import atom
from tertulia_plugins.feeds.html import portable
from tertulia_plugins.feeds.json_feed import json_feed
from tertulia_plugins.feeds.values import Author, Entry, Feed, Parent

from comments_service.domain.comments import Kind, WithdrawnBy

from .conftest import NOW, Built, NewBlog, SmallBlog

SITE = "https://blog.pruebas.example"
HOST = "tag:blog.pruebas.example,2026"
ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
THR = "{http://purl.org/syndication/thread/1.0}"


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    small_blog.article("una", title="Uno < dos & «tres»", author="Ada")
    return small_blog


def parsed(built: Built, path: str) -> ET.Element:
    return ET.fromstring(built.files()[path])  # noqa: S314 - our own file


def items(built: Built, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(built.files()[path])["items"]
    return found


class TestTheFeedOfAThread:
    def test_holds_each_comment_escaped_once(self, blog: SmallBlog) -> None:
        comment = blog.comment(
            "una", "a < b & <script>alert(1)</script> *sí* ]]>", author="<b>Ana</b> & Íñigo"
        )
        built = blog.built()
        data = built.files()["2026/11/una/comentarios.atom.xml"]
        assert not feedparser.parse(data).bozo
        root = ET.fromstring(data)  # noqa: S314 - our own file
        assert root.findtext(f"{ATOM}title") == "Comentarios sobre «Uno < dos & «tres»»"
        (entry,) = root.findall(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}author/{ATOM}name") == "<b>Ana</b> & Íñigo"
        content = entry.findtext(f"{ATOM}content")
        assert content is not None
        assert "a &lt; b &amp; &lt;script&gt;" in content
        assert "<em>sí</em>" in content
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.get("href") == (
            f"https://blog.pruebas.example/2026/11/una/#comment-{comment.id}"
        )

    def test_says_what_each_comment_replies_to(self, blog: SmallBlog) -> None:
        first = blog.comment("una")
        second = blog.comment("una", in_reply_to=first.id)
        newest, oldest = parsed(blog.built(), "2026/11/una/comentarios.atom.xml").findall(
            f"{ATOM}entry"
        )
        host = "tag:blog.pruebas.example,2026"
        assert newest.findtext(f"{ATOM}id") == f"{host}:comment/{second.id}"
        assert [each.get("ref") for each in newest.findall(f"{THR}in-reply-to")] == [
            f"{host}:comment/{first.id}",
            f"{host}:article/una/es",
        ]
        assert [each.get("ref") for each in oldest.findall(f"{THR}in-reply-to")] == [
            f"{host}:article/una/es"
        ]

    def test_refers_to_the_post_by_its_id_in_the_posts_own_feed(self, blog: SmallBlog) -> None:
        blog.comment("una")
        built = blog.built()
        reply = parsed(built, "2026/11/una/comentarios.atom.xml").find(f".//{THR}in-reply-to")
        assert reply is not None
        ids = [each.text for each in parsed(built, "feeds/all.atom.xml").iter(f"{ATOM}id")]
        assert reply.get("ref") in ids

    def test_leaves_out_the_withdrawn_and_the_linkbacks(self, blog: SmallBlog) -> None:
        kept = blog.comment("una")
        blog.tombstone("una", WithdrawnBy.READER, in_reply_to=kept.id)
        blog.comment("una", kind=Kind.PINGBACK)
        root = parsed(blog.built(), "2026/11/una/comentarios.atom.xml")
        assert [each.findtext(f"{ATOM}id") for each in root.findall(f"{ATOM}entry")] == [
            f"tag:blog.pruebas.example,2026:comment/{kept.id}"
        ]

    def test_is_there_once_somebody_spoke_and_for_good(self, blog: SmallBlog) -> None:
        paths = ["2026/11/una/comentarios.atom.xml", "2026/11/una/comentarios.json"]
        silent = blog.built()
        assert not silent.files().keys() & set(paths)
        assert "una/comentarios." not in silent.page("/2026/11/una/")
        blog.tombstone("una", WithdrawnBy.READER)
        spoken = blog.built(output="later")
        assert items(spoken, paths[1]) == []
        root = parsed(spoken, paths[0])
        assert root.findtext(f"{ATOM}updated") == "2026-11-14T10:00:00+01:00"
        assert root.find(f"{ATOM}entry") is None
        assert "una/comentarios.atom.xml" in spoken.page("/2026/11/una/")

    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("2026/11/una/", "2026/11/una/comentarios.atom.xml"),
            ("una.html", "una/comentarios.atom.xml"),
            ("", "comentarios.atom.xml"),
        ],
    )
    def test_stands_beside_the_text(self, url: str, path: str) -> None:
        assert path_of(url) == path


class TestTheFeedOfTheSite:
    def test_holds_the_newest_comments_of_all_threads(self, blog: SmallBlog) -> None:
        blog.article("dos", title="La segunda")
        blog.comment("una")
        last = blog.comment("dos", author="Aitor")
        feed = feedparser.parse(blog.built().files()["feeds/comentarios.atom.xml"])
        assert not feed.bozo
        assert feed.entries[0].id.endswith(last.id)
        assert "Aitor" in feed.entries[0].title
        assert "La segunda" in feed.entries[0].title
        assert len(feed.entries) == 2

    def test_holds_those_of_its_own_language(self, blog: SmallBlog) -> None:
        blog.article("una", thread="una")
        blog.article("bat", thread="una", lang="eu", title="Bat")
        blog.article("hiru", lang="eu", title="Hiru")
        both, alone = blog.comment("una"), blog.comment("hiru")
        built = blog.built()
        said = {
            path: [each["url"] for each in items(built, path)]
            for path in ("feeds/comentarios.json", "eu/feeds/comentarios.json")
        }
        assert said == {
            "feeds/comentarios.json": [f"{SITE}/2026/11/una/#comment-{both.id}"],
            "eu/feeds/comentarios.json": [
                f"{SITE}/eu/2026/11/hiru/#comment-{alone.id}",
                f"{SITE}/eu/2026/11/bat/#comment-{both.id}",
            ],
        }
        title = json.loads(built.files()["eu/feeds/comentarios.json"])["title"]
        assert title == "«Consejo de Pruebas»: iruzkinak"

    def test_names_who_answers_with_position_and_department(self, blog: SmallBlog) -> None:
        asked = blog.comment("una")
        answer = blog.comment(
            "una",
            kind=Kind.ANSWER,
            in_reply_to=asked.id,
            author="Miren Etxeberria",
            position="directora",
            department="Medio Ambiente",
        )
        built = blog.built()
        first = items(built, "2026/11/una/comentarios.json")[0]
        assert first["id"] == f"{HOST}:comment/{answer.id}"
        assert first["authors"] == [{"name": "Miren Etxeberria, directora, Medio Ambiente"}]
        assert [each["ref"] for each in first["_thread"]["in_reply_to"]] == [
            f"{HOST}:comment/{asked.id}",
            f"{HOST}:article/una/es",
        ]
        name = parsed(built, "feeds/comentarios.atom.xml").findtext(f".//{ATOM}entry//{ATOM}name")
        assert name == "Miren Etxeberria, directora, Medio Ambiente"


class TestTheFeedOfPosts:
    def test_holds_whole_texts_with_whole_addresses_and_nothing_that_runs(
        self, blog: SmallBlog
    ) -> None:
        blog.write("content/images/foto.png", "")
        blog.article(
            "una",
            """[otra](/2026/11/dos/), [abajo](#fin)[^1], ![foto]({static}/images/foto.png)

<script>alert(1)</script><iframe src="https://otra.example/"></iframe>

<p style="color: red" onclick="x()">Con **HTML** propio, y hasta aquí.</p>

[^1]: Una nota.
""",
            summary="Solo el resumen.",
        )
        (entry,) = items(blog.built(fatal="errors"), "feeds/all.json")
        assert entry["summary"] == "Solo el resumen."
        html = entry["content_html"]
        assert "y hasta aquí" in html
        assert "Una nota." in html
        page = f"{SITE}/2026/11/una/"
        assert {f"{SITE}/2026/11/dos/", f"{page}#fin", f"{page}#fn:1"} <= {
            *re.findall(r'href="([^"]*)"', html)
        }
        assert re.findall(r'src="([^"]*)"', html) == [f"{SITE}/images/foto.png"]
        for never in ("script", "alert", "iframe", "style", "onclick", "Solo el resumen"):
            assert never not in html

    def test_holds_one_language(self, blog: SmallBlog) -> None:
        blog.article("una", thread="una", category="Gestión, Plazas", author="Ada")
        blog.article("bat", thread="una", lang="eu", category="Plazak", author="Ada")
        built = blog.built()
        urls = {
            path: [each["url"] for each in items(built, path)]
            for path in built.files()
            if re.search(r"(^|/)feeds/(?!comentarios).*\.json$", path)
        }
        una, bat = [f"{SITE}/2026/11/una/"], [f"{SITE}/eu/2026/11/bat/"]
        assert urls == {
            "feeds/all.json": una,
            "feeds/category/gestion.json": una,
            "feeds/category/plazas.json": una,
            "feeds/author/ada.json": una,
            "eu/feeds/all.json": bat,
            "eu/feeds/category/plazak.json": bat,
            "eu/feeds/author/ada.json": bat,
        }
        assert json.loads(built.files()["eu/feeds/all.json"])["language"] == "eu"
        assert parsed(built, "eu/feeds/all.atom.xml").get(f"{XML}lang") == "eu"

    def test_is_dated_by_its_newest_text_and_never_by_the_clock(self, blog: SmallBlog) -> None:
        blog.article("una", modified="2026-11-20 09:00")
        blog.article("dos", date="2026-11-16 10:00")
        before, after = blog.built(), blog.built(now=NOW + timedelta(days=9), output="later")
        assert parsed(before, "feeds/all.atom.xml").findtext(f"{ATOM}updated") == (
            "2026-11-20T09:00:00+01:00"
        )
        assert _feeds(before) == _feeds(after)

    def test_is_the_same_after_a_comment(self, blog: SmallBlog) -> None:
        before = _feeds(blog.built())
        blog.comment("una")
        after = _feeds(blog.built(output="after"))
        changed = {path for path in after if after[path] != before.get(path)}
        assert changed == {
            f"{place}/comentarios{form}"
            for place in ("feeds", "2026/11/una")
            for form in (".atom.xml", ".json")
        }

    def test_of_a_blog_where_nothing_is_published_is_whole(self, new_blog: NewBlog) -> None:
        blog = new_blog()
        blog.article("una", status="draft")
        built = blog.built()
        for path in ("feeds/all.atom.xml", "feeds/comentarios.atom.xml"):
            assert not feedparser.parse(built.files()[path]).bozo
            assert parsed(built, path).findtext(f"{ATOM}updated") == "2026-01-01T00:00:00+00:00"


class TestAnId:
    def test_does_not_depend_on_the_address_of_the_built_site(self, blog: SmallBlog) -> None:
        blog.comment("una")
        blog.page("sobre", comments="open")
        public = blog.built()
        local = blog.built(site_url="http://127.0.0.1:9000", output="local")
        for path in public.files():
            if path.endswith(".atom.xml"):
                assert _ids(public, path) == _ids(local, path), path

    def test_survives_a_new_title_and_address_of_a_post(self, blog: SmallBlog) -> None:
        before = _ids(blog.built(), "feeds/all.atom.xml")
        blog.article("una", title="Otro", slug="otra", thread="una", date="2026-10-01")
        assert _ids(blog.built(output="later"), "feeds/all.atom.xml")[1:] == before[1:]


def _ids(built: Built, path: str) -> list[str | None]:
    """Ids of the entries, after that of the feed where it is ours."""
    ids = [each.text for each in parsed(built, path).iter(f"{ATOM}id")]
    return ids if "comentarios" in path else [None, *ids[1:]]


def _feeds(built: Built) -> dict[str, bytes]:
    return {
        path: data
        for path, data in built.files().items()
        if path.endswith((".atom.xml", ".json")) and ("feeds/" in path or "comentarios" in path)
    }


class TestEveryFeed:
    def test_is_read_strictly_in_both_forms_and_says_the_same(self, blog: SmallBlog) -> None:
        blog.article("una", "Con \x0b y \x1f dentro.", category="A & <b>", author="Ada <ada>")
        blog.article("dos", lang="eu", category="Bat, Bi")
        blog.page("sobre", comments="open")
        blog.comment("una", author="<b>Ana</b> & Íñigo", lang="eu", url="https://a.example/?b&c")
        blog.comment("dos")
        blog.comment("page-sobre")
        built = blog.built()
        feeds = [path for path in _feeds(built) if path.endswith(".atom.xml")]
        assert len(feeds) >= 8
        for path in feeds:
            data = built.files()[path]
            assert not feedparser.parse(data).bozo, path
            root = parsed(built, path)
            assert root.find(f"{ATOM}author") is not None, path
            other = json.loads(built.files()[path.replace(".atom.xml", ".json")])
            assert other["version"] == "https://jsonfeed.org/version/1.1"
            ids = [each.findtext(f"{ATOM}id") for each in root.findall(f"{ATOM}entry")]
            assert ids == [each["id"] for each in other["items"]], path
            assert len(set(ids)) == len(ids)
            texts = [each.findtext(f"{ATOM}content") for each in root.findall(f"{ATOM}entry")]
            assert texts == [each["content_html"] for each in other["items"]], path
            assert b"<script" not in data.lower()

    def test_names_its_own_addresses_and_its_page(self, blog: SmallBlog) -> None:
        blog.article("dos", lang="eu", category="Bat, Bi", author="Ada")
        blog.comment("dos")
        blog.comment("una")
        built = blog.built()
        for path in (path for path in _feeds(built) if path.endswith(".atom.xml")):
            root = parsed(built, path)
            links = {(x.get("rel"), x.get("type")): x.get("href") for x in root.iter(f"{ATOM}link")}
            assert links[("self", "application/atom+xml")] == f"{SITE}/{path}"
            other = path.replace(".atom.xml", ".json")
            assert links[("alternate", "application/feed+json")] == f"{SITE}/{other}"
            assert json.loads(built.files()[other])["feed_url"] == f"{SITE}/{other}"
            for page in (
                each.get("href") for each in root.findall(f".//{ATOM}link[@type='text/html']")
            ):
                assert page
                assert built.page(page.removeprefix(SITE).partition("#")[0])

    def test_has_an_id_of_its_own(self, blog: SmallBlog) -> None:
        # A conversation whose key is the name of a language.
        blog.article("eu", category="eu", author="eu")
        blog.article("bat", lang="eu", category="eu", author="eu")
        built = blog.built()
        paths = [path for path in _feeds(built) if path.endswith(".atom.xml")]
        ids = [parsed(built, path).findtext(f"{ATOM}id") for path in paths]
        assert len(set(ids)) == len(ids) >= 9


DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
ENTRY = Entry(
    id=f"{HOST}:article/una/es",
    title="Una",
    url=f"{SITE}/una/",
    published=DAY,
    updated=DAY,
    html="<p>Un texto.</p>",
)
FEED = Feed(
    id=f"{HOST}:articles/es",
    title="Consejo",
    language="es",
    page=f"{SITE}/",
    atom_url=f"{SITE}/feeds/all.atom.xml",
    json_url=f"{SITE}/feeds/all.json",
    author="Consejo",
    since=DAY,
)
NASTY = ']]> & <b> " \x00\x01\x0b\x1f\ufffe\udc00 ñ 😀'
READABLE = ']]> & <b> "  ñ 😀'


class TestAForm:
    def test_of_no_entries_has_the_date_since_which_it_is_empty(self) -> None:
        assert b"<updated>2026-11-20T09:00:00+00:00</updated>" in atom(FEED)
        assert json.loads(json_feed(FEED))["items"] == []

    def test_keeps_every_character_that_xml_can_write_and_no_other(self) -> None:
        entry = replace(
            ENTRY,
            title=NASTY,
            html=NASTY,
            summary=NASTY,
            tags=(NASTY,),
            authors=(Author(NASTY, f"{SITE}/?a&b"),),
            parents=(Parent(f"{HOST}:x", f"{SITE}/?a&b"),),
        )
        feed = replace(FEED, title=NASTY, description=NASTY, entries=(entry,))
        root = ET.fromstring(atom(feed))  # noqa: S314 - our own
        item = json.loads(json_feed(feed))["items"][0]
        assert root.findtext(f"{ATOM}title") == root.findtext(f"{ATOM}subtitle") == READABLE
        (found,) = root.findall(f"{ATOM}entry")
        for tag in ("title", "content", "summary", "author/{ATOM}name"):
            assert found.findtext(ATOM + tag.replace("{ATOM}", ATOM)) == READABLE
        category = found.find(f"{ATOM}category")
        assert category is not None
        assert category.get("term") == READABLE
        assert [item["title"], item["content_html"], item["summary"]] == [READABLE] * 3
        assert item["tags"] == [READABLE]
        assert item["authors"] == [{"name": READABLE, "url": f"{SITE}/?a&b"}]

    def test_is_dated_by_the_newest_of_its_entries(self) -> None:
        later = replace(ENTRY, updated=DAY + timedelta(days=1))
        feed = replace(FEED, entries=(ENTRY, later))
        assert feed.updated == later.updated
        assert json.loads(json_feed(feed))["items"][1]["date_modified"].startswith("2026-11-21")


class TestATextElsewhere:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            ('<a href="javascript:x()">a</a>', "<a>a</a>"),
            ('<a href="mailto:a@b.example">a</a>', '<a href="mailto:a@b.example">a</a>'),
            ('<a href="../dos/">a</a>', '<a href="https://x.example/b/dos/">a</a>'),
            (
                '<img src="//y.example/f.png" alt="f">',
                '<img src="https://y.example/f.png" alt="f">',
            ),
            ("<p onclick=x() id=a class=b lang=eu>a</p>", '<p lang="eu">a</p>'),
            ("a<style>b{}</style><form><input></form>", "a"),
            (
                '<video src="/v.mp4" autoplay></video>',
                '<video src="https://x.example/v.mp4"></video>',
            ),
        ],
    )
    def test_keeps_what_is_read_and_leads_where_it_led(self, html: str, expected: str) -> None:
        assert portable(html, "https://x.example/b/una/") == expected


class TestALimit:
    @pytest.fixture
    def blog(self, small_blog: SmallBlog) -> SmallBlog:
        for day in range(1, 5):
            small_blog.article(f"n{day}", author="Ada", date=f"2026-11-0{day}")
            small_blog.comment("n1", f"Dicho {day}")
        (small_blog.folder / "content/articles/2026/una.md").unlink()
        return small_blog

    FEEDS = ("feeds/all", "feeds/category/general", "feeds/author/ada")
    OF_COMMENTS = ("feeds/comentarios", "2026/11/n1/comentarios")

    @pytest.mark.parametrize(("setting", "count"), [("2", 2), ("0", 4), ("None", 4), ("9", 4)])
    def test_is_the_blogs_own(self, blog: SmallBlog, setting: str, count: int) -> None:
        built = blog.built(conf=f"FEED_MAX_ITEMS = {setting}\n")
        for path in (*self.FEEDS, *self.OF_COMMENTS):
            assert len(items(built, f"{path}.json")) == count, path
            assert len(parsed(built, f"{path}.atom.xml").findall(f"{ATOM}entry")) == count

    def test_leaves_the_newest_whatever_the_order_of_the_lists(self, blog: SmallBlog) -> None:
        built = blog.built(conf="FEED_MAX_ITEMS = 2\nARTICLE_ORDER_BY = 'basename'\n")
        for path in self.FEEDS:
            assert [each["title"] for each in items(built, f"{path}.json")] == ["n4", "n3"]
        page = built.page("/")
        assert page.index("/n1/") < page.index("/n4/")
        said = [each["content_html"] for each in items(built, "feeds/comentarios.json")]
        assert ["Dicho 4" in said[0], "Dicho 3" in said[1]] == [True, True]
