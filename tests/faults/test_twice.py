"""F09: the same thing delivered twice is done once, and the second answer is the first."""

import random
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from comments_service.usecases.showing import Published, build_site
from tests.faults.clients import Reader, Staff, ask
from tests.faults.direct import now, opened
from tests.faults.history import new_word
from tests.faults.invariants import assert_holds
from tests.faults.service import running
from tests.faults.trials import series
from tests.faults.world import MODES, git, make_world


class TestAPost:
    def test_of_a_double_click_is_one_comment_and_one_decision(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, "off")
        with running(world, command="up") as program:
            staff = Staff(world, program.port, dice)
            staff.sign_in(program.administrator_link())
            reader = Reader(world, program.port, dice)
            word = new_word(dice)
            fields = {"author": "Itziar", "body": f"Dos veces {word}.", "lang": "es"}
            told: list[str] = []
            at_once(8, lambda: told.append(reader.send(word, "hola", fields)))
            told.append(reader.send(word, "hola", fields))
            assert len(set(told)) == 1, told
            world.history.note("approve", word, told=False)
            sent = {"csrf": staff.csrf, "revision": "1"}
            address = f"/gestion/comentario/{told[0]}/publicar"
            answers: list[int] = []
            at_once(
                8,
                lambda: answers.append(
                    ask(program.port, "POST", address, sent, Cookie=staff.cookie).status
                ),
            )
            assert answers.count(303) == 1, answers
            assert set(answers) == {303, 409}, answers
            world.history.note("approve", word, told=True)
            assert_holds(world, "double clicks", 60)


def at_once(count: int, what: object) -> None:
    """Call it from several threads at the same moment."""
    ready = threading.Barrier(count)
    problems: list[BaseException] = []

    def call() -> None:
        ready.wait()
        try:
            what()  # type: ignore[operator]
        except BaseException as error:  # told below
            problems.append(error)

    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not problems, problems


class TestAJob:
    @pytest.mark.parametrize("mode", ["off", "here", "clone"])
    def test_of_the_outbox_done_again_changes_nothing(
        self, mode: str, tmp_path: Path, dice: random.Random
    ) -> None:
        world = series(tmp_path / "series", mode, dice).world
        with opened(world, dice) as direct:
            direct.drain()
            assert_holds(world, "once", 5)
            before = world.files(), built(world.output), commits(world)
            with direct.blog.store.write() as connection:
                again = "UPDATE outbox SET done_at = NULL, available_at = 0 WHERE kind <> 'forget'"
                connection.execute(text(again))
            done = direct.publish()
            assert done.confirmed > 3
            assert done.put_off == 0
            assert (world.files(), built(world.output), commits(world)) == before
            assert direct.publish() == Published()
            assert_holds(world, "twice", 5)


class TestAnErasure:
    @pytest.mark.parametrize("mode", MODES)
    def test_of_what_was_never_published_is_done_too(
        self, mode: str, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, mode)
        with opened(world, dice) as direct:
            build_site(direct.blog, now=now())
            direct.erase(direct.write())
            direct.erase(direct.approve(direct.write()))
            direct.drain(3)
            assert_holds(world, "erased before anything was published", 5)


class TestACorrection:
    def test_is_published_only_once_the_page_shows_its_own_wording(
        self, tmp_path: Path, dice: random.Random
    ) -> None:
        root = tmp_path / "world"
        root.mkdir()
        world = make_world(root, "off")
        with opened(world, dice) as direct:
            build_site(direct.blog, now=now())
            word = direct.approve(direct.write())
            direct.drain()
            direct.revise(word)
            assert direct.publish() == Published(confirmed=1)
            assert_holds(world, "a correction alone", 5)


def built(output: Path) -> tuple[int, int]:
    """Which site stands there: a new one is another folder."""
    about = output.stat()
    return about.st_ino, about.st_mtime_ns


def commits(world: object) -> int:
    repository = world.repository  # type: ignore[attr-defined]
    if repository is None:
        return 0
    return int(git(repository, "rev-list", "--count", world.head))  # type: ignore[attr-defined]
