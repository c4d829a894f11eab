"""The second factor: codes that count once, kept codes, and who has to set it."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine, event

from comments_service import signing
from comments_service.config.settings import Settings
from comments_service.domain import passwords, totp
from comments_service.domain.journal import JournalKind
from comments_service.errors import InvalidComment, LinkExpired, SignInFailed, TooMany
from comments_service.store import people
from comments_service.store import second_factor as codes
from comments_service.store.people import Person
from comments_service.store.sessions import Session
from comments_service.usecases import second_factor, sign_in
from comments_service.usecases import sessions as usecase
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock

PASSWORD = "una frase muy larga"
HOME = "192.0.2.7"
SECRET = b"12345678901234567890"


class TestACode:
    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [
            (59, "94287082"),
            (1111111109, "07081804"),
            (1111111111, "14050471"),
            (1234567890, "89005924"),
            (2000000000, "69279037"),
            (20000000000, "65353130"),
        ],
    )
    def test_is_that_of_rfc_6238(self, seconds: int, expected: str) -> None:
        assert totp.code_at(SECRET, seconds // 30) == expected[-6:]

    def test_is_taken_half_a_minute_early_or_late_and_no_more(self) -> None:
        step = 1111111111 // 30
        code = totp.code_at(SECRET, step)
        for late in range(-3, 4):
            now = datetime.fromtimestamp((step + late) * 30, UTC)
            found = totp.step_of(SECRET, code, now, after=None)
            assert found == (step if abs(late) <= 1 else None), late

    def test_is_taken_in_groups_and_not_in_other_figures(self) -> None:
        now = datetime.fromtimestamp(1111111111, UTC)
        assert totp.step_of(SECRET, " 050 471", now, after=None)
        for typed in ("", "05047", "0504711", "٠٥٠٤٧١", "050471x"):
            assert totp.step_of(SECRET, typed, now, after=None) is None


class TestAPassword:
    @pytest.mark.parametrize(
        "password",
        [
            "aaaaaaaaaaaa",
            "123456789012",
            "abcabcabcabc",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "asdfghjkl123",
            "P@ssw0rd1234",
            "contraseña2024",
            "ContraseñaContraseña",
            "bienvenido2026",
            "pasahitza1234",
            "correct horse battery staple",
            "Tertulia2026!",
            "ada.ejemplo.2026",
            "consejo de pruebas",
            "Consejo-de-Pruebas-1",
            "ñlkjhgfdsañlkj",
        ],
    )
    def test_that_others_would_try_first_is_refused(self, password: str) -> None:
        assert passwords.fault_of(password, ["ada", "Ada Ejemplo", "Consejo de Pruebas"])

    @pytest.mark.parametrize(
        "password",
        ["una frase muy larga", "perro verde salta alto", "xK9#mQ2$vL5p", "euria ari du gaur"],
    )
    def test_that_is_long_and_ones_own_is_taken(self, password: str) -> None:
        assert passwords.fault_of(password, ["ada", "Ada Ejemplo", "Consejo de Pruebas"]) is None

    def test_is_neither_short_nor_endless(self) -> None:
        assert passwords.fault_of("x7#kQ2$vL5p", [])
        assert passwords.fault_of("perro verde " * 90, [])


@pytest.fixture
def blog(blog: Blog) -> Blog:
    """As others reach it: at an address of its own."""
    settings = Settings(
        blog=blog.settings.blog,
        database_url=blog.settings.database_url,
        site_url="https://blog.pruebas.example",
    )
    return replace(blog, settings=settings)


@pytest.fixture
def ada(blog: Blog, moderator: Person) -> Person:
    with blog.store.write() as connection:
        people.change(connection, moderator.id, password_hash=signing.password_hash(PASSWORD))
    return moderator


def begin(blog: Blog, clock: Clock, address: str = HOME) -> sign_in.SignedIn | sign_in.Awaited:
    return sign_in.sign_in(blog, "ada", PASSWORD, address=address, now=clock())


def first_half(blog: Blog, clock: Clock, address: str = HOME) -> str:
    done = begin(blog, clock, address)
    assert isinstance(done, sign_in.Awaited)
    return done.token


def session_of(blog: Blog, clock: Clock, token: str) -> Session:
    found = usecase.session(blog, token, clock())
    assert found
    return found


def secret_of(blog: Blog, session: Session) -> bytes:
    """As the telephone reads it in the picture."""
    address = urlsplit(second_factor.offered(blog, session).address)
    return totp.read(parse_qs(address.query)["secret"][0])


def code(secret: bytes, clock: Clock) -> str:
    return totp.code_at(secret, int(clock().timestamp()) // 30)


class Telephone:
    """Ada's account with its second factor."""

    def __init__(self, blog: Blog, clock: Clock) -> None:
        done = begin(blog, clock)
        assert isinstance(done, sign_in.SignedIn)
        session = session_of(blog, clock, done.token)
        self.secret = secret_of(blog, session)
        self.set = second_factor.set_up(blog, session, code(self.secret, clock), now=clock())
        self.blog, self.clock = blog, clock
        clock.forward(seconds=30)

    @property
    def code(self) -> str:
        return code(self.secret, self.clock)

    def enter(self, typed: str, token: str | None = None, address: str = HOME) -> sign_in.SignedIn:
        token = token or first_half(self.blog, self.clock, address)
        return second_factor.take_code(self.blog, token, typed, address=address, now=self.clock())


