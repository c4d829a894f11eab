"""Comment files are written whole or not at all, into plain folders only."""

import errno
import os
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments_service import commentfile
from comments_service.content_repo import entries, highest_number, read, write
from comments_service.domain.comments import Comment, Kind, Markup, Tombstone, WithdrawnBy
from comments_service.errors import CannotWrite, InvalidCommentFile

ID = "01hzz3v7q8f5m2k9d4c6b8a7xy"
STEPS = ["write.temp", "write.fsync", "write.rename", "write.folder"]


def comment(**given: Any) -> Comment:
    return Comment(
        **{
            "id": ID,
            "thread": "hola",
            "revision": 1,
            "number": 1,
            "kind": Kind.COMMENT,
            "markup": Markup.MARKDOWN,
            "author": "Aitor",
            "date": datetime(2026, 11, 14, 9, 15, tzinfo=UTC),
            "body": "¡Hola!\n\nMuy buen artículo.",
        }
        | given
    )


def tombstone(**given: Any) -> Tombstone:
    return Tombstone(
        **{
            "id": ID,
            "thread": "hola",
            "number": 1,
            "date": datetime(2026, 11, 14, 9, 15, tzinfo=UTC),
            "reason": WithdrawnBy.READER,
        }
        | given
    )


def numbered(number: int) -> str:
    return f"01hzz3v7q8f5m2k9d4c6b8{number:04d}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "content" / "comments").mkdir(parents=True)
    return tmp_path / "content" / "comments"


