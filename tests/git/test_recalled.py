"""An erased comment that staff's old clone brings back is seen, and erased anew."""

import pytest

from comments_service import commentfile
from comments_service.content_repo import no_step
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

SECRET = "Mi DNI es 00000000T"
ID = numbered(1)


@pytest.fixture
def erased(team: Team) -> str:
    """The head after comment 1 was erased; staff's clone still has it, its tombstone too."""
    head = team.publish(comment(1, body=SECRET), comment(2))
    head = team.publish(tombstone(1), believed=head)
    team.pull()
    return forget(team, head)


def forget(team: Team, believed: str) -> str:
    place = team.place
    place.refresh(believed)
    return place.forget([path(1)], no_step)


def recalls(team: Team, since: str | None) -> set[str]:
    place = team.place
    place.refresh(since)
    return place.recalls([ID, numbered(9)], since)


def merged(team: Team) -> str:
    git(team.staff, "fetch", "-q", "origin")
    git(team.staff, "merge", "-q", "-m", "pull", "--allow-unrelated-histories", "origin/comments")
    git(team.staff, "push", "-q", "origin", "comments")
    return team.head


def test_an_erased_comment_is_none(team: Team, erased: str) -> None:
    assert recalls(team, None) == recalls(team, erased) == set()
    head = team.publish(comment(3), believed=erased)
    assert recalls(team, erased) == set()
    assert team.place.recalls([], None) == set()
    assert team.place.recalls([numbered(2)], None) == {numbered(2)}
    assert team.place.recalls([numbered(2)], head) == set()


@pytest.mark.parametrize("strategy", [(), ("-s", "ours")])
def test_a_merge_of_the_old_history_is_seen_though_the_head_looks_right(
    team: Team, erased: str, strategy: tuple[str, ...]
) -> None:
    git(team.staff, "fetch", "-q", "origin")
    arguments = ["-q", *strategy, "-m", "pull", "--allow-unrelated-histories", "origin/comments"]
    git(team.staff, "merge", *arguments)
    git(team.staff, "push", "-q", "origin", "comments")
    assert b"withdrawn" in (team.staff / path(1)).read_bytes()
    assert SECRET.encode() in everything(team.remote)
    assert recalls(team, erased) == {ID}


@pytest.mark.parametrize(
    "name",
    [
        f"hola/{ID}.md",
        f"otra/{ID}.md",
        f"{ID}.md",
        f"hola/{ID}.md~",
        f"hola/copia de {ID.upper()}.txt",
        f"{ID}/texto.md",
        f"hola/x\n{ID}.md",
    ],
)
def test_it_is_seen_and_erased_wherever_it_stands(team: Team, erased: str, name: str) -> None:
    team.pull()
    (team.staff / name).parent.mkdir(exist_ok=True)
    (team.staff / name).write_bytes(commentfile.dumps(comment(1, body=SECRET)))
    team.push()
    git(team.staff, "rm", "-q", name)
    seen = team.push()
    assert recalls(team, erased) == {ID}
    head = team.publish(tombstone(1), believed=seen)
    new = forget(team, head)
    assert SECRET.encode() not in everything(team.remote)
    assert SECRET.encode() not in everything(team.clone)
    assert recalls(team, new) == recalls(team, None) == set()
    assert "withdrawn" in git(team.remote, "show", f"comments:{path(1)}")


def test_a_link_with_its_name_is_seen(team: Team, erased: str) -> None:
    team.pull()
    (team.staff / "hola" / f"{ID}.bak").symlink_to("x")
    team.push()
    assert recalls(team, erased) == {ID}


def test_erasing_anew_leaves_nothing_of_a_merge(team: Team, erased: str) -> None:
    believed = merged(team)
    other = team.place
    assert other.refresh(erased) == believed
    new = forget(team, believed)
    assert SECRET.encode() not in everything(team.remote)
    assert recalls(team, erased) == set()
    assert b"withdrawn" in (team.clone / path(1)).read_bytes()
    # Whoever believed in any head of before finds the way.
    for seen in (believed, erased):
        place = team.place
        assert place.refresh(seen) == new
        assert files(place.changes(seen)).keys() <= {f"hola/{ID}"}
    assert commit(team.place, comment(4)) == team.head


def test_in_a_folder_of_staffs_branch_nothing_is_asked(make_team: MakeTeam) -> None:
    team = make_team(path="content/comments")
    team.publish(comment(1))
    assert recalls(team, None) == set()
