"""From a reader's text to safe HTML, and what is refused on the way."""

import gc
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service import markup
from comments_service.domain.characters import is_one_line
from comments_service.domain.comments import Markup
from comments_service.errors import Unshowable
from comments_service.markup import markdown, rendering, second_opinion
from tests import hostile
from tests.oracle import findings

CPU_SECONDS = 1.0
"""For one text, whatever it is. Measured on two busy cores: 0.2 to render or check the
worst, 0.4 for the second opinion."""

NOT_IN_WORDS = re.compile(r"[\s!-/:-@\[-`{-~]+")

soup = st.lists(
    st.sampled_from(
        [
            *("a", "bé ", "\n", "\n\n", " ", "    ", "\t", "*", "**", "_", "`", "```", "~~~"),
            *("[", "]", "](", "(", ")", "<", ">", "> ", "- ", "+ ", "1. ", "7) ", "\\", "\\\n"),
            *("http://b.c/", "[a](http://b.c/x)", "<https://b.c>", '"t"', "'", "&amp;", "&#104;"),
            *("{static}", "|", "\xa0", "\u2003", "\u200b", "#", "=", "---", "!", "<b>", ":", "👍"),
        ]
    )
    | st.text(max_size=3),
    max_size=40,
).map("".join)
"""Texts made of what Markdown reads."""

soup_without_targets = soup.map(lambda text: text.replace("](", "] ("))


def shown(body: str) -> str:
    return markup.render(body, Markup.MARKDOWN)


def as_text(body: str) -> str:
    return markup.render(body, Markup.TEXT)


def reason_against(body: str) -> str:
    """Why the text is refused, or ""."""
    try:
        markup.check(body)
    except Unshowable as refusal:
        return str(refusal)
    return ""


def letters(text: str) -> str:
    return NOT_IN_WORDS.sub("", text)


def read(text: str) -> str:
    """The text after the door, with its entities read: only those that end with a semicolon."""
    return re.sub("&[#A-Za-z0-9]+;", lambda found: unescape(found[0]), markup.clean_body(text))


def seen_in(body: str) -> str:
    """The letters that readers see; in code an entity stays as it was written, so both ways."""
    seen = markup.plain(body, Markup.MARKDOWN)
    return f"{letters(seen)} {letters(read(seen))}"


def words(text: str) -> set[str]:
    """Without numbers, which may have counted the items of a list."""
    return {word for word in NOT_IN_WORDS.split(text) if word and not word.isdecimal()}


ORDINARY = "Hola, **vecina**.\n\n> ¿Y el `aviso`?\n\n- Uno\n- [Dos](https://example.org/)\n"
ORDINARY_PER_SECOND = 600
"""How often an idle core of the kind we measured on judges the ordinary text in a second."""


def is_cheap(work: Callable[..., object], *arguments: object) -> bool:
    """Whether it takes less CPU than a second of an idle core has.

    A busy machine slows everything down, so the measure is the work on an ordinary text
    beside it; the best of three, of this thread alone, without the garbage collector, which
    would walk through all that pytest holds.
    """
    gc.disable()
    try:
        for _ in range(3):
            rendering._from_markdown.cache_clear()
            spent = seconds_of(work, *arguments)
            if spent < CPU_SECONDS or spent < CPU_SECONDS * slowness():
                return True
        return False
    finally:
        gc.enable()


def slowness() -> float:
    """How many times slower than an idle one this core is now."""
    texts = 30
    read = rendering.rendering(ORDINARY, Markup.MARKDOWN).unsanitised

    def judge() -> None:
        for _ in range(texts):
            html = second_opinion._bleached(read)
            assert second_opinion._tree(html) == second_opinion._tree(html)

    return seconds_of(judge) * ORDINARY_PER_SECOND / texts


def seconds_of(work: Callable[..., object], *arguments: object) -> float:
    start = time.thread_time()
    work(*arguments)
    return time.thread_time() - start