def files(root: Path) -> dict[str, bytes]:
    """Every file below ``root``, temp files too, by its path."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


FILE = f"hola/{ID}.md"


class TestWriting:
    def test_makes_the_file_in_the_folder_of_its_thread(self, root: Path) -> None:
        digest = write(root, comment())
        assert files(root) == {FILE: commentfile.dumps(comment())}
        assert digest == commentfile.digest((root / FILE).read_bytes())

    def test_makes_the_folder_of_all_comments_for_the_first_one(self, root: Path) -> None:
        root.rmdir()
        write(root, comment())
        assert list(files(root)) == [FILE]

    def test_replaces_an_older_wording(self, root: Path) -> None:
        write(root, comment())
        write(root, comment(revision=2, body="Mejor dicho."))
        assert files(root) == {FILE: commentfile.dumps(comment(revision=2, body="Mejor dicho."))}

    def test_replaces_a_comment_by_its_tombstone(self, root: Path) -> None:
        write(root, comment())
        write(root, tombstone())
        assert read(root, "hola", ID) == tombstone()

    def test_leaves_a_file_with_the_same_bytes_alone(self, root: Path) -> None:
        first = write(root, comment())
        os.utime(root / FILE, ns=(1, 1))
        before = (root / FILE).stat()
        steps: list[str] = []
        assert write(root, comment(), steps.append) == first
        after = (root / FILE).stat()
        assert (after.st_mtime_ns, after.st_ino) == (1, before.st_ino)
        assert steps == ["write.folder"]

    def test_names_each_step_before_it_is_done(self, root: Path) -> None:
        seen: dict[str, list[str]] = {}
        write(root, comment(), lambda name: seen.update({name: list(files(root))}))
        assert seen == {
            "write.temp": [],
            "write.fsync": [f"hola/.{ID}.tmp"],
            "write.rename": [f"hola/.{ID}.tmp"],
            "write.folder": [FILE],
        }

    def test_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_is_told(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The order that a power loss needs: bytes, name, folder, folder above (ALICE, 2014)."""
        done: list[str] = []
        fsync, rename = os.fsync, os.rename

        def record_fsync(descriptor: int) -> None:
            size = os.fstat(descriptor).st_size
            kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else f"{size} bytes"
            done.append(f"fsync {kind} {os.fstat(descriptor).st_ino}")
            fsync(descriptor)

        def record_rename(*args: Any, **given: Any) -> None:
            done.append("rename")
            rename(*args, **given)

        monkeypatch.setattr(os, "fsync", record_fsync)
        monkeypatch.setattr(os, "rename", record_rename)
        write(root, comment())
        written = (root / FILE).stat()
        assert done == [
            f"fsync {written.st_size} bytes {written.st_ino}",
            "rename",
            f"fsync folder {(root / 'hola').stat().st_ino}",
            f"fsync folder {root.stat().st_ino}",
        ]

    def test_refuses_what_no_file_can_hold(self, root: Path) -> None:
        with pytest.raises(CannotWrite, match="cannot hold this comment"):
            write(root, comment(body="\n"))
        with pytest.raises(CannotWrite, match="cannot hold this comment"):
            write(root, comment(author="a\nnumber: 7"))
        assert files(root) == {}

    def test_says_when_the_bytes_did_not_arrive(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lose(name: str) -> None:
            if name == "write.folder":
                (root / FILE).write_bytes(b"other")

        with pytest.raises(CannotWrite, match="does not hold what was written"):
            write(root, comment(), lose)


class TestPlaces:
    @pytest.mark.parametrize("thread", ["", ".", "..", "../x", "/x", "a/b", "Hola", "a\0", "_site"])
    def test_are_threads_and_nothing_else(self, root: Path, tmp_path: Path, thread: str) -> None:
        with pytest.raises(CannotWrite):
            write(root, comment(thread=thread))
        assert files(tmp_path) == {}
        assert entries(root, thread) == []

    @given(thread=st.text(), comment_id=st.text())
    def test_are_never_made_of_any_text(
        self, tmp_path_factory: pytest.TempPathFactory, thread: str, comment_id: str
    ) -> None:
        root = tmp_path_factory.getbasetemp() / "places"
        with pytest.raises(CannotWrite):
            write(root, comment(thread=thread, id=comment_id + "/"))
        assert not root.exists()

    def test_are_not_links_to_other_folders(self, root: Path, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (root / "hola").symlink_to(elsewhere)
        with pytest.raises(CannotWrite, match="is a link"):
            write(root, comment())
        assert files(elsewhere) == {}
        assert entries(root, "hola") == []
        with pytest.raises(InvalidCommentFile):
            read(root, "hola", ID)

    def test_are_not_below_a_link(self, root: Path, tmp_path: Path) -> None:
        root.rename(tmp_path / "elsewhere")
        root.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(CannotWrite, match="is a link"):
            write(root, comment())
        assert files(tmp_path / "elsewhere") == {}

    def test_are_not_below_a_link_that_leads_nowhere(self, root: Path, tmp_path: Path) -> None:
        root.rmdir()
        root.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(CannotWrite, match="is a link"):
            write(root, comment())
        assert not (tmp_path / "elsewhere").exists()

    def test_are_not_links_to_other_files(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "secret").write_bytes(commentfile.dumps(comment(body="elsewhere")))
        (root / "hola").mkdir()
        (root / FILE).symlink_to(tmp_path / "secret")
        with pytest.raises(CannotWrite, match="is a link"):
            write(root, comment())
        assert (root / FILE).is_symlink()
        assert b"elsewhere" in (tmp_path / "secret").read_bytes()
        assert entries(root, "hola") == []
        with pytest.raises(InvalidCommentFile):
            read(root, "hola", ID)

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
    def test_are_plain_files(self, root: Path, make: Any) -> None:
        (root / "hola").mkdir()
        make(root / FILE)
        with pytest.raises(CannotWrite):
            write(root, comment())
        with pytest.raises(InvalidCommentFile):
            read(root, "hola", ID)
        assert entries(root, "hola") == []

    def test_are_not_lent_by_a_temp_file_that_is_a_link(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "victim").write_text("mine")
        (root / "hola").mkdir()
        (root / "hola" / f".{ID}.tmp").symlink_to(tmp_path / "victim")
        write(root, comment())
        assert (tmp_path / "victim").read_text() == "mine"
        assert not (root / FILE).is_symlink()

    def test_need_the_content_folder(self, tmp_path: Path) -> None:
        with pytest.raises(CannotWrite, match="No such file"):
            write(tmp_path / "content" / "comments", comment())


KILLED = """
import os, resource, sys
from pathlib import Path
from comments_service import commentfile, content_repo
root, at = Path(sys.argv[1]), sys.argv[2]
entry = commentfile.loads(sys.stdin.buffer.read(), sys.argv[3])
if at.isdigit():
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(at), int(at)))
content_repo.write(root, entry, lambda name: os._exit(9) if name == at else None)
"""


def write_elsewhere(root: Path, entry: Comment, at: str) -> "subprocess.CompletedProcess[bytes]":
    """Write in another process that dies at the step ``at``, or may write ``at`` bytes only."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, root, at, FILE],
        input=commentfile.dumps(entry),
        capture_output=True,
    )


class TestAWriteThatDoesNotEnd:
    old, new = comment(), comment(revision=2, body="Mejor dicho.")

    @pytest.mark.parametrize("there", [False, True])
    @pytest.mark.parametrize("step", STEPS)
    def test_was_killed_and_the_next_one_finishes(self, root: Path, step: str, there: bool) -> None:
        if there:
            write(root, self.old)
        assert write_elsewhere(root, self.new, step).returncode == 9
        before = self.old if there else None
        assert read(root, "hola", ID) == (self.new if step == "write.folder" else before)
        write(root, self.new)
        assert files(root) == {FILE: commentfile.dumps(self.new)}

    @pytest.mark.parametrize("there", [False, True])
    @pytest.mark.parametrize("step", STEPS)
    def test_failed_and_left_nothing_half(self, root: Path, step: str, there: bool) -> None:
        if there:
            write(root, self.old)
        before = files(root)

        def fail(name: str) -> None:
            if name == step:
                raise RuntimeError(name)

        with pytest.raises(RuntimeError):
            write(root, self.new, fail)
        after = {FILE: commentfile.dumps(self.new)} if step == "write.folder" else before
        assert files(root) == after
        write(root, self.new)
        assert files(root) == {FILE: commentfile.dumps(self.new)}

    @pytest.mark.parametrize("call", ["open", "fsync", "rename", "mkdir"])
    @pytest.mark.parametrize(
        ("code", "sentence"),
        [
            (errno.ENOSPC, "the disk is full"),
            (errno.EDQUOT, "the disk is full"),
            (errno.EROFS, "the service may not write there"),
            (errno.EACCES, "the service may not write there"),
            (errno.EIO, "Input/output error"),
        ],
    )
    def test_says_why(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, sentence: str
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise OSError(code, os.strerror(code))

        with monkeypatch.context() as patch:
            patch.setattr(os, call, fail)
            with pytest.raises(CannotWrite, match=sentence) as caught:
                write(root, self.new)
        assert ID in str(caught.value)
        assert files(root) == {}
        write(root, self.new)
        assert list(files(root)) == [FILE]

    def test_had_no_room_for_all_its_bytes(self, root: Path) -> None:
        """A real short write: the kernel takes 100 bytes and refuses the rest."""
        write(root, self.old)
        ended = write_elsewhere(root, comment(body="x" * 8_000), "100")
        assert b"CannotWrite" in ended.stderr
        assert b"File too large" in ended.stderr
        assert files(root) == {FILE: commentfile.dumps(self.old)}


def test_two_writers_and_a_reader_never_meet_half_a_file(root: Path) -> None:
    wordings = [comment(revision=n, body=str(n) * 7_000) for n in (1, 2)]
    whole = [commentfile.dumps(each) for each in wordings]
    write(root, wordings[0])
    stop = threading.Event()
    failures: list[object] = []

    def keep_writing(entry: Comment) -> None:
        try:
            while not stop.is_set():
                write(root, entry)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=keep_writing, args=[entry]) for entry in wordings]
    for writer in writers:
        writer.start()
    for _ in range(300):
        data = (root / FILE).read_bytes()
        if data not in whole:
            failures.append(data)
    stop.set()
    for writer in writers:
        writer.join()
    assert failures == []
    assert list(files(root)) == [FILE]


class TestReading:
    def test_gives_what_was_written(self, root: Path) -> None:
        write(root, comment())
        assert read(root, "hola", ID) == comment()

    def test_gives_nothing_for_what_is_not_there(self, root: Path) -> None:
        assert read(root, "hola", ID) is None
        (root / "hola").mkdir()
        assert read(root, "hola", ID) is None
        assert entries(root, "hola") == []
        assert entries(root / "nowhere", "hola") == []

    def test_names_the_file_that_does_not_parse(self, root: Path) -> None:
        write(root, comment())
        (root / FILE).write_text("nonsense")
        with pytest.raises(InvalidCommentFile) as caught:
            read(root, "hola", ID)
        assert caught.value.file == FILE

    def test_gives_a_thread_by_id_without_what_is_no_comment(self, root: Path) -> None:
        for number in (3, 1, 2):
            write(root, comment(id=numbered(number), number=number))
        (root / "hola" / "thread.md").write_text("state: closed\n")
        (root / "hola" / f".{ID}.tmp").write_text("half")
        (root / "hola" / f"{numbered(4)}.md").write_text("nonsense")
        (root / "hola" / f"{numbered(5)}.md").write_bytes(b"\xff")
        (root / "hola" / f"{numbered(6)}.md").mkdir()
        assert [entry.number for entry in entries(root, "hola")] == [1, 2, 3]

    def test_leaves_out_a_file_that_was_copied_from_another_place(self, root: Path) -> None:
        write(root, comment(thread="otra"))
        (root / "otra").rename(root / "hola")
        assert entries(root, "hola") == []


class TestTheHighestNumber:
    def test_is_none_in_an_empty_thread(self, root: Path) -> None:
        assert highest_number(root, "hola", linkback=False) == 0

    def test_is_one_for_comments_and_one_for_linkbacks(self, root: Path) -> None:
        write(root, comment(id=numbered(1), number=4))
        write(root, comment(id=numbered(2), number=7, kind=Kind.ANSWER))
        write(root, comment(id=numbered(3), number=2, kind=Kind.WEBMENTION))
        assert highest_number(root, "hola", linkback=False) == 7
        assert highest_number(root, "hola", linkback=True) == 2

    def test_counts_a_file_that_cannot_be_read_but_for_its_number(self, root: Path) -> None:
        write(root, comment(number=9))
        broken = (root / FILE).read_bytes().replace(b"kind:", b"kinder:")
        (root / FILE).write_bytes(broken)
        assert highest_number(root, "hola", linkback=False) == 9

    def test_is_never_used_again_after_a_withdrawal(self, root: Path) -> None:
        write(root, comment(id=numbered(1), number=1))
        write(root, tombstone(id=numbered(2), number=5))
        assert highest_number(root, "hola", linkback=False) == 5
        assert highest_number(root, "hola", linkback=True) == 5


def test_a_changed_wording_has_another_digest(root: Path) -> None:
    assert write(root, comment()) != write(root, replace(comment(), body="Otra cosa."))
