"""What has been kept as long as it may be goes by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from comments_service.domain.cases import SERVICE
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.states import Attention
from comments_service.store import addresses, events, schema
from comments_service.store.people import Person
from comments_service.store.times import seconds
from comments_service.usecases import asking, clocks, reader, retention
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from comments_service.usecases.track import receipt_for, track
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.hands import received
from tests.support.ids import new_id

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)

MONTH = retention.MONTH
DAY = timedelta(days=1)


def count(blog: Blog, table: schema.Table) -> int:
    with blog.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def refused(blog: Blog, clock: Clock, by: Person, body: str = "Compra.") -> int:
    case = received(blog, clock, body)
    why = "Publicidad de una tienda."
    reject(blog, case.id, case.revision, rule=None, reason=why, by=by, now=clock())
    return case.id


def with_address(
    blog: Blog, clock: Clock, case_id: int | None = None, *, confirmed: bool = True
) -> int:
    """An address that somebody gave now, with a mail that was sent; its id."""
    with blog.store.write() as connection:
        row = {
            "lookup": f"{count_addresses(connection):064x}",
            "sealed": b"x",
            "lang": "es",
            "created_at": seconds(clock()),
            "confirmed_at": seconds(clock()) if confirmed else None,
        }
        added = insert(schema.address).values(row).returning(schema.address.c.id)
        address_id: int = connection.execute(added).scalar_one()
        if case_id is not None:
            change = schema.case.update().where(schema.case.c.id == case_id)
            connection.execute(change.values(address_id=address_id))
        times = dict.fromkeys(("asked_at", "available_at", "done_at"), seconds(clock()))
        sent = {"kind": "R1", "address_id": address_id, "case_id": case_id, "cause": "x", **times}
        sent["outcome"] = "sent"
        connection.execute(insert(schema.mail).values(sent))
    return address_id


def count_addresses(connection: object) -> int:
    return connection.execute(select(func.count()).select_from(schema.address)).scalar_one()  # type: ignore[attr-defined,no-any-return]


def later(blog: Blog, clock: Clock, after: timedelta) -> None:
    clock.now += after
    tick(blog, clock)


class TestACommentThatWasRefused:
    def test_is_erased_after_six_months_and_not_before(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case_id = refused(blog, clock, moderator)
        later(blog, clock, 6 * MONTH - DAY)
        assert not case_of(blog, case_id).erased
        later(blog, clock, 2 * DAY)
        case = case_of(blog, case_id)
        assert (case.erased, case.author, case.body, case.reason) == (True, "", "", None)
        with blog.store.read() as connection:
            assert events.of_case(connection, case_id)[-1].actor == SERVICE

    def test_that_waits_or_is_public_stays(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        waits, public = received(blog, clock, body="Espero"), received(blog, clock, body="Sigo")
        approve(blog, public.id, 1, by=moderator, now=clock())
        later(blog, clock, 60 * MONTH)
        assert [case_of(blog, case.id).body for case in (waits, public)] == ["Espero", "Sigo"]

    def test_stays_while_its_reader_waits_for_a_second_look(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = case_of(blog, refused(blog, clock, moderator))
        page = track(blog, case.reference, receipt_for(blog, case).token)
        reader.appeal(blog, page, len(page.events), "No era publicidad.", now=clock())
        later(blog, clock, 7 * MONTH)
        assert case_of(blog, case.id).body

    def test_or_was_taken_back_unpublished_or_answered_in_private_goes_too(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        gone = received(blog, clock, body="Lo retiro.")
        withdraw(blog, gone.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        form = Form(author="Aitor", body="Solo para vosotros.", private=True)
        new = new_id(clock())
        private = submit(blog, "hola", form, address="", comment_id=new, now=clock()).case
        told = {"by": moderator, "answer_id": new_id(clock()), "now": clock()}
        answer(blog, private.id, 1, "Te llamamos.", **told)
        later(blog, clock, 6 * MONTH - DAY)
        assert case_of(blog, gone.id).body
        later(blog, clock, 2 * DAY)
        assert [case_of(blog, each.id).body for each in (gone, private)] == ["", ""]

    def test_or_was_answered_in_private_late_keeps_the_answer_to_be_read(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        form = Form(author="Aitor", body="Solo para vosotros.", private=True)
        new = new_id(clock())
        case = submit(blog, "hola", form, address="", comment_id=new, now=clock()).case
        later(blog, clock, 7 * MONTH)
        told = {"by": moderator, "answer_id": new_id(clock()), "now": clock()}
        answer(blog, case.id, 1, "Perdona la espera.", **told)
        later(blog, clock, 5 * MONTH)
        assert case_of(blog, case.id).body
        later(blog, clock, 2 * MONTH)
        assert not case_of(blog, case.id).body

    def test_or_was_closed_as_its_reader_did_not_reply_goes_too(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        case = received(blog, clock, body="¿Cuándo?")
        asking.ask(blog, case.id, 99, "¿Dónde?", by=moderator, now=clock())
        for _ in range(60):
            clock.forward(days=1)
            clocks.run(blog, clock())
        assert case_of(blog, case.id).attention is Attention.CLOSED
        later(blog, clock, 7 * MONTH)
        assert not case_of(blog, case.id).body

    def test_by_the_hundred_is_erased_in_a_few_runs(
        self, blog: Blog, clock: Clock, moderator: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "AT_A_TIME", 2)
        ids = [refused(blog, clock, moderator, f"Compra {n}.") for n in range(3)]
        later(blog, clock, 7 * MONTH)
        assert [case_of(blog, each).erased for each in ids] == [True, True, False]
        later(blog, clock, retention.EVERY)
        assert case_of(blog, ids[2]).erased


class TestAnAddress:
    def test_goes_a_year_after_the_last_comment_or_mail(self, blog: Blog, clock: Clock) -> None:
        case = received(blog, clock)
        with_address(blog, clock, case.id)
        later(blog, clock, 12 * MONTH - DAY)
        assert count(blog, schema.address) == 1
        later(blog, clock, 2 * DAY)
        assert (count(blog, schema.address), count(blog, schema.mail)) == (0, 0)
        assert case_of(blog, case.id).body  # the comment stays

    def test_that_nobody_said_to_be_theirs_goes_after_a_month(
        self, blog: Blog, clock: Clock
    ) -> None:
        with_address(blog, clock, received(blog, clock).id, confirmed=False)
        later(blog, clock, MONTH - DAY)
        assert count(blog, schema.address) == 1
        later(blog, clock, 2 * DAY)
        assert count(blog, schema.address) == 0

    def test_whose_owner_wants_no_mail_stays_as_a_hash_that_nobody_can_read(
        self, blog: Blog, clock: Clock
    ) -> None:
        case = received(blog, clock)
        address_id = with_address(blog, clock, case.id)
        with blog.store.write() as connection:
            addresses.stop(connection, address_id, clock())
        erase(blog, case.comment_id, now=clock())
        later(blog, clock, 24 * MONTH)
        with blog.store.read() as connection:
            kept = addresses.by_id(connection, address_id)
        assert kept is not None
        assert kept.sealed == b""
        assert kept.stopped_at is not None

    def test_stays_while_it_follows_a_conversation(self, blog: Blog, clock: Clock) -> None:
        address_id = with_address(blog, clock)
        now = seconds(clock())
        follows = {"thread": "hola", "address_id": address_id, "lang": "es", "created_at": now}
        with blog.store.write() as connection:
            connection.execute(insert(schema.subscription).values(**follows, confirmed_at=now))
        later(blog, clock, 24 * MONTH)
        assert count(blog, schema.address) == 1
        with blog.store.write() as connection:
            connection.execute(schema.subscription.update().values(ended_at=now))
        later(blog, clock, DAY)
        assert (count(blog, schema.address), count(blog, schema.subscription)) == (0, 0)
