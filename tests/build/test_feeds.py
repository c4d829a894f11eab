"""Feeds that any reader can take, with ids that never change."""

import re
from xml.etree import ElementTree as ET

import feedparser
import pytest
from tertulia_plugins.comments.feeds import path_of

from comments_service.domain.comments import Kind, WithdrawnBy

from .conftest import Built, SmallBlog

ATOM = "{http://www.w3.org/2005/Atom}"
THR = "{http://purl.org/syndication/thread/1.0}"


@pytest.fixture
def blog(small_blog: SmallBlog) -> SmallBlog:
    small_blog.article("una", title="Uno < dos & «tres»", author="Ada")
    return small_blog


def parsed(built: Built, path: str) -> ET.Element:
    return ET.fromstring(built.files()[path])  # noqa: S314 - our own file


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

    def test_is_there_before_anybody_spoke(self, blog: SmallBlog) -> None:
        root = parsed(blog.built(), "2026/11/una/comentarios.atom.xml")
        assert root.findtext(f"{ATOM}updated") == "2026-11-14T10:00:00+01:00"
        assert root.find(f"{ATOM}entry") is None

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


class TestEveryFeed:
    def test_is_well_formed_and_says_who_speaks(self, blog: SmallBlog) -> None:
        blog.article("dos", lang="eu", category="Bat, Bi")
        blog.comment("una")
        built = blog.built()
        feeds = [path for path in built.files() if path.endswith(".atom.xml")]
        assert len(feeds) >= 8
        for path in feeds:
            root = parsed(built, path)
            assert root.find(f"{ATOM}author") is not None, path
            for address in re.findall(r'href="([^"]*)"', built.files()[path].decode()):
                assert address.startswith("https://blog.pruebas.example/"), path
