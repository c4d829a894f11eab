"""``@name`` in a comment: to whom it leads, and everything that it leaves as it was."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tertulia_plugins.comments.mentions import Said, linked, speakers

from comments_service import markup
from comments_service.domain.comments import Markup
from comments_service.domain.names import folded

from .conftest import NOW, SmallBlog

START = datetime(2026, 11, 1, tzinfo=UTC)
NAMES = ["Aitor", "Íñigo", "José", "José Luis", "Ana & Luis", "<b>Nerea</b>", "@Mikel", "señor"]
LINK = re.compile(r'<a class="mention" href="#comment-([^"]*)">(.*?)</a>', re.DOTALL)


def at(minute: int) -> tuple[datetime, str]:
    """The moment of a comment whose id is its minute."""
    return START + timedelta(minutes=minute), str(minute)


def said(body: str, *names: str, minute: int = 99) -> str:
    """The HTML of a comment in a thread where these spoke at the minutes 0, 1, 2..."""
    spoke = speakers(Said(name, at(place)) for place, name in enumerate(names))
    return str(linked(markup.render(body, Markup.MARKDOWN), spoke, at(minute)))


def meant(body: str, *names: str, minute: int = 99) -> list[tuple[str, str]]:
    """Who is named in it: pairs of the minute and the words of the link."""
    return LINK.findall(said(body, *names, minute=minute))


class TestAName:
    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("@Aitor ¿Para la empresa?", "@Aitor"),
            ("Creo, @Aitor, que sí.", "@Aitor"),
            ("(@Aitor)", "@Aitor"),
            ("«@aitor»", "@aitor"),
            ("—@AITOR.", "@AITOR"),
            ("Eso.\n@Aitor:", "@Aitor"),
            ("> @Aitor\n", "@Aitor"),
            ("Lo dice *@Aitor*", "@Aitor"),
            ("1 < 2 &@Aitor", "@Aitor"),
            ("¿Y tú, @Íñigo?", "@Íñigo"),
            ("¿Y tú, @I\u0301n\u0303igo?", "@I\u0301n\u0303igo"),
            ("¿Y tú, @iñigo?", "@iñigo"),
            ("Hola @jose luis", "@jose luis"),
            ("Hola @José Luisa", "@José"),
            ("Hola @José, Luis", "@José"),
            ("Hola @Ana & Luis", "@Ana & Luis"),
            ("Hola @Mikel", "@Mikel"),
            ("Hola @SEÑOR", "@SEÑOR"),
        ],
    )
    def test_leads_to_its_comment(self, body: str, words: str) -> None:
        ((_, shown),) = meant(body, *NAMES)
        assert shown.replace("&amp;", "&") == words

    @pytest.mark.parametrize(
        "body",
        [
            "aitor@aitor.example",
            "hola@Aitor",
            "https://red.example/@Aitor",
            "@Aitorena",
            "@Aitor-Mari",
            "@aitor.example",
            "@@Aitor",
            "a*b*@Aitor",
            "@Aitor*ena*",
            "@Nadie",
            "@",
            "@ Aitor",
            "`@Aitor`",
            "```\n@Aitor\n```",
            "    @Aitor",
            "[@Aitor](https://x.example)",
            "[a @Aitor](https://x.example)",
            "<https://x.example/?a=@Aitor>",
            "@senor",
            "@Ana",
            "Ait@or",
        ],
    )
    def test_that_is_none_stays_text(self, body: str) -> None:
        assert said(body, *NAMES) == markup.render(body, Markup.MARKDOWN)

    def test_of_several_words_is_taken_whole(self) -> None:
        assert meant("@José Luis y @José", *NAMES) == [("3", "@José Luis"), ("2", "@José")]

    def test_leads_to_what_was_said_last_before(self) -> None:
        names = ("Aitor", "Nerea", "Aitor", "Aitor")
        assert meant("@Aitor", *names, minute=3) == [("2", "@Aitor")]

    def test_leads_to_nothing_said_later_nor_at_the_same_time(self) -> None:
        assert meant("@Aitor", "Nerea", "Aitor", minute=1) == []
        assert meant("@Aitor Gil", "Aitor", "Nerea", "Aitor Gil", minute=1) == [("0", "@Aitor")]

    def test_is_found_between_two_others(self) -> None:
        body = "@Aitor @José @Íñigo"
        assert [minute for minute, _ in meant(body, *NAMES)] == ["0", "2", "1"]

    @pytest.mark.parametrize(
        "body",
        [
            "@Ana\u200dMaría",
            "@Ana\u00adMaría",
            "@Ana\u200b\u200bMaría",
            "@Ana\u200b*María*",
            "@Ana-\u200dMaría",
            "@Ana\u200b-María",
            "x\u200b@Ana",
            "*x*\u00ad@Ana",
            "x*\u00ad\u200b*@Ana",
            "correo\u200d@Ana",
            "@A\u200dna",
            "@\u200bAna",
        ],
    )
    def test_neither_ends_nor_goes_on_at_what_nobody_sees(self, body: str) -> None:
        assert meant(body, "Ana") == []

    @pytest.mark.parametrize(
        "body", ["\u200b@Ana\u200b", "Hola \u200d@Ana\u00ad, di", "@Ana\u200b\n"]
    )
    def test_stays_one_beside_what_nobody_sees(self, body: str) -> None:
        assert meant(body, "Ana") == [("0", "@Ana")]

    @pytest.mark.parametrize(
        "body", ["Hola @Tom P", "@tom p.", "@TOM P. Gracias", "@Tom P, gracias"]
    )
    @pytest.mark.parametrize("name", ["Tom P.", "Tom P"])
    def test_may_lack_its_last_full_stop(self, body: str, name: str) -> None:
        assert [minute for minute, _ in meant(body, name)] == ["0"]
        assert meant("@Tom P.example", name) == []


LOOK_ALIKES = [
    "Miren Lasa",
    "ＭＩＲＥＮ ＬＡＳＡ",
    "miren  lasa",
    "Miren\u200b Lasa",
    "Miren Lasa.",
]


class TestTheInstitution:
    """The minute 1 is its answer's; readers speak before and after it."""

    @staticmethod
    def meant(body: str, *names: str, minute: int = 99) -> list[str]:
        spoke = speakers(
            Said(name, at(place), is_answer=place == 1) for place, name in enumerate(names)
        )
        html = str(linked(markup.render(body, Markup.MARKDOWN), spoke, at(minute)))
        return [found[0] for found in LINK.findall(html)]

    @pytest.mark.parametrize("impostor", LOOK_ALIKES)
    @pytest.mark.parametrize("body", ["@Miren Lasa", "Gracias, @miren lasa.", "@Miren Lasa."])
    def test_is_meant_by_its_name_whoever_else_signs_so(self, impostor: str, body: str) -> None:
        assert self.meant(body, impostor, "Miren Lasa", impostor, impostor) == ["1"]

    def test_is_not_meant_before_it_answers(self) -> None:
        names = ("Miren Lasa", "Miren Lasa", "Miren Lasa")
        assert self.meant("@Miren Lasa", *names, minute=1) == ["0"]
        assert self.meant("@Miren Lasa", *names, minute=2) == ["1"]

    def test_takes_no_mention_of_another_name(self) -> None:
        assert self.meant("@Miren", "Miren", "Miren Lasa") == ["0"]


