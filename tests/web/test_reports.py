"""Telling the institution of a problem with a published comment, and what it decides."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.comments import Kind
from comments_service.domain.mails import MailKind
from comments_service.domain.standing import fold
from comments_service.errors import AlreadyDecided
from comments_service.store.people import Person
from comments_service.store.schema import mail
from comments_service.usecases import answering, cutting, decide_report, moderate, track
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_by_reference, case_of
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import hired
from tests.web.pages import by_id, fields, text_of, title, tree, words
from tests.web.pages import path as staff_path

ILLEGAL = {"ground": "illegal", "author": "Miren", "email": "m@correo.example", "good_faith": "1"}


@pytest.fixture
def published(
    rules: Path,
    waiting: Callable[..., Case],
    publishing: Callable[[Case], Case],
    blog: Blog,
    clock: Clock,
    moderator: Person,
) -> Case:
    case = waiting(email="aitor@correo.example")
    moderate.approve(blog, case.id, 1, by=moderator, now=clock())
    return publishing(case)


Send = Callable[..., TestResponse]


@pytest.fixture
def send(reader: FlaskClient, published: Case) -> Send:
    """Sends the form of the page, with its hidden fields."""

    def sent(**given: str) -> TestResponse:
        page = reader.get(path(published))
        filled = fields(page) | {"ground": "rule:1-v1", "body": "Me insulta a mí."} | given
        return reader.post(path(published), data=filled)

    return sent


def path(case: Case) -> str:
    return f"/comentar/hola/{case.comment_id}/avisar"


def reported(blog: Blog, answer: TestResponse) -> Case:
    assert answer.status_code == 303, words(answer)
    return case_by_reference(blog, answer.headers["Location"].split("/")[4])


def deciding(staff: FlaskClient, case: Case, word: str, **given: str) -> TestResponse:
    """What a browser sends with the form of the report's page."""
    page = staff.get(staff_path(case))
    sent = fields(page, "/se-queda") | given
    return staff.post(staff_path(case, word), data=sent)


class TestTheForm:
    def test_shows_the_comment_and_the_rules_in_force(
        self, reader: FlaskClient, published: Case
    ) -> None:
        answer = reader.get(path(published))
        assert "¿Para la empresa?" in words(answer)
        assert "1. Respeto" in words(answer)
        assert "2. Datos de otras personas" in words(answer)

    @pytest.mark.parametrize("language", ["es", "eu", "en"])
    def test_speaks_in_sentences_of_less_than_twenty_words(
        self, reader: FlaskClient, published: Case, language: str
    ) -> None:
        page = tree(reader.get(f"{path(published)}?idioma={language}"))
        form = next(each for each in page.iter("form") if "/avisar" in each.get("action", ""))
        said = [text_of(each) for each in form.iter() if each.tag in ("p", "label", "legend")]
        sentences = [one for text in said for one in re.split(r"(?<=[.:?]) ", text)]
        assert len(sentences) > 10
        assert [one for one in sentences if len(one.split()) >= 20] == []

    def test_names_everything_that_is_missing_and_keeps_what_was_written(self, send: Send) -> None:
        answer = send(ground="", body="", author="Miren")
        assert answer.status_code == 422
        for field in ("ground", "body"):
            assert text_of(by_id(answer, f"{field}-error"))
        assert by_id(answer, "author").get("value") == "Miren"

    def test_asks_for_what_the_law_asks_of_a_notice_of_illegal_content(self, send: Send) -> None:
        answer = send(ground="illegal")
        assert answer.status_code == 422
        for field in ("author", "email", "good_faith"):
            assert text_of(by_id(answer, f"{field}-error"))

    def test_asks_for_no_name_where_the_law_makes_an_exception(
        self, send: Send, blog: Blog
    ) -> None:
        assert send(ground="minors").status_code == 422, "good faith is asked for"
        case = reported(blog, send(ground="minors", good_faith="1"))
        assert not case.has_address
        assert case.author == "Alguien que no dio su nombre"

    def test_takes_no_rule_that_is_not_in_force(self, send: Send) -> None:
        assert send(ground="rule:2-v1").status_code == 422
        assert send(ground="rule:x").status_code == 400

    def test_says_of_no_comment_that_is_not_published_whether_there_is_one(
        self, reader: FlaskClient, waiting: Callable[..., Case], published: Case
    ) -> None:
        held = waiting("Esto espera.")
        for address in (path(held), path(published).replace("hola", "otra")):
            assert reader.get(address).status_code == 404
            assert reader.post(address, data={"body": "x"}).status_code == 404

    def test_is_not_there_where_the_institution_does_not_want_it(
        self, reader: FlaskClient, blog_folder: Path, published: Case
    ) -> None:
        with (blog_folder / "content" / "site.toml").open("a", encoding="utf-8") as file:
            file.write("\n[comments]\nreports = false\n")
        assert reader.get(path(published)).status_code == 404