class TestTheOracle:
    """A judge that finds nothing is worth something only if it can find."""

    @pytest.mark.parametrize(
        ("html", "finding"),
        [
            ("<script>alert(1)</script>", "element script"),
            ("<!-- words -->", "element <function Comment"),
            ("<p onclick=x>words</p>", "attribute onclick of p"),
            ("<p id=comment-1>words</p>", "attribute id of p"),
            ("<svg onload=x></svg>", "element {http://www.w3.org/2000/svg}svg"),
            ("<a href='javascript:x'>words</a>", "address 'javascript:x'"),
            ("<a href='//b.c'>words</a>", "address '//b.c'"),
            ("<a href='http://a@b.c'>words</a>", "address 'http://a@b.c'"),
            ("<a href='http://b.c/{static}'>words</a>", "brace or bar in href"),
            ("<a href='http://b.c/|x|'>words</a>", "brace or bar in href"),
            ("<a href='http://b.c/'>words</a>", "rel None"),
            ("<ol start=x><li>words</ol>", "start 'x'"),
        ],
    )
    def test_finds_what_may_not_be_there(self, html: str, finding: str) -> None:
        assert any(each.startswith(finding) for each in findings(html))

    def test_finds_nothing_in_a_good_comment(self) -> None:
        assert (
            findings('<p>a<br>b <a href="https://b.c/" rel="nofollow ugc noopener">c</a></p>') == []
        )


@pytest.mark.parametrize("name", hostile.BODIES)
class TestAHostileText:
    def test_is_shown_as_harmless_html(self, name: str) -> None:
        for body in hostile.BODIES[name]:
            assert findings(shown(body)) == []
            assert findings(as_text(body)) == []

    def test_is_read_alike_by_two_parsers(self, name: str) -> None:
        for body in hostile.BODIES[name]:
            assert second_opinion.agrees(body, Markup.MARKDOWN)
            assert second_opinion.agrees(body, Markup.TEXT)

    def test_is_the_same_tree_also_where_nobody_looks_at_the_trees(self, name: str) -> None:
        for body in hostile.BODIES[name]:
            read = rendering.rendering(body, Markup.MARKDOWN)
            bleached = second_opinion._bleached(read.unsanitised).strip()
            assert second_opinion._tree(read.html) == second_opinion._tree(bleached)

    def test_is_shown_with_every_word(self, name: str) -> None:
        for body in hostile.BODIES[name]:
            seen = seen_in(body)
            addresses = " ".join(re.findall(r'href="([^"]*)"', shown(body)))
            assert all(word in seen or word in addresses for word in words(read(body)))


class TestAnyText:
    @given(soup | st.text())
    def test_is_harmless_and_read_alike(self, text: str) -> None:
        assert findings(shown(text)) == []
        assert findings(as_text(text)) == []
        assert second_opinion.agrees(text, Markup.MARKDOWN)
        assert second_opinion.agrees(text, Markup.TEXT)


WITHOUT_ADDRESS = ("address None", "rel None")
"""An ``<a>`` that has lost its address and leads nowhere."""


class TestRawHtml:
    # Were the parser of Markdown to let HTML through, it would meet each of these alone.
    @pytest.mark.parametrize("sanitise", [rendering._sanitiser().clean, second_opinion._bleached])
    @pytest.mark.parametrize("name", hostile.RAW_HTML)
    def test_would_be_harmless_behind_either_sanitiser(
        self, name: str, sanitise: Callable[[str], str]
    ) -> None:
        html = sanitise(markup.clean_body(hostile.RAW_HTML[name]))
        assert [each for each in findings(html) if each not in WITHOUT_ADDRESS] == []

    @pytest.mark.parametrize("sanitise", [rendering._sanitiser().clean, second_opinion._bleached])
    @pytest.mark.parametrize("name", hostile.UNFIT_TARGETS)
    def test_would_lose_an_unfit_address_behind_either_sanitiser(
        self, name: str, sanitise: Callable[[str], str]
    ) -> None:
        target = escape(markup.clean_body(hostile.UNFIT_TARGETS[name]))
        assert "href" not in sanitise(f'<a href="{target}">words</a>')


