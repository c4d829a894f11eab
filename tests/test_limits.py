"""How much is let in. On both databases."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from comments_service.domain.comments import Comment, Kind, Markup, WithdrawnBy
from comments_service.errors import TooMany, Unavailable
from comments_service.store import cases, comments
from comments_service.store.crowd import ALIKE_AMONG
from comments_service.store.engine import Store
from comments_service.store.people import Person
from comments_service.store.schema import case, comment, revision
from comments_service.usecases import limits, moderate, subscriptions
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import Receipt
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.steps import counted_steps

Send = Callable[..., Receipt]


@pytest.fixture
def send(blog: Blog, clock: Clock) -> Send:
    """Sends comments, each with a text and from a network of its own."""
    counter = iter(range(1, 10_000))

    def sent(thread: str = "hola", address: str = "", of: Blog = blog) -> Receipt:
        number = next(counter)
        clock.forward(seconds=0.1)
        form = Form(author="Aitor", body=f"Comentario {number}")
        address = address or f"10.0.{number // 250}.{number % 250}"
        return submit(of, thread, form, address=address, comment_id=new_id(clock()), now=clock())

    return sent


def limited(blog: Blog, **limits: int) -> Blog:
    return replace(blog, settings=blog.settings.model_copy(update=limits))


class TestANetwork:
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("fe80::1%whatever-i-like", "fe80::/64"),
        ],
    )
    def test_is_an_address_or_the_part_that_one_subscriber_has(
        self, address: str, network: str
    ) -> None:
        assert limits.network_of(address) == network

    @pytest.mark.parametrize("address", ["", "x", "192.0.2.7, 10.0.0.1", "192.0.2", "1" * 9_000])
    def test_is_one_for_all_whose_address_cannot_be_read(self, address: str) -> None:
        assert limits.network_of(address) == limits.UNKNOWN

    def test_takes_its_number_of_comments_and_no_more(self, blog: Blog, send: Send) -> None:
        few = limited(blog, max_per_network=2)
        send(address="2001:db8::1", of=few)
        send(address="2001:db8::2", thread="otra", of=few)
        with pytest.raises(TooMany) as caught:
            send(address="2001:db8::3", of=few)
        assert caught.value.retry_after > 0
        send(address="2001:db8:0:1::1", of=few)

    def test_is_counted_on_over_midnight(self, blog: Blog, clock: Clock, send: Send) -> None:
        few = limited(blog, max_per_network=1)
        clock.forward(hours=13, minutes=59)
        send(address="192.0.2.7", of=few)
        clock.forward(minutes=2)
        with pytest.raises(TooMany):
            send(address="192.0.2.7", of=few)


class TestAConversation:
    def test_takes_its_number_of_comments_in_an_hour(
        self, blog: Blog, clock: Clock, send: Send
    ) -> None:
        few = limited(blog, max_per_thread=3)
        for _ in range(3):
            send(of=few)
        with pytest.raises(TooMany) as caught:
            send(of=few)
        assert caught.value.retry_after > 0
        send("otra", of=few)
        clock.forward(hours=1, seconds=1)
        send(of=few)

    def test_is_not_filled_by_its_answers(
        self, blog: Blog, clock: Clock, send: Send, moderator: Person
    ) -> None:
        few = limited(blog, max_per_thread=2)
        first = send(of=few).case
        for number in range(3):
            clock.forward(seconds=1)
            answer = Comment(
                id=new_id(clock()),
                thread="hola",
                revision=1,
                number=number + 1,
                kind=Kind.ANSWER,
                markup=Markup.MARKDOWN,
                author="Ada",
                date=clock(),
                body="Gracias.",
                answers=first.comment_id,
                lang="es",
            )
            with blog.store.write() as connection:
                comments.add_answer(connection, answer, moderator.id, clock())
        send(of=few)
        with pytest.raises(TooMany):
            send(of=few)


class TestTheQueue:
    def test_takes_no_more_than_it_holds(
        self, blog: Blog, clock: Clock, send: Send, moderator: Person
    ) -> None:
        few = limited(blog, max_waiting=2)
        kept = [send(of=few), send("otra", of=few)]
        with pytest.raises(Unavailable) as caught:
            send(of=few)
        assert caught.value.retry_after > 0
        moderate.reject(
            blog, kept[0].case.id, 1, rule=None, reason="No.", by=moderator, now=clock()
        )
        send(of=few)

    def test_takes_only_so_many_in_an_hour(self, blog: Blog, clock: Clock, send: Send) -> None:
        few = limited(blog, max_per_hour=2)
        send(of=few)
        send("otra", of=few)
        with pytest.raises(Unavailable):
            send(of=few)
        clock.forward(hours=1, seconds=1)
        send(of=few)

    def test_counts_what_was_withdrawn_or_decided_within_the_hour(
        self, blog: Blog, clock: Clock, send: Send, moderator: Person
    ) -> None:
        """Whoever posts and withdraws, again and again, fills our disk as well."""
        few = limited(blog, max_per_hour=4)
        for take_back in (withdraw, erase) * 2:
            comment_id = send(of=few).case.comment_id
            take_back(blog, comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        with pytest.raises(Unavailable):
            send(of=few)
        more = limited(blog, max_per_hour=5)
        kept = send(of=more).case
        moderate.reject(blog, kept.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        with pytest.raises(Unavailable):
            send(of=more)


class TestRequestsToFollow:
    """By e-mail: each is a mail to an address that anybody may have typed in."""

    def test_are_so_many_in_an_hour_from_all_networks_together(
        self, blog: Blog, clock: Clock
    ) -> None:
        few = limited(blog, max_following_per_hour=3)
        numbers = iter(range(100))

        def ask() -> None:
            number = next(numbers)
            email, network = f"a{number}@correo.example", f"192.0.2.{number}"
            subscriptions.follow(few, "hola", email, "es", network=network, now=clock())

        for _ in range(3):
            ask()
        with pytest.raises(Unavailable) as caught:
            ask()
        assert caught.value.retry_after > 0
        with blog.store.read() as connection:
            assert subscriptions.subscriptions.by_id(connection, 4) is None
        clock.forward(hours=1, seconds=1)
        ask()


class TestTheCounts:
    def test_are_the_same_for_every_process_and_after_a_restart(
        self, blog: Blog, send: Send
    ) -> None:
        few = limited(blog, max_per_network=2)
        send(address="192.0.2.7", of=few)
        other = open_blog(few.settings)
        try:
            send(address="192.0.2.7", of=other)
            with pytest.raises(TooMany):
                send(address="192.0.2.7", of=few)
        finally:
            other.store.close()

    def test_let_the_same_post_through_again(self, blog: Blog, clock: Clock) -> None:
        few = limited(blog, max_per_network=1, max_per_thread=1, max_waiting=1)
        form = Form(author="Aitor", body="Una vez.")

        def post() -> Receipt:
            return submit(
                few, "hola", form, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
            )

        assert post() == post()


@pytest.fixture
def statements(blog: Blog) -> Iterator[list[tuple[str, object]]]:
    """What the database is asked, with its values, from here on."""
    asked: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    engine = _engine(blog.store)
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def _engine(store: Store) -> object:
    with store.read() as connection:
        return connection.engine


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestWhatTheDoorCosts:
    BIG = (comment.name, revision.name, case.name)

    def test_is_never_a_look_at_everything(
        self, blog: Blog, send: Send, statements: list[tuple[str, object]]
    ) -> None:
        send()
        asked = [each for each in statements if each[0].startswith("SELECT")]
        assert any("network" in statement for statement, _ in asked)
        with blog.store.read() as connection:
            cursor = connection.connection.cursor()
            for statement, values in asked:
                plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
                for *_, step in plan:
                    if step.startswith("SCAN ") and step.split()[1] in self.BIG:
                        # In the order of an index, and only as far as its limit.
                        assert "USING" in step, (step, statement)
                        assert "LIMIT" in statement, (step, statement)
                        assert "TEMP B-TREE" not in str(plan), statement

    def test_stays_what_it_is_when_twenty_times_as_much_is_stored(
        self, blog: Blog, clock: Clock, send: Send
    ) -> None:
        few = limited(blog, max_per_thread=50, max_per_hour=50, max_waiting=50)
        wide = limited(blog, max_per_thread=1000)
        for _ in range(ALIKE_AMONG):
            send(of=wide)
        before = _steps(blog.store, few, clock)
        with blog.store.write() as connection:
            _multiply(connection, 20)
        after = _steps(blog.store, few, clock)
        assert after < 2 * before


def _steps(store: Store, blog: Blog, clock: Clock) -> int:
    """How many instructions of SQLite's machine the checks of one comment take."""
    with store.read() as connection, counted_steps(connection) as counted:
        with suppress(TooMany, Unavailable):
            limits.refuse_floods(
                limits.look(connection, blog, "hola", "Otro.", ["0" * 64], clock())
            )
        cases.same_post(connection, ["0" * 64], clock())
        return counted[0]


def _multiply(connection: object, times: int) -> None:
    """Copies of every comment, decided long ago, in the same conversation."""
    for copy in range(times):
        prefix = f"00{copy:06d}"
        connection.execute(  # type: ignore[attr-defined]
            text(
                "INSERT INTO comment (id, thread, kind, lang, received_at, head_revision, network,"
                " fingerprint) SELECT :prefix || substr(id, 9), thread, kind, lang,"
                " received_at - 1000000 - :copy, 1, network, fingerprint FROM comment"
                " WHERE substr(id, 1, 2) != '00'"
            ),
            {"prefix": prefix, "copy": copy},
        )
        connection.execute(  # type: ignore[attr-defined]
            text(
                "INSERT INTO revision (comment_id, revision, author, body, markup, created_at,"
                " decision) SELECT :prefix || substr(comment_id, 9), 1, author, body, markup,"
                " created_at - 1000000, 'approved' FROM revision"
                " WHERE substr(comment_id, 1, 2) != '00'"
            ),
            {"prefix": prefix},
        )