@pytest.fixture
def telephone(blog: Blog, clock: Clock, ada: Person) -> Telephone:
    return Telephone(blog, clock)


class TestSettingIt:
    def test_is_asked_of_whoever_has_a_password_alone(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        session = session_of(blog, clock, begin(blog, clock).token)
        assert second_factor.must_be_set(blog, session)

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"site_url": "http://localhost:8000"}, False),
            ({"site_url": "http://localhost:8000", "host": "0.0.0.0"}, True),
            ({"site_url": "http://localhost:8000", "trusted_proxies": 1}, True),
            ({"site_url": "https://blog.example.org"}, True),
        ],
    )
    def test_is_asked_unless_only_this_machine_reaches_the_blog(
        self, blog: Blog, clock: Clock, ada: Person, given: dict[str, object], expected: bool
    ) -> None:
        session = session_of(blog, clock, begin(blog, clock).token)
        settings = Settings(blog=blog.settings.blog, **given)
        assert second_factor.must_be_set(replace(blog, settings=settings), session) is expected

    def test_tells_the_telephone_whose_account_it_is(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        offered = second_factor.offered(blog, session_of(blog, clock, begin(blog, clock).token))
        assert offered.address.startswith("otpauth://totp/Consejo%20de%20Pruebas:ada?secret=")
        assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", offered.secret)

    def test_ends_every_session_and_goes_on_in_one_with_both_factors(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        session = session_of(blog, clock, telephone.set.signed_in.token)
        assert session.factor == "code"
        assert not second_factor.must_be_set(blog, session)
        assert len(usecase.of_person(blog, session.person, clock())) == 1

    def test_needs_the_code_of_this_secret(self, blog: Blog, clock: Clock, ada: Person) -> None:
        session = session_of(blog, clock, begin(blog, clock).token)
        other = session_of(blog, clock, begin(blog, clock).token)
        for typed in ("", "000000", code(secret_of(blog, other), clock)):
            with pytest.raises(InvalidComment):
                second_factor.set_up(blog, session, typed, now=clock())
        assert isinstance(begin(blog, clock), sign_in.SignedIn)

    def test_keeps_the_secret_sealed_and_the_kept_codes_as_hashes(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        with blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT totp_sealed FROM person").all()
            rows += connection.exec_driver_sql("SELECT code_hash FROM recovery_code").all()
        told = str([bytes(row[0]) if not isinstance(row[0], str) else row[0] for row in rows])
        assert len(rows) == 11
        assert totp.written(telephone.secret) not in told
        assert str(telephone.secret) not in told
        for kept in telephone.set.recovery:
            assert kept not in told
            assert kept.replace("-", "") not in told


class TestTheSecondHalf:
    def test_is_asked_after_the_password_and_opens_the_session(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        token = first_half(blog, clock)
        assert usecase.session(blog, token, clock()) is None
        signed_in = telephone.enter(telephone.code, token)
        assert session_of(blog, clock, signed_in.token).factor == "code"

    def test_takes_no_code_twice(self, telephone: Telephone, clock: Clock) -> None:
        used = telephone.code
        telephone.enter(used)
        for _ in range(3):
            with pytest.raises(SignInFailed):
                telephone.enter(used)
            clock.forward(seconds=15)

    def test_takes_none_older_than_the_last_one(self, telephone: Telephone, clock: Clock) -> None:
        older = telephone.code
        clock.forward(seconds=30)
        telephone.enter(telephone.code)
        with pytest.raises(SignInFailed):
            telephone.enter(older)

    def test_takes_the_code_with_which_it_was_set_up_no_more(
        self, telephone: Telephone, clock: Clock
    ) -> None:
        clock.forward(seconds=-30)
        with pytest.raises(SignInFailed):
            telephone.enter(telephone.code)

    def test_takes_a_step_once_whoever_found_it_unused_before(
        self, blog: Blog, ada: Person, telephone: Telephone
    ) -> None:
        """Two at once have both looked: the statement that uses it up lets one of them in."""
        with blog.store.write() as connection:
            secret = codes.secret_of(connection, ada.id)
            assert secret
            assert secret.step
            for step, is_first in ((secret.step, False), (secret.step + 1, True)):
                assert codes.use_step(connection, ada.id, step) is is_first
            assert not codes.use_step(connection, ada.id, secret.step + 1)

    def test_takes_a_code_once_when_many_send_it_at_once(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        tokens = [first_half(blog, clock, f"198.51.100.{number}") for number in range(6)]

        def enter(numbered: tuple[int, str]) -> bool:
            number, token = numbered
            try:
                telephone.enter(telephone.code, token, f"198.51.100.{number}")
            except SignInFailed:
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(enter, enumerate(tokens))) == 1

    def test_is_used_up_by_the_right_code(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        token = first_half(blog, clock)
        telephone.enter(telephone.code, token)
        clock.forward(seconds=60)
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.code, token)

    def test_is_over_after_ten_minutes(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        token = first_half(blog, clock)
        clock.forward(minutes=10)
        assert second_factor.is_awaited(blog, token, clock()) is None
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.code, token)

    def test_takes_five_wrong_codes_and_then_asks_for_the_password(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        token = first_half(blog, clock)
        for number in range(5):
            with pytest.raises(SignInFailed):
                telephone.enter("000000", token, f"198.51.100.{number}")
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.code, token, "198.51.100.77")
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.code, token, "198.51.100.78")

    def test_is_slowed_down_although_the_password_is_right_each_time(
        self, clock: Clock, telephone: Telephone
    ) -> None:
        with pytest.raises(TooMany):
            for _ in range(6):
                with pytest.raises(SignInFailed):
                    telephone.enter("000000")

    def test_ends_with_the_account_and_with_another_password(
        self, blog: Blog, clock: Clock, telephone: Telephone, ada: Person
    ) -> None:
        token = first_half(blog, clock)
        here = session_of(blog, clock, telephone.set.signed_in.token)
        usecase.change_password(
            blog, here, PASSWORD, "otra frase bien larga", address="", now=clock()
        )
        assert second_factor.is_awaited(blog, token, clock()) is None

    def test_of_a_stopped_account_leads_nowhere(
        self, blog: Blog, clock: Clock, telephone: Telephone, ada: Person
    ) -> None:
        token = first_half(blog, clock)
        with blog.store.write() as connection:
            people.change(connection, ada.id, disabled_at=1)
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.code, token)

    def test_after_a_hundred_wrong_codes_takes_a_kept_one_alone(
        self, clock: Clock, telephone: Telephone
    ) -> None:
        """A million codes and no lock: whoever knows the password must not try them all."""
        wrong = 0
        while wrong < second_factor.MAX_GUESSES:
            address = f"2001:db8:{wrong:x}::1"
            try:
                telephone.enter("000000", address=address)
            except SignInFailed:
                wrong += 1
            except TooMany as error:
                clock.forward(seconds=error.retry_after)
        clock.forward(minutes=1)
        with pytest.raises((SignInFailed, TooMany)):
            telephone.enter(telephone.code)
        clock.forward(minutes=1)
        telephone.enter(telephone.set.recovery[0])


class TestAKeptCode:
    def test_opens_once(self, blog: Blog, clock: Clock, telephone: Telephone) -> None:
        kept = telephone.set.recovery[3]
        signed_in = telephone.enter(kept.lower().replace("-", " "))
        session = session_of(blog, clock, signed_in.token)
        assert session.factor == "recovery"
        assert not second_factor.must_be_set(blog, session)
        assert second_factor.codes_left(blog, session.person) == 9
        with pytest.raises(SignInFailed):
            telephone.enter(kept)

    def test_is_one_of_ten_that_differ(self, telephone: Telephone) -> None:
        assert len(set(telephone.set.recovery)) == 10

    def test_is_worth_nothing_once_there_are_new_ones(
        self, blog: Blog, clock: Clock, telephone: Telephone, ada: Person
    ) -> None:
        fresh = second_factor.renew_codes(blog, ada, clock())
        with pytest.raises(SignInFailed):
            telephone.enter(telephone.set.recovery[0])
        telephone.enter(fresh[0])

    def test_of_another_person_opens_nothing(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        with blog.store.write() as connection:
            values = {"login": "eva", "name": "Eva", "language": "es", "role": "admin"}
            stored = signing.password_hash(PASSWORD)
            new = people.add_person(connection, clock(), password_hash=stored, **values)
            eva = people.by_id(connection, new)
        assert eva
        evas = second_factor.renew_codes(blog, eva, clock())
        with pytest.raises(SignInFailed):
            telephone.enter(evas[0])


class TestLosingTheTelephone:
    def test_an_administrator_takes_it_away_and_a_new_one_has_to_be_set(
        self, blog: Blog, clock: Clock, telephone: Telephone, ada: Person
    ) -> None:
        half = first_half(blog, clock)
        second_factor.take_away(blog, ada.id, by=ada, now=clock())
        assert usecase.session(blog, telephone.set.signed_in.token, clock()) is None
        with pytest.raises(LinkExpired):
            telephone.enter(telephone.set.recovery[0], half)
        done = begin(blog, clock)
        assert isinstance(done, sign_in.SignedIn)
        session = session_of(blog, clock, done.token)
        assert second_factor.must_be_set(blog, session)
        assert second_factor.codes_left(blog, ada) == 0
        assert secret_of(blog, session) != telephone.secret


class TestAnotherTelephone:
    def test_counts_instead_of_the_earlier_one_for_whoever_has_both_factors(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        session = session_of(blog, clock, telephone.set.signed_in.token)
        fresh = secret_of(blog, session)
        assert fresh != telephone.secret
        second_factor.set_up(blog, session, code(fresh, clock), now=clock())
        clock.forward(seconds=30)
        with pytest.raises(SignInFailed):
            telephone.enter(telephone.code)
        with pytest.raises(SignInFailed):
            telephone.enter(telephone.set.recovery[0])
        telephone.enter(code(fresh, clock))

    def test_is_set_by_no_session_of_a_password_alone(
        self, blog: Blog, clock: Clock, ada: Person
    ) -> None:
        early = session_of(blog, clock, begin(blog, clock).token)
        Telephone(blog, clock)
        with pytest.raises(InvalidComment):
            second_factor.set_up(blog, early, code(secret_of(blog, early), clock), now=clock())

    def test_is_the_only_way_out_of_the_last_one(
        self, blog: Blog, clock: Clock, telephone: Telephone
    ) -> None:
        session = session_of(blog, clock, telephone.set.signed_in.token)
        with pytest.raises(InvalidComment):
            second_factor.give_up(blog, session, now=clock())
        telephone.enter(telephone.code)


class TestTwoAtOnce:
    def test_change_the_password_once(
        self, blog: Blog, clock: Clock, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The second one is there while the first one's new password is being hashed."""
        session = session_of(blog, clock, begin(blog, clock).token)
        hashed = signing.password_hash

        def meanwhile(password: str) -> str:
            monkeypatch.setattr(signing, "password_hash", hashed)
            change("la segunda frase larga")
            return hashed(password)

        def change(new: str) -> None:
            usecase.change_password(blog, session, PASSWORD, new, address=HOME, now=clock())

        monkeypatch.setattr(signing, "password_hash", meanwhile)
        with pytest.raises(InvalidComment):
            change("la primera frase larga")
        new = "la segunda frase larga"
        assert sign_in.sign_in(blog, "ada", new, address=HOME, now=clock())

    def test_wait_for_the_row_of_the_person(self, blog: Blog, clock: Clock, ada: Person) -> None:
        """Signing in, setting a telephone and another password: on a database of many writers."""
        asked: list[str] = []

        def hear(*seen: Any) -> None:
            asked.append(seen[2])

        event.listen(Engine, "before_cursor_execute", hear)
        try:
            session = session_of(blog, clock, begin(blog, clock).token)
            for act in (
                lambda: begin(blog, clock),
                lambda: second_factor.set_up(
                    blog, session, code(secret_of(blog, session), clock), now=clock()
                ),
                lambda: usecase.change_password(
                    blog, session, PASSWORD, "otra frase bien larga", address=HOME, now=clock()
                ),
            ):
                asked.clear()
                act()
                locks = [each for each in asked if "FOR UPDATE" in each and "person" in each]
                assert bool(locks) is ("postgresql" in str(blog.settings.database_url))
        finally:
            event.remove(Engine, "before_cursor_execute", hear)


class TestTheJournal:
    def test_tells_each_of_it(
        self, blog: Blog, clock: Clock, telephone: Telephone, ada: Person
    ) -> None:
        telephone.enter(telephone.set.recovery[0])
        with pytest.raises(SignInFailed):
            telephone.enter("000000")
        second_factor.take_away(blog, ada.id, by=ada, now=clock())
        with blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT kind, data FROM journal ORDER BY id").all()
        assert [(kind, data) for kind, data in rows] == [
            (JournalKind.SIGNED_IN, '{"factor":"password"}'),
            (JournalKind.CODE_SET, "{}"),
            (JournalKind.SIGNED_IN, '{"factor":"code"}'),
            (JournalKind.RECOVERY_USED, '{"left":9}'),
            (JournalKind.SIGNED_IN, '{"factor":"recovery"}'),
            (JournalKind.SIGN_IN_FAILED, f'{{"person":{ada.id},"step":"code"}}'),
            (JournalKind.CODE_REMOVED, f'{{"person":{ada.id}}}'),
        ]
