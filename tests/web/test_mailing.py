"""What the links in mails open, and following a conversation by e-mail."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.store import subscriptions
from comments_service.store.people import Person
from comments_service.usecases import mail_links
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import case_of, reject
from comments_service.usecases.reader import erase, renew_link
from comments_service.usecases.sending import send_waiting
from comments_service.usecases.track import receipt_for, track
from comments_service.web import create_app
from tests.support.fixtures import Clock
from tests.web.pages import by_id, fields, title, tree, words

ANA = "ana.lectora@correo.example"
SITE = "http://localhost:8000"


@pytest.fixture
def mails(app: object, blog: Blog, clock: Clock) -> Callable[[], list[str]]:
    """Sends what waits; the texts of all mails of the trial, newest first."""

    def send() -> list[str]:
        send_waiting(blog, clock, lambda _: None)
        return [each.get_content().replace("\r\n", "\n") for each in blog.mailbox.newest()]

    return send


def link(text: str, part: str) -> str:
    """The path of the link in a mail that has this part."""
    found = re.search(rf"{SITE}(/correo/{part}/\S+)", text)
    assert found, text
    return found[1]


class TestTheLinkThatConfirms:
    @pytest.fixture
    def path(self, waiting: Callable[..., Case], mails: Callable[[], list[str]]) -> str:
        waiting(email=ANA)
        return link(mails()[0], "direccion")

    def test_changes_nothing_however_often_it_is_opened(
        self, reader: FlaskClient, path: str, contents: Callable[[], str]
    ) -> None:
        before = contents()
        for _ in range(5):
            page = reader.get(path)
            assert page.status_code == 200
        assert contents() == before
        assert "¿Es tuya esta dirección" in words(page)

    def test_shows_nothing_of_the_comment(self, reader: FlaskClient, path: str) -> None:
        page = reader.get(path)
        for hidden in ("Aitor", "empresa", "/seguimiento/2", ANA):
            assert hidden not in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"

    def test_confirms_with_its_button(
        self,
        reader: FlaskClient,
        path: str,
        waiting: Callable[..., Case],
        mails: Callable[[], list[str]],
    ) -> None:
        answer = reader.post(path, data={"what": "yes"}, follow_redirects=True)
        assert "te escribiremos" in words(answer)
        case = waiting("Otra cosa.", email=ANA)
        assert f"/seguimiento/{case.reference}/" in mails()[0]

    def test_ends_all_mails_with_the_other_button(
        self,
        reader: FlaskClient,
        path: str,
        waiting: Callable[..., Case],
        mails: Callable[[], list[str]],
    ) -> None:
        answer = reader.post(path, data={"what": "other"}, follow_redirects=True)
        assert "No te escribiremos más" in words(answer)
        before = len(mails())
        waiting("Otra cosa.", email=ANA)
        assert len(mails()) == before

    @pytest.mark.parametrize("change", [lambda p: p[:-1] + "0", lambda p: p + "a"])
    def test_that_is_wrong_is_no_page(
        self, reader: FlaskClient, path: str, change: Callable[[str], str]
    ) -> None:
        assert reader.get(change(path)).status_code == 404
        assert reader.post(change(path)).status_code == 404


class TestTheLinkThatEndsTheMailsOfAComment:
    def test_ends_them_with_its_button_and_is_told_in_the_record(
        self,
        reader: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        mails: Callable[[], list[str]],
    ) -> None:
        waiting(email=ANA)
        reader.post(link(mails()[0], "direccion"), data={"what": "yes"})
        case = waiting("Otra cosa.", email=ANA)
        path = link(mails()[0], "caso")
        assert "¿No más correos" in words(reader.get(path))
        for _ in range(2):
            answer = reader.post(path, follow_redirects=True)
            assert answer.status_code == 200
        private = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        assert words(reader.get(private)).count("no recibir más correos") == 1

    @pytest.fixture
    def case(
        self, reader: FlaskClient, waiting: Callable[..., Case], mails: Callable[[], list[str]]
    ) -> Case:
        """A comment by somebody who said that the address is theirs."""
        waiting(email=ANA)
        reader.post(link(mails()[0], "direccion"), data={"what": "yes"})
        return waiting("Otra cosa.", email=ANA)

    def test_works_after_a_new_private_link(
        self,
        case: Case,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        mails: Callable[[], list[str]],
    ) -> None:
        path = link(mails()[0], "caso")
        seen = track(blog, case.reference, receipt_for(blog, case).token)
        renewed = renew_link(blog, seen, "a" * 32, now=clock())
        assert renewed.case.link_generation != case.link_generation
        assert mail_links.to_stop(blog, renewed.case) == SITE + path
        reader.post(path)
        assert case_of(blog, case.id).mails_stopped

    def test_says_after_erasing_what_it_says_after_stopping(
        self,
        case: Case,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        mails: Callable[[], list[str]],
    ) -> None:
        path = link(mails()[0], "caso")
        reader.post(path)
        stopped = reader.get(path)
        assert "no hay nada más que hacer" in words(stopped)
        erase(blog, track(blog, case.reference, receipt_for(blog, case).token), now=clock())
        gone = reader.get(path)
        assert (gone.status_code, gone.data) == (stopped.status_code, stopped.data)
        assert reader.post(path, follow_redirects=True).data == stopped.data

    def test_that_is_wrong_is_answered_alike_for_every_comment(
        self,
        case: Case,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        waiting: Callable[..., Case],
    ) -> None:
        token = receipt_for(blog, case).token
        gone = waiting("Ya no.", email=ANA)
        erase(blog, track(blog, gone.reference, receipt_for(blog, gone).token), now=clock())
        wrong = [
            f"/correo/caso/{case.reference}/{token}",
            f"/correo/caso/{gone.reference}/{token}",
            f"/correo/caso/2026-000777/{token}",
        ]
        answers = [reader.get(each) for each in wrong] + [reader.post(each) for each in wrong]
        assert {each.status_code for each in answers} == {404}
        assert len({each.data for each in answers}) == 1


class TestFollowingAConversation:
    def ask(self, reader: FlaskClient, email: str = ANA, thread: str = "hola") -> str:
        page = reader.get(f"/seguir/{thread}")
        sent = fields(page, "/seguir/") | {"email": email}
        answer = reader.post(f"/seguir/{thread}", data=sent, follow_redirects=True)
        assert answer.status_code == 200
        return words(answer)

    def test_asks_first_and_then_follows_until_it_is_ended(
        self, reader: FlaskClient, mails: Callable[[], list[str]]
    ) -> None:
        assert "Mira tu correo" in self.ask(reader)
        path = link(mails()[0], "seguir")
        assert "¿Quieres seguir esta conversación?" in words(reader.get(path))
        answer = reader.post(path, data={"what": "yes"}, follow_redirects=True)
        assert "Sigues esta conversación" in words(answer)

    def test_answers_alike_whether_the_address_is_known_or_not(
        self, reader: FlaskClient, mails: Callable[[], list[str]]
    ) -> None:
        first = self.ask(reader)
        reader.post(link(mails()[0], "seguir"), data={"what": "yes"})
        assert self.ask(reader) == first
        assert self.ask(reader, "otra@correo.example") == first

    def test_shows_a_wrong_address_beside_its_field(self, reader: FlaskClient) -> None:
        answer = reader.post("/seguir/hola", data={"email": "ana"})
        assert answer.status_code == 422
        assert by_id(answer, "email").get("value") == "ana"
        assert by_id(answer, "email").get("aria-invalid") == "true"
        assert title(answer).startswith("Error")

    def test_of_an_unknown_conversation_is_no_page(self, reader: FlaskClient) -> None:
        assert reader.get("/seguir/nada").status_code == 404
        assert reader.post("/seguir/nada", data={"email": ANA}).status_code == 404

    def test_stands_on_the_receipt(
        self, reader: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        path = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}/recibido"
        links = [each.get("href") for each in tree(reader.get(path)).iter("a")]
        assert f"{SITE}/seguir/hola" in links


class TestLeavingAConversation:
    @pytest.fixture
    def path(self, reader: FlaskClient, blog: Blog, mails: Callable[[], list[str]]) -> str:
        reader.post("/seguir/hola", data={"email": ANA})
        confirm = link(mails()[0], "seguir")
        reader.post(confirm, data={"what": "yes"})

        with blog.store.read() as connection:
            (following,) = subscriptions.active(connection, "hola")
        return mail_links.to_leave(blog, following).removeprefix(SITE)

    def test_takes_one_post_of_a_mail_program_without_cookies(
        self, app: object, reader: FlaskClient, path: str
    ) -> None:
        """RFC 8058, section 3.1."""
        assert "¿Dejar de seguir" in words(reader.get(path))
        answer = reader.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Ya no sigues" in words(reader.get(path))
        again = reader.post(
            path,
            data={"List-Unsubscribe": "One-Click"},
            content_type="multipart/form-data",
        )
        assert again.status_code == 200

    def test_is_not_done_by_looking(self, reader: FlaskClient, path: str) -> None:
        for _ in range(3):
            reader.get(path)
        assert "¿Dejar de seguir" in words(reader.get(path))


class TestTheMailsOfATrial:
    def test_are_read_with_their_links_on_this_machine(
        self, reader: FlaskClient, waiting: Callable[..., Case], mails: Callable[[], list[str]]
    ) -> None:
        waiting(email=ANA)
        (text,) = mails()
        page = reader.get("/correos")
        assert "Hemos recibido tu comentario" in words(page)
        assert f"{ANA} · 20/11/2026 a las 11:00" in words(page)
        links = [each.get("href") for each in tree(page).iter("a")]
        assert SITE + link(text, "direccion") in links

    def test_show_a_readers_signs_as_signs(
        self,
        reader: FlaskClient,
        waiting: Callable[..., Case],
        mails: Callable[[], list[str]],
        blog: Blog,
        clock: Clock,
        moderator: Person,
    ) -> None:
        waiting("Uno.", email=ANA)
        reader.post(link(mails()[0], "direccion"), data={"what": "yes"})
        said = '<b>x</b> https://evil.example/"><script>alert(1)</script>'
        case = waiting(said, email=ANA)
        reject(blog, case.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        assert said in mails()[0]
        page = reader.get("/correos")
        assert "<script>alert" not in page.text
        assert "<b>x</b>" not in page.text

    def test_are_no_page_anywhere_else(self, blog_folder: object, clock: Clock, blog: Blog) -> None:
        for more in (
            {"site_url": "https://blog.example.org"},
            {"host": "0.0.0.0"},
            {"trusted_proxies": 1},
            {
                "smtp_host": "127.0.0.1",
                "smtp_tls": "off",
                "mail_from": "blog@pruebas.example",
            },
        ):
            settings = Settings(**{"blog": blog_folder, "site_url": SITE} | more)  # type: ignore[arg-type]
            opened = open_blog(settings)
            client = create_app(opened, clock=clock).test_client()
            host = opened.site_url.split("//")[1]
            assert client.get("/correos", headers={"Host": host}).status_code == 404, more
            opened.store.close()

    def test_where_nothing_can_be_sent_nothing_can_be_followed(
        self, blog_folder: object, clock: Clock, blog: Blog
    ) -> None:
        settings = Settings(blog=blog_folder, site_url="https://blog.example.org")  # type: ignore[arg-type]
        opened = open_blog(settings)
        client = create_app(opened, clock=clock).test_client()
        answer = client.get("/seguir/hola", headers={"Host": "blog.example.org"})
        assert answer.status_code == 404
        opened.store.close()
