"""What readers do from receipt, code and private page, as a browser does it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.comments import WithdrawnBy
from comments_service.store import addresses as stored_addresses
from comments_service.store.people import Person
from comments_service.store.schema import case as table
from comments_service.usecases import addresses as kept_addresses
from comments_service.usecases import codes, reader, track
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.withdraw import withdraw
from tests.support.fixtures import Clock
from tests.support.hands import record
from tests.support.ids import new_id
from tests.web.pages import (
    CSRF,
    URL,
    addresses,
    by_id,
    classed,
    fields,
    form,
    path,
    text_of,
    title,
    tree,
    words,
)

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
BELOW = ("", "/recibido", "/corregir", "/retirar", "/borrar", "/enlace")
ACTS = ("anadir", "corregir", "reclamar", "valorar", "sin-correos", "retirar", "borrar", "enlace")


class Page:
    """The private page of one case, in a browser."""

    def __init__(self, browser: FlaskClient, blog: Blog, case: Case) -> None:
        self.browser = browser
        token = track.receipt_for(blog, case_of(blog, case.id)).token
        self.address = f"/seguimiento/{case.reference}/{token}"

    def get(self, below: str = "") -> TestResponse:
        return self.browser.get(self.address + below)

    def send(self, act: str, page: TestResponse | None = None, **sent: str) -> TestResponse:
        """Fill in the form of this act on a page and send it; ``page``: one opened before."""
        shown = page or self.get()
        values = {
            name: value for name, value in fields(shown, f"/{act}").items() if name != "useful"
        }
        return self.browser.post(f"{self.address}/{act}", data=values | sent)

    def follow(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code == 303, words(answer)
        return self.browser.get(answer.headers["Location"].removeprefix(URL))


@pytest.fixture
def page_of(reader: FlaskClient, blog: Blog) -> Callable[[Case], Page]:
    return lambda case: Page(reader, blog, case)


@pytest.fixture
def refuse(blog: Blog, moderator: Person, clock: Clock) -> Callable[..., Case]:
    """Refuses a comment, with the first rule in force if there is one."""

    def act(case: Case, revision: int = 1) -> Case:
        rules = blog.rules.in_force(clock().date())
        rule = (rules[0].number, rules[0].version) if rules else None
        return reject(
            blog, case.id, revision, rule=rule, reason="Por esto.", by=moderator, now=clock()
        )

    return act


@pytest.fixture
def public(
    waiting: Callable[..., Case],
    publishing: Callable[[Case], Case],
    blog: Blog,
    moderator: Person,
    clock: Clock,
) -> Case:
    """A comment of Aitor's that is on its page."""
    return publishing(approve(blog, waiting("Mi texto.").id, 1, by=moderator, now=clock()))


@pytest.fixture
def answered(
    public: Case, publishing: Callable[[Case], Case], blog: Blog, moderator: Person, clock: Clock
) -> Case:
    """The same, answered on the page."""
    given = new_id(clock())
    answer(blog, public.id, 1, "Respuesta.", by=moderator, answer_id=given, now=clock())
    return publishing(public)


