"""The words of HTML where a page shows them without their form."""

import json
import re

import pytest
from tertulia_plugins.words import words

from comments_service import markup
from comments_service.domain.comments import Markup

from .conftest import SmallBlog, text_of

BLOCKS = (
    "<blockquote><p>uno</p></blockquote><ul><li>dos<ul><li>tres</li></ul></li></ul>cuatro<br>cinco"
)


class TestWords:
    @pytest.mark.parametrize(
        ("html", "expected"),
        [
            (BLOCKS, "uno dos tres cuatro cinco"),
            ("<h2>Uno</h2><table><tr><th>a</th><td>b</td></tr></table><hr/>c", "Uno a b c"),
            ("<P>uno</P><DIV>dos</DIV>", "uno dos"),
            ("u<em>n</em>o, <a href='/'>d</a>os&nbsp;&lt;p&gt;tres", "uno, dos\xa0<p>tres"),
            ("<pre>uno\n\n dos</pre>", "uno dos"),
            ("<preparar>a</preparar>b", "ab"),
            ("<p class='x'>uno</p>.", "uno ."),
        ],
    )
    def test_of_two_blocks_stand_apart(self, html: str, expected: str) -> None:
        assert words(html).replace("\xa0", " ") == expected.replace("\xa0", " ")

    def test_of_a_quotation_and_a_list_in_a_comment_stand_apart(
        self, small_blog: SmallBlog
    ) -> None:
        body = "> cita\n\n- uno\n- dos\n  1. tres\n\nfin\notra"
        assert words(markup.render(body, Markup.MARKDOWN)) == "cita uno dos tres fin otra"
        small_blog.comment("una", body)
        built = small_blog.built()
        for address in ("/", "/conversaciones/"):
            assert "cita uno dos tres fin otra" in text_of(built.page(address)), address
        (data,) = re.findall(r'ld\+json">(.*?)</script>', built.page("/2026/11/una/"), re.DOTALL)[
            :1
        ]
        assert json.loads(data)[0]["comment"][0]["text"] == "cita uno dos tres fin otra"

    def test_of_a_summary_stand_apart_in_every_place(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", BLOCKS)
        small_blog.article("dos", summary=BLOCKS)
        small_blog.page("sobre", BLOCKS)
        built = small_blog.built()
        shown = {name: data.decode() for name, data in built.files().items() if name[-3:] != ".gz"}
        assert not [name for name, text in shown.items() if "tresc" in text or "unod" in text]
        for address in ("/2026/11/una/", "/2026/11/dos/", "/sobre/"):
            expected = '<meta name="description" content="uno dos tres cuatro cinco">'
            assert expected in built.page(address), address
        assert '"summary": "uno dos tres cuatro cinco"' in shown["feeds/all.json"]
        threads = json.loads(shown["threads.json"])["threads"]
        assert threads["una"]["excerpt"] == {"es": "uno dos tres cuatro cinco"}
