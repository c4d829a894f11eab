"""Taking no comments of somebody for a while: who is told, who is not. On both databases."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from comments_service.domain.bans import BanKind
from comments_service.domain.cases import Case
from comments_service.domain.comments import Kind
from comments_service.domain.journal import JournalKind
from comments_service.domain.permissions import Role
from comments_service.domain.reports import Ground
from comments_service.errors import (
    AlreadyDecided,
    Banned,
    InvalidComment,
    NotPermitted,
    TooMany,
    UnknownComment,
)
from comments_service.store import addresses
from comments_service.store.engine import Store
from comments_service.store.people import Person
from comments_service.store.schema import ban, journal
from comments_service.usecases import bans, mail_links, moderate, reader, retention, subscriptions
from comments_service.usecases.bans import Wanted
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.report import Report, report
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tick import tick
from comments_service.usecases.track import receipt_for, record_of, track
from comments_service.usecases.withdraw import erase
from tests.support.fixtures import Clock, rules_json
from tests.support.ids import new_id

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"
AITOR = "aitor@correo.example"
REVIEW = "defensoria@pruebas.example"
WORDS = "Insulta a los demás una y otra vez."
WANTED = Wanted({"address"}, (1, 1), WORDS, "7", "")

Send = Callable[..., Case]


@pytest.fixture(autouse=True)
def institution(blog_folder: Path) -> None:
    site = blog_folder / "content" / "site.toml"
    site.write_text(f'{site.read_text("utf-8")}\n[contact]\ncomplaints = "{REVIEW}"\n', "utf-8")
    rules = rules_json((1, 1, "2026-01-15", "Respeto"), (2, 1, "2026-01-15", "Datos"))
    (blog_folder / "output" / "rules.json").write_text(rules, "utf-8")


@pytest.fixture
def send(blog: Blog, clock: Clock) -> Send:
    def sent(body: str = "Hola.", address: str = HERE, email: str = "", **more: str) -> Case:
        clock.forward(seconds=1)
        form = Form(author=more.get("author", "Aitor"), body=body, email=email)
        now = clock()
        return submit(blog, "hola", form, address=address, comment_id=new_id(now), now=now).case

    return sent


@pytest.fixture
def case(blog: Blog, clock: Clock, send: Send) -> Case:
    """A comment whose author said that the e-mail address is theirs."""
    sent = send("Sois todos tontos.", email=AITOR)
    confirm(blog, sent, clock)
    return case_of(blog, sent.id)


def confirm(blog: Blog, case: Case, clock: Clock) -> None:
    with blog.store.read() as connection:
        address = addresses.given(connection, case.id)
    assert address
    token = mail_links.token(blog, mail_links.ADDRESS, address)
    subscriptions.confirm_address(blog, str(address.id), token, clock())


def decide(blog: Blog, case: Case, clock: Clock, by: Person, **other: object) -> None:
    bans.ban(blog, case.id, replace(WANTED, **other), by=by, now=clock())  # type: ignore[arg-type]


def by_network(blog: Blog, case: Case, clock: Clock, by: Person, **other: object) -> None:
    decide(blog, case, clock, by, kinds={"network"}, **other)


def entries(blog: Blog) -> list[tuple[JournalKind, object]]:
    kinds = (JournalKind.BANNED, JournalKind.BAN_LIFTED)
    query = select(journal.c.kind, journal.c.data).where(journal.c.kind.in_(kinds))
    with blog.store.read() as connection:
        found = connection.execute(query.order_by(journal.c.id)).all()
    return [(JournalKind(kind), json.loads(data)["by"]) for kind, data in found]


class TestWhoeverIsBanned:
    def test_reads_why_and_until_when_in_place_of_a_receipt(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        with pytest.raises(Banned) as refused:
            send("Otra vez yo.", email=AITOR)
        error = refused.value
        assert (error.rule, error.reason) == ((1, 1), WORDS)
        assert error.until == datetime(2026, 11, 27, 23, 0, tzinfo=UTC)  # midnight in Madrid

    def test_is_known_by_the_address_however_it_is_written(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        with pytest.raises(Banned):
            send("Otra vez yo.", email="Aitor@Correo.example")

    def test_is_known_by_the_network_whatever_else_they_write(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        by_network(blog, case, clock, moderator)
        with pytest.raises(Banned):
            send("Soy otra persona.", author="Maite", email="maite@correo.example")
        assert send("Yo escribo desde otra parte.", address=ELSEWHERE).id

    def test_is_let_in_once_the_term_is_over(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        clock.now = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)
        with pytest.raises(Banned):
            send("Sigo aquí.", email=AITOR)
        clock.now = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
        assert send("Ya puedo.", email=AITOR).notes == ()

    def test_by_the_network_is_let_in_once_the_day_of_its_key_is_over(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        by_network(blog, case, clock, moderator, term="30")
        clock.now = datetime(2026, 11, 21, 0, 59, tzinfo=UTC)
        with pytest.raises(Banned):
            send("Sigo aquí.")
        clock.now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
        assert send("Ya puedo.").id

    def test_is_told_so_and_not_to_try_later(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        by_network(blog, case, clock, moderator)
        full = replace(blog, settings=blog.settings.model_copy(update={"max_per_network": 1}))
        form, now = Form(author="Aitor", body="Más."), clock()
        with pytest.raises(Banned):
            submit(full, "hola", form, address=HERE, comment_id=new_id(now), now=now)
        bans.lift(blog, 1, by=moderator, now=now)
        with pytest.raises(TooMany):
            submit(full, "hola", form, address=HERE, comment_id=new_id(now), now=now)

    def test_gets_the_receipt_of_what_was_taken_before(
        self, blog: Blog, clock: Clock, moderator: Person, send: Send
    ) -> None:
        first = send("Lo mismo.")
        by_network(blog, first, clock, moderator)
        assert send("Lo mismo.").id == first.id

    def test_may_still_report_what_is_illegal(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        public = send("Algo ilegal.", address=ELSEWHERE)
        moderate.approve(blog, public.id, 1, by=moderator, now=clock())
        decide(blog, case, clock, moderator, kinds={"address", "network"})
        words = Form(author="Aitor", body="Esto es delito.", email=AITOR)
        told = Report(words=words, ground=Ground.ILLEGAL, nameless="Alguien", good_faith=True)
        name, now = new_id(clock()), clock()
        receipt = report(
            blog, ["hola"], public.comment_id, told, address=HERE, report_id=name, now=now
        )
        assert receipt.case.kind is Kind.REPORT

    def test_may_still_follow_withdraw_and_erase_what_they_wrote(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator, kinds={"address", "network"})
        own = track(blog, case.reference, receipt_for(blog, case).token)
        reader.add(blog, own, len(own.events), "Perdonad.", now=clock())
        reader.withdraw(blog, own, now=clock())
        assert case_of(blog, case.id).withdrawn
        reader.erase(blog, own, now=clock())
        assert case_of(blog, case.id).erased

    def test_keeps_what_stands_of_theirs(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        before = case_of(blog, case.id), record_of(blog, case).events
        decide(blog, case, clock, moderator, kinds={"address", "network"})
        assert (case_of(blog, case.id), record_of(blog, case).events) == before


class TestAnOutsider:
    """Anybody can type an address: what they are answered tells nothing of it."""

    def test_who_types_a_banned_address_is_answered_as_everybody(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        probed = send("¿Está vetado?", address=ELSEWHERE, email=AITOR, author="Maite")
        innocent = send("¿Está vetado?", address=ELSEWHERE, email="otra@correo.example")
        kept = record_of(blog, probed).events, record_of(blog, innocent).events
        assert [e.kind for e in kept[0]] == [e.kind for e in kept[1]]
        assert (probed.visibility, probed.attention) == (innocent.visibility, innocent.attention)

    def test_learns_nothing_from_a_second_try_either(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        for body in ("Uno.", "Dos.", "Tres."):
            assert send(body, address=ELSEWHERE, email=AITOR).id

    def test_is_pointed_out_to_staff_who_decide(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        assert "barred" in send("Vengo de otra parte.", address=ELSEWHERE, email=AITOR).notes
        assert "barred" not in send("Yo no.", address=ELSEWHERE, email="b@correo.example").notes

    def test_from_a_network_that_nobody_can_tell_learns_nothing(
        self, blog: Blog, clock: Clock, moderator: Person, send: Send
    ) -> None:
        nowhere = send("Sois tontos.", address="", email=AITOR)
        confirm(blog, nowhere, clock)
        assert [each.kind for each in bans.offered(blog, nowhere, clock())] == [BanKind.ADDRESS]
        decide(blog, nowhere, clock, moderator)
        assert send("Otra vez.", address="", email=AITOR).id

    def test_on_the_network_of_the_comment_is_told_for_eight_days_at_most(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator, term="30")
        clock.forward(days=7)
        let_the_hour_pass(blog, clock)
        with pytest.raises(Banned):
            send("Sigo aquí.", email=AITOR)
        clock.forward(days=3)
        let_the_hour_pass(blog, clock)
        assert "barred" in send("Sigo aquí.", email=AITOR).notes


def let_the_hour_pass(blog: Blog, clock: Clock) -> None:
    """As the tick does it every hour."""
    tick(blog, clock)


class TestBanning:
    def test_offers_what_whoever_wrote_can_be_known_by(
        self, blog: Blog, case: Case, clock: Clock, send: Send
    ) -> None:
        send("Otro desde aquí.", author="Maite")
        offered = bans.offered(blog, case, clock())
        assert [(each.kind, each.others) for each in offered] == [
            (BanKind.ADDRESS, 0),
            (BanKind.NETWORK, 1),
        ]

    def test_offers_no_address_that_nobody_said_to_be_theirs(
        self, blog: Blog, clock: Clock, send: Send, moderator: Person
    ) -> None:
        unconfirmed = send(email="maite@correo.example")
        assert [e.kind for e in bans.offered(blog, unconfirmed, clock())] == [BanKind.NETWORK]
        with pytest.raises(InvalidComment) as refused:
            decide(blog, unconfirmed, clock, moderator)
        assert set(refused.value.by_field) == {"ban_by"}

    def test_offers_no_network_of_yesterday(self, blog: Blog, clock: Clock, send: Send) -> None:
        sent = send()
        clock.now = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
        assert bans.offered(blog, sent, clock()) == ()

    def test_offers_nothing_for_what_is_erased(self, blog: Blog, case: Case, clock: Clock) -> None:
        erase(blog, case.comment_id, now=clock())
        assert bans.offered(blog, case_of(blog, case.id), clock()) == ()

    @pytest.mark.parametrize(
        ("other", "field"),
        [
            ({"kinds": set()}, "ban_by"),
            ({"rule": None}, "ban_rule"),
            ({"rule": (1, 2)}, "ban_rule"),
            ({"reason": " \u200b"}, "ban_reason"),
            ({"reason": "x" * 5_000}, "ban_reason"),
            ({"term": ""}, "ban_term"),
            ({"term": "3650"}, "ban_term"),
            ({"term": "date", "until": "siempre"}, "ban_until"),
            ({"term": "date", "until": "2026-11-20"}, "ban_until"),
            ({"term": "date", "until": "2027-05-20"}, "ban_until"),
        ],
    )
    def test_asks_for_a_rule_words_and_a_term_that_ends(
        self,
        blog: Blog,
        case: Case,
        clock: Clock,
        moderator: Person,
        other: dict[str, object],
        field: str,
    ) -> None:
        with pytest.raises(InvalidComment) as refused:
            decide(blog, case, clock, moderator, **other)
        assert set(refused.value.by_field) == {field}
        assert entries(blog) == []

    def test_takes_a_day_within_half_a_year(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator, term="date", until="2027-05-19")
        (held,) = bans.of_case(blog, case, clock())
        assert held.until == datetime(2027, 5, 19, 22, 0, tzinfo=UTC)

    def test_needs_somebody_to_ask_for_a_review(
        self, blog: Blog, blog_folder: Path, case: Case, clock: Clock, moderator: Person
    ) -> None:
        site = blog_folder / "content" / "site.toml"
        site.write_text(re.sub(r"complaints.*", "", site.read_text("utf-8")), "utf-8")
        with pytest.raises(InvalidComment, match="under .contact."):
            decide(blog, case, clock, moderator)

    @pytest.mark.parametrize("role", [each for each in Role if each not in ("admin", "manager")])
    def test_is_for_who_leads_the_conversation(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, role: Role
    ) -> None:
        with pytest.raises(NotPermitted):
            decide(blog, case, clock, replace(moderator, role=role))
        decide(blog, case, clock, moderator)
        with pytest.raises(NotPermitted):
            bans.lift(blog, 1, by=replace(moderator, role=role), now=clock())

    def test_twice_is_a_conflict_that_changes_nothing(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator)
        with pytest.raises(AlreadyDecided):
            decide(blog, case, clock, moderator, term="30", kinds={"address", "network"})
        by_network(blog, case, clock, moderator)
        assert entries(blog) == [(JournalKind.BANNED, "address"), (JournalKind.BANNED, "network")]

    def test_keeps_a_keyed_hash_and_no_address(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator, kinds={"address", "network"})
        with blog.store.read() as connection:
            kept = list(connection.execute(select(ban.c.value)).scalars())
        assert len(kept) == 2
        assert all(re.fullmatch("[0-9a-f]{64}", value) for value in kept)


class TestLifting:
    def test_lets_them_in_again_and_is_noted_once(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        assert [each.ban.id for each in bans.in_force(blog, clock())] == [1]
        for _ in range(2):
            bans.lift(blog, 1, by=moderator, now=clock())
        assert bans.in_force(blog, clock()) == []
        assert send("Gracias.", email=AITOR).notes == ()
        assert entries(blog) == [
            (JournalKind.BANNED, "address"),
            (JournalKind.BAN_LIFTED, "address"),
        ]

    def test_of_what_there_is_not_is_refused(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        with pytest.raises(UnknownComment):
            bans.lift(blog, 7, by=moderator, now=clock())


class TestKeeping:
    def rows(self, store: Store) -> int:
        with store.read() as connection:
            return len(connection.execute(select(ban.c.id)).all())

    def test_ends_thirty_days_after_the_term(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator)
        clock.now = datetime(2026, 11, 27, 23, 0, tzinfo=UTC) + timedelta(days=30)
        retention.forget(blog, clock())
        assert self.rows(blog.store) == 1
        clock.forward(hours=2)
        retention.forget(blog, clock())
        assert self.rows(blog.store) == 0

    def test_ends_thirty_days_after_it_was_lifted(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        decide(blog, case, clock, moderator, term="date", until="2027-05-01")
        bans.lift(blog, 1, by=moderator, now=clock())
        clock.forward(days=31)
        retention.forget(blog, clock())
        assert self.rows(blog.store) == 0

    def test_outlasts_an_erasure_which_would_be_a_way_round_it(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, send: Send
    ) -> None:
        decide(blog, case, clock, moderator)
        erase(blog, case.comment_id, now=clock())
        assert "barred" in send("Empiezo de cero.", email=AITOR).notes
