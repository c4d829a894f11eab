"""Mails to readers, to a real mail server. On both databases."""

import json
import logging
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import select, text, update

from comments_service.cli import log as cli_log
from comments_service.config.settings import Settings, load_settings
from comments_service.domain.cases import Case
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.mails import TO_STAFF, MailKind
from comments_service.errors import InvalidConfig
from comments_service.mail import smtp
from comments_service.mail.message import Mail, compose
from comments_service.mail.wording import TEXTS, VOICES
from comments_service.store.addresses import stop
from comments_service.store.people import Person
from comments_service.store.schema import address, mail
from comments_service.usecases import (
    addresses,
    attend,
    cutting,
    mail_texts,
    reader,
    showing,
    subscriptions,
    tick,
)
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of
from comments_service.usecases.sending import send_waiting
from comments_service.usecases.track import receipt_for, track
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import SITE_TOML, Clock
from tests.support.ids import new_id
from tests.support.mailing import ANA, Hands, blog_with_mail, build_pages, nothing
from tests.support.mailserver import Sink, mail_server

LEO = "leo@correo.example"
ROOT = Path(__file__).parent.parent
TOKEN = r"/[a-z2-7]{32}"

pytestmark = pytest.mark.usefixtures("own_logging")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def blog(blog_folder: Path, database_url: str, sink: Sink) -> Iterator[Blog]:
    with blog_with_mail(blog_folder, database_url, sink.port) as opened:
        yield opened


