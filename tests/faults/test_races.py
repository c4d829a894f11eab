"""F11: fifty people decide at random on a few comments; what each was told adds up to what is
there. F10: two publishers, two nodes. T28.
"""

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from comments_service.errors import AlreadyDecided, Unavailable
from comments_service.usecases.showing import build_site
from tests.faults import in_database
from tests.faults.clients import Staff
from tests.faults.direct import Direct, now, opened
from tests.faults.invariants import assert_holds
from tests.faults.service import running
from tests.faults.traffic import Traffic
from tests.faults.world import World, make_world
from tests.support.databases import fresh_database

PEOPLE = 50
ACTS = {"approve": 6, "reject": 1, "answer": 4, "revise": 12, "withdraw": 1, "erase": 0.3}


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Of a database of this test's own; None: SQLite in the blog."""
    if request.param == "sqlite":
        yield None
    else:
        with fresh_database(request.getfixturevalue("cluster")) as database:
            yield database


class Quiet:
    """In the place of a history while threads are at work: their order is not the true one."""

    def note(self, *_: object, **__: object) -> None:
        pass


def test_fifty_people_at_once_get_one_decision_each_and_clear_conflicts(
    address: str | None, tmp_path: Path, dice: random.Random, seed: int
) -> None:
    root = tmp_path / "world"
    root.mkdir()
    world = make_world(root, "clone", database_url=address)
    with opened(world, dice) as direct:
        build_site(direct.blog, now=now())
        words = [direct.write() for _ in range(8)]
        assert direct.person.login == "ada"  # there before the threads are
        done, begun = decide(direct, words, seed)
        for word in words:
            tell(world, word, done, begun)
        counted = Counter(did for did, *_ in done)
        print(f"seed {seed}: {dict(counted)}")
        compare(world, direct, words, done, begun)
        direct.drain()
        assert_holds(world, f"fifty people, FAULTS_SEED={seed}", 10)


Done = tuple[str, str, int, str]
"""What succeeded: act, word, the wording that was seen, the new word."""


def decide(direct: Direct, words: list[str], seed: int) -> tuple[list[Done], set[str]]:
    """Fifty threads, six acts each; a third publishes meanwhile.

    Besides what succeeded, the words whose erasing met a busy database: the ledger has them
    since before, so it is done by the next publisher.
    """
    done: list[Done] = []
    begun: set[str] = set()
    problems: list[BaseException] = []
    ready = threading.Barrier(PEOPLE)

    def person(number: int) -> None:
        dice = random.Random(f"{seed} {number}")
        mine = replace(direct, random=dice, world=_quiet(direct.world))
        ready.wait()
        try:
            for _ in range(6):
                word = dice.choice(words)
                did = dice.choices(list(ACTS), list(ACTS.values()))[0]
                seen = dice.randint(1, 4)
                try:
                    new = mine.revise(word, seen) if did == "revise" else getattr(mine, did)(word)
                except (AlreadyDecided, Unavailable):
                    if did == "erase":
                        begun.add(word)
                    continue
                done.append((did, word, seen, new))
                if number % 25 == 0:
                    mine.publish()
        except BaseException as error:  # told by the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=person, args=[n]) for n in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not problems, problems
    assert not any(thread.is_alive() for thread in threads)
    return done, begun


def _quiet(world: World) -> World:
    class Silent(World):
        history = Quiet()  # type: ignore[assignment]

    return Silent(world.root, world.mode, world.below, world.database_url, world.more)


def tell(world: World, word: str, done: list[Done], begun: set[str]) -> None:
    """Write one comment's acts into the history in the only order that is possible."""
    mine = [each for each in done if each[1] == word]
    order = ("approve", "reject", "answer", "revise", "withdraw", "erase")
    for did, _, _, new in sorted(mine, key=lambda each: (order.index(each[0]), each[2])):
        about = {"new": new, "body": ""} if did in ("answer", "revise") else {}
        world.history.note(did, word, told=True, **about)
    if word in begun:
        world.history.note("erase", word, told=False)


def compare(
    world: World, direct: Direct, words: list[str], done: list[Done], begun: set[str]
) -> None:
    """The dict model against the database."""
    for word in words:
        mine = Counter(did for did, of, *_ in done if of == word)
        row = in_database.rows(
            world,
            "SELECT head_revision, withdrawn_by, erased_at, number FROM comment WHERE id = :id",
            id=direct.ids[word],
        )[0]
        assert mine["approve"] <= 1
        assert mine["reject"] <= 1
        assert mine["approve"] + mine["reject"] <= 1
        assert row.head_revision == 1 + mine["revise"], (word, mine)
        erased = mine["erase"] or (word in begun and row.erased_at is not None)
        assert (row.withdrawn_by is not None) == bool(mine["withdraw"] or erased)
        assert mine["withdraw"] <= 1
        assert (row.erased_at is not None) == bool(erased)
        jobs = in_database.rows(
            world,
            "SELECT kind, count(*) FROM outbox WHERE comment_id = :id GROUP BY kind",
            id=direct.ids[word],
        )
        of_kind = dict(jobs)
        public = bool(mine["approve"] or mine["answer"])
        assert of_kind.get("publish", 0) == (public + mine["revise"]), (word, mine, of_kind)


class TestTwoNodes:
    def test_with_one_database_and_one_remote_publish_everything_once(
        self, cluster: str, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        with fresh_database(cluster) as database:
            world = make_world(root, "clone", database_url=database)
            with running(world, command="up") as one:
                staff = Staff(world, one.port, dice)
                staff.sign_in(one.administrator_link())
                with running(second_node(world, tmp_path / "two", one.url), command="serve") as two:
                    people = [
                        Traffic(world, each.port, random.Random(dice.random()))
                        for each in (one, two)
                    ]
                    for person in people:
                        person.behave_as(staff, host=f"localhost:{one.port}")
                        person.start()
                    time.sleep(6)
                    one.kill_worker()
                    time.sleep(3)
                    two.kill()
                    two.start()
                    time.sleep(3)
                    for person in people:
                        person.finish()
                    print([dict(person.done) for person in people])
                    assert_holds(world, "two nodes")


def second_node(world: World, root: Path, site_url: str) -> World:
    """Another machine: a folder and a private clone of its own; the same secrets, database,
    remote and place of the site."""
    root.mkdir()
    hidden = shutil.ignore_patterns("var", "output")
    shutil.copytree(world.blog, root / "blog", ignore=hidden)
    shutil.copytree(world.blog / "var" / "secrets", root / "blog" / "var" / "secrets")
    more = {
        "TERTULIA_COMMENTS_REMOTE": str(world.remote),
        "TERTULIA_OUTPUT": str(world.output),
        "TERTULIA_SITE_URL": site_url,
    }
    return replace(world, root=root, more=more)
