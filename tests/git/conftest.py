"""Fixtures: a remote, staff's checkout of it and the service's blog."""

from collections.abc import Callable
from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from tests.git.repositories import Team, git

MakeTeam = Callable[..., Team]


@pytest.fixture
def make_team(tmp_path: Path) -> MakeTeam:
    def make(*, branch: str = "comments", path: str = "", empty: bool = False) -> Team:
        remote, staff, blog = (tmp_path / name for name in ("remote.git", "staff", "blog"))
        git(tmp_path, "init", "-q", "--bare", f"--initial-branch={branch}", str(remote))
        git(tmp_path, "init", "-q", f"--initial-branch={branch}", str(staff))
        git(staff, "remote", "add", "origin", str(remote))
        (blog / "content").mkdir(parents=True)
        if not empty:
            (staff / ".gitattributes").write_text("* -text\n")
            git(staff, "add", "-A")
            git(staff, "commit", "-q", "-m", "first")
            git(staff, "push", "-q", "origin", branch)
        settings = Settings(
            blog=blog,
            comments_git="clone",
            comments_remote=str(remote),
            comments_branch=branch,
            comments_path=path,
        )
        return Team(remote, staff, settings, branch)

    return make


@pytest.fixture
def team(make_team: MakeTeam) -> Team:
    """Comments in a history of their own."""
    return make_team()
