"""The table of what may happen to a case, held against the fold of its events."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.domain.cases import UNDOABLE, Event, EventKind, chained, is_sound
from comments_service.domain.conditions import told
from comments_service.domain.standing import Standing, after, fold, waits
from comments_service.domain.states import (
    Attention,
    Decision,
    Visibility,
    is_out_of_time,
    label,
)
from comments_service.domain.transitions import (
    STAFF,
    TABLE,
    Action,
    Guard,
    Refusal,
    Transition,
    Who,
    Why,
    fits,
    may,
)
from comments_service.usecases import undo

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ALL = frozenset(Guard)

DECISIONS = {
    Visibility.HELD: Standing(),
    Visibility.APPROVED: Standing(Decision.APPROVED, public=True),
    Visibility.PUBLISHED: Standing(Decision.APPROVED, public=True, seen=True),
    Visibility.REJECTED: Standing(Decision.REJECTED),
    Visibility.SPAM: Standing(Decision.SPAM),
    Visibility.PRIVATE: Standing(),
    Visibility.WITHDRAWN: Standing(withdrawn=True),
}


def a_standing(visibility: Visibility, attention: Attention) -> Standing:
    return replace(DECISIONS[visibility], attention=attention)


def standings(row: Transition, visibility: Visibility, attention: Attention) -> list[Standing]:
    """Every one of these two from which the row begins."""
    private, base = visibility is Visibility.PRIVATE, a_standing(visibility, attention)
    found = [replace(base, decision=decision) for decision in Decision]
    return [
        each
        for each in found
        if fits(row, each, private) and each.visibility(private=private) is visibility
    ]


def an_event(of: list[Event], row: Transition, at: datetime, *, private: bool = False) -> Event:
    data = dict(row.data)
    if row.kind is EventKind.ANSWERED:
        data |= {"answer": "01a"} | ({"private": 1} if private else {})
    return chained(
        of[-1] if of else None,
        case_id=7,
        at=at,
        kind=row.kind,
        actor="service",
        data=data,
        text_digest=None,
    )


READERS_OWN = (Action.CORRECT, Action.RESUBMIT, Action.APPEAL, Action.ACCEPT)
"""What readers do that is no news to them."""

FROM = [
    pytest.param(row, visibility, attention, id=f"{row.action}-{visibility}-{attention}")
    for row in TABLE
    for visibility, attention in product(sorted(row.sees), sorted(row.attends))
]


class TestARow:
    @pytest.mark.parametrize(("row", "visibility", "attention"), FROM)
    def test_is_what_its_event_does(
        self, row: Transition, visibility: Visibility, attention: Attention
    ) -> None:
        private = visibility is Visibility.PRIVATE
        for standing in standings(row, visibility, attention):
            then = after(standing, an_event([], row, NOW, private=private))
            if isinstance(row.to, Visibility):
                assert then.visibility(private=private) is row.to
            else:
                assert then.attention is (row.to or attention)
                assert then.visibility(private=private) is visibility

    @pytest.mark.parametrize(("row", "visibility", "attention"), FROM)
    def test_begins_somewhere(
        self, row: Transition, visibility: Visibility, attention: Attention
    ) -> None:
        assert standings(row, visibility, attention)

    @pytest.mark.parametrize(("row", "visibility", "attention"), FROM)
    def test_may_be_walked_by_those_it_names_and_by_nobody_else(
        self, row: Transition, visibility: Visibility, attention: Attention
    ) -> None:
        private = visibility is Visibility.PRIVATE
        standing = standings(row, visibility, attention)[0]
        theirs = {who for each in TABLE if each.action is row.action for who in each.who}
        for who in row.who:
            assert may(standing, row.action, who, ALL, private=private) is None
        for who in set(Who) - theirs:
            refused = may(standing, row.action, who, ALL, private=private)
            assert refused == Refusal(Why.NOT_THEIRS)

    @pytest.mark.parametrize("row", TABLE, ids=lambda row: row.action)
    def test_waits_for_its_condition(self, row: Transition) -> None:
        who = min(row.who)
        if row.action is Action.RECEIVE:
            assert may(None, row.action, who) == Refusal(Why.GUARDED, Guard.WITHIN_LIMITS)
            assert may(None, row.action, who, ALL) is None
            return
        visibility, attention = min(row.sees), min(row.attends)
        standing, private = standings(row, visibility, attention)[0], Visibility.PRIVATE
        for guard in row.guards:
            refused = may(standing, row.action, who, ALL - {guard}, private=visibility is private)
            assert refused == Refusal(Why.GUARDED, guard)
        held = row.guards
        assert may(standing, row.action, who, held, private=visibility is private) is None

    def test_has_the_mail_of_the_note(self) -> None:
        mails = {(row.action, row.mail) for row in TABLE if row.mail}
        assert not [row for row in TABLE if row.mail and row.action in READERS_OWN]
        assert {mail for _, mail in mails} == {*(f"R{n}" for n in range(1, 11)), "R2b", "R4b"}
        for silent in (Action.CLAIM, Action.APPROVE, Action.RETURN, Action.ACCEPT, Action.SETTLE):
            assert silent not in dict(mails)


class TestWhatMayNot:
    @pytest.mark.parametrize("action", [each for each in Action if each is not Action.RECEIVE])
    def test_happen_does_not_before_there_is_a_case(self, action: Action) -> None:
        assert may(None, action, Who.MANAGER, ALL) == Refusal(Why.NOT_NOW)

    @pytest.mark.parametrize("action", Action)
    def test_happen_does_not_after_a_withdrawal(self, action: Action) -> None:
        gone = a_standing(Visibility.WITHDRAWN, Attention.CLOSED)
        for who in Who:
            assert may(gone, action, who, ALL) == Refusal(Why.NOT_NOW)

    def test_be_published_by_a_person_is_the_word_of_the_page_alone(self) -> None:
        approved = a_standing(Visibility.APPROVED, Attention.RECEIVED)
        for who in STAFF:
            assert may(approved, Action.SHOW, who, ALL) == Refusal(Why.NOT_THEIRS)

    def test_be_decided_again_by_who_refused_it_waits_for_another_person(self) -> None:
        appealed = a_standing(Visibility.REJECTED, Attention.UNDER_REVIEW)
        others = ALL - {Guard.NOT_THE_APPEALED}
        refused = may(appealed, Action.REOPEN, Who.MODERATOR, others)
        assert refused == Refusal(Why.GUARDED, Guard.NOT_THE_APPEALED)


TOLD = {Guard.ANSWERED, Guard.FIRST_APPEAL, Guard.FIRST_EXTENSION, Guard.RECENT}
"""The conditions that ``conditions.told`` finds in the record of a case."""


@dataclass
class History:
    """A case to which only what may happen happens."""

    private: bool
    events: list[Event] = field(default_factory=list)
    standing: Standing | None = None
    has_reason: bool = False
    _told: dict[tuple[int, int], frozenset[Guard]] = field(default_factory=dict)

    def holds(self, action: Action, held: frozenset[Guard], hours: int) -> frozenset[Guard]:
        """What the record tells is judged as the service does: no draw says otherwise."""
        if not self.events:
            return held
        at = (len(self.events), hours)
        if at not in self._told:
            self._told[at] = told(self.events, self.events[-1].at + timedelta(hours=hours))
        brought = {Guard.ANSWERED} if action is Action.ANSWER else set()
        return frozenset((held - TOLD) | self._told[at] | brought)

    def may(self, action: Action, who: Who, held: frozenset[Guard], hours: int) -> bool:
        holds = self.holds(action, held, hours)
        return may(self.standing, action, who, holds, private=self.private) is None

    def try_(self, action: Action, who: Who, held: frozenset[Guard], hours: int) -> None:
        if not self.may(action, who, held, hours):
            return
        before, held = self.standing, self.holds(action, held, hours)
        row = next(
            row
            for row in TABLE
            if row.action is action
            and who in row.who
            and held.issuperset(row.guards)
            and fits(row, before, self.private)
        )
        at = (self.events[-1].at if self.events else NOW) + timedelta(hours=hours)
        self.events.append(an_event(self.events, row, at, private=self.private))
        self.standing = fold(self.events)
        if row.to in (Attention.CLOSED, Visibility.REJECTED):
            reasons = {Guard.REASON, Guard.RULE_AND_REASON, Guard.REMINDED}
            self.has_reason = not reasons.isdisjoint(row.guards)


moves = st.tuples(
    st.sampled_from(Action),
    st.sampled_from(Who),
    st.frozensets(st.sampled_from(Guard), min_size=8),
    st.integers(0, 200),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Mostly what may happen, or random tries would hardly ever leave the first state."""
    history = History(draw(st.booleans()))
    history.try_(Action.RECEIVE, Who.READER, ALL, 0)
    for *move, held, hours in draw(st.lists(moves, max_size=25)):
        allowed = [
            (row.action, each)
            for row in TABLE
            for each in sorted(row.who)
            if history.may(row.action, each, held, hours)
        ]
        action, who = draw(st.sampled_from(allowed)) if allowed else move
        history.try_(action, who, held, hours)
    return history


