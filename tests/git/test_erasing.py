"""An erased comment is in no commit any more, neither in the clone nor in what the remote's
references lead to; every other comment keeps its history."""

import signal
from pathlib import Path

import pytest

from comments_service.content_repo import no_step
from comments_service.errors import HistoryRewritten, PushRejected, RemoteUnavailable
from tests.git.conftest import MakeTeam
from tests.git.repositories import (
    Team,
    comment,
    commit,
    everything,
    files,
    git,
    numbered,
    path,
    tombstone,
)
from tests.git.test_clone import die

SECRET = b"Mi DNI es 00000000T"
STEPS = "forget.rewrite forget.commit forget.push forget.sweep"


def objects(repository: Path) -> bytes:
    """Every object that lies in a repository, reachable or not."""
    names = git(
        repository, "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"
    )
    blobs = [line.split()[0] for line in names.splitlines() if line.endswith("blob")]
    return b"".join(git(repository, "cat-file", "blob", name).encode() for name in blobs)


def with_secret(team: Team) -> str:
    """Comment 1 with a secret, edited, moved by staff, withdrawn; others before and after."""
    head = team.publish(comment(5, "otra"))
    head = team.publish(comment(1, body=SECRET.decode()), believed=head)
    head = team.publish(comment(1, body=f"{SECRET.decode()}, perdón"), comment(2), believed=head)
    team.pull()
    (team.staff / "vieja").mkdir()
    (team.staff / path(1)).rename(team.staff / path(1, "vieja"))
    team.push("Mover a otro hilo")
    team.pull()
    (team.staff / path(1, "vieja")).rename(team.staff / path(1))
    (team.staff / "hola" / f"{numbered(1)}.md~").write_bytes(SECRET)
    head = team.push("Y volver")
    head = team.publish(comment(3), believed=head)
    assert SECRET in everything(team.remote)
    return team.publish(tombstone(1), believed=head)


def forget(team: Team, believed: str) -> str:
    place = team.place
    place.refresh(believed)
    return place.forget([path(1)], no_step)


class TestErasing:
    def test_leaves_the_text_in_no_commit_of_clone_and_remote(self, team: Team) -> None:
        old = with_secret(team)
        new = forget(team, old)
        assert new == team.head != old
        for repository in (team.remote, team.clone):
            assert SECRET not in everything(repository)
        assert SECRET not in objects(team.clone)
        for file in team.clone.rglob("*"):
            assert not file.is_file() or SECRET not in file.read_bytes()

    def test_leaves_the_files_at_the_head_as_they_were(self, team: Team) -> None:
        old = with_secret(team)
        before = files(team.place.changes(None))
        forget(team, old)
        assert files(team.place.changes(None)) == before
        assert b"withdrawn" in (team.clone / path(1)).read_bytes()
        assert git(team.clone, "status", "--porcelain") == ""

    def test_keeps_what_the_others_commits_say_and_hold(self, team: Team) -> None:
        def others(*places: Path) -> str:
            names = [str(each) for each in places]
            return git(team.remote, "log", "-p", "--format=%an %ad %s", "comments", "--", *names)

        old = with_secret(team)
        kept = [path(number, "hola") for number in (2, 3)] + [path(5, "otra")]
        before = others(*kept)  # type: ignore[arg-type]
        forget(team, old)
        assert others(*kept) == before  # type: ignore[arg-type]

    def test_is_no_change_for_who_believed_the_old_head(self, team: Team) -> None:
        old = with_secret(team)
        new = forget(team, old)
        place = team.place
        assert place.refresh(old) == new
        assert list(place.changes(old)) == []
        commit(place, comment(4))
        assert files(team.place.changes(old)).keys() == {f"hola/{numbered(4)}"}

    def test_of_one_after_another_is_followed_too(self, team: Team) -> None:
        old = with_secret(team)
        forget(team, old)
        withdrawn = team.publish(tombstone(2))
        place = team.place
        place.refresh(withdrawn)
        new = place.forget([path(2)], no_step)
        assert team.place.refresh(old) == team.place.refresh(withdrawn) == new

    def test_of_the_only_comment_leaves_a_history(self, make_team: MakeTeam) -> None:
        team = make_team(empty=True)
        team.publish(comment(1, body=SECRET.decode()))
        new = forget(team, team.publish(tombstone(1)))
        assert team.head == new
        assert SECRET not in everything(team.remote)
        assert SECRET not in objects(team.clone)

    def test_of_what_history_never_held_changes_little(self, team: Team) -> None:
        head = team.publish(comment(2))
        assert forget(team, head) == head == team.head

    def test_never_puts_the_text_back(self, team: Team) -> None:
        head = team.publish(comment(1, body=SECRET.decode()))
        forget(team, head)
        assert SECRET not in everything(team.remote)
        assert team.place.find(numbered(1)) == []

    def test_is_for_a_history_of_their_own_alone(self, make_team: MakeTeam) -> None:
        team = make_team(path="content/comments")
        head = team.publish(comment(1))
        with pytest.raises(ValueError, match="only a history of its own"):
            forget(team, head)


class TestWhenStaffPushMeanwhile:
    def test_nothing_of_theirs_is_replaced(self, team: Team) -> None:
        old = with_secret(team)
        place = team.place
        place.refresh(old)

        def step(name: str) -> None:
            if name == "forget.push":
                team.pull()
                (team.staff / "hola" / "nota.txt").write_text("de la plantilla")
                team.push()

        with pytest.raises(PushRejected):
            place.forget([path(1)], step)
        theirs = team.head
        assert place.refresh(old) == theirs
        new = place.forget([path(1)], no_step)
        assert git(team.remote, "show", f"{new}:hola/nota.txt") == "de la plantilla"
        assert SECRET not in everything(team.remote)
        assert SECRET not in objects(team.clone)


class TestARemoteThatAllowsNoForce:
    def test_is_named_and_the_clone_goes_back(self, team: Team) -> None:
        old = with_secret(team)
        git(team.remote, "config", "receive.denyNonFastForwards", "true")
        with pytest.raises(RemoteUnavailable, match="Allow forced pushes"):
            forget(team, old)
        assert team.place.refresh(old) == old == team.head
        git(team.remote, "config", "receive.denyNonFastForwards", "false")
        forget(team, old)
        assert SECRET not in everything(team.remote)


class TestKilled:
    @pytest.mark.parametrize("step", STEPS.split())
    def test_at_any_step_the_next_run_finishes(self, team: Team, step: str) -> None:
        head = team.publish(comment(1, body=SECRET.decode()))
        head = team.publish(comment(2), believed=head)
        assert die(team, step) == -signal.SIGKILL
        place = team.place
        place.refresh(head)  # either the old history or its successor
        now = place.refresh(team.head)
        assert now == team.head
        new = place.forget([path(1)], no_step)
        assert team.place.refresh(now) == new == team.head
        assert SECRET not in everything(team.remote)
        assert SECRET not in objects(team.clone)
        assert b"withdrawn" in (team.clone / path(1)).read_bytes()


def test_a_stranger_who_rewrites_history_is_still_noticed(team: Team) -> None:
    old = with_secret(team)
    new = forget(team, old)
    team.pull()
    git(team.staff, "commit", "-q", "--amend", "-m", "otra")
    git(team.staff, "push", "-q", "--force", "origin", "comments")
    for believed in (old, new):
        with pytest.raises(HistoryRewritten):
            team.place.refresh(believed)
