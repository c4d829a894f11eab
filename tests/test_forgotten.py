"""A forgotten password and the mails about an account: to a real mail server. On both databases."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from comments_service import signing
from comments_service.domain import totp
from comments_service.errors import (
    AlreadyDecided,
    InvalidComment,
    LinkExpired,
    NotHere,
    SignInFailed,
    TooMany,
)
from comments_service.store import second_factor as kept
from comments_service.store.people import Person
from comments_service.store.sessions import Session
from comments_service.usecases import (
    colleagues,
    forgotten,
    invitations,
    own_notices,
    passkeys,
    second_factor,
    sessions,
)
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.own_notices import Wish
from comments_service.usecases.sign_in import Awaited, SignedIn, sign_in
from comments_service.usecases.tries import PAIR
from tests.support.device import Device
from tests.support.fixtures import Clock
from tests.support.mailing import Hands, blog_with_mail
from tests.support.mailserver import Sink, mail_server
from tests.support.people import PASSWORD, form_of, hired, invited
from tests.test_people import can_sign_in
from tests.test_sign_in import noted

BEA = "bea@pruebas.example"
NEW = "cuatro gatos en el tejado"
LINK = re.compile(r"http://localhost:8000/gestion/contrasena/([a-z2-7]{32})\n")
HOME = "192.0.2.7"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def blog(blog_folder: Any, database_url: str, sink: Sink) -> Iterator[Blog]:
    with blog_with_mail(blog_folder, database_url, sink.port) as opened:
        yield opened


@pytest.fixture
def hands(blog: Blog, clock: Clock, moderator: Person, sink: Sink) -> Hands:
    return Hands(blog, clock, moderator, sink)


@pytest.fixture
def bea(hands: Hands) -> Person:
    """A colleague with a password and an address."""
    made = hired(hands.blog, hands.person, "Bea Dos", hands.clock(), email=BEA)
    hands.send()
    hands.sink.taken.clear()
    return made


def ask(hands: Hands, typed: str = "bea", address: str = HOME) -> None:
    """Somebody asks, and the next run looks who it is."""
    forgotten.ask(hands.blog, typed, address=address, now=hands.clock())
    run(hands)


def run(hands: Hands) -> None:
    forgotten.look_up(hands.blog, hands.clock())
    hands.send()


def token(hands: Hands) -> str:
    """Of the link in the newest mail."""
    found = LINK.search(hands.sink.text())
    assert found
    return found[1]


def subjects(hands: Hands, to: str = BEA) -> list[str]:
    return [str(each["Subject"]) for each in hands.sink.taken if each["To"] == to]


def choose(hands: Hands, of: str, password: str = NEW) -> Person:
    return forgotten.choose(hands.blog, of, password, now=hands.clock())


def enter(hands: Hands, password: str = NEW) -> SignedIn | Awaited:
    return sign_in(hands.blog, "bea", password, address="", now=hands.clock())


class TestAForgottenPassword:
    @pytest.mark.parametrize("typed", ["bea", " BEA ", BEA, "Bea@Pruebas.example"])
    def test_is_replaced_by_the_link_in_a_mail(self, hands: Hands, bea: Person, typed: str) -> None:
        ask(hands, typed)
        assert subjects(hands) == ["Elige otra contraseña"]
        assert "«bea»" in hands.sink.text()
        assert choose(hands, token(hands)).id == bea.id
        with pytest.raises(SignInFailed):
            enter(hands, PASSWORD)
        assert isinstance(enter(hands), SignedIn)

    def test_is_noted_when_a_link_is_asked_for_and_when_it_is_used(
        self, hands: Hands, bea: Person
    ) -> None:
        before = len(noted(hands.blog))
        ask(hands)
        ask(hands, "nadie")
        choose(hands, token(hands))
        assert noted(hands.blog)[before:] == [
            ("reset_asked", "nobody", {"person": bea.id}),
            ("reset_asked", "nobody", {"person": None}),
            ("password_reset", f"person:{bea.id}", {"link": "reset"}),
        ]

    def test_once_replaced_is_told_to_its_owner_and_ends_their_sessions(
        self, hands: Hands, bea: Person
    ) -> None:
        opened = enter(hands, PASSWORD)
        assert sessions.session(hands.blog, opened.token, hands.clock())
        ask(hands)
        choose(hands, token(hands))
        hands.send()
        assert subjects(hands)[-1] == "Tu contraseña ha cambiado"
        assert sessions.session(hands.blog, opened.token, hands.clock()) is None

    def test_does_not_take_the_code_away(self, hands: Hands, bea: Person) -> None:
        secret = totp.read("JBSWY3DPEHPK3PXP")
        sealed = signing.seal(hands.blog.staff_key, second_factor.PURPOSE, totp.written(secret))
        with hands.blog.store.write() as connection:
            kept.keep(connection, bea.id, sealed, 1)
        half = enter(hands, PASSWORD)
        ask(hands)
        choose(hands, token(hands))
        assert second_factor.is_awaited(hands.blog, half.token, hands.clock()) is None
        assert isinstance(enter(hands), Awaited)

    def test_is_not_taken_when_it_is_a_weak_one_and_the_link_stays_good(
        self, hands: Hands, bea: Person
    ) -> None:
        ask(hands)
        for weak in ("corta", "bea bea bea bea", "123456789012"):
            with pytest.raises(InvalidComment) as caught:
                choose(hands, token(hands), weak)
            assert list(caught.value.by_field) == ["password"]
        choose(hands, token(hands))

    @pytest.mark.parametrize("typed", ["", " ", "a" * 255])
    def test_of_nobody_that_can_be_named_is_refused(self, hands: Hands, typed: str) -> None:
        with pytest.raises(InvalidComment):
            forgotten.ask(hands.blog, typed, address=HOME, now=hands.clock())

    def test_cannot_be_asked_about_where_no_mail_leaves(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        given = {"smtp_host": None, "site_url": "https://blog.pruebas.example"}
        silent = open_blog(blog.settings.model_copy(update=given))
        try:
            with pytest.raises(NotHere):
                forgotten.ask(silent, "bea", address=HOME, now=clock())
        finally:
            silent.store.close()


class TestTheLink:
    def test_works_once(self, hands: Hands, bea: Person) -> None:
        ask(hands)
        used = token(hands)
        choose(hands, used)
        with pytest.raises(LinkExpired):
            choose(hands, used, "otra frase bien distinta")
        with pytest.raises(LinkExpired):
            forgotten.look(hands.blog, used, hands.clock())
        hands.clock.forward(seconds=1)
        ask(hands)
        assert token(hands) != used

    def test_works_for_an_hour(self, hands: Hands, bea: Person) -> None:
        ask(hands)
        made = token(hands)
        hands.clock.forward(minutes=59)
        assert forgotten.look(hands.blog, made, hands.clock()).id == bea.id
        hands.clock.forward(minutes=1)
        with pytest.raises(LinkExpired):
            forgotten.look(hands.blog, made, hands.clock())
        with pytest.raises(LinkExpired):
            choose(hands, made)

    def test_is_not_in_the_database(self, hands: Hands, bea: Person) -> None:
        ask(hands)
        made = token(hands)
        with hands.blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM one_time_link").all()
        said = repr(rows)
        assert f"reset:{bea.id}" in said
        for guess in (made, hashlib.sha256(made.encode()).hexdigest()):
            assert guess not in said

    @pytest.mark.parametrize(
        "how", ["changed", "stopped", "left", "other role", "other address", "own address"]
    )
    def test_ends_with_what_changes_the_account(self, hands: Hands, bea: Person, how: str) -> None:
        ask(hands)
        made, blog, by, now = token(hands), hands.blog, hands.person, hands.clock()
        if how == "changed":
            opened = sessions.session(blog, enter(hands, PASSWORD).token, now)
            assert opened
            sessions.change_password(blog, opened, PASSWORD, NEW, address="", now=now)
        elif how == "stopped":
            colleagues.stop(blog, bea.id, by=by, now=now)
            colleagues.resume(blog, bea.id, by=by, now=now)
        elif how == "left":
            colleagues.leave(blog, bea.id, 0, by=by, now=now)
        elif how == "other role":
            colleagues.change(blog, bea.id, form_of(bea, role="auditor"), by=by, now=now)
        elif how == "other address":
            form = form_of(bea, email="otra@pruebas.example")
            colleagues.change(blog, bea.id, form, by=by, now=now)
        else:
            own_notices.change(blog, bea, Wish("otra@pruebas.example", "none"), now=now)
        with pytest.raises(LinkExpired):
            choose(hands, made, "otra frase bien distinta")

    def test_opens_nothing_but_a_password(self, hands: Hands, bea: Person) -> None:
        waits = invited(hands.blog, hands.person, "Carla", hands.clock())
        ask(hands)
        with pytest.raises(LinkExpired):
            invitations.look(hands.blog, token(hands), hands.clock())
        with pytest.raises(LinkExpired):
            forgotten.look(hands.blog, waits.token, hands.clock())

    def test_is_not_sent_when_it_was_replaced_or_used_before_it_left(
        self, hands: Hands, bea: Person
    ) -> None:
        forgotten.ask(hands.blog, "bea", address=HOME, now=hands.clock())
        forgotten.look_up(hands.blog, hands.clock())
        own_notices.change(hands.blog, bea, Wish("otra@pruebas.example", "none"), now=hands.clock())
        hands.send()
        assert subjects(hands) == ["Tu correo en la cuenta ha cambiado"]


class TestWhoeverAsksForOthers:
    """Enumeration (T18): nothing tells names that somebody has from those that nobody has."""

    def test_takes_the_same_steps_for_every_name(self, hands: Hands, bea: Person) -> None:
        invited(hands.blog, hands.person, "Carla", hands.clock(), email="carla@pruebas.example")
        with statements(hands.blog) as sent:
            seen = []
            for typed in ("bea", BEA, "carla", "nadie", "nadie@pruebas.example"):
                forgotten.ask(hands.blog, typed, address=HOME, now=hands.clock())
                seen.append(tuple(sent))
                sent.clear()
        assert len(set(seen)) == 1
        assert not any("FROM person" in each for each in seen[0]), "nobody looks who it is yet"

    def test_learns_nothing_from_how_long_they_have_to_wait(
        self, hands: Hands, bea: Person
    ) -> None:
        waits = []
        for typed in ("bea", "nadie"):
            for _ in range(PAIR.free):
                forgotten.ask(hands.blog, typed, address=HOME, now=hands.clock())
            with pytest.raises(TooMany) as caught:
                forgotten.ask(hands.blog, typed, address=HOME, now=hands.clock())
            waits.append(caught.value.retry_after)
        assert waits == [PAIR.first, PAIR.first]

    def test_does_not_slow_down_signing_in(self, hands: Hands, bea: Person) -> None:
        for _ in range(PAIR.free):
            forgotten.ask(hands.blog, "bea", address="", now=hands.clock())
        assert can_sign_in(hands.blog, "bea", hands.clock)

    def test_ends_no_link_and_sends_one_mail_an_hour(self, hands: Hands, bea: Person) -> None:
        ask(hands)
        first = token(hands)
        for turn in range(10):
            hands.clock.forward(minutes=5)
            ask(hands, address=f"198.51.100.{turn}")
        assert subjects(hands) == ["Elige otra contraseña"]
        choose(hands, first)

    def test_fills_no_mailbox(self, hands: Hands, bea: Person) -> None:
        for turn in range(20):
            ask(hands, address=f"198.51.100.{turn}")
            hands.clock.forward(minutes=61)
        assert len(subjects(hands)) == 5

    def test_leaves_nothing_of_what_was_typed(self, hands: Hands) -> None:
        forgotten.ask(hands.blog, "una frase secreta", address=HOME, now=hands.clock())
        with hands.blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT data FROM sign_in_step").scalars().all()
        assert len(rows) == 1
        assert "secreta" not in rows[0]
        run(hands)
        with hands.blog.store.read() as connection:
            assert not connection.exec_driver_sql("SELECT data FROM sign_in_step").all()

    @pytest.mark.parametrize("who", ["invited", "stopped", "without address"])
    def test_sends_nothing_to_who_has_nothing_to_forget(
        self, hands: Hands, bea: Person, who: str
    ) -> None:
        blog, by, now = hands.blog, hands.person, hands.clock()
        if who == "invited":
            invited(blog, by, "Carla", now)
        elif who == "stopped":
            colleagues.stop(blog, bea.id, by=by, now=now)
        else:
            own_notices.change(blog, bea, Wish("", "none", no_email=True), now=now)
        hands.send()
        hands.sink.taken.clear()
        ask(hands, "carla" if who == "invited" else "bea")
        assert hands.sink.taken == []

    def test_reaches_everybody_who_shares_an_address(self, hands: Hands, bea: Person) -> None:
        hired(hands.blog, hands.person, "Carla Tres", hands.clock(), email=BEA)
        hands.send()
        hands.sink.taken.clear()
        ask(hands, BEA)
        texts = [hands.sink.text(at) for at in range(len(hands.sink.taken))]
        assert [name for name in ("«bea»", "«carla»") if any(name in each for each in texts)] == [
            "«bea»",
            "«carla»",
        ]


class TestALinkFromHandToHand:
    def test_is_good_for_an_hour_and_noted(self, hands: Hands, bea: Person) -> None:
        made = forgotten.hand(hands.blog, bea.id, by=hands.person, now=hands.clock())
        assert made.expires - hands.clock() == timedelta(hours=1)
        wanted = ("reset_asked", f"person:{hands.person.id}", {"person": bea.id})
        assert noted(hands.blog)[-1] == wanted
        assert can_sign_in(hands.blog, "bea", hands.clock)
        choose(hands, made.token)
        assert isinstance(enter(hands), SignedIn)

    def test_ends_no_link_that_was_mailed_but_both_end_together(
        self, hands: Hands, bea: Person
    ) -> None:
        ask(hands)
        made = forgotten.hand(hands.blog, bea.id, by=hands.person, now=hands.clock())
        choose(hands, token(hands))
        with pytest.raises(LinkExpired):
            choose(hands, made.token, "otra frase bien distinta")

    def test_is_for_colleagues_who_have_a_password(self, hands: Hands, bea: Person) -> None:
        waits = invited(hands.blog, hands.person, "Carla", hands.clock()).person
        colleagues.stop(hands.blog, bea.id, by=hands.person, now=hands.clock())
        for each in (hands.person, waits, bea):
            with pytest.raises(AlreadyDecided):
                forgotten.hand(hands.blog, each.id, by=hands.person, now=hands.clock())
        with pytest.raises(NotHere):
            forgotten.hand(hands.blog, 999, by=hands.person, now=hands.clock())


class TestAnInvitation:
    def test_is_mailed_with_its_link_until_when_and_from_whom(
        self, hands: Hands, clock: Clock
    ) -> None:
        made = invited(hands.blog, hands.person, "Bea Dos", clock(), email=BEA)
        assert made.is_mailed
        hands.send()
        said = hands.sink.text()
        assert subjects(hands) == ["Te invitan a atender los comentarios"]
        assert f"http://localhost:8000/gestion/invitacion/{made.token}\n" in said
        assert f"{hands.person.name} te invita" in said
        assert f"hasta el {made.expires.day} de " in said

    def test_without_an_address_is_not(self, hands: Hands, clock: Clock) -> None:
        assert not invited(hands.blog, hands.person, "Bea Dos", clock()).is_mailed
        assert hands.send() == 0

    @pytest.mark.parametrize("how", ["used", "renewed", "taken back"])
    def test_that_opens_nothing_any_more_is_sent_to_nobody(
        self, hands: Hands, clock: Clock, how: str
    ) -> None:
        made = invited(hands.blog, hands.person, "Bea Dos", clock(), email=BEA)
        if how == "used":
            given = {"name": "Bea Dos", "password": PASSWORD}
            invitations.accept(hands.blog, made.token, **given, now=clock())
        elif how == "renewed":
            clock.forward(seconds=1)
            invitations.renew(hands.blog, made.person.id, by=hands.person, now=clock())
        else:
            invitations.revoke(hands.blog, made.person.id, by=hands.person, now=clock())
        hands.send()
        assert subjects(hands) == ["Te invitan a atender los comentarios"] * (how == "renewed")
        assert not any(made.token in hands.sink.text(at) for at in range(len(subjects(hands))))


class TestAnotherAddress:
    def test_of_ones_own_is_noted_and_told_at_the_earlier_one(
        self, hands: Hands, bea: Person
    ) -> None:
        own_notices.change(hands.blog, bea, Wish("otra@pruebas.example", "none"), now=hands.clock())
        wanted = {"person": bea.id, "fields": "address_id"}
        assert noted(hands.blog)[-1] == ("person_changed", f"person:{bea.id}", wanted)
        hands.send()
        assert [each["To"] for each in hands.sink.taken] == [BEA]
        assert "«bea»" in hands.sink.text()
        assert "otra@pruebas.example" not in hands.sink.text()

    def test_that_is_the_same_is_neither_noted_nor_told(self, hands: Hands, bea: Person) -> None:
        before = len(noted(hands.blog))
        own_notices.change(hands.blog, bea, Wish(BEA, "none"), now=hands.clock())
        assert len(noted(hands.blog)) == before
        assert hands.send() == 0

    def test_by_a_colleague_is_told_at_the_earlier_one_too(self, hands: Hands, bea: Person) -> None:
        form = form_of(bea, email="otra@pruebas.example")
        colleagues.change(hands.blog, bea.id, form, by=hands.person, now=hands.clock())
        hands.send()
        assert [each["To"] for each in hands.sink.taken] == [BEA]


class TestAChangedPassword:
    def test_is_told_to_its_owner(self, hands: Hands, bea: Person) -> None:
        opened = sessions.session(hands.blog, enter(hands, PASSWORD).token, hands.clock())
        assert opened
        now = hands.clock()
        sessions.change_password(hands.blog, opened, PASSWORD, NEW, address="", now=now)
        hands.send()
        assert subjects(hands) == ["Tu contraseña ha cambiado"]


class TestAWayToSignIn:
    @pytest.fixture
    def session(self, hands: Hands, bea: Person) -> Session:
        opened = sessions.session(hands.blog, enter(hands, PASSWORD).token, hands.clock())
        assert opened
        return opened

    def told(self, hands: Hands) -> list[str]:
        hands.clock.forward(seconds=1)
        hands.sink.taken.clear()
        hands.send()
        return subjects(hands)

    def test_by_a_telephone_is_told_when_it_is_set_and_when_a_colleague_takes_it_away(
        self, hands: Hands, session: Session
    ) -> None:
        shown = second_factor.offered(hands.blog, session).secret
        secret = totp.read(shown.replace(" ", ""))
        typed = totp.code_at(secret, int(hands.clock().timestamp()) // 30)
        second_factor.set_up(hands.blog, session, typed, now=hands.clock())
        assert self.told(hands) == ["Tu forma de entrar ha cambiado"]
        bea = session.person
        second_factor.take_away(hands.blog, bea.id, by=hands.person, now=hands.clock())
        assert self.told(hands) == ["Tu forma de entrar ha cambiado"]
        assert "«bea»" in hands.sink.text()

    def test_by_a_passkey_is_told_when_it_is_added_and_when_it_is_removed(
        self, hands: Hands, bea: Person
    ) -> None:
        asked = passkeys.challenge_to_add(hands.blog, bea, hands.clock())
        made = Device("http://localhost:8000").create(asked.options)
        passkeys.add(hands.blog, bea, asked.token, "Mi móvil", made, hands.clock())
        assert self.told(hands) == ["Tu forma de entrar ha cambiado"]
        [key] = passkeys.of_person(hands.blog, bea)
        passkeys.remove(hands.blog, bea, key.id, hands.clock())
        assert self.told(hands) == ["Tu forma de entrar ha cambiado"]


@contextmanager
def statements(blog: Blog) -> Iterator[list[str]]:
    """What is sent to the database."""
    found: list[str] = []

    def sent(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(" ".join(statement.split()))

    listen: Callable[..., None] = event.listen
    listen(blog.store.engine, "before_cursor_execute", sent)
    yield found
    event.remove(blog.store.engine, "before_cursor_execute", sent)
