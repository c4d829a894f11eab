"""Readers and staff at work: random acts, as many as there is time for, until told to end."""

import random
import threading
from collections import Counter

from comments_service.errors import AlreadyDecided
from tests.faults import in_database
from tests.faults.clients import Reader, Staff, persist
from tests.faults.world import World

ACTS = {
    "write": 40,
    "write_twice": 4,
    "approve": 26,
    "reject": 4,
    "answer": 8,
    "revise": 6,
    "withdraw": 6,
    "erase": 2,
}


class Traffic(threading.Thread):
    """One reader and one member of staff, one act after the other. pause: between two, seconds.

    done: how often each act was told to be done.
    """

    def __init__(
        self, world: World, port: int, dice: random.Random, *, pause: float = 0.02
    ) -> None:
        super().__init__(daemon=True)
        self.world = world
        self.random = dice
        self.reader = Reader(world, port, dice)
        self.staff = Staff(world, port, dice)
        self.done: Counter[str] = Counter()
        self.pause = pause
        self._held: list[str] = []
        self._public: dict[str, int] = {}
        self._references: dict[str, str] = {}
        self._over = threading.Event()
        self._problem: BaseException | None = None

    def behave_as(self, staff: Staff, *, host: str) -> None:
        """Use another's session. host: the site's, whatever node is asked."""
        self.staff.cookie, self.staff.csrf = staff.cookie, staff.csrf
        self.staff.headers = self.reader.headers = {"Host": host}

    def run(self) -> None:
        try:
            while not self._over.wait(self.pause):
                did = self.random.choices(list(ACTS), list(ACTS.values()))[0]
                self.done[did] += bool(getattr(self, f"_{did}")())
        except BaseException as error:  # told by finish()
            self._problem = error

    def finish(self) -> None:
        """End after the current act. Raises what went wrong."""
        self._over.set()
        self.join(180)
        if self._problem:
            raise self._problem
        assert not self.is_alive(), "an act found no end"

    def _write(self) -> bool:
        word = self.reader.write()
        self._known(word)
        return True

    def _write_twice(self) -> bool:
        """A double click, or a browser that sends again."""
        word = self.reader.write()
        self._known(word)
        thread, fields = self.reader.last
        again = self.reader.send(word, thread, fields)
        assert again == self._references[word], "the second receipt is another one"
        return True

    def _known(self, word: str) -> None:
        self._references[word] = self.reader.references[word]
        self._held.append(word)

    def _take(self) -> str | None:
        if not self._held:
            return None
        return self._held.pop(self.random.randrange(len(self._held)))

    def _approve(self) -> bool:
        if word := self._take():
            self.staff.approve(word, self._references[word])
            self._public[word] = 1
        return bool(word)

    def _reject(self) -> bool:
        if word := self._take():
            self.staff.reject(word, self._references[word])
        return bool(word)

    def _answer(self) -> bool:
        if word := self._take():
            self.staff.answer(word, self._references[word])
            self._public[word] = 1
        return bool(word)

    def _any_public(self) -> str | None:
        return self.random.choice(list(self._public)) if self._public else None

    def _id(self, word: str) -> str:
        number = int(self._references[word].split("-")[1])
        query = "SELECT comment_id FROM cases WHERE id = :id"
        return str(persist(lambda: in_database.rows(self.world, query, id=number))[0][0])

    def _revise(self) -> bool:
        if word := self._any_public():
            try:
                self.staff.revise(word, self._id(word), self._public[word])
            except AlreadyDecided:
                raise AssertionError(f"{word} is not what its history says") from None
            self._public[word] += 1
        return bool(word)

    def _withdraw(self) -> bool:
        if word := self._any_public():
            del self._public[word]
            self.staff.withdraw(word, self._id(word))
        return bool(word)

    def _erase(self) -> bool:
        if word := self._any_public():
            del self._public[word]
            self.staff.erase(word, self._id(word))
        return bool(word)
