"""Readers' e-mail addresses: what is taken, how they are kept, who opens what."""

import pytest
from sqlalchemy import select

from comments_service import signing
from comments_service.errors import InvalidComment, TooMany, UnknownComment, Unsealable
from comments_service.store.schema import address
from comments_service.usecases import addresses, mail_links, subscriptions
from comments_service.usecases.blog import Blog
from tests.support.fixtures import Clock

KEY = bytes(range(32))


class TestSealing:
    def test_opens_for_the_same_key_and_purpose_alone(self) -> None:
        sealed = signing.seal(KEY, "mail", "ana@correo.example")
        assert signing.unseal(KEY, "mail", sealed) == "ana@correo.example"
        for key, purpose in ((bytes(32), "mail"), (KEY, "other")):
            with pytest.raises(Unsealable):
                signing.unseal(key, purpose, sealed)

    def test_of_the_same_text_looks_different_each_time(self) -> None:
        assert signing.seal(KEY, "mail", "a") != signing.seal(KEY, "mail", "a")

    def test_shows_every_change(self) -> None:
        sealed = signing.seal(KEY, "mail", "ana@correo.example")
        for place in range(len(sealed)):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(Unsealable):
                signing.unseal(KEY, "mail", bytes(changed))
        for length in range(len(sealed)):
            with pytest.raises(Unsealable):
                signing.unseal(KEY, "mail", sealed[:length])

    def test_is_found_again_by_a_key_that_opens_nothing(self) -> None:
        found = signing.lookup(KEY, "mail", "ana@correo.example")
        assert found == signing.lookup(KEY, "mail", "ana@correo.example")
        assert found != signing.lookup(KEY, "mail", "ane@correo.example")
        assert found != signing.lookup(bytes(32), "mail", "ana@correo.example")
        assert len(found) == 64


class TestAnAddress:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("ana@correo.example", "ana@correo.example"),
            ("  Ana.Maria+blog@CORREO.Example ", "Ana.Maria+blog@correo.example"),
            ("ana@ñandú.example", "ana@xn--and-6ma2c.example"),
            ("o'brien_1@sub.correo-e.example", "o'brien_1@sub.correo-e.example"),
            ("", None),
            ("   ", None),
        ],
    )
    def test_is_kept_as_mail_servers_know_it(self, given: str, kept: str | None) -> None:
        assert addresses.checked(given) == kept

    @pytest.mark.parametrize(
        "given",
        [
            "ana",
            "ana@",
            "@correo.example",
            "ana@localhost",
            "ana@@correo.example",
            "ana@otra@correo.example",
            "ana correo@correo.example",
            '"ana"@correo.example',
            "ana..b@correo.example",
            ".ana@correo.example",
            "ana@-correo.example",
            "ana@correo..example",
            "ana@192.0.2.7",
            "ana@[192.0.2.7]",
            "Ana <ana@correo.example>",
            "ana@correo.example, otra@correo.example",
            "ana@correo.example\r\nBcc: otra@correo.example",
            "ana\n@correo.example",
            "ana@correo.example\x00",
            "ana\u202e@correo.example",
            "a" * 65 + "@correo.example",
            "ana@" + "a" * 64 + ".example",
            "ana@" + "abcdefgh." * 30 + "example",
        ],
    )
    def test_that_is_none_is_refused_beside_its_field(self, given: str) -> None:
        with pytest.raises(InvalidComment) as caught:
            addresses.checked(given)
        assert set(caught.value.by_field) == {"email"}

    def test_is_found_again_and_stays_one(self, blog: Blog, clock: Clock) -> None:
        with blog.store.write() as connection:
            ids = {
                addresses.keep(blog, connection, given, "es", clock())
                for given in ("ana@correo.example", "ANA@correo.example", "ana@correo.example")
            }
            assert len(ids) == 1
            assert addresses.keep(blog, connection, "leo@correo.example", "es", clock()) not in ids
            kept = connection.execute(select(address.c.sealed)).scalars().all()
        assert all(b"correo" not in each for each in kept)


class TestALink:
    def test_opens_one_thing_for_one_purpose(self, blog: Blog, clock: Clock) -> None:
        for email in ("ana@correo.example", "leo@correo.example"):
            subscriptions.follow(blog, "hola", email, "es", network="192.0.2.9", now=clock())
        with blog.store.read() as connection:
            first = subscriptions.subscriptions.by_id(connection, 1)
            other = subscriptions.subscriptions.by_id(connection, 2)
        assert first
        assert other
        token = mail_links.token(blog, mail_links.LEAVE, first)
        found = subscriptions.following_at(blog, "1", token, mail_links.LEAVE)
        assert found == first
        wrong = [
            ("2", token, mail_links.LEAVE),
            ("1", token, mail_links.FOLLOW),
            ("1", token[:-1], mail_links.LEAVE),
            ("1", "", mail_links.LEAVE),
            ("01x", token, mail_links.LEAVE),
            ("9" * 40, token, mail_links.LEAVE),
            ("١", token, mail_links.LEAVE),
            ("1", mail_links.token(blog, mail_links.LEAVE, other), mail_links.LEAVE),
        ]
        for number, given, purpose in wrong:
            with pytest.raises(UnknownComment):
                subscriptions.following_at(blog, number, given, purpose)

    def test_to_follow_changes_nothing_for_who_follows_already(
        self, blog: Blog, clock: Clock
    ) -> None:
        def ask() -> None:
            who = "ana@correo.example"
            subscriptions.follow(blog, "hola", who, "es", network="192.0.2.9", now=clock())

        ask()
        with blog.store.read() as connection:
            first = subscriptions.subscriptions.by_id(connection, 1)
        assert first
        token = mail_links.token(blog, mail_links.FOLLOW, first)
        subscriptions.confirm(blog, "1", token, clock())
        ask()
        assert subscriptions.following_at(blog, "1", token, mail_links.FOLLOW).is_active

    def test_is_asked_for_twenty_times_an_hour_from_one_network(
        self, blog: Blog, clock: Clock
    ) -> None:
        def ask(number: int, network: str) -> None:
            who = f"a{number}@correo.example"
            subscriptions.follow(blog, "hola", who, "es", network=network, now=clock())

        for number in range(20):
            ask(number, "192.0.2.9")
        with pytest.raises(TooMany):
            ask(20, "192.0.2.9")
        ask(21, "198.51.100.7")
        clock.forward(minutes=61)
        ask(22, "192.0.2.9")
