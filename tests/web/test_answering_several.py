"""One text for several comments, on the pages: marked, looked at, given, and what is left out."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.states import Attention
from comments_service.store import people
from comments_service.store.people import Person
from comments_service.usecases import moderate
from comments_service.usecases.answering_several import MOST
from comments_service.usecases.assign import assign
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.reader import edit
from comments_service.usecases.track import record_of
from comments_service.web.bodies import MAX_FIELDS
from tests.support.fixtures import Clock
from tests.support.people import hired
from tests.web.pages import fields, path, tree, words

TEXT = "Abrimos el **lunes**."


@pytest.fixture(autouse=True)
def _can_be_undone(blog: Blog) -> Iterator[None]:
    before = blog.settings.undo_seconds
    object.__setattr__(blog.settings, "undo_seconds", 20)
    yield
    object.__setattr__(blog.settings, "undo_seconds", before)


def boxes(page: object) -> dict[str, str]:
    """The checkboxes of other comments, none of which is marked."""
    found = [e for e in tree(page).iter("input") if (e.get("name") or "").startswith("c-")]  # type: ignore[arg-type]
    assert all("checked" not in each.attrib for each in found)
    return {each.get("name"): each.get("value") for each in found}


def looked(staff: FlaskClient, case: Case, *others: Case, **values: str) -> dict[str, str]:
    """The form of the page that says what it would be."""
    sent = fields(staff.get(path(case)), "/contestar") | {"body": TEXT} | values
    sent |= {f"c-{each.reference}": str(each.revision) for each in others}
    page = staff.post(path(case, "contestar"), data=sent)
    assert page.status_code == 200, words(page)
    form = fields(page, "/contestar-a-varios")
    return {name: text for name, text in form.items() if name != "again"}


def kinds(blog: Blog, case: Case) -> list[EventKind]:
    return [each.kind for each in record_of(blog, case).events]


class TestOtherComments:
    def test_that_wait_in_the_conversation_or_say_the_same_are_offered_unmarked(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting("¿Cuándo abrís?")
        near = waiting("¿Y los lunes?")
        waiting("Otra cosa.", thread="otra")
        page = staff.get(path(case))
        assert boxes(page) == {f"c-{near.reference}": "1"}
        assert "¿Y los lunes?" in words(page)

    def test_are_not_offered_where_none_waits(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        page = staff.get(path(waiting()))
        assert boxes(page) == {}
        assert "Contestar también" not in words(page)

    def test_are_so_few_that_the_form_can_be_sent_whole(
        self, staff: FlaskClient, waiting: Callable[..., Case], clock: Clock
    ) -> None:
        case = waiting("La primera.")
        for number in range(MOST + 2):
            clock.forward(seconds=61)
            waiting(f"Pregunta número {number}.")
        page = staff.get(path(case))
        assert len(boxes(page)) == MOST
        sent = fields(page, "/contestar") | {"body": TEXT, "only": "1", "along": "1"}
        sent |= {"sources": "1", "anyway": "1"} | boxes(page)
        assert len(sent) <= MAX_FIELDS
        assert staff.post(path(case, "contestar"), data=sent).status_code == 200


class TestOneText:
    def test_is_looked_at_first_and_nothing_has_happened(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting("¿Cuándo abrís?"), waiting("¿Y los lunes?")
        sent = fields(staff.get(path(case)), "/contestar") | {"body": TEXT}
        page = staff.post(path(case, "contestar"), data=sent | {f"c-{other.reference}": "1"})
        said = words(page)
        assert "¿Contestar a 2 comentarios con un mismo texto?" in said
        assert "Abrimos el lunes." in said
        assert "¿Y los lunes?" in said
        assert kinds(blog, case) == kinds(blog, other) == [EventKind.RECEIVED]

    def test_is_an_answer_of_its_own_to_each_and_the_same_form_twice_changes_nothing(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting("¿Cuándo abrís?"), waiting("¿Y los lunes?")
        sent = looked(staff, case, other)
        for _ in range(2):
            done = staff.post(path(case, "contestar-a-varios"), data=sent)
            assert done.status_code == 303
        for each in (case, other):
            assert kinds(blog, each) == [
                EventKind.RECEIVED,
                EventKind.APPROVED,
                EventKind.ANSWERED,
            ]
        given = {record_of(blog, each).events[-1].data["answer"] for each in (case, other)}
        assert len(given) == 2
        page = staff.get(done.headers["Location"])
        assert "Contestados: 2 comentarios, cada uno con su respuesta." in words(page)

    def test_can_be_undone_at_one_of_them_alone(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting("¿Cuándo abrís?"), waiting("¿Y los lunes?")
        done = staff.post(path(case, "contestar-a-varios"), data=looked(staff, case, other))
        page = staff.get(done.headers["Location"])
        undo = fields(page, f"{other.reference}/deshacer")
        assert staff.post(path(other, "deshacer"), data=undo).status_code == 303
        assert case_of(blog, other.id).attention is Attention.RECEIVED
        assert case_of(blog, case.id).attention is Attention.ANSWERED
        again = words(staff.get(done.headers["Location"]))
        assert "Contestado: 1 comentario." in again

    def test_leaves_out_and_names_what_changed_meanwhile(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
    ) -> None:
        case, refused, edited = waiting("Uno."), waiting("Dos."), waiting("Tres.")
        sent = looked(staff, case, refused, edited)
        moderate.reject(blog, refused.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        edit(blog, record_of(blog, edited), 1, "Tres y media.", now=clock())
        done = staff.post(path(case, "contestar-a-varios"), data=sent)
        page = words(staff.get(done.headers["Location"]))
        assert "Contestado: 1 comentario." in page
        assert f"{refused.reference}: Alguien ha decidido sobre él entretanto." in page
        assert f"{edited.reference}: Quien lo escribió lo ha cambiado entretanto." in page
        for each in (refused, edited):
            assert EventKind.ANSWERED not in kinds(blog, each)

    def test_goes_back_to_be_changed_with_what_was_marked(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting("Uno."), waiting("Dos.")
        sent = looked(staff, case, other) | {"again": "1"}
        page = staff.post(path(case, "contestar-a-varios"), data=sent)
        assert page.status_code == 200
        back = fields(page, "/contestar")
        assert back["body"].strip() == TEXT
        assert back[f"c-{other.reference}"] == "1"

    def test_with_a_fault_comes_back_whole_with_what_was_marked(
        self, staff: FlaskClient, blog: Blog, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting("Uno."), waiting("Dos.")
        sent = fields(staff.get(path(case)), "/contestar") | {"body": "El {fecha_limite}."}
        page = staff.post(path(case, "contestar"), data=sent | {f"c-{other.reference}": "1"})
        assert page.status_code == 422
        back = fields(page, "/contestar")
        assert (back["body"].strip(), back[f"c-{other.reference}"]) == ("El {fecha_limite}.", "1")
        form = looked(staff, case, other) | {"body": "El {fecha_limite}."}
        assert staff.post(path(case, "contestar-a-varios"), data=form).status_code == 422
        assert EventKind.ANSWERED not in kinds(blog, other)

    def test_that_reaches_nobody_any_more_is_not_lost(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
    ) -> None:
        case, other = waiting("Uno."), waiting("Dos.")
        sent = looked(staff, case, other)
        for each in (case, other):
            moderate.reject(blog, each.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        page = staff.post(path(case, "contestar-a-varios"), data=sent)
        assert page.status_code == 409
        assert fields(page, "/contestar-a-varios")["body"].strip() == TEXT

    @pytest.mark.parametrize("which", ["x", "2026-000002.1", "2026-000002.1.zzz"])
    def test_with_a_form_that_is_not_ours_is_refused(
        self, staff: FlaskClient, waiting: Callable[..., Case], which: str
    ) -> None:
        case, other = waiting("Uno."), waiting("Dos.")
        sent = looked(staff, case, other) | {"which": which}
        assert staff.post(path(case, "contestar-a-varios"), data=sent).status_code == 400

    def test_says_nothing_of_a_comment_that_this_person_may_not_answer(
        self,
        staff: FlaskClient,
        blog: Blog,
        waiting: Callable[..., Case],
        moderator: Person,
        clock: Clock,
    ) -> None:
        jon = hired(blog, moderator, "Jon Ibarra", clock())
        case, other = waiting("Uno."), waiting("Dos.")
        sent = looked(staff, case, other)
        assert sent["which"].startswith(other.reference)
        assign(blog, case.id, moderator.id, was=None, by=moderator, now=clock())
        assign(blog, other.id, jon.id, was=None, by=moderator, now=clock())
        with blog.store.write() as connection:
            people.change(connection, moderator.id, role="respondent")
        done = staff.post(path(case, "contestar-a-varios"), data=sent)
        assert other.reference not in done.headers.get("Location", "")
        assert EventKind.ANSWERED not in kinds(blog, other)
