"""A new key: all that is sealed opens afterwards, and a rotation that is killed leaves a blog."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from comments_service import signing
from comments_service.config.settings import Settings
from comments_service.domain.cases import Case
from comments_service.domain.journal import JournalKind
from comments_service.errors import (
    CannotStart,
    InvalidComment,
    LinkExpired,
    Unavailable,
    UnknownComment,
    Unsealable,
)
from comments_service.store import addresses as stored
from comments_service.store import audit, locks, second_factor
from comments_service.store.people import Person
from comments_service.usecases import addresses, bans, codes, invitations, key_files, keys
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.second_factor import PURPOSE
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from comments_service.usecases.track import receipt_for, track
from tests.support.fixtures import Clock
from tests.support.ids import new_id
from tests.support.people import invited

STEPS = [
    "rotate.propose",
    "rotate.seal",
    "rotate.commit",
    "rotate.kept",
    "rotate.master",
    "rotate.done",
]
EMAIL = "ane@example.org"
SECRET = "JBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Before:
    """What somebody has in hand before the key is changed."""

    case: Case
    token: str
    code: str
    person: int


@pytest.fixture
def settings(blog_folder: Path, database_url: str) -> Settings:
    return Settings(blog=blog_folder, database_url=database_url, site_url="http://localhost:8000")


@pytest.fixture
def blog(settings: Settings) -> Iterator[Blog]:
    opened = open_blog(settings)
    yield opened
    opened.store.close()


@pytest.fixture
def before(blog: Blog, clock: Clock, moderator: Person) -> Before:
    """A reader with an address, a link and a code; somebody of staff with a telephone."""
    sent = Form(author="Ane", body="Hola.", email=EMAIL)
    receipt = submit(blog, "hola", sent, address="", comment_id=new_id(clock()), now=clock())
    with blog.store.write() as connection:
        sealed = signing.seal(blog.staff_key, PURPOSE, SECRET)
        second_factor.keep(connection, moderator.id, sealed, 1)
    return Before(receipt.case, receipt.token, codes.code_of(blog, receipt.case), moderator.id)


def assert_works(settings: Settings, before: Before, clock: Clock, *, given_out: bool) -> None:
    """Addresses and secrets open; links and codes are good, or are not."""
    blog = open_blog(settings)
    try:
        tick(blog, clock)
        with blog.store.read() as connection:
            address = stored.given(connection, before.case.id)
        assert address is not None
        assert addresses.opened(blog, address) == EMAIL
        with blog.store.write() as connection:
            assert addresses.keep(blog, connection, EMAIL, "es", clock()) == address.id
            secret = second_factor.secret_of(connection, before.person)
        assert secret is not None
        assert signing.unseal(blog.staff_key, PURPOSE, secret.sealed) == SECRET
        if given_out:
            assert track(blog, before.case.reference, before.token).case.id == before.case.id
            found = codes.find(blog, before.code, address="192.0.2.1", now=clock())
            assert found.case.id == before.case.id
        else:
            with pytest.raises(UnknownComment):
                track(blog, before.case.reference, before.token)
            with pytest.raises(InvalidComment):
                codes.find(blog, before.code, address="192.0.2.1", now=clock())
            fresh = receipt_for(blog, before.case)
            assert track(blog, before.case.reference, fresh.token).case.id == before.case.id
            again = codes.code_of(blog, before.case)
            assert codes.find(blog, again, address="192.0.2.1", now=clock())
    finally:
        blog.store.close()


both = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@both
class TestRotating:
    def test_seals_all_anew_and_leaves_links_and_codes_good(
        self, settings: Settings, blog: Blog, before: Before, clock: Clock
    ) -> None:
        done = keys.rotate(settings, clock())
        assert (done.addresses, done.people, done.unopened) == (1, 1, 0)
        with blog.store.read() as connection:
            address = stored.given(connection, before.case.id)
            kinds = [each.link.kind for each in audit.entries(connection)]
        assert address is not None
        with pytest.raises(Unsealable):
            addresses.opened(blog, address)  # by the old key
        assert kinds[-1] == JournalKind.KEYS_ROTATED
        assert_works(settings, before, clock, given_out=True)

    def test_again_and_again_keeps_them_good(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        for _ in range(3):
            keys.rotate(settings, clock())
        assert_works(settings, before, clock, given_out=True)

    def test_may_revoke_what_was_given_out(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        keys.rotate(settings, clock())
        keys.rotate(settings, clock(), revoke=True)
        assert_works(settings, before, clock, given_out=False)

    def test_ends_an_invitation_where_what_was_given_out_is_revoked(
        self, settings: Settings, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        token = invited(blog, moderator, "Bea Dos", clock()).token
        blog.store.close()
        keys.rotate(settings, clock())
        kept = open_blog(settings)
        assert invitations.look(kept, token, clock()).name == "Bea Dos"
        kept.store.close()
        keys.rotate(settings, clock(), revoke=True)
        again = open_blog(settings)
        with pytest.raises(LinkExpired):
            invitations.look(again, token, clock())
        again.store.close()

    def test_keeps_a_ban_of_an_address_even_when_what_was_given_out_is_revoked(
        self, settings: Settings, before: Before, clock: Clock, moderator: Person, blog: Blog
    ) -> None:
        site = settings.blog / "content" / "site.toml"
        contact = '\n[contact]\nemail = "hola@pruebas.example"\n'
        site.write_text(site.read_text("utf-8") + contact, "utf-8")
        with blog.store.write() as connection:
            found = stored.given(connection, before.case.id)
            assert found
            stored.confirm(connection, found.id, clock())
        wanted = bans.Wanted({"address"}, None, "Insulta.", "7", "")
        bans.ban(blog, before.case.id, wanted, by=moderator, now=clock())
        blog.store.close()
        keys.rotate(settings, clock(), revoke=True)
        again, now = open_blog(settings), clock()
        sent = Form(author="Ane", body="Otra vez.", email=EMAIL)
        receipt = submit(again, "hola", sent, address="", comment_id=new_id(now), now=now)
        again.store.close()
        assert "barred" in receipt.case.notes

    def test_waits_for_nobody_who_serves_the_blog(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        with locks.serving(settings.database), pytest.raises(CannotStart):
            keys.rotate(settings, clock())
        assert_works(settings, before, clock, given_out=True)

    def test_makes_files_for_their_owner_alone(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        keys.rotate(settings, clock())
        folder = key_files.key_file(settings).parent
        assert sorted(each.name for each in folder.iterdir()) == ["kept.key", "master.key"]
        assert all(each.stat().st_mode & 0o077 == 0 for each in folder.iterdir())


class TestKilled:
    @both
    @pytest.mark.parametrize("revoke", [False, True])
    @pytest.mark.parametrize("step", STEPS)
    def test_at_any_step_leaves_a_blog_that_works(
        self, settings: Settings, before: Before, clock: Clock, step: str, revoke: bool
    ) -> None:
        with pytest.raises(_Killed):
            keys.rotate(settings, clock(), revoke=revoke, step=_dying(step))
        is_done = STEPS.index(step) > STEPS.index("rotate.commit")
        assert_works(settings, before, clock, given_out=not (revoke and is_done))
        keys.rotate(settings, clock())
        assert_works(settings, before, clock, given_out=not (revoke and is_done))

    @one
    @pytest.mark.parametrize("step", STEPS)
    def test_as_the_system_kills_it_leaves_a_blog_that_works(
        self, settings: Settings, before: Before, clock: Clock, step: str
    ) -> None:
        environment = os.environ | {
            "TERTULIA_FAULT_STEP": f"{step}:kill",
            "TERTULIA_DATABASE_URL": settings.database,
        }
        command = [sys.executable, "-m", "comments_service.cli", "keys", "rotate", "--blog"]
        ended = subprocess.run(
            [*command, str(settings.blog)], env=environment, capture_output=True, check=False
        )
        assert ended.returncode == -9
        assert_works(settings, before, clock, given_out=True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestALostConnection:
    """PostgreSQL drops sessions; with its session the rotation is alone no more."""

    def test_before_anything_is_sealed_changes_nothing_when_somebody_opens_the_blog(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        def step(name: str) -> None:
            if name == "rotate.seal":
                _cut(settings)
                open_blog(settings).store.close()

        with pytest.raises((CannotStart, Unavailable)):
            keys.rotate(settings, clock(), step=step)
        assert_works(settings, before, clock, given_out=True)
        keys.rotate(settings, clock())
        assert_works(settings, before, clock, given_out=True)

    def test_of_the_lock_alone_is_noticed_before_anything_counts(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        with pytest.raises(CannotStart):
            keys.rotate(settings, clock(), step=_at("rotate.seal", lambda: _cut(settings)))
        assert_works(settings, before, clock, given_out=True)

    @pytest.mark.parametrize("revoke", [False, True])
    def test_while_it_counts_already_takes_no_key_away(
        self, settings: Settings, before: Before, clock: Clock, revoke: bool
    ) -> None:
        with ThreadPoolExecutor(1) as somebody:
            opened: list[Future[Blog]] = []

            def open_it() -> None:
                _cut(settings, but_writing=True)
                opened.append(somebody.submit(open_blog, settings))
                time.sleep(0.5)
                assert not opened[0].done(), "it waits for what is under way"

            keys.rotate(settings, clock(), revoke=revoke, step=_at("rotate.commit", open_it))
            opened[0].result().store.close()
        assert_works(settings, before, clock, given_out=not revoke)

    def test_of_all_sessions_in_the_middle_changes_nothing(
        self, settings: Settings, before: Before, clock: Clock
    ) -> None:
        with pytest.raises(Unavailable):
            keys.rotate(settings, clock(), step=_at("rotate.commit", lambda: _cut(settings)))
        assert_works(settings, before, clock, given_out=True)


def _cut(settings: Settings, *, but_writing: bool = False) -> None:
    """End every other session of the database; or only those outside a transaction."""
    idle = "AND state = 'idle'" if but_writing else ""
    engine = create_engine(settings.database)
    with engine.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        here = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"{cut} WHERE {here} {idle}")).all()
    engine.dispose()


def _at(wanted: str, do: Callable[[], object]) -> Callable[[str], None]:
    def step(name: str) -> None:
        if name == wanted:
            do()

    return step


class _Killed(BaseException):
    """The process ends here."""


def _dying(wanted: str) -> Callable[[str], None]:
    def step(name: str) -> None:
        if name == wanted:
            raise _Killed

    return step
