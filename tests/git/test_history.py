"""A history of their own for the comments of a blog, made beside staff's without touching it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments_service.cli import main
from comments_service.config.settings import Settings
from comments_service.content_repo import (
    begin,
    check_commit,
    no_step,
    open_place,
    separate,
    write,
)
from comments_service.errors import CannotStart, GitFailed, RepositoryBusy
from tests.git.repositories import comment, commit, files, git, numbered, path, tombstone

COMMENTS = "content/comments"


@pytest.fixture(params=["", "sitios/blog"], ids=["alone", "subfolder"])
def blog(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A blog in staff's repository with two comments committed, one not."""
    top = tmp_path / "staff"
    git(tmp_path, "init", "-q", "--initial-branch=main", str(top))
    folder = top / request.param
    (folder / COMMENTS).mkdir(parents=True)
    (folder / COMMENTS / ".gitkeep").touch()
    (folder / ".gitignore").write_text("var/\noutput/")
    (folder / "content" / "articulo.md").write_text("uno\n")
    write(folder / COMMENTS, comment(1))
    write(folder / COMMENTS, comment(2, "otra"))
    (folder / COMMENTS / "hola" / "thread.md").write_text("closed")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "El blog")
    write(folder / COMMENTS, comment(3))
    return folder


def top_of(blog: Path) -> Path:
    return Path(git(blog, "rev-parse", "--show-toplevel"))


def on_disk(blog: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(blog)): file.read_bytes()
        for file in sorted(blog.rglob("*"))
        if file.is_file() and ".git/" not in str(file)
    }


