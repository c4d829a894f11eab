"""What staff do to comment files by hand is respected and told, in each mode."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from comments_service import commentfile
from comments_service.domain.cases import EventKind
from comments_service.domain.comments import (
    REMOVED,
    Comment,
    Kind,
    Markup,
    Tombstone,
    WithdrawnBy,
)
from comments_service.domain.states import Attention, Visibility
from comments_service.errors import HistoryRewritten
from comments_service.store import cases, publication
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.status import alarms
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import Clock
from tests.support.hands import (
    Staff,
    approved,
    comment_in,
    kept,
    look,
    received,
    record,
    settings_for,
    staff_for,
    tombstone_in,
    waiting,
    write,
)
from tests.support.ids import new_id

MODES = [("off", "sqlite"), ("off", "postgresql"), ("here", "sqlite"), ("clone", "sqlite")]
pytestmark = [
    pytest.mark.parametrize(("mode", "database_url"), MODES, indirect=["database_url"]),
    pytest.mark.usefixtures("forked_builds"),
]


@pytest.fixture
def mode() -> str:
    raise AssertionError("each test is given one")


@pytest.fixture
def staff(mode: str, blog_folder: Path) -> Staff:
    return staff_for(mode, blog_folder)


@pytest.fixture
def blog(mode: str, staff: Staff, blog_folder: Path, database_url: str) -> Iterator[Blog]:
    opened = open_blog(settings_for(mode, blog_folder, database_url))
    yield opened
    opened.store.close()


def a_file(comment_id: str, **values: object) -> bytes:
    given: dict[str, object] = {
        "id": comment_id,
        "thread": "hola",
        "revision": 1,
        "number": 1,
        "kind": Kind.COMMENT,
        "markup": Markup.MARKDOWN,
        "author": "Aitor",
        "date": datetime(2026, 11, 19, 9, 0, tzinfo=UTC),
        "body": "Escrito a mano.",
    }
    return commentfile.dumps(Comment(**{**given, **values}))  # type: ignore[arg-type]


class TestAFileThatStaffChange:
    def test_is_what_readers_see_from_then_on(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Hola.")
        write(blog, clock)
        data = staff.change("hola", case.comment_id, "Hola.", "Hola, corregido.")
        look(blog, clock)
        now = case_of(blog, case.id)
        assert (now.body, now.revision) == ("Hola, corregido.", 2)
        assert now.visibility is Visibility.APPROVED
        assert waiting(blog) == 1
        write(blog, clock)
        assert staff.read("hola", case.comment_id) == data
        assert record(blog, case) == [
            EventKind.RECEIVED,
            EventKind.APPROVED,
            EventKind.CHANGED_IN_FILES,
        ]

    def test_is_taken_in_once(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        staff.change("hola", case.comment_id, "Aitor", "Aitor G.")
        for _ in range(3):
            look(blog, clock)
        assert case_of(blog, case.id).author == "Aitor G."
        assert record(blog, case).count(EventKind.CHANGED_IN_FILES) == 1

    def test_says_everything_of_the_comment(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        said = {
            "number": 7,
            "kind": Kind.ANSWER,
            "markup": Markup.TEXT,
            "author": "Ada",
            "body": "Otro.",
            "url": "https://example.org/ada",
            "in_reply_to": new_id(clock()),
            "lang": "eu",
            "position": "Gestora",
            "department": "Participación",
            "answers": new_id(clock()),
            "source": "A mano",
            "date": datetime(2025, 1, 2, 3, 4, tzinfo=UTC),
        }
        staff.put("hola", case.comment_id, a_file(case.comment_id, **said))
        look(blog, clock)
        with blog.store.read() as connection:
            wording = publication.wording(connection, case.comment_id, 2)
        assert wording
        assert {name: getattr(wording, name) for name in said} == said
        with blog.store.write() as connection:
            counted = connection.exec_driver_sql("SELECT last_number FROM thread_counter").scalar()
        assert counted == 7

    def test_wins_over_a_wording_that_the_service_had_not_written_yet(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        staff.put("hola", case.comment_id, a_file(case.comment_id, body="De la casa."))
        write(blog, clock)
        assert comment_in(staff, "hola", case.comment_id).body == "De la casa."
        assert case_of(blog, case.id).body == "De la casa."

    def test_back_to_an_earlier_wording_is_a_new_one(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Primero.")
        write(blog, clock)
        first = staff.read("hola", case.comment_id)
        staff.change("hola", case.comment_id, "Primero.", "Segundo.")
        look(blog, clock)
        staff.put("hola", case.comment_id, first)
        write(blog, clock)
        assert staff.read("hola", case.comment_id) == first
        now = case_of(blog, case.id)
        assert (now.body, now.revision) == ("Primero.", 3)


class TestAFileThatStaffRemove:
    def test_withdraws_its_comment_and_nobody_writes_it_again(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case, other = approved(blog, clock, moderator), approved(blog, clock, moderator, "Otro.")
        write(blog, clock)
        staff.remove("hola", case.comment_id)
        for _ in range(3):
            write(blog, clock)
        staff.look()
        assert not staff.path("hola", case.comment_id).exists()
        assert staff.path("hola", other.comment_id).exists()
        assert kept(blog, case.comment_id).withdrawn_by == REMOVED
        assert case_of(blog, case.id).visibility is Visibility.WITHDRAWN
        assert record(blog, case)[-1] is EventKind.REMOVED_IN_FILES
        assert [each.kind for each in alarms(blog, clock()).in_files] == [
            EventKind.REMOVED_IN_FILES
        ]

    def test_comes_back_when_they_put_it_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        staff.remove("hola", case.comment_id)
        write(blog, clock)
        staff.put("hola", case.comment_id, data)
        write(blog, clock)
        assert staff.read("hola", case.comment_id) == data
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        assert record(blog, case)[-1] is EventKind.RESTORED_IN_FILES
        staff.remove("hola", case.comment_id)
        write(blog, clock)
        assert case_of(blog, case.id).visibility is Visibility.WITHDRAWN

    @pytest.mark.parametrize("is_answered", [False, True])
    def test_waits_for_its_answer_again_when_it_comes_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, is_answered: bool
    ) -> None:
        case = approved(blog, clock, moderator)
        if is_answered:
            answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        before = case_of(blog, case.id).attention
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        staff.remove("hola", case.comment_id)
        write(blog, clock)
        assert case_of(blog, case.id).attention is Attention.CLOSED
        staff.put("hola", case.comment_id, data)
        write(blog, clock)
        assert case_of(blog, case.id).attention is before
        assert record(blog, case)[-1] is EventKind.RESTORED_IN_FILES

    @pytest.mark.parametrize("is_the_answer_back", [False, True])
    def test_waits_for_an_answer_if_its_own_went_too_and_is_not_back(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, is_the_answer_back: bool
    ) -> None:
        case, its_answer = approved(blog, clock, moderator), new_id(clock())
        answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=its_answer, now=clock())
        write(blog, clock)
        files = {name: staff.read("hola", name) for name in (case.comment_id, its_answer)}
        for name in files:
            staff.remove("hola", name)
            write(blog, clock)
        assert case_of(blog, case.id).attention is Attention.CLOSED
        if is_the_answer_back:
            staff.put("hola", its_answer, files[its_answer])
            write(blog, clock)
        staff.put("hola", case.comment_id, files[case.comment_id])
        write(blog, clock)
        expected = Attention.ANSWERED if is_the_answer_back else Attention.RECEIVED
        assert case_of(blog, case.id).attention is expected

    @pytest.mark.parametrize("is_the_answer", [False, True])
    def test_gives_its_reader_another_day_where_an_answer_is_awaited_again(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, is_the_answer: bool
    ) -> None:
        with (blog.settings.content_folder / "site.toml").open("a") as file:
            file.write("\n[deadlines]\ndecide = 1\nanswer = 5\n")
        case = approved(blog, clock, moderator)
        gone = case.comment_id
        if is_the_answer:
            gone = new_id(clock())
            answer(blog, case.id, 1, "Sí.", by=moderator, answer_id=gone, now=clock())
        write(blog, clock)
        data = staff.read("hola", gone)
        clock.forward(days=30)
        staff.remove("hola", gone)
        write(blog, clock)
        if not is_the_answer:
            staff.put("hola", gone, data)
            write(blog, clock)
        after = case_of(blog, case.id)
        assert after.attention is Attention.RECEIVED
        assert after.answer_by
        assert after.answer_by > clock()

    def test_when_most_are_gone_at_once_a_person_must_say_so(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        every = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(8)]
        write(blog, clock)
        staff.remove("hola", *(case.comment_id for case in every[:6]))
        for _ in range(2):
            with pytest.raises(HistoryRewritten, match="6 of 8") as refused:
                look(blog, clock)
            assert "--believe" in str(refused.value)
        assert all(case_of(blog, case.id).visibility is Visibility.APPROVED for case in every)
        look(blog, clock, believe=True)
        gone = [case_of(blog, case.id).visibility is Visibility.WITHDRAWN for case in every]
        assert gone == [True] * 6 + [False] * 2

    def test_one_of_two_copies_takes_nothing_away(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = staff.read("hola", case.comment_id).replace(b'thread: "hola"', b'thread: "otra"')
        staff.put("otra", case.comment_id, data)
        look(blog, clock)
        assert alarms(blog, clock()).unreadable
        staff.remove("otra", case.comment_id)
        look(blog, clock)
        assert alarms(blog, clock()).unreadable == ()
        assert kept(blog, case.comment_id).thread == "hola"
        assert case_of(blog, case.id).visibility is Visibility.APPROVED


class TestAFileThatStaffMove:
    def test_takes_its_comment_to_the_other_conversation(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = staff.move("hola", case.comment_id, "otra")
        look(blog, clock)
        assert case_of(blog, case.id).thread == "otra"
        assert waiting(blog) == 1, "the new page is asked for"
        write(blog, clock)
        assert staff.read("otra", case.comment_id) == data
        assert not staff.path("hola", case.comment_id).exists()
        assert record(blog, case)[-1] is EventKind.MOVED_IN_FILES

    def test_keeps_its_number_and_nobody_else_gets_it(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        for n in range(3):
            case = approved(blog, clock, moderator, f"Comentario {n}")
        write(blog, clock)
        staff.move("hola", case.comment_id, "otra")
        look(blog, clock)
        staff.remove("otra", case.comment_id)
        look(blog, clock)
        numbers = [
            approved(blog, clock, moderator, f"Otro {n}", thread="otra").number for n in range(3)
        ]
        assert numbers == [4, 5, 6]

    def test_without_the_header_that_it_needs_there_is_named_and_left(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        staff.path("hola", case.comment_id).unlink()
        staff.put("otra", case.comment_id, data)
        look(blog, clock)
        assert alarms(blog, clock()).unreadable == (
            (f"otra/{case.comment_id}.md", "must be the name of the folder"),
        )
        assert case_of(blog, case.id).visibility is Visibility.APPROVED
        assert staff.read("otra", case.comment_id) == data


class TestAFileThatTheDatabaseDoesNotKnow:
    def test_is_learned_with_all_that_it_says(self, blog: Blog, staff: Staff, clock: Clock) -> None:
        comment_id, said = new_id(clock()), new_id(clock())
        staff.put("hola", comment_id, a_file(comment_id, number=4))
        staff.put(
            "hola",
            said,
            a_file(said, number=5, kind=Kind.ANSWER, answers=comment_id, in_reply_to=comment_id),
        )
        look(blog, clock)
        with blog.store.read() as connection:
            case = cases.by_comment(connection, comment_id)
        assert case
        assert (case.body, case.author, case.number) == ("Escrito a mano.", "Aitor", 4)
        assert case.visibility is Visibility.APPROVED
        assert case.attention is Attention.ANSWERED
        assert record(blog, case) == [EventKind.LEARNED, EventKind.ANSWERED]
        assert waiting(blog) == 2

    def test_gives_its_number_to_nobody_else(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        comment_id = new_id(clock())
        staff.put("hola", comment_id, a_file(comment_id, number=41))
        look(blog, clock)
        staff.remove("hola", comment_id)
        look(blog, clock)
        assert approved(blog, clock, moderator).number == 42

    def test_a_tombstone_made_by_hand_is_a_withdrawal(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        stone = Tombstone(
            id=case.comment_id,
            thread="hola",
            number=1,
            date=case.received_at,
            reason=WithdrawnBy.INSTITUTION,
        )
        unknown = new_id(clock())
        staff.put("hola", case.comment_id, commentfile.dumps(stone))
        other = commentfile.dumps(
            Tombstone(
                id=unknown,
                thread="hola",
                number=2,
                date=case.received_at,
                reason=WithdrawnBy.READER,
            )
        )
        staff.put("hola", unknown, other)
        write(blog, clock)
        assert kept(blog, case.comment_id).withdrawn_by == WithdrawnBy.INSTITUTION
        assert case_of(blog, case.id).visibility is Visibility.WITHDRAWN
        assert kept(blog, unknown).withdrawn_by == WithdrawnBy.READER
        assert staff.read("hola", unknown) == other
        assert record(blog, case)[-1] is EventKind.WITHDRAWN


class TestAFileThatCannotBeUsed:
    @pytest.mark.parametrize(
        "spoilt",
        [
            pytest.param(lambda data: b"\xff" + data, id="not-utf-8"),
            pytest.param(lambda data: data.replace(b"\n", b"\r\n"), id="crlf"),
            pytest.param(lambda data: data.replace(b"author:", b"autor:"), id="unknown-key"),
            pytest.param(lambda data: b"<<<<<<< HEAD\n" + data, id="conflict"),
            pytest.param(lambda data: b"", id="empty"),
            pytest.param(lambda data: data.replace(b"Hola.", b"a" * 8001), id="long-body"),
            pytest.param(lambda data: data.replace(b"Aitor", b"a" * 81), id="long-author"),
            pytest.param(lambda data: data.replace(b"Hola.", b"Ho\0la."), id="nul"),
            pytest.param(
                lambda data: data.replace(b"number: 1", b"number: 99999999999"), id="huge-number"
            ),
            pytest.param(
                lambda data: data.replace(b"revision: 1", b"revision: 9999999999999999999999"),
                id="huge-revision",
            ),
            pytest.param(
                lambda data: data.replace(b'lang: "es"', b'lang: "es-aaaa-bbbb-cccc"'),
                id="long-language",
            ),
        ],
    )
    def test_is_named_and_left_and_holds_up_no_other(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person, spoilt: object
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = spoilt(staff.read("hola", case.comment_id))  # type: ignore[operator]
        staff.put("hola", case.comment_id, data)
        other = approved(blog, clock, moderator, "Otro.")
        write(blog, clock)
        assert staff.read("hola", case.comment_id) == data
        assert comment_in(staff, "hola", other.comment_id).body == "Otro."
        named = alarms(blog, clock()).unreadable
        assert [file for file, _ in named] == [f"hola/{case.comment_id}.md"]
        assert case_of(blog, case.id).body == "Hola."
        staff.put("hola", case.comment_id, a_file(case.comment_id, body="Arreglado."))
        look(blog, clock)
        assert alarms(blog, clock()).unreadable == ()
        assert case_of(blog, case.id).body == "Arreglado."

    def test_by_its_texts_is_not_repeated_to_staff(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Un secreto.")
        write(blog, clock)
        data = staff.read("hola", case.comment_id)
        staff.put("hola", case.comment_id, data.replace(b"author: ", b"author "))
        look(blog, clock)
        told = json.dumps(alarms(blog, clock()).unreadable)
        assert "Aitor" not in told
        assert "secreto" not in told

    def test_twice_is_named_once_with_the_other_place(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        data = staff.read("hola", case.comment_id).replace(b'thread: "hola"', b'thread: "otra"')
        staff.put("otra", case.comment_id, data)
        write(blog, clock)
        [(file, why)] = alarms(blog, clock()).unreadable
        assert file == f"otra/{case.comment_id}.md"
        assert f"hola/{case.comment_id}.md" in why
        assert kept(blog, case.comment_id).thread == "hola"
        assert staff.read("otra", case.comment_id) == data


class TestWhatTheReaderWithdrew:
    def test_stays_withdrawn_whatever_staff_do_to_its_file(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Retíralo.")
        write(blog, clock)
        before = staff.read("hola", case.comment_id)
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        staff.change("hola", case.comment_id, "Retíralo.", "Corregido.")
        write(blog, clock)
        assert tombstone_in(staff, "hola", case.comment_id).reason is WithdrawnBy.READER
        staff.put("hola", case.comment_id, before)
        write(blog, clock)
        assert tombstone_in(staff, "hola", case.comment_id).reason is WithdrawnBy.READER
        assert case_of(blog, case.id).visibility is Visibility.WITHDRAWN

    def test_leaves_no_tombstone_behind_when_staff_took_it_away(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        write(blog, clock)
        withdraw(blog, case.comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        write(blog, clock)
        staff.remove("hola", case.comment_id)
        for _ in range(2):
            write(blog, clock)
        staff.look()
        assert not staff.path("hola", case.comment_id).exists()

    def test_erased_does_not_come_back_with_its_file(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator, "Bórralo.")
        write(blog, clock)
        before = staff.read("hola", case.comment_id)
        erase(blog, case.comment_id, by=None, now=clock())
        write(blog, clock)
        staff.put("hola", case.comment_id, before)
        write(blog, clock)
        assert tombstone_in(staff, "hola", case.comment_id)
        now = case_of(blog, case.id)
        assert (now.body, now.author, now.erased) == ("", "", True)


class TestAnAnswer:
    def test_that_staff_remove_leaves_its_comment_without_one(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        said = new_id(clock())
        answer(blog, case.id, 1, "Gracias.", by=moderator, answer_id=said, now=clock())
        write(blog, clock)
        staff.remove("hola", said)
        write(blog, clock)
        now = case_of(blog, case.id)
        assert now.attention is Attention.RECEIVED
        assert now.visibility is Visibility.APPROVED
        assert record(blog, case)[-1] is EventKind.REMOVED_IN_FILES

    def test_that_staff_change_is_a_new_wording_of_it(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        said = new_id(clock())
        answer(blog, case.id, 1, "Gracias.", by=moderator, answer_id=said, now=clock())
        write(blog, clock)
        staff.change("hola", said, "Gracias.", "Muchas gracias.")
        write(blog, clock)
        with blog.store.read() as connection:
            wording = publication.wording(connection, said, 2)
        assert wording
        assert wording.body == "Muchas gracias."
        assert wording.position == "Gestora de comunidad"
        assert case_of(blog, case.id).attention is Attention.ANSWERED


class TestAnEmptyDatabase:
    def test_learns_every_published_comment_again(
        self,
        mode: str,
        blog: Blog,
        blog_folder: Path,
        staff: Staff,
        clock: Clock,
        moderator: Person,
        database_url: str,
    ) -> None:
        every = [approved(blog, clock, moderator, f"Comentario {n}") for n in range(3)]
        answer(blog, every[0].id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        received(blog, clock, "Sin aprobar.")
        write(blog, clock)
        withdraw(blog, every[1].comment_id, reason=WithdrawnBy.READER, by=None, now=clock())
        write(blog, clock)
        staff.look()
        before = {path.name: path.read_bytes() for path in staff.folder.rglob("[0-9]*.md")}
        empty = re.sub("test.sqlite3", "another.sqlite3", database_url)
        if empty == database_url:
            with blog.store.write() as connection:
                for (
                    table
                ) in "outbox revision event_text event cases fact thread_counter comment".split():
                    connection.exec_driver_sql(f"DELETE FROM {table}")
        again = open_blog(settings_for(mode, blog_folder, empty))
        write(again, clock)
        staff.look()
        assert {path.name: path.read_bytes() for path in staff.folder.rglob("[0-9]*.md")} == before
        for case in every:
            with again.store.read() as connection:
                now = cases.by_comment(connection, case.comment_id)
            assert now
            assert now.number == case.number
            assert now.withdrawn == (case.comment_id == every[1].comment_id)
        with again.store.read() as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM comment").scalar()
        assert count == len(before) == 4
        again.store.close()


class TestAKilledPublisher:
    def test_takes_its_own_file_for_no_edit_of_staff(
        self, blog: Blog, staff: Staff, clock: Clock, moderator: Person
    ) -> None:
        case = approved(blog, clock, moderator)
        with blog.store.read() as connection:
            wanted = publication.wording(connection, case.comment_id, 1)
        assert wanted
        staff.put("hola", case.comment_id, commentfile.dumps(wanted))
        write(blog, clock)
        assert record(blog, case) == [EventKind.RECEIVED, EventKind.APPROVED]
        assert case_of(blog, case.id).revision == 1
