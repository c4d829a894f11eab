"""Pages as microformats readers understand them (microformats.org/wiki/microformats2)."""

from typing import Any

import mf2py

from comments_service.domain.comments import Kind, WithdrawnBy

from .conftest import Built, SmallBlog

SITE = "https://blog.pruebas.example"
UNA = f"{SITE}/2026/11/una/"


def understood(built: Built, address: str) -> dict[str, Any]:
    """The one thing that the page is."""
    (found,) = mf2py.parse(doc=built.page(address), url=f"{SITE}{address}")["items"]
    return dict(found)


class TestAnArticle:
    def test_is_an_entry_with_its_comments(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", title="Una", category="A", tags="x", author="Ada", summary="S")
        asked = small_blog.comment("una", "¿Y mañana?", author="Ana", url="https://ana.example/")
        answer = small_blog.comment("una", kind=Kind.ANSWER, in_reply_to=asked.id, author="Miren")
        entry = understood(small_blog.built(), "/2026/11/una/")
        assert entry["type"] == ["h-entry"]
        said = entry["properties"]
        assert said["name"] == ["Una"]
        assert said["url"] == [UNA]
        assert {"A", "x"} == set(said["category"])
        assert said["author"][0]["properties"]["name"] == ["Ada"]
        assert len(said["published"]) == 1
        comments = {each["properties"]["url"][0]: each for each in said["comment"]}
        assert set(comments) == {f"{UNA}#comment-{each.id}" for each in (asked, answer)}
        assert {tuple(each["type"]) for each in said["comment"]} == {("h-cite",)}
        first = comments[f"{UNA}#comment-{asked.id}"]["properties"]
        assert first["content"][0]["value"].strip() == "¿Y mañana?"
        assert first["author"][0]["type"] == ["h-card"]
        assert first["author"][0]["properties"]["name"] == ["Ana"]
        assert first["author"][0]["properties"]["url"] == ["https://ana.example/"]
        assert len(first["published"]) == 1

    def test_is_no_reply_itself_whatever_was_withdrawn(self, small_blog: SmallBlog) -> None:
        first = small_blog.comment("una")
        second = small_blog.comment("una", in_reply_to=first.id)
        small_blog.tombstone("una", WithdrawnBy.READER, in_reply_to=second.id)
        said = understood(small_blog.built(), "/2026/11/una/")["properties"]
        assert "in-reply-to" not in said
        assert len(said["comment"]) == 2


class TestTheHomePage:
    def test_is_a_feed_of_entries(self, small_blog: SmallBlog) -> None:
        for name in ("dos", "tres", "cuatro", "cinco"):
            small_blog.article(name, author="Ada")
        small_blog.comment("una")
        feed = understood(small_blog.built(), "/")
        assert feed["type"] == ["h-feed"]
        entries = feed["children"]
        assert {tuple(each["type"]) for each in entries} == {("h-entry",)}
        names = {each["properties"]["name"][0]: each["properties"]["url"] for each in entries}
        assert names["una"] == [UNA]
        assert len(names) == 5