class TestAReport:
    def test_is_a_case_with_reference_receipt_private_page_and_deadlines(
        self, send: Send, blog: Blog, reader: FlaskClient
    ) -> None:
        answer = send(author="Miren")
        case = reported(blog, answer)
        assert (case.kind, case.private, case.author) == (Kind.REPORT, True, "Miren")
        receipt = reader.get(answer.headers["Location"])
        assert title(receipt).startswith("Hemos recibido tu aviso")
        assert "comentario" not in title(receipt)
        private = reader.get(answer.headers["Location"].removesuffix("/recibido"))
        assert "Me insulta a mí." in words(private)
        assert f"Tu aviso {case.reference}" in title(private)

    def test_stands_in_the_record_of_the_comment_which_its_author_does_not_see(
        self, send: Send, blog: Blog, reader: FlaskClient, published: Case, staff: FlaskClient
    ) -> None:
        case = reported(blog, send())
        record = track.record_of(blog, published).events
        assert record[-1].kind is EventKind.REPORTED
        assert fold(record) == fold(record[:-1])
        token = track.receipt_for(blog, published).token
        assert "avis" not in words(
            reader.get(f"/seguimiento/{published.reference}/{token}")
        ).lower().replace("avisar", "")
        assert case.reference in words(staff.get(staff_path(published)))

    def test_sent_twice_is_one(self, send: Send, blog: Blog, published: Case) -> None:
        assert send().headers["Location"] == send().headers["Location"]
        kinds = [event.kind for event in track.record_of(blog, published).events]
        assert kinds.count(EventKind.REPORTED) == 1

    def test_makes_no_page_of_the_authors_old(
        self, send: Send, blog: Blog, reader: FlaskClient, published: Case
    ) -> None:
        token = track.receipt_for(blog, published).token
        private = f"/seguimiento/{published.reference}/{token}"
        form = fields(reader.get(private), "/anadir")
        send()
        assert reader.post(f"{private}/anadir", data=form | {"body": "Más."}).status_code == 303

    def test_is_never_published(
        self,
        send: Send,
        blog: Blog,
        moderator: Person,
        clock: Clock,
        publishing: Callable[[Case], Case],
    ) -> None:
        case = reported(blog, send())
        with pytest.raises(AlreadyDecided):
            moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        answering.answer(
            blog, case.id, 1, "Lo miramos.", by=moderator, answer_id=new_id(clock()), now=clock()
        )
        publishing(case)
        files = [file.read_text("utf-8") for file in blog.comments_folder.rglob("*.md")]
        assert len(files) == 1
        assert not any("Me insulta" in text or "Lo miramos" in text for text in files)