class TestTheReceipt:
    def test_gives_the_link_to_copy_to_mail_and_as_a_code(
        self, waiting: Callable[..., Case], page_of: Callable[[Case], Page], blog: Blog
    ) -> None:
        case = waiting()
        page = page_of(case)
        seen = page.get("/recibido")
        field = by_id(seen, "enlace")
        assert field.get("value") == URL + page.address
        assert "readonly" in field.attrib
        (letter,) = [each for each in addresses(seen) if each.startswith("mailto:?")]
        assert URL + page.address in unquote(letter)
        assert text_of(classed(seen, "short-code")[0]) == codes.code_of(blog, case)
        assert f"{URL}/seguimiento/" in addresses(seen)

    def test_gives_the_promised_days_in_words(
        self,
        waiting: Callable[..., Case],
        page_of: Callable[[Case], Page],
        blog: Blog,
        clock: Clock,
    ) -> None:
        case = waiting()
        days = {"decide_by": clock() + timedelta(days=3), "answer_by": clock() + timedelta(days=4)}
        with blog.store.write() as connection:
            stored = {name: int(each.timestamp()) for name, each in days.items()}
            connection.execute(update(table).values(**stored))
        for below in ("/recibido", ""):
            seen = words(page_of(case).get(below))
            assert "lunes, 23 de noviembre de 2026" in seen
            assert "martes, 24 de noviembre de 2026" in seen
        clock.forward(days=10)
        assert "Vamos con retraso" in words(page_of(case).get())

    def test_of_a_private_comment_says_nothing_of_how_it_will_look(
        self,
        waiting: Callable[..., Case],
        page_of: Callable[[Case], Page],
        blog_folder: Path,
    ) -> None:
        file = blog_folder / "content" / "site.toml"
        file.write_text(file.read_text("utf-8") + "\n[deadlines]\nanswer = 2\n", "utf-8")
        assert "Así se verá" in words(page_of(waiting("Para *todos*.")).get("/recibido"))
        for body in ("Solo para *vosotros*.", "Para vosotros."):
            said = words(page_of(waiting(body, private=True)).get("/recibido"))
            assert "Así se verá" not in said
            assert "como muy tarde el martes, 24 de noviembre de 2026" in said

    def test_promises_no_day_where_none_was_promised(
        self, waiting: Callable[..., Case], page_of: Callable[[Case], Page]
    ) -> None:
        assert "de noviembre de" not in words(page_of(waiting()).get("/recibido"))


