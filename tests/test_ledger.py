"""The list of erasures: what stands there is never forgotten, whatever breaks."""

import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from comments_service import ledger
from comments_service.errors import CannotStart, CannotWrite

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ONE, TWO, THREE = (f"01kaa0000000000000000000a{letter}" for letter in "abc")
ROOT = Path(__file__).parent.parent

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from comments_service import ledger
while True:
    ledger.append(Path(sys.argv[1]), "01kaa0000000000000000000aa", datetime.now(UTC))
    print(flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "apart" / "erasures.txt"


class TestAnErasure:
    def test_is_a_line_that_its_owner_alone_reads(self, path: Path) -> None:
        ledger.append(path, ONE, NOW)
        assert path.read_text() == f"{ONE} 2026-11-20T10:00:00Z\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_stands_once_in_the_list_in_the_order_of_the_first(self, path: Path) -> None:
        for each in (TWO, ONE, TWO):
            ledger.append(path, each, NOW)
        assert ledger.ids(path) == [TWO, ONE]
        assert path.read_text().count("\n") == 3

    def test_is_not_there_before_the_first(self, path: Path) -> None:
        assert ledger.ids(path) == []

    def test_is_not_written_through_a_link(self, path: Path, tmp_path: Path) -> None:
        path.parent.mkdir()
        path.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(CannotWrite):
            ledger.append(path, ONE, NOW)


class TestALineWithoutItsEnd:
    @pytest.mark.parametrize("torn", [TWO[:7], TWO, f"{TWO} 2026-11-20T10:00:00Z", "\xff"])
    def test_is_left_out_and_taken_away_by_the_next_erasure(self, path: Path, torn: str) -> None:
        ledger.append(path, ONE, NOW)
        with path.open("ab") as file:
            file.write(torn.encode())
        assert ledger.ids(path) == [ONE]
        ledger.append(path, THREE, NOW)
        assert ledger.ids(path) == [ONE, THREE]


class TestALineThatIsNoErasure:
    @pytest.mark.parametrize("line", ["", "hola", ONE, f"{ONE} ayer", f"{ONE}\r", "\0" * 40])
    def test_is_named_and_never_passed_over(self, path: Path, line: str) -> None:
        ledger.append(path, ONE, NOW)
        with path.open("ab") as file:
            file.write(f"{line}\n".encode())
        with pytest.raises(CannotStart, match="line 2"):
            ledger.ids(path)


class TestAWithdrawal:
    def test_is_a_line_of_its_own_kind_beside_the_erasures(self, path: Path) -> None:
        ledger.append(path, ONE, NOW)
        ledger.append(path, TWO, NOW, withdrawn=True)
        ledger.append(path, THREE, NOW, withdrawn=True)
        ledger.append(path, THREE, NOW)
        assert path.read_text().splitlines()[1] == f"{TWO} 2026-11-20T10:00:00Z withdrawn"
        assert ledger.ids(path) == [ONE, THREE]
        assert list(ledger.erasures(path)) == [ONE, THREE]
        assert ledger.withdrawals(path) == {TWO: NOW, THREE: NOW}

    def test_is_known_by_its_first_time(self, path: Path) -> None:
        for hours in (0, 1):
            ledger.append(path, ONE, NOW + timedelta(hours=hours), withdrawn=True)
        assert ledger.withdrawals(path) == {ONE: NOW}

    @pytest.mark.parametrize("end", ["", " ", " withdraw", " withdrawn ", "  withdrawn", " erased"])
    def test_with_any_other_word_is_no_line(self, path: Path, end: str) -> None:
        path.parent.mkdir()
        path.write_text(f"{ONE} 2026-11-20T10:00:00Z{end}\n")
        if not end:
            assert ledger.withdrawals(path) == {}
            return
        with pytest.raises(CannotStart, match="line 1"):
            ledger.withdrawals(path)

    def test_is_merged_apart_from_an_erasure_of_the_same(self, path: Path, tmp_path: Path) -> None:
        other = tmp_path / "copy.txt"
        ledger.append(path, ONE, NOW, withdrawn=True)
        ledger.append(other, ONE, NOW)
        ledger.append(other, ONE, NOW, withdrawn=True)
        ledger.append(other, TWO, NOW, withdrawn=True)
        assert ledger.merge(path, other) == 2
        assert ledger.ids(path) == [ONE]
        assert list(ledger.withdrawals(path)) == [ONE, TWO]


class TestMerging:
    def test_adds_what_the_other_list_has_beyond(self, path: Path, tmp_path: Path) -> None:
        other = tmp_path / "copy.txt"
        for each in (ONE, TWO, TWO):
            ledger.append(other, each, NOW)
        ledger.append(path, ONE, NOW)
        assert ledger.merge(path, other) == 1
        assert ledger.ids(path) == [ONE, TWO]
        assert ledger.merge(path, other) == 0


class TestAKilledWriter:
    def test_leaves_whole_lines_and_each_one_that_it_acknowledged(self, path: Path) -> None:
        acknowledged = 0
        for _ in range(3):
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path)],
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )
            assert writer.stdout
            writer.stdout.readline()
            acknowledged += 1
            time.sleep(0.05)
            writer.send_signal(signal.SIGKILL)
            acknowledged += writer.stdout.read().count(b"\n")
            writer.stdout.close()
            writer.wait()
            assert ledger.ids(path) == ["01kaa0000000000000000000aa"]
            assert path.read_text().count("\n") >= acknowledged