class TestAnyLegalHistory:
    @given(histories())
    def test_leaves_no_open_case_without_a_clock(self, history: History) -> None:
        """C1 and C3: whatever is not finished waits since some time, undecided or not."""
        standing, since = fold(history.events), waits(history.events)
        finished = standing.withdrawn or standing.attention in (
            Attention.ANSWERED,
            Attention.CLOSED,
        )
        assert (since.answer is None) == finished
        if standing.visibility(private=history.private) is Visibility.HELD and not finished:
            assert since.decision is not None

    @given(histories())
    def test_closes_nothing_without_an_answer_or_a_reason(self, history: History) -> None:
        """C2: that is, unless its own reader took it back, or it is advertising."""
        standing = fold(history.events)
        if standing.attention is Attention.CLOSED and standing.decision is not Decision.SPAM:
            assert standing.answers or standing.withdrawn or history.has_reason

    @given(histories())
    def test_is_told_by_its_events_alone(self, history: History) -> None:
        """C4."""
        standing = Standing()
        for event in history.events:
            standing = after(standing, event)
        assert standing == history.standing
        assert is_sound(history.events)

    @given(histories())
    def test_stops_no_clock_by_passing_it_on(self, history: History) -> None:
        """C7."""
        for n, event in enumerate(history.events):
            before, then = waits(history.events[:n]), waits(history.events[: n + 1])
            if event.kind is EventKind.REFERRED:
                assert then.answer == before.answer
                assert not then.stopped or then.stopped[-1][1] is not None
            if event.kind is EventKind.RETURNED:
                assert then == before

    @given(histories())
    def test_lets_the_reader_put_off_nothing(self, history: History) -> None:
        for n, event in enumerate(history.events):
            before, then = waits(history.events[:n]), waits(history.events[: n + 1])
            if event.kind in (EventKind.ADDED, EventKind.EDITED) and before.answer:
                if fold(history.events[:n]).is_refused:
                    continue  # a new wording is decided anew
                assert then.answer == before.answer
                assert then.decision == (before.decision or then.decision)

    @given(histories())
    def test_shows_readers_nothing_that_nobody_approved(self, history: History) -> None:
        standing = fold(history.events)
        kinds = [event.kind for event in history.events]
        if standing.visibility(private=history.private) is Visibility.PUBLISHED:
            # Whoever cuts words of what waits has read and approved what is left.
            assert EventKind.APPROVED in kinds or EventKind.CUT in kinds
        if history.private and not standing.withdrawn:
            assert standing.visibility(private=True) is Visibility.PRIVATE


