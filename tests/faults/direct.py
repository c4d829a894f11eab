"""The same acts as ``clients`` without the network: use cases called here, told when they return.

For faults of the publisher alone, where HTTP adds time and nothing else.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from comments_service.domain.comments import WithdrawnBy
from comments_service.store.people import Person, add_person, by_login
from comments_service.usecases import answering, moderate, status
from comments_service.usecases.blog import Blog, open_blog
from comments_service.usecases.publish import publish
from comments_service.usecases.revise import revise
from comments_service.usecases.showing import Published
from comments_service.usecases.submit import Form, submit
from comments_service.usecases.withdraw import erase, withdraw
from tests.faults import in_database
from tests.faults.history import new_word
from tests.faults.world import THREADS, World
from tests.support.ids import new_id


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Direct:
    """Acts on an open blog and notes each before and after."""

    world: World
    blog: Blog
    random: random.Random
    ids: dict[str, str] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        with self.blog.store.write() as connection:
            found = by_login(connection, "ada")
            if found is None:
                add_person(
                    connection,
                    now(),
                    login="ada",
                    name="Ada Ejemplo",
                    position="Gestora de comunidad",
                    department="Participación",
                    language="es",
                    role="admin",
                    password_hash="-",
                )
                found = by_login(connection, "ada")
        assert found
        return found

    def write(self, thread: str | None = None) -> str:
        word = new_word(self.random)
        author, body = f"Aitor {word[2:6]}", f"Un texto con {word}.\n\nY *otro* párrafo."
        thread = thread or self.random.choice(THREADS)
        about = {"author": author, "body": body, "thread": thread}
        self.world.history.note("submit", word, told=False, **about)
        receipt = submit(
            self.blog,
            thread,
            Form(author=author, body=body, lang="es"),
            address="192.0.2.1",
            comment_id=new_id(now()),
            now=now(),
        )
        of = receipt.case
        self.world.history.note(
            "submit", word, told=True, reference=of.reference, token=receipt.token, **about
        )
        self.ids[word], self.cases[word] = of.comment_id, of.id
        return word

    def approve(self, word: str) -> str:
        self.world.history.note("approve", word, told=False)
        moderate.approve(self.blog, self.cases[word], 1, by=self.person, now=now())
        self.world.history.note("approve", word, told=True)
        return word

    def reject(self, word: str) -> str:
        self.world.history.note("reject", word, told=False)
        moderate.reject(
            self.blog, self.cases[word], 1, rule=None, reason="No cabe.", by=self.person, now=now()
        )
        self.world.history.note("reject", word, told=True)
        return word

    def answer(self, word: str) -> str:
        new = new_word(self.random)
        body, said = f"Gracias: {new}", new_id(now())
        self.world.history.note("answer", word, told=False, new=new, body=body)
        answering.answer(
            self.blog, self.cases[word], 1, body, by=self.person, answer_id=said, now=now()
        )
        self.world.history.note("answer", word, told=True, new=new, body=body)
        self.ids[new] = said
        return new

    def revise(self, word: str, seen: int = 1) -> str:
        new = new_word(self.random)
        body = f"Corregido: {new}"
        self.world.history.note("revise", word, told=False, new=new, body=body)
        revise(self.blog, self.ids[word], seen, body, by=None, now=now())
        self.world.history.note("revise", word, told=True, new=new, body=body)
        return new

    def withdraw(self, word: str) -> str:
        self.world.history.note("withdraw", word, told=False)
        reason = WithdrawnBy.READER
        withdraw(self.blog, self.ids[word], reason=reason, by=None, now=now())
        self.world.history.note("withdraw", word, told=True)
        return word

    def erase(self, word: str) -> str:
        self.world.history.note("erase", word, told=False)
        erase(self.blog, self.ids[word], by=None, now=now())
        self.world.history.note("erase", word, told=True)
        return word

    def publish(self) -> Published:
        return publish(self.blog, now)

    def hurry(self) -> Published:
        """Publish also what was put off."""
        status.retry(self.blog, now())
        return self.publish()

    def drain(self, tries: int = 20) -> None:
        """Publish until nothing waits."""
        for _ in range(tries):
            self.hurry()
            if not in_database.waiting(self.world):
                return


@contextmanager
def opened(world: World, dice: random.Random) -> Iterator[Direct]:
    """The world's blog, opened in this process; what earlier acts made is known."""
    blog = open_blog(world.settings())
    direct = Direct(world, blog, dice)
    for act in world.history.acts():
        if act["did"] == "submit" and act["told"]:
            number = int(act["reference"].split("-")[1])
            direct.cases[act["word"]] = number
    query = "SELECT id, comment_id FROM cases"
    by_number = {row[0]: row[1] for row in in_database.rows(world, query)}
    direct.ids = {word: by_number[number] for word, number in direct.cases.items()}
    try:
        yield direct
    finally:
        blog.store.close()