class TestALink:
    @pytest.mark.parametrize("name", hostile.UNFIT_TARGETS)
    def test_that_may_not_be_followed_stays_text(self, name: str) -> None:
        for body in hostile.BODIES[f"target: {name}"]:
            assert "<a " not in shown(body)
            assert letters(markup.plain(body, Markup.MARKDOWN)) == letters(read(body))

    @pytest.mark.parametrize(
        ("target", "href"),
        [
            ("http://example.org", "http://example.org"),
            ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&amp;d=e#f"),
            ("HTTPS://Example.ORG/", "HTTPS://Example.ORG/"),
            ("http://example.org:8080/", "http://example.org:8080/"),
            ("http://localhost:8000/x", "http://localhost:8000/x"),
            ("http://español.es/niño", "http://xn--espaol-zwa.es/ni%C3%B1o"),
            ("http://example.org/a%20b%F1", "http://example.org/a%20b%F1"),
            ("http://example.org/{static}/.env", "http://example.org/%7Bstatic%7D/.env"),
            ("http://example.org/|filename|x", "http://example.org/%7Cfilename%7Cx"),
            ("http://example.org/@ana:b(c)", "http://example.org/@ana:b(c)"),
            ("http://example.org/\"'<>", "http://example.org/%22'%3C%3E"),
            ("http://example.org/a\\b", "http://example.org/a%5Cb"),
            ("http://example.org/?a=b&amp;c=d", "http://example.org/?a=b&amp;c=d"),
            ("http&colon;//example.org/", "http://example.org/"),
        ],
    )
    def test_with_a_plain_address_leads_there(self, target: str, href: str) -> None:
        wanted = f'<p><a href="{href}" rel="nofollow ugc noopener">here</a></p>'
        assert shown(f"[here]({target})") == wanted

    def test_in_angles_shows_its_address_as_it_was_written(self) -> None:
        assert shown("<http://español.es/niño>") == (
            '<p><a href="http://xn--espaol-zwa.es/ni%C3%B1o" rel="nofollow ugc noopener">'
            "http://español.es/niño</a></p>"
        )

    def test_to_nothing_shows_its_marks(self) -> None:
        assert shown("[here]() and [*there*]( )") == "<p>[here]() and [<em>there</em>]()</p>"

    def test_without_a_text_is_refused(self) -> None:
        for body in ("words [](http://b.c)", "words [\u200b](http://b.c)", "[\\\n](http://b.c) x"):
            with pytest.raises(Unshowable, match="A link needs a text"):
                markup.check(body)

    def test_is_never_made_of_a_bare_address(self) -> None:
        assert shown("See http://example.org/.") == "<p>See http://example.org/.</p>"

    def test_address_can_be_asked_for_alone(self) -> None:
        assert markup.web_address("https://español.es/") == "https://xn--espaol-zwa.es/"
        assert markup.web_address("javascript:alert(1)") is None
        assert markup.web_address("example.org") is None


