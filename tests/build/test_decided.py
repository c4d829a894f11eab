"""What staff decided about a conversation (``thread.md``), and cut comments, on built pages."""

import json
import re

import mf2py
import pytest

from .conftest import Built, SmallBlog

UNA = "/2026/11/una/"
CLOSED = """thread: "una"
state: "closed"
since: "2026-11-14T10:15:00+01:00"
author: "Ane <Etxeberria>"
position: "Gestora"
text: {"es": "**A favor**: casi todos. <b>x</b>\\n\\n**En contra**: uno.", "eu": "Ia denak."}
"""
PAUSED = """thread: "una"
state: "paused"
since: "2020-01-01T10:00:00+01:00"
until: "%s"
author: "Ane"
text: {"es": "Volvemos pronto."}
"""
_BLOCKS = re.compile(r'<script type="application/ld\\+json">(.*?)</script>', re.DOTALL)


def understood(built: Built) -> object:
    """What machines read of the page."""
    page = built.page(UNA)
    items = mf2py.parse(doc=page, url=f"https://blog.pruebas.example{UNA}")["items"]
    return items, [json.loads(block) for block in _BLOCKS.findall(page)]


def manifest(built: Built) -> dict[str, object]:
    found: dict[str, object] = json.loads(built.files()["threads.json"])["threads"]["una"]
    return found


@pytest.fixture
def talk(small_blog: SmallBlog) -> SmallBlog:
    small_blog.article("una", title="Una")
    small_blog.comment("una", "¿Y mañana?")
    return small_blog


class TestASummary:
    def test_stands_above_the_comments_signed_and_takes_the_form_away(
        self, talk: SmallBlog
    ) -> None:
        talk.write("content/comments/una/thread.md", CLOSED)
        built = talk.built()
        page = built.page(UNA)
        assert page.index("<strong>A favor</strong>: casi todos.") < page.rindex("¿Y mañana?")
        assert "&lt;b&gt;x&lt;/b&gt;" in page
        assert "Ane &lt;Etxeberria&gt;, Gestora" in page
        assert '<form class="form"' not in page
        assert "responder=" not in page
        assert manifest(built)["open"] is False
        assert manifest(built)["closed_message"]["eu"] == "Ia denak."  # type: ignore[index]

    def test_changes_nothing_of_what_machines_read(self, talk: SmallBlog) -> None:
        before = understood(talk.built())
        talk.write("content/comments/una/thread.md", CLOSED)
        assert understood(talk.built()) == before


class TestAPause:
    @pytest.mark.parametrize(
        ("until", "stands"),
        [("2099-01-01T00:00:00+01:00", True), ("2020-01-02T10:00:00+01:00", False)],
    )
    def test_stands_on_the_page_until_it_is_over(
        self, talk: SmallBlog, until: str, stands: bool
    ) -> None:
        talk.write("content/comments/una/thread.md", PAUSED % until)
        page = talk.built().page(UNA)
        assert ("Volvemos pronto." in page) is stands
        assert ('<form class="form"' in page) is not stands

    def test_until_a_midnight_names_the_day_before_as_its_last(self, talk: SmallBlog) -> None:
        talk.write("content/comments/una/thread.md", PAUSED % "2099-01-01T00:00:00+01:00")
        assert "31 de diciembre de 2098" in talk.built().page(UNA)


class TestACutComment:
    def test_says_that_it_was_edited_by_moderation_and_why(self, talk: SmallBlog) -> None:
        talk.comment("una", "[…] Falta luz.", moderated="Datos <b>de otra persona</b>")
        built = talk.built()
        note = "Editado por moderación: Datos &lt;b&gt;de otra persona&lt;/b&gt;"
        assert note in built.page(UNA)
        feeds = [data.decode() for name, data in built.files().items() if name.endswith(".xml")]
        assert any("Editado por moderación: Datos" in each for each in feeds)
        assert not any("<b>de otra" in each or "&lt;b&gt;de otra" in each for each in feeds)
