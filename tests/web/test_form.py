"""The form page: what a reader sees, and that no fault loses what they wrote."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import html5lib
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service import content_repo
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.comments import Comment, Kind, Markup, Tombstone, WithdrawnBy
from comments_service.store import cases
from comments_service.usecases.blog import Blog, open_blog
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.waiting import to_decide
from tests.web.pages import URL, addresses, by_id, classed, fields, text_of, title, tree, words

OLD_PAGE = Path(__file__).parents[1] / "releases/0.1.0/site/2026/10/el-mercado/index.html"
BODY = "  Primera línea\ncon «comillas» & <b>signos</b>\n\n\nÚltima."
GOOD = {"author": "Aitor", "body": BODY, "lang": "es", "website": ""}


def send(client: FlaskClient, thread: str = "hola", **changed: str) -> TestResponse:
    return client.post(f"/comentar/{thread}", data=GOOD | changed)


def kept(answer: TestResponse) -> str:
    """The text as a browser would show it again: HTML drops one newline after the tag."""
    area = next(tree(answer).iter("textarea"))
    return area.text or ""


@pytest.fixture
def parent(blog: Blog, clock: Clock) -> Comment:
    """A published comment of the thread `hola`."""
    comment = Comment(
        id=new_id(clock()),
        thread="hola",
        revision=1,
        number=4,
        kind=Kind.COMMENT,
        markup=Markup.MARKDOWN,
        author="Maite",
        date=clock(),
        body="Con **fuerza**.",
        lang="eu",
    )
    content_repo.write(blog.comments_folder, comment)
    return comment


class TestTheMenu:
    def menu(self, reader: FlaskClient, language: str) -> list[str]:
        page = tree(reader.get(f"/comentar/hola?idioma={language}"))
        nav = next(each for each in page.iter("nav") if each.get("class") == "site-nav")
        return [link.get("href") for link in nav.iter("a")]

    def test_is_that_of_the_site_in_the_pages_language(self, reader: FlaskClient) -> None:
        paths = ["/", "/conversaciones/", "/archivo/"]
        assert self.menu(reader, "es") == [f"{URL}{path}" for path in paths]
        assert self.menu(reader, "eu") == [f"{URL}/eu/", f"{URL}/eu/artxiboa/"]

    def test_is_that_of_the_first_language_where_the_site_has_no_other(
        self, reader: FlaskClient
    ) -> None:
        assert self.menu(reader, "en") == self.menu(reader, "es")


class TestTheForm:
    def test_names_and_links_its_article(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola")
        assert answer.status_code == 200
        assert "Sobre hola" in words(answer)
        assert f"{URL}/2026/11/hola/" in addresses(answer)

    def test_is_sent_to_the_address_of_the_site(self, reader: FlaskClient) -> None:
        form = next(tree(reader.get("/comentar/hola")).iter("form"))
        assert form.get("action").partition("?")[0] == f"{URL}/comentar/hola"
        assert form.get("method") == "post"

    def test_has_the_fields_of_the_articles_form(self, reader: FlaskClient) -> None:
        assert fields(reader.get("/comentar/hola")) == {
            "author": "",
            "body": "",
            "email": "",
            "lang": "es",
            "website": "",
        }

    def test_asks_for_an_address_only_where_mail_can_be_sent(
        self, blog_folder: Path, clock: Clock
    ) -> None:
        away = "https://blog.pruebas.example"
        silent = open_blog(Settings(blog=blog_folder, site_url=away))
        client = create_app(silent, clock=clock).test_client()
        assert "email" not in fields(client.get("/comentar/hola", base_url=away))
        silent.store.close()

    def test_offers_no_choice_of_language_where_there_is_one(
        self, reader: FlaskClient, blog: Blog
    ) -> None:
        file = blog.settings.blog / "content/site.toml"
        text = file.read_text("utf-8").replace('["es", "eu", "en"]', '["eu"]')
        file.write_text(text, "utf-8")
        answer = reader.get("/comentar/hola")
        assert "lang" not in fields(answer)
        assert "Iruzkinaren hizkuntza" not in words(answer)
        assert send(reader, lang="").status_code == 303
        assert to_decide(blog)[0].lang == "eu"

    def test_promises_a_day_only_where_the_institution_set_one(
        self, reader: FlaskClient, blog: Blog
    ) -> None:
        assert "Una persona lo lee antes de publicarlo." in words(reader.get("/comentar/hola"))
        file = blog.settings.blog / "content/site.toml"
        said = '[deadlines]\ndecide = 1\nanswer = 2\nregion = "ES-PV"\n'
        file.write_text(file.read_text("utf-8").replace("[contact]", f"{said}[contact]"), "utf-8")
        answer = words(reader.get("/comentar/hola"))  # on a Friday
        assert "Una persona lo lee como muy tarde el 23 de noviembre." in answer
        assert "contestamos como muy tarde el 24 de noviembre." in answer

    def test_hides_the_trap_from_people(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola")
        trap = by_id(answer, "website")
        assert trap.get("tabindex") == "-1"
        assert trap.get("autocomplete") == "off"
        assert len(classed(answer, "trap")) == 1

    def test_says_whose_data_where_and_that_it_is_no_registry(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola")
        assert "Consejo de Pruebas usa tus datos para publicar tu comentario" in words(answer)
        assert "Puedes verlos, corregirlos o borrarlos." in words(answer)
        assert "Esto no es un registro." in words(answer)
        assert f"{URL}/seguimiento/?idioma=es" in addresses(answer)
        assert f"{URL}/privacidad/" in addresses(answer)
        assert "https://sede.pruebas.example/registro" in addresses(answer)

    def test_speaks_the_language_that_the_link_asks_for(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola?idioma=eu")
        assert tree(answer).get("lang") == "eu"
        assert "«Kaixo» sarrerari buruz" in words(answer)
        assert fields(answer)["lang"] == "eu"
        assert f"{URL}/eu/2026/11/kaixo/" in addresses(answer)
        assert f"{URL}/" not in addresses(answer)  # home is /eu/

    def test_falls_back_to_the_sites_language(self, reader: FlaskClient) -> None:
        assert tree(reader.get("/comentar/hola?idioma=fr")).get("lang") == "es"

    def test_shows_the_comment_that_is_replied_to(
        self, reader: FlaskClient, parent: Comment
    ) -> None:
        answer = reader.get(f"/comentar/hola?responder={parent.id}")
        assert "Responder a Maite" in title(answer)
        assert "<strong>fuerza</strong>" in answer.text
        assert "#4" in words(answer)
        assert fields(answer)["in_reply_to"] == parent.id
        body = classed(answer, "comment__body")[0]
        assert body.get("lang") == "eu"

    def test_shows_no_comment_of_another_thread(self, reader: FlaskClient, parent: Comment) -> None:
        assert "Maite" not in reader.get(f"/comentar/otra?responder={parent.id}").text

    def test_shows_no_withdrawn_comment(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        gone = Tombstone(
            id=parent.id, thread="hola", number=4, date=parent.date, reason=WithdrawnBy.READER
        )
        content_repo.write(blog.comments_folder, gone)
        assert "Maite" not in reader.get(f"/comentar/hola?responder={parent.id}").text

    def test_stands_when_the_file_that_is_replied_to_cannot_be_read(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        (blog.comments_folder / "hola" / f"{parent.id}.md").write_text("rota")
        assert reader.get(f"/comentar/hola?responder={parent.id}").status_code == 200

    @pytest.mark.parametrize("wrong", ["../../site", "%00", "u" * 26, "01K" + "Z" * 23, "<b>"])
    def test_ignores_a_reply_to_no_id(self, reader: FlaskClient, wrong: str) -> None:
        answer = reader.get("/comentar/hola", query_string={"responder": wrong})
        assert answer.status_code == 200
        assert "in_reply_to" not in fields(answer)

    def test_tells_nobody_whether_a_comment_waits(
        self, reader: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        held, unknown = waiting().comment_id, new_id(clock())
        one = reader.get(f"/comentar/hola?responder={held}").text
        other = reader.get(f"/comentar/hola?responder={unknown}").text
        assert one.replace(held, "") == other.replace(unknown, "")

    def test_of_an_unknown_thread_is_not_found(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/nada")
        assert answer.status_code == 404
        assert "no hay ninguna entrada ni página" in words(answer)

    def test_of_a_closed_thread_says_so(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/cerrada")
        assert answer.status_code == 403
        assert "Los comentarios están cerrados" in words(answer)


class TestWhatStaffSayAboveIt:
    """The article's own heading, message and question: `otra` has all three, `hola` none."""

    MESSAGE = "<p>Lo leemos <strong>todo</strong>. &lt;b&gt;<span>Las normas</span>&lt;/b&gt;</p>"

    def test_is_what_the_article_says(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/otra")
        assert title(answer).startswith("Cuéntalo <aquí>: ")
        assert text_of(next(tree(answer).iter("h1"))) == "Cuéntalo <aquí>"
        assert self.MESSAGE in answer.text
        assert "Sin registrarte" not in words(answer)
        assert text_of(by_id(answer, "comentar-pregunta")) == "¿Y <tú>?"
        form = next(tree(answer).iter("form"))
        assert form.get("aria-describedby") == "comentar-pregunta comentar-mensaje"

    def test_stands_by_a_reply_and_a_form_that_comes_back(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        elsewhere = replace(parent, thread="otra")
        content_repo.write(blog.comments_folder, elsewhere)
        reply = reader.get(f"/comentar/otra?responder={parent.id}")
        assert text_of(next(tree(reply).iter("h1"))) == "Responder a Maite"
        back = send(reader, "otra", author="")
        assert text_of(next(tree(back).iter("h1"))) == "Cuéntalo <aquí>"
        for answer in (reply, back):
            assert self.MESSAGE in answer.text
            assert text_of(by_id(answer, "comentar-pregunta")) == "¿Y <tú>?"

    def test_names_its_language_on_a_page_in_another(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/otra?idioma=eu")
        assert by_id(answer, "comentar-pregunta").get("lang") == "es"
        assert by_id(answer, "comentar-mensaje").get("lang") == "es"

    def test_is_otherwise_what_the_institution_says_or_the_catalogue(
        self, reader: FlaskClient, blog: Blog
    ) -> None:
        answer = reader.get("/comentar/hola")
        assert "Deja un comentario" in title(answer)
        assert "Sin registrarte" in words(answer)
        assert not classed(answer, "question")
        file = blog.settings.blog / "content/site.toml"
        said = '[comments]\nheading = "Habla"\nmessage = "Te *leemos*."\n'
        file.write_text(file.read_text("utf-8").replace("[contact]", f"{said}[contact]"), "utf-8")
        answer = reader.get("/comentar/hola")
        assert "Habla" in title(answer)
        assert "<p>Te <em>leemos</em>.</p>" in answer.text


class TestTheSwitch:
    def links(self, answer: TestResponse) -> dict[str, str | None]:
        """Where it leads, by language; None for the page's own."""
        (nav,) = classed(answer, "site-languages")
        items = [next(iter(item)) for item in nav.iter("li")]
        assert all(each.get("hreflang") in (None, each.get("lang")) for each in items)
        assert [text_of(each) for each in items if each.get("aria-current")] == ["Castellano"]
        return {each.get("lang"): each.get("href") for each in items}

    def test_leads_to_the_form_in_the_languages_of_its_article(self, reader: FlaskClient) -> None:
        links = self.links(reader.get("/comentar/hola"))
        assert links == {"es": None, "eu": f"{URL}/comentar/hola?idioma=eu"}
        assert tree(reader.get("/comentar/hola?idioma=eu")).get("lang") == "eu"

    def test_keeps_what_is_replied_to(self, reader: FlaskClient, parent: Comment) -> None:
        links = self.links(reader.get(f"/comentar/hola?responder={parent.id}"))
        assert links["eu"] == f"{URL}/comentar/hola?responder={parent.id}&idioma=eu"

    def test_is_not_there_where_there_is_nothing_to_choose(self, reader: FlaskClient) -> None:
        assert not classed(reader.get("/comentar/otra"), "site-languages")

    def test_does_not_tempt_away_from_a_text_that_was_not_sent(self, reader: FlaskClient) -> None:
        assert not classed(send(reader, author=""), "site-languages")


class TestAGoodComment:
    def test_leads_to_its_receipt(self, reader: FlaskClient) -> None:
        answer = send(reader)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{URL}/seguimiento/2026-000001/")
        assert answer.headers["Location"].endswith("/recibido")

    def test_sent_twice_leads_to_the_same_receipt(self, reader: FlaskClient) -> None:
        assert send(reader).headers["Location"] == send(reader).headers["Location"]

    def test_may_come_with_fields_that_we_do_not_know(
        self, reader: FlaskClient, blog: Blog
    ) -> None:
        extra = {"decision": "approved", "state": "approved", "id": "x", "number": "1"}
        assert send(reader, **extra).status_code == 303
        assert len(to_decide(blog)) == 1

    def test_of_hours_from_a_page_built_long_ago_is_as_good_as_any(
        self, reader: FlaskClient, blog: Blog, clock: Clock
    ) -> None:
        """As the first version built it: no JavaScript, no seal, none of the newer fields."""
        page = html5lib.parse(OLD_PAGE.read_text("utf-8"), namespaceHTMLElements=False)
        form = next(each for each in page.iter("form") if "/comentar/" in each.get("action"))
        names = {each.get("name") for each in form.iter() if each.get("name")}
        assert "seal" not in names
        clock.forward(days=30, hours=3)
        sent = {name: GOOD[name] for name in names}
        assert reader.post("/comentar/hola", data=sent).status_code == 303
        (case,) = to_decide(blog)
        assert (case.author, case.notes) == ("Aitor", ())

    def test_in_a_filled_trap_is_kept_and_noted(self, reader: FlaskClient, blog: Blog) -> None:
        assert send(reader, website="http://spam.example").status_code == 303
        assert "trap" in to_decide(blog)[0].notes

    def test_may_come_as_multipart(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/hola", data=GOOD, content_type="multipart/form-data")
        assert answer.status_code == 303


class TestAQuotation:
    def body(self, reader: FlaskClient, blog: Blog, parent: Comment, body: str) -> str:
        content_repo.write(blog.comments_folder, replace(parent, body=body))
        answer = reader.get(f"/comentar/hola?citar={parent.id}")
        assert fields(answer)["in_reply_to"] == parent.id
        return fields(answer)["body"].removeprefix("\n")

    def test_is_what_readers_see_of_the_comment(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        said = "Con **fuerza** y [un enlace](https://example.org/).\nOtra línea & más."
        expected = "> Con fuerza y un enlace.\n> Otra línea & más.\n\n"
        assert self.body(reader, blog, parent, said) == expected

    def test_keeps_its_lines_and_is_no_longer_than_some_lines(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        assert self.body(reader, blog, parent, "Uno.\n\nDos.") == "> Uno.\n> Dos.\n\n"
        long = self.body(reader, blog, parent, "palabra " * 400)
        assert len(long) < 650
        assert long.endswith("palabra…\n\n")
        lines = self.body(reader, blog, parent, "\n".join(f"línea {n}" for n in range(40)))
        assert lines.count("> línea") == 8

    def test_can_be_sent_and_is_shown_as_one(
        self, reader: FlaskClient, blog: Blog, parent: Comment
    ) -> None:
        said = self.body(reader, blog, parent, "<b>1. No</b> *es* [esto](x) `así` &amp;")
        answer = reader.post("/comentar/hola/vista-previa", data=GOOD | {"body": f"{said}Pues sí."})
        assert answer.status_code == 200
        (quoted,) = tree(answer).iter("blockquote")
        assert "Pues sí." not in text_of(quoted)

    def test_of_what_is_not_public_is_empty(
        self, reader: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        held, unknown = waiting().comment_id, new_id(clock())
        one = reader.get(f"/comentar/hola?citar={held}")
        other = reader.get(f"/comentar/hola?citar={unknown}")
        assert fields(one)["body"].strip() == ""
        assert one.text.replace(held, "") == other.text.replace(unknown, "")

    @pytest.mark.parametrize("wrong", ["../../site", "%00", "u" * 26, "<b>", "a" * 9_000])
    def test_of_no_id_is_ignored(self, reader: FlaskClient, wrong: str) -> None:
        answer = reader.get("/comentar/hola", query_string={"citar": wrong})
        assert answer.status_code == 200
        assert "in_reply_to" not in fields(answer)


class TestALookAtIt:
    def look(self, reader: FlaskClient, **changed: str) -> TestResponse:
        return reader.post("/comentar/hola/vista-previa", data=GOOD | changed)

    def test_shows_the_comment_as_its_page_will(self, reader: FlaskClient) -> None:
        answer = self.look(reader, body="Con **fuerza** y <b>sin</b>.\n\n> cita")
        shown = by_id(answer, "vista-previa")
        assert [each.text for each in shown.iter("strong")][-1] == "fuerza"
        assert not list(shown.iter("b"))
        assert "Aitor" in text_of(shown)
        assert "autofocus" in shown.attrib

    def test_keeps_every_field_and_nothing_in_the_database(
        self, reader: FlaskClient, contents: Callable[[], str], parent: Comment
    ) -> None:
        before = contents()
        given = {"email": "a@example.org", "private": "1", "in_reply_to": parent.id, "lang": "eu"}
        back = self.look(reader, **given)
        assert kept(back) == BODY
        assert fields(back) | given == fields(back)
        assert contents() == before

    def test_needs_a_text_and_nothing_else(self, reader: FlaskClient) -> None:
        assert self.look(reader, author="", email="x").status_code == 200
        answer = self.look(reader, body=" ")
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        assert "vista-previa" not in {each.get("id") for each in tree(answer).iter()}

    def test_can_be_asked_for_without_a_script_and_comes_second(self, reader: FlaskClient) -> None:
        form = next(tree(reader.get("/comentar/hola")).iter("form"))
        first, second = form.iter("button")  # Enter in a field presses the first one
        assert first.get("formaction") is None
        assert second.get("formaction").partition("?")[0] == f"{URL}/comentar/hola/vista-previa"

    def test_of_a_closed_thread_gives_the_text_back(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/cerrada/vista-previa", data=GOOD)
        assert answer.status_code == 403
        assert kept(answer) == BODY


class TestTheSeal:
    def test_is_new_each_time_and_kept_by_nobody(
        self, reader: FlaskClient, contents: Callable[[], str]
    ) -> None:
        before = contents()
        answers = [reader.get("/comentar/hola/sello") for _ in range(3)]
        assert len({answer.text for answer in answers}) == 3
        assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
        assert {answer.mimetype for answer in answers} == {"text/plain"}
        assert contents() == before

    def test_makes_two_sendings_one(self, reader: FlaskClient, clock: Clock) -> None:
        seal = reader.get("/comentar/hola/sello").text
        first = send(reader, seal=seal)
        clock.forward(hours=2)
        assert send(reader, seal=seal).headers["Location"] == first.headers["Location"]

    def test_of_a_closed_thread_is_not_given(self, reader: FlaskClient) -> None:
        assert reader.get("/comentar/cerrada/sello").status_code == 403
        assert reader.get("/comentar/nada/sello").status_code == 404


class TestAPrivateComment:
    @pytest.fixture
    def link(self, reader: FlaskClient) -> str:
        address = send(reader, private="1").headers["Location"]
        return str(address).removeprefix(URL).removesuffix("/recibido")

    def test_is_told_apart_by_its_reader_and_by_staff(
        self, reader: FlaskClient, staff: FlaskClient, link: str
    ) -> None:
        assert "No se publicará." in words(reader.get(link))
        tray = staff.get("/gestion/")
        assert "Solo quiere una respuesta" in words(tray)
        assert not [each for each in addresses(tray) if each.endswith("/publicar")]

    def test_is_answered_on_its_readers_page_alone(
        self, reader: FlaskClient, staff: FlaskClient, blog: Blog, link: str
    ) -> None:
        reference = link.split("/")[2]
        page = staff.get(f"/gestion/comentario/{reference}")
        assert not [each for each in addresses(page) if each.endswith("/publicar")]
        form = fields(page, "/contestar")
        path = f"/gestion/comentario/{reference}/contestar"
        assert staff.post(path, data=form | {"body": "Te **esperamos**."}).status_code == 303
        answer = reader.get(link)
        assert "<strong>esperamos</strong>" in answer.text
        assert "nadie más puede leerlo" in words(answer)
        assert "Ada Ejemplo" in words(answer)
        assert list(blog.comments_folder.rglob("*.md")) == []
        assert "Solo quiere una respuesta" not in words(staff.get("/gestion/"))

    def test_may_stay_without_an_answer_for_a_reason(
        self, reader: FlaskClient, staff: FlaskClient, link: str
    ) -> None:
        reference = link.split("/")[2]
        page = staff.get(f"/gestion/comentario/{reference}")
        path = f"/gestion/comentario/{reference}/no-publicar"
        rules = (each for each in tree(page).iter("input") if each.get("name") == "rule")
        rule = next((each.get("value") for each in rules), "")
        form = fields(page, "/no-publicar") | {"rule": rule, "reason": "Con insultos no."}
        assert staff.post(path, data=form).status_code == 303
        assert "Con insultos no." in words(reader.get(link))


class TestAFaultyComment:
    def test_hears_of_every_fault_at_once(self, reader: FlaskClient) -> None:
        answer = send(reader, author=" ", body="")
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        summary = classed(answer, "error-summary")[0]
        assert [link.get("href") for link in summary.iter("a")] == ["#author", "#body"]
        assert "Hay un problema" in text_of(summary)

    def test_finds_the_same_words_beside_the_field(self, reader: FlaskClient) -> None:
        answer = send(reader, body="")
        summary = text_of(classed(answer, "error-summary")[0])
        beside = text_of(by_id(answer, "body-error")).removeprefix("Error: ")
        assert beside
        assert beside in summary
        field = by_id(answer, "body")
        assert field.get("aria-invalid") == "true"
        assert field.get("aria-describedby").split() == ["body-hint", "body-error"]
        assert by_id(answer, "author").get("aria-invalid") is None

    def test_is_announced_from_inside_the_summary_which_takes_the_focus(
        self, reader: FlaskClient
    ) -> None:
        summary = classed(send(reader, author=""), "error-summary")[0]
        assert summary.get("role") != "alert"
        assert [each.get("role") for each in summary] == ["alert"]
        assert summary.get("tabindex") == "-1"
        assert "autofocus" in summary.attrib

    def test_keeps_every_character(self, reader: FlaskClient) -> None:
        answer = send(reader, author="", website="x")
        assert kept(answer) == BODY
        assert fields(answer)["website"] == "x"
        answer = send(reader, author='A"><b>' * 30)
        assert fields(answer)["author"] == 'A"><b>' * 30
        assert answer.status_code == 422

    def test_keeps_every_field(self, reader: FlaskClient, parent: Comment) -> None:
        given = {
            "body": BODY,
            "email": "sin arroba <x>",
            "private": "1",
            "lang": "eu",
            "in_reply_to": parent.id,
            "seal": "x.1.y",
            "website": "z",
        }
        answer = send(reader, author="", **given)
        assert fields(answer) | {"body": kept(answer)} == {"author": ""} | given

    def test_hears_of_its_address_beside_it(self, reader: FlaskClient) -> None:
        answer = send(reader, email="aitor", author="")
        summary = classed(answer, "error-summary")[0]
        assert [link.get("href") for link in summary.iter("a")] == ["#author", "#email"]
        field = by_id(answer, "email")
        assert field.get("aria-invalid") == "true"
        assert field.get("aria-describedby") == "email-error"
        assert text_of(by_id(answer, "email-error")).removeprefix("Error: ") in text_of(summary)

    def test_shows_what_was_chosen_among_the_options(self, reader: FlaskClient) -> None:
        assert "open" not in next(tree(send(reader, author="")).iter("details")).attrib
        back = send(reader, author="", private="1")
        assert "open" in next(tree(back).iter("details")).attrib
        assert "checked" in by_id(back, "private").attrib

    def test_stays_in_the_browser_when_its_reader_looks_elsewhere(
        self, reader: FlaskClient
    ) -> None:
        for answer in (reader.get("/comentar/hola"), send(reader, author="")):
            assert "no-store" not in answer.headers["Cache-Control"]
            assert "private" in answer.headers["Cache-Control"]

    def test_keeps_its_language_and_its_parent(self, reader: FlaskClient, parent: Comment) -> None:
        answer = send(reader, author="", lang="eu", in_reply_to=parent.id)
        assert tree(answer).get("lang") == "eu"
        assert title(answer).startswith("Errorea: ")
        assert fields(answer)["in_reply_to"] == parent.id
        assert "Maite" in words(answer)

    def test_may_be_very_long_and_still_comes_back(self, reader: FlaskClient) -> None:
        long = "ñ" * 10_000
        answer = send(reader, body=long)
        assert answer.status_code == 422
        assert kept(answer) == long


class TestNoErrorLosesTheText:
    def test_an_unknown_thread(self, reader: FlaskClient) -> None:
        answer = send(reader, "nada")
        assert answer.status_code == 404
        assert kept(answer) == BODY

    def test_a_closed_thread(self, reader: FlaskClient) -> None:
        answer = send(reader, "cerrada")
        assert answer.status_code == 403
        assert kept(answer) == BODY

    def test_an_earlier_address_of_the_conversation(self, reader: FlaskClient, blog: Blog) -> None:
        file = blog.settings.output_folder / "threads.json"
        manifest = json.loads(file.read_text("utf-8"))
        manifest["threads"]["hola"]["aliases"] = ["de-antes"]
        file.write_text(json.dumps(manifest), "utf-8")
        back = send(reader, "de-antes", author="")
        assert kept(back) == BODY
        action = next(tree(back).iter("form")).get("action")
        assert action.partition("?")[0] == f"{URL}/comentar/hola"
        seal = reader.get("/comentar/de-antes/sello").text
        assert send(reader, "de-antes", seal=seal).status_code == 303
        (case,) = to_decide(blog)
        assert case.thread == "hola"
        with blog.store.read() as connection:
            assert cases.by_seal(connection, seal.partition(".")[0]) == case

    def test_a_restart_of_the_service(
        self, reader: FlaskClient, blog: Blog, settings: Settings, clock: Clock
    ) -> None:
        seal = reader.get("/comentar/hola/sello").text
        blog.store.close()
        again = open_blog(settings)
        client = create_app(again, clock=clock).test_client()
        back = client.post("/comentar/hola", data=GOOD | {"author": "", "seal": seal})
        assert kept(back) == BODY
        assert client.post("/comentar/hola", data=GOOD | {"seal": seal}).status_code == 303
        with again.store.read() as connection:
            assert cases.by_seal(connection, seal.partition(".")[0])
        again.store.close()

    def test_too_many_from_one_network(self, settings: Settings, blog: Blog, clock: Clock) -> None:
        few = settings.model_copy(update={"max_per_network": 1})
        client = create_app(_with(blog, few), clock=clock).test_client()
        assert send(client, body="Uno").status_code == 303
        answer = send(client)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "600"
        assert kept(answer) == BODY
        assert fields(answer)["author"] == "Aitor"
        assert title(answer).startswith("Error: ")

    def test_too_many_waiting(self, settings: Settings, blog: Blog, clock: Clock) -> None:
        few = settings.model_copy(update={"max_waiting": 1})
        client = create_app(_with(blog, few), clock=clock).test_client()
        assert send(client, body="Uno").status_code == 303
        answer = send(client)
        assert answer.status_code == 503
        assert kept(answer) == BODY

    def test_a_locked_database(self, reader: FlaskClient, lock: Callable[[], None]) -> None:
        lock()
        answer = send(reader)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert kept(answer) == BODY
        assert "no podemos guardar nada" in words(answer)

    def test_a_fault_of_ours(self, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("comments_service.usecases.submit.submit", _broken)
        answer = send(reader)
        assert answer.status_code == 500
        assert kept(answer) == BODY


def _with(blog: Blog, settings: Settings) -> Blog:
    return replace(blog, settings=settings)


def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("a bug")
