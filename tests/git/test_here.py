"""The blog's own checkout: only comment files are committed, nothing of staff's is touched."""

import os
import random
from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from comments_service.content_repo import Place, no_step, open_place, write
from comments_service.errors import CannotWrite, GitFailed, PushRejected, RepositoryBusy
from tests.git.repositories import (
    comment,
    commit,
    digest,
    files,
    git,
    numbered,
    path,
    tombstone,
)

COMMENTS = "content/comments"


@pytest.fixture(params=["", "sitios/blog"], ids=["alone", "subfolder"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A blog in staff's checkout, alone or as a folder of it."""
    top = tmp_path / "staff"
    git(tmp_path, "init", "-q", "--initial-branch=main", str(top))
    folder = top / request.param
    (folder / COMMENTS).mkdir(parents=True)
    (folder / "content" / "articles").mkdir()
    for name in ("uno", "dos", "tres", "cuatro"):
        (folder / "content" / "articles" / f"{name}.md").write_text(f"{name}\n" * 5)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "El blog")
    return folder


@pytest.fixture
def place(blog: Path) -> Place:
    return open_place(Settings(blog=blog, comments_git="here"))


def staffs(blog: Path) -> tuple[str, ...]:
    """All that staff see of their own work: index, folder, stash."""
    return (
        git(blog, "status", "--porcelain=v2", "--untracked-files=all"),
        git(blog, "diff"),
        git(blog, "diff", "--cached"),
        git(blog, "ls-files", "--stage", "--", ":!*/comments/*"),
        git(blog, "stash", "list"),
    )


def staff_are_at_work(blog: Path) -> None:
    """Staged, unstaged, both, added, removed, renamed, with intent to add, untracked."""
    articles = blog / "content" / "articles"
    (articles / "uno.md").write_text("preparado\n")
    git(blog, "add", str(articles / "uno.md"))
    (articles / "uno.md").write_text("preparado y más\n")
    (articles / "dos.md").write_text("sin preparar\n")
    git(blog, "rm", "-q", "--cached", str(articles / "tres.md"))
    git(blog, "mv", str(articles / "cuatro.md"), str(articles / "cinco.md"))
    (articles / "nuevo.md").write_text("nuevo\n")
    git(blog, "add", str(articles / "nuevo.md"))
    (articles / "idea.md").write_text("idea\n")
    git(blog, "add", "--intent-to-add", str(articles / "idea.md"))
    (articles / "suelto.md").write_text("suelto\n")


class TestCommitting:
    def test_is_a_commit_of_these_files_alone(self, blog: Path, place: Place) -> None:
        before = place.refresh(None)
        head = commit(place, comment(1), comment(2, "otra"))
        assert head == git(blog, "rev-parse", "main")
        shown = git(blog, "show", "--format=%an %ae %P %s", "--name-status", "--relative")
        assert shown.splitlines() == [
            f"Tertulia comments@localhost {before} Publish 2",
            "",
            f"A\t{COMMENTS}/{path(1)}",
            f"A\t{COMMENTS}/{path(2, 'otra')}",
        ]
        assert git(blog, "status", "--porcelain") == ""

    def test_keeps_staffs_staged_and_unstaged_work_byte_for_byte(
        self, blog: Path, place: Place
    ) -> None:
        staff_are_at_work(blog)
        before = staffs(blog)
        place.refresh(None)
        head = commit(place, comment(1), comment(2))
        assert staffs(blog) == before
        commit(place, tombstone(1))
        assert staffs(blog) == before
        assert git(blog, "diff", "--name-only", "--relative", f"{head}~1", "HEAD").splitlines() == [
            f"{COMMENTS}/{path(1)}",
            f"{COMMENTS}/{path(2)}",
        ]

    def test_again_of_the_same_makes_no_commit(self, place: Place) -> None:
        place.refresh(None)
        head = commit(place, comment(1))
        assert commit(place, comment(1)) == head

    def test_that_was_cut_short_is_finished_by_the_next(self, blog: Path, place: Place) -> None:
        class Killed(BaseException):
            pass

        def step(name: str) -> None:
            if name == "commit.commit":
                raise Killed

        head = place.refresh(None)
        written = {path(1): write(place.folder, comment(1))}
        with pytest.raises(Killed):
            place.commit(written, "Publish 1", step, head)
        assert place.uncommitted("hola", numbered(1))
        place.refresh(None)
        commit(place, comment(1))
        assert not place.uncommitted("hola", numbered(1))
        assert git(blog, "status", "--porcelain") == ""

    def test_runs_no_hook_and_asks_for_no_signature(self, blog: Path, place: Place) -> None:
        top = Path(git(blog, "rev-parse", "--show-toplevel"))
        git(blog, "config", "commit.gpgSign", "true")
        git(blog, "config", "user.signingKey", "nobody")
        git(blog, "config", "core.editor", "false")
        hooks = top / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in "pre-commit prepare-commit-msg commit-msg post-commit".split():
            (hooks / name).write_text(f"#!/bin/sh\ntouch {top}/ran\nexit 1\n")
            (hooks / name).chmod(0o755)
        place.refresh(None)
        commit(place, comment(1))
        assert not (top / "ran").exists()

    def test_of_many_files_fits(self, blog: Path, place: Place) -> None:
        place.refresh(None)
        head = commit(place, *(comment(number) for number in range(1, 1200)))
        assert (
            len(list(place.changes(f"{head}~1"))) == 1199 or len(list(place.changes(None))) == 1199
        )

    def test_never_rewrites_history(self, place: Place) -> None:
        with pytest.raises(ValueError, match="never rewritten"):
            place.forget([path(1)], no_step)

    def test_of_an_ignored_file_says_what_to_do(self, blog: Path, place: Place) -> None:
        (blog / ".gitignore").write_text("/content/comments/\n")
        place.refresh(None)
        with pytest.raises(GitFailed, match="a .gitignore says so"):
            commit(place, comment(1))


def conflict(blog: Path) -> None:
    """Two branches that change the same line."""
    article = blog / "content" / "articles" / "uno.md"
    git(blog, "checkout", "-q", "-b", "rama")
    article.write_text("de la rama\n")
    git(blog, "commit", "-q", "-am", "rama")
    git(blog, "checkout", "-q", "main")
    article.write_text("de main\n")
    git(blog, "commit", "-q", "-am", "main")


def attempt(blog: Path, *arguments: str) -> None:
    with pytest.raises(AssertionError):
        git(blog, *arguments, GIT_EDITOR="true")


class TestStaffInTheMiddleOfSomething:
    @pytest.mark.parametrize(
        ("act", "words", "end"),
        [
            (("merge", "rama"), "A merge", ("merge", "--abort")),
            (("rebase", "rama"), "A rebase", ("rebase", "--abort")),
            (("cherry-pick", "rama"), "A cherry-pick", ("cherry-pick", "--abort")),
            (("revert", "--no-edit", "HEAD~1"), "A revert", ("revert", "--abort")),
        ],
        ids=lambda value: value[0] if isinstance(value, tuple) else "",
    )
    def test_is_waited_for_and_named(
        self,
        blog: Path,
        place: Place,
        act: tuple[str, ...],
        words: str,
        end: tuple[str, ...],
    ) -> None:
        if act[0] == "revert":
            article = blog / "content" / "articles" / "uno.md"
            for text in ("a\n", "b\n"):
                article.write_text(text)
                git(blog, "commit", "-q", "-am", text)
        else:
            conflict(blog)
        attempt(blog, *act)
        before = staffs(blog)
        with pytest.raises(RepositoryBusy, match=words):
            place.refresh(None)
        with pytest.raises(RepositoryBusy, match=words):
            commit(place, comment(1))
        (place.folder / path(1)).unlink()
        (place.folder / "hola").rmdir()
        assert staffs(blog) == before
        git(blog, *end)
        place.refresh(None)
        commit(place, comment(1))
        assert git(blog, "log", "-1", "--format=%an") == "Tertulia"

    def test_is_a_bisect_too(self, blog: Path, place: Place) -> None:
        git(Path(git(blog, "rev-parse", "--show-toplevel")), "bisect", "start")
        with pytest.raises(RepositoryBusy, match="A bisect"):
            place.refresh(None)

    def test_is_a_conflict_of_a_stash_too(self, blog: Path, place: Place) -> None:
        article = blog / "content" / "articles" / "uno.md"
        article.write_text("guardado\n")
        git(blog, "stash", "-q")
        article.write_text("otra\n")
        git(blog, "commit", "-q", "-am", "otra")
        attempt(blog, "stash", "pop", "-q")
        with pytest.raises(RepositoryBusy, match="Files with conflicts"):
            place.refresh(None)

    def test_is_a_lock_that_is_never_removed(self, blog: Path, place: Place) -> None:
        lock = Path(git(blog, "rev-parse", "--absolute-git-dir")) / "index.lock"
        lock.touch()
        with pytest.raises(RepositoryBusy, match=r"ends in \.lock"):
            place.refresh(None)
        assert lock.exists()

    def test_is_a_lock_that_comes_in_between(self, blog: Path, place: Place) -> None:
        lock = Path(git(blog, "rev-parse", "--absolute-git-dir")) / "index.lock"
        head = place.refresh(None)
        written = {path(1): write(place.folder, comment(1))}

        def step(name: str) -> None:
            if name == "commit.commit":
                lock.touch()

        with pytest.raises(RepositoryBusy):
            place.commit(written, "Publish 1", step, head)
        assert lock.exists()

    def test_is_a_checkout_without_a_branch(self, blog: Path, place: Place) -> None:
        git(blog, "checkout", "-q", "--detach")
        with pytest.raises(RepositoryBusy, match="No branch"):
            place.refresh(None)

    def test_is_a_repository_without_a_commit(self, tmp_path: Path) -> None:
        (tmp_path / "new" / "content").mkdir(parents=True)
        git(tmp_path, "init", "-q", "new")
        place = open_place(Settings(blog=tmp_path / "new", comments_git="here"))
        with pytest.raises(RepositoryBusy, match="no commit yet"):
            place.refresh(None)


class TestStaffAtTheSameMoment:
    """Whatever they do between a look and its commit, the next look must see it."""

    @pytest.mark.parametrize("moment", ["commit.add", "commit.commit"])
    def test_commit_and_are_not_passed_over(self, blog: Path, place: Place, moment: str) -> None:
        place.refresh(None)
        looked = commit(place, comment(1))
        written = {path(2): write(place.folder, comment(2))}
        theirs: list[str] = []

        def step(name: str) -> None:
            if name == moment:
                (place.folder / path(1)).write_text("de la plantilla")
                git(blog, "commit", "-q", "-m", "staff", "--", f"{COMMENTS}/{path(1)}")
                theirs.append(git(blog, "rev-parse", "HEAD"))

        with pytest.raises(PushRejected, match="Somebody changed the comments"):
            place.commit(written, "Publish 1", step, looked)
        assert files(place.changes(looked))[f"hola/{numbered(1)}"] == b"de la plantilla"
        now = place.refresh(looked)
        assert place.commit(written, "Publish 1", no_step, now) == git(blog, "rev-parse", "HEAD")
        assert git(blog, "rev-list", f"{looked}..HEAD").splitlines()[-1] == theirs[0]

    def test_commit_before_it_and_nothing_is_committed(self, blog: Path, place: Place) -> None:
        looked = place.refresh(None)
        written = {path(1): write(place.folder, comment(1))}
        git(blog, "commit", "-q", "--allow-empty", "-m", "staff")
        theirs = git(blog, "rev-parse", "HEAD")
        with pytest.raises(PushRejected):
            place.commit(written, "Publish 1", no_step, looked)
        assert git(blog, "rev-parse", "HEAD") == theirs

    @pytest.mark.parametrize("moment", ["commit.add", "commit.commit"])
    def test_save_a_draft_that_is_not_taken_for_what_was_written(
        self, blog: Path, place: Place, moment: str
    ) -> None:
        looked = place.refresh(None)
        written = {path(1): write(place.folder, comment(1))}

        def step(name: str) -> None:
            if name == moment:
                (place.folder / path(1)).write_text("borrador")

        with pytest.raises(PushRejected):
            place.commit(written, "Publish 1", step, looked)
        assert files(place.changes(looked)) == {f"hola/{numbered(1)}": b"borrador"}

    def test_go_to_another_branch(self, blog: Path, place: Place) -> None:
        git(blog, "branch", "otra")
        place.refresh(None)
        looked = commit(place, comment(1))
        git(blog, "checkout", "-q", "otra")
        with pytest.raises(PushRejected):
            place.commit({path(1): digest(comment(1))}, "Publish 1", no_step, looked)


class TestAFolder:
    def test_in_no_repository_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "content").mkdir()
        place = open_place(Settings(blog=tmp_path, comments_git="here"))
        with pytest.raises(GitFailed, match="is in no Git repository"):
            place.refresh(None)

    @pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
    def test_of_another_user_says_what_to_do(self, blog: Path, place: Place) -> None:
        top = Path(git(blog, "rev-parse", "--show-toplevel"))
        os.chown(top, 65534, 65534)
        with pytest.raises(GitFailed, match=r"safe\.directory"):
            place.refresh(None)


