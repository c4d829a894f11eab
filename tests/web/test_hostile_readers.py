"""What a stranger writes, on the pages of those who may decide."""

from collections.abc import Callable
from contextlib import suppress
from itertools import chain, islice

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from comments_service.domain.cases import Case
from comments_service.errors import InvalidComment
from comments_service.store.people import Person
from comments_service.usecases import tray
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import reject
from comments_service.usecases.track import receipt_for
from tests.hostile import BODIES, ONE_LINE, RAW_HTML
from tests.oracle import findings
from tests.support.fixtures import Clock
from tests.support.waiting import to_decide
from tests.web.pages import classed, tree


class TestAHostileReader:
    """What a stranger writes, on the pages of those who may decide."""

    def test_changes_no_page_by_a_name(
        self, staff: FlaskClient, waiting: Callable[..., Case], blog: Blog
    ) -> None:
        case = waiting(author="Aitor")
        paths = ["/gestion/", f"/gestion/comentario/{case.reference}", _private(blog, case)]
        calm = [_frame(staff.get(path)) for path in paths]
        for author in {*ONE_LINE.values(), *RAW_HTML.values()}:
            _rename(blog, author[:80])
            assert [_frame(staff.get(path)) for path in paths] == calm, author

    def test_writes_nothing_but_plain_tags(
        self,
        staff: FlaskClient,
        waiting: Callable[..., Case],
        blog: Blog,
        moderator: Person,
        clock: Clock,
    ) -> None:
        texts = iter(enumerate(chain.from_iterable(BODIES.values())))
        while batch := list(islice(texts, tray.PAGE)):
            held = []
            clock.forward(minutes=5)  # fewer than a network may send in an hour
            for number, text in batch:
                body = text.encode(errors="replace").decode()  # as forms arrive
                with suppress(InvalidComment):
                    held.append(waiting(body, author=f"Nadie {number}"))
            assert held
            one = held[0]
            _judge(staff.get("/gestion/"), len(held))
            _judge(staff.get(f"/gestion/comentario/{one.reference}"), 1)
            _judge(staff.get(_private(blog, one)), 1)
            for case in held:
                reason = case.body[:2_000]
                reject(blog, case.id, 1, rule=None, reason=reason, by=moderator, now=clock())
            (shown,) = classed(staff.get(_private(blog, one)), "as-typed")
            assert len(shown) == 0
            assert staff.get("/gestion/decididos").status_code == 200

    def test_makes_no_link_of_a_reply_to_nothing(self, staff: FlaskClient, blog: Blog) -> None:
        data = {"author": "x", "body": "x", "in_reply_to": '"><script>', "lang": "../../es"}
        assert staff.post("/comentar/hola", data=data).status_code == 303
        case = to_decide(blog)[0]
        assert (case.in_reply_to, case.lang) == (None, "es")


def _frame(answer: TestResponse) -> list[tuple[str, list[str]]]:
    """The page without what stands in its comments: tags with the names of attributes."""
    assert answer.status_code == 200
    page = tree(answer)
    for body in [each for each in page.iter() if "comment__body" in (each.get("class") or "")]:
        body.clear()
    return [(each.tag, sorted(each.attrib)) for each in page.iter()]


def _judge(answer: TestResponse, comments: int) -> None:
    """Each comment's HTML by the oracle; its source, as it was typed, is text alone."""
    assert answer.status_code == 200
    bodies = classed(answer, "comment__body")
    assert len(bodies) == comments
    for body in bodies:
        inner = (body.text or "") + "".join(html5lib.serialize(child) for child in body)
        assert findings(inner) == [], inner
    for typed in [each for each in tree(answer).iter("pre") if "dir" in each.attrib]:
        assert len(typed) == 0


def _private(blog: Blog, case: Case) -> str:
    return f"/seguimiento/{case.reference}/{receipt_for(blog, case).token}"


def _rename(blog: Blog, author: str) -> None:
    """As if the clean-up at the door had let this name through."""
    with blog.store.write() as connection:
        name = author.encode(errors="replace").decode()
        connection.exec_driver_sql("UPDATE revision SET author = ?", (name,))
