"""How the comments of a thread stand on the page."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from comments_service.domain.comments import Comment, Entry, Kind, Markup, Tombstone, WithdrawnBy
from comments_service.domain.threads import Branch, Order, branches, linkbacks

START = datetime(2026, 11, 1, tzinfo=UTC)


def said(
    id: str, minute: int, to: str | None = None, kind: Kind = Kind.COMMENT, body: str = "Hola."
) -> Comment:
    return Comment(
        id=id,
        thread="hola",
        revision=1,
        number=1,
        kind=kind,
        markup=Markup.MARKDOWN,
        author="Aitor",
        date=START + timedelta(minutes=minute),
        body=body,
        in_reply_to=to,
        answers=to if kind is Kind.ANSWER else None,
    )


def shape(result: list[Branch]) -> list[str]:
    return [" ".join([branch.top.id, *(reply.id for reply in branch.replies)]) for branch in result]


class TestBranches:
    def test_stand_newest_first(self) -> None:
        assert shape(branches([said("a", 1), said("b", 2)])) == ["b", "a"]

    def test_stand_oldest_first_where_the_institution_wants_it(self) -> None:
        assert shape(branches([said("b", 2), said("a", 1)], Order.OLDEST)) == ["a", "b"]

    def test_replies_read_downwards_in_time_in_either_order(self) -> None:
        entries = [said("a", 1), said("c", 3, "a"), said("b", 2, "a")]
        for order in Order:
            assert shape(branches(entries, order)) == ["a b c"]

    def test_a_reply_to_a_reply_follows_it(self) -> None:
        entries = [said("a", 1), said("b", 2, "a"), said("c", 3, "a"), said("d", 4, "b")]
        assert shape(branches(entries)) == ["a b d c"]

    def test_an_answer_stands_directly_under_its_comment(self) -> None:
        entries = [said("a", 1), said("b", 2, "a"), said("c", 3, "a", Kind.ANSWER)]
        assert shape(branches(entries)) == ["a c b"]

    def test_an_answer_to_a_reply_stands_directly_under_that_reply(self) -> None:
        entries = [
            said("a", 1),
            said("b", 2, "a"),
            said("c", 3, "b"),
            said("d", 9, "b", Kind.ANSWER),
        ]
        assert shape(branches(entries)) == ["a b d c"]

    def test_a_reply_whose_parent_is_gone_stands_at_the_top_level(self) -> None:
        assert shape(branches([said("a", 1), said("b", 2, "gone")])) == ["b", "a"]

    def test_a_tombstone_keeps_its_replies(self) -> None:
        gone = Tombstone(id="a", thread="hola", number=1, date=START, reason=WithdrawnBy.READER)
        assert shape(branches([gone, said("b", 2, "a")])) == ["a b"]

    def test_a_circle_of_parents_loses_nobody(self) -> None:
        entries = [said("a", 1, "b"), said("b", 2, "a"), said("c", 3, "c")]
        assert sorted(" ".join(shape(branches(entries))).split()) == ["a", "b", "c"]

    def test_two_thousand_replies_in_a_chain_are_no_deeper_than_one(self) -> None:
        chain = [said("0", 0)] + [said(str(n), n, str(n - 1)) for n in range(1, 2_000)]
        (branch,) = branches(chain)
        assert [reply.id for reply in branch.replies] == [str(n) for n in range(1, 2_000)]

    def test_linkbacks_stand_apart(self) -> None:
        entries: list[Entry] = [said("a", 1), said("w", 2, kind=Kind.WEBMENTION)]
        assert shape(branches(entries)) == ["a"]
        assert [entry.id for entry in linkbacks(entries)] == ["w"]

    @given(
        st.lists(st.tuples(st.integers(0, 20), st.sampled_from(Kind)), max_size=20),
        st.sampled_from(Order),
    )
    def test_show_everyone_exactly_once(
        self, parents: list[tuple[int, Kind]], order: Order
    ) -> None:
        entries = [said(str(n), n, str(to), kind) for n, (to, kind) in enumerate(parents)]
        shown = " ".join(shape(branches(entries, order))).split()
        shown += [entry.id for entry in linkbacks(entries)]
        assert sorted(shown) == sorted(entry.id for entry in entries)