class TestTheClock:
    def test_stands_while_the_reader_is_asked(self) -> None:
        history = History(private=False)
        for action, who, hours in [
            (Action.RECEIVE, Who.READER, 0),
            (Action.APPROVE, Who.MANAGER, 1),
            (Action.ASK, Who.MANAGER, 1),
            (Action.REPLY, Who.READER, 48),
        ]:
            history.try_(action, who, ALL, hours)
        asked = NOW + timedelta(hours=2)
        assert waits(history.events[:3]).stopped == ((asked, None),)
        since = waits(history.events)
        assert (since.answer, since.decision) == (NOW, None)
        assert since.stopped == ((asked, asked + timedelta(hours=48)),)

    def test_begins_anew_when_an_answer_did_not_help(self) -> None:
        history = History(private=False)
        for action, who, hours in [
            (Action.RECEIVE, Who.READER, 0),
            (Action.APPROVE, Who.MANAGER, 1),
            (Action.ANSWER, Who.MANAGER, 1),
            (Action.DISPUTE, Who.READER, 48),
        ]:
            history.try_(action, who, ALL, hours)
        assert waits(history.events[:3]).answer is None
        assert waits(history.events).answer == NOW + timedelta(hours=50)


def the_notes_label(visibility: Visibility, attention: Attention) -> str:
    """The table of the notes on community management, row by row; the first that fits."""
    rows = [
        (visibility is Visibility.WITHDRAWN, "Withdrawn"),
        (
            visibility is Visibility.REJECTED and attention is Attention.UNDER_REVIEW,
            "Not published · being looked at again",
        ),
        (visibility is Visibility.REJECTED, "Not published"),
        (attention is Attention.CLOSED, "Closed"),
        (attention is Attention.ANSWERED, "Answered"),
        (attention is Attention.AWAITING_READER, "We need something from you"),
        (attention is Attention.REFERRED, "Passed on to “%(department)s”"),
        (
            attention is Attention.UNDER_REVIEW and visibility is Visibility.PUBLISHED,
            "Published · being studied",
        ),
        (visibility is Visibility.PUBLISHED, "Published"),
        (
            visibility is Visibility.APPROVED,
            "Approved · will be published with the next update",
        ),
        (attention is Attention.UNDER_REVIEW, "Being studied"),
    ]
    return next((said for fits, said in rows if fits), "Received")