class TestDeciding:
    def test_shows_staff_what_it_is_about(
        self, send: Send, blog: Blog, staff: FlaskClient, published: Case
    ) -> None:
        page = staff.get(staff_path(reported(blog, send(**ILLEGAL))))
        assert "¿Para la empresa?" in words(page)
        assert "Me insulta a mí." in words(page)
        assert published.reference in words(page)
        assert "buena fe" in words(page)
        assert "Nada: un aviso nunca se publica." in words(page)

    def test_that_it_stays_answers_whoever_reported_it_with_the_reasons(
        self, send: Send, blog: Blog, staff: FlaskClient, reader: FlaskClient, published: Case
    ) -> None:
        answer = send()
        case = reported(blog, answer)
        done = deciding(staff, case, "se-queda", grounds="Critica, y no insulta.")
        assert done.status_code == 303
        private = reader.get(answer.headers["Location"].removesuffix("/recibido"))
        assert "Critica, y no insulta." in words(private)
        assert "el comentario se queda" in words(private)
        assert not case_of(blog, published.id).withdrawn
        assert "se-queda" not in staff.get(staff_path(case)).text

    def test_that_it_stays_can_be_undone_before_the_mail_about_it_leaves(
        self, send: Send, blog: Blog, staff: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(blog.settings.__dict__, "undo_seconds", 20)
        case = reported(blog, send(**ILLEGAL))
        assert deciding(staff, case, "se-queda", grounds="Critica.").status_code == 303
        with blog.store.read() as connection:
            asked = connection.execute(select(mail.c.kind).where(mail.c.case_id == case.id))
            assert MailKind.ANSWER in asked.scalars()
        sent = fields(staff.get(staff_path(case)), "/deshacer")
        assert staff.post(staff_path(case, "deshacer"), data=sent).status_code == 303
        assert "se-queda" in staff.get(staff_path(case)).text
        with blog.store.read() as connection:
            asked = connection.execute(select(mail.c.kind).where(mail.c.case_id == case.id))
            assert MailKind.ANSWER not in asked.scalars()

    def test_that_it_goes_tells_both_sides_why(
        self,
        send: Send,
        blog: Blog,
        staff: FlaskClient,
        reader: FlaskClient,
        published: Case,
        publishing: Callable[[Case], Case],
        clock: Clock,
    ) -> None:
        answer = send()
        case = reported(blog, answer)
        reasons = {"grounds": "Insulta a una persona.", "broken": "1-v1"}
        assert deciding(staff, case, "retirar-el-comentario", **reasons).status_code == 303
        about = case_of(blog, published.id)
        assert about.withdrawn
        publishing(published)
        (file,) = blog.comments_folder.rglob("*.md")
        assert "withdrawn" in file.read_text("utf-8")
        token = track.receipt_for(blog, published).token
        for page in (
            reader.get(answer.headers["Location"].removesuffix("/recibido")),
            reader.get(f"/seguimiento/{published.reference}/{token}"),
        ):
            assert "Insulta a una persona." in words(page)
        theirs = reader.get(f"/seguimiento/{published.reference}/{token}")
        assert "Norma 1: Respeto" in words(theirs)
        assert "consejo@pruebas.example" in words(theirs)

    def test_needs_reasons(self, send: Send, blog: Blog, staff: FlaskClient) -> None:
        case = reported(blog, send())
        for word in ("se-queda", "retirar-el-comentario"):
            answer = deciding(staff, case, word, grounds=" ")
            assert answer.status_code == 422
            assert text_of(by_id(answer, "grounds-error"))

    def test_is_one_transaction(
        self,
        send: Send,
        blog: Blog,
        published: Case,
        moderator: Person,
        clock: Clock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Where the comment cannot be withdrawn, whoever reported it is told nothing either."""
        case = reported(blog, send())
        decide_report.take_off(blog, published.id, 1, "Otra.", None, by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            decide_report.remove(
                blog,
                case.id,
                1,
                1,
                "Insulta.",
                None,
                by=moderator,
                answer_id=new_id(clock()),
                now=clock(),
            )
        record = track.record_of(blog, case).events
        assert [event.kind for event in record] == [EventKind.RECEIVED]

    def test_after_its_author_withdrew_it_is_an_answer(
        self,
        send: Send,
        blog: Blog,
        staff: FlaskClient,
        reader: FlaskClient,
        published: Case,
        moderator: Person,
        clock: Clock,
    ) -> None:
        case = reported(blog, send())
        decide_report.take_off(blog, published.id, 1, "Otra.", None, by=moderator, now=clock())
        page = staff.get(staff_path(case))
        assert "ya no está en la página" in words(page)
        assert "retirar-el-comentario" not in page.text
        assert deciding(staff, case, "se-queda", grounds="Ya no está.").status_code == 303
        assert "ya no estaba en la página" in words(staff.get(staff_path(case)))
        token = track.receipt_for(blog, case).token
        private = words(reader.get(f"/seguimiento/{case.reference}/{token}"))
        assert "ya no estaba en la página" in private
        assert "se queda" not in private

    @pytest.mark.parametrize("late", ["se-queda", "retirar-el-comentario"])
    def test_by_two_people_is_a_conflict_that_keeps_the_words_of_the_second(
        self,
        send: Send,
        blog: Blog,
        staff: FlaskClient,
        moderator: Person,
        clock: Clock,
        late: str,
    ) -> None:
        case = reported(blog, send())
        sent = fields(staff.get(staff_path(case)), "/se-queda") | {"grounds": "Lo mío."}
        other = hired(blog, moderator, "Otra Persona", clock(), role="manager")
        now, first = clock(), new_id(clock())
        if late == "se-queda":
            decide_report.remove(
                blog, case.id, 1, 1, "Insulta.", None, by=other, answer_id=first, now=now
            )
        else:
            decide_report.leave(blog, case.id, 1, "Critica.", by=other, answer_id=first, now=now)
        clock.forward(minutes=5)
        refused = staff.post(staff_path(case, late), data=sent)
        assert refused.status_code == 409
        assert "Lo mío." in words(refused)
        record = track.record_of(blog, case).events
        assert [event.actor for event in record if event.kind is EventKind.ANSWERED] == [
            f"person:{other.id}"
        ]


class TestTakingACommentOffItsPage:
    def test_is_possible_with_a_reason_for_any_that_is_published(
        self, blog: Blog, staff: FlaskClient, reader: FlaskClient, published: Case
    ) -> None:
        page = staff.get(staff_path(published))
        sent = fields(page, "/retirar") | {"grounds": "Lo pide otra persona."}
        assert staff.post(staff_path(published, "retirar"), data=sent).status_code == 303
        token = track.receipt_for(blog, published).token
        private = reader.get(f"/seguimiento/{published.reference}/{token}")
        assert "Lo pide otra persona." in words(private)
        assert staff.post(staff_path(published, "retirar"), data=sent).status_code == 409

    def test_is_not_done_to_other_words_than_were_read(
        self,
        send: Send,
        blog: Blog,
        staff: FlaskClient,
        published: Case,
        moderator: Person,
        clock: Clock,
    ) -> None:
        report = reported(blog, send())
        off = fields(staff.get(staff_path(published)), "/retirar") | {"grounds": "Insulta."}
        told = fields(staff.get(staff_path(report)), "/se-queda") | {"grounds": "Insulta."}
        left = published.body.split(" ", 1)[1]
        cutting.cut(blog, published.id, 1, left, "Insulta", by=moderator, now=clock())
        assert staff.post(staff_path(published, "retirar"), data=off).status_code == 409
        answer = staff.post(staff_path(report, "retirar-el-comentario"), data=told)
        assert answer.status_code == 409
        assert "Insulta." in answer.text
        assert not case_of(blog, published.id).withdrawn
        assert deciding(staff, report, "retirar-el-comentario", grounds="Sí.").status_code == 303
        assert case_of(blog, published.id).withdrawn

    def test_is_not_offered_of_one_that_waits(
        self, blog: Blog, staff: FlaskClient, waiting: Callable[..., Case], rules: Path
    ) -> None:
        held = waiting()
        page = staff.get(staff_path(held))
        assert "/retirar" not in page.text
        sent = {"csrf": fields(page, "/publicar")["csrf"], "grounds": "Sí.", "broken": ""}
        assert staff.post(staff_path(held, "retirar"), data=sent).status_code == 409
        assert not case_of(blog, held.id).withdrawn