class TestReadersMarkdown:
    @pytest.mark.parametrize(
        ("body", "html"),
        [
            ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
            ("a\n\n\n\nc", "<p>a</p>\n<p>c</p>"),
            ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
            ("> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
            ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
            ("    a <b>", "<pre><code>a &lt;b&gt;\n</code></pre>"),
            ("```\na\n```", "<pre><code>a\n</code></pre>"),
            ("```python and more\na\n```", "<pre><code>python and more\na\n</code></pre>"),
            ("~~~ alone", "<pre><code>alone\n</code></pre>"),
            ("# a\n\nb\n===\n\n---", "<p># a</p>\n<p>b<br>\n===</p>\n<p>---</p>"),
            ("AT&amp;T &copy; &lt;b&gt; &#60;i&#x3e;", "<p>AT&amp;T © &lt;b&gt; &lt;i&gt;</p>"),
            (
                "&amp;lt; `&lt;` &nosuch; &lt",
                "<p>&amp;lt; <code>&amp;lt;</code> &amp;nosuch; &amp;lt</p>",
            ),
            ("&#8238;a&#1;&#xFEFF;b", "<p>&amp;#8238;a\ufffd&amp;#xFEFF;b</p>"),
            ("&#42;a&#42; 1&#46; &#91;b](http://c.d)", "<p>*a* 1. [b](http://c.d)</p>"),
            ("[a]\n\n[a]: http://b.c", "<p>[a]</p>\n<p>[a]: http://b.c</p>"),
            ("<b>a</b> & 1 < 2", "<p>&lt;b&gt;a&lt;/b&gt; &amp; 1 &lt; 2</p>"),
            ("![a](http://b.c/d.png)", None),
            ("{{ 7*7 }} {: .a }", "<p>{{ 7*7 }} {: .a }</p>"),
            ("", ""),
        ],
    )
    def test_becomes(self, body: str, html: str | None) -> None:
        if html is None:
            assert "<img" not in shown(body)
        else:
            assert shown(body) == html

    @pytest.mark.parametrize("name", hostile.HONEST)
    def test_of_honest_people_is_accepted_and_whole(self, name: str) -> None:
        body = hostile.HONEST[name]
        markup.check(body)
        assert markup.clean_body(body) == body
        assert letters(markup.plain(body, Markup.MARKDOWN)) == letters(body)

    @given(soup | st.text())
    def test_without_marks_takes_a_shorter_way_to_the_same_html(self, text: str) -> None:
        body = markup.clean_body(text)
        if not markdown.has_marks(body):
            long = rendering._sanitiser().clean(markdown.read(body).html).strip()
            assert rendering._paragraphs(body) == long

    @given(soup | st.text())
    def test_that_is_accepted_is_not_shown_as_its_source(self, text: str) -> None:
        if not reason_against(text):
            assert not re.match("<pre>(?!<code>)", shown(text))


class TestPlainText:
    def test_is_escaped_and_nothing_else(self) -> None:
        body = "*a* <b>\n[c](http://d.e) `f`\n \n\n# g & h"
        assert as_text(body) == (
            "<p>*a* &lt;b&gt;<br>\n[c](http://d.e) `f`</p>\n<p># g &amp; h</p>"
        )

    def test_may_be_of_any_length(self) -> None:
        assert as_text("word " * 100_000).startswith("<p>word ")

    @given(soup | st.text())
    def test_is_shown_character_for_character(self, text: str) -> None:
        def squeezed(some: str) -> list[str]:
            return some.split()

        body = markup.clean_body(text)
        assert squeezed(markup.plain(body, Markup.TEXT)) == squeezed(body)


class TestTheVisibleText:
    def test_has_no_tags_and_a_line_for_each_line(self) -> None:
        body = "**a** & [b](http://c.d)\ne\n\n- f\n- g <h>"
        assert markup.plain(body, Markup.MARKDOWN).split() == ["a", "&", "b", "e", "f", "g", "<h>"]
        assert markup.plain("a\nb\n\nc", Markup.MARKDOWN) == "a\nb\nc"


class TestEveryWord:
    @given(soup_without_targets)
    def test_of_an_accepted_text_is_seen(self, text: str) -> None:
        if not reason_against(text):
            seen = seen_in(text)
            assert all(word in seen for word in words(read(text)))

    @given(soup_without_targets)
    def test_is_kept_by_markdown_alone(self, text: str) -> None:
        # Only the title of a link can lose words, and these texts have no links with titles.
        assert not reason_against(text).startswith("Nobody would see")

    @given(soup)
    def test_of_a_refused_text_is_seen_too_should_it_ever_be_shown(self, text: str) -> None:
        if reason_against(text).startswith("Nobody would see"):
            seen = markup.plain(text, Markup.MARKDOWN)
            assert letters(seen) == letters(markup.clean_body(text))

    @pytest.mark.parametrize(
        ("body", "lost"),
        [
            ('[a](http://b.c "two words")', "“two”, “words”"),
            ("[a](http://b.c 'w')", "“w”"),
            ('[a](http://b.c "1 2 3 4 5 6 7")', "“1”, “2”, “3”, “4”, “5”"),
        ],
    )
    def test_that_would_be_lost_is_named(self, body: str, lost: str) -> None:
        with pytest.raises(Unshowable) as refusal:
            markup.check(body)
        assert refusal.value.values == {"words": lost}

    def test_lost_by_the_sanitiser_is_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Careless:
            def clean(self, html: str) -> str:
                return html.replace("words", "")

        monkeypatch.setattr(rendering, "_sanitiser", Careless)
        with pytest.raises(Unshowable):
            markup.check("*some* words")

    def test_dropped_by_the_parser_is_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # Past its own limit the parser drops the text in silence.
        monkeypatch.setattr(rendering, "MAX_NESTING", 1000)
        with pytest.raises(Unshowable, match="“words”"):
            markup.check("> " * 150 + "words")


class TestChecking:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ("", "There is nothing to read"),
            (" \n\t\n", "There is nothing to read"),
            ("\u200b\u200d", "There is nothing to read"),
            ("\u3164\uffa0", "There is nothing to read"),
            ("> \n> -", "There is nothing to read"),
            ("```\n```", "There is nothing to read"),
            ("\ud800\x00\u202e", "There is nothing to read"),
            ("a" * 8001, "it has 8001 characters, and at most 8000 fit"),
            ("\u4e2d" * 6000, "please leave out about 540 characters"),
            ("\U0001f44d" * 8000, "please leave out about 3905 characters"),
            ("a\n" * 400 + "a", "has 401 lines, and at most 400 fit"),
            ("[a](http://b.c) " * 21, "has 21 links, and at most 20 fit"),
            ("<http://b.c> " * 21, "has 21 links, and at most 20 fit"),
            ("[a](http:/\\/b.c) " * 21, "has 21 links, and at most 20 fit"),
            ("> " * 9 + "a", "at most 8 fit"),
            ("- " * 9 + "a", "at most 8 fit"),
            ("\n".join("  " * step + "- a" for step in range(9)), "at most 8 fit"),
            ("*a " * 9 + "a* " * 9, "at most 8 fit"),
            ("> - " * 4 + "*a*", "at most 8 fit"),
            ("- " * 300 + "a", "at most 8 fit"),
            (("- " * 8 + "a\n") * 400, "too many lists, quotations or emphases"),
            ("e" + "\u0301" * 9, "too many accents on one letter"),
            ("e" + "\u0301\u200d" * 9, "too many accents on one letter"),
            ("e" + "&#769;" * 9, "too many accents on one letter"),
            ("&#32; &nbsp;\n&zwj;", "There is nothing to read"),
        ],
    )
    def test_refuses(self, body: str, reason: str) -> None:
        with pytest.raises(Unshowable, match=re.escape(reason)):
            markup.check(body)

    @pytest.mark.parametrize(
        "body",
        [
            "?",
            "👍",
            "a" * 8000,
            "é" * 8000,
            "\n".join("a" * 400),
            "[a](http://b.c) " * 20,
            "> " * 8 + "a",
            "- " * 8 + "a",
            "\n".join("  " * step + "- a" for step in range(8)),
            "e" + "\u0301" * 8,
            "http://b.c " * 30,
            "**a** " * 1300,
            "- *ab*, `cd` and **ef**\n" * 300,
        ],
    )
    def test_accepts_up_to_the_limits(self, body: str) -> None:
        markup.check(body)
        assert not shown(body).startswith("<pre>")

    @pytest.mark.parametrize("body", ["word\n" * 500, "> " * 40 + "words", "[](http://b.c) words"])
    def test_leaves_a_text_that_staff_wrote_past_the_limits_to_be_shown_whole(
        self, body: str
    ) -> None:
        with pytest.raises(Unshowable):
            markup.check(body)
        assert shown(body).startswith("<pre>")
        assert letters(markup.plain(body, Markup.MARKDOWN)) == letters(body)

    def test_says_it_in_plain_words_that_can_be_translated(self) -> None:
        with pytest.raises(Unshowable) as refusal:
            markup.check("a" * 8001)
        assert refusal.value.message % {"count": 1, "limit": 2}
        assert refusal.value.values == {"count": 8001, "limit": 8000}

    def test_survives_a_parser_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(text: str) -> markdown.Reading:
            raise RecursionError

        monkeypatch.setattr(markdown, "read", fail)
        assert shown("*a* <b>") == "<pre>*a* &lt;b&gt;</pre>"


