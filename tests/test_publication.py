"""What is done about one comment's file: the table, and any order of events against a model."""

import shutil
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from comments_service import commentfile, content_repo
from comments_service.domain.cases import Case
from comments_service.domain.comments import REMOVED, Comment, Tombstone, WithdrawnBy
from comments_service.domain.publication import Act, Compared, act
from comments_service.errors import AlreadyDecided, HistoryRewritten
from comments_service.store import outbox, publication
from comments_service.store.people import Person, add_person, by_login
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.moderate import approve, case_of, reject
from comments_service.usecases.revise import revise
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import SITE_TOML, Clock, sqlite_with_tables, threads_json
from tests.support.hands import Staff, received, settings_for, write

A, B, C = "a" * 16, "b" * 16, "c" * 16


def compared(**values: object) -> Compared:
    given: dict[str, object] = {
        "wanted": A,
        "withdrawn": False,
        "known": A,
        "is_current": True,
        "found": A,
    }
    return Compared(**{**given, **values})  # type: ignore[arg-type]


class TestTheTable:
    @pytest.mark.parametrize(
        ("of", "what"),
        [
            pytest.param({}, Act.NOTHING, id="all agree"),
            pytest.param({"known": None, "found": None}, Act.WRITE, id="wanted and never seen"),
            pytest.param({"found": None}, Act.REMOVED, id="seen before and gone"),
            pytest.param({"found": B}, Act.TAKE_IN, id="staff's wording"),
            pytest.param({"found": B, "known": B}, Act.NOTHING, id="staff's wording, known"),
            pytest.param(
                {"found": B, "known": B, "is_current": False}, Act.WRITE, id="a newer wording"
            ),
            pytest.param(
                {"found": C, "known": B, "is_current": False}, Act.TAKE_IN, id="both changed it"
            ),
            pytest.param(
                {"found": B, "known": None, "is_ours": True}, Act.WRITE, id="died before noting"
            ),
            pytest.param({"found": B, "readable": False}, Act.LEAVE, id="cannot be read"),
            pytest.param(
                {"wanted": None, "known": None, "is_current": False},
                Act.TAKE_IN,
                id="put there by hand",
            ),
            pytest.param({"withdrawn": True, "found": B}, Act.WRITE, id="withdrawn, still there"),
            pytest.param(
                {"withdrawn": True, "found": B, "readable": False},
                Act.WRITE,
                id="withdrawn and unreadable",
            ),
            pytest.param(
                {"wanted": None, "withdrawn": True, "known": None, "is_current": False},
                Act.LEAVE,
                id="withdrawn before it had a number",
            ),
            pytest.param({"withdrawn": True, "found": None}, Act.NOTHING, id="withdrawn and gone"),
            pytest.param(
                {"wanted": None, "known": None, "found": None, "is_current": False},
                Act.NOTHING,
                id="never public",
            ),
        ],
    )
    def test_says_what_to_do(self, of: dict[str, object], what: Act) -> None:
        assert act(compared(**of)) is what

    @given(
        st.builds(
            Compared,
            wanted=st.sampled_from([None, A, B]),
            withdrawn=st.booleans(),
            known=st.sampled_from([None, A, B, C]),
            is_current=st.booleans(),
            found=st.sampled_from([None, A, B, C]),
            readable=st.booleans(),
            is_ours=st.booleans(),
        )
    )
    def test_never_undoes_what_staff_did_or_a_withdrawal(self, of: Compared) -> None:
        what = act(of)
        if of.found is None and of.known is not None:
            assert what is not Act.WRITE, "what staff deleted would come back"
        if of.withdrawn:
            assert what not in (Act.TAKE_IN, Act.REMOVED)
        if what is Act.WRITE:
            assert of.wanted is not None
            assert of.readable or of.found is None or of.withdrawn
        unreadable = not of.readable and of.found is not None and of.found != of.wanted
        if unreadable and not (of.withdrawn and of.wanted):
            assert what is Act.LEAVE


