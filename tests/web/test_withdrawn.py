"""Comments that were withdrawn, erased, corrected or found in files, as people see them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from comments_service.domain.cases import READER, SERVICE, Case, EventKind
from comments_service.domain.comments import Comment, Kind, Markup, Tombstone, WithdrawnBy
from comments_service.store import events, wordings
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.revise import revise
from comments_service.usecases.track import receipt_for
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.web.pages import URL, addresses, classed, form, path, text_of, title, tree, words


@pytest.fixture
def follow(reader: FlaskClient, blog: Blog) -> Callable[..., TestResponse]:
    """Opens the private page of a case, or its receipt."""

    def get(case: Case, receipt: bool = False) -> TestResponse:
        address = f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"
        return reader.get(address + ("/recibido" if receipt else ""))

    return get


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


def decisions(answer: TestResponse) -> list[str]:
    """The forms of the page that decide something about the comment, not about its author."""
    actions = [each.get("action") or "" for each in tree(answer).iter("form")]
    paths = [each.partition("?")[0] for each in actions]
    return [each for each in paths if "/comentario/" in each and "/no-admitir" not in each]


class TestAWithdrawnComment:
    @pytest.mark.parametrize(
        ("by", "said"),
        [
            (WithdrawnBy.READER, "Lo retiró quien lo había escrito. 20/11/2026 a las 11:00"),
            (WithdrawnBy.INSTITUTION, "Lo retiró la institución. 20/11/2026 a las 11:00"),
        ],
    )
    def test_shows_staff_who_withdrew_it_and_nothing_to_decide(
        self, staff: FlaskClient, public: Case, blog: Blog, clock: Clock, by: WithdrawnBy, said: str
    ) -> None:
        withdraw(blog, public.comment_id, reason=by, by=None, now=clock())
        seen = staff.get(path(public))
        assert text_of(classed(seen, "state")[0]) == "Retirado"
        assert said in words(seen)
        assert decisions(seen) == []
        assert "Mi texto." in words(seen)

    def test_by_removing_its_file_says_so(
        self, staff: FlaskClient, public: Case, blog: Blog, clock: Clock
    ) -> None:
        with blog.store.write() as connection:
            wordings.withdraw(connection, public.comment_id, "repository", clock())
            data = {"comment": public.comment_id, "by": "repository"}
            kind = EventKind.REMOVED_IN_FILES
            events.append(connection, public.id, kind, actor=SERVICE, now=clock(), data=data)
        seen = staff.get(path(public))
        assert "Se retiró cuando alguien quitó su archivo a mano." in words(seen)
        assert "Retirado: su archivo se quitó a mano" in words(seen)

    def test_takes_no_decision_any_more_and_keeps_what_was_written(
        self, staff: FlaskClient, public: Case, blog: Blog, clock: Clock
    ) -> None:
        withdraw(blog, public.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        sent = form(answer=new_id(clock()), body="Mi respuesta larga.")
        seen = staff.post(path(public, "contestar"), data=sent)
        assert seen.status_code == 409
        assert "Mi respuesta larga." in words(seen)

    def test_tells_its_reader_how_far_that_is(
        self,
        public: Case,
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        clock: Clock,
    ) -> None:
        withdraw(blog, public.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        seen = follow(public)
        assert "Retirado" in title(seen)
        assert "Dejará de estar en la página enseguida." in words(seen)
        publishing(public)
        seen = follow(public)
        assert "Ya no está en la página." in words(seen)
        assert "Tu comentario ya no está en la página." in words(seen)
        assert not any("#comment-" in each for each in addresses(seen))
        assert "Mi texto." in words(seen)

    def test_before_a_decision_was_never_on_the_page(
        self,
        waiting: Callable[..., Case],
        follow: Callable[..., TestResponse],
        blog: Blog,
        clock: Clock,
    ) -> None:
        case = waiting()
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        assert "Nunca estuvo en la página" in words(follow(case))

    def test_has_no_receipt_any_more(
        self, public: Case, follow: Callable[..., TestResponse], blog: Blog, clock: Clock
    ) -> None:
        withdraw(blog, public.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        seen = follow(public, receipt=True)
        assert seen.status_code == 303
        assert seen.headers["Location"].startswith(f"{URL}/seguimiento/{public.reference}/")


class TestAnErasedComment:
    def test_leaves_what_staff_have_to_see_to(
        self, staff: FlaskClient, public: Case, blog: Blog, clock: Clock
    ) -> None:
        remains = "Las copias de seguridad lo conservan hasta que se eliminan"
        assert remains in words(staff.get(path(public) + "/borrar"))
        assert remains not in words(staff.get(path(public)))
        erase(blog, public.comment_id, by=None, now=clock())
        assert remains in words(staff.get(path(public)))

    def test_shows_nobody_anything_of_it(
        self,
        staff: FlaskClient,
        public: Case,
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        clock: Clock,
    ) -> None:
        erase(blog, public.comment_id, by=None, now=clock())
        publishing(public)
        assert follow(public).status_code == 404
        assert follow(public).data == follow(replace(public, reference="2026-000777")).data
        pages = [staff.get(path(public)), staff.get("/gestion/decididos")]
        for seen in pages:
            assert seen.status_code == 200
            for gone in ("Aitor", "Mi texto."):
                assert gone not in seen.text
        assert "Comentario borrado" in title(pages[0])
        assert "Su texto y el nombre de quien lo escribió se borraron." in words(pages[0])
        assert decisions(pages[0]) == []
        assert "Comentario borrado" in words(pages[1])


class TestACorrectedComment:
    def test_says_that_the_new_wording_is_on_its_way(
        self,
        staff: FlaskClient,
        public: Case,
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        revise(blog, public.comment_id, 1, "Mi texto, mejor.", by=moderator, now=clock())
        seen = follow(public)
        assert "Corregido · se publicará en la próxima actualización" in title(seen)
        assert "La redacción corregida estará en la página enseguida." in words(seen)
        assert "Tu comentario se corrigió." in words(seen)
        assert "Mi texto, mejor." in words(seen)
        publishing(public)
        assert "Publicado" in title(follow(public))
        assert "Corregido" in words(staff.get(path(public)))

    def test_may_be_answered(
        self, staff: FlaskClient, public: Case, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        revise(blog, public.comment_id, 1, "Mi texto, mejor.", by=moderator, now=clock())
        actions = decisions(staff.get(path(public)))
        assert {f"{URL}{path(public, each)}" for each in ("no-hace-falta", "contestar")} <= set(
            actions
        )
        assert f"{URL}{path(public, 'publicar')}" not in actions


class TestAnAnswer:
    def test_that_was_corrected_or_withdrawn_is_not_taken_for_the_comment(
        self,
        staff: FlaskClient,
        public: Case,
        follow: Callable[..., TestResponse],
        publishing: Callable[[Case], Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        answer_id = new_id(clock())
        answer(blog, public.id, 1, "Sí.", by=moderator, answer_id=answer_id, now=clock())
        publishing(public)
        revise(blog, answer_id, 1, "Sí, mejor.", by=moderator, now=clock())
        publishing(public)
        seen = follow(public)
        assert "Corregimos nuestra respuesta." in words(seen)
        assert "Tu comentario se corrigió." not in words(seen)
        assert len(classed(seen, "comment--answer")) == 1
        withdraw(blog, answer_id, reason=WithdrawnBy.INSTITUTION, by=moderator, now=clock())
        publishing(public)
        for seen in (follow(public), staff.get(path(public))):
            assert "etiramos nuestra respuesta." in words(
                seen
            ) or "La respuesta se retiró" in words(seen)
            assert not classed(seen, "comment--answer")
            assert "Tu comentario se retiró." not in words(seen)


class TestACommentFoundInFiles:
    def learn(self, blog: Blog, entry: Comment | Tombstone, clock: Clock) -> Case:
        with blog.store.write() as connection:
            case = wordings.learn(connection, entry, clock())
            assert case
            data = {"comment": entry.id}
            events.append(
                connection, case.id, EventKind.LEARNED, actor=SERVICE, now=clock(), data=data
            )
            if isinstance(entry, Tombstone):
                kind = EventKind.WITHDRAWN
                events.append(connection, case.id, kind, actor=READER, now=clock(), data=data)
        return case_of(blog, case.id)

    def test_of_no_known_language_is_shown_all_the_same(
        self, staff: FlaskClient, follow: Callable[..., TestResponse], blog: Blog, clock: Clock
    ) -> None:
        found = Comment(
            id=new_id(clock()),
            thread="hola",
            revision=1,
            number=3,
            kind=Kind.COMMENT,
            markup=Markup.TEXT,
            author="Íñigo",
            date=clock(),
            body="De antes.",
        )
        case = self.learn(blog, found, clock)
        for seen in (staff.get(path(case)), follow(case), staff.get("/gestion/decididos")):
            assert seen.status_code == 200
            assert "De antes." in words(seen)
            assert 'lang="und"' not in seen.text
        assert "Recogido de los archivos del blog" in words(staff.get(path(case)))

    def test_as_a_tombstone_has_neither_text_nor_name(
        self, staff: FlaskClient, follow: Callable[..., TestResponse], blog: Blog, clock: Clock
    ) -> None:
        stone = Tombstone(
            id=new_id(clock()), thread="hola", number=3, date=clock(), reason=WithdrawnBy.READER
        )
        case = self.learn(blog, stone, clock)
        seen = staff.get(path(case))
        assert "Comentario retirado" in title(seen)
        assert "Nunca tuvimos su texto" in words(seen)
        assert "Lo retiró quien lo había escrito." in words(seen)
        assert follow(case).status_code == 200


class TestTheTray:
    def test_does_not_ask_for_a_decision_on_a_withdrawn_comment(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog, clock: Clock
    ) -> None:
        case = waiting()
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        assert "Nadie está esperando." in words(staff.get("/gestion/"))
        assert staff.post(path(case, "publicar"), data=form()).status_code == 409
        with blog.store.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM thread_counter")).scalar() == 0
