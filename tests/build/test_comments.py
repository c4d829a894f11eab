"""Comments as part of the page."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from tertulia_plugins.comments.reading import Filed, Reading, orphans, read_comments
from tertulia_plugins.comments.views import Talk, Thread, talk

from comments_service import commentfile
from comments_service.domain.comments import Comment, Entry, Kind, WithdrawnBy
from comments_service.domain.threads import Order

from .conftest import NOW, SITE_TOML, NewBlog, SmallBlog, text_of


def read(blog: SmallBlog) -> Reading:
    return read_comments(blog.folder / "content/comments")


def talk_of(blog: SmallBlog, thread: str = "una", order: Order = Order.OLDEST) -> Talk:
    return talk(read(blog).threads[thread], order, "permanent")


class TestReading:
    def test_gives_the_comments_by_thread_with_the_digest_of_their_file(
        self, small_blog: SmallBlog
    ) -> None:
        first, second = small_blog.comment("una"), small_blog.comment("una")
        other = small_blog.comment("otra")
        reading = read(small_blog)
        assert [filed.entry for filed in reading.threads["una"]] == [first, second]
        assert reading.threads["otra"] == (
            Filed(other, commentfile.digest(commentfile.dumps(other))),
        )
        assert reading.faults == ()

    def test_no_folder_holds_nothing(self, tmp_path: Path) -> None:
        assert read_comments(tmp_path / "none") == Reading({}, ())

    def test_leaves_alone_what_is_not_a_comment_by_design(self, small_blog: SmallBlog) -> None:
        small_blog.write("content/comments/_site/rules.md", "no comment")
        small_blog.write("content/comments/una/.01k9x8c7j3s5m2q4r6t8v0w1y2.tmp", "half")
        small_blog.write("content/comments/.gitkeep", "")
        assert read(small_blog) == Reading({"una": ()}, ())

    @pytest.mark.parametrize(
        ("path", "text", "key", "reason"),
        [
            ("notas.txt", "x", "", "is not a folder of comments"),
            ("Una/a.md", "x", "", "is not a folder of comments"),
            ("una/nota.md", "x", "", "is not named like a comment"),
            ("una/01k9x8c7j3s5m2q4r6t8v0w1y2.txt", "x", "", "is not named like a comment"),
            ("una/01k9x8c7j3s5m2q4r6t8v0w1y2.md", "id: nothing\n\nx\n", "id", ""),
        ],
    )
    def test_tells_a_file_that_it_cannot_use(
        self, small_blog: SmallBlog, path: str, text: str, key: str, reason: str
    ) -> None:
        good = small_blog.comment("una")
        small_blog.write(f"content/comments/{path}", text)
        reading = read(small_blog)
        assert [filed.entry for filed in reading.threads["una"]] == [good]
        (fault,) = reading.faults
        assert fault.key == key
        assert reason in fault.explain()
        assert f"content/comments/{path}".startswith(fault.file)

    @pytest.mark.parametrize("key", ["id", "thread"])
    def test_tells_a_comment_that_lies_in_another_place(
        self, small_blog: SmallBlog, key: str
    ) -> None:
        path = small_blog.file(small_blog.comment("una"))
        place = {
            "id": path.with_name("01k9x8c7j3s5m2q4r6t8v0w1y2.md"),
            "thread": path.parent.with_name("otra") / path.name,
        }[key]
        place.parent.mkdir(exist_ok=True)
        path.rename(place)
        (fault,) = read(small_blog).faults
        assert fault.key == key
        assert fault.file == str(place.relative_to(small_blog.folder))

    def test_follows_no_symbolic_link(self, small_blog: SmallBlog, tmp_path: Path) -> None:
        path = small_blog.file(small_blog.comment("otra"))
        outside = tmp_path / "outside"
        path.parent.rename(outside)
        comments = small_blog.folder / "content/comments"
        (comments / "otra").symlink_to(outside)
        (comments / "una").mkdir()
        (comments / "una" / path.name).symlink_to(outside / path.name)
        reading = read(small_blog)
        assert reading.threads == {"una": ()}
        assert [fault.file for fault in reading.faults] == [
            "content/comments/otra",
            f"content/comments/una/{path.name}",
        ]

    def test_is_not_held_by_a_named_pipe(self, small_blog: SmallBlog) -> None:
        folder = small_blog.file(small_blog.comment("una")).parent
        os.mkfifo(folder / "01k9x8c7j3s5m2q4r6t8v0w1y2.md")
        assert len(read(small_blog).faults) == 1

    def test_names_the_threads_that_nothing_has(self, small_blog: SmallBlog) -> None:
        small_blog.comment("otra")
        small_blog.write("content/comments/vacia/thread.md", "")
        faults = list(orphans(read(small_blog).threads, {"una"}))
        assert [fault.file for fault in faults] == ["content/comments/otra"]


class TestATalk:
    def test_stands_in_the_order_of_the_setting(self, small_blog: SmallBlog) -> None:
        ids = [small_blog.comment("una").id for _ in range(3)]
        newest = talk_of(small_blog, order=Order.NEWEST)
        assert [branch.top.id for branch in newest.comments] == ids[::-1]
        assert [branch.top.number for branch in newest.comments] == [3, 2, 1]
        assert newest.last is newest.comments[0].top

    def test_keeps_true_parents_below_one_level(self, small_blog: SmallBlog) -> None:
        first = small_blog.comment("una", author="Aitor")
        second = small_blog.comment("una", in_reply_to=first.id)
        third = small_blog.comment("una", in_reply_to=second.id)
        (branch,) = talk_of(small_blog).comments
        assert [reply.id for reply in branch.replies] == [second.id, third.id]
        assert branch.replies[1].parent is branch.replies[0]
        assert branch.replies[0].parent is branch.top
        assert branch.top.parent is None

    def test_lifts_a_reply_whose_parent_is_gone(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una", in_reply_to="01k9x8c7j3s5m2q4r6t8v0w1y2")
        (branch,) = talk_of(small_blog).comments
        assert branch.top.parent is None

    def test_counts_what_can_be_read(self, small_blog: SmallBlog) -> None:
        question = small_blog.comment("una")
        small_blog.comment("una", kind=Kind.ANSWER, in_reply_to=question.id)
        small_blog.tombstone("una", WithdrawnBy.READER)
        small_blog.comment("una", kind=Kind.WEBMENTION)
        found = talk_of(small_blog)
        assert found.count == 2
        assert found.last is not None
        assert found.last.is_answer
        assert [link.kind for link in found.linkbacks] == ["webmention"]

    def test_keeps_the_place_of_a_withdrawn_comment(self, small_blog: SmallBlog) -> None:
        stone = small_blog.tombstone("una", WithdrawnBy.INSTITUTION)
        reply = small_blog.comment("una", in_reply_to=stone.id)
        (branch,) = talk_of(small_blog).comments
        assert (branch.top.withdrawn, branch.top.number) == ("institution", stone.number)
        assert (branch.top.html, branch.top.author) == ("", "")
        assert branch.replies[0].id == reply.id

    def test_can_be_numbered_by_position_as_it_is_read(self, small_blog: SmallBlog) -> None:
        first = small_blog.comment("una", number=7)
        small_blog.comment("una", number=8, in_reply_to=first.id)
        small_blog.comment("una", number=9)
        small_blog.comment("una", number=4, kind=Kind.PINGBACK)
        found = talk(read(small_blog).threads["una"], Order.OLDEST, "position")
        shown = [view for each in found.comments for view in (each.top, *each.replies)]
        assert [view.number for view in shown] == [1, 2, 3]
        assert [view.number for view in found.linkbacks] == [1]

    def test_holds_a_chain_of_two_thousand_replies(self, small_blog: SmallBlog) -> None:
        parent = None
        for _ in range(2000):
            parent = small_blog.comment("una", in_reply_to=parent).id
        (branch,) = talk_of(small_blog).comments
        assert len(branch.replies) == 1999
        assert repr(branch.replies[-1])
        assert branch.replies[-1] != branch.replies[-2]
        built = small_blog.built()
        assert built.page("/2026/11/una/").count("data-digest=") == 2000
        assert built.page("/2026/11/una/comentarios.atom.xml").count("<entry>") == 50


class TestTheForm:
    @pytest.mark.parametrize(
        ("lang", "id", "expected"),
        [
            ("", None, "https://x.example/comentar/una#comentar"),
            ("", "01k", "https://x.example/comentar/una?responder=01k#comentar"),
            ("eu", None, "https://x.example/comentar/una?idioma=eu#comentar"),
            ("eu", "01k", "https://x.example/comentar/una?responder=01k&idioma=eu#comentar"),
        ],
    )
    def test_has_an_address_for_each_reply_and_language(
        self, lang: str, id: str | None, expected: str
    ) -> None:
        assert Thread("una", "https://x.example", lang=lang).form_url(id) == expected


class TestThePage:
    def test_shows_each_comment_at_its_anchor_with_its_digest(self, small_blog: SmallBlog) -> None:
        comment = small_blog.comment("una", "Hola, *gente*", author="Íñigo")
        page = small_blog.built().page("/2026/11/una/")
        digest = commentfile.digest(commentfile.dumps(comment))
        assert f'id="comment-{comment.id}" data-digest="{digest}"' in page
        assert "<p>Hola, <em>gente</em></p>" in page
        assert "Íñigo" in page
        assert f'<li value="{comment.number}">' in page

    def test_shows_one_talk_in_every_language(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu", thread="una")
        small_blog.comment("una", "Hola a todo el mundo")
        built = small_blog.built()
        for address in ("/2026/11/una/", "/eu/2026/11/bat/"):
            assert "Hola a todo el mundo" in built.page(address)
            assert "/2026/11/una/comentarios.atom.xml" in built.page(address)
        assert "/comentar/una?responder=" in built.page("/2026/11/una/")
        assert "&amp;idioma=eu#comentar" in built.page("/eu/2026/11/bat/")

    def test_can_take_the_oldest_first_and_positions(self, new_blog: NewBlog) -> None:
        blog = new_blog(
            'name = "X"\naddress = "https://x.example"\nlanguages = ["es"]\n'
            '[comments]\norder = "oldest"\nnumbering = "position"\n'
        )
        blog.article("una")
        blog.comment("una", "La primera", number=5)
        blog.comment("una", "La segunda", number=6)
        page = blog.built().page("/2026/11/una/").split("<main")[1]
        assert page.index("La primera") < page.index("La segunda")
        assert page.index('<li value="1">') < page.index('<li value="2">')


def article_of(page: str, comment: Entry) -> str:
    """The HTML of one comment."""
    return page.split(f'id="comment-{comment.id}"')[1].split("</article>")[0]


class TestAReply:
    def test_and_its_parent_lead_to_each_other(self, small_blog: SmallBlog) -> None:
        question = small_blog.comment("una", author="Aitor")
        reply = small_blog.comment("una", in_reply_to=question.id, author="Nerea")
        other = small_blog.comment("una", in_reply_to=question.id)
        third = small_blog.comment("una", in_reply_to=reply.id)
        page = small_blog.built().page("/2026/11/una/")
        assert text_of(article_of(page, reply)).count("en respuesta a Aitor ( #1 )") == 1
        assert f'href="#comment-{question.id}">#1</a>' in article_of(page, reply)
        assert "en respuesta a Nerea ( #2 )" in text_of(article_of(page, third))
        assert "Respuestas: #2 , #3" in text_of(article_of(page, question))
        for each in (reply, other):
            assert f'href="#comment-{each.id}">#{each.number}</a>' in article_of(page, question)
        assert "Respuestas:" not in article_of(page, third)

    def test_to_a_withdrawn_comment_names_nobody(self, small_blog: SmallBlog) -> None:
        stone = small_blog.tombstone("una", WithdrawnBy.READER)
        reply = small_blog.comment("una", in_reply_to=stone.id)
        page = small_blog.built().page("/2026/11/una/")
        assert "en respuesta al comentario #1" in text_of(article_of(page, reply))
        assert "Respuestas: #2" in text_of(article_of(page, stone))

    def test_finds_its_parent_in_a_closed_conversation(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", comments="closed")
        question = small_blog.comment("una")
        small_blog.comment("una", in_reply_to=question.id)
        page = small_blog.built().page("/2026/11/una/")
        assert "Respuestas: #2" in text_of(article_of(page, question))
        assert "Responder" not in page


class TestTheAuthor:
    def answered(self, blog: SmallBlog, name: str, kind: Kind = Kind.ANSWER) -> tuple[str, str]:
        """The page where somebody of this name spoke, and what they said there."""
        question = blog.comment("una")
        answer = blog.comment(
            "una",
            kind=kind,
            author=name,
            in_reply_to=question.id,
            position="Técnica" if kind is Kind.ANSWER else None,
            department="Medio Ambiente" if kind is Kind.ANSWER else None,
        )
        page = blog.built().page("/2026/11/una/")
        return page, article_of(page, answer)

    def test_takes_part_by_an_answer_under_the_own_name(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", authors="Darío Modelo, Ada Gil")
        page, answer = self.answered(small_blog, "Ada Gil")
        head = page.split('id="comentarios"')[1].split('<ol class="comments">')[0]
        assert "Quien escribió la entrada participa en la conversación" in head
        assert "Respuesta de la institución Quien escribió la entrada" in text_of(answer)
        assert "Técnica, Medio Ambiente" in answer

    def test_of_the_post_in_another_language_is_the_author_too(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", author="Ada Gil")
        small_blog.article("bat", lang="eu", thread="una", author="Miren Gil")
        _, answer = self.answered(small_blog, "Miren Gil")
        assert "Quien escribió la entrada" in answer

    def test_is_nobody_else_from_the_institution(self, small_blog: SmallBlog) -> None:
        small_blog.article("una", author="Ada Gil")
        page, answer = self.answered(small_blog, "Darío Modelo")
        assert "El autor participa" not in page
        assert "Quien escribió la entrada" not in answer

    @pytest.mark.parametrize("kind", [Kind.COMMENT, Kind.WEBMENTION])
    def test_is_no_reader_who_takes_the_name(self, small_blog: SmallBlog, kind: Kind) -> None:
        small_blog.article("una", author="Ada Gil")
        page, _ = self.answered(small_blog, "Ada Gil", kind)
        assert "El autor participa" not in page
        assert "Quien escribió la entrada" not in page


class TestTheHeadOfTheConversation:
    def test_leads_to_the_latest_and_to_the_form(self, small_blog: SmallBlog) -> None:
        old = small_blog.comment("una")
        last = small_blog.comment("una", in_reply_to=old.id)
        page = small_blog.built().page("/2026/11/una/")
        head = page.split('id="comentarios"')[1].split('<ol class="comments">')[0]
        assert f'<a href="#comment-{last.id}">Ir al último</a>' in head
        assert '<a href="#comentar">Escribir un comentario</a>' in head
        assert '<a href="#comentarios">Ir a los comentarios (2)</a>' in page.split("<h1")[1]

    def test_leads_to_following_it_by_mail_where_mail_is_sent_and_comments_are_taken(
        self, new_blog: NewBlog
    ) -> None:
        link = 'href="https://blog.pruebas.example/seguir/%s" rel="nofollow">Seguir por correo</a>'
        for asks in (False, True):
            blog = new_blog(f"{SITE_TOML}\n[comments]\nask_email = {str(asks).lower()}\n")
            blog.article("una")
            blog.article("cerrada", comments="closed")
            blog.article("bat", lang="eu", thread="una")
            built = blog.built()
            assert (link % "una" in built.page("/2026/11/una/")) is asks
            assert "/seguir/" not in built.page("/2026/11/cerrada/")
            assert ("/seguir/una?idioma=eu" in built.page("/eu/2026/11/bat/")) is asks

    @pytest.mark.parametrize(
        ("said", "heading"),
        [(0, "No hay comentarios:"), (1, "1 comentario:"), (5, "5 comentarios:")],
    )
    def test_says_how_many_there_are(self, small_blog: SmallBlog, said: int, heading: str) -> None:
        for _ in range(said):
            small_blog.comment("una")
        page = small_blog.built().page("/2026/11/una/")
        assert f'<h2 id="comentarios-titulo">{heading}</h2>' in page
        assert ("Ir al último" in page) is bool(said)


class TestWhatReadersMayDoAboutAComment:
    """Plain links to the service; nothing is counted on a page."""

    @staticmethod
    def links(page: str, comment: Comment) -> list[str]:
        """The acts that the comment's own foot leads to."""
        return re.findall(rf'href="[^"]+/comentar/una/{comment.id}/(\w+)[?"]', page)

    def test_is_to_want_it_answered_too_until_it_is_and_to_tell_of_a_problem(
        self, small_blog: SmallBlog
    ) -> None:
        waits, answered = small_blog.comment("una"), small_blog.comment("una")
        given = {"kind": Kind.ANSWER, "answers": answered.id, "in_reply_to": answered.id}
        answer = small_blog.comment("una", **given)
        page = small_blog.built().page("/2026/11/una/")
        assert self.links(page, waits) == ["tambien", "avisar"]
        assert self.links(page, answered) == ["avisar"]
        assert self.links(page, answer) == []

    def test_says_which_comment_it_is_about_and_is_for_no_search_engine(
        self, small_blog: SmallBlog
    ) -> None:
        comment = small_blog.comment("una", author="Aitor <1>")
        page = small_blog.built().page("/2026/11/una/")
        found = re.findall(rf'<a ([^>]*{comment.id}/\w+"[^>]*)>(.*?)</a>', page)
        assert len(found) == 2
        for attributes, name in found:
            assert 'rel="nofollow"' in attributes
            assert f": Aitor &lt;1&gt;, #{comment.number}" in name

    def test_of_a_closed_conversation_is_only_to_tell_of_a_problem(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", comments="closed")
        comment = small_blog.comment("una")
        page = small_blog.built().page("/2026/11/una/")
        assert self.links(page, comment) == ["avisar"]

    def test_is_what_the_institution_wants(self, new_blog: NewBlog) -> None:
        blog = new_blog(f"{SITE_TOML}\n[comments]\nme_too = false\nreports = false\n")
        blog.article("una")
        comment = blog.comment("una")
        assert self.links(blog.built().page("/2026/11/una/"), comment) == []

    def test_is_nothing_where_a_comment_was_withdrawn(self, small_blog: SmallBlog) -> None:
        stone = small_blog.tombstone("una", WithdrawnBy.INSTITUTION)
        page = small_blog.built().page("/2026/11/una/")
        assert f"{stone.id}/" not in page

    def test_speaks_the_language_of_the_page(self, small_blog: SmallBlog) -> None:
        small_blog.article("bat", lang="eu", thread="una")
        comment = small_blog.comment("una")
        page = small_blog.built().page("/eu/2026/11/bat/")
        assert f"/comentar/una/{comment.id}/avisar?idioma=eu" in page


class TestAComment:
    def test_is_an_article_under_a_heading_that_says_number_name_and_day(
        self, small_blog: SmallBlog
    ) -> None:
        comment = small_blog.comment("una", author="Íñigo", lang="eu", number=4)
        html = article_of(small_blog.built().page("/2026/11/una/"), comment)
        heading = html.split("<h3")[1].split("</h3>")[0]
        assert text_of(heading).endswith("Comentario 4, de Íñigo , 19 de noviembre de 2026")
        assert 'dir="auto" lang="eu"' in html


class TestLinksFromElsewhere:
    def test_have_a_list_and_numbers_of_their_own(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una")
        link = small_blog.comment("una", kind=Kind.TRACKBACK, number=1, url="https://b.example/x")
        page = small_blog.built().page("/2026/11/una/")
        assert ">1 comentario:<" in page
        listed = page.split('<ol class="linkbacks">')[1].split("</ol>")[0]
        assert f'id="comment-{link.id}"' in listed
        assert '<li value="1">' in listed
        assert 'href="https://b.example/x" rel="nofollow ugc noopener"' in listed

    def test_are_not_spoken_of_where_there_are_none(self, small_blog: SmallBlog) -> None:
        assert "linkbacks" not in small_blog.built().page("/2026/11/una/")


class TestOpenAndClosed:
    def test_a_post_takes_comments_and_a_page_does_not(self, small_blog: SmallBlog) -> None:
        small_blog.article("cerrada", comments="closed")
        small_blog.page("sobre")
        small_blog.page("normas", comments="open")
        built = small_blog.built()
        assert "<form" in built.page("/2026/11/una/")
        assert "<form" not in built.page("/2026/11/cerrada/")
        assert "<form" not in built.page("/sobre/")
        assert "<form" in built.page("/normas/")

    def test_a_closed_one_speaks_of_what_was_said_only_where_something_was(
        self, small_blog: SmallBlog
    ) -> None:
        small_blog.article("una", comments="closed")
        small_blog.article("muda", comments="closed")
        small_blog.comment("una")
        built = small_blog.built()
        assert "Lo dicho se puede seguir leyendo" in built.page("/2026/11/una/")
        silent = text_of(built.page("/2026/11/muda/"))
        assert "Aquí ya no se admiten comentarios." in silent
        assert "Lo dicho" not in silent

    def test_another_word_is_an_error_that_names_the_file(self, small_blog: SmallBlog) -> None:
        small_blog.article("dos", comments="quizá")
        built = small_blog.build(fatal="errors")
        assert built.code != 0
        assert "articles/2026/dos.md: Comments is 'quizá'" in built.log


class TestTheReport:
    def test_names_the_faulty_files_and_stops_nothing(self, small_blog: SmallBlog) -> None:
        good = small_blog.comment("una", "Este se lee")
        broken = small_blog.file(small_blog.comment("una"))
        broken.write_bytes(broken.read_bytes().replace(b"author: ", b"autor: "))
        small_blog.comment("nadie", "el texto de un comentario")
        built = small_blog.built(fatal="warnings")
        assert f"comment-{good.id}" in built.page("/2026/11/una/")
        assert broken.stem not in built.page("/2026/11/una/")
        report = built.page("/build-report.json")
        assert report.startswith('{\n "faults": [')
        assert '"file": "content/comments/nadie"' in report
        assert f'"file": "content/comments/una/{broken.name}"' in report
        assert '"key": "autor"' in report
        assert "el texto" not in report
        assert broken.stem not in built.log

    def test_speaks_the_institutions_language(self, small_blog: SmallBlog) -> None:
        small_blog.comment("nadie")
        report = small_blog.built().page("/build-report.json")
        assert "no article or page" not in report

    def test_is_there_without_faults(self, small_blog: SmallBlog) -> None:
        assert (
            small_blog.built().page("/build-report.json") == '{\n "faults": [],\n "format": 1\n}\n'
        )


class TestTheDateOfAComment:
    def test_is_told_by_the_institutions_clocks(self, small_blog: SmallBlog) -> None:
        small_blog.comment("una", date=NOW - timedelta(days=1))
        page = small_blog.built().page("/2026/11/una/")
        assert '<time class="dt-published" datetime="2026-11-21T10:00:00+01:00">' in page
        assert "21/11/2026 a las 10:00" in page
