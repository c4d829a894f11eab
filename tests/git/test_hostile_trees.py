"""Links, programs and submodules that somebody committed among the comments (T25), and names
that try to become arguments or trailers of Git (T26)."""

import os
from pathlib import Path

import pytest

from comments_service.content_repo import no_step, open_place, write
from comments_service.content_repo.places import Off
from comments_service.errors import CannotWrite
from tests.git.conftest import MakeTeam
from tests.git.repositories import Team, comment, commit, files, git, numbered, path, tombstone

LINK = "is a symbolic link, not a plain file"
PROGRAM = "is marked as a program, not as a plain file"
SUBMODULE = "is another repository, not a plain file"
FOLDER = "its folder was replaced by something that is no folder"


@pytest.fixture(params=["", "content/comments"], ids=["own", "folder"])
def team(request: pytest.FixtureRequest, make_team: MakeTeam) -> Team:
    return make_team(path=request.param)


def staffs_folder(team: Team) -> Path:
    return team.staff / team.settings.comments_path


class TestSomethingElseInTheTree:
    def test_is_a_problem_of_its_place(self, team: Team) -> None:
        head = team.publish(*(comment(number) for number in (1, 2, 3)))
        team.pull()
        folder = staffs_folder(team)
        (folder / path(1)).unlink()
        (folder / path(1)).symlink_to("/etc/passwd")
        (folder / path(2)).chmod(0o755)
        commit_id = git(team.staff, "rev-parse", "HEAD")
        git(team.staff, "add", "-A")
        inside = (folder / path(4)).relative_to(team.staff)
        info = f"160000,{commit_id},{inside}"
        git(team.staff, "update-index", "--add", "--cacheinfo", info)
        git(team.staff, "commit", "-q", "-m", "staff")
        git(team.staff, "push", "-q", "origin", team.branch)
        place = team.place
        place.refresh(head)
        wanted = {
            f"hola/{numbered(1)}": LINK,
            f"hola/{numbered(2)}": PROGRAM,
            f"hola/{numbered(4)}": SUBMODULE,
        }
        assert files(place.changes(head)) == wanted
        assert files(place.find(numbered(1))) == {f"hola/{numbered(1)}": LINK}

    def test_is_not_written_through(self, team: Team) -> None:
        team.publish(comment(1))
        team.pull()
        (staffs_folder(team) / path(1)).unlink()
        (staffs_folder(team) / path(1)).symlink_to(team.remote / "description")
        head = team.push()
        kept = (team.remote / "description").read_bytes()
        place = team.place
        place.refresh(None)
        with pytest.raises(CannotWrite, match="is a link"):
            commit(place, tombstone(1))
        assert team.head == head
        assert (team.remote / "description").read_bytes() == kept

    def test_in_the_place_of_a_thread_withdraws_nothing(self, team: Team) -> None:
        head = team.publish(comment(1), comment(2, "otra"))
        team.pull()
        outside = team.remote.parent / "outside"
        outside.mkdir()
        git(team.staff, "rm", "-q", "-r", str(staffs_folder(team) / "hola"))
        (staffs_folder(team)).mkdir(exist_ok=True)
        (staffs_folder(team) / "hola").symlink_to(outside)
        team.push()
        place = team.place
        place.refresh(head)
        assert files(place.changes(head)) == {f"hola/{numbered(1)}": FOLDER}
        with pytest.raises(CannotWrite):
            commit(place, comment(1))
        assert list(outside.iterdir()) == []

    def test_that_was_a_program_is_plain_again_once_written(self, team: Team) -> None:
        team.publish(comment(1))
        team.pull()
        (staffs_folder(team) / path(1)).chmod(0o755)
        team.push()
        team.publish(tombstone(1))
        assert all(found.data for found in team.place.changes(None))


def test_the_folder_of_all_comments_as_a_link_withdraws_nothing(make_team: MakeTeam) -> None:
    team = make_team(path="content/comments")
    head = team.publish(comment(1))
    for name in ("content/comments", "content"):
        team.pull()
        git(team.staff, "rm", "-q", "-r", name)
        (team.staff / name).parent.mkdir(exist_ok=True)
        (team.staff / name).symlink_to("/etc")
        team.push()
        place = team.place
        place.refresh(head)
        assert files(place.changes(head)) == {f"hola/{numbered(1)}": FOLDER}
        git(team.staff, "revert", "--no-edit", "HEAD")
        git(team.staff, "push", "-q", "origin", team.branch)


@pytest.mark.parametrize(
    "author",
    ["--upload-pack=touch ran", "x\tCo-authored-by: Mallory <m@example.org>", "-c core.pager=x"],
)
def test_what_readers_write_reaches_neither_arguments_nor_messages(
    make_team: MakeTeam, author: str
) -> None:
    team = make_team()
    author = author.replace("\t", " ")
    body = "Hola\n\nCo-authored-by: Mallory <m@example.org>\nSigned-off-by: x <x@x>"
    team.publish(comment(1, author=author, body=body))
    told = git(team.remote, "log", "-1", "--format=%an|%ae|%cn|%ce|%(trailers)|%B", "comments")
    assert told == "Tertulia|comments@localhost|Tertulia|comments@localhost||Publish 1"


class TestWithoutHistory:
    def test_every_file_counts_as_it_lies_there(self, tmp_path: Path) -> None:
        root = tmp_path / "comments"
        root.mkdir()
        for number in (1, 2):
            write(root, comment(number))
        write(root, comment(3, "otra"))
        (root / path(2)).unlink()
        (root / path(2)).symlink_to("/etc/passwd")
        (root / path(4)).mkdir()
        os.mkfifo(root / path(5))
        (root / "hola" / "thread.md").write_text("x")
        place = Off(root)
        assert files(place.changes(None)) == {
            f"hola/{numbered(1)}": (root / path(1)).read_bytes(),
            f"hola/{numbered(2)}": LINK,
            f"hola/{numbered(4)}": FOLDER,
            f"hola/{numbered(5)}": FOLDER,
            f"otra/{numbered(3)}": (root / path(3, "otra")).read_bytes(),
        }
        assert files(place.find(numbered(3))).keys() == {f"otra/{numbered(3)}"}
        assert place.find(numbered(9)) == []
        assert place.refresh(None) is None
        assert place.commit({path(1): "0" * 16}, "Publish 1", no_step, None) is None
        assert not place.uncommitted("hola", numbered(1))

    def test_a_thread_behind_a_link_is_a_problem(self, tmp_path: Path) -> None:
        (tmp_path / "comments").mkdir()
        write(tmp_path / "outside", comment(1))
        (tmp_path / "comments" / "hola").symlink_to(tmp_path / "outside" / "hola")
        assert files(Off(tmp_path / "comments").changes(None)) == {f"hola/{numbered(1)}": FOLDER}

    def test_a_missing_folder_holds_nothing(self, tmp_path: Path) -> None:
        assert list(Off(tmp_path / "none").changes(None)) == []
        assert Off(tmp_path / "none").find(numbered(1)) == []


def test_each_mode_has_its_place(make_team: MakeTeam) -> None:
    team = make_team()
    modes = {
        mode: open_place(team.settings.model_copy(update={"comments_git": mode}))
        for mode in ("off", "here", "clone")
    }
    assert [place.keeps_history for place in modes.values()] == [False, True, True]
    assert [place.own_history for place in modes.values()] == [False, False, True]
    assert modes["off"].folder == modes["here"].folder == team.settings.blog / "content/comments"
    assert modes["clone"].folder == team.settings.blog / "var/comments"