PAIRS = list(product(Visibility, Attention))


class TestTheLabel:
    @pytest.mark.parametrize(("visibility", "attention"), PAIRS)
    def test_of_every_pair_is_that_of_the_notes(
        self, visibility: Visibility, attention: Attention
    ) -> None:
        shown = Visibility.REJECTED if visibility is Visibility.SPAM else visibility
        said = label(visibility, attention, department="Obras")
        assert said == the_notes_label(shown, attention)

    def test_that_knows_no_department_names_none(self) -> None:
        said = label(Visibility.HELD, Attention.REFERRED)
        assert said == "Passed on to a department"

    @pytest.mark.parametrize(("visibility", "attention"), PAIRS)
    def test_is_out_of_time_after_the_promised_moment_and_not_at_it(
        self, visibility: Visibility, attention: Attention
    ) -> None:
        assert not is_out_of_time(visibility, attention, NOW, NOW)
        assert not is_out_of_time(visibility, attention, None, NOW)
        late = is_out_of_time(visibility, attention, NOW, NOW + timedelta(seconds=1))
        over = visibility is Visibility.WITHDRAWN or (
            visibility in (Visibility.REJECTED, Visibility.SPAM)
            and attention is not Attention.UNDER_REVIEW
        )
        assert late == (attention not in (Attention.ANSWERED, Attention.CLOSED) and not over)


class TestADecisionThatCanBeUndone:
    def test_is_undone_with_its_mail(self) -> None:
        asked = {(row.kind, row.mail) for row in TABLE if row.mail and row.kind in UNDOABLE}
        assert asked
        assert asked <= {(kind, mail) for kind, mails in undo.MAILS.items() for mail in mails}