class TestTheSecondOpinion:
    @pytest.mark.parametrize(
        ("safe", "unsanitised"),
        [
            ("<p>a</p><script>x</script>", "<p>a</p>"),
            ("<p>a</p>", "<p>a <em>b</em></p>"),
            ('<p><a href="http://b.c/">a</a></p>', "<p><a>a</a></p>"),
            ('<p><a href="http://b.c/">a</a></p>', '<p><a href="http://b.d/">a</a></p>'),
            ("<p>a</p><p>b</p>", "<p>a b</p>"),
            ('<p>a" rel="nofollow ugc noopener"&gt;</p>', '<p>a"&gt;</p>'),
            ('<p>&lt;a href="" rel="nofollow ugc noopener"&gt;</p>', '<p>&lt;a href=""&gt;</p>'),
            (
                '<p><a href="http://b.c/" rel="nofollow ugc noopener">a</a></p>',
                '<p><a href="http://d.e/">a</a></p>',
            ),
        ],
    )
    def test_differs_where_the_trees_differ(
        self, monkeypatch: pytest.MonkeyPatch, safe: str, unsanitised: str
    ) -> None:
        made = rendering.Rendering(safe, unsanitised)
        monkeypatch.setattr(second_opinion, "rendering", lambda *_: made)
        assert not second_opinion.agrees("a", Markup.MARKDOWN)

    def test_needs_no_third_parser_for_what_people_write(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(second_opinion, "_tree")
        assert second_opinion.agrees(ORDINARY, Markup.MARKDOWN)

    def test_does_not_mind_who_writes_rel(self) -> None:
        assert second_opinion.agrees(
            "[a](http://b.c) <http://d.e> 'f' \"g\" & \xa0", Markup.MARKDOWN
        )

    def test_is_no_when_a_parser_gives_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(html: str) -> str:
            raise AssertionError

        monkeypatch.setattr(second_opinion, "_bleached", fail)
        assert not second_opinion.agrees("a", Markup.MARKDOWN)


class TestCleaningALine:
    @pytest.mark.parametrize("name", hostile.ONE_LINE)
    def test_leaves_one_line_that_a_header_can_hold(self, name: str) -> None:
        line = markup.clean_line(hostile.ONE_LINE[name])
        assert is_one_line(line)
        assert line.splitlines() in ([], [line])
        assert line == line.strip()

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("  Ana \t\n María  ", "Ana María"),
            ("Ana\r\nBcc: x", "Ana Bcc: x"),
            ("A\u0301na", "Ána"),
            ("Ana\u2028Eva\x85Ada", "Ana Eva Ada"),
            ("A\x00n\x08a\ud800\ufeff\u202e\uffff", "Ana"),
            ("\xa0\u2003Ana\u3000", "Ana"),
            ("e" + "\u0332" * 50 + "va", "e" + "\u0332" * 8 + "va"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("\u202e\u2066", ""),
            ("", ""),
        ],
    )
    def test_becomes(self, text: str, line: str) -> None:
        assert markup.clean_line(text) == line

    @given(st.text() | soup)
    def test_twice_is_the_same_as_once(self, text: str) -> None:
        line = markup.clean_line(text)
        assert markup.clean_line(line) == line
        assert is_one_line(line)

    def test_takes_no_longer_than_it_must(self) -> None:
        assert is_cheap(markup.clean_line, "a" + "\u0301" * 100_000)


