"""Search: what was written is found by any of its words, what was erased never. On both
databases."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments_service.domain.cases import Case
from comments_service.domain.words import MAX_WORD_CHARS, name_key, text_key, words
from comments_service.errors import TertuliaError
from comments_service.store import dump, migrations, search
from comments_service.store.people import Person
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve
from comments_service.usecases.reader import add
from comments_service.usecases.search import take_in
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import receipt_for, track
from comments_service.usecases.tray import Filters, View, tray
from comments_service.usecases.undo import undo
from comments_service.usecases.withdraw import erase
from tests.support.fixtures import Clock
from tests.support.ids import new_id

Write = Callable[..., Case]
Find = Callable[..., list[Case]]


@pytest.fixture
def write(blog: Blog, clock: Clock) -> Write:
    def send(body: str, author: str = "Aitor", thread: str = "hola") -> Case:
        clock.forward(minutes=11)
        form = Form(author=author, body=body)
        sent = submit(
            blog, thread, form, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
        )
        return sent.case

    return send


@pytest.fixture
def find(blog: Blog, moderator: Person, clock: Clock) -> Find:
    def ask(text: str, view: View = View.ALL) -> list[Case]:
        filters = Filters(view=view, words=text)
        page = tray(blog, filters, by=moderator, own=None, is_team=False, now=clock())
        return list(page.cases)

    return ask


def ids(cases: Sequence[Case]) -> list[int]:
    return [each.id for each in cases]


def stands_for(word: str) -> Callable[[str], bool]:
    """The reference stays, and its beginnings are found as those of any word."""
    return lambda each: each.startswith(word)


class TestWords:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("¿Niños y Niñas?", ["niños", "y", "niñas"]),
            ("CAMIÓN camio\u0301n", ["camion", "camion"]),
            ("ﬁn a_b 2026-000123", ["fin", "a", "b", "2026", "000123"]),
            ("co\u00adche", ["coche"]),
            ("¿¡…!?", []),
        ],
    )
    def test_are_told_apart_and_folded(self, text: str, found: list[str]) -> None:
        assert words(text) == found

    def test_of_rarer_scripts_are_letters_that_every_database_knows(self) -> None:
        (word,) = words("日本")
        assert word.isascii()

    def test_that_are_longer_than_any_are_cut(self) -> None:
        assert words("a" * 500) == ["a" * MAX_WORD_CHARS]

    def test_make_texts_equal_that_differ_in_case_and_accents(self) -> None:
        assert text_key("¡Qué  bien!") == text_key("que bien") != text_key("bien que")
        assert text_key("…") is None

    def test_make_a_name_the_same_in_one_conversation(self) -> None:
        assert name_key("hola", "Núria") == name_key("hola", "NURIA") != name_key("otra", "Nuria")
        assert name_key("hola", "☺") is None


class TestAComment:
    @pytest.fixture(params=["before", "after"])
    def taken_in(self, request: pytest.FixtureRequest, blog: Blog) -> Callable[[], None]:
        """Before the tick took it in, and after."""
        return lambda: take_in(blog) and None if request.param == "after" else None

    def test_is_found_by_its_text_its_name_and_its_reference(
        self, write: Write, find: Find, taken_in: Callable[[], None]
    ) -> None:
        one = write("¿Cuándo abre la **piscina** de los niños?", "Begoña Núñez")
        write("Otra cosa distinta", "Nunez")
        taken_in()
        for text in ("PISCINA", "niños", "cuando", "begoña núñez", one.reference, "piscina abre"):
            assert ids(find(text)) == [one.id], text

    def test_with_an_n_is_not_one_with_an_enye(
        self, write: Write, find: Find, taken_in: Callable[[], None]
    ) -> None:
        write("Buen año")
        taken_in()
        assert not find("ano")

    def test_is_found_by_all_of_the_words_alone(
        self, write: Write, find: Find, taken_in: Callable[[], None]
    ) -> None:
        write("Perro")
        write("Gato")
        taken_in()
        assert not find("perro gato")

    def test_is_found_by_the_beginning_of_a_word_that_stands_nowhere_whole(
        self, write: Write, find: Find, taken_in: Callable[[], None]
    ) -> None:
        one = write("Bicicletas")
        taken_in()
        assert ids(find("bici")) == [one.id]

    def test_is_found_newest_first_in_pages(
        self, write: Write, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        written = [write(f"Farola número {n}").id for n in range(45)]
        take_in(blog)
        written += [write(f"Farola número {n}").id for n in range(45, 50)]
        found: list[int] = []
        filters: Filters | None = Filters(view=View.ALL, words="farola")
        while filters:
            page = tray(blog, filters, by=moderator, own=None, is_team=False, now=clock())
            found += ids(page.cases)
            after = page.after
            filters = Filters(view=View.ALL, words="farola", after=after) if after else None
        assert found == written[::-1]

    def test_is_found_by_an_answer_and_by_what_its_reader_added(
        self, write: Write, find: Find, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        one = write("Hola")
        take_in(blog)
        answer(
            blog,
            one.id,
            1,
            "El polideportivo",
            by=moderator,
            answer_id=new_id(clock()),
            now=clock(),
        )
        assert ids(find("polideportivo")) == [one.id]
        take_in(blog)
        assert ids(find("polideportivo")) == [one.id]

    def test_is_found_no_more_by_an_answer_that_was_taken_back_at_once(
        self, write: Write, find: Find, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        settings = blog.settings.model_copy(update={"undo_seconds": 20})
        slow, one = replace(blog, settings=settings), write("Hola")
        for body in ("El polideportivo", "La piscina"):
            new, now = new_id(clock()), clock()
            answer(slow, one.id, 1, body, by=moderator, answer_id=new, now=now)
            take_in(blog)
            if body == "El polideportivo":
                seen = len(track(blog, one.reference, receipt_for(blog, one).token).events)
                undo(slow, one.id, seen, by=moderator, now=clock())
        assert ids(find("polideportivo")) == []
        assert ids(find("piscina")) == [one.id]
        take_in(blog)
        assert ids(find("polideportivo")) == []
        assert ids(find("piscina")) == [one.id]

    def test_is_found_within_a_list(
        self, write: Write, find: Find, blog: Blog, moderator: Person, clock: Clock
    ) -> None:
        one, other = write("Perro uno"), write("Perro dos")
        approve(blog, one.id, 1, by=moderator, now=clock())
        take_in(blog)
        assert ids(find("perro", View.UNREAD)) == [other.id]

    @pytest.mark.parametrize(
        "text", ["¿?", "' OR 1", '"', "a:b*", "NOT", "\\", "(", "&|!<->", "ñ'"]
    )
    def test_is_not_found_by_what_databases_might_read_as_orders(
        self, write: Write, find: Find, blog: Blog, text: str
    ) -> None:
        write("Hola")
        take_in(blog)
        assert not find(text)


class TestWhateverWasWritten:
    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(min_size=1, max_size=60), author=st.text(min_size=1, max_size=20))
    def test_is_found_by_any_of_its_words_and_once_erased_never(
        self, blog: Blog, write: Write, find: Find, clock: Clock, text: str, author: str
    ) -> None:
        try:
            one = write(text, author)
        except TertuliaError:
            return  # refused at the door
        take_in(blog)
        asked = {*words(one.body), *words(one.author)}
        asked = {each for each in asked if not any(map(stands_for(each), words(one.reference)))}
        for word in (*one.body.split(), *one.author.split()):
            if words(word):
                assert one.id in ids(find(word))
        erase(blog, one.comment_id, now=clock())
        for _ in range(2):
            assert all(one.id not in ids(find(word)) for word in asked)
            take_in(blog)


class TestErasing:
    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_leaves_no_byte_in_the_files_of_the_database(
        self, blog: Blog, write: Write, find: Find, tmp_path: Path, clock: Clock
    ) -> None:
        others = [write(f"Buenos días {n} zanahoria") for n in range(5)]
        one = write("El secretisimo zanahoria", "Melquiades")
        take_in(blog)
        others.append(write("Otra zanahoria"))
        take_in(blog)
        files = [tmp_path / f"test.sqlite3{end}" for end in ("", "-wal")]
        before = b"".join(each.read_bytes() for each in files)
        assert b"secretisimo" in before
        erase(blog, one.comment_id, now=clock())
        after = b"".join(each.read_bytes() for each in files if each.exists())
        for word in (b"ecretisimo", b"elquiades"):
            assert word not in after
        assert ids(find("zanahoria")) == ids(others)[::-1]
        take_in(blog)
        assert not find("secretisimo")

    def test_of_an_answer_lets_its_words_be_found_no_more(
        self, blog: Blog, write: Write, find: Find, moderator: Person, clock: Clock
    ) -> None:
        one = write("Hola")
        answer_id = new_id(clock())
        answer(blog, one.id, 1, "Polideportivo", by=moderator, answer_id=answer_id, now=clock())
        take_in(blog)
        erase(blog, answer_id, now=clock())
        assert not find("polideportivo")
        take_in(blog)
        assert not find("polideportivo")
        assert ids(find("hola")) == [one.id]


class TestTheTable:
    def test_is_made_anew_after_everything_was_put_back(
        self, blog: Blog, write: Write, find: Find
    ) -> None:
        one = write("Perro")
        take_in(blog)
        out = io.BytesIO()
        with dump.snapshot(blog.store) as connection:
            dumped = dump.write(connection, out, lambda _: None, everything=True)
        with blog.store.write() as connection:
            dump.clear(connection)
        migrations.upgrade(blog.store)
        with blog.store.write() as connection:
            lines = out.getvalue().splitlines()
            dump.read(connection, lines, lambda _: None, last_case=dumped.last_case)
        with blog.store.read() as connection:
            assert not search.is_there(connection)
        take_in(blog)
        assert ids(find("perro")) == [one.id]

    def test_knows_the_newest_words_of_a_comment_with_more_than_a_row_holds(
        self, blog: Blog, write: Write, find: Find, clock: Clock
    ) -> None:
        long = write("Larguisimo")
        for number in range(36):
            clock.forward(minutes=180)
            reader = track(blog, long.reference, receipt_for(blog, long).token)
            said = "".join(chr(0x20000 + (number * 3_900 + n) % 39_989) for n in range(3_900))
            text = " ".join(said[n : n + 60] for n in range(0, 3_900, 60)) + f" zapato{number}"
            add(blog, reader, len(reader.events), text, now=clock())
        other = write("Otra zanahoria")
        take_in(blog)
        take_in(blog)
        assert ids(find("zanahoria")) == [other.id]
        assert ids(find("zapato35")) == [long.id]
        with blog.store.read() as connection:
            assert not search.lacking(connection, None, 1)
