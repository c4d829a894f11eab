"""A private clone: what was pushed counts, and whatever breaks, the remote is begun from."""

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from comments_service.content_repo import git as git_module
from comments_service.content_repo import no_step, open_place, write
from comments_service.errors import (
    CannotWrite,
    GitFailed,
    HistoryRewritten,
    PushRejected,
    RemoteUnavailable,
)
from tests.git.conftest import MakeTeam
from tests.git.repositories import (
    Team,
    comment,
    commit,
    digest,
    everything,
    files,
    git,
    numbered,
    path,
    tombstone,
)

DIE = Path(__file__).parent / "die.py"
STEPS = "write.temp write.fsync write.rename write.folder commit.add commit.commit commit.push"


def die(team: Team, step: str) -> int:
    """Publish comment 2 in a process that is killed at a step; its exit code."""
    command = [sys.executable, str(DIE), str(team.settings.blog), str(team.remote), step]
    root = Path(__file__).parent.parent.parent
    return subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": "."}).returncode


class TestPublishing:
    def test_is_a_commit_on_the_remote_under_a_constant_name(self, team: Team) -> None:
        head = team.publish(comment(1))
        assert head == team.head
        assert git(team.remote, "show", "--format=%an %ae %cn %ce %s", "--name-only", head) == (
            "Tertulia comments@localhost Tertulia comments@localhost Publish 1\n\n" + str(path(1))
        )

    def test_needs_a_folder_that_nobody_else_reads(self, team: Team) -> None:
        team.publish(comment(1))
        assert stat.S_IMODE(team.clone.stat().st_mode) == 0o700
        assert git(team.clone, "for-each-ref", "--format=%(refname)").splitlines() == [
            "refs/heads/comments",
            "refs/remotes/origin/comments",
        ]

    def test_to_a_remote_without_the_branch_begins_it(self, make_team: MakeTeam) -> None:
        team = make_team(empty=True)
        place = team.place
        assert place.refresh(None) is None
        assert list(place.changes(None)) == []
        assert place.find(numbered(1)) == []
        commit(place, comment(1))
        assert git(team.remote, "show", "comments:.gitattributes") == "* -text"
        assert files(team.place.changes(None)).keys() == {f"hola/{numbered(1)}"}

    def test_beside_other_branches_begins_one_without_their_files(
        self, make_team: MakeTeam
    ) -> None:
        team = make_team(branch="main")
        settings = team.settings.model_copy(update={"comments_branch": "comments"})
        place = open_place(settings)
        assert place.refresh(None) is None
        head = commit(place, comment(1))
        assert head
        assert git(team.remote, "rev-list", "--count", head) == "1"

    def test_of_what_is_there_already_makes_no_commit(self, team: Team) -> None:
        head = team.publish(comment(1))
        assert team.publish(comment(1), believed=head) == head

    def test_is_not_hindered_by_what_the_branch_ignores(self, team: Team) -> None:
        team.pull()
        (team.staff / ".gitignore").write_text("*.md\n")
        team.push()
        team.publish(comment(1))
        assert files(team.place.changes(None)).keys() == {f"hola/{numbered(1)}"}

    def test_keeps_each_byte_whatever_staff_wrote_in_gitattributes(self, team: Team) -> None:
        team.pull()
        (team.staff / ".gitattributes").write_text("* text eol=crlf ident\n")
        team.push()
        wanted = comment(1, body="$Id$ y $Id: nada $\nfin")
        team.publish(wanted)
        (found,) = team.place.changes(None)
        assert found.data == (team.clone / path(1)).read_bytes()
        assert b"\r" not in found.data
        assert b"$Id: nada $" in found.data

    def test_in_a_folder_of_staffs_branch_leaves_the_rest_alone(self, make_team: MakeTeam) -> None:
        team = make_team(branch="main", path="content/comments")
        team.pull()
        (team.staff / "content" / "articles").mkdir(parents=True)
        (team.staff / "content" / "articles" / f"{numbered(7)}.md").write_text("Un artículo")
        team.push()
        head = team.publish(comment(1))
        shown = git(team.remote, "show", "--format=", "--name-only", head)
        assert shown == f"content/comments/{path(1)}"
        assert files(team.place.changes(None)).keys() == {f"hola/{numbered(1)}"}
        assert team.place.own_history is False

    def test_says_only_ids(self, team: Team) -> None:
        place = team.place
        head = place.refresh(None)
        words = "Publish\n\nCo-authored-by: Mallory <m@example.org>"
        with pytest.raises(ValueError, match="no message"):
            place.commit({path(1): digest(comment(1))}, words, no_step, head)
        with pytest.raises(CannotWrite):
            place.commit({path(1, "--upload-pack=x"): "0" * 16}, "Publish 1", no_step, head)

    def test_runs_no_hook_of_the_clone(self, team: Team) -> None:
        team.publish(comment(1))
        ran = team.remote.parent / "ran"
        hooks = team.clone / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in "pre-commit prepare-commit-msg commit-msg post-commit pre-push".split():
            (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\nexit 1\n")
            (hooks / name).chmod(0o755)
        for name in ("post-checkout", "post-index-change", "reference-transaction"):
            (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
            (hooks / name).chmod(0o755)
        team.publish(comment(2))
        assert not ran.exists()


class TestWhatStaffPushed:
    def test_comes_as_changes_since_the_head_that_was_seen(self, team: Team) -> None:
        seen = team.publish(comment(1), comment(2), comment(3))
        team.pull()
        edited = (team.staff / path(1)).read_bytes().replace(b"Comentario", b"Texto")
        (team.staff / path(1)).write_bytes(edited)
        (team.staff / path(2)).unlink()
        (team.staff / "otra").mkdir()
        (team.staff / path(3)).rename(team.staff / path(3, "otra"))
        (team.staff / "hola" / "thread.md").write_text("closed")
        (team.staff / "hola" / "LEEME.md").write_text("hola")
        (team.staff / "otra" / f"{numbered(4)}.md.bak").write_text("hola")
        head = team.push()
        place = team.place
        assert place.refresh(seen) == head
        moved = (team.staff / path(3, "otra")).read_bytes()
        assert files(place.changes(seen)) == {
            f"hola/{numbered(1)}": edited,
            f"hola/{numbered(2)}": None,
            f"hola/{numbered(3)}": None,
            f"otra/{numbered(3)}": moved,
        }
        assert files(place.find(numbered(3))) == {f"otra/{numbered(3)}": moved}
        assert place.find(numbered(2)) == []

    def test_between_commit_and_push_is_never_lost(self, team: Team) -> None:
        first = team.publish(comment(1))
        place = team.place
        place.refresh(first)

        def staff_are_faster(name: str) -> None:
            if name == "commit.push":
                team.pull()
                (team.staff / path(9)).write_text("de la plantilla")
                team.push()

        written = {path(2): write(place.folder, comment(2))}
        with pytest.raises(PushRejected):
            place.commit(written, "Publish 1", staff_are_faster, first)
        theirs = team.head
        assert place.refresh(first) == theirs
        assert not (place.folder / path(2)).exists()
        ours = commit(place, comment(2))
        assert ours == team.head
        assert files(place.changes(first)).keys() == {f"hola/{numbered(2)}", f"hola/{numbered(9)}"}
        assert git(team.remote, "rev-parse", f"{ours}^") == theirs

    def test_before_a_try_that_did_not_look_is_not_passed_over(self, team: Team) -> None:
        first = team.publish(comment(1))
        place = team.place
        place.refresh(first)
        written = {path(2): write(place.folder, comment(2))}
        head = place.commit(written, "Publish 1", no_step, first)
        written = {path(3): write(place.folder, comment(3))}
        with pytest.raises(PushRejected):
            place.commit(written, "Publish 1", no_step, first)
        assert team.head == head

    def test_other_bytes_than_were_written_are_not_pushed(self, team: Team) -> None:
        first = team.publish(comment(1))
        place = team.place
        place.refresh(first)
        write(place.folder, comment(2, body="Otra cosa."))
        with pytest.raises(PushRejected):
            place.commit({path(2): digest(comment(2))}, "Publish 1", no_step, first)
        assert team.head == first

    def test_as_another_history_stops_until_a_person_allows_it(self, team: Team) -> None:
        first = team.publish(comment(1))
        second = team.publish(comment(2), believed=first)
        team.pull()
        git(team.staff, "reset", "-q", "--hard", first)
        git(team.staff, "commit", "-q", "--amend", "-m", "otra historia")
        git(team.staff, "push", "-q", "--force", "origin", "comments")
        with pytest.raises(HistoryRewritten) as stopped:
            team.place.refresh(second)
        assert stopped.value.detail == team.head
        assert f"push commit {second[:12]} back" in str(stopped.value)
        place = team.place
        assert place.refresh(second, allowed=team.head) == team.head
        assert files(place.changes(None)).keys() == {f"hola/{numbered(1)}"}
        with pytest.raises(HistoryRewritten):
            team.place.refresh(second, allowed=first)

    def test_as_a_removed_branch_stops_too(self, team: Team) -> None:
        head = team.publish(comment(1))
        git(team.remote, "update-ref", "-d", "refs/heads/comments")
        with pytest.raises(HistoryRewritten, match="There is no branch comments"):
            team.place.refresh(head)

    def test_is_followed_by_a_clone_that_never_saw_the_believed_head(self, team: Team) -> None:
        team.publish(comment(1))
        with pytest.raises(HistoryRewritten):
            team.place.refresh("0123456789" * 4)
        assert len(list(team.place.changes("0123456789" * 4))) == 1


class TestARemote:
    def test_that_is_away_leaves_nothing_half_done(self, team: Team) -> None:
        away = team.remote.with_name("away")
        team.remote.rename(away)
        with pytest.raises(RemoteUnavailable, match="There is no Git repository at"):
            team.place.refresh(None)
        assert not team.clone.exists()
        away.rename(team.remote)
        head = team.publish(comment(1))
        team.remote.rename(away)
        with pytest.raises(RemoteUnavailable):
            team.place.refresh(head)
        away.rename(team.remote)
        assert team.place.refresh(head) == head

    @pytest.mark.parametrize(
        ("address", "words"),
        [
            ("http://user:gehe1m@127.0.0.1:1/x.git", "cannot be reached"),
            ("ssh://-oProxyCommand=touch%20ran/x", "not an address"),
            ("git://127.0.0.1:1/x", "cannot be reached"),
        ],
    )
    def test_that_does_not_answer_is_named_without_its_password(
        self, team: Team, address: str, words: str
    ) -> None:
        settings = team.settings.model_copy(update={"comments_remote": address})
        with pytest.raises(RemoteUnavailable, match=words) as failed:
            open_place(settings).refresh(None)
        assert "gehe1m" not in str(failed.value) + failed.value.detail

    def test_with_a_password_writes_it_in_no_file(self, team: Team) -> None:
        address = f"file://user:gehe1m@{team.remote}"  # Git takes it, as it takes any host
        settings = team.settings.model_copy(update={"comments_remote": address})
        try:
            open_place(settings).refresh(None)
        except RemoteUnavailable as error:
            assert "gehe1m" not in error.detail  # noqa: PT017
        for file in settings.var_folder.rglob("*"):
            assert not file.is_file() or b"gehe1m" not in file.read_bytes(), file

    def test_that_refuses_by_a_rule_says_so(self, team: Team) -> None:
        hook = team.remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'rama protegida' >&2\nexit 1\n")
        hook.chmod(0o755)
        with pytest.raises(RemoteUnavailable, match="by a rule of its own") as refused:
            team.publish(comment(1))
        assert "rama protegida" in refused.value.detail
        hook.unlink()
        assert team.publish(comment(1)) == team.head

    @pytest.mark.parametrize("lock", ["HEAD.lock", "refs/heads/comments.lock"])
    def test_that_holds_a_lock_says_so_and_keeps_it(self, team: Team, lock: str) -> None:
        left = team.remote / lock
        left.touch()
        with pytest.raises(
            RemoteUnavailable, match=r"deletes the file that ends in \.lock"
        ) as told:
            team.publish(comment(1))
        assert lock in told.value.detail
        assert left.exists()
        left.unlink()
        assert team.publish(comment(1)) == team.head

    def test_that_has_the_branch_checked_out_says_so(self, team: Team) -> None:
        settings = team.settings.model_copy(update={"comments_remote": str(team.staff)})
        place = open_place(settings)
        place.refresh(None)
        with pytest.raises(RemoteUnavailable, match="checked out"):
            commit(place, comment(1))

    def test_in_the_blogs_own_folder_is_seen_from_the_blog(self, team: Team) -> None:
        settings = team.settings.model_copy(update={"comments_remote": "../remote.git"})
        place = open_place(settings)
        place.refresh(None)
        assert commit(place, comment(1)) == team.head

    @pytest.mark.parametrize(
        "address", ["--upload-pack=x", "ext::sh -c x", "fd::3", "ftp://x/y", "  ", "-x"]
    )
    def test_that_is_no_address_is_refused(self, team: Team, address: str) -> None:
        settings = team.settings.model_copy(update={"comments_remote": address})
        with pytest.raises(Exception, match="must be the address or folder of a Git repository"):
            open_place(settings)

    def test_that_hangs_is_given_up_and_leaves_no_process(
        self, team: Team, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        noted = tmp_path / "pid"
        hanging = tmp_path / "hanging"
        hanging.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {noted}\nwait\n")
        hanging.chmod(0o755)
        monkeypatch.setenv("GIT_SSH_COMMAND", str(hanging))
        monkeypatch.setattr("comments_service.content_repo.clone.FIRST_FETCH_SECONDS", 1.0)
        settings = team.settings.model_copy(update={"comments_remote": "host:x.git"})
        with pytest.raises(RemoteUnavailable, match="longer than 1 s"):
            open_place(settings).refresh(None)
        pid = int(noted.read_text())
        until = time.monotonic() + 5
        while Path("/proc", str(pid)).exists() and time.monotonic() < until:
            time.sleep(0.02)  # until its new parent has noted its end
        state = Path("/proc", str(pid), "stat")
        assert not state.exists() or state.read_text().split()[2] == "Z"


class TestKilled:
    @pytest.mark.parametrize("step", STEPS.split())
    def test_at_any_step_the_next_run_needs_no_hand(self, team: Team, step: str) -> None:
        head = team.publish(comment(1))
        assert die(team, step) == -signal.SIGKILL
        assert team.head == head
        place = team.place
        assert place.refresh(head) == head
        assert git(team.clone, "status", "--porcelain", "--ignored") == ""
        assert commit(place, comment(2)) == team.head
        assert git(team.remote, "rev-list", "--count", f"{head}..comments") == "1"

    @pytest.mark.parametrize("round_", range(6))
    def test_at_any_moment_too(self, team: Team, round_: int) -> None:
        seed = random.randrange(2**32)
        print(f"seed {seed}")
        head = team.publish(comment(1))
        command = [sys.executable, str(DIE), str(team.settings.blog), str(team.remote), "-"]
        root = Path(__file__).parent.parent.parent
        child = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": "."})
        time.sleep(random.Random(seed).uniform(0.2, 1.2))
        child.kill()
        child.wait()
        place = team.place
        place.refresh(head)
        assert commit(place, comment(2)) == team.head
        assert git(team.remote, "rev-list", "--count", f"{head}..comments") == "1"
        git(team.clone, "fsck", "--strict")

    def test_git_of_a_killed_service_is_waited_for(self, team: Team) -> None:
        head = team.publish(comment(1))
        hook = team.remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        begun = team.remote / "begun"
        hook.write_text(f"#!/bin/sh\ntouch {begun}\nsleep 1.5\n")
        hook.chmod(0o755)
        command = [sys.executable, str(DIE), str(team.settings.blog), str(team.remote), "-"]
        root = Path(__file__).parent.parent.parent
        child = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": "."})
        until = time.monotonic() + 30
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.01)
        child.kill()
        child.wait()
        assert team.place.refresh(head) != head  # its push went through after all
        assert files(team.place.changes(head)).keys() == {f"hola/{numbered(2)}"}

    def test_git_that_hangs_after_that_is_ended(self, team: Team) -> None:
        head = team.publish(comment(1))
        hook = team.remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        begun = team.remote / "begun"
        hook.write_text(f"#!/bin/sh\ntouch {begun}\nexec sleep 60\n")
        hook.chmod(0o755)
        command = [sys.executable, str(DIE), str(team.settings.blog), str(team.remote), "-"]
        root = Path(__file__).parent.parent.parent
        child = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": "."})
        until = time.monotonic() + 30
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.01)
        child.kill()
        child.wait()
        hook.unlink()
        before = time.monotonic()
        assert team.place.refresh(head) == head
        assert time.monotonic() - before < 10

    @pytest.mark.parametrize(
        "lock",
        [
            "index.lock",
            "HEAD.lock",
            "config.lock",
            "packed-refs.lock",
            "shallow.lock",
            "refs/heads/comments.lock",
            "refs/remotes/origin/comments.lock",
        ],
    )
    def test_leaves_locks_that_are_removed(self, team: Team, lock: str) -> None:
        head = team.publish(comment(1))
        (team.clone / ".git" / lock).touch()
        assert team.publish(comment(2), believed=head) == team.head


class TestTheCloneItself:
    @pytest.mark.parametrize("harm", ["HEAD", "index", "objects", "refs", "config", "folder"])
    def test_is_made_again_when_it_is_broken(self, team: Team, harm: str) -> None:
        head = team.publish(comment(1))
        own = team.clone / ".git"
        if harm == "objects":
            for file in (own / "objects").rglob("*"):
                if file.is_file():
                    file.chmod(0o644)
                    file.write_bytes(b"")
        elif harm == "folder":
            shutil.rmtree(own / "objects")
        elif harm == "refs":
            (own / "refs/heads/comments").write_text("x")
            (own / "refs/remotes/origin/comments").write_text("")
        else:
            (own / harm).write_text("[x")
        place = team.place
        assert place.refresh(head) == head
        assert commit(place, comment(2)) == team.head
        git(team.clone, "fsck", "--strict")

    def test_is_made_again_when_the_settings_name_another_branch(self, team: Team) -> None:
        team.publish(comment(1))
        git(team.remote, "branch", "otra", "comments~1")
        place = open_place(team.settings.model_copy(update={"comments_branch": "otra"}))
        assert place.refresh(None) == git(team.remote, "rev-parse", "otra")
        assert git(team.clone, "symbolic-ref", "HEAD") == "refs/heads/otra"
        assert not (team.clone / path(1)).exists()

    def test_drops_whatever_lies_in_it(self, team: Team) -> None:
        head = team.publish(comment(1))
        (team.clone / path(1)).write_text("otra cosa")
        (team.clone / "basura").mkdir()
        (team.clone / "basura" / "x").write_text("x")
        git(team.clone, "init", "-q", "nested")
        (team.clone / "nested" / "x").write_text("x")
        team.place.refresh(head)
        assert sorted(item.name for item in team.clone.iterdir()) == [".git", "hola"]

    def test_is_never_made_in_the_place_of_something_else(self, team: Team) -> None:
        team.clone.mkdir(parents=True)
        (team.clone / "tesis.txt").write_text("única copia")
        with pytest.raises(GitFailed, match="holds something else"):
            team.place.refresh(None)
        assert (team.clone / "tesis.txt").read_text() == "única copia"

    @pytest.mark.parametrize("link", ["var", "var/comments"])
    def test_is_not_made_behind_a_link(self, team: Team, link: str, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        place = team.settings.blog / link
        place.parent.mkdir(exist_ok=True)
        place.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(GitFailed, match="is a link"):
            team.place.refresh(None)
        assert list((tmp_path / "elsewhere").iterdir()) == []

    def test_is_not_led_elsewhere_by_the_environment(
        self, team: Team, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
            monkeypatch.setenv(name, str(team.staff / ".git"))
        monkeypatch.setenv("GIT_AUTHOR_NAME", "Mallory")
        monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.hooksPath'='/tmp'")
        before = (team.staff / ".git" / "index").read_bytes()
        head = team.publish(comment(1))
        monkeypatch.undo()
        assert (team.staff / ".git" / "index").read_bytes() == before
        assert b"Mallory" not in everything(team.remote)
        assert team.head == head

    def test_names_git_when_there_is_none(
        self, team: Team, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(GitFailed, match="Git is not installed"):
            team.place.refresh(None)


class TestManyFiles:
    def test_are_read_by_a_few_processes(self, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
        team.pull()
        for number in range(3000):
            file = team.staff / path(number, f"hilo-{number % 50}")
            file.parent.mkdir(exist_ok=True)
            file.write_text(f"{number}\n")
        head = team.push()
        place = team.place
        place.refresh(None)
        started = 0
        start = subprocess.Popen

        def counted(*args: object, **given: object) -> object:
            nonlocal started
            started += 1
            return start(*args, **given)  # type: ignore[call-overload]

        monkeypatch.setattr(git_module.subprocess, "Popen", counted)
        assert sum(1 for found in place.changes(None) if found.data) == 3000
        assert started < 10
        reading = place.changes(None)
        next(reading)
        reading.close()  # type: ignore[attr-defined]
        assert team.head == head

    def test_too_large_for_a_comment_is_named_and_not_read(self, team: Team) -> None:
        head = team.publish(comment(1))
        team.pull()
        with (team.staff / path(2)).open("wb") as file:
            file.truncate(2 * 1024 * 1024)
        team.push()
        place = team.place
        place.refresh(head)
        assert files(place.changes(None)) == {
            f"hola/{numbered(1)}": (team.clone / path(1)).read_bytes(),
            f"hola/{numbered(2)}": "is too large to be a comment",
        }


def test_a_tombstone_replaces_the_text(team: Team) -> None:
    first = team.publish(comment(1))
    team.publish(tombstone(1), believed=first)
    (found,) = team.place.changes(first)
    assert found.data
    assert b"withdrawn" in found.data


def test_settings_may_be_loaded_from_the_environment(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERTULIA_COMMENTS_GIT", "clone")
    monkeypatch.setenv("TERTULIA_COMMENTS_REMOTE", str(team.remote))
    assert open_place(Settings(blog=team.settings.blog)).refresh(None) == team.head
