"""What CI refuses to publish: anything in a commit of comments that is no comment."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments_service import commentfile
from comments_service.cli import main
from comments_service.config.rulefile import Wording, dumps, name_of
from comments_service.content_repo import changed_rules, check_commit
from comments_service.errors import GitFailed
from tests.git.repositories import comment, git, numbered, path, tombstone


@pytest.fixture(params=["content/comments", ""], ids=["folder", "own"])
def below(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def repository(tmp_path: Path, below: str) -> Path:
    """One comment, committed."""
    folder = tmp_path / "repository"
    git(tmp_path, "init", "-q", "--initial-branch=main", str(folder))
    (folder / ".gitattributes").write_text("* -text\n")
    put(folder, below, 1)
    return folder


def put(repository: Path, below: str, number: int, text: bytes | None = None) -> Path:
    file = repository / below / path(number)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(commentfile.dumps(comment(number)) if text is None else text)
    return file


def committed(repository: Path, message: str = "Publish 1") -> str:
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", message)
    return git(repository, "rev-parse", "HEAD")


def faults(repository: Path, below: str, commits: str = "HEAD") -> list[str]:
    return [f"{fault.where}: {fault}" for fault in check_commit(repository, commits, below)]


RULE = Wording(
    number=2,
    version=1,
    lang="es",
    since=date(2026, 1, 15),
    title="Datos",
    text="No cuentes datos privados.",
)


def put_rule(repository: Path, below: str, text: bytes, name: str = name_of(RULE)) -> Path:
    file = Path(os.path.normpath(repository / below / "_site" / "rules" / name))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
    return file


def warnings(repository: Path, below: str, commits: str = "HEAD") -> list[str]:
    return [fault.where for fault in changed_rules(repository, commits, below)]


GOOD = {
    "settings.md": b'heading: {"es": "Cu\xc3\xa9ntanos"}\n',
    "holidays.txt": b"2026-12-25 Navidad\n",
}


class TestACommitOfWhatStaffSet:
    """Closing, words, deadlines, holidays: beside the rules, and read as strictly."""

    @pytest.mark.parametrize("name", GOOD)
    def test_is_good_when_its_file_can_be_read(
        self, repository: Path, below: str, name: str
    ) -> None:
        if below:
            (repository / ".gitattributes").unlink()
        put_rule(repository, below, GOOD[name], f"../{name}")
        committed(repository)
        assert faults(repository, below) == []
        assert warnings(repository, below) == []

    @pytest.mark.parametrize(
        ("name", "data", "where"),
        [
            ("settings.md", b"heading: <b>\n", "settings.md (1: heading)"),
            ("settings.md", b"theme: {}\n", "settings.md (1: theme)"),
            ("holidays.txt", b"Navidad\n", "holidays.txt (1)"),
            ("settings.md", b"#" * 70_000, "settings.md"),
        ],
    )
    def test_is_refused_with_the_line_of_a_fault(
        self, repository: Path, below: str, name: str, data: bytes, where: str
    ) -> None:
        committed(repository)
        put_rule(repository, below, data, f"../{name}")
        told = faults(repository, below, committed(repository))
        assert where in told[0]

    @pytest.mark.parametrize("name", ["settings.toml", "x/settings.md", "settings.md.bak"])
    def test_is_refused_under_any_other_name(self, repository: Path, below: str, name: str) -> None:
        committed(repository)
        put_rule(repository, below, b"", f"../{name}").touch()
        assert "is no comment's place" in faults(repository, below, committed(repository))[0]


class TestACommitOfRules:
    def test_is_good_when_it_adds_a_version(self, repository: Path, below: str) -> None:
        if below:
            (repository / ".gitattributes").unlink()
        put_rule(repository, below, dumps(RULE))
        committed(repository)
        assert faults(repository, below) == []
        assert warnings(repository, below) == []
        later = replace(RULE, version=2, text="Otra cosa.")
        put_rule(repository, below, dumps(later), name_of(later))
        committed(repository)
        assert faults(repository, below) == []
        assert warnings(repository, below) == []

    def test_is_refused_with_every_fault_of_a_broken_one(
        self, repository: Path, below: str
    ) -> None:
        committed(repository)
        put_rule(repository, below, b'number: 3\nsince: "x"\n\nTexto.\n')
        told = faults(repository, below, committed(repository))
        assert [each.partition("rules/")[2].partition(":")[0] for each in told] == [
            "02-v1.es.md (2",
            "02-v1.es.md (version)",
            "02-v1.es.md (lang)",
            "02-v1.es.md (title)",
            "02-v1.es.md (1",
        ]

    @pytest.mark.parametrize(
        "name", ["2-v1.es.md", "02-v1.es.html", "02-v1.md", "a/02-v1.es.md", "../x.md"]
    )
    def test_is_refused_at_any_other_place(self, repository: Path, below: str, name: str) -> None:
        committed(repository)
        file = repository / below / "_site" / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(dumps(RULE))
        assert "is no comment's place" in faults(repository, below, committed(repository))[0]

    def test_that_is_a_link_is_refused(self, repository: Path, below: str) -> None:
        committed(repository)
        file = put_rule(repository, below, b"")
        file.unlink()
        file.symlink_to("/etc/passwd")
        assert "symbolic link" in faults(repository, below, committed(repository))[0]

    def test_is_told_when_it_changes_or_removes_a_version_and_not_refused(
        self, repository: Path, below: str
    ) -> None:
        if below:
            (repository / ".gitattributes").unlink()
        file = put_rule(repository, below, dumps(RULE))
        first = committed(repository)
        file.write_bytes(dumps(replace(RULE, text="Otra cosa.")))
        changed = committed(repository)
        file.unlink()
        removed = committed(repository)
        name = file.relative_to(repository)
        assert warnings(repository, below, f"{first}..HEAD") == [
            f"{changed[:10]}:{name}",
            f"{removed[:10]}:{name}",
        ]
        assert faults(repository, below, f"{first}..HEAD") == []
        told = CliRunner().invoke(
            main,
            [
                *("publish", "check-commit", f"{first}..HEAD"),
                *("--path", below, "--repository", str(repository)),
            ],
        )
        assert told.exit_code == 0, told.output
        assert str(name) in told.stderr


class TestACommitOfComments:
    def test_is_good_when_it_adds_changes_or_withdraws_comments(
        self, repository: Path, below: str
    ) -> None:
        if below:
            (repository / ".gitattributes").unlink()
        committed(repository)
        put(repository, below, 1, commentfile.dumps(tombstone(1)))
        put(repository, below, 2)
        committed(repository)
        assert faults(repository, below) == []
        assert faults(repository, below, "HEAD~1..HEAD") == []
        assert faults(repository, below, "HEAD~1") == []
        assert faults(repository, below, f"{'0' * 40}..HEAD") == []

    def test_may_lose_one_that_staff_removed_or_moved(self, repository: Path, below: str) -> None:
        committed(repository)
        (repository / below / path(1)).unlink()
        committed(repository)
        assert faults(repository, below) == []

    @pytest.mark.parametrize(
        "place",
        [
            "content/articles/a.md",
            ".github/workflows/site.yml",
            "content/comments/hola/notas.md",
            "hola/../x.md",
            f"content/comments/hola/{numbered(2)}.html",
            f"content/comments/Hola/{numbered(2)}.md",
            f"content/comments/hola/sub/{numbered(2)}.md",
            f"content/commentsx/hola/{numbered(2)}.md",
            "content/comments/hola/con\nsalto.md",
        ],
    )
    def test_must_not_touch_another_path(self, repository: Path, below: str, place: str) -> None:
        committed(repository)
        file = repository / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        put(repository, below, 3)
        commit = committed(repository)
        (told,) = faults(repository, below)
        assert told.startswith(commit[:10])
        assert told.endswith("is no comment's place: such a commit touches comments alone")

    def test_must_hold_no_link(self, repository: Path, below: str) -> None:
        committed(repository)
        (repository / below / path(2)).symlink_to("../../articles/a.md")
        committed(repository)
        (told,) = faults(repository, below)
        assert told.endswith(f"{path(2)}: is a symbolic link, not a plain file")

    def test_must_hold_no_program(self, repository: Path, below: str) -> None:
        committed(repository)
        (repository / below / path(1)).chmod(0o755)
        committed(repository)
        (told,) = faults(repository, below)
        assert told.endswith("is marked as a program, not as a plain file")

    def test_must_hold_no_other_repository(self, repository: Path, below: str) -> None:
        commit = committed(repository)
        inside = str((repository / below / path(2)).relative_to(repository))
        git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},{inside}")
        git(repository, "commit", "-q", "-m", "x")
        (told,) = faults(repository, below)
        assert told.endswith("is another repository, not a plain file")

    def test_must_hold_files_that_parse(self, repository: Path, below: str) -> None:
        committed(repository)
        wrong = commentfile.dumps(comment(2)).replace(b'author: "Aitor"', b"author: 7")
        put(repository, below, 2, wrong)
        put(repository, below, 3, commentfile.dumps(comment(4)))
        committed(repository)
        told = faults(repository, below)
        assert len(told) == 2
        assert "(author)" in told[0]
        assert "(id)" in told[1]

    def test_must_not_be_a_merge_that_smuggles(self, repository: Path, below: str) -> None:
        committed(repository)
        git(repository, "checkout", "-q", "-b", "rama")
        put(repository, below, 2)
        committed(repository)
        git(repository, "checkout", "-q", "main")
        put(repository, below, 3)
        committed(repository)
        git(repository, "merge", "-q", "--no-ff", "--no-commit", "rama")
        (repository / "Makefile").write_text("publish:\n\tcurl evil\n")
        committed(repository)
        (told,) = faults(repository, below, "HEAD~1..HEAD")
        assert told.endswith("is a merge, which a commit of comments never is")

    def test_in_the_middle_of_a_range_is_checked_too(self, repository: Path, below: str) -> None:
        first = committed(repository)
        (repository / "Makefile").write_text("x")
        committed(repository)
        (repository / "Makefile").unlink()
        committed(repository)
        assert len(faults(repository, below, f"{first}..HEAD")) == 2


def test_attributes_stand_only_at_the_root_of_a_history_of_their_own(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "r")
    for text, count in (("* -text\n", 0), ("* filter=evil\n", 1)):
        (tmp_path / "r" / ".gitattributes").write_text(text)
        committed(tmp_path / "r")
        assert len(faults(tmp_path / "r", "")) == count
    assert len(faults(tmp_path / "r", "content/comments")) == 1


@pytest.mark.parametrize("commits", ["--output=x", "nothing", "--all", "HEAD..nothing"])
def test_an_unknown_commit_is_an_error(repository: Path, commits: str) -> None:
    committed(repository)
    with pytest.raises(GitFailed):
        check_commit(repository, commits)
    assert not (repository / "x").exists()


class TestTheCommand:
    def test_says_that_all_is_well(self, repository: Path, below: str) -> None:
        committed(repository)
        put(repository, below, 2)
        committed(repository)
        done = self.run(repository, below)
        assert (done.exit_code, done.output) == (0, "Nothing but comments, all of them whole.\n")

    def test_names_each_fault(self, repository: Path, below: str) -> None:
        committed(repository)
        (repository / "Makefile").write_text("x")
        put(repository, below, 2, b"x")
        commit = committed(repository)
        done = self.run(repository, below)
        assert done.exit_code == 1
        lines = done.stderr.splitlines()
        assert lines[0] == "These commits must not be published:"
        assert len(lines) == 3
        assert all(line.startswith(f"  {commit[:10]}:") for line in lines[1:])

    def test_says_what_git_said_of_an_unknown_commit(self, repository: Path, below: str) -> None:
        committed(repository)
        done = CliRunner().invoke(
            main, ["publish", "check-commit", "v1..v2", "--repository", str(repository)]
        )
        assert done.exit_code == 1
        assert "v1..v2" in done.stderr

    @staticmethod
    def run(repository: Path, below: str):  # type: ignore[no-untyped-def]
        arguments = ["publish", "check-commit", "HEAD", "--path", below]
        return CliRunner().invoke(
            main, [*arguments, "--repository", str(repository)], env=os.environ | {"LC_ALL": "C"}
        )
