"""What somebody may push beside comments neither harms the disk nor makes the clone anew.

The trees are made by hand, as Git itself would not add such names.
"""

import subprocess
from pathlib import Path

import pytest

from comments_service.content_repo import checkout, no_step, private
from comments_service.content_repo import clone as clone_module
from comments_service.content_repo.told import is_broken
from comments_service.errors import GitFailed
from tests.git.conftest import MakeTeam
from tests.git.repositories import Team, comment, commit, files, git, numbered, path, tombstone


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows each time that the clone is made."""
    times: list[int] = []
    make = clone_module.Clone._make

    def counted(self: clone_module.Clone, inside: object) -> None:
        times.append(1)
        make(self, inside)  # type: ignore[arg-type]

    monkeypatch.setattr(clone_module.Clone, "_make", counted)
    return times


def mktree(team: Team, lines: bytes) -> str:
    made = subprocess.run(
        ["git", "mktree", "-z"], cwd=team.remote, input=lines, capture_output=True, check=True
    )
    return made.stdout.decode().strip()


def pushed(team: Team, name: str, mode: str, thing: str) -> str:
    """Put one more entry into the root of the branch; the commit."""
    kind = {"040000": "tree", "120000": "blob", "100644": "blob"}[mode]
    there = git(team.remote, "ls-tree", "-z", team.branch).encode()
    top = mktree(team, there + f"{mode} {kind} {thing}\t{name}\0".encode())
    new = git(team.remote, "commit-tree", "-p", team.head, "-m", "odd", top)
    git(team.remote, "update-ref", f"refs/heads/{team.branch}", new)
    return new


def put(team: Team, name: str) -> str:
    """A file of that name, whatever it is."""
    blob = git(team.remote, "rev-parse", f"{team.branch}:{path(1)}")
    *above, last = name.split("/")
    mode, thing = "100644", blob
    for part in [last, *reversed(above)][:-1]:
        kind = "tree" if mode == "040000" else "blob"
        thing = mktree(team, f"{mode} {kind} {thing}\t{part}\0".encode())
        mode = "040000"
    return pushed(team, (above or [last])[0], mode, thing)


class TestANameThatIsNoComments:
    @pytest.mark.parametrize(
        "name", ["n" * 300, f"{'n' * 300}/{numbered(5)}.md", "CON", "a/x\n.md", "a b/c", "z/" * 90]
    )
    def test_is_kept_and_not_checked_out(self, team: Team, made: list[int], name: str) -> None:
        head = team.publish(comment(1))
        odd = put(team, name.rstrip("/"))
        assert len(made) == 1
        place = team.place
        assert place.refresh(head) == odd
        assert sorted(each.name for each in team.clone.iterdir()) == [".git", "hola"]
        new = commit(place, comment(2))
        assert new == team.head
        assert git(team.remote, "diff", "--name-only", odd, new) == str(path(2))
        assert place.refresh(new) == new
        assert len(made) == 1

    @pytest.mark.parametrize("name", ["a/../b", ".git/hooks/x", ".GIT/x", "a/.git", "a/./b"])
    def test_that_no_index_takes_is_named(self, team: Team, made: list[int], name: str) -> None:
        head = team.publish(comment(1))
        put(team, name)
        for _ in range(3):
            with pytest.raises(GitFailed, match="a name that Git does not take") as told:
                team.place.refresh(head)
            assert "invalid path" in told.value.detail
        assert len(made) == 1
        git(team.remote, "update-ref", f"refs/heads/{team.branch}", f"{team.branch}~1")
        assert team.place.refresh(head) == head

    def test_stays_where_it_is_when_a_comment_is_erased(self, team: Team) -> None:
        head = team.publish(comment(1, body="Mi DNI"))
        head = team.publish(tombstone(1), believed=head)
        put(team, "n" * 300)
        place = team.place
        place.refresh(head)
        new = place.forget([path(1)], no_step)
        assert new == team.head
        assert "n" * 300 in git(team.remote, "ls-tree", "--name-only", "comments")
        assert sorted(each.name for each in team.clone.iterdir()) == [".git", "hola"]
        assert commit(place, comment(2)) == team.head


def bomb(team: Team, levels: int) -> str:
    """A few objects that stand for ten files to the power of ``levels``."""
    thing = git(team.remote, "rev-parse", f"{team.branch}:{path(1)}")
    mode, kind = "100644", "blob"
    for _ in range(levels):
        lines = "".join(f"{mode} {kind} {thing}\tf{number}\0" for number in range(10))
        thing, mode, kind = mktree(team, lines.encode()), "040000", "tree"
    return pushed(team, "zzz", "040000", thing)


class TestAFewObjectsThatStandForManyFiles:
    def test_are_not_written(self, team: Team) -> None:
        head = team.publish(comment(1))
        odd = bomb(team, 4)
        place = team.place
        assert place.refresh(head) == odd
        assert not (team.clone / "zzz").exists()
        assert files(place.changes(head)) == {}
        assert commit(place, comment(2)) == team.head

    def test_are_refused_when_they_are_too_many(
        self, team: Team, made: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checkout, "MAX_PATHS", 5000)
        head = team.publish(comment(1))
        bomb(team, 9)
        with pytest.raises(GitFailed, match="holds more than 5000 files"):
            team.place.refresh(head)
        assert len(made) == 1
        assert files(team.place.find(numbered(1))).keys() == {f"hola/{numbered(1)}"}


class TestAClone:
    def test_that_stays_broken_is_not_made_again_each_time(
        self, team: Team, made: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = team.publish(comment(1))
        broken = GitFailed("error: bad index file sha1 signature", "no")

        def fails(*_: object) -> None:
            raise broken

        with monkeypatch.context() as patched:
            patched.setattr(clone_module, "check_out", fails)
            for _ in range(4):
                with pytest.raises(GitFailed) as told:
                    team.place.refresh(head)
                assert told.value is broken
        assert len(made) == 2
        assert team.place.refresh(head) == head
        (team.clone / ".git" / "index").write_text("[x")
        assert team.place.refresh(head) == head
        assert len(made) == 3

    def test_may_be_made_again_after_a_while(
        self, team: Team, made: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = team.publish(comment(1))
        (team.clone / ".git" / "index").write_text("[x")
        (team.settings.var_folder / ".comments.remade").touch()
        with pytest.raises(GitFailed):
            team.place.refresh(head)
        monkeypatch.setattr(private, "REMADE_SECONDS", 0.0)
        assert team.place.refresh(head) == head
        assert len(made) == 2

    def test_writes_only_what_differs(self, team: Team) -> None:
        head = team.publish(comment(1), comment(2))
        team.place.refresh(head)
        before = (team.clone / path(1)).stat()
        (team.clone / path(2)).write_text("x")
        assert team.place.refresh(head) == head
        after = (team.clone / path(1)).stat()
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        assert b"Comentario 2." in (team.clone / path(2)).read_bytes()

    def test_in_a_folder_of_staffs_branch_has_the_comments_alone(self, make_team: MakeTeam) -> None:
        team = make_team(branch="main", path="content/comments")
        team.pull()
        (team.staff / "content" / "articles").mkdir(parents=True)
        (team.staff / "content" / "articles" / "a.md").write_text("Un artículo")
        team.push()
        head = team.publish(comment(1))
        listed = {each for each in team.clone.rglob("*") if ".git" not in each.parts}
        assert {each for each in listed if each.is_file()} == {
            team.clone / "content" / "comments" / path(1)
        }
        assert git(team.remote, "show", f"{head}:content/articles/a.md") == "Un artículo"


@pytest.mark.parametrize(
    ("told", "broken"),
    [
        ("error: unable to create file nnn: File name too long", False),
        ("fatal: Could not reset index file to revision 'abc'.", False),
        ("fatal: unable to write new index file", False),
        ("error: unable to write loose object file: No space left on device", False),
        ("error: could not open '.git/objects/x': Permission denied\nfatal: bad object", False),
        ("remote: fatal: bad object abc", False),
        ("error: bad index file sha1 signature\nfatal: index file corrupt", True),
        ("fatal: index file smaller than expected", True),
        ("fatal: bad object abc", True),
        ("error: object file .git/objects/x is empty", True),
    ],
)
def test_damage_is_told_from_other_troubles(told: str, broken: bool) -> None:
    assert is_broken(told) is broken


def test_a_full_disk_is_no_damage(team: Team, made: list[int], tmp_path: Path) -> None:
    head = team.publish(comment(1))
    full = GitFailed("error: unable to create file x: No space left on device\nbad object", "no")

    def fails(*_: object) -> None:
        raise full

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clone_module, "check_out", fails)
        with pytest.raises(GitFailed):
            team.place.refresh(head)
    assert len(made) == 1