class TestFolding:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("Íñigo", "iñigo"),
            ("I\u0301N\u0303IGO", "iñigo"),
            ("Núria Güell", "nuria guell"),
            ("STRAẞE", "strasse"),
            ("ﬁn", "fin"),
            ("\u0301", ""),
            ("Mi\u200dren\u00ad", "miren"),
            ("ＭＩＲＥＮ", "miren"),
        ],
    )
    def test_keeps_nothing_but_letters_and_the_tilde(self, text: str, expected: str) -> None:
        assert folded(text) == expected


names = st.one_of(
    st.sampled_from(NAMES),
    st.text("aAíÍñnÑ\u0303\u0301 &<>@-.'\"ß", min_size=1, max_size=8),
    st.text(min_size=1, max_size=8),
)
marks = st.sampled_from(
    [*" \n.,;:()«»*_`[]<>&/-\\", "**", "\n\n", "> ", "](https://x.example)", "&amp;"]
)
bodies = st.lists(
    st.one_of(names, names.map(lambda name: f"@{name}"), names.map(lambda n: f" @{n} "), marks)
).map("".join)


def tree(html: str) -> list[dict[str, Any]]:
    walker = html5lib.getTreeWalker("etree")
    return list(walker(html5lib.parseFragment(html, treebuilder="etree")))


