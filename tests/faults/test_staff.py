"""F06: staff's own work on comment files, at the worst moment: nothing of it is lost, nothing
that they removed comes back, and nothing is ever forced over it.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from comments_service.usecases import status
from comments_service.usecases.publish import publish
from tests.faults import in_database
from tests.faults.direct import now, opened
from tests.faults.editor import Editor
from tests.faults.invariants import assert_holds
from tests.faults.trials import Series, series
from tests.faults.world import World, git

Change = Callable[[Editor, list[str]], object]

CHANGES: dict[str, Change] = {
    "push something else": lambda editor, words: editor.note_something_else(),
    "edit": lambda editor, words: editor.edit(words[0]),
    "edit what is being corrected": lambda editor, words: editor.edit(words[1]),
    "edit what is being withdrawn": lambda editor, words: editor.edit(words[2]),
    "delete": lambda editor, words: editor.remove(words[0]),
    "delete what is being corrected": lambda editor, words: editor.remove(words[1]),
    "move": lambda editor, words: editor.move(words[0]),
    "move what is being corrected": lambda editor, words: editor.move(words[1]),
}


def published(world: World) -> list[str]:
    """Words of the first three approved: one stays, one is being corrected, one withdrawn."""
    return [a["word"] for a in world.history.acts() if a["did"] == "approve" and a["told"]][:3]


@pytest.fixture(scope="module", params=["own history", "in the blog's repository"])
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Series:
    """Mode `clone`, with comments on a branch of their own or in a folder of another one."""
    below = "" if request.param == "own history" else "content/comments"
    return series(tmp_path_factory.mktemp("staff"), "clone", random.Random(7), below=below)


class TestBetweenCommitAndPush:
    @pytest.mark.parametrize("change", CHANGES)
    def test_staff_change_the_remote_and_both_stay(
        self, change: str, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        editor, words, did = Editor(world, dice), published(world), []

        def step(name: str) -> None:
            if name == "commit.push" and not did:
                did.append(name)
                CHANGES[change](editor, words)

        with opened(world, dice) as direct:
            publish(direct.blog, now, step, wait=lambda: None)
            assert did, "the moment never came"
            direct.drain()
            assert_holds(world, change, 5)

    def test_eleven_pushes_of_others_put_it_off_and_it_comes_later(
        self, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        editor, pushes = Editor(world, dice), 0

        def step(name: str) -> None:
            nonlocal pushes
            if name == "commit.push" and pushes < 11:
                pushes += 1
                editor.note_something_else()

        with opened(world, dice) as direct:
            publish(direct.blog, now, step, wait=lambda: None)
            assert pushes == 10
            assert in_database.waiting(world) > 0
            direct.drain()
            assert_holds(world, "eleven pushes", 5)


class TestBetweenTwoRuns:
    @pytest.mark.parametrize("change", CHANGES)
    def test_staff_change_the_remote_and_it_is_taken_over(
        self, change: str, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        CHANGES[change](Editor(world, dice), published(world))
        with opened(world, dice) as direct:
            direct.drain()
            assert_holds(world, change, 5)

    def test_what_staff_removed_stays_away_whatever_is_decided_after_it(
        self, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        with opened(world, dice) as direct:
            direct.drain()
            word = published(world)[0]
            Editor(world, dice).remove(word)
            for _ in range(3):
                direct.approve(direct.write())
                direct.drain()
            kinds = {found.kind for found in status.alarms(direct.blog, now()).in_files}
            assert "removed_in_files" in kinds, "staff are not told"
            assert_holds(world, "removed", 5)

    def test_a_renamed_folder_is_told_and_left_until_staff_put_it_right(
        self, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        editor = Editor(world, dice)
        with opened(world, dice) as direct:
            direct.drain()
            inside = {path for path in world.files() if path.startswith("hola/")}
            editor.rename_folder("hola", "hola-vieja")
            direct.approve(direct.write("otra"))
            direct.drain(3)
            assert not inside & world.files().keys(), "what staff moved was written again"
            told = {file for file, _ in status.alarms(direct.blog, now()).unreadable}
            assert told == {path.replace("hola/", "hola-vieja/") for path in inside}
            editor.rename_folder("hola-vieja", "hola")
            direct.drain()
            assert not status.alarms(direct.blog, now()).unreadable
            assert_holds(world, "a folder was renamed and put back", 5)


class TestRewrittenHistory:
    def test_stops_the_publisher_and_nothing_is_forced(
        self, trials: Series, dice: random.Random
    ) -> None:
        world = trials.again()
        editor = Editor(world, dice)
        with opened(world, dice) as direct:
            before = editor.head
            theirs = editor.rewrite()
            for _ in range(3):
                direct.hurry()
            assert editor.head == theirs, "something was pushed over it"
            told = status.alarms(direct.blog, now())
            assert told.stopped, "nobody is told"
            assert in_database.waiting(world) > 0
            direct.write()  # readers are let in meanwhile
            git(world.remote, "update-ref", world.head, before)
            _forget_updates(world)
            direct.drain()
            assert status.alarms(direct.blog, now()).stopped is None
            assert_holds(world, "rewritten and put back", 5)


def _forget_updates(world: World) -> None:
    """The two updates that staff made by force are theirs; the checker looks for ours."""
    (world.remote / "logs" / world.head).write_text("")


class TestInTheBlogsCheckout:
    """Mode `here`: staff are in the middle of their own work in the same folder."""

    @pytest.fixture
    def world(self, tmp_path: Path, dice: random.Random) -> World:
        return series(tmp_path / "series", "here", dice).world

    def test_what_is_staged_and_what_is_not_stays_as_it_was(
        self, world: World, dice: random.Random
    ) -> None:
        article = world.blog / "content" / "articles" / "hola.md"
        article.write_text(article.read_text() + "\nCambio preparado.\n")
        git(world.blog, "add", "content/articles/hola.md")
        article.write_text(article.read_text() + "\nCambio sin preparar.\n")
        (world.blog / "content" / "articles" / "nueva.md").write_text("Title: A medias\n")
        (world.blog / "borrador.txt").write_text("mío")
        git(world.blog, "add", "borrador.txt")
        before = _work_of_staff(world)
        with opened(world, dice) as direct:
            (world.blog / "content" / "articles" / "nueva.md").rename(world.root / "nueva.md")
            direct.drain()
            (world.root / "nueva.md").rename(world.blog / "content" / "articles" / "nueva.md")
            assert _work_of_staff(world) == before
            assert_holds(world, "staged and unstaged changes", 5)

    def test_a_merge_in_progress_is_left_alone_and_publishing_goes_on_after_it(
        self, world: World, dice: random.Random
    ) -> None:
        article = world.blog / "content" / "articles" / "hola.md"
        was = article.read_text()
        git(world.blog, "checkout", "--quiet", "-b", "side")
        article.write_text(was + "\nDe un lado.\n")
        git(world.blog, "commit", "--quiet", "--all", "--message=One side")
        git(world.blog, "checkout", "--quiet", "main")
        article.write_text(was + "\nDel otro.\n")
        git(world.blog, "commit", "--quiet", "--all", "--message=The other side")
        git(world.blog, "merge", "side", check=False)
        assert "MERGE_HEAD" in {path.name for path in (world.blog / ".git").iterdir()}
        before, head = _work_of_staff(world), git(world.blog, "rev-parse", "HEAD")
        with opened(world, dice) as direct:
            for _ in range(3):
                direct.hurry()
            assert _work_of_staff(world) == before
            assert git(world.blog, "rev-parse", "HEAD") == head
            assert status.alarms(direct.blog, now()).stopped, "nobody is told"
            article.write_text(was + "\nDe los dos.\n")
            git(world.blog, "add", "content/articles/hola.md")
            git(world.blog, "commit", "--quiet", "--message=Both")
            direct.drain()
            assert_holds(world, "a merge in progress", 5)

    @pytest.mark.parametrize("state", ["index.lock", "detached"])
    def test_a_lock_or_no_branch_means_wait(
        self, world: World, dice: random.Random, state: str
    ) -> None:
        lock = world.blog / ".git" / "index.lock"
        if state == "detached":
            git(world.blog, "checkout", "--quiet", "--detach")
        else:
            lock.write_text("")
        head = git(world.blog, "rev-parse", "HEAD")
        with opened(world, dice) as direct:
            direct.hurry()
            assert git(world.blog, "rev-parse", "HEAD") == head
            assert status.alarms(direct.blog, now()).stopped
            if state == "detached":
                git(world.blog, "checkout", "--quiet", "main")
            else:
                assert lock.exists(), "a lock that was not ours is gone"
                lock.unlink()
            direct.drain()
            assert_holds(world, state, 5)

    @pytest.mark.parametrize("change", ["edit", "delete", "move"])
    def test_what_staff_commit_is_taken_over(
        self, world: World, dice: random.Random, change: str
    ) -> None:
        CHANGES[change](Editor(world, dice), published(world))
        with opened(world, dice) as direct:
            direct.drain()
            assert_holds(world, change, 5)


def _work_of_staff(world: World) -> tuple[str, str, str]:
    """The index without comments, the changes in the folder, the state of a merge."""
    others = ("--", ".", ":(exclude)content/comments")
    return (
        git(world.blog, "diff", "--cached", "HEAD", *others),
        git(world.blog, "diff", *others),
        git(world.blog, "status", "--porcelain", "--untracked-files=all", *others),
    )
