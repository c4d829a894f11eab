"""F17 in short: `make test-soak` runs it for half an hour."""

from pathlib import Path

import pytest

from tests.faults.soak import soak
from tests.faults.world import MODES, make_world

SECONDS = 24.0


@pytest.mark.parametrize("mode", MODES)
def test_traffic_kills_and_staffs_pushes_for_a_while(mode: str, tmp_path: Path, seed: int) -> None:
    root = tmp_path / "world"
    root.mkdir()
    world = make_world(root, mode)
    wrong = soak(world, SECONDS, seed)
    assert not wrong, "\n".join([*wrong, world.log.read_text("utf-8", "replace")[-6000:]])
