"""The rules stand where the comments stand: in every mode a build finds them there."""

from datetime import date
from pathlib import Path

import pytest

from comments_service.config.rulefile import Wording, dumps, name_of
from comments_service.config.settings import Settings
from comments_service.content_repo import begin, no_step, open_place, separate
from tests.git.conftest import MakeTeam
from tests.git.repositories import Team, comment, commit, files, git, path, tombstone

RULE = Wording(
    number=2,
    version=1,
    lang="es",
    since=date(2026, 1, 15),
    title="Datos",
    text="No cuentes datos privados.",
)
PLACE = f"_site/rules/{name_of(RULE)}"


def put(comments: Path, name: str = PLACE, data: bytes = dumps(RULE)) -> Path:
    file = comments / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


class TestInAClone:
    @pytest.mark.parametrize("below", ["", "content/comments"])
    def test_are_there_for_the_build_and_are_no_comments(
        self, make_team: MakeTeam, below: str
    ) -> None:
        team = make_team(branch="main" if below else "comments", path=below)
        put(team.staff / below)
        put(team.staff / below, "_site/otra.txt", b"nada")
        team.push()
        head = team.publish(comment(1))
        shown = team.place.snapshot()
        assert (shown / PLACE).read_bytes() == dumps(RULE)
        assert not (shown / "_site/otra.txt").exists()
        assert len(files(team.place.changes(None))) == 1
        inside = f"{below}/{PLACE}" if below else PLACE
        assert inside in git(team.remote, "ls-tree", "-r", "--name-only", head)

    def test_stay_when_a_comment_leaves_the_history(self, team: Team) -> None:
        put(team.staff)
        team.push()
        team.publish(comment(1))
        old = team.publish(tombstone(1))
        place = team.place
        place.refresh(old)
        new = place.forget([path(1)], no_step)
        assert PLACE in git(team.remote, "ls-tree", "-r", "--name-only", new)


class TestInTheCheckout:
    def test_are_those_that_are_committed(self, tmp_path: Path) -> None:
        blog = tmp_path / "blog"
        comments = blog / "content" / "comments"
        file = put(comments)
        (blog / ".gitignore").write_text("var/\n")
        git(blog, "init", "-q", "--initial-branch=main")
        git(blog, "add", "-A")
        git(blog, "commit", "-q", "-m", "El blog")
        place = open_place(Settings(blog=blog, comments_git="here"))
        commit(place, comment(1))
        file.write_bytes(b"borrador")
        put(comments, "_site/rules/03-v1.es.md")
        shown = place.snapshot()
        assert (shown / PLACE).read_bytes() == dumps(RULE)
        assert [each.name for each in (shown / "_site" / "rules").iterdir()] == [name_of(RULE)]


class TestABranchOfTheCommentsOwn:
    def test_of_a_new_blog_holds_its_rules(self, tmp_path: Path) -> None:
        put(tmp_path / "content" / "comments")
        begin(tmp_path)
        assert PLACE in git(tmp_path, "ls-tree", "-r", "--name-only", "comments").splitlines()

    def test_takes_them_along_committed_or_not(self, tmp_path: Path) -> None:
        comments = tmp_path / "content" / "comments"
        put(comments)
        put(comments, path(1).as_posix(), b"x")
        git(tmp_path, "init", "-q", "--initial-branch=main")
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", "El blog")
        put(comments, "_site/rules/03-v1.es.md")
        separate(tmp_path)
        listed = git(tmp_path, "ls-tree", "-r", "--name-only", "comments").splitlines()
        assert {PLACE, "_site/rules/03-v1.es.md"} <= set(listed)
        assert "_site" not in git(tmp_path, "ls-files")

    def test_takes_no_link_along(self, tmp_path: Path) -> None:
        comments = tmp_path / "content" / "comments"
        put(tmp_path / "elsewhere")
        comments.mkdir(parents=True)
        (comments / "_site").symlink_to(tmp_path / "elsewhere" / "_site")
        begin(tmp_path)
        assert git(tmp_path, "ls-tree", "-r", "--name-only", "comments") == ".gitattributes"