@pytest.fixture
def hands(
    blog: Blog, clock: Clock, moderator: Person, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Hands:
    build_pages(monkeypatch)
    return Hands(blog, clock, moderator, sink)


def rows(blog: Blog) -> list[tuple[str, str | None]]:
    """Kind and outcome of every mail, oldest first."""
    with blog.store.read() as connection:
        found = connection.execute(select(mail.c.kind, mail.c.outcome).order_by(mail.c.id))
        return [tuple(row) for row in found]


def following(hands: Hands, email: str = LEO, thread: str = "hola") -> str:
    """Somebody follows a conversation, from the form to the confirmation; their link."""
    now = hands.clock()
    subscriptions.follow(hands.blog, thread, email, "es", network="192.0.2.9", now=now)
    hands.send()
    link = re.search(rf"/correo/seguir/(\d+)({TOKEN})", hands.sink.text())
    assert link
    subscriptions.confirm(hands.blog, link[1], link[2][1:], now)
    return link[0]


@contextmanager
def busy_server() -> Iterator[tuple[int, list[str]]]:
    """Its port, and who called: each hears that nothing is taken now (RFC 5321, 3.8)."""
    calls: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            while True:
                try:
                    client, peer = server.accept()
                except OSError:
                    return
                with client:
                    calls.append(str(peer))
                    client.sendall(b"421 come back later\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        try:
            yield server.getsockname()[1], calls
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


class TestTheReceipt:
    def test_of_an_unconfirmed_address_tells_nothing_and_opens_nothing(self, hands: Hands) -> None:
        case = hands.write("Mi texto.")
        assert hands.send() == 1
        said = hands.sink.text()
        assert case.reference in hands.sink.subjects()[0]
        assert re.search(rf"http://localhost:8000/correo/direccion/\d+{TOKEN}", said)
        whole = hands.sink.raw[0].decode()
        for hidden in ("Mi texto", "Hola, Ana", "/seguimiento/", "List-Unsubscribe"):
            assert hidden not in said + whole

    @pytest.fixture
    def known(self, hands: Hands) -> Hands:
        """Ana said of an earlier comment that the address is hers."""
        hands.write("Uno.")
        hands.send()
        hands.confirm()
        return hands

    def test_of_a_confirmed_address_leads_to_everything(self, known: Hands) -> None:
        case = known.write("Mi texto.\nEn dos líneas.")
        assert known.send() == 1
        said = known.sink.text()
        assert "> Mi texto.\n> En dos líneas." in said
        private = f"/seguimiento/{case.reference}/{receipt_for(known.blog, case).token}"
        assert private in said
        assert "en «Sobre hola»" in said
        assert "no inicia ningún trámite" in said

    @pytest.mark.parametrize("lang", ["es", "eu", "en"])
    def test_leads_nowhere_that_a_stranger_chose(self, known: Hands, lang: str) -> None:
        known.write("Entra en robo.example o pierdes la ayuda.", author="Hacienda", lang=lang)
        assert known.send() == 1
        whole = known.sink.text() + str(known.sink.subjects()[-1])
        for hidden in ("Hacienda", "robo.example", "ayuda"):
            assert hidden not in whole

    @pytest.mark.parametrize(
        ("lang", "promise"),
        [
            ("es", "te contestará, como muy tarde el 24 de noviembre de 2026."),
            ("eu", "erantzungo dizu. Epea: 2026ko azaroaren 24a."),
            ("en", "answer you by 24 November 2026 at the latest."),
        ],
    )
    def test_of_a_private_comment_says_when_it_is_answered_and_nothing_of_publishing(
        self, known: Hands, lang: str, promise: str
    ) -> None:
        file = known.blog.settings.blog / "content" / "site.toml"
        file.write_text(SITE_TOML + "\n[deadlines]\ndecide = 1\nanswer = 2\n", "utf-8")
        known.write(private=True, lang=lang)
        known.send()
        said = known.sink.text()
        assert promise in said
        for wrong in ("decidirá si", "erabakiko", "decide whether"):
            assert wrong not in said

    def test_is_sent_once_however_often_the_tick_runs(self, hands: Hands) -> None:
        hands.write()
        for _ in range(3):
            hands.send()
            hands.clock.forward(minutes=20)
        assert len(hands.sink.taken) == 1

    def test_is_sent_once_when_two_nodes_send_at_once(self, hands: Hands) -> None:
        for number in range(4):
            hands.write(f"Texto {number}")
        hands.confirm()
        threads = [threading.Thread(target=hands.send) for _ in range(3)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len({each["Message-ID"] for each in hands.sink.taken}) == 4
        assert len(hands.sink.taken) == 4

    def test_is_not_asked_for_without_an_address(self, hands: Hands) -> None:
        hands.write(email="")
        assert hands.send() == 0
        assert rows(hands.blog) == []

    def test_names_the_days_that_were_promised(self, hands: Hands) -> None:
        toml = SITE_TOML + "\n[deadlines]\ndecide = 1\nanswer = 2\n"
        (hands.blog.settings.blog / "content" / "site.toml").write_text(toml, "utf-8")
        hands.write()
        hands.send()
        assert "como muy tarde el 23 de noviembre de 2026" in hands.sink.text()
        assert "como muy tarde el 24 de noviembre de 2026" in hands.sink.text()


class TestAnAddressThatNobodyConfirmed:
    def test_gets_nothing_but_the_receipt_and_later_what_waited(self, hands: Hands) -> None:
        hands.approve(hands.write())
        hands.send()
        hands.clock.forward(hours=5)
        assert hands.send() == 0
        assert len(hands.sink.taken) == 1
        hands.confirm()
        assert hands.send() == 1
        assert "está publicado" in hands.sink.subjects()[1]

    def test_gets_five_receipts_in_a_day_at_most(self, hands: Hands) -> None:
        for number in range(5):
            hands.write(f"Texto {number}")
        assert hands.send() == 5
        for number in range(3):
            hands.write(f"Más texto {number}")
        hands.clock.forward(hours=23)
        assert hands.send() == 0
        hands.clock.forward(hours=2)
        assert hands.send() == 3

    def test_gets_no_more_by_erasing_and_writing_anew(self, hands: Hands) -> None:
        for number in range(8):
            case = hands.write(f"Texto {number}")
            hands.send()
            erase(hands.blog, case.comment_id, who="reader", now=hands.clock())
        assert len(hands.sink.taken) == 5

    def test_has_five_waiting_at_most_however_often_it_is_typed(self, hands: Hands) -> None:
        for number in range(20):
            hands.write(f"Texto {number}")
        assert len(rows(hands.blog)) == 5

    def test_that_wants_no_mail_gets_none_after_erasing_either(self, hands: Hands) -> None:
        case = hands.write()
        with hands.blog.store.write() as connection:
            stop(connection, 1, hands.clock())
        erase(hands.blog, case.comment_id, who="reader", now=hands.clock())
        hands.write("Otra vez.")
        assert hands.send() == 0

    def test_that_wants_no_mail_gets_none(self, hands: Hands) -> None:
        hands.write("Uno.")
        hands.send()
        found = re.search(rf"/correo/direccion/(\d+)/({TOKEN[1:]})", hands.sink.text())
        assert found
        subscriptions.stop_address(hands.blog, found[1], found[2], hands.clock())
        hands.write("Dos.")
        assert hands.send() == 0
        assert rows(hands.blog)[-1] == ("R1", "dropped")


class TestADecision:
    def test_published_is_told_with_the_comments_own_address(self, hands: Hands) -> None:
        case = hands.approve(hands.write())
        hands.confirm()
        hands.send()
        assert f"http://localhost:8000/2026/11/hola/#comment-{case.comment_id}" in hands.sink.text()
        assert "http://localhost:8000/seguir/hola" in hands.sink.text()

    def test_published_is_told_once(self, hands: Hands) -> None:
        case = hands.approve(hands.write())
        hands.confirm()
        hands.send()
        hands.publish(case)
        hands.send()
        assert [kind for kind, _ in rows(hands.blog)] == ["R1", "R2"]

    def test_is_not_told_before_the_page_shows_it(
        self, hands: Hands, monkeypatch: pytest.MonkeyPatch
    ) -> None:

        monkeypatch.setattr(showing, "build_site", lambda *_, **__: None)
        hands.approve(hands.write())
        hands.confirm()
        hands.send()
        assert [kind for kind, _ in rows(hands.blog)] == ["R1"]

    def test_against_it_is_told_with_text_reason_and_the_way_to_a_second_look(
        self, hands: Hands
    ) -> None:
        case = hands.reject(hands.write("Sois unos tal."), "Di lo mismo sin insultar.")
        hands.confirm()
        hands.send()
        said = hands.sink.text()
        assert "No hemos publicado" in hands.sink.subjects()[1]
        assert "> Sois unos tal." in said
        assert "Di lo mismo sin insultar." in said
        assert f"/seguimiento/{case.reference}/" in said
        assert "otra vez" in said

    @pytest.mark.parametrize("sent", [True, False])
    def test_against_it_that_is_taken_again_after_another_look_is_told_again(
        self, hands: Hands, sent: bool
    ) -> None:
        case = hands.reject(hands.write(), "Por lo primero.")
        hands.confirm()
        if sent:
            hands.send()
        hands.clock.forward(minutes=5)
        attend.reopen(hands.blog, case.id, by=hands.person, now=hands.clock())
        hands.send()
        hands.clock.forward(minutes=5)
        hands.reject(case_of(hands.blog, case.id), "Por lo segundo.")
        hands.send()
        told = [each for each in hands.sink.subjects() if "No hemos publicado" in each]
        assert len(told) == 1 + sent
        assert "Por lo segundo." in hands.sink.text()

    def test_against_it_names_the_rule_as_it_was_then(self, hands: Hands) -> None:
        rules = (
            '{"format": 1, "rules": [{"number": 1, "version": %s, "since": "2026-01-15",'
            ' "title": {"es": "Respeto"}, "text": {"es": "%s"}}%s]}'
        )
        file = hands.blog.settings.output_folder / "rules.json"
        file.write_text(rules % (1, "Sin insultos.", ""), "utf-8")
        hands.reject(hands.write())
        newer = (
            ', {"number": 1, "version": 2, "since": "2026-11-20",'
            ' "title": {"es": "Respeto"}, "text": {"es": "Otra cosa."}}'
        )
        file.write_text(rules % (1, "Sin insultos.", newer), "utf-8")
        hands.confirm()
        hands.send()
        assert "Norma 1: Respeto\n\nSin insultos." in hands.sink.text()
        assert "Otra cosa." not in hands.sink.text()

    def test_against_a_correction_says_that_the_earlier_wording_stays(self, hands: Hands) -> None:
        hands.write("Lo primero.")
        hands.confirm()
        case = hands.approve(case_of(hands.blog, 1))
        hands.send()
        page = track(hands.blog, case.reference, receipt_for(hands.blog, case).token)
        hands.clock.forward(seconds=1)
        reader.edit(hands.blog, page, len(page.events), "Lo corregido.", now=hands.clock())
        hands.reject(case_of(hands.blog, case.id))
        hands.send()
        assert "No hemos publicado tu corrección" in hands.sink.subjects()[-1]
        said = hands.sink.text()
        assert "La anterior sigue como estaba" in said
        assert "> Lo corregido." in said

    def test_of_the_institution_to_take_it_down_is_told(self, hands: Hands) -> None:
        case = hands.approve(hands.write())
        institution, by = WithdrawnBy.INSTITUTION, hands.person
        withdraw(hands.blog, case.comment_id, reason=institution, by=by, now=hands.clock())
        hands.confirm()
        hands.send()
        assert "Hemos retirado tu comentario" in hands.sink.subjects()[-1]
        assert rows(hands.blog)[1] == ("R2", "dropped"), "it is no longer there"

    def test_to_leave_a_part_out_is_told_with_what_is_left_and_why(self, hands: Hands) -> None:
        case = hands.write("Ane es tonta. Falta luz.")
        hands.confirm()
        following(hands)
        why, now = "Insulta a otra persona", hands.clock()
        cutting.cut(hands.blog, case.id, 1, "Falta luz.", why, by=hands.person, now=now)
        hands.publish(case)
        hands.send()
        to_reader, to_follower = (m.as_string() for m in hands.sink.taken[-2:])
        assert "Hemos quitado una parte de tu comentario" in hands.sink.subjects()[-2]
        assert all(each in hands.sink.text(-2) for each in (why, "> […] Falta luz."))
        assert "tonta" not in to_reader + to_follower
        cutting.restore(hands.blog, case.id, 2, by=hands.person, now=hands.clock())
        hands.send()
        assert "Tu comentario vuelve a estar entero" in hands.sink.subjects()[-1]

    def test_of_the_reader_to_take_it_back_is_no_news_to_them(self, hands: Hands) -> None:
        case = hands.write()
        withdraw(hands.blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=hands.clock())
        assert [kind for kind, _ in rows(hands.blog)] == ["R1"]


class TestAnAnswer:
    def answered(self, hands: Hands) -> str:
        case = hands.approve(hands.write())
        new = new_id(hands.clock())
        words = "Abre a las *nueve*."
        answer(hands.blog, case.id, 1, words, by=hands.person, answer_id=new, now=hands.clock())
        hands.publish(case)
        return new

    def test_is_told_whole_with_who_signs_it(self, hands: Hands) -> None:
        new = self.answered(hands)
        hands.confirm()
        hands.send()
        assert "Respuesta a tu comentario" in hands.sink.subjects()[-1]
        said = hands.sink.text()
        assert "Abre a las *nueve*." in said
        assert "Ada Ejemplo, Gestora de comunidad, Participación" in said
        assert f"#comment-{new}" in said

    def test_to_a_private_comment_is_told_to_its_reader_alone(self, hands: Hands) -> None:
        hands.write("Solo para vosotros.", private=True)
        hands.confirm()
        following(hands)
        case, answer_id = case_of(hands.blog, 1), new_id(hands.clock())
        now, by = hands.clock(), hands.person
        answer(hands.blog, case.id, 1, "Te llamamos.", by=by, answer_id=answer_id, now=now)
        before = len(hands.sink.taken)
        hands.send()
        told = [each for each in hands.sink.raw[before:] if b"Te llamamos." in each]
        assert len(told) == 1
        assert ANA.encode() in told[0]
        assert b"comment-" not in told[0]

    def test_is_told_once_to_a_reader_who_follows_the_conversation_too(self, hands: Hands) -> None:
        following(hands, ANA)
        self.answered(hands)
        assert [kind for kind, _ in rows(hands.blog)] == ["follow", "R1", "R2", "R5"]


class TestAConversation:
    def test_that_is_followed_tells_each_new_comment_with_a_way_out(self, hands: Hands) -> None:
        following(hands)
        case = hands.approve(hands.write("Algo nuevo.", email=""))
        hands.send()
        told = hands.sink.taken[-1]
        assert str(told["To"]) == LEO
        assert str(told["Subject"]) == "Nuevo comentario en «Sobre hola»"
        assert "> Algo nuevo." in hands.sink.text()
        assert f"#comment-{case.comment_id}" in hands.sink.text()
        leave = re.search(
            rf"http://localhost:8000/correo/dejar/(\d+)/({TOKEN[1:]})", told.as_string()
        )
        assert leave
        assert str(told["List-Unsubscribe"]) == f"<{leave[0]}>"
        assert str(told["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
        subscriptions.leave(hands.blog, leave[1], leave[2], hands.clock())
        hands.approve(hands.write("Otra cosa.", email=""))
        assert hands.send() == 0

    def test_tells_a_follower_who_was_replied_to_so(self, hands: Hands) -> None:
        first = hands.approve(hands.write("Lo mío.", email=LEO))
        hands.confirm()
        hands.send()
        following(hands, LEO)
        hands.approve(hands.write("Te contesto.", email="", in_reply_to=first.comment_id))
        hands.send()
        assert "Han respondido a tu comentario" in hands.sink.subjects()[-1]

    def test_tells_nobody_before_they_said_yes(self, hands: Hands) -> None:
        now = hands.clock()
        subscriptions.follow(hands.blog, "hola", LEO, "es", network="192.0.2.9", now=now)
        hands.approve(hands.write("Algo.", email=""))
        hands.send()
        assert hands.sink.subjects() == ["¿Quieres seguir la conversación en «Sobre hola»?"]

    def test_asks_with_a_way_to_hear_no_more_at_all(self, hands: Hands) -> None:
        ask = subscriptions.follow
        ask(hands.blog, "hola", LEO, "es", network="192.0.2.9", now=hands.clock())
        hands.send()
        assert re.search(rf"/correo/direccion/\d+{TOKEN}", hands.sink.text())

    def test_asks_an_address_once_a_day_however_often_it_is_typed(self, hands: Hands) -> None:
        for _ in range(5):
            now = hands.clock()
            subscriptions.follow(hands.blog, "hola", LEO, "es", network="192.0.2.9", now=now)
        assert hands.send() == 1

    def test_does_not_tell_a_follower_of_their_own_comment(self, hands: Hands) -> None:
        following(hands, ANA)
        hands.approve(hands.write())
        assert ("R12", None) not in rows(hands.blog)

    def test_tells_no_text_of_a_comment_that_was_withdrawn_meanwhile(self, hands: Hands) -> None:
        following(hands)
        case = hands.approve(hands.write("Retirado ya.", email=""))
        withdraw(hands.blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=hands.clock())
        assert hands.send() == 0
        assert rows(hands.blog)[-1] == ("R12", "dropped")


class TestTheLimit:
    def test_is_ten_mails_in_three_hours_and_the_rest_wait(self, hands: Hands) -> None:
        following(hands)
        for number in range(12):
            hands.approve(hands.write(f"Texto {number}", email=""))
        assert hands.send() == 9, "the question whether to follow was the first of ten"
        hands.clock.forward(minutes=178)
        assert hands.send() == 0
        hands.clock.forward(minutes=3)
        assert hands.send() == 3

    def test_of_one_address_holds_up_no_other(self, hands: Hands) -> None:
        following(hands)
        for number in range(12):
            hands.approve(hands.write(f"Texto {number}", email=""))
        hands.write(email=ANA)
        hands.send()
        assert str(hands.sink.taken[-1]["To"]) == ANA


@pytest.mark.faults
class TestAMailServer:
    def test_that_refuses_three_times_gets_one_mail_in_the_end(self, hands: Hands) -> None:
        hands.write()
        hands.sink.answers = ["451 later"] * 3
        for _ in range(6):
            hands.send()
            hands.clock.forward(minutes=10)
        assert hands.sink.asked == 4
        assert len(hands.sink.taken) == 1

    def test_that_refuses_for_good_is_not_asked_again(
        self, hands: Hands, capfd: pytest.CaptureFixture[str]
    ) -> None:
        cli_log.configure()
        hands.write()
        hands.sink.answers = [f"550 no such user {ANA}"]
        for _ in range(4):
            hands.send()
            hands.clock.forward(hours=5)
        assert hands.sink.asked == 1
        assert rows(hands.blog) == [("R1", "dropped")]
        printed = capfd.readouterr().err
        assert "mail.refused" in printed
        assert "550" in printed
        assert ANA not in printed

    def test_that_takes_one_mail_and_not_another_holds_up_none(self, hands: Hands) -> None:
        hands.write("Uno.", email=LEO)
        hands.write("Dos.", email=ANA)
        hands.sink.answers = ["450 greylisted"]
        assert hands.send() == 1
        assert str(hands.sink.taken[0]["To"]) == ANA

    @pytest.mark.parametrize("answer", ["421 4.7.0 too many to this one", "452 full"])
    def test_that_takes_nothing_for_one_address_now_lets_the_others_have_theirs(
        self, hands: Hands, answer: str
    ) -> None:
        hands.write("Uno.", email=LEO)
        for name in ("ana", "eva", "iker"):
            hands.write(f"De {name}.", email=f"{name}@correo.example")
        hands.sink.answers = [answer]
        assert hands.send() == 3
        assert LEO not in [str(each["To"]) for each in hands.sink.taken]
        hands.clock.forward(minutes=2)
        assert hands.send() == 1
        assert str(hands.sink.taken[-1]["To"]) == LEO

    def test_that_closes_as_soon_as_it_is_called_is_asked_once_in_a_run(
        self, blog_folder: Path, database_url: str, clock: Clock
    ) -> None:
        with busy_server() as (port, calls):
            with blog_with_mail(blog_folder, database_url, port) as blog:
                hands = Hands(blog, clock, None, Sink(port))  # type: ignore[arg-type]
                for number in range(3):
                    hands.write(f"Texto {number}", email=f"a{number}@correo.example")
                assert hands.send() == 0
            assert len(calls) == 1

    @pytest.mark.parametrize("answer", ["554 no", "451 no"])
    def test_that_refuses_the_text_is_told_apart_in_the_same_way(
        self, hands: Hands, answer: str
    ) -> None:
        hands.write()
        hands.sink.data_answers = [answer]
        hands.send()
        hands.clock.forward(hours=1)
        hands.send()
        assert len(hands.sink.taken) == (0 if answer.startswith("5") else 1)

    def test_that_is_down_stops_no_comment_and_gets_every_mail_when_it_is_back(
        self, blog_folder: Path, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        with blog_with_mail(blog_folder, database_url, port) as blog:
            hands = Hands(blog, clock, None, Sink(port))  # type: ignore[arg-type]
            for number in range(3):
                hands.write(f"Texto {number}")
                assert hands.send() == 0
            with mail_server(port) as back:
                clock.forward(minutes=16)
                assert hands.send() == 3
                assert len(back.taken) == 3

    def test_that_is_down_is_asked_once_in_a_run_for_all_that_wait(
        self, blog_folder: Path, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with blog_with_mail(blog_folder, database_url, 9) as blog:
            hands = Hands(blog, clock, None, Sink(9))  # type: ignore[arg-type]
            for number in range(4):
                hands.write(f"Texto {number}", email=f"a{number}@correo.example")
            asked: list[str] = []
            real = smtp._open

            def counted(*args: object) -> None:
                asked.append("")
                real(*args)  # type: ignore[arg-type]

            monkeypatch.setattr(smtp, "_open", counted)
            hands.send()
            hands.send()
            assert len(asked) == 1

    def test_that_says_a_letter_a_second_is_left_in_time(
        self, blog_folder: Path, database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "ALL_SECONDS", 0.7)
        with socket.create_server(("127.0.0.1", 0)) as slow:
            done = threading.Event()

            def drip() -> None:
                client, _ = slow.accept()
                with client:
                    while not done.wait(0.1):
                        try:
                            client.send(b"2")
                        except OSError:
                            return

            thread = threading.Thread(target=drip)
            thread.start()
            with blog_with_mail(blog_folder, database_url, slow.getsockname()[1]) as blog:
                hands = Hands(blog, clock, None, Sink(0))  # type: ignore[arg-type]
                hands.write()
                began = time.monotonic()
                assert hands.send() == 0
                assert time.monotonic() - began < 5
                hands.write("Otro.")  # comments are taken all the same
            done.set()
            thread.join()

    def test_whose_encryption_is_missing_hears_no_mail(
        self, blog_folder: Path, database_url: str, clock: Clock
    ) -> None:
        with (
            mail_server() as plain,
            blog_with_mail(blog_folder, database_url, plain.port, smtp_tls="starttls") as blog,
        ):
            hands = Hands(blog, clock, None, plain)  # type: ignore[arg-type]
            hands.write()
            assert hands.send() == 0
            assert plain.asked == 0
            assert rows(blog) == [("R1", None)]


@pytest.mark.faults
class TestDyingBetweenTwoSteps:
    @pytest.mark.parametrize(("step", "times"), [("mail.sent", 2), ("mail.done", 1)])
    def test_repeats_a_mail_once_at_most_under_the_same_id(
        self, hands: Hands, database_url: str, step: str, times: int
    ) -> None:
        hands.write()
        program = [sys.executable, "-m", "tests.support.mail_and_die"]
        folder, port = str(hands.blog.settings.blog), str(hands.sink.port)
        command = [*program, folder, database_url, port, f"{step}:kill"]
        assert subprocess.run(command, cwd=ROOT, timeout=60).returncode == -signal.SIGKILL
        hands.clock.now = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
        assert hands.send() == 0, "its lease runs"
        for _ in range(3):
            hands.clock.forward(minutes=6)
            hands.send()
        assert len(hands.sink.taken) == times
        assert len({each["Message-ID"] for each in hands.sink.taken}) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the tests' server knows STARTTLS only
class TestEncryption:
    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Path:
        """A certificate for ``localhost`` with its key, signed by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        begins = datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=3))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .sign(key, SHA256())
        )
        file = tmp_path / "localhost.pem"
        private = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(*private))
        return file

    @pytest.fixture(params=["starttls", "tls"])
    def way(self, request: pytest.FixtureRequest) -> str:
        """After a plain word (RFC 3207), or from the first byte (RFC 8314)."""
        return str(request.param)

    @pytest.fixture
    def encrypted(self, certificate: Path, way: str) -> Iterator[Sink]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        with mail_server(**{way: context}, login=("blog", "secreto-largo")) as opened:
            opened.way = way
            yield opened

    def send(self, hands: Hands, host: str, password: str = "secreto-largo") -> int:
        """One mail, through the encrypted server."""
        login = {"smtp_user": "blog", "smtp_password": password}
        settings = hands.blog.settings
        folder, url, port = settings.blog, settings.database_url or "", hands.sink.port
        with blog_with_mail(
            folder, url, port, smtp_host=host, smtp_tls=hands.sink.way, **login
        ) as blog:
            return send_waiting(blog, hands.clock, nothing)

    def test_with_a_known_certificate_lets_us_sign_in_and_send(
        self, hands: Hands, encrypted: Sink, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        hands.sink = encrypted
        hands.write()
        assert self.send(hands, "localhost") == 1
        assert len(encrypted.taken) == 1

    def test_with_a_certificate_of_nobody_we_know_gets_no_mail_and_no_password(
        self, hands: Hands, encrypted: Sink, capfd: pytest.CaptureFixture[str]
    ) -> None:
        cli_log.configure()
        hands.sink = encrypted
        hands.write()
        assert self.send(hands, "localhost") == 0
        assert encrypted.logins == []
        assert encrypted.asked == 0
        told = "The certificate of the mail server localhost cannot be trusted."
        assert told in capfd.readouterr().err

    def test_with_the_certificate_of_another_host_gets_no_mail(
        self, hands: Hands, encrypted: Sink, certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        hands.sink = encrypted
        hands.write()
        assert self.send(hands, "127.0.0.1") == 0
        assert encrypted.asked == 0

    def test_with_a_wrong_password_keeps_the_mail_and_shows_neither(
        self,
        hands: Hands,
        encrypted: Sink,
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        cli_log.configure()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        hands.sink = encrypted
        hands.write()
        assert self.send(hands, "localhost", "otro-secreto") == 0
        assert rows(hands.blog) == [("R1", None)]
        printed = capfd.readouterr().err
        assert "refuses us (535)" in printed
        assert "otro-secreto" not in printed


class TestWhatWaits:
    def test_too_long_is_dropped(self, hands: Hands) -> None:
        hands.approve(hands.write())
        hands.send()
        hands.clock.forward(days=31)
        hands.send()
        assert rows(hands.blog) == [("R1", "sent"), ("R2", "dropped")]

    def test_is_not_told_about_a_comment_whose_mails_were_stopped(self, hands: Hands) -> None:
        case = hands.write()
        hands.confirm()
        hands.send()
        stop = re.search(rf"/correo/caso/[\d-]+/({TOKEN[1:]})", hands.sink.text())
        assert stop
        subscriptions.stop_case(hands.blog, case.reference, stop[1], hands.clock())
        hands.approve(case)
        assert hands.send() == 0

    def test_leaves_with_the_tick(self, hands: Hands) -> None:
        hands.write()
        tick.tick(hands.blog, hands.clock)
        assert len(hands.sink.taken) == 1

    def test_that_was_noted_by_a_clock_ahead_leaves_all_the_same(self, hands: Hands) -> None:
        hands.write()
        far = int((hands.clock() + timedelta(days=400)).timestamp())
        with hands.blog.store.write() as connection:
            connection.execute(update(mail).values(available_at=far))
        assert hands.send() == 1

    def test_behind_a_mail_that_cannot_be_made_leaves(self, hands: Hands) -> None:
        hands.write("Uno.", email=LEO)
        with hands.blog.store.write() as connection:
            connection.execute(update(address).values(sealed=b"broken"))
        hands.write("Dos.", email=ANA)
        assert hands.send() == 1


class TestTheForm:
    def test_of_a_mail_is_plain_automatic_and_answerable(self, hands: Hands) -> None:
        hands.write()
        hands.send()
        said = hands.sink.taken[0]
        assert said.get_content_type() == "text/plain"
        assert said.get_content_charset() == "utf-8"
        assert said["Auto-Submitted"] == "auto-generated"
        assert said["X-Auto-Response-Suppress"] == "All"
        assert str(said["Reply-To"]) == "Consejo de Pruebas <consejo@pruebas.example>"
        assert str(said["From"]) == "Consejo de Pruebas <blog@pruebas.example>"
        assert said["Message-ID"].endswith("@localhost>")
        assert said["Date"] is not None
        assert said["List-Unsubscribe"] is None
        assert hands.sink.envelopes == [("blog@pruebas.example", [ANA])]

    def test_of_a_mail_cannot_be_broken_by_a_text(self, hands: Hands) -> None:
        """T10: whatever comes from outside adds no header and no recipient."""
        hands.write("Uno.")
        hands.send()
        hands.confirm()
        nasty = "A\r\nBcc: victima@otra.example\r\n\r\n.\r\nRSET"
        hands.reject(hands.write(nasty, author="Eve Bcc: x@y.example"))
        hands.send()
        said, raw = hands.sink.taken[-1], hands.sink.raw[-1]
        assert said.keys() == hands.sink.taken[0].keys()
        assert len(said.get_all("To")) == 1
        assert hands.sink.envelopes[-1][1] == [ANA]
        assert b"\r" not in raw.replace(b"\r\n", b"")
        assert "> Bcc: victima@otra.example" in hands.sink.text()

    def test_of_a_mail_has_no_header_that_a_title_hides_in_an_encoded_word(self) -> None:
        hidden = "=?utf-8?q?=0d=0aBcc:_evil@evil.example?="
        at = datetime(2026, 11, 20, tzinfo=UTC)
        named = {"sender_name": hidden, "sender": "a@b.example", "reply_to": "a@b.example"}
        what = {"to": ANA, "lang": "es", "subject": hidden, "body": "á", "unsubscribe": None}
        said = compose(Mail(id=1, asked_at=at, host="b.example", **named, **what), at).as_bytes()  # type: ignore[arg-type]
        assert b"\nBcc" not in said.replace(b"\r", b"")

    def test_of_a_mail_cannot_be_broken_by_an_articles_title(self, hands: Hands) -> None:
        file = hands.blog.settings.output_folder / "threads.json"
        manifest = json.loads(file.read_text("utf-8"))
        title = "Uno\r\nBcc: x@y.example\n\nDos\u2028Tres\u202e"
        manifest["threads"]["hola"]["title"]["es"] = title
        file.write_text(json.dumps(manifest), "utf-8")
        following(hands)
        said = hands.sink.taken[-1]
        assert str(said["Subject"]) == (
            "¿Quieres seguir la conversación en «Uno Bcc: x@y.example Dos Tres»?"
        )
        assert said["Bcc"] is None

    def test_of_a_mail_keeps_a_long_way_out_in_one_piece(self) -> None:
        """Python would fold it as encoded words, which no mail program takes for an address."""
        host = "un-nombre-muy-largo." * 6 + "example.org"
        leave = f"https://{host}/correo/dejar/1/{'a' * 32}"
        at = datetime(2026, 11, 20, tzinfo=UTC)
        senders = {
            "sender_name": "Ayuntamiento",
            "sender": "a@b.example",
            "reply_to": "a@b.example",
        }
        said = Mail(
            id=1,
            asked_at=at,
            host=host,
            to=ANA,
            lang="es",
            subject="¿?",
            body="á",
            unsubscribe=leave,
            **senders,
        )
        assert f"\r\nList-Unsubscribe: <{leave}>\r\n".encode() in compose(said, at).as_bytes()


class TestTheLanguage:
    @pytest.mark.parametrize(
        ("lang", "subject"),
        [
            ("es", "Hemos recibido tu comentario"),
            ("eu", "Zure iruzkina jaso dugu"),
            ("en", "We have received your comment"),
        ],
    )
    def test_is_that_of_the_comment(self, hands: Hands, lang: str, subject: str) -> None:
        hands.write(lang=lang)
        hands.send()
        assert subject in hands.sink.subjects()[0]
        assert hands.sink.taken[0]["Content-Language"] == lang

    @pytest.mark.parametrize(("lang", "home"), [("es", "/"), ("eu", "/eu/"), ("en", "/")])
    def test_leads_to_the_home_page_in_it_if_there_is_one(
        self, hands: Hands, lang: str, home: str
    ) -> None:
        file = hands.blog.settings.output_folder / "threads.json"
        manifest = json.loads(file.read_text("utf-8"))
        manifest["menus"] = {"es": {"home": "/"}, "eu": {"home": "/eu/"}}
        file.write_text(json.dumps(manifest), "utf-8")
        hands.write(lang=lang)
        hands.send()
        assert f"· http://localhost:8000{home}\n" in hands.sink.text()

    def test_addresses_readers_formally_where_the_institution_says_so(self, hands: Hands) -> None:
        file = hands.blog.settings.blog / "content" / "site.toml"
        file.write_text(SITE_TOML + '\n[mails]\naddress_as = "usted"\n', "utf-8")
        hands.write()
        hands.send()
        assert "Hemos recibido su comentario" in hands.sink.subjects()[0]


class TestWhatIsPersonal:
    def test_stands_in_no_log_and_no_row(
        self, hands: Hands, capfd: pytest.CaptureFixture[str]
    ) -> None:
        cli_log.configure()
        logging.getLogger("comments_service").setLevel(logging.DEBUG)
        secret = "Palabras-que-nadie-debe-leer"
        hands.sink.answers = [f"451 {ANA} later"]
        case = hands.approve(hands.write(secret, author=secret))
        token = receipt_for(hands.blog, case).token
        for _ in range(3):
            hands.send()
            hands.confirm()
            hands.clock.forward(hours=1)
        assert secret in hands.sink.text(0) + hands.sink.text()
        printed = capfd.readouterr()
        sent = re.findall(r"/correo/\S+/([a-z2-7]{32})", hands.sink.text())
        assert sent
        for hidden in (ANA, "ana.lectora", secret, token, *sent):
            assert hidden not in printed.out + printed.err
        with hands.blog.store.read() as connection:
            for table in ("address", "subscription", "mail", "cases", "event", "outbox", "fact"):
                found = str(connection.execute(text(f"SELECT * FROM {table}")).all())
                for hidden in (ANA, "ana.lectora", token, *sent):
                    assert hidden not in found, table

    def test_of_an_address_is_kept_once_however_it_is_spelt(self, hands: Hands) -> None:
        hands.write("Uno.", email="Ana@Correo.example")
        hands.write("Dos.", email="ana@correo.EXAMPLE")
        with hands.blog.store.read() as connection:
            found = connection.execute(select(address)).one()
        assert addresses.opened(hands.blog, found) == "Ana@correo.example"


class TestTheTrial:
    def test_keeps_its_mails_in_memory(
        self, blog_folder: Path, database_url: str, clock: Clock
    ) -> None:

        blog = open_blog(Settings(blog=blog_folder, database_url=database_url))
        assert blog.can_send
        hands = Hands(blog, clock, None, Sink(0))  # type: ignore[arg-type]
        hands.write()
        assert hands.send() == 0, "no process shows them yet, so they wait"
        blog.mailbox.is_open = True
        assert hands.send() == 1
        (kept,) = blog.mailbox.newest()
        assert str(kept["To"]) == ANA
        blog.store.close()

    def test_alone_sends_without_a_server(self, blog_folder: Path, database_url: str) -> None:

        settings = Settings(
            blog=blog_folder, database_url=database_url, site_url="https://blog.example.org"
        )
        blog = open_blog(settings)
        assert not blog.can_send
        blog.store.close()


class TestTheSettings:
    GOOD: ClassVar = {"smtp_host": "mail.example.org", "mail_from": "blog@example.org"}

    def load(self, folder: Path, **given: object) -> Settings:
        return load_settings(blog=folder, **self.GOOD | given)

    def test_need_a_server_and_a_sender_and_nothing_else(self, tmp_path: Path) -> None:
        settings = self.load(tmp_path)
        assert (settings.smtp_tls, settings.smtp_port_used) == ("starttls", 587)
        assert self.load(tmp_path, smtp_tls="tls").smtp_port_used == 465
        assert self.load(tmp_path, smtp_tls="off", smtp_host="localhost").smtp_port_used == 25

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"smtp_tls": "off"}, "only for a server on this machine"),
            ({"smtp_tls": "off", "smtp_host": "192.0.2.7"}, "only for a server on this machine"),
            ({"smtp_host": "-oProxy"}, "must be the name of a mail server"),
            ({"smtp_host": "mail.example.org\nx"}, "must be the name of a mail server"),
            ({"mail_from": ""}, "must be an e-mail address"),
            ({"mail_from": "a@b.example\r\nBcc: c@d.example"}, "must be an e-mail address"),
            ({"mail_reply_to": "Ana"}, "must be an e-mail address"),
            ({"smtp_user": "blog"}, "need each other"),
            ({"smtp_password": "secreto-largo"}, "need each other"),
        ],
    )
    def test_that_cannot_be_used_are_named(
        self, tmp_path: Path, given: dict[str, str], expected: str
    ) -> None:
        with pytest.raises(InvalidConfig) as caught:
            self.load(tmp_path, **given)
        assert expected in str(caught.value)
        assert "secreto-largo" not in str(caught.value)

    def test_do_not_show_the_password(self, tmp_path: Path) -> None:
        settings = self.load(tmp_path, smtp_user="blog", smtp_password="secreto-largo")
        assert "secreto-largo" not in repr(settings)


def test_every_kind_has_its_words_in_every_voice() -> None:
    names = {kind.lower() for kind in MailKind}
    for voice in VOICES:
        found = {path.stem for path in (TEXTS / voice).glob("[!_]*.txt")}
        assert found == names, voice


@pytest.mark.parametrize("voice", VOICES)
def test_no_text_takes_words_from_another_language(voice: str) -> None:
    for path in (TEXTS / voice).glob("*.txt"):
        taken = re.findall(r'{% include "([^"]+)" %}', path.read_text("utf-8"))
        assert {each.partition("/")[0] for each in taken} <= {voice}, path.name


def test_every_kind_has_its_writer_among_those_to_staff_or_to_readers() -> None:
    asks = {MailKind.FOLLOW, MailKind.REPLY}
    assert set(mail_texts._OF_STAFF) == TO_STAFF
    assert set(mail_texts._OF_CASES) | asks == set(MailKind) - TO_STAFF


class TestAFollower:
    def test_is_told_of_a_comment_that_was_corrected_before_its_page_was_seen(
        self, hands: Hands
    ) -> None:
        case = told_to_ana_and_a_follower(hands)
        approve(hands.blog, case.id, 1, by=hands.person, now=hands.clock())
        page = track(hands.blog, case.reference, receipt_for(hands.blog, case).token)
        hands.clock.forward(seconds=1)
        seen = len(page.events)
        reader.edit(hands.blog, page, seen, "Quería decir otra cosa.", now=hands.clock())
        hands.publish(case)
        hands.send()
        assert Counter(kind for kind, _ in rows(hands.blog)) == Counter(
            ["follow", "R1", "R2", "R12"]
        )

    def test_is_told_of_a_comment_that_was_cut_before_its_page_was_seen(self, hands: Hands) -> None:
        case = told_to_ana_and_a_follower(hands, "¿Y la biblioteca? Imbécil.")
        approve(hands.blog, case.id, 1, by=hands.person, now=hands.clock())
        hands.clock.forward(seconds=1)
        about = {"by": hands.person, "now": hands.clock()}
        cutting.cut(hands.blog, case.id, 1, "¿Y la biblioteca?", "Un insulto.", **about)
        hands.publish(case)
        hands.send()
        kinds = Counter(kind for kind, _ in rows(hands.blog))
        assert kinds == Counter(["follow", "R1", "R2b", "R12"])


def told_to_ana_and_a_follower(hands: Hands, body: str = "¿Y la biblioteca?") -> Case:
    """A comment whose writer and whose conversation's follower confirmed their addresses."""
    following(hands)
    case = hands.write(body)
    hands.send()
    for number in (1, 2):
        hands.confirm(number)
    hands.clock.forward(seconds=1)
    return case