class TestSeparating:
    def test_makes_a_branch_with_the_comments_at_its_root(self, blog: Path) -> None:
        done = separate(blog)
        listed = git(top_of(blog), "ls-tree", "-r", "--name-only", "comments").splitlines()
        assert listed == sorted(
            [".gitattributes", "hola/thread.md", str(path(1)), str(path(2, "otra")), str(path(3))]
        )
        assert git(blog, "rev-list", "--count", "comments") == "1"
        assert git(blog, "show", "comments:.gitattributes") == "* -text"
        assert done.files == 3
        assert done.branch == "comments"
        for number, thread in ((1, "hola"), (2, "otra"), (3, "hola")):
            inside = git(blog, "cat-file", "blob", f"comments:{path(number, thread)}")
            assert inside == (blog / COMMENTS / path(number, thread)).read_text().rstrip("\n")

    def test_leaves_every_file_on_the_disk(self, blog: Path) -> None:
        before = on_disk(blog)
        separate(blog)
        before[".gitignore"] = b"var/\noutput/\n/content/comments/\n"
        assert on_disk(blog) == before

    def test_is_one_commit_of_staffs_branch_that_touches_nothing_else(self, blog: Path) -> None:
        before = git(blog, "rev-parse", "main")
        separate(blog)
        assert git(blog, "rev-parse", "main^") == before
        shown = git(blog, "show", "--format=", "--name-status", "--relative", "main").splitlines()
        assert shown == [
            "M\t.gitignore",
            f"D\t{COMMENTS}/.gitkeep",
            f"D\t{COMMENTS}/{path(1)}",
            f"D\t{COMMENTS}/hola/thread.md",
            f"D\t{COMMENTS}/{path(2, 'otra')}",
        ]
        assert git(blog, "status", "--porcelain") == ""

    def test_keeps_staffs_staged_and_unstaged_work(self, blog: Path) -> None:
        article = blog / "content" / "articulo.md"
        article.write_text("preparado\n")
        git(blog, "add", str(article))
        article.write_text("preparado y más\n")
        (blog / "content" / "nuevo.md").write_text("nuevo\n")

        def work() -> tuple[str, str, str]:
            own = ["--", "content/articulo.md", "content/nuevo.md"]
            return (
                git(blog, "diff", *own),
                git(blog, "diff", "--cached", *own),
                git(blog, "status", "--porcelain=v2", *own),
            )

        before = work()
        separate(blog)
        assert work() == before
        assert git(blog, "diff", "--cached", "--name-only", "--relative") == "content/articulo.md"

    def test_names_the_remote_and_what_to_push(self, blog: Path) -> None:
        git(blog, "remote", "add", "origin", "https://ada:gehe1m@example.org/blog.git")
        done = separate(blog)
        assert done.settings == {
            "TERTULIA_COMMENTS_GIT": "clone",
            "TERTULIA_COMMENTS_REMOTE": "https://example.org/blog.git",
            "TERTULIA_COMMENTS_BRANCH": "comments",
        }
        assert done.pushed == ("main", "comments")

    def test_gives_a_history_that_the_service_can_publish_to(self, blog: Path) -> None:
        done = separate(blog)
        settings = Settings(blog=blog, comments_git="clone", comments_remote=done.remote)
        place = open_place(settings)
        head = place.refresh(None)
        assert len(files(place.changes(None))) == 3
        commit(place, tombstone(1))
        place.refresh(head)
        place.forget([path(1)], no_step)
        found = {
            f"{each}/{numbered(number)}" for number, each in ((1, "hola"), (2, "otra"), (3, "hola"))
        }
        assert files(place.changes(None)).keys() == found
        assert git(blog, "status", "--porcelain") == ""

    def test_again_is_refused_and_changes_nothing(self, blog: Path) -> None:
        git(blog, "branch", "comments")
        before = git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")
        with pytest.raises(CannotStart, match="There is a branch comments already"):
            separate(blog)
        assert (git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")) == before
        assert separate(blog, "conversaciones").branch == "conversaciones"

    def test_again_of_what_is_done_tells_the_same(self, blog: Path) -> None:
        done = separate(blog)
        before = git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")
        assert separate(blog).settings == done.settings
        assert (git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")) == before

    def test_cut_short_before_the_index_is_finished_by_the_next(
        self, blog: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        def killed(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr("comments_service.content_repo.history._untrack", killed)
            with pytest.raises(Killed):
                separate(blog)
        assert git(blog, "status", "--porcelain") != ""
        separate(blog)
        assert git(blog, "status", "--porcelain") == ""

    def test_cut_short_before_the_branches_is_done_by_the_next(self, blog: Path) -> None:
        (blog / ".gitignore").write_text("var/\noutput/\n/content/comments/\n")
        separate(blog)
        assert git(blog, "status", "--porcelain") == ""

    @pytest.mark.parametrize("name", [".gitignore", f"{COMMENTS}/{path(1)}"])
    @pytest.mark.parametrize("staged", [True, False])
    def test_waits_for_changes_that_are_not_committed(
        self, blog: Path, name: str, staged: bool
    ) -> None:
        (blog / name).write_text("otra cosa\n")
        if staged:
            git(blog, "add", name)
        before = git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")
        with pytest.raises(CannotStart, match="changes that are not committed"):
            separate(blog)
        assert (git(blog, "for-each-ref"), git(blog, "status", "--porcelain=v2")) == before

    def test_waits_for_a_merge(self, blog: Path) -> None:
        top = top_of(blog)
        (Path(git(top, "rev-parse", "--absolute-git-dir")) / "MERGE_HEAD").write_text(
            git(top, "rev-parse", "HEAD") + "\n"
        )
        with pytest.raises(RepositoryBusy, match="A merge"):
            separate(blog)

    def test_takes_no_link_along(self, blog: Path) -> None:
        (blog / COMMENTS / path(4)).symlink_to("/etc/passwd")
        separate(blog)
        assert str(path(4)) not in git(top_of(blog), "ls-tree", "-r", "--name-only", "comments")

    def test_refuses_a_link_that_is_committed(self, blog: Path) -> None:
        (blog / COMMENTS / path(4)).symlink_to("/etc/passwd")
        git(blog, "add", "-A")
        git(blog, "commit", "-q", "-m", "x")
        with pytest.raises(CannotStart, match="is no plain file"):
            separate(blog)

    def test_needs_a_repository(self, tmp_path: Path) -> None:
        with pytest.raises(GitFailed, match="is in no Git repository"):
            separate(tmp_path)


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(
        main, [str(each) for each in arguments], env={"LC_ALL": "C", **environment}
    )


def init(folder: Path, **environment: str) -> Result:
    given = ["--name", "Consejo", "--address", "https://blog.example.org", "--languages", "es"]
    return run("init", folder, *given, "--contact", "a@example.org", "--yes", **environment)


class TestANewBlog:
    def test_has_a_repository_whose_first_commit_is_staffs(self, tmp_path: Path) -> None:
        blog = tmp_path / "blog"
        done = init(blog)
        assert done.exit_code == 0, done.output
        assert git(blog, "for-each-ref", "--format=%(refname)") == "refs/heads/comments"
        assert git(blog, "symbolic-ref", "HEAD") == "refs/heads/main"
        listed = git(blog, "ls-tree", "-r", "--name-only", "comments").splitlines()
        assert listed == [
            ".gitattributes",
            *(f"_site/rules/0{number}-v1.es.md" for number in range(1, 9)),
        ]
        assert check_commit(blog, "comments", "") == []
        git(blog, "add", "-A")
        git(blog, "commit", "-q", "-m", "El blog")
        assert "content/comments" not in git(blog, "ls-files")
        lines = done.output.splitlines()
        assert lines[-4:] == [
            "For production, write these three settings in .env:",
            "  TERTULIA_COMMENTS_GIT=clone",
            f"  TERTULIA_COMMENTS_REMOTE={blog}",
            "  TERTULIA_COMMENTS_BRANCH=comments",
        ]

    def test_publishes_with_just_these_settings(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blog = tmp_path / "blog"
        for line in init(blog).output.splitlines()[-3:]:
            monkeypatch.setenv(*line.strip().split("="))
        place = open_place(Settings(blog=blog))
        place.refresh(None)
        assert commit(place, comment(1)) == git(blog, "rev-parse", "comments")

    def test_without_git_is_made_all_the_same(self, tmp_path: Path) -> None:
        done = init(tmp_path / "blog", PATH=str(tmp_path))
        assert done.exit_code == 0, done.output
        assert "Git is not installed" in done.stderr
        assert "tertulia comments separate" in done.output.splitlines()[-1]
        assert (tmp_path / "blog" / "content" / "site.toml").is_file()

    def test_in_somebodys_repository_leaves_that_alone(self, blog: Path) -> None:
        top = top_of(blog)
        before = git(top, "for-each-ref")
        done = init(top / "nuevo")
        assert done.exit_code == 0, done.output
        assert not (top / "nuevo" / ".git").exists()
        assert git(top, "for-each-ref") == before
        assert "tertulia comments separate" in done.output.splitlines()[-1]

    def test_in_a_repository_that_was_just_begun_uses_that(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q", "--initial-branch=principal", "blog")
        assert init(tmp_path / "blog").exit_code == 0
        assert git(tmp_path / "blog", "symbolic-ref", "HEAD") == "refs/heads/principal"
        assert git(tmp_path / "blog", "for-each-ref", "--format=%(refname:short)") == "comments"

    def test_is_begun_once(self, tmp_path: Path) -> None:
        assert begin(tmp_path) is not None
        with pytest.raises(CannotStart):
            begin(tmp_path)


class TestTheCommand:
    def test_tells_what_to_push_and_to_set(self, blog: Path) -> None:
        git(blog, "remote", "add", "origin", "git@example.org:blog.git")
        done = run("comments", "separate", "--blog", blog)
        assert done.exit_code == 0, done.output
        assert done.output.splitlines() == [
            "The branch comments holds the comments now: 3",
            "Push it: git push origin main comments",
            "For production, write these three settings in .env:",
            "  TERTULIA_COMMENTS_GIT=clone",
            "  TERTULIA_COMMENTS_REMOTE=git@example.org:blog.git",
            "  TERTULIA_COMMENTS_BRANCH=comments",
        ]

    def test_takes_another_name_for_the_branch(self, blog: Path) -> None:
        done = run("comments", "separate", "--branch", "conversaciones", "--blog", blog)
        assert done.exit_code == 0, done.output
        assert "conversaciones" in git(blog, "branch", "--list", "conversaciones")

    @pytest.mark.parametrize("branch", ["--upload-pack=x", "a b", "a..b", "-x"])
    def test_refuses_what_is_no_name_of_a_branch(self, blog: Path, branch: str) -> None:
        done = run("comments", "separate", f"--branch={branch}", "--blog", blog)
        assert done.exit_code == 1
        assert "must be the name of a branch" in done.stderr

    def test_explains_itself(self) -> None:
        for group in ("comments", "publish"):
            shown = run(group, "--help")
            assert shown.exit_code == 0
            assert "Example:" in shown.output
