"""Decisions, withdrawals and staff's work on files in any order, against a model of a dict.

Real SQLite and real comment files; the site is built by other tests.
"""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from comments_service import commentfile
from comments_service.config.settings import Settings
from comments_service.content_repo import no_step
from comments_service.content_repo.places import open_place
from comments_service.domain.comments import Comment, Tombstone, WithdrawnBy
from comments_service.errors import AlreadyDecided
from comments_service.store import outbox
from comments_service.store.people import Person, add_person, by_login
from comments_service.usecases import looking, moderate, writing
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.revise import revise
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.withdraw import erase, withdraw
from tests.support.fixtures import SITE_TOML, Clock, give_tables, threads_json
from tests.support.ids import new_id

HELD, REJECTED, PUBLIC, WITHDRAWN, REMOVED = "held rejected public withdrawn removed".split()


class Publication(RuleBasedStateMachine):
    """Rules act on the blog and on ``model`` alike: id -> (how it stands, public body)."""

    comments = Bundle("comments")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="tertulia-model-")
        root = Path(self.folder.name) / "blog"
        (root / "content" / "comments").mkdir(parents=True)
        (root / "output").mkdir()
        (root / "content" / "site.toml").write_text(SITE_TOML, "utf-8")
        (root / "output" / "threads.json").write_text(threads_json("hola"), "utf-8")
        self.clock = Clock()
        self.blog: Blog = open_blog(give_tables(Settings(blog=root, max_per_network=10**6)))
        self.model: dict[str, tuple[str, str]] = {}
        self.cases: dict[str, int] = {}
        self.heads: dict[str, int] = {}
        self.had_file: set[str] = set()
        self.count = 0

    def teardown(self) -> None:
        self.blog.store.close()
        self.folder.cleanup()

    @initialize()
    def somebody_decides(self) -> None:
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

    def _new_text(self) -> str:
        self.count += 1
        self.clock.forward(seconds=1)
        return f"Texto número {self.count}."

    @rule(target=comments)
    def receive(self) -> str:
        body, new = self._new_text(), new_id(self.clock())
        receipt = submit(
            self.blog,
            "hola",
            Form(author="Aitor", body=body),
            address="",
            comment_id=new,
            now=self.clock(),
        )
        self.model[new], self.cases[new], self.heads[new] = (HELD, body), receipt.case.id, 1
        return new

    @rule(of=comments)
    def approve(self, of: str) -> None:
        how, body = self.model[of]
        try:
            moderate.approve(self.blog, self.cases[of], 1, by=self.person, now=self.clock())
        except AlreadyDecided:
            assert how != HELD
        else:
            assert how == HELD
            self.model[of] = PUBLIC, body

    @rule(of=comments)
    def reject(self, of: str) -> None:
        how, _ = self.model[of]
        try:
            moderate.reject(
                self.blog,
                self.cases[of],
                1,
                rule=None,
                reason="No cabe.",
                by=self.person,
                now=self.clock(),
            )
        except AlreadyDecided:
            assert how != HELD
        else:
            assert how == HELD
            self.model[of] = REJECTED, ""

    @rule(of=comments, seen_before=st.booleans())
    def correct(self, of: str, seen_before: bool) -> None:
        how, _ = self.model[of]
        body = self._new_text()
        seen = self.heads[of] - (1 if seen_before else 0)
        try:
            revise(self.blog, of, seen, body, by=self.person, now=self.clock())
        except AlreadyDecided:
            assert how != PUBLIC or seen_before
        else:
            assert how == PUBLIC
            assert not seen_before
            self.heads[of] += 1
            self.model[of] = PUBLIC, body

    @rule(of=comments)
    def take_back(self, of: str) -> None:
        how, _ = self.model[of]
        reason = WithdrawnBy.READER
        try:
            withdraw(self.blog, of, reason=reason, by=None, now=self.clock())
        except AlreadyDecided:
            assert how == WITHDRAWN
        else:
            assert how != WITHDRAWN
            self.model[of] = WITHDRAWN, ""

    @rule(target=comments, of=consumes(comments))
    def erase(self, of: str) -> object:
        """Once for each: what was erased takes no further part, but stays in the model."""
        erase(self.blog, of, by=None, now=self.clock())
        self.model[of] = WITHDRAWN, ""
        return multiple()

    @rule(of=comments, gone=st.booleans())
    def work_by_hand(self, of: str, gone: bool) -> None:
        """Staff edit or remove a file. They see what was written so far."""
        self.write_files()
        path = self.blog.comments_folder / "hola" / f"{of}.md"
        if self.model[of][0] != PUBLIC or not path.exists():
            return
        if gone:
            path.unlink()
            self.model[of] = REMOVED, ""
        else:
            header, _, _ = path.read_text("utf-8").partition("\n\n")
            body = self._new_text()
            path.write_text(f"{header}\n\n{body}\n", "utf-8")
            self.model[of] = PUBLIC, body
            self.heads[of] += 1
        looking.look(self._run())

    def _run(self) -> looking.Run:
        return looking.Run(
            self.blog, open_place(self.blog.settings), self.clock, no_step, lambda: None
        )

    @rule()
    def write_files(self) -> None:
        """What the publisher does before the build; jobs count as done when it is through."""
        run = self._run()
        looking.look(run)
        self.clock.now += timedelta(hours=1)
        with self.blog.store.write() as connection:
            outbox.release(connection)
            rows = outbox.claim(connection, "model", self.clock())
        writing.bring(run, rows)
        with self.blog.store.write() as connection:
            for row in rows:
                outbox.finish(connection, row, self.clock())
        self.files_are_as_the_model_says()

    def files_are_as_the_model_says(self) -> None:
        folder = self.blog.comments_folder
        found = {
            path.stem: commentfile.loads(path.read_bytes(), f"hola/{path.name}")
            for path in folder.rglob("*.md")
        }
        for of, (how, body) in self.model.items():
            entry = found.pop(of, None)
            if how == PUBLIC:
                assert isinstance(entry, Comment), (of, how, entry)
                assert entry.body == body
                self.had_file.add(of)
            elif how == WITHDRAWN and of in self.had_file:
                assert entry is None or isinstance(entry, Tombstone)
            else:
                assert not isinstance(entry, Comment), (of, how)
        assert not found, f"nobody wrote {found}"

    @invariant()
    def nothing_unapproved_is_in_a_file(self) -> None:
        allowed = {body for how, body in self.model.values() if how == PUBLIC}
        for path in self.blog.comments_folder.rglob("*.md"):
            body = path.read_text("utf-8").partition("\n\n")[2].strip()
            of = path.stem
            # What was public a moment ago may stand there until the next run.
            if body and body not in allowed:
                assert of in self.had_file, f"{body!r} was never approved"

    @invariant()
    def numbers_are_given_once(self) -> None:
        with self.blog.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT number FROM comment WHERE number IS NOT NULL")
            numbers = [row[0] for row in rows]
        assert len(numbers) == len(set(numbers))


Publication.TestCase.settings = settings(
    max_examples=settings().max_examples // 8,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
TestPublication = Publication.TestCase
