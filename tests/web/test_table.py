"""The table of transitions walked over HTTP: each move is recorded once and mailed as it says."""

from collections.abc import Callable
from itertools import groupby

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from comments_service.domain.cases import Case, Event, EventKind
from comments_service.domain.mails import TO_STAFF, MailKind
from comments_service.domain.standing import fold
from comments_service.domain.transitions import TABLE, Action, Transition, Who, fits
from comments_service.store.people import Person
from comments_service.store.schema import mail
from comments_service.usecases import departments, mail_links, referrals, track
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import hired
from tests.web.pages import fields, path

A = Action
ANSWERED = (A.APPROVE, A.SHOW, A.ANSWER)
BY_READER = {
    A.ADD: ("anadir", {"body": "Y esto."}),
    A.CORRECT: ("corregir", {"body": "Mejor dicho."}),
    A.RESUBMIT: ("corregir", {"body": "Sin insultos."}),
    A.APPEAL: ("reclamar", {"body": "No insulto."}),
    A.DISPUTE: ("valorar", {"body": "No era eso.", "useful": "0"}),
    A.ACCEPT: ("valorar", {"body": "", "useful": "1"}),
    A.REPLY: ("anadir", {"body": "En la calle Mayor."}),
    A.WITHDRAW: ("retirar", {}),
}
BY_STAFF = {
    A.CLAIM: ("mirar", {}),
    A.APPROVE: ("publicar", {}),
    A.REJECT: ("no-publicar", {"reason": "Por esto."}),
    A.ANSWER: ("contestar", {"body": "Sí."}),
    A.ASK: ("preguntar", {"question": "¿En qué calle?"}),
    A.CLOSE: ("nada-mas", {}),
    A.REOPEN: ("reabrir", {}),
    A.EXTEND: ("mas-dias", {"later": "Falta un informe."}),
    A.SPAM: ("publicidad", {}),
    A.NOT_SPAM: ("no-es-publicidad", {}),
    A.REFER: ("derivar", {"department": "1", "inquiry": "¿Qué sabéis de esto?"}),
    A.TAKE_BACK: ("recuperar", {}),
    A.CUT: ("recortar", {"cut": "Mi", "cut_reason": "Datos de otra persona."}),
    A.RESTORE: ("reponer", {}),
}
FORMS_APART = {A.CORRECT: "/corregir", A.RESUBMIT: "/corregir", A.WITHDRAW: "/retirar"}

WALKS: list[tuple[Action, ...]] = [
    (A.CLAIM,),
    (A.APPROVE, A.SHOW, A.CLAIM),
    (A.APPROVE,),
    (A.APPROVE, A.SHOW),
    (A.APPROVE, A.CORRECT, A.APPROVE),
    (A.APPROVE, A.CORRECT, A.REJECT),
    (A.REJECT,),
    (A.REJECT, A.APPEAL),
    (A.REJECT, A.APPEAL, A.REOPEN),
    (A.REJECT, A.APPEAL, A.RESUBMIT),
    (A.REJECT, A.RESUBMIT),
    ANSWERED,
    (A.ADD,),
    (*ANSWERED, A.ADD),
    (A.CORRECT,),
    (*ANSWERED, A.CORRECT),
    (*ANSWERED, A.DISPUTE),
    (*ANSWERED, A.ACCEPT),
    (A.APPROVE, A.SHOW, A.ADD, A.CLOSE),
    (A.APPROVE, A.SHOW, A.WITHDRAW),
    (A.REFER,),
    (A.REFER, A.TAKE_BACK),
    (A.REFER, A.RETURN),
    (A.APPROVE, A.SHOW, A.ASK),
    (A.APPROVE, A.SHOW, A.ASK, A.REPLY),
    (A.CUT,),
    (A.APPROVE, A.SHOW, A.CUT),
    (A.CUT, A.APPEAL),
    (A.CUT, A.RESTORE),
    (A.SPAM,),
    (A.SPAM, A.NOT_SPAM),
]
IN_PRIVATE: list[tuple[Action, ...]] = [
    (A.ANSWER,),
    (A.REJECT,),
    (A.REJECT, A.APPEAL),
    (A.REJECT, A.APPEAL, A.REOPEN),
    (A.REJECT, A.RESUBMIT),
    (A.ANSWER, A.DISPUTE),
]
WITH_DEADLINES: list[tuple[Action, ...]] = [
    (A.EXTEND,),
    (A.APPROVE, A.SHOW, A.EXTEND),
]
NOT_BY_HTTP = {
    A.GIVE_UP, A.SETTLE, A.REVISE,
}  # fmt: skip
"""Moves that nobody has a page for."""


