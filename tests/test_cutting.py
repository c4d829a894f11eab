"""Leaving words out of a comment: published with a mark and a reason, the rest kept sealed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from comments_service.domain.cases import Case, EventKind
from comments_service.domain.filters import Filters, View
from comments_service.domain.mails import MailKind
from comments_service.domain.states import Attention, Decision, Visibility
from comments_service.errors import AlreadyDecided, InvalidComment, NotPermitted
from comments_service.store import events, outbox, people, search
from comments_service.store.people import Person, add_person
from comments_service.store.schema import mail, revision
from comments_service.usecases import closing, cutting, moderate, reader, tick, tray, undo
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import case_of
from comments_service.usecases.publish import publish
from comments_service.usecases.showing import build_site
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.track import record_of
from comments_service.usecases.withdraw import erase
from tests.support.buildable import buildable_blog
from tests.support.fixtures import Clock
from tests.support.hands import Staff, comment_in, record, settings_for, staff_for
from tests.support.ids import new_id

pytestmark = pytest.mark.usefixtures("forked_builds")

WRITTEN = "Ane Zubimendi es tonta.\n\nFalta una farola."
LEFT = "Falta una farola."
THEN = "[…]\n\nFalta una farola."
WHY = "Insulta a otra persona"


@pytest.fixture
def staff(tmp_path: Path) -> Staff:
    return staff_for("here", buildable_blog(tmp_path / "blog"))


@pytest.fixture
def blog(staff: Staff, tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Blog]:
    opened = open_blog(settings_for("here", tmp_path / "blog", database_url))
    build_site(opened, now=clock())
    yield opened
    opened.store.close()


@pytest.fixture
def case(blog: Blog, clock: Clock) -> Case:
    form = Form(author="Aitor", body=WRITTEN, email="aitor@correo.example")
    now = clock()
    return submit(blog, "hola", form, address="", comment_id=new_id(now), now=now).case


@pytest.fixture
def other(blog: Blog, clock: Clock) -> Person:
    with blog.store.write() as connection:
        more = {"language": "es", "password_hash": "-", "role": "manager"}
        new = add_person(connection, clock(), login="iker", name="Iker", **more)
        person = people.by_id(connection, new)
    assert person
    return person


def cut(blog: Blog, case: Case, clock: Clock, by: Person, left: str = LEFT, why: str = WHY) -> Case:
    now, seen = clock(), case_of(blog, case.id).revision
    cutting.cut(blog, case.id, seen, left, why, by=by, now=now)
    return case_of(blog, case.id)


def mails_of(blog: Blog) -> list[str]:
    with blog.store.read() as connection:
        return list(connection.execute(select(mail.c.kind).order_by(mail.c.id)).scalars())


def appeal(blog: Blog, case: Case, clock: Clock) -> None:
    of = record_of(blog, case_of(blog, case.id))
    reader.appeal(blog, of, len(of.events), "No es un insulto.", now=clock())


def page(blog: Blog) -> str:
    return (blog.settings.output_folder / "2026/11/hola/index.html").read_text("utf-8")


class TestCutting:
    def test_publishes_what_is_left_with_the_mark_and_the_reason(
        self, blog: Blog, staff: Staff, case: Case, clock: Clock, moderator: Person
    ) -> None:
        now = cut(blog, case, clock, moderator)
        assert (now.visibility, now.body, now.attention) == (
            Visibility.APPROVED, THEN, Attention.RECEIVED,
        )  # fmt: skip
        publish(blog, clock)
        entry = comment_in(staff, "hola", case.comment_id)
        assert (entry.body, entry.moderated, entry.number) == (THEN, WHY, 1)
        shown = page(blog)
        assert "Ane Zubimendi" not in shown
        assert f"Editado por moderación: {WHY}" in shown
        feeds = blog.settings.output_folder.rglob("*.xml")
        in_feeds = [text for each in feeds if LEFT in (text := each.read_text("utf-8"))]
        assert in_feeds
        assert all(f"Editado por moderación: {WHY}" in each for each in in_feeds)
        assert not any("Ane Zubimendi" in each for each in in_feeds)
        assert case_of(blog, case.id).visibility is Visibility.PUBLISHED
        assert mails_of(blog) == [MailKind.RECEIPT, MailKind.CUT], "and no R2 besides"

    def test_of_a_public_comment_takes_the_place_of_its_wording(
        self, blog: Blog, staff: Staff, case: Case, clock: Clock, moderator: Person
    ) -> None:
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        publish(blog, clock)
        number = comment_in(staff, "hola", case.comment_id).number
        cut(blog, case, clock, moderator)
        publish(blog, clock)
        entry = comment_in(staff, "hola", case.comment_id)
        assert (entry.body, entry.number, entry.revision) == (THEN, number, 2)

    @pytest.mark.parametrize(
        ("left", "why", "field"),
        [
            ("Ane Zubimendi es lista. Falta una farola.", WHY, "cut"),
            (WRITTEN, WHY, "cut"),
            ("", WHY, "cut"),
            (LEFT, " ", "cut_reason"),
            (LEFT, "x" * 201, "cut_reason"),
        ],
    )
    def test_never_writes_a_word_of_its_own_nor_without_a_reason(
        self,
        blog: Blog,
        case: Case,
        clock: Clock,
        moderator: Person,
        left: str,
        why: str,
        field: str,
    ) -> None:
        with pytest.raises(InvalidComment) as caught:
            cut(blog, case, clock, moderator, left, why)
        assert list(caught.value.by_field) == [field]
        assert case_of(blog, case.id).visibility is Visibility.HELD

    def test_of_another_wording_than_was_seen_is_a_conflict(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        of = record_of(blog, case)
        reader.edit(blog, of, len(of.events), "Otra cosa dije.", now=clock())
        with pytest.raises(AlreadyDecided):
            cutting.cut(blog, case.id, 1, LEFT, WHY, by=moderator, now=clock())

    def test_keeps_the_original_for_those_who_decide_and_from_searches(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        tick.tick(blog, clock=clock)
        cut(blog, case, clock, moderator)
        tick.tick(blog, clock=clock)
        with blog.store.read() as connection:
            found = cutting.standing(connection, case, events.of_case(connection, case.id))
            words = search.said(connection, [case.id])[0].words()
        assert found
        assert [each.text for each in found.pieces if each.is_cut] == ["Ane Zubimendi es tonta."]
        assert found.reason == WHY
        assert "farola" in words
        assert "zubimendi" not in words

    def test_takes_its_words_out_of_the_lists_search(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        def found(word: str) -> int:
            asked = Filters(view=View.ALL, words=word)
            now = clock()
            got = tray.tray(blog, asked, by=moderator, own=None, is_team=False, now=now)
            return len(got.cases)

        tick.tick(blog, clock=clock)
        assert found("zubimendi") == found("farola") == 1
        cut(blog, case, clock, moderator)
        assert not found("zubimendi"), "at once, not with the next tick"
        tick.tick(blog, clock=clock)
        assert (found("zubimendi"), found("farola")) == (0, 1)

    def test_twice_leaves_one_mark_and_can_be_put_back_whole(
        self, blog: Blog, staff: Staff, case: Case, clock: Clock, moderator: Person
    ) -> None:
        cut(blog, case, clock, moderator)
        assert cut(blog, case, clock, moderator, "una farola.").body == "[…] una farola."
        now = case_of(blog, case.id)
        cutting.restore(blog, case.id, now.revision, by=moderator, now=clock())
        publish(blog, clock)
        entry = comment_in(staff, "hola", case.comment_id)
        assert (entry.body, entry.moderated) == (WRITTEN, None)
        with pytest.raises(AlreadyDecided):
            cutting.restore(blog, case.id, now.revision + 1, by=moderator, now=clock())

    def test_of_its_authors_correction_decides_that_one(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        of = record_of(blog, case_of(blog, case.id))
        reader.edit(blog, of, len(of.events), "Dos farolas, bobos.", now=clock())
        now = cut(blog, case, clock, moderator, "Dos farolas,")
        assert (now.body, now.decision) == ("Dos farolas, […]", Decision.APPROVED)

    def test_that_is_erased_leaves_no_word_anywhere(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        cut(blog, case, clock, moderator)
        erase(blog, case.comment_id, now=clock())
        with blog.store.read() as connection:
            rows = connection.execute(select(revision.c.body, revision.c.reason)).all()
        assert {tuple(row) for row in rows} == {("", None)}


class TestUndoing:
    @pytest.mark.parametrize("approved", [False, True])
    @pytest.mark.parametrize("restored", [False, True])
    def test_puts_every_row_back(
        self,
        blog: Blog,
        case: Case,
        clock: Clock,
        moderator: Person,
        approved: bool,
        restored: bool,
    ) -> None:
        slow = replace(blog, settings=blog.settings.model_copy(update={"undo_seconds": 20}))
        if approved:
            moderate.approve(blog, case.id, 1, by=moderator, now=clock())
            clock.forward(minutes=1)
        if restored:
            cut(blog, case, clock, moderator)
            clock.forward(minutes=1)
        before = case_of(blog, case.id)
        if restored:
            cutting.restore(slow, case.id, before.revision, by=moderator, now=clock())
        else:
            cut(slow, case, clock, moderator)
        clock.forward(seconds=5)
        seen, sent = len(record(blog, case)), mails_of(blog)
        assert case_of(blog, case.id).body != before.body
        undo.undo(slow, case.id, seen, by=moderator, now=clock())
        assert case_of(blog, case.id) == before
        assert mails_of(blog) == sent[:-1]

    @pytest.mark.parametrize("put_off", [False, True])
    def test_finds_nothing_of_it_on_the_page_that_left_with_an_earlier_decision(
        self, blog: Blog, staff: Staff, case: Case, clock: Clock, moderator: Person, put_off: bool
    ) -> None:
        slow = replace(blog, settings=blog.settings.model_copy(update={"undo_seconds": 20}))
        cut(slow, case, clock, moderator)
        clock.forward(seconds=10 + 10 * put_off)
        with blog.store.write() as connection:
            for each in outbox.claim(connection, "x", clock()):
                outbox.put_off(connection, each, None, clock())
        cutting.restore(slow, case.id, 2, by=moderator, now=clock())
        clock.forward(seconds=11)
        with blog.store.write() as connection:
            outbox.hurry(connection, clock())
        publish(slow, clock)
        assert "Ane Zubimendi" not in page(blog)
        with blog.store.read() as connection:
            assert outbox.next_due(connection) == clock() + timedelta(seconds=9)
        undo.undo(slow, case.id, len(record(blog, case)), by=moderator, now=clock())
        publish(slow, clock)
        assert comment_in(staff, "hola", case.comment_id).body == THEN
        assert "Ane Zubimendi" not in page(blog)

    def test_is_too_late_while_somebody_brings_an_earlier_wording_to_its_page(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        slow = replace(blog, settings=blog.settings.model_copy(update={"undo_seconds": 20}))
        cut(slow, case, clock, moderator)
        clock.forward(seconds=20)
        with blog.store.write() as connection:
            assert outbox.claim(connection, "another", clock())
        cutting.restore(slow, case.id, 2, by=moderator, now=clock())
        seen = len(record(blog, case))
        with pytest.raises(AlreadyDecided):
            undo.undo(slow, case.id, seen, by=moderator, now=clock())
        assert case_of(blog, case.id).body == WRITTEN


class TestASecondLook:
    def test_at_what_was_cut_is_for_another_person(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, other: Person
    ) -> None:
        cut(blog, case, clock, moderator)
        appeal(blog, case, clock)
        assert case_of(blog, case.id).attention is Attention.UNDER_REVIEW
        with pytest.raises(NotPermitted):
            cut(blog, case, clock, moderator, "una farola.")
        seen = len(record(blog, case))
        with pytest.raises(NotPermitted):
            closing.in_words(blog, case.id, seen, "Así queda.", by=moderator, now=clock())
        closing.in_words(blog, case.id, seen, "Así queda.", by=other, now=clock())
        assert case_of(blog, case.id).attention is Attention.CLOSED

    def test_can_put_all_of_it_back(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person, other: Person
    ) -> None:
        cut(blog, case, clock, moderator)
        appeal(blog, case, clock)
        cutting.restore(blog, case.id, 2, by=other, now=clock())
        assert case_of(blog, case.id).body == WRITTEN
        assert record(blog, case)[-1] is EventKind.RESTORED

    def test_is_not_asked_for_at_what_was_published_whole(
        self, blog: Blog, case: Case, clock: Clock, moderator: Person
    ) -> None:
        moderate.approve(blog, case.id, 1, by=moderator, now=clock())
        with pytest.raises(AlreadyDecided):
            appeal(blog, case, clock)
