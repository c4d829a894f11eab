"""The program's own copies: kept for a while, and never those of anybody else."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments_service.config.settings import Settings
from comments_service.errors import CannotWrite
from comments_service.usecases.leftovers import erase_copies, remove_old, stamp
from tests.support.ids import new_id

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=8, seconds=1), NOW - timedelta(days=7)
ID = new_id(NOW)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(blog=tmp_path / "blog", site_url="http://localhost:8000")


def put(path: Path, at: datetime = NOW) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("words")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def put_folder(path: Path, at: datetime) -> Path:
    put(path / "content" / "x.md")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def copies(settings: Settings, at: datetime) -> list[Path]:
    """One of each kind that was made at a time."""
    var = settings.var_folder
    time = stamp(at)
    parts = [f".tertulia-{time}.tar.part", f".tertulia-{time}-before-upgrade.secrets.part"]
    return sorted(
        [
            put(var / "before-upgrade", at),
            put(var / f"before-upgrade-{time}", at),
            put_folder(var / f"before-restore-{time}", at),
            put_folder(var / "comments-from-backup", at),
            put_folder(settings.blog / ".restoring", at),
            *(put(var / "backups" / name, at) for name in parts),
        ]
    )


class TestACopyForSafety:
    def test_goes_after_eight_days(self, settings: Settings) -> None:
        made = copies(settings, OLD)
        assert sorted(remove_old(settings, NOW)) == made
        assert not any(path.exists() for path in made)

    def test_stays_until_then(self, settings: Settings) -> None:
        made = copies(settings, YOUNG)
        assert remove_old(settings, NOW) == []
        assert all(path.exists() for path in made)

    def test_is_not_missed_where_nothing_is(self, settings: Settings) -> None:
        assert remove_old(settings, NOW) == []

    def test_that_cannot_be_removed_is_told_and_the_others_go(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = copies(settings, OLD)
        real = Path.unlink

        def unlink(path: Path, missing_ok: bool = False) -> None:
            if path.name == "before-upgrade":
                raise PermissionError(1, "Operation not permitted")
            real(path, missing_ok)

        monkeypatch.setattr(Path, "unlink", unlink)
        with pytest.raises(CannotWrite, match="before-upgrade cannot be removed: Operation"):
            remove_old(settings, NOW)
        assert [path.name for path in made if path.exists()] == ["before-upgrade"]


class TestAnythingElse:
    @pytest.mark.parametrize(
        "name",
        [
            "var/tertulia.sqlite3",
            "var/erasures.txt",
            "var/secrets/master.key",
            "var/before-restore-mine/x",
            "var/before-upgrade.txt",
            "var/comments/hola/x.md",
            "var/backups/tertulia-20260101T000000Z.tar",
            "var/backups/tertulia-20260101T000000Z.secrets",
            "var/backups/tertulia-20260101T000000Z-before-upgrade.txt",
            "var/backups/mine-tertulia-20260101T000000Z-before-upgrade.tar",
            "var/.something.part",
            "content/articles/before-upgrade",
            ".restoring.md",
            "before-upgrade",
        ],
    )
    def test_is_never_removed_however_old(self, settings: Settings, name: str) -> None:
        path = put(settings.blog / name, datetime(2020, 1, 1, tzinfo=UTC))
        assert remove_old(settings, NOW) == []
        assert path.is_file()

    def test_that_a_link_leads_to_stays(self, settings: Settings, tmp_path: Path) -> None:
        theirs = put_folder(tmp_path / "theirs", OLD)
        settings.var_folder.mkdir(parents=True)
        for name in ("comments-from-backup", f"before-restore-{stamp(OLD)}"):
            (settings.var_folder / name).symlink_to(theirs)
        assert remove_old(settings, NOW) == []
        assert (theirs / "content" / "x.md").is_file()


class TestTheBackupsOfUpgrades:
    def made(self, settings: Settings, *days: int) -> list[str]:
        for age in days:
            time = stamp(NOW - timedelta(days=age))
            for end in ("tar", "secrets"):
                put(settings.var_folder / "backups" / f"tertulia-{time}-before-upgrade.{end}")
        remove_old(settings, NOW)
        return sorted(path.name for path in (settings.var_folder / "backups").glob("*.tar"))

    def test_are_kept_but_for_the_oldest_of_more_than_three(self, settings: Settings) -> None:
        left = self.made(settings, 1, 40, 30, 20, 10)
        assert [name[9:17] for name in left] == ["20261031", "20261110", "20261119"]
        assert len(list((settings.var_folder / "backups").iterdir())) == 6

    def test_go_after_ninety_days(self, settings: Settings) -> None:
        assert [name[9:17] for name in self.made(settings, 91, 89)] == ["20260823"]


class TestErasingFromCopies:
    def test_removes_the_file_from_all_that_do_not_count(self, settings: Settings) -> None:
        settings = settings.model_copy(
            update={"comments_git": "clone", "comments_remote": "/nowhere"}
        )
        var, other = settings.var_folder, new_id(NOW)
        folders = [
            settings.content_folder / "comments",
            var / "comments-from-backup",
            var / "comments-at-head",
            var / "before-restore-20261119T100000Z" / "content" / "comments",
        ]
        gone = [put(folder / "hola" / f"{ID}.md") for folder in folders]
        gone += [put(folder / "otra" / f"{ID}.md") for folder in folders]
        gone += [put(folder / "hola" / f".{ID}.tmp") for folder in folders]
        kept = [put(folder / "hola" / f"{other}.md") for folder in folders]
        kept.append(put(settings.comments_folder / "hola" / f"{ID}.md"))
        erase_copies(settings, ID, "hola")
        assert not any(path.exists() for path in gone)
        assert all(path.exists() for path in kept)

    def test_leaves_the_files_that_count_to_the_publisher(self, settings: Settings) -> None:
        counts = put(settings.content_folder / "comments" / "hola" / f"{ID}.md")
        clone = put(settings.clone_folder / "hola" / f"{ID}.md")
        erase_copies(settings, ID, "hola")
        assert counts.is_file()
        assert not clone.exists()

    def test_follows_no_link(self, settings: Settings, tmp_path: Path) -> None:
        theirs = put(tmp_path / "theirs" / f"{ID}.md")
        folder = settings.var_folder / "comments-from-backup"
        folder.mkdir(parents=True)
        (folder / "hola").symlink_to(theirs.parent)
        erase_copies(settings, ID, "hola")
        assert theirs.is_file()

    def test_is_nothing_where_there_are_none(self, settings: Settings) -> None:
        erase_copies(settings, ID, "hola")
        erase_copies(settings, "../../x", "hola")
        assert not settings.blog.exists()
