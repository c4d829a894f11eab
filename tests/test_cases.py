"""References, labels and the chain of events."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.domain.cases import (
    Event,
    EventKind,
    chained,
    is_sound,
    reference,
)
from comments_service.domain.chain import text_digest
from comments_service.domain.standing import Standing, fold
from comments_service.domain.states import Attention, Decision, Visibility, label, visibility

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def a_record(*kinds: EventKind) -> list[Event]:
    events: list[Event] = []
    for n, kind in enumerate(kinds):
        events.append(
            chained(
                events[-1] if events else None,
                case_id=7,
                at=NOW + timedelta(minutes=n),
                kind=kind,
                actor="reader",
                data={"revision": 1},
                text_digest=text_digest(b"salt", "text"),
            )
        )
    return events


FULL = (EventKind.RECEIVED, EventKind.APPROVED, EventKind.ANSWERED, EventKind.PUBLISHED)


class TestReference:
    def test_has_the_year_and_at_least_six_digits(self) -> None:
        assert reference(2026, 123) == "2026-000123"
        assert reference(2026, 12_345_678) == "2026-12345678"


class TestTheChain:
    def test_of_an_untouched_case_is_sound(self) -> None:
        assert is_sound(a_record(*FULL))
        assert is_sound([])

    @pytest.mark.parametrize("n", range(4))
    @pytest.mark.parametrize(
        "change",
        [
            {"actor": "person:1"},
            {"at": NOW - timedelta(days=1)},
            {"kind": EventKind.REJECTED},
            {"data": {"revision": 2}},
            {"text_digest": None},
            {"case_id": 8},
            {"seq": 9},
        ],
    )
    def test_shows_any_changed_event(self, n: int, change: dict[str, object]) -> None:
        record = a_record(*FULL)
        record[n] = replace(record[n], **change)  # type: ignore[arg-type]
        assert not is_sound(record)

    @pytest.mark.parametrize("n", range(3))
    def test_shows_a_missing_event(self, n: int) -> None:
        record = a_record(*FULL)
        assert not is_sound(record[:n] + record[n + 1 :])

    def test_does_not_cover_the_text_itself_so_that_it_can_be_erased(self) -> None:
        assert text_digest(b"salt", "text") != text_digest(b"other", "text")


class TestTheFold:
    def test_tells_where_a_case_stands(self) -> None:
        assert fold(a_record(*FULL)) == Standing(
            Decision.APPROVED, Attention.ANSWERED, seen=True, public=True
        )
        assert fold(a_record(EventKind.RECEIVED, EventKind.REJECTED)) == Standing(
            Decision.REJECTED, Attention.CLOSED
        )


class TestVisibility:
    @pytest.mark.parametrize(
        ("decision", "seen", "expected"),
        [
            (Decision.HELD, False, Visibility.HELD),
            (Decision.APPROVED, False, Visibility.APPROVED),
            (Decision.APPROVED, True, Visibility.PUBLISHED),
            (Decision.REJECTED, False, Visibility.REJECTED),
            (Decision.SPAM, False, Visibility.SPAM),
        ],
    )
    def test_follows_the_decision(
        self, decision: Decision, seen: bool, expected: Visibility
    ) -> None:
        assert visibility(withdrawn=False, private=False, decision=decision, seen=seen) is expected

    def test_a_withdrawn_comment_is_that_whatever_was_decided(self) -> None:
        for decision in Decision:
            shown = visibility(withdrawn=True, private=True, decision=decision, seen=True)
            assert shown is Visibility.WITHDRAWN


class TestTheLabel:
    @pytest.mark.parametrize(
        ("visibility", "attention", "expected"),
        [
            (Visibility.HELD, Attention.RECEIVED, "Received"),
            (Visibility.HELD, Attention.UNDER_REVIEW, "Being studied"),
            (
                Visibility.APPROVED,
                Attention.RECEIVED,
                "Approved · will be published with the next update",
            ),
            (Visibility.PUBLISHED, Attention.RECEIVED, "Published"),
            (Visibility.PUBLISHED, Attention.UNDER_REVIEW, "Published · being studied"),
            (Visibility.PUBLISHED, Attention.ANSWERED, "Answered"),
            (Visibility.PUBLISHED, Attention.CLOSED, "Closed"),
            (Visibility.PRIVATE, Attention.CLOSED, "Closed"),
            (Visibility.REJECTED, Attention.CLOSED, "Not published"),
            (Visibility.REJECTED, Attention.UNDER_REVIEW, "Not published · being looked at again"),
            (Visibility.WITHDRAWN, Attention.ANSWERED, "Withdrawn"),
        ],
    )
    def test_says_both_lives_in_one_line(
        self, visibility: Visibility, attention: Attention, expected: str
    ) -> None:
        assert label(visibility, attention) == expected

    @given(st.sampled_from(Visibility), st.sampled_from(Attention))
    def test_never_tells_spam_from_a_rejection(
        self, visibility: Visibility, attention: Attention
    ) -> None:
        assert label(visibility, attention)
        assert label(Visibility.SPAM, attention) == label(Visibility.REJECTED, attention)