class TestTheCode:
    def send(self, browser: FlaskClient, code: str) -> TestResponse:
        return browser.post("/seguimiento/", data={"code": code})

    def test_leads_to_the_private_page(
        self,
        reader: FlaskClient,
        waiting: Callable[..., Case],
        page_of: Callable[[Case], Page],
        blog: Blog,
    ) -> None:
        case = waiting()
        assert reader.get("/seguimiento").status_code == 200
        assert fields(reader.get("/seguimiento/"), "/seguimiento/") == {"code": ""}
        seen = self.send(reader, codes.code_of(blog, case).lower().replace("-", " "))
        assert seen.status_code == 303
        assert seen.headers["Location"] == URL + page_of(case).address

    def test_that_is_wrong_is_answered_alike_and_can_be_mended(
        self, reader: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        waiting()
        answers = {}
        for code in ("A7KD-93HM-PWX4", "corto", ""):
            seen = self.send(reader, code)
            assert seen.status_code == 422
            assert by_id(seen, "code").get("value") == code
            answers[code] = seen.text.replace(f'value="{code}"', 'value=""')
        assert len(set(answers.values())) == 1

    def test_is_told_from_a_reference_whether_there_is_such_a_comment_or_not(
        self, reader: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        there, nowhere = waiting().reference, "2026-000777"
        answers = set()
        for typed in (there, nowhere, f"Referencia {nowhere}", nowhere.replace("-", " ")) * 4:
            seen = self.send(reader, typed)
            assert seen.status_code == 422, "it is no guess, so it wears out no tries"
            answers.add(seen.text.replace(f'value="{typed}"', 'value=""'))
        assert len(answers) == 1
        said = words(seen)
        assert "Esa es la referencia" in said
        assert "A7KD-93HM-PWX4" in said
        assert "debajo del enlace privado" in said

    def test_is_refused_after_ten_wrong_ones_with_the_time_to_wait(
        self, reader: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting()
        for _ in range(10):
            assert self.send(reader, "mal").status_code == 422
        seen = self.send(reader, codes.code_of(blog, case))
        assert seen.status_code == 429
        assert 0 < int(seen.headers["Retry-After"]) <= 24 * 3600


class TestAdding:
    def test_is_thanked_for_and_stands_on_both_sides(
        self, public: Case, page_of: Callable[[Case], Page], staff: FlaskClient
    ) -> None:
        page = page_of(public)
        seen = page.follow(page.send("anadir", body="Y <b>esto</b>\ntambién."))
        assert "Hemos recibido lo que has añadido" in words(seen)
        assert classed(seen, "as-typed")[0].text == "Y <b>esto</b>\ntambién."
        assert "Añadiste" in words(page.get())
        for theirs in (staff.get("/gestion/"), staff.get(path(public))):
            assert classed(theirs, "as-typed")[0].text == "Y <b>esto</b>\ntambién."
            assert "Añadió" in words(theirs)
        assert "Aitor" in words(staff.get("/gestion/"))

    def test_by_a_double_click_is_once(
        self, public: Case, page_of: Callable[[Case], Page], blog: Blog
    ) -> None:
        page = page_of(public)
        shown = page.get()
        assert page.send("anadir", shown, body="Y esto.").status_code == 303
        assert page.send("anadir", shown, body="Y esto.").status_code == 303
        assert record(blog, public).count(EventKind.ADDED) == 1

    def test_on_an_old_page_shows_how_it_stands_and_keeps_the_text(
        self,
        waiting: Callable[..., Case],
        page_of: Callable[[Case], Page],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = waiting()
        page = page_of(case)
        shown = page.get()
        approve(blog, case.id, 1, by=moderator, now=clock())
        seen = page.send("anadir", shown, body="Lo que escribí.")
        assert seen.status_code == 409
        assert "Aprobado" in title(seen)
        assert "Algo ha cambiado mientras tanto" in words(seen)
        assert "Lo que escribí." in words(seen)
        assert EventKind.ADDED not in record(blog, case)
        assert page.send("anadir", seen, body="Lo que escribí.").status_code == 303

    def test_nothing_says_so_beside_the_field(
        self, public: Case, page_of: Callable[[Case], Page]
    ) -> None:
        seen = page_of(public).send("anadir", body=" ")
        assert seen.status_code == 422
        assert by_id(seen, "body").get("aria-invalid") == "true"

    def test_is_closed_by_staff_who_read_it(
        self, public: Case, page_of: Callable[[Case], Page], staff: FlaskClient
    ) -> None:
        page_of(public).send("anadir", body="Gracias.")
        shown = staff.get(path(public))
        sent = fields(shown, "/nada-mas")
        assert staff.post(path(public, "nada-mas"), data=sent).status_code == 303
        assert "Gracias." not in words(staff.get("/gestion/"))
        assert staff.post(path(public, "nada-mas"), data=sent).status_code == 409
        assert "Lo hemos leído y no queda nada más que hacer." in words(page_of(public).get())


class TestEditing:
    def test_keeps_the_public_wording_until_staff_publish_the_new_one(
        self,
        public: Case,
        page_of: Callable[[Case], Page],
        staff: FlaskClient,
        publishing: Callable[[Case], Case],
        blog: Blog,
    ) -> None:
        page = page_of(public)
        form_page = page.get("/corregir")
        assert fields(form_page, "/corregir")["body"].strip() == "Mi texto."
        seen = page.follow(page.send("corregir", form_page, body="Mi texto, mejor."))
        assert "Publicado" in title(seen)
        assert "Mi texto." in text_of(by_id(seen, "contenido"))
        assert "Mi texto, mejor." in words(seen)
        for theirs in (staff.get("/gestion/"), staff.get(path(public))):
            bodies = [text_of(each) for each in classed(theirs, "comment__body")]
            assert sorted(bodies) == ["Mi texto, mejor.", "Mi texto."]
        sent = form(revision="2")
        assert staff.post(path(public, "publicar"), data=sent).status_code == 303
        now = publishing(public)
        assert (now.number, now.seen) == (1, True)
        (file,) = blog.comments_folder.rglob("*.md")
        assert "Mi texto, mejor." in file.read_text("utf-8")
        assert "Publicado" in title(page.get())

    def test_that_staff_refuse_leaves_the_public_wording_and_says_why(
        self,
        public: Case,
        page_of: Callable[[Case], Page],
        staff: FlaskClient,
        refuse: Callable[..., Case],
        publishing: Callable[[Case], Case],
        blog: Blog,
    ) -> None:
        page = page_of(public)
        page.send("corregir", page.get("/corregir"), body="Peor.")
        assert "Publicar la nueva redacción" in words(staff.get(path(public)))
        refuse(public, 2)
        publishing(public)
        (file,) = blog.comments_folder.rglob("*.md")
        assert "Mi texto." in file.read_text("utf-8")
        seen = page.get()
        assert "Publicado" in title(seen)
        assert "Por esto." in words(seen)
        assert "Peor." in words(seen)

    def test_with_a_fault_keeps_the_text_in_its_form(
        self, public: Case, page_of: Callable[[Case], Page]
    ) -> None:
        page = page_of(public)
        seen = page.send("corregir", page.get("/corregir"), body="x" * 9000)
        assert seen.status_code == 422
        assert fields(seen, "/corregir")["body"].strip() == "x" * 9000

    def test_on_an_old_page_keeps_the_text(
        self, public: Case, page_of: Callable[[Case], Page], blog: Blog, clock: Clock
    ) -> None:
        page = page_of(public)
        shown = page.get("/corregir")
        withdraw(blog, public.comment_id, reason=WithdrawnBy.INSTITUTION, by=None, now=clock())
        seen = page.send("corregir", shown, body="Mi larga redacción.")
        assert seen.status_code == 409
        assert "Retirado" in title(seen)
        assert "Mi larga redacción." in words(seen)


class TestASecondLook:
    def test_is_asked_for_once_and_seen_by_staff(
        self,
        waiting: Callable[..., Case],
        refuse: Callable[..., Case],
        page_of: Callable[[Case], Page],
        staff: FlaskClient,
        blog: Blog,
    ) -> None:
        case = refuse(waiting())
        page = page_of(case)
        shown = page.get()
        assert "hasta el jueves, 10 de diciembre de 2026" in words(shown)
        seen = page.follow(page.send("reclamar", shown, body="No insulto a nadie."))
        assert "No publicado · en revisión" in title(seen)
        assert "/reclamar" not in seen.text
        assert page.send("reclamar", shown, body="No insulto a nadie.").status_code == 303
        assert page.send("reclamar", shown, body="Otra cosa.").status_code == 409
        assert "No insulto a nadie." in words(staff.get("/gestion/"))
        sent = staff.post(path(case, "reabrir"), data={"csrf": CSRF})
        assert sent.status_code == 303
        assert staff.post(path(case, "publicar"), data=form()).status_code == 303
        assert record(blog, case)[-2:] == [EventKind.REOPENED, EventKind.APPROVED]


class TestRating:
    def test_is_offered_once_and_read_by_staff(
        self, answered: Case, page_of: Callable[[Case], Page], staff: FlaskClient
    ) -> None:
        page = page_of(answered)
        shown = page.get()
        sent = page.send("valorar", shown, useful="0", body="No era eso.")
        seen = page.follow(sent)
        assert "Nos dijiste que no te sirvió." in words(seen)
        assert "/valorar" not in seen.text
        assert page.send("valorar", shown, useful="0", body="No era eso.").status_code == 303
        assert page.send("valorar", shown, useful="1", body="").status_code == 409
        assert "No era eso." in words(staff.get("/gestion/"))

    @pytest.mark.parametrize(
        "sent", [{"useful": "2"}, {"useful": "1", "answer": "../x"}, {"useful": "1", "more": "1"}]
    )
    def test_refuses_what_its_form_cannot_send(
        self, answered: Case, page_of: Callable[[Case], Page], sent: dict[str, str]
    ) -> None:
        assert page_of(answered).send("valorar", **sent).status_code == 400


class TestStoppingMails:
    def test_is_offered_where_there_is_an_address_until_it_is_done(
        self, public: Case, page_of: Callable[[Case], Page], blog: Blog, clock: Clock
    ) -> None:
        page = page_of(public)
        assert "/sin-correos" not in page.get().text
        with blog.store.write() as connection:
            given = kept_addresses.keep(blog, connection, "a@example.org", "es", clock())
            connection.execute(update(table).values(address_id=given))
        shown = page.get()
        seen = page.follow(page.send("sin-correos", shown))
        assert "No te enviaremos más correos" in words(seen)
        assert "/sin-correos" not in seen.text
        assert page.send("sin-correos", shown).status_code == 303
        assert record(blog, public).count(EventKind.MAILS_STOPPED) == 1


class TestWithdrawing:
    def test_asks_first_and_acts_once(
        self,
        public: Case,
        page_of: Callable[[Case], Page],
        publishing: Callable[[Case], Case],
        blog: Blog,
    ) -> None:
        page = page_of(public)
        asked = page.get("/retirar")
        assert asked.status_code == 200
        seen = page.follow(page.send("retirar", asked))
        assert "Retirado" in title(seen)
        assert page.send("retirar", asked).status_code == 303
        assert page.get("/retirar").status_code == 303
        publishing(public)
        (file,) = blog.comments_folder.rglob("*.md")
        assert "Mi texto." not in file.read_text("utf-8")
        assert record(blog, public).count(EventKind.WITHDRAWN) == 1


class TestErasing:
    def test_leaves_a_link_that_opens_nothing(
        self, public: Case, page_of: Callable[[Case], Page], contents: Callable[[], str]
    ) -> None:
        page = page_of(public)
        page.send("anadir", body="Palabra-secreta.")
        asked = page.get("/borrar")
        seen = page.follow(page.send("borrar", asked))
        assert "Tus datos están borrados" in title(seen)
        assert public.reference not in seen.text
        assert page.send("borrar", asked).status_code == 303  # the second click
        assert page.get().status_code == 404
        for gone in ("Palabra-secreta", "Mi texto.", "Aitor"):
            assert gone not in contents()

    def test_takes_the_address_along(
        self,
        public: Case,
        page_of: Callable[[Case], Page],
        blog: Blog,
        clock: Clock,
        contents: Callable[[], str],
    ) -> None:
        with blog.store.write() as connection:
            given = kept_addresses.keep(blog, connection, "a@example.org", "es", clock())
            connection.execute(update(table).values(address_id=given))
        assert 'INSERT INTO "address"' in contents()
        page = page_of(public)
        asked = page.get("/borrar")
        assert "correo electrónico se borra también" in words(asked)
        page.send("borrar", asked)
        with blog.store.read() as connection:
            kept = stored_addresses.by_id(connection, given)
        assert kept is None or kept.sealed == b""  # a hash alone: what was counted stays


class TestANewLink:
    def test_takes_the_place_of_the_old_one_also_after_a_double_click(
        self, public: Case, page_of: Callable[[Case], Page], reader: FlaskClient
    ) -> None:
        old = page_of(public)
        asked, other = old.get("/enlace"), old.get("/enlace")
        answers = [old.send("enlace", asked) for _ in range(2)]
        new = {urlsplit(each.headers["Location"]).path for each in answers}
        assert len(new) == 1
        assert new != {old.address}
        assert "nuevo enlace privado" in words(old.follow(answers[0]))
        assert old.get().status_code == 404
        assert old.send("enlace", other).status_code == 404


class TestWrongLinks:
    def test_are_answered_alike_byte_by_byte(
        self,
        waiting: Callable[..., Case],
        page_of: Callable[[Case], Page],
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
    ) -> None:
        right, gone = waiting(), waiting("Otra cosa.")
        page, erased = page_of(right).address, page_of(gone).address
        seen = track.track(blog, gone.reference, erased.rpartition("/")[2])
        reader_erases(blog, seen, clock)
        token = page.rpartition("/")[2]
        wrong = [
            f"/seguimiento/{right.reference}/{'a' * 32}",
            f"/seguimiento/2026-000777/{token}",
            f"/seguimiento/2026-000777/{'a' * 32}",
            f"/seguimiento/{gone.reference}/{token}",
            erased,
        ]
        answers = [reader.get(each + below) for each in wrong for below in BELOW]
        assert {each.status_code for each in answers} == {404}
        assert len({each.data for each in answers}) == 1
        assert len({tuple(sorted(each.headers)) for each in answers}) == 1
        for act in ACTS:
            sent = {
                "anadir": {"seen": "1", "body": ""},
                "corregir": {"seen": "1", "body": ""},
                "reclamar": {"seen": "1", "body": ""},
                "valorar": {"answer": new_id(clock()), "useful": "1", "body": ""},
                "enlace": {"once": "a"},
            }.get(act, {})
            there = wrong[:4] if act == "borrar" else wrong
            posted = [reader.post(f"{each}/{act}", data=sent) for each in there]
            assert {each.status_code for each in posted} == {404}, act
            assert len({each.data for each in posted}) == 1, act


def reader_erases(blog: Blog, of: track.Tracked, clock: Clock) -> None:
    reader.erase(blog, of, now=clock())


class TestEveryPage:
    def test_is_kept_nowhere_and_told_to_nobody(
        self, public: Case, page_of: Callable[[Case], Page], reader: FlaskClient
    ) -> None:
        page = page_of(public)
        seen = [page.get(below) for below in BELOW]
        seen += [page.send("anadir", body="Y esto."), page.send("anadir", body="")]
        seen += [reader.get("/seguimiento/"), reader.get("/seguimiento/borrado")]
        seen += [reader.post("/seguimiento/", data={"code": "x"}), page.get("x")]
        for each in seen:
            assert {name: each.headers[name] for name in PRIVATE} == PRIVATE
            assert "Set-Cookie" not in each.headers

    def test_takes_forms_that_browsers_send_without_an_origin(
        self, public: Case, page_of: Callable[[Case], Page], reader: FlaskClient
    ) -> None:
        page = page_of(public)
        sent = {"seen": fields(page.get(), "/anadir")["seen"], "body": "Y esto."}
        answer = reader.post(f"{page.address}/anadir", data=sent, headers={"Origin": "null"})
        assert answer.status_code == 303

    @pytest.mark.parametrize("language", ["es", "eu", "en"])
    def test_changes_nothing_by_being_opened(
        self,
        answered: Case,
        waiting: Callable[..., Case],
        refuse: Callable[..., Case],
        page_of: Callable[[Case], Page],
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        contents: Callable[[], str],
        language: str,
    ) -> None:
        refused, new = refuse(waiting("Uno.")), waiting("Dos.")
        gone = waiting("Tres.")
        withdraw(blog, gone.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        starts = [
            f"{page_of(case).address}{below}?idioma={language}"
            for case in (answered, refused, new, gone)
            for below in BELOW
        ]
        before = contents()
        seen = crawled(reader, [*starts, f"/seguimiento/?idioma={language}"])
        assert contents() == before
        assert len(seen) > 20
        for address, page in seen.items():
            if page.status_code == 200 and "/seguimiento/" in address and "<html" in page.text:
                assert tree(page).get("lang") in ("es", "eu", "en")
                ids = [each.get("id") for each in tree(page).iter() if each.get("id")]
                assert len(ids) == len(set(ids)), address
        spoken = [seen[each] for each in starts if seen[each].status_code == 200]
        assert {tree(page).get("lang") for page in spoken} == {language}


def crawled(browser: FlaskClient, starts: list[str]) -> dict[str, TestResponse]:
    """Every page of ours that links lead to, by its path."""
    seen: dict[str, TestResponse] = {}
    left = list(starts)
    while left:
        here = left.pop()
        if here in seen:
            continue
        page = browser.get(here)
        seen[here] = page
        if location := page.headers.get("Location"):
            left.append(location.removeprefix(URL))
        if page.mimetype != "text/html":
            continue
        links = [each.get("href") or "" for each in tree(page).iter("a")]
        left += [
            re.sub("#.*", "", each.removeprefix(URL))
            for each in links
            if each.startswith(f"{URL}/seguimiento")
        ]
    return seen


def test_a_chosen_language_stays_after_a_form(
    public: Case, page_of: Callable[[Case], Page], reader: FlaskClient
) -> None:
    page = page_of(public)
    shown = page.get("?idioma=eu")
    action = next(
        each.get("action") for each in tree(shown).iter("form") if "/anadir" in each.get("action")
    )
    sent = fields(shown, "/anadir") | {"body": "Eta hau."}
    answer = reader.post(action.removeprefix(URL), data=sent)
    assert tree(page.follow(answer)).get("lang") == "eu"


def test_a_page_in_another_case_is_never_reached(
    public: Case, page_of: Callable[[Case], Page], blog: Blog
) -> None:
    case = replace(public, link_generation=public.link_generation + 1)
    assert track.receipt_for(blog, case).token not in page_of(public).get().text
