"""Readers and staff in any order: what the table says, the use cases do, and pages offer.

Real SQLite. Who may refuse or take a second look is told by a model of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service.config.settings import Settings
from comments_service.domain import conditions
from comments_service.domain.cases import UNDOABLE, Case, Event, EventKind, is_sound
from comments_service.domain.comments import WithdrawnBy
from comments_service.domain.standing import Standing, fold
from comments_service.domain.states import Attention, Decision
from comments_service.domain.transitions import Action, Guard, Who, may
from comments_service.errors import AlreadyDecided, NotPermitted
from comments_service.store import events, wordings
from comments_service.store.people import Person, add_person, by_id
from comments_service.usecases import (
    acts,
    answering,
    attend,
    claims,
    closing,
    cutting,
    moderate,
    moves,
    reader,
    undo,
)
from comments_service.usecases.acts import Act
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.reader import Rating
from comments_service.usecases.revise import revise
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import Tracked, record_of
from comments_service.usecases.withdraw import withdraw
from tests.support.fixtures import SITE_TOML, Clock, give_tables, threads_json
from tests.support.ids import new_id

BY_STAFF = (
    Action.CLAIM,
    Action.APPROVE,
    Action.REJECT,
    Action.ANSWER,
    Action.CLOSE,
    Action.REOPEN,
    Action.REVISE,
    Action.CUT,
    Action.RESTORE,
    Action.WITHDRAW,
)
BY_READER: Mapping[Act, tuple[Action, ...]] = {
    Act.ADD: (Action.ADD, Action.REPLY),
    Act.EDIT: (Action.CORRECT, Action.RESUBMIT),
    Act.APPEAL: (Action.APPEAL,),
    Act.ACCEPT: (Action.ACCEPT,),
    Act.DISPUTE: (Action.DISPUTE,),
    Act.WITHDRAW: (Action.WITHDRAW,),
}
FORMS = {Guard.RULE_AND_REASON, Guard.REASON, Guard.TEXT, Guard.ANSWERED}

Move = tuple[Act, None] | tuple[Action, int]
MOVES: list[Move] = [
    *((act, None) for act in BY_READER),
    *((action, person) for action in BY_STAFF for person in (0, 1)),
]


@dataclass
class Office:
    """A blog that promises dates, and the two who decide there."""

    blog: Blog
    clock: Clock
    people: list[Person]
    count: int = 0

    def words(self) -> str:
        self.count += 1
        return f"Texto número {self.count}."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    root: Path = tmp_path_factory.mktemp("moves") / "blog"
    (root / "content" / "comments").mkdir(parents=True)
    (root / "output").mkdir()
    deadlines = "\n[deadlines]\ndecide = 1\nanswer = 5\n"
    (root / "content" / "site.toml").write_text(SITE_TOML + deadlines, "utf-8")
    (root / "output" / "threads.json").write_text(threads_json("hola"), "utf-8")
    settings = Settings(blog=root, max_per_network=10**6, undo_seconds=20)
    blog, clock = open_blog(give_tables(settings)), Clock()
    yield Office(blog, clock, [a_person(blog, clock, login) for login in ("ada", "iker")])
    blog.store.close()


def a_person(blog: Blog, clock: Clock, login: str) -> Person:
    with blog.store.write() as connection:
        new = add_person(
            connection,
            clock(),
            login=login,
            name=login.title(),
            language="es",
            role="manager",
            password_hash="-",
        )
        person = by_id(connection, new)
    assert person
    return person


@dataclass
class Story:
    """One comment and what was done to it. refuser: who has to leave the second look to another.
    claim: who said last that they look at it, and when."""

    office: Office
    case_id: int
    refused_by: int | None = None
    refuser: int | None = None
    claim: tuple[int, datetime] | None = None
    done: list[str] = field(default_factory=list)

    @property
    def tracked(self) -> Tracked:
        return record_of(self.office.blog, moderate.case_of(self.office.blog, self.case_id))

    @property
    def looks(self) -> int | None:
        """Who looks at it now."""
        runs = self.claim and self.office.clock() < self.claim[1] + timedelta(minutes=15)
        return self.claim[0] if self.claim and runs else None

    def legal(self) -> list[Move]:
        """What the table says."""
        of = self.tracked
        return [move for move in MOVES if self._may(of, move)]

    def _may(self, of: Tracked, move: Move) -> bool:
        what, person = move
        held = set(conditions.told(of.events, self.office.clock()))
        who = Who.READER if person is None else Who.MANAGER
        if person is not None:
            held |= FORMS | (set() if person == self.refuser else {Guard.NOT_THE_APPEALED})
            held |= {Guard.UNCLAIMED} if self.looks in (None, person) else set()
        actions = BY_READER[what] if isinstance(what, Act) else (what,)
        standing, private = fold(of.events), of.case.private
        if any(may(standing, each, who, held, private=private) is None for each in actions):
            return True
        # An answer to what waits for a decision publishes it, and so does closing it.
        if what not in (Action.ANSWER, Action.CLOSE):
            return False
        approved = replace(standing, decision=Decision.APPROVED, public=True)
        if may(standing, Action.APPROVE, who, held, private=private) is not None:
            return False
        return may(approved, Action(what), who, held) is None

    def offers(self, move: Move) -> bool:
        """What the pages have forms for."""
        of, (what, person) = self.tracked, move
        blog, now = self.office.blog, self.office.clock()
        if isinstance(what, Act):
            return what in acts.offered(of.case, of.events, now)
        by = self.office.people[person or 0]
        return what in attend.offered(blog, of.case, of.events, by=by, now=now).actions

    def try_(self, move: Move) -> bool:
        """Whether the use case did it."""
        before = len(self.tracked.events)
        try:
            if isinstance(move[0], Act):
                self._by_reader(move[0])
            else:
                self._by_staff(move[0], self.office.people[move[1] or 0])
        except (AlreadyDecided, NotPermitted):
            assert len(self.tracked.events) == before
            return False
        self._note(move)
        return True

    def _note(self, move: Move) -> None:
        what, person = move
        self.done.append(what)
        if what is Action.CLAIM and person is not None:
            self.claim = person, self.office.clock()
        elif person is not None or what is Act.WITHDRAW:
            self.claim = None
        match what:
            case Action.REJECT | Action.CUT:
                self.refused_by, self.refuser = person, None
            case Act.APPEAL:
                self.refuser = self.refused_by
            case Action.APPROVE | Action.CLOSE | Action.RESTORE | Act.EDIT:
                self.refuser = None
            case Action.ANSWER if not self.tracked.case.private:
                self.refuser = None  # what waited is published by it

    def _by_reader(self, act: Act) -> None:
        of, blog, now = self.tracked, self.office.blog, self.office.clock()
        seen, text = len(of.events), self.office.words()
        match act:
            case Act.ADD:
                reader.add(blog, of, seen, text, now=now)
            case Act.EDIT:
                reader.edit(blog, of, seen, text, now=now)
            case Act.APPEAL:
                reader.appeal(blog, of, seen, text, now=now)
            case Act.WITHDRAW:
                withdraw(blog, of.case.comment_id, reason=WithdrawnBy.READER, by=None, now=now)
            case Act.ACCEPT | Act.DISPUTE:
                rating = Rating(self.unrated() or new_id(now), act is Act.ACCEPT, text)
                reader.rate(blog, of, rating, now=now)

    def _by_staff(self, action: Action, by: Person) -> None:
        of, blog, now = self.tracked, self.office.blog, self.office.clock()
        case, text = of.case, self.office.words()
        match action:
            case Action.CLAIM:
                claims.claim(blog, case.id, by=by, now=now)
            case Action.APPROVE:
                moderate.approve(blog, case.id, case.revision, by=by, now=now)
            case Action.REJECT:
                revision = case.revision
                moderate.reject(blog, case.id, revision, rule=None, reason=text, by=by, now=now)
            case Action.ANSWER:
                new, revision = new_id(now), case.revision
                answering.answer(blog, case.id, revision, text, by=by, answer_id=new, now=now)
            case Action.CLOSE:
                closing.without_answer(blog, case.id, case.revision, by=by, now=now)
            case Action.REOPEN:
                attend.reopen(blog, case.id, by=by, now=now)
            case Action.WITHDRAW:
                ours = WithdrawnBy.INSTITUTION
                withdraw(blog, case.comment_id, reason=ours, by=by, now=now)
            case _:
                self._reword(action, case, by)

    def _reword(self, action: Action, case: Case, by: Person) -> None:
        blog, now, text = self.office.blog, self.office.clock(), self.office.words()
        match action:
            case Action.REVISE:
                revise(blog, case.comment_id, case.revision, text, by=by, now=now)
            case Action.CUT:
                left, revision = self.words_to_cut()[0], case.revision
                cutting.cut(blog, case.id, revision, left, text, by=by, now=now)
            case Action.RESTORE:
                cutting.restore(blog, case.id, case.revision, by=by, now=now)

    def try_and_take_back(self, move: Move) -> bool:
        """Whether the use case did it. What staff did is undone at once, where it can be: by
        whoever did it alone, and all is as before."""
        before, refusal = self.tracked, (self.refused_by, self.refuser)
        claim = self.claim
        if not self.try_(move):
            return False
        if move[1] is None:
            return True
        after, (by, other) = self.tracked, (self.office.people[n] for n in (move[1], 1 - move[1]))
        can = undo.until(self.office.blog, after.events, by, self.office.clock()) is not None
        new = [each.kind for each in after.events[len(before.events) :]]
        assert can == any(kind in UNDOABLE for kind in new), self.done
        assert not self._undone(after, other)
        assert self._undone(after, by) == can
        if can:
            self.done.append("undone")
            self.refused_by, self.refuser = refusal
            self.claim = claim
            assert as_stored(self.tracked.case) == as_stored(before.case), self.done
        return True

    def _undone(self, of: Tracked, by: Person) -> bool:
        seen, now = len(of.events), self.office.clock()
        try:
            undo.undo(self.office.blog, self.case_id, seen, by=by, now=now)
        except (AlreadyDecided, NotPermitted):
            assert len(self.tracked.events) == seen
            return False
        return True

    def release(self, person: int) -> None:
        by, now = self.office.people[person], self.office.clock()
        claims.release(self.office.blog, self.case_id, by=by, now=now)
        if self.looks == person:
            self.claim = None

    def unrated(self) -> str | None:
        record = self.tracked.events
        return next(iter(fold(record).answers - set(acts.ratings(record))), None)

    def can_be_tried(self, move: Move) -> bool:
        """Each answer is rated once, and something is cut only where there is more than a word;
        no table tells of either."""
        of = self.tracked
        if move[0] is Action.CUT:
            return len(self.words_to_cut()) > 2  # a mark stands where something was cut
        has_rated_all = bool(fold(of.events).answers) and self.unrated() is None
        return not (move[0] in (Act.ACCEPT, Act.DISPUTE) and has_rated_all)

    def words_to_cut(self) -> list[str]:
        """Of the wording that would be cut: the public one, where a later one was refused."""
        case = self.tracked.case
        with self.office.blog.store.read() as connection:
            words = wordings.words_of(connection, case.comment_id, cutting.base(case))
        return words[0].split() if words else []

    def check(self) -> None:
        of = self.tracked
        case, standing = of.case, fold(of.events)
        assert is_sound(of.events)
        assert as_stored(case) == as_told(standing, private=case.private)
        looks = case.claimant(self.office.clock())
        assert looks == (None if self.looks is None else self.office.people[self.looks].id)
        if standing.is_waiting:
            assert case.answer_by, "nobody is left without a date"
            assert case.decide_by or not standing.is_held
        if case.attention is Attention.CLOSED and not case.withdrawn:
            assert standing.answers or any(map(gives_a_reason, of.events))


def as_stored(case: Case) -> tuple[object, ...]:
    is_public = case.public_revision is not None
    decision = None if case.withdrawn else case.decision
    return decision, case.attention, case.withdrawn, is_public, case.visibility


def as_told(standing: Standing, *, private: bool) -> tuple[object, ...]:
    decision = None if standing.withdrawn else standing.decision
    visibility = standing.visibility(private=private)
    return decision, standing.attention, standing.withdrawn, standing.public, visibility


def gives_a_reason(event: Event) -> bool:
    """That its reader can read."""
    is_closing = event.kind is EventKind.CLOSED and bool(event.data.get("reason"))
    return is_closing or (event.kind is EventKind.REJECTED and event.text_digest is not None)


def a_story(office: Office, *, private: bool = False) -> Story:
    office.clock.forward(minutes=11)
    form = Form(author="Aitor", body=office.words(), private=private)
    now, new = office.clock(), new_id(office.clock())
    sent = submit(office.blog, "hola", form, address="", comment_id=new, now=now)
    return Story(office, sent.case.id)


class TestWhateverReadersAndStaffDo:
    @given(st.data(), st.booleans())
    def test_is_done_just_where_the_table_says_and_pages_offer_it(
        self, office: Office, data: st.DataObject, private: bool
    ) -> None:
        story = a_story(office, private=private)
        for _ in range(data.draw(st.integers(1, 12))):
            if story.looks is None:
                office.clock.forward(hours=data.draw(st.integers(3, 400)))
            else:
                office.clock.forward(minutes=data.draw(st.integers(1, 20)))
                if not data.draw(st.integers(0, 3)):
                    story.release(data.draw(st.integers(0, 1)))
            legal = story.legal()
            among = legal if legal and data.draw(st.integers(0, 3)) else MOVES
            move = data.draw(st.sampled_from(among))
            if not story.can_be_tried(move):
                continue
            allowed = move in legal
            assert story.offers(move) == allowed, (move, story.done)
            try_ = story.try_and_take_back if data.draw(st.booleans()) else story.try_
            assert try_(move) == allowed, (move, story.done)
            story.check()

    def test_and_cuts_again_only_out_of_what_is_public(self, office: Office) -> None:
        story = a_story(office)
        for move in ((Action.CUT, 0), (Act.EDIT, None), (Action.REJECT, 0)):
            assert story.try_(move)  # type: ignore[arg-type]
        assert story.words_to_cut() == ["Texto", "[…]"]
        assert (Action.CUT, 0) in story.legal()
        assert not story.can_be_tried((Action.CUT, 0))


class TestWhoDecidesOnASecondLook:
    def refused(self, office: Office) -> Story:
        story = a_story(office)
        for move in ((Action.REJECT, 0), (Act.APPEAL, None)):
            assert story.try_(move)  # type: ignore[arg-type]
        return story

    @pytest.mark.parametrize("act", [Action.APPROVE, Action.REJECT, Action.ANSWER])
    def test_is_not_who_refused_it(self, office: Office, act: Action) -> None:
        story = self.refused(office)
        assert not story.try_((Action.REOPEN, 0))
        assert story.try_((Action.REOPEN, 1))
        assert not story.try_((act, 0))
        assert story.try_((act, 1))

    def test_is_anybody_once_its_author_wrote_it_anew(self, office: Office) -> None:
        story = self.refused(office)
        assert story.try_((Act.EDIT, None))
        assert story.try_((Action.APPROVE, 0))

    def test_is_told_that_it_is_for_another_person(self, office: Office) -> None:
        story = self.refused(office)
        of, blog, now = story.tracked, office.blog, office.clock()
        waits = [
            attend.offered(blog, of.case, of.events, by=each, now=now).waits_for_another
            for each in office.people
        ]
        assert waits == [True, False]
        with pytest.raises(NotPermitted):
            attend.reopen(blog, of.case.id, by=office.people[0], now=now)

    def test_is_who_refused_it_where_nobody_else_decides(
        self, blog: Blog, clock: Clock, moderator: Person
    ) -> None:
        alone = Office(blog, clock, [moderator])
        story = self.refused(alone)
        with blog.store.write() as connection:
            others = {"language": "es", "password_hash": "-"}
            add_person(connection, clock(), login="x", name="X", role="respondent", **others)
            invited = others | {"password_hash": ""}
            add_person(connection, clock(), login="y", name="Y", role="manager", **invited)
        assert story.try_((Action.REOPEN, 0))
        assert story.try_((Action.APPROVE, 0))

    def test_reads_the_refusal_and_what_explained_it(self, office: Office) -> None:
        story = self.refused(office)
        assert story.try_((Action.REOPEN, 1))
        of, blog, now = story.tracked, office.blog, office.clock()
        assert of.case.reason is None
        found = attend.offered(blog, of.case, of.events, by=office.people[1], now=now).refusal
        assert found
        with blog.store.read() as connection:
            (event,) = [
                each
                for each in events.of_case(connection, of.case.id)
                if each.kind is EventKind.REJECTED
            ]
        assert found.reason.startswith("Texto número")
        assert (found.rule, found.at) == (None, event.at)


def test_a_role_that_decides_nothing_may_do_nothing(office: Office) -> None:
    story = a_story(office)
    with office.blog.store.write() as connection:
        values = {"name": "Ojo", "language": "es", "password_hash": "-"}
        new = add_person(connection, office.clock(), login="ojo", role="auditor", **values)
        auditor = by_id(connection, new)
        assert auditor
        of = story.tracked
        asking = moves.by_staff(connection, of.case, of.events, auditor, office.clock())
    assert moves.offered(asking) == frozenset()
    for act in BY_STAFF:
        with pytest.raises(NotPermitted):
            asking.refuse_unless(act)
