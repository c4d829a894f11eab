"""Everything here is marked ``faults``: `make test-faults` runs it, `make test` does not."""

import os
import random
from pathlib import Path

import pytest

SEED = int(os.environ.get("FAULTS_SEED", "20261122"))
"""Of everything random; `FAULTS_SEED=...` repeats or varies a run."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("faults")


@pytest.fixture
def seed() -> int:
    print(f"FAULTS_SEED={SEED}")
    return SEED


@pytest.fixture
def dice(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this test's own, the same in each run with the same seed."""
    return random.Random(f"{seed} {request.node.name}")
