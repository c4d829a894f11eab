"""Signing in: what is told to those who guess, how they are slowed down, who is never kept out."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event

from comments_service import signing
from comments_service.domain.journal import JournalKind
from comments_service.domain.permissions import Role
from comments_service.errors import InvalidComment, SignInFailed, TooMany
from comments_service.store import people
from comments_service.store.people import Person
from comments_service.usecases import sessions as usecase
from comments_service.usecases.blog import Blog
from comments_service.usecases.sign_in import SignedIn, sign_in
from comments_service.usecases.tries import ACCOUNT, NETWORK, PAIR
from tests.support import once
from tests.support.fixtures import Clock

PASSWORD = "una frase muy larga"
REAL = "m=47104,t=2,p=1"
HOME = "192.0.2.7"


def account(blog: Blog, clock: Clock, login: str, stored: str, **more: Any) -> Person:
    values = {"login": login, "name": login.title(), "language": "es", "role": Role.ADMIN}
    with blog.store.write() as connection:
        new = people.add_person(connection, clock(), password_hash=stored, **values, **more)
        person = people.by_id(connection, new)
    assert person
    return person


def test_everybody_has_the_same_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "_hasher", once.REAL_HASHER)
    for hashed in (signing.password_hash(PASSWORD), once.REAL_NOBODYS_HASH):
        assert hashed.split("$")[1:4] == ["argon2id", "v=19", REAL]
        assert not signing.is_outdated(hashed)


@pytest.fixture
def ada(blog: Blog, clock: Clock) -> Person:
    return account(blog, clock, "ada", signing.password_hash(PASSWORD))


def enter(
    blog: Blog, clock: Clock, login: str = "ada", password: str = PASSWORD, address: str = HOME
) -> SignedIn:
    done = sign_in(blog, login, password, address=address, agent="Firefox, Linux", now=clock())
    assert isinstance(done, SignedIn)
    return done


def refused(blog: Blog, clock: Clock, login: str = "ada", address: str = HOME) -> type[Exception]:
    """How a wrong password is answered."""
    with pytest.raises((SignInFailed, TooMany)) as caught:
        enter(blog, clock, login, "mal mal mal mal", address)
    return caught.type


def noted(blog: Blog) -> list[tuple[str, str, dict[str, object]]]:
    """Kind, actor and data of every line of the journal."""
    with blog.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT kind, actor, data FROM journal ORDER BY id").all()
    return [(kind, actor, json.loads(data)) for kind, actor, data in rows]


@dataclass
class Counted:
    """checks: of passwords, by their cost. statements: as they were sent."""

    checks: list[str]
    statements: list[str]


@contextmanager
def counted(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    found, verify = Counted([], []), PasswordHasher.verify

    def verified(self: PasswordHasher, stored: str, password: str) -> bool:
        found.checks.append(stored.split("$")[3])
        return bool(verify(self, stored, password))

    def sent(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.statements.append(" ".join(statement.split()))

    event.listen(blog.store.engine, "before_cursor_execute", sent)
    with monkeypatch.context() as patched:
        patched.setattr(PasswordHasher, "verify", verified)
        yield found
    event.remove(blog.store.engine, "before_cursor_execute", sent)


class TestSigningIn:
    def test_opens_a_new_session_each_time(self, blog: Blog, clock: Clock, ada: Person) -> None:
        assert enter(blog, clock).token != enter(blog, clock, " ADA ").token

    def test_notes_who_came_and_who_did_not_but_nothing_that_was_typed(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        enter(blog, clock)
        refused(blog, clock)
        refused(blog, clock, "mi contraseña en el campo equivocado")
        assert noted(blog) == [
            (JournalKind.SIGNED_IN, f"person:{ada.id}", {"factor": "password"}),
            (JournalKind.SIGN_IN_FAILED, "nobody", {"person": ada.id, "step": "password"}),
            (JournalKind.SIGN_IN_FAILED, "nobody", {"person": None, "step": "password"}),
        ]

    def test_does_the_same_work_for_every_name(
        self, blog: Blog, clock: Clock, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored = signing.password_hash(PASSWORD)
        gone = account(blog, clock, "eva", stored)
        with blog.store.write() as connection:
            people.change(connection, gone.id, disabled_at=1)
        account(blog, clock, "ona", "")  # invited, with no password yet
        work = {}
        for login in ("ada", "eva", "ona", "nadie", ""):
            with counted(blog, monkeypatch) as done:
                assert refused(blog, clock, login) is SignInFailed
            work[login] = done
        assert {tuple(each.checks) for each in work.values()} == {(once.CHEAP,)}
        assert len({tuple(each.statements) for each in work.values()}) == 1
        assert len(work["ada"].statements) > 5

    def test_with_a_right_password_of_a_stopped_account_is_a_wrong_one(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        with blog.store.write() as connection:
            people.change(connection, ada.id, disabled_at=1)
        with pytest.raises(SignInFailed, match=r"^The name or the password is not right\.$"):
            enter(blog, clock)

    def test_hashes_anew_what_was_hashed_at_another_cost(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        cheap = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
        with blog.store.write() as connection:
            people.change(connection, ada.id, password_hash=cheap)
        refused(blog, clock)
        assert stored(blog, ada) == cheap
        enter(blog, clock)
        assert once.CHEAP in stored(blog, ada)
        enter(blog, clock)


def stored(blog: Blog, person: Person) -> str:
    with blog.store.read() as connection:
        found = people.by_id(connection, person.id)
    assert found
    return found.password_hash


class TestGuessing:
    def test_from_one_network_waits_ever_longer_and_never_for_ever(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        for _ in range(PAIR.free):
            assert refused(blog, clock) is SignInFailed
        waits = []
        for _ in range(8):
            with pytest.raises(TooMany) as caught:
                enter(blog, clock)
            waits.append(caught.value.retry_after)
            clock.forward(seconds=waits[-1] - 1)
            assert refused(blog, clock) is TooMany
            clock.forward(seconds=1)
            assert refused(blog, clock) is SignInFailed
        assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
        clock.forward(seconds=900)
        enter(blog, clock)

    def test_ends_for_whoever_knew_the_password_at_last(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        for _ in range(PAIR.free - 1):
            refused(blog, clock)
        enter(blog, clock)
        for _ in range(PAIR.free):
            assert refused(blog, clock) is SignInFailed

    def test_keeps_nobody_out_who_comes_from_another_network(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        for _ in range(PAIR.free + 1):
            refused(blog, clock)
        assert refused(blog, clock) is TooMany
        enter(blog, clock, address="198.51.100.1")

    def test_from_many_networks_lets_everybody_in_who_waits_a_little(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        """However often the others try meanwhile."""
        networks = iter(f"203.0.113.{number}" for number in range(256))
        for _ in range(ACCOUNT.free + 10):
            while refused(blog, clock, address=next(networks)) is TooMany:
                break
        with pytest.raises(TooMany) as caught:
            enter(blog, clock, address=HOME)
        assert 0 < caught.value.retry_after <= ACCOUNT.most
        for _ in range(caught.value.retry_after):
            clock.forward(seconds=1)
            refused(blog, clock, address=next(networks))
        enter(blog, clock, address=HOME)

    def test_is_slower_from_many_networks_too(self, blog: Blog, clock: Clock, ada: Person) -> None:
        answers = [refused(blog, clock, address=f"203.0.113.{number}") for number in range(30)]
        assert answers == [SignInFailed] * ACCOUNT.free + [TooMany] * (30 - ACCOUNT.free)

    def test_of_many_names_from_one_network_is_slowed_down(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        answers = [refused(blog, clock, f"n{number}") for number in range(NETWORK.free + 1)]
        assert answers == [SignInFailed] * NETWORK.free + [TooMany]
        with pytest.raises(TooMany):
            enter(blog, clock)
        clock.forward(seconds=NETWORK.first)
        enter(blog, clock)

    def test_from_all_addresses_of_one_subscriber_is_from_one_network(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        near = [f"2001:db8:1:2::{number:x}" for number in range(1, PAIR.free + 2)]
        assert [refused(blog, clock, address=each) for each in near][-1] is TooMany
        assert refused(blog, clock, address="2001:db8:1:3::1") is SignInFailed

    def test_many_times_at_once_is_as_slow(self, blog: Blog, clock: Clock, ada: Person) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: refused(blog, clock), range(24)))
        assert answers.count(SignInFailed) == PAIR.free

    def test_is_judged_alike_for_names_that_nobody_has(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        for login in ("ada", "nadie"):
            answers = [refused(blog, clock, login) for _ in range(PAIR.free + 2)]
            assert answers == [SignInFailed] * PAIR.free + [TooMany] * 2

    def test_is_not_held_against_anybody_for_ever_by_a_clock_that_was_ahead(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        clock.forward(days=3)
        for _ in range(PAIR.free + 3):
            refused(blog, clock)
        clock.forward(days=-3)
        enter(blog, clock)


class TestASession:
    def test_ends_after_an_idle_hour(self, blog: Blog, clock: Clock, ada: Person) -> None:
        token = enter(blog, clock).token
        clock.forward(minutes=59)
        assert usecase.session(blog, token, clock())
        clock.forward(minutes=59)
        assert usecase.session(blog, token, clock())
        clock.forward(minutes=61)
        assert usecase.session(blog, token, clock()) is None

    def test_ends_after_twelve_hours_however_busy(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        token = enter(blog, clock).token
        for _ in range(24):
            clock.forward(minutes=30)
            assert usecase.session(blog, token, clock())
        clock.forward(minutes=30)
        assert usecase.session(blog, token, clock()) is None

    def test_ends_at_once_by_signing_out(self, blog: Blog, clock: Clock, ada: Person) -> None:
        token = enter(blog, clock).token
        session = usecase.session(blog, token, clock())
        assert session
        usecase.sign_out(blog, session, clock())
        assert usecase.session(blog, token, clock()) is None

    def test_is_told_from_the_others_by_its_browser_and_its_times(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        enter(blog, clock)
        clock.forward(minutes=5)
        here = usecase.session(blog, enter(blog, clock).token, clock())
        assert here
        listed = usecase.of_person(blog, ada, clock())
        assert [each.agent for each in listed] == ["Firefox, Linux"] * 2
        assert [clock() - each.created_at for each in listed] == [
            timedelta(0),
            timedelta(minutes=5),
        ]
        clock.forward(minutes=58)
        assert [each.id_hash for each in usecase.of_person(blog, ada, clock())] == [here.id_hash]

    def test_closes_another_one_of_the_same_person(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        other, token = enter(blog, clock), enter(blog, clock).token
        here, there = (usecase.session(blog, each, clock()) for each in (token, other.token))
        assert here
        assert there
        assert usecase.close(blog, here, usecase.name_of(there), clock())
        assert usecase.session(blog, other.token, clock()) is None
        assert usecase.session(blog, token, clock())

    def test_closes_none_of_another_person(self, blog: Blog, clock: Clock, ada: Person) -> None:
        account(blog, clock, "eva", signing.password_hash(PASSWORD))
        evas, mine = enter(blog, clock, "eva"), enter(blog, clock)
        here, there = (usecase.session(blog, each.token, clock()) for each in (mine, evas))
        assert here
        assert there
        assert not usecase.close(blog, here, usecase.name_of(there), clock())
        usecase.close_others(blog, here, clock())
        assert usecase.session(blog, evas.token, clock())
        assert usecase.session(blog, mine.token, clock())


class TestChangingThePassword:
    @pytest.fixture
    def change(self, blog: Blog, clock: Clock, ada: Person) -> Callable[..., SignedIn]:
        token = enter(blog, clock).token

        def run(old: str = PASSWORD, new: str = "otra frase bien larga") -> SignedIn:
            here = usecase.session(blog, token, clock())
            assert here
            return usecase.change_password(blog, here, old, new, address=HOME, now=clock())

        return run

    def test_ends_every_session_and_goes_on_in_a_new_one(
        self, blog: Blog, clock: Clock, change: Callable[..., SignedIn]
    ) -> None:
        before = [enter(blog, clock).token for _ in range(2)]
        made = change()
        assert [usecase.session(blog, token, clock()) for token in before] == [None, None]
        assert usecase.session(blog, made.token, clock())
        assert len(usecase.of_person(blog, made.person, clock())) == 1
        assert refused(blog, clock) is SignInFailed
        enter(blog, clock, password="otra frase bien larga")

    def test_asks_for_the_present_one(
        self, blog: Blog, clock: Clock, change: Callable[..., SignedIn]
    ) -> None:
        with pytest.raises(InvalidComment) as caught:
            change(old="no es esta frase")
        assert list(caught.value.by_field) == ["password"]
        enter(blog, clock)

    def test_is_no_way_to_guess_the_present_one(self, change: Callable[..., SignedIn]) -> None:
        for _ in range(PAIR.free):
            with pytest.raises(InvalidComment):
                change(old="no es esta frase")
        with pytest.raises(TooMany):
            change()

    @pytest.mark.parametrize("new", ["corta", "aaaaaaaaaaaaa", "Consejo de Pruebas", PASSWORD])
    def test_takes_none_that_is_easy_to_guess(
        self, change: Callable[..., SignedIn], new: str
    ) -> None:
        with pytest.raises(InvalidComment) as caught:
            change(new=new)
        assert list(caught.value.by_field) == ["new"]
