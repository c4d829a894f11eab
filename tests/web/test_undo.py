"""Undoing on the page, going on in the list, and deciding on what was changed meanwhile."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from comments_service.domain.cases import Case
from comments_service.domain.states import Attention, Decision
from comments_service.store.people import Person
from comments_service.usecases import departments, reader
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.track import receipt_for, record_of
from tests.support.fixtures import Clock
from tests.web.pages import URL, addresses, fields, words


@pytest.fixture(autouse=True)
def _can_be_undone(blog: Blog) -> Iterator[None]:
    before = blog.settings.undo_seconds
    object.__setattr__(blog.settings, "undo_seconds", 20)
    yield
    object.__setattr__(blog.settings, "undo_seconds", before)


def path(case: Case, word: str = "") -> str:
    return f"/gestion/comentario/{case.reference}" + (f"/{word}" if word else "")


class TestAfterADecision:
    def test_the_list_offers_to_undo_it_and_says_how_long(
        self, staff: FlaskClient, blog: Blog, clock: Clock, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/publicar")
        page = staff.get(staff.post(path(case, "publicar"), data=sent).headers["Location"])
        assert "Deshacer" in words(page)
        assert "20 segundos" in words(page)
        clock.forward(seconds=12)
        done = staff.post(path(case, "deshacer"), data=fields(page, "/deshacer"))
        assert done.status_code == 303
        assert "Deshecho" in words(staff.get(done.headers["Location"]))
        assert case_of(blog, case.id).decision is Decision.HELD

    def test_the_form_that_was_undone_can_be_sent_again(
        self,
        staff: FlaskClient,
        reader: FlaskClient,
        blog: Blog,
        clock: Clock,
        moderator: Person,
        waiting: Callable[..., Case],
    ) -> None:
        for number, name in enumerate(("Obras", "Cultura"), 1):
            departments.add(blog, name, by=moderator, now=clock())
            told = {"email": f"{name.lower()}@pruebas.example", "closed": False}
            departments.change(blog, number, name, **told, by=moderator, now=clock())
        case = waiting()
        sent = fields(staff.get(path(case)), "/derivar")
        sent |= {"department": "1", "inquiry": "¿Qué sabéis?", "late": "1"}
        for _ in range(2):
            assert staff.post(path(case, "derivar"), data=sent).status_code == 303
            assert case_of(blog, case.id).department_id == 1
            clock.forward(seconds=1)
            other = fields(staff.get(path(case)), "/derivar")
            other |= {"department": "2", "inquiry": "¿Y esto?", "late": "1"}
            assert staff.post(path(case, "derivar"), data=other).status_code == 303
            for left in (1, None):
                token = receipt_for(blog, case_of(blog, case.id)).token
                private = words(reader.get(f"/seguimiento/{case.reference}/{token}"))
                assert "Derivado a «Cultura»" in private if left else "«Obras»" in private
                page = staff.get(path(case))
                staff.post(path(case, "deshacer"), data=fields(page, "/deshacer"))
                assert case_of(blog, case.id).department_id == left
                clock.forward(seconds=1)
        assert case_of(blog, case.id).attention is Attention.RECEIVED

    def test_the_list_goes_on_at_the_next_comment(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        one, other = waiting(), waiting("Otro comentario")
        tray = staff.get("/gestion/")
        sent = fields(tray, f"{one.reference}/publicar")
        place = staff.post(path(one, "publicar"), data=sent).headers["Location"]
        assert place.endswith(f"#c-{other.reference}")
        assert f'id="c-{other.reference}"' in staff.get(place).text

    def test_on_its_page_goes_back_to_the_list_from_which_that_was_opened(
        self, staff: FlaskClient, waiting: Callable[..., Case]
    ) -> None:
        case, other = waiting(), waiting("Otro comentario")
        links = addresses(staff.get("/gestion/?vista=por-leer"))
        opened = next(each for each in links if f"{case.reference}?lista" in each)
        sent = fields(staff.get(opened), "/publicar")
        done = staff.post(path(case, "publicar"), data=sent, headers={"Referer": opened})
        assert done.headers["Location"].startswith(f"{URL}/gestion/?vista=por-leer&hecho=publicar")
        assert done.headers["Location"].endswith(f"#c-{other.reference}")

    @pytest.mark.parametrize("came_from", ["", "http://[", "x?lista=%2F%2Fevil&siguiente=evil"])
    def test_goes_to_the_first_list_from_nowhere_of_ours(
        self, staff: FlaskClient, waiting: Callable[..., Case], came_from: str
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/publicar")
        done = staff.post(path(case, "publicar"), data=sent, headers={"Referer": came_from})
        assert done.headers["Location"].startswith(f"{URL}/gestion/?hecho=publicar")
        assert "evil" not in done.headers["Location"]

    def test_too_late_to_undo_says_what_to_do_instead(
        self, staff: FlaskClient, clock: Clock, waiting: Callable[..., Case]
    ) -> None:
        case = waiting()
        sent = fields(staff.get(path(case)), "/publicar")
        staff.post(path(case, "publicar"), data=sent)
        undo = fields(staff.get(path(case)), "/deshacer")
        clock.forward(seconds=21)
        answer = staff.post(path(case, "deshacer"), data=undo)
        assert answer.status_code == 409
        assert "no se puede deshacer" in words(answer)
        assert "Deshacer" not in words(staff.get(path(case)))


class TestADecisionOnWhatItsAuthorChanged:
    def test_shows_what_was_seen_beside_what_it_says_now(
        self, staff: FlaskClient, blog: Blog, clock: Clock, waiting: Callable[..., Case]
    ) -> None:
        case = waiting("Lo primero que dije")
        sent = fields(staff.get(path(case)), "/contestar") | {"body": "No viene al caso."}
        of = record_of(blog, case)
        reader.edit(blog, of, len(of.events), "Lo segundo que dije", now=clock())
        answer = staff.post(path(case, "contestar"), data=sent)
        assert answer.status_code == 409
        for each in ("Lo primero que dije", "Lo segundo que dije", "No viene al caso."):
            assert each in words(answer)
