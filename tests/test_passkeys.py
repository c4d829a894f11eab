"""Passkeys: which answers of devices are believed, and whom they let in."""

import json
from dataclasses import replace

import pytest

from comments_service import signing
from comments_service.config.settings import Settings
from comments_service.domain import totp
from comments_service.errors import InvalidComment, SignInFailed, TooMany
from comments_service.store import people
from comments_service.store.people import Person
from comments_service.store.sessions import Session
from comments_service.usecases import passkeys, second_factor, sign_in
from comments_service.usecases import sessions as usecase
from comments_service.usecases.blog import Blog
from comments_service.usecases.sign_in import SignedIn
from comments_service.usecases.tries import CHALLENGES
from tests.support.device import PRESENT, Device, text
from tests.support.fixtures import Clock

PASSWORD = "una frase muy larga"
ORIGIN = "https://blog.pruebas.example"
TRIAL = "http://localhost:8000"


@pytest.fixture
def blog(blog: Blog) -> Blog:
    settings = Settings(
        blog=blog.settings.blog, database_url=blog.settings.database_url, site_url=ORIGIN
    )
    return replace(blog, settings=settings)


@pytest.fixture
def device(blog: Blog, clock: Clock, moderator: Person) -> Device:
    """One that has a key of the moderator."""
    made = Device(ORIGIN)
    add(blog, clock, moderator, made)
    return made


def add(blog: Blog, clock: Clock, person: Person, device: Device, name: str = "Mi móvil") -> None:
    asked = passkeys.challenge_to_add(blog, person, clock())
    passkeys.add(blog, person, asked.token, name, device.create(asked.options), clock())


def enter(blog: Blog, clock: Clock, device: Device) -> SignedIn:
    asked = passkeys.challenge_to_sign_in(blog, address="192.0.2.7", now=clock())
    return passkeys.sign_in(blog, asked.token, device.get(asked.options), now=clock())