class WriteBack(RuleBasedStateMachine):
    """Readers, moderators, staff at the files and a publisher that may die, in any order.

    ``files`` is what must lie in the folder once nothing is left to be done, by id: the body,
    "" for a tombstone; an id that is not there has no file. ``public`` is the text that the
    database must have for what readers see.
    """

    comments = Bundle("comments")

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="tertulia-write-back-"))
        folder = self.root / "blog"
        (folder / "content" / "comments").mkdir(parents=True)
        (folder / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
        (folder / "output").mkdir()
        (folder / "output" / "threads.json").write_text(threads_json("hola", "otra"), "utf-8")
        self.clock = Clock()
        (self.root / "db").write_bytes(sqlite_with_tables())
        self.blog: Blog = open_blog(settings_for("off", folder, f"sqlite:///{self.root}/db"))
        self.staff = Staff("off", folder / "content" / "comments")
        self.words = count()
        self.files: dict[str, str] = {}
        self.thread: dict[str, str] = {}
        self.erased: dict[str, set[str]] = {}
        self.said: dict[str, set[str]] = {}
        self.numbers: dict[str, int] = {}
        self.saved: dict[str, bytes] = {}

    @initialize(target=comments)
    def open(self) -> MultipleResults[Case]:
        """Somebody who decides; two comments on the site, one approved, one that waits."""
        with self.blog.store.write() as connection:
            add_person(
                connection,
                self.clock(),
                login="ada",
                name="Ada",
                position=None,
                department=None,
                language="es",
                role="admin",
                password_hash="-",
            )
            person = by_login(connection, "ada")
        assert person
        self.person: Person = person
        first = [self.submit("hola", decided=True), self.submit("otra", decided=True)]
        write(self.blog, self.clock)
        more = [self.submit("hola", decided=True), self.submit("hola", decided=False)]
        return multiple(*first, *more)

    def teardown(self) -> None:
        self.blog.store.close()
        shutil.rmtree(self.root)

    def new_words(self) -> str:
        return f"Palabras {next(self.words)} fin."

    def path(self, comment_id: str) -> Path:
        return self.staff.path(self.thread[comment_id], comment_id)

    @rule(target=comments, thread=st.sampled_from(["hola", "otra"]), decided=st.booleans())
    def another(self, thread: str, decided: bool) -> Case:
        return self.submit(thread, decided=decided)

    def submit(self, thread: str, *, decided: bool) -> Case:
        body = self.new_words()
        case = received(self.blog, self.clock, body, thread)
        self.thread[case.comment_id] = thread
        self.said[case.comment_id] = {body}
        if decided:
            self.decide(case)
        return case

    @rule(case=comments)
    def decide(self, case: Case) -> None:
        try:
            now = approve(self.blog, case.id, 1, by=self.person, now=self.clock())
        except AlreadyDecided:
            return
        self.files[case.comment_id] = now.body

    @rule(case=comments)
    def reject(self, case: Case) -> None:
        try:
            reject(self.blog, case.id, 1, rule=None, reason="No.", by=self.person, now=self.clock())
        except AlreadyDecided:
            return

    @rule(case=comments)
    def revise(self, case: Case) -> None:
        body = self.new_words()
        seen = case_of(self.blog, case.id).revision
        try:
            revise(self.blog, case.comment_id, seen, body, by=self.person, now=self.clock())
        except AlreadyDecided:
            return
        self.said[case.comment_id].add(body)
        if self.files.get(case.comment_id):
            self.files[case.comment_id] = body

    @rule(case=comments)
    def withdraw(self, case: Case) -> None:
        try:
            withdraw(
                self.blog,
                case.comment_id,
                reason=WithdrawnBy.READER,
                by=None,
                now=self.clock(),
            )
        except AlreadyDecided:
            return
        self._taken_back(case.comment_id)

    @rule(case=comments)
    def erase(self, case: Case) -> None:
        erase(self.blog, case.comment_id, by=None, now=self.clock())
        self.erased[case.comment_id] = self.said[case.comment_id]
        self._taken_back(case.comment_id)

    def _taken_back(self, comment_id: str) -> None:
        if self.path(comment_id).exists():
            self.files[comment_id] = ""
        else:
            self.files.pop(comment_id, None)

    @rule(at=st.sampled_from(["hola", "otra"]))
    def die_before_noting(self, at: str) -> None:
        """The files are written, and nothing is noted."""
        with self.blog.store.read() as connection:
            rows = outbox.waiting(connection)
            kept = publication.kept_of(connection, list(rows))
            wanted = [
                publication.wanted(connection, each)
                for each in kept.values()
                if each.thread == at and not each.is_current
            ]
        for entry in wanted:
            there = self.staff.path(entry.thread, entry.id) if entry else None
            if entry is None or there is None:
                continue
            known = kept[entry.id].digest_head
            found = commentfile.digest(there.read_bytes()) if there.exists() else None
            if found == known and not (found is None and isinstance(entry, Tombstone)):
                content_repo.write(self.staff.folder, entry)

    @rule(case=comments)
    def revise_round_a_death(self, case: Case) -> None:
        self.revise(case)
        self.die_before_noting(self.thread[case.comment_id])
        self.revise(case)

    @rule(case=comments)
    def staff_edit(self, case: Case) -> None:
        """After the publisher looked, as they would else edit what is about to be replaced."""
        write(self.blog, self.clock)
        if not self.files.get(case.comment_id):
            return
        body = self.new_words()
        data = self.path(case.comment_id).read_bytes()
        old = self.files[case.comment_id]
        self.saved[case.comment_id] = data
        self.path(case.comment_id).write_bytes(data.replace(old.encode(), body.encode()))
        self.said[case.comment_id].add(body)
        self.files[case.comment_id] = body
        write(self.blog, self.clock)

    @rule(case=comments)
    def staff_delete(self, case: Case) -> None:
        write(self.blog, self.clock)
        if case.comment_id not in self.files:
            return
        self.saved[case.comment_id] = self.path(case.comment_id).read_bytes()
        self.path(case.comment_id).unlink()
        del self.files[case.comment_id]
        try:
            write(self.blog, self.clock)
        except HistoryRewritten as error:  # many at once; a person says that it was meant
            raise AssertionError("one file is no void") from error

    @rule(case=comments, to=st.sampled_from(["hola", "otra"]))
    def staff_move(self, case: Case, to: str) -> None:
        write(self.blog, self.clock)
        here = self.thread[case.comment_id]
        if case.comment_id not in self.files or to == here:
            return
        self.staff.move(here, case.comment_id, to)
        self.thread[case.comment_id] = to
        self.saved.pop(case.comment_id, None)
        write(self.blog, self.clock)

    @rule(case=comments)
    def staff_restore(self, case: Case) -> None:
        write(self.blog, self.clock)
        if case.comment_id not in self.saved:
            return
        data = self.saved[case.comment_id]
        self.path(case.comment_id).parent.mkdir(exist_ok=True)
        self.path(case.comment_id).write_bytes(data)
        with self.blog.store.read() as connection:
            kept = publication.kept(connection, case.comment_id)
        assert kept
        entry = commentfile.loads(data, f"{self.thread[case.comment_id]}/{case.comment_id}.md")
        if kept.is_withdrawn or isinstance(entry, Tombstone):
            self.files[case.comment_id] = ""
        else:
            self.files[case.comment_id] = entry.body
        write(self.blog, self.clock)

    @rule()
    def publish(self) -> None:
        """Once nothing is left to be done, files and database are as the model says."""
        write(self.blog, self.clock)
        write(self.blog, self.clock)
        there: dict[str, str] = {}
        for path in self.staff.folder.rglob("*.md"):
            entry = commentfile.loads(path.read_bytes(), f"{path.parent.name}/{path.name}")
            there[entry.id] = entry.body if isinstance(entry, Comment) else ""
            assert self.thread[entry.id] == entry.thread
            assert self.numbers.setdefault(entry.id, entry.number) == entry.number
        assert there == self.files
        with self.blog.store.read() as connection:
            assert outbox.queue(connection).count == 0
            kept = publication.kept_of(connection, list(self.thread))
            for each in kept.values():
                wanted = publication.wanted(connection, each) if not each.erased else None
                if isinstance(wanted, Comment):
                    assert wanted.body == self.files[each.id]
                elif each.id not in self.files:
                    assert each.number is None or each.withdrawn_by
                if each.withdrawn_by == REMOVED:
                    assert each.id not in self.files

    @invariant()
    def what_was_erased_is_in_no_text_of_the_database(self) -> None:
        if not self.erased:
            return
        with self.blog.store.read() as connection:
            bodies = set(connection.exec_driver_sql("SELECT body FROM revision").scalars())
            bodies |= set(connection.exec_driver_sql("SELECT text FROM event_text").scalars())
        for texts in self.erased.values():
            assert not texts & bodies

    @invariant()
    def nothing_is_public_that_nobody_approved(self) -> None:
        for path in self.staff.folder.rglob("*.md"):
            assert path.stem in self.thread


@pytest.mark.property
def test_in_any_order_files_and_database_agree_with_the_model() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        WriteBack, settings=settings(max_examples=40, stateful_step_count=20, deadline=None)
    )
