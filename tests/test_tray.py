"""The staff's lists: who stands in which, in what order, and what stands beside. On both
databases."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import event

from comments_service.domain.cases import Case
from comments_service.domain.filters import Filters, Order, Place, View, filters_of
from comments_service.store import cases, people
from comments_service.store.own import Own
from comments_service.store.people import Person
from comments_service.usecases import assign, attend, departments
from comments_service.usecases import tray as trays
from comments_service.usecases.answering import answer
from comments_service.usecases.blog import Blog
from comments_service.usecases.moderate import approve, reject
from comments_service.usecases.search import take_in
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.tray import PAGE, Tray
from tests.support.fixtures import Clock
from tests.support.ids import new_id

Send = Callable[..., Case]
Look = Callable[..., Tray]


@pytest.fixture
def send(blog: Blog, clock: Clock) -> Send:
    def one(body: str = "Hola", thread: str = "hola", **form: Any) -> Case:
        clock.forward(minutes=11)
        sent = Form(author=form.pop("author", "Aitor"), body=body, **form)
        return submit(
            blog, thread, sent, address="192.0.2.7", comment_id=new_id(clock()), now=clock()
        ).case

    return one


@pytest.fixture
def look(blog: Blog, moderator: Person, clock: Clock) -> Look:
    def at(view: View = View.WAITING, *, is_team: bool = False, **narrow: object) -> Tray:
        filters = Filters(view=view, **narrow)  # type: ignore[arg-type]
        return trays.tray(blog, filters, by=moderator, own=None, is_team=is_team, now=clock())

    return at


def ids(tray: Tray) -> list[int]:
    return [case.id for case in tray.cases]


class TestWhatWaitsForAnAnswer:
    def test_is_what_nobody_answered_or_closed_whether_decided_or_not(
        self, blog: Blog, send: Send, look: Look, moderator: Person, clock: Clock
    ) -> None:
        held, public, private = send("Uno"), send("Dos"), send("Tres", private=True)
        approve(blog, public.id, 1, by=moderator, now=clock())
        answered, refused = send("Cuatro"), send("Cinco")
        answer(blog, answered.id, 1, "Sí.", by=moderator, answer_id=new_id(clock()), now=clock())
        reject(blog, refused.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        assert ids(look()) == [held.id, public.id, private.id]
        assert look().count == 3

    def test_is_ordered_by_date_once_there_are_dates(
        self, blog: Blog, send: Send, look: Look, clock: Clock
    ) -> None:
        first, second, third = send("Uno"), send("Dos"), send("Tres")
        assert look().order is Order.OLDEST
        assert not look().has_dates
        with blog.store.write() as connection:
            for case, days in ((second, 5), (third, 2)):
                cases.promise(connection, case.id, None, clock() + timedelta(days=days))
        assert ids(look()) == [third.id, second.id, first.id]
        assert ids(look(order=Order.OLDEST)) == [first.id, second.id, third.id]


class TestEachList:
    def test_of_what_is_to_be_read_has_what_nobody_decided_on(
        self, blog: Blog, send: Send, look: Look, moderator: Person, clock: Clock
    ) -> None:
        held, public = send("Uno"), send("Dos")
        approve(blog, public.id, 1, by=moderator, now=clock())
        assert ids(look(View.UNREAD)) == [held.id]

    def test_of_ones_own_has_what_is_open_and_theirs(
        self, blog: Blog, send: Send, look: Look, moderator: Person, clock: Clock
    ) -> None:
        mine, _ = send("Uno"), send("Dos")
        closed = send("Tres")
        for case in (mine, closed):
            assign.assign(blog, case.id, moderator.id, was=None, by=moderator, now=clock())
        reject(blog, closed.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        assert ids(look(View.MINE, is_team=True)) == [mine.id]
        assert ids(look(View.ALL, mine=True)) == [closed.id, mine.id]

    def test_of_everything_has_the_newest_first(self, send: Send, look: Look) -> None:
        first, second = send("Uno"), send("Dos")
        assert ids(look(View.ALL)) == [second.id, first.id]

    @pytest.mark.parametrize("view", [View.WAITING, View.UNREAD, View.ALL])
    @pytest.mark.parametrize("dated", [False, True])
    def test_is_walked_page_by_page_without_a_gap(
        self, blog: Blog, send: Send, look: Look, clock: Clock, view: View, dated: bool
    ) -> None:
        sent = [send(f"Número {n}").id for n in range(2 * PAGE + 5)]
        if dated:
            with blog.store.write() as connection:
                for number in sent[::2]:
                    cases.promise(connection, number, None, clock() + timedelta(days=number % 3))
        seen, after = list[int](), None
        while True:
            page = look(view, after=after)
            assert len(page.cases) <= PAGE
            seen += ids(page)
            after = page.after
            if after is None:
                break
        assert len(seen) == len(sent)
        assert set(seen) == set(sent)

    def test_appears_with_its_first_datum(
        self, blog: Blog, send: Send, look: Look, clock: Clock, moderator: Person
    ) -> None:
        send()
        assert list(look().counts) == [View.WAITING, View.UNREAD, View.ALL]
        assert View.MINE in look(is_team=True).counts
        departments.add(blog, "Obras", by=moderator, now=clock())
        assert View.REFERRED in look().counts

    def test_counts_no_farther_than_its_cap(
        self, send: Send, look: Look, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for n in range(4):
            send(f"Número {n}")
        monkeypatch.setattr(trays, "COUNT_CAP", 2)
        assert look().counts[View.ALL] == 3


class TestAList:
    def test_is_narrowed(self, blog: Blog, send: Send, look: Look, clock: Clock) -> None:
        one = send("Kaixo", lang="eu")
        other = send("Igual", thread="otra")
        clock.forward(days=2)
        again = send("Igual", author="Otra")
        for narrow, found in (
            ({"lang": "eu"}, [one]),
            ({"thread": "otra"}, [other]),
            ({"note": "repeated"}, [again]),
            ({"since": clock().date()}, [again]),
            ({"until": clock().date() - timedelta(days=1)}, [other, one]),
            ({"topic": 7}, []),
            ({"department": 7}, []),
            ({"person": "2026-999999"}, []),
        ):
            assert ids(look(View.ALL, **narrow)) == [case.id for case in found], narrow

    def test_of_one_person_goes_by_address_or_by_name_in_the_conversation(
        self, blog: Blog, send: Send, look: Look, moderator: Person, clock: Clock
    ) -> None:
        first, second = send("Uno", author="Núria"), send("Dos", author="NURIA")
        elsewhere, other = send("Tres", thread="otra", author="Nuria"), send("Cuatro")
        reject(blog, first.id, 1, rule=None, reason="No.", by=moderator, now=clock())
        take_in(blog)
        beside = look(View.ALL).beside
        assert (beside.earlier[second.id].refused, beside.earlier[second.id].total) == (1, 1)
        assert (beside.earlier[first.id].refused, beside.earlier[first.id].total) == (0, 1)
        assert elsewhere.id not in beside.earlier
        assert other.id not in beside.earlier
        assert ids(look(View.ALL, person=second.reference)) == [second.id, first.id]

    def test_of_the_same_words_leaves_out_case_and_accents(
        self, blog: Blog, send: Send, look: Look
    ) -> None:
        one, other = send("¡Qué bien!", author="Uno"), send("que BIEN", author="Dos")
        send("Muy bien", author="Tres")
        take_in(blog)
        beside = look(View.ALL).beside
        assert (beside.alike[one.id].count, beside.alike[one.id].first) == (1, other.reference)
        assert beside.alike.keys() == {one.id, other.id}
        assert ids(look(View.ALL, like=one.reference)) == [other.id, one.id]

    def test_asks_no_more_for_many_comments_than_for_two(
        self, blog: Blog, send: Send, look: Look, moderator: Person, clock: Clock
    ) -> None:
        asked: list[str] = []
        event.listen(
            blog.store.engine,
            "before_cursor_execute",
            lambda _c, _k, statement, *_: asked.append(statement),
        )

        def questions() -> int:
            take_in(blog)
            asked.clear()
            tray = look()
            attend.told(blog, tray.cases)
            return len(asked)

        for author in ("Uno", "Uno"):
            send("Igual", author=author, email=f"{author.lower()}@ejemplo.example")
        few = questions()
        for n in range(15):
            send("Igual", author=f"Persona {n % 3}", email=f"p{n % 3}@ejemplo.example")
        assert questions() == few


class TestTheAddressOfAList:
    @given(
        st.builds(
            Filters,
            view=st.sampled_from(View),
            thread=st.sampled_from(["", "hola", "page-normas"]),
            lang=st.sampled_from(["", "eu"]),
            note=st.sampled_from(["", "only_links"]),
            mine=st.booleans(),
            since=st.none() | st.dates(date(1990, 1, 1), date(2200, 12, 31)),
            until=st.none() | st.dates(date(1990, 1, 1), date(2200, 12, 31)),
            department=st.none() | st.integers(1, 999_999_999),
            topic=st.none() | st.integers(1, 999_999_999),
            words=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50).map(
                lambda text: " ".join(text.split())
            ),
            person=st.sampled_from(["", "2026-000123"]),
            like=st.sampled_from(["", "2026-000123"]),
            order=st.none() | st.sampled_from(Order),
            after=st.none()
            | st.builds(
                Place, st.none() | st.integers(0, 10**12), st.sampled_from(["12", "0" * 26])
            )
            | st.just(Place(5, "01jd" + "0" * 22)),
        )
    )
    def test_gives_it_back(self, filters: Filters) -> None:
        assert filters_of(dict(parse_qsl(filters.query(), keep_blank_values=True))) == filters

    @given(
        st.dictionaries(
            st.sampled_from(
                [
                    "vista",
                    "hilo",
                    "desde",
                    "desde-el",
                    "tema",
                    "orden",
                    "persona",
                    "idioma",
                    "marca",
                    "buscar",
                ]
            ),
            st.text(),
        )
    )
    @example({"tema": "0"})
    @example({"buscar": "a" * 199 + " b"})
    def test_leaves_out_what_is_broken(self, args: dict[str, str]) -> None:
        found = filters_of(args)
        assert filters_of(dict(parse_qsl(found.query()))) == found

    def test_is_nothing_for_the_first_list(self) -> None:
        assert Filters().query() == ""
        assert filters_of({"vista": "ninguna", "desde": "ayer"}) == Filters()


def test_somebody_who_sees_only_their_own_learns_nothing_of_others(
    blog: Blog, send: Send, moderator: Person, clock: Clock
) -> None:
    send("Igual", author="Uno")
    mine = send("Igual", author="Uno")
    take_in(blog)
    assign.assign(blog, mine.id, moderator.id, was=None, by=moderator, now=clock())
    own = Own(frozenset({moderator.id}))
    with blog.store.read() as connection:
        assert people.count(connection) == 1
    for words in ("", "igual"):
        filters = Filters(view=View.ALL, words=words)
        tray = trays.tray(blog, filters, by=moderator, own=own, is_team=True, now=clock())
        assert ids(tray) == [mine.id]
        assert tray.counts == {View.WAITING: 1, View.UNREAD: 1, View.ALL: 1}
        assert not tray.beside.earlier
        assert not tray.beside.alike