class TestCleaningABody:
    @pytest.mark.parametrize(
        ("text", "body"),
        [
            ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
            ("\n \n\ta\n\n", "\ta"),
            ("    code\n", "    code"),
            ("a  \nb  \n", "a  \nb  "),
            ("A\u0301", "A\u0301"),
            ("a\x00\x1b\x7f\x9fb\ttab", "ab\ttab"),
            ("\ufeffa\u200e\u202e\u2066\u061c\ufdd0\U0001ffff\ud800b", "ab"),
            ("\u200d\u200c\ufe0f", "\u200d\u200c\ufe0f"),
            ("\r\n\r\n", ""),
        ],
    )
    def test_becomes(self, text: str, body: str) -> None:
        assert markup.clean_body(text) == body

    @given(st.text() | soup)
    def test_twice_is_the_same_as_once(self, text: str) -> None:
        body = markup.clean_body(text)
        assert markup.clean_body(body) == body
        assert not body.startswith("\n")
        assert not body.endswith("\n")
        assert "\r" not in body
        assert body.encode("utf-8").decode("utf-8") == body

    @given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Zl", "Zp"])))
    def test_keeps_every_other_character(self, text: str) -> None:
        assert markup.clean_body(f"a{text}b") == f"a{text}b"


class TestWhatIsVisible:
    @pytest.mark.parametrize("text", ["a", " .", "\u200b1", "👍", "ñ", "€"])
    def test_is_a_letter_a_digit_a_sign(self, text: str) -> None:
        assert markup.is_visible(text)

    @pytest.mark.parametrize(
        "text", ["", " ", "\u200b", "\u0301", "\u3164", "\ufe0f\u200d", "\xad"]
    )
    def test_is_not_a_space_a_joiner_or_a_mark_alone(self, text: str) -> None:
        assert not markup.is_visible(text)


BOMBS = hostile.bombs()


class TestABomb:
    @pytest.mark.parametrize("name", BOMBS)
    def test_costs_less_than_a_second_and_is_harmless(self, name: str) -> None:
        bomb = BOMBS[name]
        assert is_cheap(markup.render, bomb, Markup.MARKDOWN)
        assert is_cheap(reason_against, bomb)
        assert is_cheap(second_opinion.agrees, bomb, Markup.MARKDOWN)
        html = shown(bomb)
        assert len(html) < 48 * 1024
        assert findings(html) == []

    @pytest.mark.parametrize("name", hostile.bombs(16 * 1024))
    def test_of_16_kilobytes_costs_next_to_nothing(self, name: str) -> None:
        bomb = hostile.bombs(16 * 1024)[name]
        assert is_cheap(reason_against, bomb)
        assert is_cheap(markup.render, bomb, Markup.MARKDOWN)


class TestThreads:
    def test_render_and_judge_at_the_same_time(self) -> None:
        bodies = [body for bodies in hostile.BODIES.values() for body in bodies][::5] * 2

        def work(body: str) -> str:
            return json.dumps([shown(body), second_opinion.agrees(body, Markup.MARKDOWN)])

        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(work, bodies))
        assert together == [work(body) for body in bodies]