class TestWhatCounts:
    def test_is_what_is_committed(self, blog: Path, place: Place) -> None:
        head = place.refresh(None)
        commit(place, comment(1), comment(2))
        (place.folder / path(1)).write_text("edición en curso")
        (place.folder / path(2)).unlink()
        assert files(place.changes(head)).keys() == {f"hola/{numbered(n)}" for n in (1, 2)}
        assert all(found.data for found in place.find(numbered(1)))
        assert place.uncommitted("hola", numbered(1))
        assert place.uncommitted("hola", numbered(2))
        assert not place.uncommitted("hola", numbered(3))

    def test_is_staffs_edit_once_they_committed_it(self, blog: Path, place: Place) -> None:
        place.refresh(None)
        head = commit(place, comment(1), comment(2))
        git(blog, "mv", f"{COMMENTS}/{path(1)}", f"{COMMENTS}/{path(3)}")
        git(blog, "rm", "-q", f"{COMMENTS}/{path(2)}")
        git(blog, "commit", "-q", "-m", "staff")
        changes = files(place.changes(head))
        assert changes.keys() == {f"hola/{numbered(n)}" for n in (1, 2, 3)}
        assert changes[f"hola/{numbered(1)}"] is changes[f"hola/{numbered(2)}"] is None

    def test_is_all_of_it_when_the_believed_head_is_unknown(self, place: Place) -> None:
        place.refresh(None)
        commit(place, comment(1))
        assert len(list(place.changes("0123456789" * 4))) == 1


def test_random_work_of_staffs_is_never_touched(blog: Path, place: Place) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    articles = blog / "content" / "articles"
    for number in range(1, 13):
        file = articles / f"{rng.choice(['uno', 'dos', 'tres', 'cuatro', 'z'])}.md"
        match rng.randrange(4):
            case 0:
                file.write_text(f"{rng.random()}\n")
            case 1:
                git(blog, "add", "-A", "content/articles")
            case 2:
                file.unlink(missing_ok=True)
            case _:
                git(blog, "commit", "-q", "--allow-empty", "-m", "staff")
        before = staffs(blog)
        place.refresh(None)
        commit(place, comment(number))
        assert staffs(blog) == before


def test_a_link_in_the_place_of_a_comment_is_not_written_through(
    blog: Path, place: Place, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (blog / COMMENTS / "hola").symlink_to(tmp_path / "outside")
    place.refresh(None)
    with pytest.raises(CannotWrite):
        commit(place, comment(1))
    assert list((tmp_path / "outside").iterdir()) == []
