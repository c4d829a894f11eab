"""What a build reads of the blog's checkout is what is committed, never a draft beside it."""

from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from comments_service.content_repo import Place, no_step, open_place, write
from comments_service.errors import CannotWrite, GitFailed
from tests.git.conftest import MakeTeam
from tests.git.repositories import comment, commit, digest, git, numbered, path, tombstone

COMMENTS = "content/comments"


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    folder = tmp_path / "blog"
    (folder / COMMENTS).mkdir(parents=True)
    (folder / "content" / "site.toml").write_text("")
    (folder / ".gitignore").write_text("var/\n")
    git(tmp_path, "init", "-q", "--initial-branch=main", str(folder))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "El blog")
    return folder


@pytest.fixture
def place(blog: Path) -> Place:
    return open_place(Settings(blog=blog, comments_git="here"))


def there(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


class TestASnapshotOfTheCheckout:
    def test_holds_what_is_committed_and_no_draft(self, blog: Path, place: Place) -> None:
        commit(place, comment(1), comment(2, "otra"))
        committed = there(place.folder)
        write(place.folder, comment(1, body="borrador"))
        write(place.folder, comment(3))
        (place.folder / path(2, "otra")).unlink()
        folder = place.snapshot()
        assert there(folder) == committed
        assert folder == blog / "var" / "comments-at-head"
        assert git(blog, "status", "--porcelain", "var") == ""

    def test_follows_the_head(self, blog: Path, place: Place) -> None:
        commit(place, comment(1), comment(2))
        place.snapshot()
        commit(place, tombstone(1))
        git(blog, "rm", "-q", f"{COMMENTS}/{path(2)}")
        git(blog, "commit", "-q", "-m", "staff")
        assert there(place.snapshot()) == {str(path(1)): (place.folder / path(1)).read_bytes()}
        git(blog, "reset", "-q", "--hard", "HEAD~2")
        assert there(place.snapshot()) == there(place.folder)

    def test_is_made_again_only_when_the_comments_differ(self, blog: Path, place: Place) -> None:
        commit(place, comment(1))
        file = place.snapshot() / path(1)
        before = file.stat().st_ino, file.stat().st_mtime_ns
        git(blog, "commit", "-q", "--allow-empty", "-m", "staff")
        assert place.snapshot() == file.parent.parent
        assert (file.stat().st_ino, file.stat().st_mtime_ns) == before

    @pytest.mark.parametrize("moment", ["Path.rename", "os.sync", "Path.write_bytes"])
    def test_that_was_cut_short_is_made_by_the_next(
        self, place: Place, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        class Killed(BaseException):
            pass

        def killed(*_: object) -> None:
            raise Killed

        commit(place, comment(1))
        place.snapshot()
        commit(place, comment(2))
        with monkeypatch.context() as patched:
            patched.setattr(moment.replace("Path", "pathlib.Path"), killed)
            with pytest.raises(Killed):
                place.snapshot()
        assert there(place.snapshot()) == there(place.folder)

    def test_leaves_out_what_is_no_plain_comment_file(self, blog: Path, place: Place) -> None:
        commit(place, comment(1))
        (place.folder / path(2)).symlink_to("/etc/passwd")
        (place.folder / "hola" / "LEEME.md").write_text("x")
        (place.folder / "hola" / "../raro.txt").write_text("x")
        git(blog, "add", "-A")
        git(blog, "commit", "-q", "-m", "staff")
        assert there(place.snapshot()).keys() == {str(path(1))}

    def test_of_no_comments_is_an_empty_folder(self, tmp_path: Path, place: Place) -> None:
        assert there(place.snapshot()) == {}
        (tmp_path / "nuevo" / "content").mkdir(parents=True)
        git(tmp_path, "init", "-q", "nuevo")
        unborn = open_place(Settings(blog=tmp_path / "nuevo", comments_git="here"))
        assert there(unborn.snapshot()) == {}

    def test_that_cannot_be_made_says_so(self, blog: Path, place: Place) -> None:
        (blog / "var").write_text("a file")
        with pytest.raises(CannotWrite, match="comments-at-head could not be written"):
            place.snapshot()


def test_elsewhere_a_snapshot_is_the_folder_itself(make_team: MakeTeam) -> None:
    team = make_team()
    for mode in ("off", "clone"):
        place = open_place(team.settings.model_copy(update={"comments_git": mode}))
        assert place.snapshot() == place.folder
        assert place.branch is None
        assert place.ignored([path(1)]) == set()


def test_no_history_but_its_own_recalls(place: Place) -> None:
    commit(place, comment(1))
    for each in (place, open_place(Settings(blog=place.folder.parent.parent))):
        assert each.recalls([numbered(1)], None) == set()


def test_the_branch_is_the_one_checked_out(blog: Path, place: Place) -> None:
    assert place.branch == "main"
    git(blog, "checkout", "-q", "-b", "borrador/uno")
    assert place.branch == "borrador/uno"
    git(blog, "checkout", "-q", "--detach")
    assert place.branch is None


class TestAnIgnoredThread:
    @pytest.mark.parametrize("below", ["", ":(top)sitio"])
    def test_is_named_and_holds_up_no_other(self, tmp_path: Path, below: str) -> None:
        top = tmp_path / "top"
        git(tmp_path, "init", "-q", "--initial-branch=main", str(top))
        blog = top / below
        (blog / "content").mkdir(parents=True)
        (top / ".gitignore").write_text("build\n")
        git(top, "add", "-A")
        git(top, "commit", "-q", "-m", "El blog")
        place = open_place(Settings(blog=blog, comments_git="here"))
        entries = [comment(1, "build"), comment(2, "hola")]
        paths = [path(1, "build"), path(2)]
        assert place.ignored(paths) == {path(1, "build")}
        head = commit(place, *entries)
        assert git(top, "ls-tree", "-r", "--name-only", "HEAD").endswith(str(path(2)))
        with pytest.raises(GitFailed, match="a .gitignore says so"):
            place.commit({path(1, "build"): digest(entries[0])}, "Publish 1", no_step, head)

    def test_that_git_knows_already_is_none(self, blog: Path, place: Place) -> None:
        commit(place, comment(1))
        (blog / ".gitignore").write_text("hola\n")
        assert place.ignored([path(1), path(2)]) == {path(2)}
        commit(place, tombstone(1))
        assert b"withdrawn" in (place.snapshot() / path(1)).read_bytes()

    def test_beside_a_link_is_named_all_the_same(self, blog: Path, place: Place) -> None:
        (blog / ".gitignore").write_text("build\n")
        (place.folder / "enlace").symlink_to("/etc")
        assert place.ignored([path(1, "enlace"), path(2, "build"), path(3)]) == {path(2, "build")}


def test_attributes_that_change_comments_are_named(blog: Path, place: Place) -> None:
    (blog / ".gitattributes").write_text("*.md ident\n")
    with pytest.raises(GitFailed, match="a line of .gitattributes"):
        commit(place, comment(1, body="$Id: uno $"))
