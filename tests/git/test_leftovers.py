"""Temp files of killed writes are removed, and nothing else is."""

import os
from pathlib import Path, PurePosixPath

import pytest

from comments_service.content_repo import remove_leftovers, write
from comments_service.content_repo.places import Off
from comments_service.errors import CannotWrite
from tests.git.repositories import comment, numbered, path

LEFT = f".{numbered(1)}.tmp"


def test_what_a_killed_write_left_is_removed(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def step(name: str) -> None:
        if name == "write.rename":
            os.link(tmp_path / "c" / "hola" / LEFT, tmp_path / "kept")
            raise Killed

    root = tmp_path / "c"
    write(root, comment(2))
    with pytest.raises(Killed):
        write(root, comment(1), step)
    os.link(tmp_path / "kept", root / "hola" / LEFT)  # as after a SIGKILL
    assert remove_leftovers(root) == [PurePosixPath("hola", LEFT)]
    assert remove_leftovers(root) == []
    assert [item.name for item in (root / "hola").iterdir()] == [path(2).name]


@pytest.mark.parametrize(
    "name",
    [
        LEFT,
        f"hola/{numbered(1)}.tmp",
        f"hola/.{numbered(1)}.tmp~",
        f"hola/.{numbered(1)}.md.tmp",
        "hola/.nota.tmp",
        f"hola/{numbered(1)}.md",
        f"hola/.{numbered(1).upper()}.tmp",
        f"hola/abajo/{LEFT}",
        f"Hola/{LEFT}",
        f".git/{LEFT}",
    ],
)
def test_nothing_else_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("x")
    assert remove_leftovers(tmp_path) == []
    assert (tmp_path / name).read_text() == "x"


def test_no_link_is_followed_and_no_folder_removed(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "c"
    outside.mkdir()
    (outside / LEFT).write_text("x")
    (root / "otra" / LEFT).mkdir(parents=True)
    (root / "hola").symlink_to(outside)
    (root / "otra" / f".{numbered(2)}.tmp").symlink_to(outside / LEFT)
    assert remove_leftovers(root) == []
    assert (outside / LEFT).exists()
    assert remove_leftovers(tmp_path / "none") == []


class TestAFolderThatCannotBeRead:
    """Its comments are not gone: publishing stops and names it."""

    def test_is_no_empty_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, comment(1))
        real = os.listdir

        def listdir(folder: str = ".") -> list[str]:
            if str(folder).endswith("hola"):
                raise PermissionError(13, "Permission denied", str(folder))
            return real(folder)

        monkeypatch.setattr(os, "listdir", listdir)
        with pytest.raises(CannotWrite, match=r"hola cannot be read: Permission denied"):
            list(Off(tmp_path).changes(None))
