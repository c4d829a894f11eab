"""Conditions that the record of a case tells: how late, how often, whose refusal."""

from datetime import UTC, datetime, timedelta

from comments_service.domain import conditions
from comments_service.domain.cases import READER, Event, EventKind, chained
from comments_service.domain.transitions import Guard

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_record(*steps: tuple[EventKind, str, timedelta]) -> list[Event]:
    """Kind, actor and time since the first of each."""
    events: list[Event] = []
    for kind, actor, after in steps:
        data = {"answer": f"{len(events):026}"} if kind is EventKind.ANSWERED else {}
        events.append(
            chained(
                events[-1] if events else None,
                case_id=7,
                at=NOW + after,
                kind=kind,
                actor=actor,
                data=data,
                text_digest=None,
            )
        )
    return events


def received(*steps: tuple[EventKind, str, timedelta]) -> list[Event]:
    return a_record((EventKind.RECEIVED, READER, timedelta(0)), *steps)


REFUSED = (EventKind.REJECTED, "person:1", DAY)
ANSWERED = (EventKind.ANSWERED, "person:1", DAY)


class TestASecondLook:
    def test_may_be_asked_for_twenty_days(self) -> None:
        record = received(REFUSED)
        last = NOW + DAY + timedelta(days=20)
        assert conditions.appeal_until(record, last) == last
        assert conditions.appeal_until(record, last + timedelta(seconds=1)) is None
        assert Guard.FIRST_APPEAL in conditions.told(record, last)
        assert Guard.FIRST_APPEAL not in conditions.told(record, last + timedelta(seconds=1))

    def test_may_be_asked_for_once_for_each_wording(self) -> None:
        appealed = (EventKind.APPEALED, READER, 2 * DAY)
        again = (EventKind.REJECTED, "person:2", 3 * DAY)
        edited = (EventKind.EDITED, READER, 4 * DAY)
        anew = (EventKind.REJECTED, "person:1", 5 * DAY)
        now = NOW + 6 * DAY
        assert conditions.appeal_until(received(REFUSED, appealed), now) is None
        assert conditions.appeal_until(received(REFUSED, appealed, again), now) is None
        assert conditions.appeal_until(received(REFUSED, appealed, again, edited), now) is None
        assert conditions.appeal_until(received(REFUSED, appealed, again, edited, anew), now)

    def test_is_open_until_somebody_decided_or_its_author_wrote_anew(self) -> None:
        appealed = (EventKind.APPEALED, READER, 2 * DAY)
        reopened = (EventKind.REOPENED, "person:2", 3 * DAY)
        assert conditions.refusal(received(REFUSED)) is None
        for open_ in (received(REFUSED, appealed), received(REFUSED, appealed, reopened)):
            refusal = conditions.refusal(open_)
            assert refusal
            assert refusal.actor == "person:1"
        for kind in (EventKind.APPROVED, EventKind.REJECTED, EventKind.EDITED):
            over = received(REFUSED, appealed, reopened, (kind, "person:2", 4 * DAY))
            assert conditions.refusal(over) is None


class TestMoreTime:
    def test_is_asked_for_once(self) -> None:
        once = (EventKind.EXTENDED, "person:1", DAY)
        assert Guard.FIRST_EXTENSION in conditions.told(received(), NOW + DAY)
        assert Guard.FIRST_EXTENSION not in conditions.told(received(once), NOW + 2 * DAY)


class TestOpeningAgain:
    def test_is_possible_for_thirty_days(self) -> None:
        record = received(ANSWERED)
        last = NOW + DAY + timedelta(days=30)
        assert Guard.RECENT in conditions.told(record, last)
        assert Guard.RECENT not in conditions.told(record, last + timedelta(seconds=1))

    def test_is_possible_of_what_was_closed_without_an_answer(self) -> None:
        record = received((EventKind.CLOSED, "person:1", DAY))
        assert conditions.told(record, NOW + 2 * DAY) == {Guard.RECENT, Guard.FIRST_EXTENSION}

    def test_is_possible_twice(self) -> None:
        record = [ANSWERED, (EventKind.ADDED, READER, 2 * DAY)]
        record += [(EventKind.ANSWERED, "person:1", 3 * DAY), (EventKind.RATED, READER, 4 * DAY)]
        twice = [*record, (EventKind.ANSWERED, "person:1", 5 * DAY)]
        now = NOW + 6 * DAY
        assert Guard.RECENT in conditions.told(received(*record[:3]), now)
        assert Guard.RECENT not in conditions.told(received(*twice), now)

    def test_counts_from_the_newest_answer(self) -> None:
        record = received(ANSWERED, (EventKind.ANSWERED, "person:1", 20 * DAY))
        assert Guard.RECENT in conditions.told(record, NOW + 45 * DAY)

    def test_is_no_matter_of_words_that_were_added_before_an_answer(self) -> None:
        added = (EventKind.ADDED, READER, timedelta(hours=1))
        record = received(added, added, added, ANSWERED)
        assert Guard.RECENT in conditions.told(record, NOW + 2 * DAY)
