"""The form page: what a reader sees, and that no fault loses what they wrote."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service import content_repo
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.comments import Comment, Kind, Markup, Tombstone, WithdrawnBy
from comments_service.store import cases
from comments_service.usecases.blog import Blog
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import URL, addresses, by_id, classed, fields, text_of, title, tree, words

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
        assert form.get("action") == f"{URL}/comentar/hola"
        assert form.get("method") == "post"

    def test_has_the_fields_of_the_articles_form(self, reader: FlaskClient) -> None:
        assert fields(reader.get("/comentar/hola")) == {
            "author": "",
            "body": "",
            "lang": "es",
            "website": "",
        }

    def test_hides_the_trap_from_people(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola")
        trap = by_id(answer, "website")
        assert trap.get("tabindex") == "-1"
        assert trap.get("autocomplete") == "off"
        assert len(classed(answer, "trap")) == 1

    def test_says_whose_data_where_and_that_it_is_no_registry(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/hola")
        assert "Consejo de Pruebas guarda tu nombre y tu comentario" in words(answer)
        assert "no un registro" in words(answer)
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

    def test_of_a_closed_thread_is_gone(self, reader: FlaskClient) -> None:
        answer = reader.get("/comentar/cerrada")
        assert answer.status_code == 410
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
        with blog.store.read() as connection:
            assert cases.count_waiting(connection, 10) == 1

    def test_in_a_filled_trap_is_kept_and_noted(self, reader: FlaskClient, blog: Blog) -> None:
        assert send(reader, website="http://spam.example").status_code == 303
        with blog.store.read() as connection:
            assert "trap" in cases.waiting(connection, 1)[0].notes

    def test_may_come_as_multipart(self, reader: FlaskClient) -> None:
        answer = reader.post("/comentar/hola", data=GOOD, content_type="multipart/form-data")
        assert answer.status_code == 303


class TestAFaultyComment:
    def test_hears_of_every_fault_at_once(self, reader: FlaskClient) -> None:
        answer = send(reader, author=" ", body="")
        assert answer.status_code == 422
        assert title(answer).startswith("Error: ")
        summary = classed(answer, "error-summary")[0]
        assert [link.get("href") for link in summary.iter("a")] == ["#author", "#body"]
        assert "Hay un problema" in text_of(summary)

    def test_finds_the_same_words_beside_the_field(self, reader: FlaskClient) -> None:
        answer = send(reader, author="")
        assert "Escribe tu nombre o un seudónimo." in text_of(by_id(answer, "author-error"))
        field = by_id(answer, "author")
        assert field.get("aria-invalid") == "true"
        assert field.get("aria-describedby").split() == ["author-hint", "author-error"]
        assert by_id(answer, "body").get("aria-invalid") is None

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
        assert answer.status_code == 410
        assert kept(answer) == BODY

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
        assert answer.status_code == 429
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