def words(html: str) -> str:
    return "".join(
        str(each["data"])
        for each in tree(html)
        if "Characters" in each["type"] or each["type"] == "SpaceCharacters"
    )


class TestAnyText:
    @given(st.lists(names, max_size=6), bodies)
    def test_keeps_its_words_and_gains_only_links_to_what_is_there(
        self, spoke: list[str], body: str
    ) -> None:
        plain, shown = markup.render(body, Markup.MARKDOWN), said(body, *spoke)
        assert words(shown) == words(plain)
        assert LINK.sub(lambda found: found[2], shown) == plain
        links = [
            each for each in tree(shown) if each.get("name") == "a" and each["type"] == "StartTag"
        ]
        ours = [each["data"][None, "href"] for each in links if (None, "class") in each["data"]]
        assert set(ours) <= {f"#comment-{place}" for place, _ in enumerate(spoke)}
        assert len(ours) == len(LINK.findall(shown))

    @given(st.lists(st.text("aAíÍñÑnNß", min_size=1, max_size=3), min_size=1, max_size=9))
    def test_names_whoever_spoke_last_under_the_name(self, spoke: list[str]) -> None:
        for name in spoke:
            same = [place for place, other in enumerate(spoke) if folded(other) == folded(name)]
            assert meant(f"@{name}.", *spoke) == [(str(same[-1]), f"@{name}")]


class TestThePage:
    def test_leads_to_the_answer_and_never_to_who_signs_like_it(
        self, small_blog: SmallBlog
    ) -> None:
        answer = small_blog.comment("una", kind="answer", author="Miren Lasa", position="Jefa")
        small_blog.comment("una", "Soy yo", author="ＭＩＲＥＮ ＬＡＳＡ")
        small_blog.comment("una", "Gracias, @Miren Lasa", author="Zoe")
        page = small_blog.built().page("/2026/11/una/")
        assert f'<a class="mention" href="#comment-{answer.id}">@Miren Lasa</a>' in page

    def test_links_a_name_to_the_comment_and_its_feed_does_not(self, small_blog: SmallBlog) -> None:
        question = small_blog.comment("una", "¿Blog o red social?", author="Íñigo López")
        small_blog.comment("una", "@iñigo lópez Que lo hagan las personas", author="Alorza")
        built = small_blog.built()
        link = f'<a class="mention" href="#comment-{question.id}">@iñigo lópez</a> Que lo'
        assert link in built.page("/2026/11/una/")
        assert "mention" not in built.page("/2026/11/una/comentarios.atom.xml")

    def test_names_nobody_who_withdrew_or_links_from_elsewhere(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una", author="Otro blog", kind="webmention")
        small_blog.tombstone("una", "reader")
        small_blog.comment("una", "@Aitor y @Otro blog", author="Nerea")
        assert 'class="mention"' not in small_blog.built().page("/2026/11/una/")

    def test_holds_a_hostile_name(self, small_blog: SmallBlog) -> None:
        name = '"><script>x()</script>'
        first = small_blog.comment("una", author=name)
        small_blog.comment("una", f"Hola @{name} y adiós", date=NOW)
        page = small_blog.built().page("/2026/11/una/")
        assert "<script>x" not in page
        assert f'class="mention" href="#comment-{first.id}"' in page