class Walk:
    """One comment with an address, and the browsers of its reader and of staff."""

    def __init__(
        self,
        case: Case,
        blog: Blog,
        clock: Clock,
        reader: FlaskClient,
        staff: FlaskClient,
        publishing: Callable[[Case], Case],
    ) -> None:
        self.case, self.blog, self.clock = case, blog, clock
        self.reader, self.staff, self.publishing = reader, staff, publishing
        token = track.receipt_for(blog, case).token
        self.private = f"/seguimiento/{case.reference}/{token}"

    def record(self) -> tuple[Event, ...]:
        return track.record_of(self.blog, case_of(self.blog, self.case.id)).events

    def mails(self) -> list[str]:
        with self.blog.store.read() as connection:
            return list(connection.execute(select(mail.c.kind).order_by(mail.c.id)).scalars())

    def row(self, action: Action, who: Who) -> Transition:
        """Where it stands now."""
        standing = fold(self.record())
        (row,) = [
            row
            for row in TABLE
            if row.action is action and who in row.who and fits(row, standing, self.case.private)
        ]
        return row

    def go(self, action: Action) -> Transition:
        """One move, twice: by a double click, or by a publisher that looks again."""
        self.clock.forward(minutes=11)
        if action is A.SHOW:
            row = self.row(action, Who.SERVICE)
            self.publishing(self.case)
            self.publishing(self.case)
            return row
        if action is A.RETURN:
            return self._return()
        is_readers = action in BY_READER
        row = self.row(action, Who.READER if is_readers else Who.MANAGER)
        word, given = (BY_READER if is_readers else BY_STAFF)[action]
        page, browser = self._page(action), self.reader if is_readers else self.staff
        home = self.private if is_readers else path(self.case)
        sent = fields(browser.get(page), f"/{word}") | given
        if action is A.ANSWER:
            sent["answer"] = new_id(self.clock())
        answers = [browser.post(f"{home}/{word}", data=sent) for _ in range(2)]
        assert answers[0].status_code == 303
        assert answers[1].status_code in (303, 409)
        if action is A.ANSWER and not self.case.private:
            self.publishing(self.case)
        return row

    def _return(self) -> Transition:
        """By the department's link."""
        row = self.row(A.RETURN, Who.DEPARTMENT)
        with self.blog.store.read() as connection:
            asked = referrals.open_of(connection, self.case.id)
        assert asked
        link = mail_links.to_department(self.blog, asked).removeprefix(self.blog.site_url)
        sent = fields(self.reader.get(link), "/responder")
        sent |= {"what": "answer", "body": "Sí.", "name": "Jon", "position": "Jefe"}
        answers = [self.reader.post(f"{link}/responder", data=sent) for _ in range(2)]
        assert [each.status_code for each in answers] == [303, 303]
        return row

    def _page(self, action: Action) -> str:
        return (
            self.private + FORMS_APART.get(action, "") if action in BY_READER else path(self.case)
        )


@pytest.fixture
def begin(
    waiting: Callable[..., Case],
    blog: Blog,
    clock: Clock,
    reader: FlaskClient,
    staff: FlaskClient,
    publishing: Callable[[Case], Case],
    moderator: Person,
) -> Callable[..., Walk]:
    """There is a department, which can be asked by mail, and a colleague who decides nothing."""
    to, by, now = "obras@ayuntamiento.example", moderator, clock()
    departments.add(blog, "Obras", by=by, now=now)
    departments.change(blog, 1, "Obras", email=to, closed=False, by=by, now=now)
    hired(blog, by, "Jon Ruiz", now, role="respondent")
    return lambda **form: Walk(
        waiting("Mi texto.", email="ana@correo.example", **form),
        blog,
        clock,
        reader,
        staff,
        publishing,
    )


def named(walk: tuple[Action, ...]) -> str:
    return "-".join(walk)


def check(walk: Walk, actions: tuple[Action, ...]) -> None:
    assert walk.mails() == ["R1"], "the receipt"
    for action in actions[:-1]:
        walk.go(action)
    record, mails = walk.record(), walk.mails()
    row = walk.go(actions[-1])
    added = walk.record()[len(record) :]
    own = [event.kind for event in added if event.kind is not EventKind.PROMISED]
    also = [EventKind.ANSWER_PUBLISHED] if row.action is A.ANSWER and not walk.case.private else []
    also += [EventKind.ASSIGNED] if row.action is A.RETURN else []  # to whoever asked
    assert own == [row.kind, *also]
    told = [row.mail] if row.mail in set(MailKind) else []
    to_reader = [each for each in walk.mails()[len(mails) :] if each not in TO_STAFF]
    assert to_reader == told


class TestEachMove:
    @pytest.mark.parametrize("actions", WALKS, ids=named)
    def test_is_recorded_once_and_mailed_as_the_table_says(
        self, begin: Callable[..., Walk], actions: tuple[Action, ...]
    ) -> None:
        check(begin(), actions)

    @pytest.mark.parametrize("actions", IN_PRIVATE, ids=named)
    def test_of_a_private_comment_too(
        self, begin: Callable[..., Walk], actions: tuple[Action, ...]
    ) -> None:
        check(begin(private=True), actions)

    @pytest.mark.parametrize("actions", WITH_DEADLINES, ids=named)
    def test_of_a_comment_that_was_promised_an_answer(
        self, begin: Callable[..., Walk], blog: Blog, actions: tuple[Action, ...]
    ) -> None:
        site = blog.settings.blog / "content" / "site.toml"
        site.write_text(site.read_text("utf-8") + "\n[deadlines]\nanswer = 2\n", "utf-8")
        check(begin(), actions)

    def test_that_readers_and_staff_have_a_page_for_is_walked(self) -> None:
        last = {walk[-1] for walk in (*WALKS, *IN_PRIVATE, *WITH_DEADLINES)}
        assert last == set(Action) - NOT_BY_HTTP - {A.RECEIVE}
        assert all(len(list(each)) == 1 for _, each in groupby(sorted(map(named, WALKS))))