class TestAPasskey:
    def test_signs_its_owner_in_with_both_factors(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        signed_in = enter(blog, clock, device)
        session = usecase.session(blog, signed_in.token, clock())
        assert session
        assert session.person.id == moderator.id
        assert session.factor == "passkey"
        assert not second_factor.must_be_set(blog, session)
        [key] = passkeys.of_person(blog, moderator)
        assert (key.name, key.sign_count, key.used_at) == ("Mi móvil", 1, clock())

    def test_signs_in_again_and_again(self, blog: Blog, clock: Clock, device: Device) -> None:
        assert len({enter(blog, clock, device).token for _ in range(3)}) == 3

    def test_is_asked_to_know_its_owner_and_to_find_the_account_itself(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        asked = json.loads(passkeys.challenge_to_add(blog, moderator, clock()).options)
        assert asked["rp"] == {"id": "blog.pruebas.example", "name": "Consejo de Pruebas"}
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        assert asked["authenticatorSelection"]["residentKey"] == "required"
        asked = json.loads(passkeys.challenge_to_sign_in(blog, address="", now=clock()).options)
        assert asked["userVerification"] == "required"
        assert not asked.get("allowCredentials")

    def test_is_added_for_nobody_else_and_once(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        with pytest.raises(InvalidComment):
            add(blog, clock, moderator, device)
        asked = passkeys.challenge_to_add(blog, moderator, clock())
        other, answer = replace(moderator, id=moderator.id + 1), Device(ORIGIN, id=b"other")
        with pytest.raises(InvalidComment):
            passkeys.add(blog, other, asked.token, "x", answer.create(asked.options), clock())

    @pytest.mark.parametrize("name", ["", " ", "x" * 81])
    def test_has_a_name(self, blog: Blog, clock: Clock, moderator: Person, name: str) -> None:
        with pytest.raises(InvalidComment):
            add(blog, clock, moderator, Device(ORIGIN), name)

    def test_is_offered_only_where_browsers_make_one(self, blog: Blog) -> None:
        for address, possible in (
            (ORIGIN, True),
            ("http://localhost:8000", True),
            ("http://127.0.0.1:8000", False),
            ("http://blog.pruebas.example", False),
            ("https://192.0.2.7", False),
        ):
            settings = Settings(blog=blog.settings.blog, site_url=address)
            assert passkeys.are_possible(replace(blog, settings=settings)) is possible


class TestAnAnswerThatIsNotBelieved:
    def refused(self, blog: Blog, clock: Clock, device: Device) -> None:
        with pytest.raises(SignInFailed):
            enter(blog, clock, device)

    def test_from_a_page_of_another_site(self, blog: Blog, clock: Clock, device: Device) -> None:
        self.refused(blog, clock, replace(device, origin="https://evil.example"))
        with pytest.raises(InvalidComment):
            add(blog, clock, _person(blog), Device("https://evil.example", id=b"x"))

    def test_of_a_device_that_did_not_know_its_owner(
        self, blog: Blog, clock: Clock, device: Device
    ) -> None:
        self.refused(blog, clock, replace(device, flags=PRESENT))
        with pytest.raises(InvalidComment):
            add(blog, clock, _person(blog), Device(ORIGIN, id=b"x", flags=PRESENT))

    def test_of_a_copy_of_the_key_that_counted_less(
        self, blog: Blog, clock: Clock, device: Device
    ) -> None:
        copied = replace(device)
        enter(blog, clock, device)
        enter(blog, clock, device)
        self.refused(blog, clock, copied)

    def test_of_another_key(self, blog: Blog, clock: Clock, device: Device) -> None:
        self.refused(blog, clock, Device(ORIGIN, handle=device.handle))
        self.refused(blog, clock, Device(ORIGIN, id=b"unknown", handle=device.handle))

    def test_for_another_account(self, blog: Blog, clock: Clock, device: Device) -> None:
        self.refused(blog, clock, replace(device, handle=text(b"somebody else")))

    def test_sent_again(self, blog: Blog, clock: Clock, device: Device) -> None:
        asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        answer = device.get(asked.options)
        passkeys.sign_in(blog, asked.token, answer, now=clock())
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, answer, now=clock())
        other = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, other.token, answer, now=clock())

    def test_that_came_too_late(self, blog: Blog, clock: Clock, device: Device) -> None:
        asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        clock.forward(minutes=5)
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, device.get(asked.options), now=clock())

    def test_to_a_challenge_for_something_else(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        asked = passkeys.challenge_to_add(blog, moderator, clock())
        given = json.loads(asked.options)
        answer = device.get(
            json.dumps({"rpId": given["rp"]["id"], "challenge": given["challenge"]})
        )
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, answer, now=clock())

    def test_of_a_stopped_account_and_of_a_removed_key(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        with blog.store.write() as connection:
            people.change(connection, moderator.id, disabled_at=1)
        self.refused(blog, clock, device)
        with blog.store.write() as connection:
            people.change(connection, moderator.id, disabled_at=None)
        enter(blog, clock, device)
        [key] = passkeys.of_person(blog, moderator)
        passkeys.remove(blog, replace(moderator, id=moderator.id + 1), key.id, clock())
        enter(blog, clock, device)
        add(blog, clock, moderator, Device(ORIGIN, id=b"another"))
        passkeys.remove(blog, moderator, key.id, clock())
        self.refused(blog, clock, device)

    def test_of_a_lost_device(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        second_factor.take_away(blog, moderator.id, by=moderator, now=clock())
        self.refused(blog, clock, device)

    @pytest.mark.parametrize(
        "answer",
        [
            *("", "[]", "null", "{}", '{"id": 1}', '{"id": "x"}', "x" * 20_000, "[" * 9_000),
            '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}}',
            '{"id": "YQ", "rawId": "YQ", "type": "x", "response": 3}',
        ],
    )
    def test_that_cannot_be_read(
        self, blog: Blog, clock: Clock, device: Device, answer: str
    ) -> None:
        asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, answer, now=clock())
        asked = passkeys.challenge_to_add(blog, _person(blog), clock())
        with pytest.raises(InvalidComment):
            passkeys.add(blog, _person(blog), asked.token, "x", answer, clock())

    def test_with_any_byte_of_it_changed(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        """Each part cut, and filled with something else: refused, and no crash."""
        new = Device(ORIGIN, id=b"new")
        for make, kind in ((device.get, "get"), (new.create, "create")):
            asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
            if kind == "create":
                asked = passkeys.challenge_to_add(blog, moderator, clock())
            parts = json.loads(make(asked.options))["response"]
            for name, value in parts.items():
                for other in ("", "AAAA", value[:-9], value[:40], "A" * len(value), "*", 7, None):
                    again = passkeys.challenge_to_add(blog, moderator, clock())
                    if kind == "get":
                        again = passkeys.challenge_to_sign_in(blog, address="", now=clock())
                    whole = json.loads(make(again.options))
                    whole["response"][name] = other
                    with pytest.raises((SignInFailed, InvalidComment)):
                        if kind == "get":
                            passkeys.sign_in(blog, again.token, json.dumps(whole), now=clock())
                        else:
                            passkeys.add(
                                blog, moderator, again.token, "x", json.dumps(whole), clock()
                            )


class TestAPasswordBesideAPasskey:
    @pytest.fixture
    def password(self, blog: Blog, moderator: Person) -> str:
        stored = signing.password_hash(PASSWORD)
        with blog.store.write() as connection:
            people.change(connection, moderator.id, password_hash=stored)
        return PASSWORD

    def by_password(self, blog: Blog, clock: Clock) -> str:
        done = sign_in.sign_in(blog, "ada", PASSWORD, address="192.0.2.7", now=clock())
        assert isinstance(done, SignedIn)
        return done.token

    def test_opens_nothing_and_leads_to_the_passkey(
        self, blog: Blog, clock: Clock, device: Device, password: str
    ) -> None:
        with pytest.raises(SignInFailed, match="Sign in with your passkey"):
            self.by_password(blog, clock)
        enter(blog, clock, device)

    def test_is_enough_where_the_passkey_was_made_at_another_address(
        self, blog: Blog, clock: Clock, moderator: Person, password: str
    ) -> None:
        trial = replace(blog, settings=blog.settings.model_copy(update={"site_url": TRIAL}))
        add(trial, clock, moderator, Device(TRIAL))
        with blog.store.read() as connection:
            person = people.by_id(connection, moderator.id)
        assert person
        assert second_factor.is_set(trial, person)
        assert passkeys.are_used(trial)
        assert not second_factor.is_set(blog, person)
        assert not passkeys.are_used(blog)
        # The password leads to setting a factor, as without any.
        session = usecase.session(blog, self.by_password(blog, clock), clock())
        assert session
        assert second_factor.must_be_set(blog, session)

    def test_is_enough_in_a_trial(
        self, blog: Blog, clock: Clock, device: Device, password: str
    ) -> None:
        trial = replace(
            blog, settings=Settings(blog=blog.settings.blog, site_url="http://localhost:8000")
        )
        assert self.by_password(trial, clock)

    def test_that_opened_a_session_before_sets_no_telephone_any_more(
        self, blog: Blog, clock: Clock, moderator: Person, password: str
    ) -> None:
        session = usecase.session(blog, self.by_password(blog, clock), clock())
        assert session
        add(blog, clock, moderator, Device(ORIGIN))
        with pytest.raises(InvalidComment):
            second_factor.set_up(blog, session, code_of(blog, session, clock), now=clock())

    def test_keeps_the_session_when_the_telephone_is_given_up_and_asks_for_the_passkey_then(
        self, blog: Blog, clock: Clock, moderator: Person, password: str
    ) -> None:
        session = usecase.session(blog, self.by_password(blog, clock), clock())
        assert session
        done = second_factor.set_up(blog, session, code_of(blog, session, clock), now=clock())
        session = usecase.session(blog, done.signed_in.token, clock())
        assert session
        with pytest.raises(InvalidComment, match="There is a problem") as caught:
            second_factor.give_up(blog, session, now=clock())
        assert "only second factor" in str(caught.value.by_field["password"])
        add(blog, clock, moderator, Device(ORIGIN))
        after = second_factor.give_up(blog, session, now=clock())
        session = usecase.session(blog, after.token, clock())
        assert session
        assert not second_factor.must_be_set(blog, session)
        with pytest.raises(SignInFailed, match="Sign in with your passkey"):
            self.by_password(blog, clock)

    def test_is_not_all_that_is_left_when_the_last_passkey_goes(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person
    ) -> None:
        [key] = passkeys.of_person(blog, moderator)
        with pytest.raises(InvalidComment):
            passkeys.remove(blog, moderator, key.id, clock())
        enter(blog, clock, device)

    def test_lets_another_be_set_when_an_administrator_took_both_away(
        self, blog: Blog, clock: Clock, device: Device, moderator: Person, password: str
    ) -> None:
        second_factor.take_away(blog, moderator.id, by=moderator, now=clock())
        session = usecase.session(blog, self.by_password(blog, clock), clock())
        assert session
        assert second_factor.must_be_set(blog, session)


class TestAnAnswerToNoChallenge:
    def test_leaves_nothing_in_the_journal(self, blog: Blog, clock: Clock, device: Device) -> None:
        asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        before = lines(blog)
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, "unknown", device.get(asked.options), now=clock())
        assert lines(blog) == before
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, "{}", now=clock())
        assert lines(blog) == before + 1

    @pytest.mark.parametrize("id", ["a\x00b", "\ud800", "x" * 1401, "a b", "", "ñ", "a\n"])
    def test_with_an_id_that_no_device_gives_is_refused_before_the_database(
        self, blog: Blog, clock: Clock, moderator: Person, id: str
    ) -> None:
        asked = passkeys.challenge_to_sign_in(blog, address="", now=clock())
        with pytest.raises(SignInFailed):
            passkeys.sign_in(blog, asked.token, json.dumps({"id": id}), now=clock())
        passkeys.remove(blog, moderator, id, clock())


def code_of(blog: Blog, session: Session, clock: Clock) -> str:
    """What a telephone shows that took what is offered."""
    secret = totp.read(second_factor.offered(blog, session).secret.replace(" ", ""))
    return totp.code_at(secret, int(clock().timestamp()) // 30)


def lines(blog: Blog) -> int:
    """How many the journal has."""
    with blog.store.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one()


def test_challenges_cost_one_network_time_and_nobody_else(blog: Blog, clock: Clock) -> None:
    for _ in range(CHALLENGES.free):
        passkeys.challenge_to_sign_in(blog, address="192.0.2.7", now=clock())
    with pytest.raises(TooMany):
        passkeys.challenge_to_sign_in(blog, address="192.0.2.7", now=clock())
    passkeys.challenge_to_sign_in(blog, address="192.0.2.8", now=clock())


def _person(blog: Blog) -> Person:
    with blog.store.read() as connection:
        found = people.by_login(connection, "ada")
    assert found
    return found
