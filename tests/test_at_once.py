"""Two at the same moment on PostgreSQL: the second waits behind the lock of the case, and decides
on what it finds there.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.reports import Ground
from comments_service.errors import AlreadyDecided
from comments_service.store import cases
from comments_service.store import referrals as stored
from comments_service.store.people import Person
from comments_service.usecases import (
    attend,
    decide_report,
    department_link,
    departments,
    mail_links,
    moves,
    privately,
    reader,
    referrals,
    revise,
)
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.report import Report, report
from comments_service.usecases.submit import Form
from comments_service.usecases.track import receipt_for, record_of, track
from tests.support.fixtures import Clock
from tests.support.hands import received
from tests.support.ids import new_id

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Between = Callable[[Any, str, Callable[[], object]], None]
"""Module and function that the first one calls in the middle, and what the second one does then."""


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Between, list[Future[object]]]]:
    """What puts the second one in between, and what became of it."""
    with ThreadPoolExecutor() as pool:
        begun: list[Future[object]] = []
        first = threading.get_ident()

        def between(module: Any, name: str, act: Callable[[], object]) -> None:
            real = getattr(module, name)

            def slowly(*given: Any, **named: Any) -> Any:
                if threading.get_ident() == first and not begun:
                    begun.append(pool.submit(act))
                    with suppress(TimeoutError):
                        begun[0].exception(1)  # until it is over, or waits behind the lock
                return real(*given, **named)

            monkeypatch.setattr(module, name, slowly)

        yield between, begun


def test_what_was_answered_is_opened_again_once(
    blog: Blog, clock: Clock, moderator: Person, second: tuple[Between, list[Future[object]]]
) -> None:
    between, begun = second
    case = received(blog, clock)
    answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
    clock.forward(minutes=1)

    def again() -> None:
        attend.reopen(blog, case.id, by=moderator, now=clock())

    between(moves, "by_staff", again)
    again()
    assert isinstance(begun[0].exception(), AlreadyDecided)
    kinds = [event.kind for event in record_of(blog, case).events]
    assert kinds.count(EventKind.REOPENED) == 1


def test_a_comment_is_corrected_once(
    blog: Blog, clock: Clock, moderator: Person, second: tuple[Between, list[Future[object]]]
) -> None:
    between, begun = second
    case = received(blog, clock)
    approve(blog, case.id, 1, by=moderator, now=clock())

    def correct(body: str) -> None:
        revise.revise(blog, case.comment_id, 1, body, by=moderator, now=clock())

    between(revise, "_refuse", lambda: correct("La segunda."))
    correct("La primera.")
    assert isinstance(begun[0].exception(), AlreadyDecided)
    assert revise.public_wording(blog, case.comment_id).body == "La primera."


def test_words_that_nobody_read_are_not_taken_off(
    blog: Blog, clock: Clock, moderator: Person, second: tuple[Between, list[Future[object]]]
) -> None:
    between, begun = second
    case = received(blog, clock)
    approve(blog, case.id, 1, by=moderator, now=clock())
    with blog.store.write() as connection:
        connection.exec_driver_sql("UPDATE comment SET digest_seen = 'x'")
    told = Report(words=Form(body="Es falso."), ground=Ground.OTHER, nameless="Alguien")
    of = report(
        blog,
        (case.thread,),
        case.comment_id,
        told,
        address="192.0.2.9",
        report_id=new_id(clock()),
        now=clock(),
    ).case
    theirs = track(blog, case.reference, receipt_for(blog, case).token)

    def correct() -> None:
        reader.edit(blog, theirs, len(theirs.events), "Me equivoqué.", now=clock())

    between(privately, "signed", correct)
    about = {"by": moderator, "answer_id": new_id(clock()), "now": clock()}
    decide_report.remove(blog, of.id, 1, 1, "Es falso.", None, **about)
    assert isinstance(begun[0].exception(), AlreadyDecided)
    again = case_of(blog, case.id)
    assert (again.withdrawn, again.revision) == (True, 1)


def test_an_answer_is_signed_by_whoever_sent_it(
    blog: Blog, clock: Clock, moderator: Person, second: tuple[Between, list[Future[object]]]
) -> None:
    between, begun = second
    case = received(blog, clock)
    approve(blog, case.id, 1, by=moderator, now=clock())
    asked = _passed_on(blog, clock, moderator, case)
    key = mail_links.token(blog, mail_links.DEPARTMENT, asked)

    def draft() -> None:
        by_berto = department_link.DepartmentAnswer("Un borrador.", "Berto", "Técnico", 1, 0)
        department_link.keep(blog, str(asked.id), key, by_berto, now=clock())

    between(cases, "lock", draft)
    by_ana = department_link.DepartmentAnswer("El lunes empieza.", "Ana", "Jefa", 1, 0)
    with pytest.raises(AlreadyDecided):
        department_link.answer(blog, str(asked.id), key, by_ana, now=clock())
    assert begun[0].exception() is None


def _passed_on(blog: Blog, clock: Clock, moderator: Person, case: Case) -> stored.Referral:
    works = departments.add(blog, "Obras", by=moderator, now=clock())
    address = "obras@pruebas.example"
    departments.change(blog, works, "Obras", closed=False, email=address, by=moderator, now=clock())
    day = (clock() + timedelta(days=3)).date().isoformat()
    asked = referrals.Form(works, "¿Cuándo?", day, True, 99)
    referrals.refer(blog, case.id, asked, by=moderator, now=clock())
    with blog.store.read() as connection:
        (found,) = stored.of_case(connection, case.id)
    return found
